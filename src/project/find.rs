//! Finding and reading the project file.

use std::io;
use std::path::{Path, PathBuf};

use super::{Error, FILE, FOLDER};
use crate::file;

/// A project file is never larger, in bytes.
const LARGEST: u64 = 1024 * 1024;

/// The folder, `from` or one above it, that holds `envs/senex-env.toml`.
pub(super) fn root(from: &Path) -> Result<PathBuf, Error> {
    from.ancestors()
        // Whatever it is: something else in its place is an error of its own.
        .find(|folder| folder.join(FOLDER).join(FILE).symlink_metadata().is_ok())
        .map(Path::to_owned)
        .ok_or_else(|| Error::NotFound { from: from.to_owned() })
}

pub(super) fn read(path: &Path) -> Result<String, Error> {
    let io = |error| Error::Io { path: path.to_owned(), error };
    let bytes = file::read_regular(path, LARGEST).map_err(io)?;
    match std::str::from_utf8(&bytes) {
        // A byte order mark is what some editors call UTF-8.
        Ok(text) => Ok(text.strip_prefix('\u{feff}').unwrap_or(text).to_owned()),
        Err(_) => Err(io(io::Error::new(io::ErrorKind::InvalidData, "it is not UTF-8 text"))),
    }
}
