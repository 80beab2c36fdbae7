//! Who changed a file, and when.

use std::path::Path;

use git2::{Commit, Oid, Sort};

use super::Error;

/// A commit that gave a file a content that none of its parents had.
pub(crate) struct Step {
    /// Abbreviated id.
    pub commit: String,
    /// Name of the author.
    pub author: String,
    /// When it was authored, in seconds since 1970.
    pub seconds: i64,
    /// The contents of the parents; none where the file is new.
    pub before: Vec<Vec<u8>>,
    /// The content; `None` where the file was removed.
    pub after: Option<Vec<u8>>,
}

/// The steps of the file at `path` from HEAD backwards, newest first, until `visit` returns `false`.
///
/// # Errors
/// What git says.
pub(crate) fn steps(path: &Path, visit: &mut dyn FnMut(Step) -> bool) -> Result<(), Error> {
    let (repository, inside) = super::sides::open(path)?;
    let mut commits = repository.revwalk()?;
    commits.set_sorting(Sort::TOPOLOGICAL | Sort::TIME)?;
    if commits.push_head().is_err() {
        return Ok(());
    }
    let blob =
        |commit: &Commit<'_>| -> Option<Oid> { Some(commit.tree().ok()?.get_path(&inside).ok()?.id()) };
    for id in commits {
        let commit = repository.find_commit(id?)?;
        let here = blob(&commit);
        let parents: Vec<Option<Oid>> = commit.parents().map(|parent| blob(&parent)).collect();
        if parents.contains(&here) || parents.is_empty() && here.is_none() {
            continue;
        }
        let read = |id: Oid| repository.find_blob(id).ok().map(|blob| blob.content().to_vec());
        let step = Step {
            commit: short(&commit),
            author: commit.author().name().unwrap_or("?").to_owned(),
            seconds: commit.author().when().seconds(),
            before: parents.into_iter().flatten().filter_map(read).collect(),
            after: here.and_then(read),
        };
        if !visit(step) {
            break;
        }
    }
    Ok(())
}

fn short(commit: &Commit<'_>) -> String {
    commit.id().to_string().chars().take(7).collect()
}
