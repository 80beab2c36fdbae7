//! Environments written for a child process or another program: [`write()`].

mod buffer;
mod compose;
mod dotenvy;
mod escape;
mod format;
mod json;
mod k8s;
mod node;
mod raw;
mod shell;
mod shell_names;
mod systemd;
mod verify;
mod yaml;

use zeroize::Zeroizing;

use super::helpers::{DOLLAR_HELPER, UNSET_HELPER};
use crate::name::KeyName;
use crate::secret::Secret;

use format::refuse_what_no_format_carries;
pub use format::{Format, WriteError};
pub use k8s::SecretManifest;

/// The environment in `format`, wiped on drop. Every value is carried exactly or refused; the order is
/// kept.
///
/// Where a dialect has quotes of its own, the text is read back by its readers or models of them before it
/// is returned.
///
/// # Errors
/// [`WriteError`] names the key and the reason, never the value.
pub fn write(format: Format, pairs: &[(&KeyName, &Secret)]) -> Result<Zeroizing<Vec<u8>>, WriteError> {
    refuse_what_no_format_carries(pairs)?;
    match format {
        Format::Compose => {
            if let Some((key, _)) = pairs.iter().find(|(key, _)| is_helper(key)) {
                return Err(WriteError::HelperName { key: (*key).clone() });
            }
            let bytes = compose::encode(pairs);
            verify::reads_back(&bytes, pairs)?;
            Ok(bytes)
        }
        Format::Raw => raw::encode(pairs),
        Format::Node => node::encode(pairs),
        Format::Dotenvy => dotenvy::encode(pairs),
        Format::Systemd => systemd::encode(pairs),
        Format::Shell => shell::encode(pairs),
        Format::Json => Ok(json::encode(pairs)),
        Format::Yaml => yaml::encode(pairs),
    }
}

fn is_helper(key: &KeyName) -> bool {
    matches!(key.as_str(), UNSET_HELPER | DOLLAR_HELPER)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(text: &str) -> Secret {
        Secret::new(text.to_owned())
    }

    fn name(text: &str) -> KeyName {
        KeyName::new(text).expect("a name")
    }

    #[test]
    fn nul_is_refused_in_every_format() {
        let (key, value) = (name("K"), secret("a\0b"));
        for format in Format::ALL {
            let error = write(format, &[(&key, &value)]).expect_err("a NUL");
            assert_eq!(error, WriteError::Nul { key: key.clone() });
        }
    }

    #[test]
    fn duplicate_name_is_refused() {
        let (key, value) = (name("K"), secret("v"));
        let twice = [(&key, &value), (&key, &value)];
        assert_eq!(write(Format::Shell, &twice), Err(WriteError::Duplicate { key: key.clone() }));
    }

    #[test]
    fn the_helpers_of_the_compose_dialect_are_not_names_for_keys() {
        let value = secret("v");
        for helper in [UNSET_HELPER, DOLLAR_HELPER] {
            let key = name(helper);
            let error = write(Format::Compose, &[(&key, &value)]).expect_err("a helper");
            assert_eq!(error, WriteError::HelperName { key: key.clone() });
            assert!(write(Format::Raw, &[(&key, &value)]).is_ok());
        }
    }

    #[test]
    fn an_error_names_the_key_and_never_the_value() {
        let (key, value) = (name("TOKEN"), secret("hunter2\n"));
        let error = write(Format::Raw, &[(&key, &value)]).expect_err("a line feed");
        assert_eq!(
            error.to_string(),
            "the value of `TOKEN` has more than one line, which the format `raw` cannot represent"
        );
        assert!(!format!("{error:?}").contains("hunter2"));
    }
}
