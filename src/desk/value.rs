//! A new value: the one way in which a value comes in, wherever it comes from.

use std::io::ErrorKind;
use std::path::Path;

use zeroize::Zeroizing;

use crate::check::{self, Broken};
use crate::desk::Session;
use crate::error::Error;
use crate::exit::Exit;
use crate::file;
use crate::name::KeyName;
use crate::plaintext::Imported;
use crate::project::{Environment, Key, Project};
use crate::sealed::{Change, OpenFile};
use crate::secret::{LARGEST, Secret};

/// A value that every environment can carry: text without a NUL, of at most [`LARGEST`] bytes.
pub(crate) struct NewValue(Secret);

impl NewValue {
    /// Of a text that is known to end where its value ends: generated, edited, imported.
    pub(crate) fn new(key: &KeyName, text: Secret) -> Result<Self, Error> {
        if text.len() as u64 > LARGEST {
            return Err(too_large(key));
        }
        if text.expose().contains('\0') {
            let message = format!("the value of `{key}` holds a NUL byte, which no environment can carry");
            return Err(Error::usage(message).hint(as_text(key)));
        }
        Ok(Self(text))
    }

    /// Every byte of a file.
    pub(crate) fn of_file(key: &KeyName, path: &Path) -> Result<Self, Error> {
        let bytes = file::read(path, LARGEST).map_err(|error| Error::io("cannot read", path, &error))?;
        Self::of_bytes(key, bytes)
    }

    /// What somebody types twice without seeing it, or else standard input; `None` if that is empty.
    pub(crate) fn of_person(key: &KeyName, what: &str, session: &Session<'_>) -> Result<Option<Self>, Error> {
        if session.ui.can_prompt() {
            let typed = session.ui.hidden_twice(&format!("{what} of {key}"))?;
            return Self::new(key, typed).map(Some);
        }
        let bytes = session.ui.input()?;
        if bytes.is_empty() { Ok(None) } else { Self::of_line(key, bytes).map(Some) }
    }

    /// What a program prints, to its end.
    pub(crate) fn of_output(key: &KeyName, output: impl std::io::Read) -> Result<Self, Error> {
        let bytes = file::read_from(output, 0, LARGEST).map_err(|error| match error.kind() {
            ErrorKind::FileTooLarge => too_large(key),
            _ => Error::new(Exit::Io, format!("the value of `{key}` cannot be read")),
        })?;
        Self::of_line(key, bytes)
    }

    /// One final line end, LF or CRLF, ends the value and is no part of it.
    fn of_line(key: &KeyName, mut bytes: Zeroizing<Vec<u8>>) -> Result<Self, Error> {
        if bytes.ends_with(b"\n") {
            bytes.pop();
            if bytes.ends_with(b"\r") {
                bytes.pop();
            }
        }
        Self::of_bytes(key, bytes)
    }

    fn of_bytes(key: &KeyName, mut bytes: Zeroizing<Vec<u8>>) -> Result<Self, Error> {
        let text = Secret::from_utf8(std::mem::take(&mut *bytes)).map_err(|_| {
            Error::usage(format!("the value of `{key}` is not UTF-8 text")).hint(as_text(key))
        })?;
        Self::new(key, text)
    }

    /// The value itself.
    pub(crate) fn secret(&self) -> &Secret {
        &self.0
    }

    /// A second owner, as of a [`Secret`].
    pub(crate) fn duplicate(&self) -> Self {
        Self(self.0.duplicate())
    }

    /// The value itself, for whoever writes a whole file.
    pub(crate) fn into_secret(self) -> Secret {
        self.0
    }

    /// Gives it to the key.
    pub(crate) fn put(self, open: &mut OpenFile, key: &KeyName) -> Change {
        open.set(key, self.0)
    }

    /// A value that its rules do not allow would be refused by `run` as well.
    pub(crate) fn refuse_broken(
        &self,
        key: &Key,
        environment: &Environment,
        project: &Project,
        session: &Session<'_>,
    ) -> Result<(), Error> {
        let mut broken = check::broken(key, &environment.name, &self.0).into_iter();
        let Some(Broken { message, mut place, .. }) = broken.next() else { return Ok(()) };
        let line = project.source_line(&place);
        place.path = file::relative(&place.path, &session.context.directory);
        let error = Error::no(message).at(place, line).note("nothing was changed");
        let error = broken.fold(error, |error, broken| error.note(broken.message));
        Err(error.hint(format!(
            "`senex-env set -e {} --force {}` sets it all the same",
            environment.name, key.name
        )))
    }
}

/// Gives every key of a plaintext file its value; a new one brings its comments along.
pub(crate) fn put_all(open: &mut OpenFile, imported: Imported) -> Result<Vec<(KeyName, Change)>, Error> {
    let mut changes = Vec::with_capacity(imported.entries.len());
    for entry in imported.entries {
        let value = NewValue::new(&entry.name, entry.value)?;
        if open.get(&entry.name).is_none() {
            for comment in &entry.comments {
                open.comment(comment.expose());
            }
        }
        let change = value.put(open, &entry.name);
        changes.push((entry.name, change));
    }
    Ok(changes)
}

fn too_large(key: &KeyName) -> Error {
    Error::usage(format!("the value of `{key}` is larger than {} MiB", LARGEST >> 20))
        .hint("keep what is large elsewhere, and the key that opens it here")
}

fn as_text(key: &KeyName) -> String {
    format!("`base64 FILE | senex-env set {key}` keeps bytes as text")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(bytes: &[u8]) -> Result<String, String> {
        let key = KeyName::new("K").expect("a name");
        let value = NewValue::of_output(&key, bytes).map_err(|error| error.message)?;
        Ok(value.secret().expose().to_owned())
    }

    #[test]
    fn one_final_line_end_is_dropped() {
        for (bytes, value) in [
            ("", ""),
            ("v", "v"),
            ("v\n", "v"),
            ("v\r\n", "v"),
            ("v\n\n", "v\n"),
            ("v\r\n\r\n", "v\r\n"),
            ("v\r", "v\r"),
            ("v\r\r\n", "v\r"),
            ("\n", ""),
            ("a\nb\n", "a\nb"),
        ] {
            assert_eq!(line(bytes.as_bytes()).as_deref(), Ok(value), "{bytes:?}");
        }
    }

    #[test]
    fn what_no_environment_can_carry_is_refused() {
        let large = vec![b'x'; usize::try_from(LARGEST).expect("it fits") + 1];
        for (bytes, message) in [
            (&b"hunter2\0"[..], "the value of `K` holds a NUL byte, which no environment can carry"),
            (b"hunter2\xff\n", "the value of `K` is not UTF-8 text"),
            (&large, "the value of `K` is larger than 16 MiB"),
        ] {
            assert_eq!(line(bytes), Err(message.to_owned()));
        }
        assert_eq!(line(&large[1..]).map(|value| value.len()), Ok(large.len() - 1));
    }
}
