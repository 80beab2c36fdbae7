//! The key that is meant.

use crate::error::{Error, Id};
use crate::name::{EnvName, KeyName};
use crate::suggest;

/// A key of the schema or the file that is meant, or an error that names the nearest.
pub(crate) fn known_key<'n>(
    given: &str,
    environment: &EnvName,
    names: impl Iterator<Item = &'n KeyName> + Clone,
) -> Result<KeyName, Error> {
    let key = key_name(given, Some(environment))?;
    if names.clone().any(|name| *name == key) {
        return Ok(key);
    }
    Err(Error::no(format!("`{environment}` has no key `{key}`"))
        .of_kind(Id::UnknownKey)
        .did_you_mean(suggest::nearest(given, names.map(KeyName::as_str))))
}

/// A name as given on the command line.
pub(crate) fn key_name(given: &str, environment: Option<&EnvName>) -> Result<KeyName, Error> {
    KeyName::new(given).map_err(|error| {
        // `KEY=value`: the value must not be repeated.
        let (name, has_value) = match given.split_once('=') {
            Some((name, _)) => (name, true),
            None => (given, false),
        };
        if has_value {
            let env = environment.map_or(String::new(), |name| format!("-e {name} "));
            return Error::usage(format!("`{name}=…`: values are not accepted on the command line, where every user of this machine can read them"))
                .of_kind(Id::ValueOnCommandLine)
                .hint(format!("`senex-env set {env}{name}` asks for it; what was typed is now in your shell's history"));
        }
        Error::usage(format!("that is not a valid key name: {error}"))
            .of_kind(Id::InvalidName)
            .hint("use letters, digits and `_`; do not begin with a digit or `sops_`")
    })
}
