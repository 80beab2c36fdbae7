//! What the project file says of one key.

use super::{Lint, ValueType};
use crate::name::{EnvName, KeyName};
use crate::place::Place;

/// A declared key.
#[derive(Debug)]
pub struct Key {
    /// The name of the variable.
    pub name: KeyName,
    /// Where it must have a value.
    pub required: Required,
    /// Encrypted, or readable in the sealed file.
    pub secret: bool,
    /// For people.
    pub description: Option<String>,
    /// What its value must be, everywhere.
    pub rules: Rules,
    /// What its value must be in one environment; what is named there counts instead of `rules`.
    pub overrides: Vec<(EnvName, Rules)>,
    /// A value older than this many days is overdue.
    pub rotate_after_days: Option<u32>,
    /// How `rotate` makes a new value, where the type does not say: `password:40`, `hex:32`.
    pub generate: Option<String>,
    /// A program that prints a new value; it runs only after `senex-env trust`.
    pub command: Option<Vec<String>>,
    /// A program that is given the new value on its standard input; it runs only after `senex-env trust`.
    pub after_rotate: Option<Vec<String>>,
    /// The key that keeps the previous value for the application.
    pub keep_previous_in: Option<KeyName>,
    /// Findings of `check` that are expected of it.
    pub allow: Vec<Lint>,
    /// Where it is declared.
    pub place: Place,
}

/// Where a key must have a value that is not empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Required {
    /// In every environment, or in none.
    Everywhere(bool),
    /// In these.
    In(Vec<EnvName>),
}

/// What a value must be. Each rule knows where it is written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rules {
    /// Its type.
    pub kind: Option<Placed<ValueType>>,
    /// The only values allowed.
    pub one_of: Option<Placed<Vec<String>>>,
    /// Values that are not allowed.
    pub not_one_of: Option<Placed<Vec<String>>>,
    /// In characters.
    pub min_length: Option<Placed<usize>>,
    /// A regular expression that the whole value must match.
    pub matches: Option<Placed<String>>,
    /// In this environment alone.
    pub required: Option<bool>,
}

/// Something that the project file says, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed<T> {
    /// What it says.
    pub value: T,
    /// Where.
    pub place: Place,
}

impl Key {
    /// Whether `environment` cannot do without it.
    pub fn required_in(&self, environment: &EnvName) -> bool {
        let here = self.override_in(environment).and_then(|rules| rules.required);
        here.unwrap_or(match &self.required {
            Required::Everywhere(required) => *required,
            Required::In(environments) => environments.contains(environment),
        })
    }

    /// The rules in force in an environment.
    pub fn rules_in(&self, environment: &EnvName) -> Rules {
        let Some(here) = self.override_in(environment) else { return self.rules.clone() };
        Rules {
            kind: here.kind.clone().or_else(|| self.rules.kind.clone()),
            one_of: here.one_of.clone().or_else(|| self.rules.one_of.clone()),
            not_one_of: here.not_one_of.clone().or_else(|| self.rules.not_one_of.clone()),
            min_length: here.min_length.clone().or_else(|| self.rules.min_length.clone()),
            matches: here.matches.clone().or_else(|| self.rules.matches.clone()),
            required: here.required,
        }
    }

    fn override_in(&self, environment: &EnvName) -> Option<&Rules> {
        self.overrides.iter().find(|(name, _)| name == environment).map(|(_, rules)| rules)
    }
}
