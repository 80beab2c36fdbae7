//! The words of compose files that cannot be loaded.

use std::path::Path;

use super::Error;
use crate::compose::Tool;
use crate::compose::model::LoadError;
use crate::exit::Exit;
use crate::file;

/// Words why a tool cannot load compose files; paths are shown from `directory`.
pub(crate) fn compose(tool: Tool, error: LoadError, directory: &Path) -> Error {
    let error = LoadError { path: file::relative(&error.path, directory), ..error };
    Error::new(Exit::Project, format!("{tool} cannot load the compose files: {error}"))
}
