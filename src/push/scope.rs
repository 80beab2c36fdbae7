//! The beginning of every name that an environment's secrets have in an engine.

use crate::name::{EnvName, KeyName};

/// Docker Swarm and podman allow no longer names, in bytes.
const LONGEST: usize = 64;

/// `<project>_<environment>`, or what `--prefix` says. Two environments of one engine must not share it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope(String);

/// Why a text cannot begin the names of secrets.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScopeError {
    /// A character that engines do not allow.
    #[error(
        "the name of a secret cannot begin with `{scope}`: engines take letters, digits, `-`, `_` and `.`, first a letter or digit"
    )]
    Character {
        /// The text.
        scope: String,
    },
    /// The name of a secret would be too long.
    #[error("`{name}` would be {} characters long, and engines take 64", .name.len())]
    Long {
        /// The name of the secret.
        name: String,
    },
}

impl Scope {
    /// Of an environment.
    ///
    /// # Errors
    /// [`ScopeError::Character`], for a project's name that engines do not take.
    pub fn of(project: &str, environment: &EnvName) -> Result<Self, ScopeError> {
        Self::named(&format!("{project}_{environment}"))
    }

    /// As given.
    ///
    /// # Errors
    /// [`ScopeError::Character`].
    pub fn named(scope: &str) -> Result<Self, ScopeError> {
        let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        if scope.starts_with(|c: char| c.is_ascii_alphanumeric()) && scope.chars().all(fits) {
            Ok(Self(scope.to_owned()))
        } else {
            Err(ScopeError::Character { scope: scope.to_owned() })
        }
    }

    /// The name of a key's secret in an engine.
    ///
    /// # Errors
    /// [`ScopeError::Long`].
    pub fn secret(&self, key: &KeyName, number: u64) -> Result<String, ScopeError> {
        let name = format!("{}_{key}_v{number}", self.0);
        if name.len() > LONGEST { Err(ScopeError::Long { name }) } else { Ok(name) }
    }

    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_what_engines_take() {
        let environment = EnvName::new("production").expect("a name");
        let scope = Scope::of("senex-trader", &environment).expect("a scope");
        let key = |text: &str| KeyName::new(text).expect("a name");
        assert_eq!(
            scope.secret(&key("DB_PASSWORD"), 3),
            Ok("senex-trader_production_DB_PASSWORD_v3".to_owned())
        );
        let longest = key(&"K".repeat(64 - "senex-trader_production__v3".len()));
        assert_eq!(scope.secret(&longest, 3).map(|name| name.len()), Ok(64));
        assert!(matches!(scope.secret(&longest, 10), Err(ScopeError::Long { .. })));
        for bad in ["", "_a", "-a", "a b", "a/b", "é"] {
            assert!(Scope::named(bad).is_err(), "{bad}");
        }
    }
}
