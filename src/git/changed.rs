//! Which sealed files differ between two commits.

use std::path::PathBuf;

use git2::{DiffOptions, Repository, RepositoryState};

use super::Error;

/// A file that two commits hold differently.
pub(crate) struct ChangedFile {
    /// From the top of the work tree.
    pub path: String,
    /// As it was; `None` where it did not exist.
    pub old: Option<Vec<u8>>,
    /// As it is; `None` where it does not exist any more.
    pub new: Option<Vec<u8>>,
}

/// Files below `envs/` folders that `old` and `new` hold differently. Texts that name no commit, as the zeros
/// of a first checkout, give nothing.
///
/// # Errors
/// What git says.
pub(crate) fn changed_files(
    repository: &Repository,
    old: &str,
    new: &str,
) -> Result<Vec<ChangedFile>, Error> {
    let tree = |text: &str| repository.revparse_single(text).and_then(|object| object.peel_to_tree()).ok();
    let (Some(old), Some(new)) = (tree(old), tree(new)) else { return Ok(Vec::new()) };
    if old.id() == new.id() {
        return Ok(Vec::new());
    }
    let mut options = DiffOptions::new();
    options.pathspec("envs/*.env").pathspec("*/envs/*.env");
    let diff = repository.diff_tree_to_tree(Some(&old), Some(&new), Some(&mut options))?;
    let blob = |id| repository.find_blob(id).ok().map(|blob| blob.content().to_vec());
    Ok(diff
        .deltas()
        .filter_map(|delta| {
            let path = delta.new_file().path().or(delta.old_file().path())?.to_str()?.to_owned();
            Some(ChangedFile { path, old: blob(delta.old_file().id()), new: blob(delta.new_file().id()) })
        })
        .collect())
}

/// Whether a rebase, cherry-pick or the like is in the middle of its work.
pub(crate) fn is_under_way(repository: &Repository) -> bool {
    repository.state() != RepositoryState::Clean
}

/// Roots of the projects in the index, from the top of the work tree.
///
/// # Errors
/// What git says.
pub(crate) fn project_roots(repository: &Repository, project_file: &str) -> Result<Vec<PathBuf>, Error> {
    let index = super::index(repository)?;
    let roots = index.iter().filter_map(|entry| {
        let path = String::from_utf8(entry.path).ok()?;
        let root = path.strip_suffix(project_file)?;
        (root.is_empty() || root.ends_with('/')).then(|| PathBuf::from(root))
    });
    Ok(roots.collect())
}
