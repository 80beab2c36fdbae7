//! What stops a `run` or a `push`, and what is refused before it would: keys that are missing, values that break
//! the rules of their keys.

use crate::check::{self, Broken, Missing};
use crate::desk::{At, NewValue};
use crate::error::{Error, Id};
use crate::name::KeyName;
use crate::project::Key;
use crate::sealed::{OpenFile, SealedFile};
use crate::words;

/// So many are named one by one.
const MOST: usize = 8;

impl At<'_> {
    /// Refuses an environment that lacks a required key.
    pub(crate) fn refuse_missing(&self, file: &SealedFile) -> Result<(), Error> {
        let name = self.name;
        let missing = check::missing(self.project, name, Some(file));
        let Some(first) = missing.first() else { return Ok(()) };
        let required = self.project.required(name).count();
        let width = missing.iter().map(|missing| missing.key.name.as_str().len()).max().unwrap_or(0);
        let message =
            format!("`{name}` is missing {} of {}", missing.len(), words::count(required, "required key"));
        let line = |Missing { key, is_empty }: &Missing<'_>| {
            let path = self.session.relative(&key.place.path);
            let empty = if *is_empty { "  (empty)" } else { "" };
            let key_name = key.name.as_str();
            format!("{key_name:<width$}  {}:{}{empty}", path.display(), key.place.line)
        };
        Err(self.refused(message, missing.iter().map(line), &first.key.name).of_kind(Id::MissingKey))
    }

    /// A value of the wrong type stops here, not somewhere in the application.
    pub(crate) fn refuse_broken(&self, open: &OpenFile) -> Result<(), Error> {
        let Some(environment) = self.declared() else { return Ok(()) };
        let broken = check::broken_values(self.project, environment, open);
        let Some((first, _)) = broken.first() else { return Ok(()) };
        let name = self.name;
        let mut keys: Vec<&KeyName> = broken.iter().map(|(key, _)| &key.name).collect();
        keys.dedup();
        let message = match keys.as_slice() {
            [_] => format!("a value of `{name}` does not satisfy the rules in the project file"),
            keys => {
                let values = words::count(keys.len(), "value");
                format!("{values} of `{name}` do not satisfy the rules in the project file")
            }
        };
        let lines = broken.iter().map(|(_, broken)| {
            let path = self.session.relative(&broken.place.path);
            format!("{}:{}  {}", path.display(), broken.place.line, broken.message)
        });
        Err(self.refused(message, lines, &first.name).of_kind(Id::InvalidValue))
    }

    /// A value that its rules do not allow would be refused by `run` as well.
    pub(crate) fn refuse_value(&self, key: &Key, value: &NewValue) -> Result<(), Error> {
        let mut broken = check::broken(key, self.name, value.secret()).into_iter();
        let Some(Broken { message, place, .. }) = broken.next() else { return Ok(()) };
        let line = self.project.source_line(&place);
        let error = Error::no(message).of_kind(Id::InvalidValue).at(place, line).note("nothing was changed");
        let error = broken.fold(error, |error, broken| error.note(broken.message));
        Err(error.hint(format!("`senex-env set -e {} --force {}` sets it anyway", self.name, key.name)))
    }

    fn refused(
        &self,
        message: String,
        lines: impl ExactSizeIterator<Item = String>,
        first: &KeyName,
    ) -> Error {
        let name = self.name;
        let more = lines.len().saturating_sub(MOST);
        let error = lines.take(MOST).fold(Error::no(message), Error::note);
        let error = match more {
            0 => error,
            more => error.note(format!("and {more} more: `senex-env check -e {name}`")),
        };
        error.hint(format!("`senex-env set -e {name} {first}` asks for the value on the terminal"))
    }
}
