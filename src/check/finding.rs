//! One thing that `check` found.

use std::collections::HashMap;

use super::{Kind, Severity};
use crate::name::{EnvName, KeyName};
use crate::place::Place;

/// What settles a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fix {
    /// A command to paste.
    Command(String),
    /// A sentence, where no command does it.
    Advice(String),
    /// What settles every finding of its kind.
    Usual,
}

/// A finding, with the place that asks for it and what settles it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Finding {
    /// How severe.
    pub severity: Severity,
    /// What it is about.
    pub kind: Kind,
    /// The environments that it is about, at least one.
    pub environments: Vec<EnvName>,
    /// The key it is about.
    pub key: Option<KeyName>,
    /// What is wrong, one sentence.
    pub message: String,
    /// The place that is wrong, or that asks for what is missing.
    pub place: Option<Place>,
    /// What settles it.
    pub fix: Fix,
}

impl Finding {
    /// A finding about one environment, as severe as its kind is.
    pub(crate) fn new(kind: impl Into<Kind>, environment: &EnvName, message: impl Into<String>) -> Self {
        let kind = kind.into();
        Self {
            severity: kind.severity(),
            kind,
            environments: vec![environment.clone()],
            key: None,
            message: message.into(),
            place: None,
            fix: Fix::Usual,
        }
    }

    /// With another severity.
    pub(crate) fn severity(mut self, severity: Severity) -> Self {
        self.severity = severity;
        self
    }

    /// About a key.
    pub(crate) fn key(mut self, key: &KeyName) -> Self {
        self.key = Some(key.clone());
        self
    }

    /// At a place.
    pub(crate) fn at(mut self, place: impl Into<Option<Place>>) -> Self {
        self.place = place.into();
        self
    }

    /// With a command that settles it.
    pub(crate) fn command(mut self, command: impl Into<String>) -> Self {
        self.fix = Fix::Command(command.into());
        self
    }

    /// With a sentence that says how to settle it.
    pub(crate) fn advice(mut self, advice: impl Into<String>) -> Self {
        self.fix = Fix::Advice(advice.into());
        self
    }

    /// Whether it is about this environment.
    pub(crate) fn is_about(&self, environment: &EnvName) -> bool {
        self.environments.contains(environment)
    }

    /// The same said of another environment.
    fn repeats(&self, other: &Self) -> bool {
        let without = |finding: &Self| Self { environments: Vec::new(), ..finding.clone() };
        without(self) == without(other)
    }
}

/// What is the same in several environments becomes one finding, where the first was.
pub(super) fn merged(findings: Vec<Finding>) -> Vec<Finding> {
    let mut merged: Vec<Finding> = Vec::with_capacity(findings.len());
    let mut by_place: HashMap<(String, Option<Place>), Vec<usize>> = HashMap::new();
    for finding in findings {
        let alike = by_place.entry((finding.message.clone(), finding.place.clone())).or_default();
        match alike.iter().find(|at| merged[**at].repeats(&finding)) {
            Some(at) => {
                let known = &mut merged[*at].environments;
                let new = finding.environments.into_iter().filter(|name| !known.contains(name));
                let new: Vec<EnvName> = new.collect();
                known.extend(new);
            }
            None => {
                alike.push(merged.len());
                merged.push(finding);
            }
        }
    }
    merged
}
