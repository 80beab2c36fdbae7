//! Three-way merge of sealed files, key by key.

mod access;
mod blocks;
mod closed;
mod markers;
mod open;
mod rule;

pub(crate) use closed::{ClosedMerge, merge_closed};
pub(crate) use markers::both as both_with_markers;
pub use open::{Base, merge};
pub(crate) use open::{Conflict, Merge};

/// A side of a merge, in git's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The branch that is merged into.
    Ours,
    /// What is merged.
    Theirs,
}

/// Why two versions cannot be merged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MergeError {
    /// Without an identity: a new data key on one side.
    #[error("the sides have different data keys, so only somebody who can open both can merge them")]
    DataKeys,
    /// No recipient is left on both sides.
    #[error("nobody could open the result: the sides removed each other's recipients")]
    NobodyLeft,
    /// A recipient that age does not take.
    #[error("the data key cannot be wrapped for a recipient")]
    Recipient(String),
    /// Both sides changed which keys are readable, in ways that cannot be put together.
    #[error("both sides changed which keys are readable")]
    Rule,
    /// Sealing failed.
    #[error(transparent)]
    Sealed(#[from] super::Error),
}
