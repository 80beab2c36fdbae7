//! [`Unfit`]: a place for a runtime directory that does not qualify, and why.

use std::fmt;
use std::io;
use std::path::PathBuf;

/// A place that was looked at and does not qualify.
#[derive(Debug)]
pub(crate) struct Unfit {
    /// The directory.
    pub path: PathBuf,
    /// What is wrong with it.
    pub reason: Reason,
}

/// What is wrong with a place.
#[derive(Debug)]
pub(crate) enum Reason {
    /// `$XDG_RUNTIME_DIR` is not an absolute path, so the specification has it ignored.
    Relative,
    /// It belongs to somebody else.
    Owner {
        /// Numeric id of the owner.
        uid: u32,
    },
    /// Others can write to it, and no sticky bit keeps them from what is ours.
    WritableByOthers,
    /// It is on a disk, where a deleted file can be read again.
    OnDisk,
    /// The system does not let us use it.
    Io(io::Error),
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Relative => f.write_str("not an absolute path"),
            Self::Owner { uid } => write!(f, "belongs to user {uid}"),
            Self::WritableByOthers => f.write_str("writable by others"),
            Self::OnDisk => f.write_str("on a disk, not in memory"),
            Self::Io(error) => error.fmt(f),
        }
    }
}
