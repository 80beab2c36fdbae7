//! The dialects by name, and [`write()`].

use std::collections::HashSet;
use std::fmt;
use std::str::FromStr;

use zeroize::Zeroizing;

use super::compose::{DOLLAR_HELPER, UNSET_HELPER};
use super::{compose, dotenvy_lines, json, node, raw, shell, systemd, verify, yaml};
use crate::name::KeyName;
use crate::secret::Secret;

/// A dialect that an environment can be written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// What Docker Compose and podman-compose take as `--env-file`.
    Compose,
    /// What `docker run` and `podman run` take as `--env-file`.
    Raw,
    /// What dotenv, the npm package, reads.
    Node,
    /// What dotenvy, the Rust crate, reads.
    Dotenvy,
    /// What a systemd unit takes as `EnvironmentFile=`.
    Systemd,
    /// `export` lines for a POSIX shell.
    Shell,
    /// One JSON object.
    Json,
    /// One YAML mapping.
    Yaml,
}

impl Format {
    /// Every dialect, in the order in which they are listed to a person.
    pub const ALL: [Self; 8] = [
        Self::Compose,
        Self::Raw,
        Self::Node,
        Self::Dotenvy,
        Self::Systemd,
        Self::Shell,
        Self::Json,
        Self::Yaml,
    ];

    /// The name by which a person asks for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Compose => "compose",
            Self::Raw => "raw",
            Self::Node => "node",
            Self::Dotenvy => "dotenvy",
            Self::Systemd => "systemd",
            Self::Shell => "shell",
            Self::Json => "json",
            Self::Yaml => "yaml",
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(text: &str) -> Result<Self, UnknownFormat> {
        Self::ALL.into_iter().find(|format| format.as_str() == text).ok_or(UnknownFormat)
    }
}

/// No dialect has that name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the formats are `compose`, `raw`, `node`, `dotenvy`, `systemd`, `shell`, `json` and `yaml`")]
pub struct UnknownFormat;

/// Why an environment cannot be written in a dialect.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WriteError {
    /// No process environment can hold a NUL.
    #[error("the value of `{key}` holds a NUL character, which no environment can carry")]
    Nul {
        /// Whose value it is.
        key: KeyName,
    },
    /// The dialect ends a value at the end of its line.
    #[error("the value of `{key}` has more than one line, which the format `{format}` cannot carry")]
    LineFeed {
        /// Whose value it is.
        key: KeyName,
        /// The dialect.
        format: Format,
    },
    /// The dialect's readers drop a carriage return at the end of a line.
    #[error("the value of `{key}` ends in a carriage return, which the format `{format}` cannot carry")]
    TrailingCarriageReturn {
        /// Whose value it is.
        key: KeyName,
        /// The dialect.
        format: Format,
    },
    /// The dialect's readers give up on a longer line.
    #[error("the line of `{key}` is longer than the {limit} bytes that the format `{format}` can carry")]
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
        "the value of `{key}` holds a mixture of quotes, backslashes, `#` or line ends that the format `{format}` cannot carry"
    )]
    Unquotable {
        /// Whose value it is.
        key: KeyName,
        /// The dialect.
        format: Format,
    },
    /// The dialect's readers use the name for themselves, or take it for something else.
    #[error("the name `{key}` is one that the readers of the format `{format}` keep for themselves")]
    Name {
        /// The name.
        key: KeyName,
        /// The dialect.
        format: Format,
    },
    /// A Kubernetes Secret takes no longer name.
    #[error("the name `{key}` is longer than the {limit} characters that a Kubernetes Secret takes")]
    LongName {
        /// The name.
        key: KeyName,
        /// The longest name, in characters.
        limit: usize,
    },
    /// A Kubernetes Secret is never larger.
    #[error("with the value of `{key}` the values pass the {limit} bytes that a Kubernetes Secret can carry")]
    TooMuch {
        /// The first key that does not fit any more.
        key: KeyName,
        /// All values together, in bytes.
        limit: usize,
    },
    /// The name is one that the `compose` dialect uses for itself.
    #[error("the name `{key}` is reserved: env files for compose use it for themselves")]
    HelperName {
        /// The name.
        key: KeyName,
    },
    /// Two pairs have the same name.
    #[error("`{key}` is there twice")]
    Duplicate {
        /// The name.
        key: KeyName,
    },
    /// What was written would not be read as it was meant. This is a defect of this program, found in
    /// time: nothing has been handed to anybody.
    #[error("{reader} would not read the value of `{key}` as it was written")]
    ReadsBackDifferently {
        /// The first key that would be wrong.
        key: KeyName,
        /// The reader that would get it wrong.
        reader: &'static str,
    },
}

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
        Format::Dotenvy => dotenvy_lines::encode(pairs),
        Format::Systemd => systemd::encode(pairs),
        Format::Shell => shell::encode(pairs),
        Format::Json => Ok(json::encode(pairs)),
        Format::Yaml => yaml::encode(pairs),
    }
}

pub(super) fn refuse_what_no_format_carries(pairs: &[(&KeyName, &Secret)]) -> Result<(), WriteError> {
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
    fn every_format_is_found_by_its_name() {
        for format in Format::ALL {
            assert_eq!(format.to_string().parse(), Ok(format));
        }
        let known = UnknownFormat.to_string();
        assert!(Format::ALL.iter().all(|format| known.contains(&format!("`{format}`"))));
        assert_eq!("toml".parse::<Format>(), Err(UnknownFormat));
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
    fn a_name_is_written_once() {
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
            "the value of `TOKEN` has more than one line, which the format `raw` cannot carry"
        );
        assert!(!format!("{error:?}").contains("hunter2"));
    }
}
