//! Where identities were looked for, and what was there.

use super::locked::StillLocked;
use super::plain::ParseError;
use crate::recipient::Recipient;

/// A place that was looked at, and what was there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Looked {
    /// The variable, path or keyring.
    pub place: String,
    /// What was found.
    pub outcome: Outcome,
}

/// What was found in a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The variable is not set, the file does not exist, the keyring holds nothing.
    Nothing(&'static str),
    /// Identities, by their recipients.
    Identities(Vec<Recipient>),
    /// Identities behind a passphrase; the recipients when they can be known.
    Locked(Option<Vec<Recipient>>),
    /// Identities behind a passphrase, which did not open them.
    StillLocked(StillLocked),
    /// Something that is not an identity, or could not be read.
    Problem(String),
    /// Something that is not an identity that could be used.
    Unusable(ParseError),
}
