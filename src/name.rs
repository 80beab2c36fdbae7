//! The names people give: keys, environments, people. Parsed once, then trusted.

use std::borrow::Borrow;
use std::fmt;

/// Why a text is not a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// The text is empty.
    #[error("it is empty")]
    Empty,
    /// A character that the kind of name does not allow, and its position in characters, from 1.
    #[error("{}", describe(*.found, *.at))]
    Character {
        /// The first character that does not fit.
        found: char,
        /// Its position, from 1.
        at: usize,
    },
    /// SOPS keeps names that begin with `sops_` for itself.
    #[error("names beginning with `sops_` are reserved by the file format")]
    Reserved,
    /// Longer than 255 bytes.
    #[error("it is longer than 255 bytes")]
    Long,
}

fn describe(found: char, at: usize) -> String {
    match found {
        ' ' => format!("character {at} is a space"),
        c if c.is_control() => format!("character {at} is U+{:04X}", u32::from(c)),
        c => format!("character {at} is `{c}`"),
    }
}

const LONGEST: usize = 255;

fn check(text: &str, first: fn(char) -> bool, rest: fn(char) -> bool) -> Result<(), NameError> {
    if text.is_empty() {
        return Err(NameError::Empty);
    }
    for (index, found) in text.chars().enumerate() {
        let fits = if index == 0 { first(found) } else { rest(found) };
        if !fits {
            return Err(NameError::Character { found, at: index + 1 });
        }
    }
    if text.len() > LONGEST {
        return Err(NameError::Long);
    }
    Ok(())
}

macro_rules! name {
    ($(#[$doc:meta])* $name:ident, $check:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
        #[serde(transparent)]
        pub struct $name(Box<str>);

        impl $name {
            /// Checks and takes the name.
            ///
            /// # Errors
            /// [`NameError`] says which character is in the way.
            pub fn new(text: &str) -> Result<Self, NameError> {
                let check: fn(&str) -> Result<(), NameError> = $check;
                check(text)?;
                Ok(Self(Box::from(text)))
            }

            /// The name as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }
    };
}

name!(
    /// The name of a variable: `[A-Za-z_][A-Za-z0-9_]*`, not beginning with `sops_`.
    ///
    /// This is the set that every reader of env files and every shell takes alike.
    KeyName,
    |text| {
        check(
            text,
            |c| c.is_ascii_alphabetic() || c == '_',
            |c| c.is_ascii_alphanumeric() || c == '_',
        )?;
        if text.starts_with("sops_") { Err(NameError::Reserved) } else { Ok(()) }
    }
);

name!(
    /// The name of an environment: a file name without surprises, `[a-z0-9][a-z0-9_-]*`.
    EnvName,
    |text| check(
        text,
        |c| c.is_ascii_lowercase() || c.is_ascii_digit(),
        |c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_',
    )
);

name!(
    /// The name of a person: a developer, a server, CI. `[A-Za-z0-9][A-Za-z0-9._-]*`.
    PersonName,
    |text| check(
        text,
        |c| c.is_ascii_alphanumeric(),
        |c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'),
    )
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn key_names_are_valid_shell_names() {
        for good in ["A", "_", "SECRET_KEY", "a1", "SOPS_X", "sops"] {
            assert!(KeyName::new(good).is_ok(), "{good}");
        }
        for bad in ["", "1A", "A-B", "A.B", "A B", "é", "A=", "export A", "sops_mac"] {
            assert!(KeyName::new(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn invalid_character_is_named() {
        let error = KeyName::new("DB-PASSWORD").expect_err("a dash");
        assert_eq!(error.to_string(), "character 3 is `-`");
        assert_eq!(KeyName::new("A\tB").expect_err("a tab").to_string(), "character 2 is U+0009");
    }

    #[test]
    fn environments_cannot_leave_their_folder() {
        for bad in ["..", "../x", "a/b", ".env", "Production", "-x", ""] {
            assert!(EnvName::new(bad).is_err(), "{bad}");
        }
        assert!(EnvName::new("production-eu_1").is_ok());
    }
}
