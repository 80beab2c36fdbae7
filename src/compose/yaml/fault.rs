//! What is wrong with a text, while it is read.

use super::{Place, YamlError};

/// What is wrong, and where, if not at the event that shows it.
pub(super) struct Fault {
    pub at: Option<Place>,
    pub kind: YamlError,
}

impl From<YamlError> for Fault {
    fn from(kind: YamlError) -> Self {
        Self { at: None, kind }
    }
}
