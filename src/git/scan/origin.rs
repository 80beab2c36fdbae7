//! Where bytes come from, and how many were looked at.

use std::sync::atomic::{AtomicUsize, Ordering};

/// Where some bytes come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Origin {
    /// From the top of the work tree.
    pub path: String,
    /// The oldest commit that has them; `None` for what is not committed.
    pub commit: Option<String>,
}

/// How far a scan is; read by another thread.
#[derive(Debug, Default)]
pub(crate) struct Progress {
    /// Contents found so far.
    pub found: AtomicUsize,
    /// Contents searched so far.
    pub searched: AtomicUsize,
    /// Contents that could not be read so far: a partial clone does not hold them.
    pub unread: AtomicUsize,
}

impl Progress {
    /// How many were searched, and how many could not be read.
    pub(crate) fn counted(&self) -> (usize, usize) {
        (self.searched.load(Ordering::Relaxed), self.unread.load(Ordering::Relaxed))
    }
}
