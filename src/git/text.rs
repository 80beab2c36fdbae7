//! Small text files of a repository and of what works on it: hooks, attributes, configurations.

use std::io;
use std::path::Path;

use super::Error;
use crate::file;

/// None of them is ever larger, in bytes.
const LARGEST: u64 = 1024 * 1024;

/// `None` where there is no such file.
pub(super) fn read(path: &Path) -> Result<Option<String>, Error> {
    match file::read_regular(path, LARGEST) {
        Ok(bytes) => Ok(Some(String::from_utf8_lossy(&bytes).into_owned())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::Io(path.to_owned(), error)),
    }
}

/// In the place of what is there, whose mode is kept.
pub(super) fn write(path: &Path, text: &str, mode: u32) -> Result<(), Error> {
    file::replace(path, text.as_bytes(), mode).map_err(|error| Error::Io(path.to_owned(), error))
}

pub(super) fn rename(from: &Path, to: &Path) -> Result<(), Error> {
    std::fs::rename(from, to).map_err(|error| Error::Io(from.to_owned(), error))
}

/// One that is not there is as good as removed.
pub(super) fn remove(path: &Path) -> Result<(), Error> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(Error::Io(path.to_owned(), error)),
        _ => Ok(()),
    }
}
