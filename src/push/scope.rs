//! The beginning of every name that an environment's secrets have in an engine.

use crate::name::{EnvName, KeyName};

/// Docker Swarm and podman allow no longer names, in bytes.
const LONGEST: usize = 64;

/// Whose secrets they are, and how their names begin: `<project>_<environment>`, or what `--prefix` says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Scope {
    label: String,
    prefix: String,
}

/// Why a text cannot begin the names of secrets.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ScopeError {
    /// A character that engines do not allow.
    #[error(
        "the name of a secret cannot begin with `{scope}`: engines accept letters, digits, `-`, `_` and `.`, \
         beginning with a letter or digit"
    )]
    Character {
        /// The text.
        scope: String,
    },
    /// The name of a secret would be too long.
    #[error("`{name}` would be {} characters long, and engines accept 64", .name.len())]
    Long {
        /// The name of the secret.
        name: String,
    },
}

impl Scope {
    /// Of an environment.
    ///
    /// # Errors
    /// [`ScopeError::Character`], for names that engines do not take.
    pub(crate) fn of(project: &str, environment: &EnvName, prefix: Option<&str>) -> Result<Self, ScopeError> {
        let owner = format!("{project}/{environment}");
        match prefix {
            Some(prefix) => Self::named(&owner, prefix),
            None => Self::named(&owner, &format!("{project}_{environment}")),
        }
    }

    /// Names may begin alike for two owners (`a_b` and `c`, `a` and `b_c`); a label never is alike, for no
    /// prefix holds a `/`.
    pub(super) fn named(owner: &str, prefix: &str) -> Result<Self, ScopeError> {
        let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        if prefix.starts_with(|c: char| c.is_ascii_alphanumeric()) && prefix.chars().all(fits) {
            Ok(Self { label: format!("{owner}/{prefix}"), prefix: prefix.to_owned() })
        } else {
            Err(ScopeError::Character { scope: prefix.to_owned() })
        }
    }

    /// The name of a key's secret in an engine.
    ///
    /// # Errors
    /// [`ScopeError::Long`].
    pub(crate) fn secret(&self, key: &KeyName, number: u64) -> Result<String, ScopeError> {
        let name = format!("{}_{key}_v{number}", self.prefix);
        if name.len() > LONGEST { Err(ScopeError::Long { name }) } else { Ok(name) }
    }

    /// How the names begin.
    pub(crate) fn prefix(&self) -> &str {
        &self.prefix
    }

    /// Whose they are, for a label.
    pub(super) fn label(&self) -> &str {
        &self.label
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secret_names_follow_engine_rules() {
        let environment = EnvName::new("production").expect("a name");
        let scope = Scope::of("senex-trader", &environment, None).expect("a scope");
        let key = |text: &str| KeyName::new(text).expect("a name");
        assert_eq!(
            scope.secret(&key("DB_PASSWORD"), 3),
            Ok("senex-trader_production_DB_PASSWORD_v3".to_owned())
        );
        let longest = key(&"K".repeat(64 - "senex-trader_production__v3".len()));
        assert_eq!(scope.secret(&longest, 3).map(|name| name.len()), Ok(64));
        assert!(matches!(scope.secret(&longest, 10), Err(ScopeError::Long { .. })));
        for bad in ["", "_a", "-a", "a b", "a/b", "é"] {
            assert!(Scope::of("p", &environment, Some(bad)).is_err(), "{bad}");
        }
        assert!(Scope::of("a b", &environment, None).is_err());
        assert!(Scope::of("a b", &environment, Some("a-b")).is_ok());
    }

    #[test]
    fn owners_with_a_common_name_prefix_are_distinguished() {
        let scope = |project: &str, environment: &str, prefix: Option<&str>| {
            let environment = EnvName::new(environment).expect("a name");
            Scope::of(project, &environment, prefix).expect("a scope")
        };
        let (one, other) = (scope("a_b", "c", None), scope("a", "b_c", None));
        assert_eq!(one.prefix(), other.prefix());
        assert_ne!(one.label(), other.label());
        assert_ne!(scope("a", "b", Some("x")).label(), scope("a", "c", Some("x")).label());
        assert_ne!(scope("a", "b", Some("x")).label(), scope("a", "b", Some("y")).label());
    }
}
