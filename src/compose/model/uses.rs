//! Uses of variables: where a project reads one, and what becomes of it.

use super::super::interpolation::Operator;
use super::super::yaml::Place;

/// How a variable is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Form {
    /// By a reference, `${X…}`.
    Reference {
        /// What it does.
        operator: Operator,
        /// Whether an empty value counts as unset: the operator has a colon.
        empty_is_unset: bool,
    },
    /// By its bare name: `environment: [X]`, `environment: X:`, `build.args: [X]`.
    PassThrough,
    /// By the `environment:` of a top-level secret or config.
    SecretOrConfig,
}

/// One use of a variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Use {
    /// The variable.
    pub variable: String,
    /// How it is read.
    pub form: Form,
    /// Where.
    pub place: Place,
    /// The service it stands in, if any. What several services take over by an alias is a use in each.
    pub service: Option<String>,
    /// The service's field it stands in: `environment`, `command`, `image`.
    pub field: Option<String>,
    /// The key of `environment` that it feeds.
    pub key: Option<String>,
    /// Whether the tool came to it: operands that are not used do not count.
    pub evaluated: bool,
    /// Whether what it made is in the merged project. An override may have replaced it.
    pub survives: bool,
    /// Whether the tool itself has a value when nobody else has: podman-compose sees a service's own
    /// `environment` in that service.
    pub has_own_value: bool,
    /// Whether the tool fails in this text when the variable alone is unset: it is required, or a number
    /// is wanted and an empty text is none.
    pub fails_without: bool,
    /// Whether the text does not fit its field when the variable alone is unset: an empty image, a mount without
    /// a source. That is an error to Docker Compose, if it is still there in the end.
    pub breaks_field: bool,
}

/// How much a project depends on a variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Requirement {
    /// Nothing that it made is in the merged project.
    Unused,
    /// Read; unset, there is something else in its place, or it is left out.
    Optional,
    /// Read; unset, there is an empty text in its place.
    Read,
    /// Unset, the tool fails. That holds in every file, also for what an override replaces.
    Required,
}

impl Use {
    /// What this one use asks for.
    pub fn requirement(&self) -> Requirement {
        let goes_without = match self.form {
            Form::Reference { operator, .. } => matches!(operator, Operator::Default | Operator::Alternative),
            // Unset, there is nothing in its place, and neither tool says a word.
            Form::PassThrough => true,
            Form::SecretOrConfig => false,
        };
        let fails = self.fails_without || (self.breaks_field && self.survives);
        match () {
            () if fails && !self.has_own_value => Requirement::Required,
            () if !self.evaluated || !self.survives => Requirement::Unused,
            () if goes_without || self.has_own_value => Requirement::Optional,
            () => Requirement::Read,
        }
    }
}
