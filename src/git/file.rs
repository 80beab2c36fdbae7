//! [`FileInGit`]: a file, and the repository that it is in.

use std::path::{Path, PathBuf};

use git2::{Oid, Repository};

use super::Error;
use super::repository::discover;

/// A file of a work tree, whether it exists or not.
pub(super) struct FileInGit {
    /// The repository around it.
    pub repository: Repository,
    /// The file, from the top of the work tree.
    pub inside: PathBuf,
}

impl FileInGit {
    /// The file at `path`, by its real name: git keeps nothing behind a symbolic link.
    ///
    /// # Errors
    /// [`Error::NoRepository`], or what git says.
    pub(super) fn open(path: &Path) -> Result<Self, Error> {
        let path = real(path);
        let repository = discover(path.parent().unwrap_or(&path))?;
        let inside = inside(&repository, &path).ok_or(Error::NoRepository)?;
        Ok(Self { repository, inside })
    }

    /// What a commit has of it.
    pub(super) fn blob_in(&self, commit: &git2::Commit<'_>) -> Option<Oid> {
        Some(commit.tree().ok()?.get_path(&self.inside).ok()?.id())
    }

    /// The bytes of a version; `None` for what is not a file, or not in this clone.
    pub(super) fn bytes(&self, blob: Oid) -> Option<Vec<u8>> {
        bytes(&self.repository, blob)
    }
}

/// The bytes of a version of a file; `None` for what is not a file, or not in this clone.
pub(super) fn bytes(repository: &Repository, blob: Oid) -> Option<Vec<u8>> {
    Some(repository.find_blob(blob).ok()?.content().to_vec())
}

/// The file at `path`, from the top of the work tree of `repository`; `None` if it is not below that.
pub(super) fn inside(repository: &Repository, path: &Path) -> Option<PathBuf> {
    let top = real(repository.workdir()?);
    real(path).strip_prefix(top).ok().map(Path::to_owned)
}

/// Without symbolic links, as far as the path exists.
fn real(path: &Path) -> PathBuf {
    let whole = std::fs::canonicalize(path);
    whole.unwrap_or_else(|_| match (path.parent().map(std::fs::canonicalize), path.file_name()) {
        (Some(Ok(folder)), Some(name)) => folder.join(name),
        _ => path.to_owned(),
    })
}
