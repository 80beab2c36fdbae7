//! [`NotStarted`]: why a program did not start.

use std::ffi::OsString;
use std::io;

/// Why a program was not started.
#[derive(Debug, thiserror::Error)]
#[error("cannot start `{}`: {}", program.display(), why(source))]
pub(crate) struct NotStarted {
    pub(super) program: OsString,
    pub(super) source: io::Error,
}

impl NotStarted {
    /// Why, where what was to be started must not be shown: an identity may have got into its place.
    pub(crate) fn why(&self) -> String {
        why(&self.source)
    }
}

/// What keeps a program from being started, in words.
pub(crate) fn why(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "no such file".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        _ => {
            let text = error.to_string();
            let end = text.find(" (os error").unwrap_or(text.len());
            text[..end].to_lowercase()
        }
    }
}
