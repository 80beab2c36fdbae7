//! The dialects by name, and why one cannot carry a value.

use std::collections::HashSet;

use crate::listed::listed;
use crate::name::KeyName;
use crate::secret::Secret;

listed! {
    /// A dialect that an environment can be written in.
    pub enum Format {
        /// What Docker Compose and podman-compose take as `--env-file`.
        Compose = "compose",
        /// What `docker run` and `podman run` take as `--env-file`.
        Raw = "raw",
        /// What dotenv, the npm package, reads.
        Node = "node",
        /// What dotenvy, the Rust crate, reads.
        Dotenvy = "dotenvy",
        /// What a systemd unit takes as `EnvironmentFile=`.
        Systemd = "systemd",
        /// `export` lines for a POSIX shell.
        Shell = "shell",
        /// One JSON object.
        Json = "json",
        /// One YAML mapping.
        Yaml = "yaml",
    }
}

impl Format {
    /// Refuses a line `KEY=value` that is longer than the readers of this format allow, in bytes.
    pub(super) fn limit_lines(self, pairs: &[(&KeyName, &Secret)], limit: usize) -> Result<(), WriteError> {
        let is_long =
            |(key, value): &&(&KeyName, &Secret)| key.as_str().len() + "=".len() + value.len() > limit;
        match pairs.iter().find(is_long) {
            Some((key, _)) => Err(WriteError::TooLong { key: (*key).clone(), format: self, limit }),
            None => Ok(()),
        }
    }
}

/// Why an environment cannot be written in a dialect.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WriteError {
    /// No process environment can hold a NUL.
    #[error("the value of `{key}` contains a NUL character, which an environment variable cannot contain")]
    Nul {
        /// Whose value it is.
        key: KeyName,
    },
    /// The dialect ends a value at the end of its line.
    #[error("the value of `{key}` has more than one line, which the format `{format}` cannot represent")]
    LineFeed {
        /// Whose value it is.
        key: KeyName,
        /// The dialect.
        format: Format,
    },
    /// The dialect's readers drop a carriage return at the end of a line.
    #[error("the value of `{key}` ends in a carriage return, which the format `{format}` cannot represent")]
    TrailingCarriageReturn {
        /// Whose value it is.
        key: KeyName,
        /// The dialect.
        format: Format,
    },
    /// The dialect's readers give up on a longer line.
    #[error("the line of `{key}` is longer than the {limit} bytes that the format `{format}` allows")]
    TooLong {
        /// Whose value it is.
        key: KeyName,
        /// The dialect.
        format: Format,
        /// The longest line, `KEY=value` without its line feed, in bytes.
        limit: usize,
    },
    /// The dialect has no quotes that hold such a value.
    #[error(
        "the value of `{key}` contains a mixture of quotes, backslashes, `#` or line ends that the format \
         `{format}` cannot represent"
    )]
    Unquotable {
        /// Whose value it is.
        key: KeyName,
        /// The dialect.
        format: Format,
    },
    /// The dialect's readers use the name for themselves, or take it for something else.
    #[error("the name `{key}` is reserved by readers of the format `{format}`")]
    Name {
        /// The name.
        key: KeyName,
        /// The dialect.
        format: Format,
    },
    /// A Kubernetes Secret takes no longer name.
    #[error("the name `{key}` is longer than the {limit} characters that a Kubernetes Secret allows")]
    LongName {
        /// The name.
        key: KeyName,
        /// The longest name, in characters.
        limit: usize,
    },
    /// A Kubernetes Secret is never larger.
    #[error("with the value of `{key}`, the values exceed the {limit} bytes that a Kubernetes Secret allows")]
    TooMuch {
        /// The first key that does not fit any more.
        key: KeyName,
        /// All values together, in bytes.
        limit: usize,
    },
    /// The name is one that the `compose` dialect uses for itself.
    #[error("the name `{key}` is reserved: env files for compose use it internally")]
    HelperName {
        /// The name.
        key: KeyName,
    },
    /// Two pairs have the same name.
    #[error("duplicate key `{key}`")]
    Duplicate {
        /// The name.
        key: KeyName,
    },
    /// What was written would not be read as it was meant. This is a defect of this program, found in
    /// time: nothing has been handed to anybody.
    #[error("{reader} would not read the value of `{key}` back as written")]
    ReadsBackDifferently {
        /// The first key that would be wrong.
        key: KeyName,
        /// The reader that would get it wrong.
        reader: &'static str,
    },
}

pub(in crate::plaintext) fn refuse_what_no_format_carries(
    pairs: &[(&KeyName, &Secret)],
) -> Result<(), WriteError> {
    let mut seen = HashSet::with_capacity(pairs.len());
    for (key, value) in pairs {
        if !seen.insert(key.as_str()) {
            return Err(WriteError::Duplicate { key: (*key).clone() });
        }
        if value.expose().contains('\0') {
            return Err(WriteError::Nul { key: (*key).clone() });
        }
    }
    Ok(())
}
