//! Opening the repository around a project, or the one that a hook was called in.

use std::path::Path;

use git2::{ErrorCode, Repository};

use super::Error;

/// The repository around `from`.
///
/// # Errors
/// [`Error::NoRepository`], or why the one that is there cannot be read.
pub(super) fn discover(from: &Path) -> Result<Repository, Error> {
    Repository::discover(from).map_err(worded)
}

/// The repository that a hook was called in, as git's variables say.
///
/// # Errors
/// [`Error::NoRepository`], or why the one that is there cannot be read.
pub fn of_hook() -> Result<Repository, Error> {
    Repository::open_from_env().map_err(worded)
}

fn worded(error: git2::Error) -> Error {
    match error.code() {
        ErrorCode::NotFound => Error::NoRepository,
        _ => Error::Git(error),
    }
}
