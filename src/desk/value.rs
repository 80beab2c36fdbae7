//! A new value: the one way in which a value comes in, wherever it comes from.

use std::io::{ErrorKind, Read};
use std::path::Path;

use zeroize::Zeroizing;

use crate::desk::Session;
use crate::error::Error;
use crate::exit::Exit;
use crate::file;
use crate::name::{EnvName, KeyName};
use crate::plaintext::Imported;
use crate::sealed::{Change, OpenFile};
use crate::secret::{LARGEST, Secret};

/// A value that every environment can carry: text without a NUL, of at most [`LARGEST`] bytes.
pub(crate) struct NewValue(Secret);

/// One key of one environment: where a value goes.
#[derive(Clone, Copy)]
pub(crate) struct Slot<'a> {
    pub environment: &'a EnvName,
    pub key: &'a KeyName,
}

impl Slot<'_> {
    /// A text that is known to end where its value ends: generated, edited, imported.
    pub(crate) fn text(&self, text: Secret) -> Result<NewValue, Error> {
        if text.len() as u64 > LARGEST {
            return Err(self.too_large());
        }
        if text.expose().contains('\0') {
            let key = self.key;
            let message = format!(
                "the value of `{key}` contains a NUL byte, which an environment variable \
                cannot contain"
            );
            return Err(Error::usage(message).hint(self.as_text()));
        }
        Ok(NewValue(text))
    }

    /// Every byte of a file.
    pub(crate) fn file(&self, path: &Path) -> Result<NewValue, Error> {
        let bytes = file::read(path, LARGEST).map_err(|error| match error.kind() {
            // What was typed there may be the value itself.
            ErrorKind::NotFound => Error::new(Exit::Io, "the file that `--file` names does not exist"),
            _ => Error::io("cannot read", path, &error),
        })?;
        self.bytes(bytes)
    }

    /// What somebody types twice without seeing it, or else standard input; `None` if that is empty.
    pub(crate) fn person(&self, what: &str, session: &Session<'_>) -> Result<Option<NewValue>, Error> {
        if session.ui.can_prompt() {
            let typed = session.ui.hidden_twice(&format!("{what} of {}", self.key))?;
            return self.text(typed).map(Some);
        }
        let bytes = session.ui.input()?;
        if bytes.is_empty() { Ok(None) } else { self.line(bytes).map(Some) }
    }

    /// What a program prints, to its end.
    pub(crate) fn output(&self, output: impl Read) -> Result<NewValue, Error> {
        let bytes = file::read_from(output, 0, LARGEST).map_err(|error| match error.kind() {
            ErrorKind::FileTooLarge => self.too_large(),
            _ => Error::new(Exit::Io, format!("cannot read the value of `{}`", self.key)),
        })?;
        self.line(bytes)
    }

    /// One final line end, LF or CRLF, ends the value and is no part of it.
    fn line(&self, mut bytes: Zeroizing<Vec<u8>>) -> Result<NewValue, Error> {
        if bytes.ends_with(b"\n") {
            bytes.pop();
            if bytes.ends_with(b"\r") {
                bytes.pop();
            }
        }
        self.bytes(bytes)
    }

    fn bytes(&self, mut bytes: Zeroizing<Vec<u8>>) -> Result<NewValue, Error> {
        let text = Secret::from_utf8(std::mem::take(&mut *bytes)).map_err(|_| {
            Error::usage(format!("the value of `{}` is not UTF-8 text", self.key)).hint(self.as_text())
        })?;
        self.text(text)
    }

    fn too_large(&self) -> Error {
        Error::usage(format!("the value of `{}` is larger than {} MiB", self.key, LARGEST >> 20))
            .hint("store large data elsewhere, and keep only the key that decrypts it here")
    }

    fn as_text(&self) -> String {
        let Self { environment, key } = self;
        format!("`base64 FILE | senex-env set -e {environment} {key}` stores bytes as text")
    }
}

impl NewValue {
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
}

/// Gives every key of a plaintext file its value; a new one brings its comments along.
pub(crate) fn put_all(
    open: &mut OpenFile,
    environment: &EnvName,
    imported: Imported,
) -> Result<Vec<(KeyName, Change)>, Error> {
    let mut changes = Vec::with_capacity(imported.entries.len());
    for entry in imported.entries {
        let value = Slot { environment, key: &entry.name }.text(entry.value)?;
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

#[cfg(test)]
mod tests {
    use super::*;

    fn line(bytes: &[u8]) -> Result<String, String> {
        let (key, environment) = (KeyName::new("K").expect("a name"), EnvName::new("e").expect("a name"));
        let slot = Slot { environment: &environment, key: &key };
        let value = slot.output(bytes).map_err(|error| error.message)?;
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
    fn value_with_nul_or_invalid_utf8_is_refused() {
        let large = vec![b'x'; usize::try_from(LARGEST).expect("it fits") + 1];
        for (bytes, message) in [
            (
                &b"hunter2\0"[..],
                "the value of `K` contains a NUL byte, which an environment variable cannot \
                contain",
            ),
            (b"hunter2\xff\n", "the value of `K` is not UTF-8 text"),
            (&large, "the value of `K` is larger than 16 MiB"),
        ] {
            assert_eq!(line(bytes), Err(message.to_owned()));
        }
        assert_eq!(line(&large[1..]).map(|value| value.len()), Ok(large.len() - 1));
    }
}
