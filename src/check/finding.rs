//! One thing that `check` found.

use crate::name::{EnvName, KeyName};
use crate::place::Place;

/// How grave a finding is. Errors make `check` end with 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Gravity {
    /// Something will not work, or is not safe.
    Error,
    /// Something may hurt later.
    Warning,
}

/// A finding, with the place that asks for it and the line that settles it.
#[derive(Debug, Clone)]
pub(crate) struct Finding {
    /// How grave.
    pub gravity: Gravity,
    /// A stable name for the kind of finding, for programs.
    pub kind: &'static str,
    /// The environment it is about.
    pub environment: EnvName,
    /// The key it is about.
    pub key: Option<KeyName>,
    /// What is wrong, one sentence.
    pub message: String,
    /// Where it is asked for, or stands.
    pub place: Option<Place>,
    /// A command that settles it.
    pub fix: Option<String>,
}
