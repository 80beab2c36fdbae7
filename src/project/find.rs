//! Finding and reading the project file.

use std::io;
use std::path::{Path, PathBuf};

use super::{Error, FILE, FOLDER};
use crate::file;

/// A project file is never larger, in bytes.
const LARGEST: u64 = 1024 * 1024;

/// The folder, `from` or one above it, that holds `envs/senex-env.toml`. What lies outside of the work tree is
/// somebody else's project.
pub(super) fn root(from: &Path) -> Result<PathBuf, Error> {
    // Whatever it is: something else in its place is an error of its own.
    let holds = |folder: &Path| folder.join(FOLDER).join(FILE).symlink_metadata().is_ok();
    let is_top = |folder: &Path| folder.join(".git").symlink_metadata().is_ok();
    for folder in from.ancestors() {
        if holds(folder) {
            return Ok(folder.to_owned());
        }
        if is_top(folder) {
            break;
        }
    }
    Err(Error::NotFound { from: from.to_owned() })
}

/// The repository that a folder is in; the folder itself where there is none.
pub(super) fn repository(root: &Path) -> &Path {
    root.ancestors().find(|folder| folder.join(".git").exists()).unwrap_or(root)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_search_ends_at_the_top_of_the_work_tree() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = |inside: &str| folder.path().join(inside);
        file::create(&path("envs/senex-env.toml"), b"", 0o644).expect("written");
        file::create(&path("other/src/x"), b"", 0o644).expect("written");
        assert_eq!(root(&path("other/src")).expect("found"), folder.path());
        // A work tree of its own: a folder, or a file as worktrees and submodules have it.
        file::create(&path("other/.git"), b"gitdir: elsewhere\n", 0o644).expect("written");
        assert!(root(&path("other/src")).is_err());
        file::create(&path("other/envs/senex-env.toml"), b"", 0o644).expect("written");
        assert_eq!(root(&path("other/src")).expect("found"), path("other"));
    }
}
