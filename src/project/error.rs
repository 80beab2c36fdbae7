//! What can be wrong with a project file.

use std::io;
use std::path::{Path, PathBuf};

use crate::file;
use crate::place::Place;

/// Why there is no project to work with.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Neither in the folder nor in any above it.
    #[error("there is no `envs/senex-env.toml` here or in a folder above")]
    NotFound {
        /// Where the search began.
        from: PathBuf,
    },
    /// It cannot be read.
    #[error("{} cannot be read: {error}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// Something in it is wrong.
    #[error("{what}")]
    Invalid {
        /// Where.
        place: Place,
        /// The line itself: a project file holds nothing secret.
        source_line: String,
        /// In words.
        what: String,
        /// The name that was meant, perhaps.
        suggestion: Option<String>,
    },
}

impl Error {
    /// The same error, its paths as somebody in `directory` would type them.
    #[must_use]
    pub fn seen_from(mut self, directory: &Path) -> Self {
        match &mut self {
            Self::NotFound { .. } => {}
            Self::Io { path, .. } => *path = file::relative(path, directory),
            Self::Invalid { place, .. } => place.path = file::relative(&place.path, directory),
        }
        self
    }
}
