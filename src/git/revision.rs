//! A file as one revision has it.

use std::path::Path;

use super::Error;
use super::file::FileInGit;

/// The file at `path` in a revision, by any name that git takes for a commit; `None` where it is not there.
///
/// # Errors
/// [`Error::Revision`], or what git says.
pub(crate) fn at_revision(path: &Path, revision: &str) -> Result<Option<Vec<u8>>, Error> {
    let file = FileInGit::open(path)?;
    let commit = file.repository.revparse_single(revision).and_then(|object| object.peel_to_commit());
    let commit = commit.map_err(|_| Error::Revision(revision.to_owned()))?;
    let tree = commit.tree()?;
    match tree.get_path(&file.inside) {
        Ok(entry) => Ok(Some(file.repository.find_blob(entry.id())?.content().to_vec())),
        Err(error) if error.code() == git2::ErrorCode::NotFound => Ok(None),
        Err(error) => Err(error.into()),
    }
}
