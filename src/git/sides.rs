//! The versions that an unfinished, or a badly finished, merge was made from.

use std::path::{Path, PathBuf};

use git2::{Commit, Index, ObjectType, Oid, Repository, Sort};

use super::Error;

/// Three versions of one file.
pub(crate) struct Sides {
    /// Where they come from, for people.
    pub from: String,
    /// The common ancestor's; `None` where it has no such file.
    pub base: Option<Vec<u8>>,
    /// That of the branch that was merged into.
    pub ours: Vec<u8>,
    /// That of what was merged.
    pub theirs: Vec<u8>,
    /// The commit that was merged into, by a name that git understands.
    pub our_commit: String,
}

/// The merges that the file at `path` may be the result of: the one that is under way as the index has it, or
/// as the heads have it after `git add`; else the merge commit that made exactly this file.
///
/// # Errors
/// What git says.
pub(crate) fn merges_of(path: &Path) -> Result<Vec<Sides>, Error> {
    let (repository, inside) = open(path)?;
    let mut found = Vec::new();
    found.extend(in_index(&repository, &super::index(&repository)?, &inside));
    found.extend(under_way(&repository, &inside));
    found.extend(committed(&repository, &inside, path)?);
    Ok(found)
}

/// The content that the index has of the file at `path`; in a conflict, that of our side.
pub(crate) fn staged_at(path: &Path) -> Option<Vec<u8>> {
    let (repository, inside) = open(path).ok()?;
    super::repository::staged(&repository, &inside)
}

/// Whether git holds the file in conflict.
pub(crate) fn is_in_conflict(path: &Path) -> bool {
    let conflict = || -> Option<bool> {
        let (repository, inside) = open(path).ok()?;
        let index = super::index(&repository).ok()?;
        Some((1..=3).any(|stage| index.get_path(&inside, stage).is_some()))
    };
    conflict().unwrap_or(false)
}

/// The repository around a file, and the file's path from the top of the work tree.
pub(super) fn open(path: &Path) -> Result<(Repository, PathBuf), Error> {
    let path = match (path.parent().map(std::fs::canonicalize), path.file_name()) {
        (Some(Ok(folder)), Some(name)) => folder.join(name),
        _ => path.to_owned(),
    };
    let folder = path.parent().unwrap_or(&path);
    let repository = super::discover(folder)?;
    let top = repository.workdir().ok_or(Error::NoRepository)?;
    let top = std::fs::canonicalize(top).unwrap_or_else(|_| top.to_owned());
    let inside = path.strip_prefix(&top).map_err(|_| Error::NoRepository)?.to_owned();
    Ok((repository, inside))
}

/// Stages 1 to 3: base, ours, theirs.
fn in_index(repository: &Repository, index: &Index, inside: &Path) -> Option<Sides> {
    let stage = |stage| {
        let entry = index.get_path(inside, stage)?;
        Some(repository.find_blob(entry.id).ok()?.content().to_vec())
    };
    Some(Sides {
        from: "the merge that is under way".to_owned(),
        base: stage(1),
        ours: stage(2)?,
        theirs: stage(3)?,
        our_commit: "HEAD".to_owned(),
    })
}

/// What a merge, cherry-pick, revert or rebase is about, as long as it is not finished.
fn under_way(repository: &Repository, inside: &Path) -> Option<Sides> {
    let head = repository.head().ok()?.peel_to_commit().ok()?;
    let commit = |name: &str| repository.revparse_single(name).ok()?.peel_to_commit().ok();
    if let Some(merged) = commit("MERGE_HEAD") {
        let base = repository.merge_base(head.id(), merged.id()).ok();
        return sides(repository, inside, "the merge that is under way", base, head.id(), merged.id());
    }
    for name in ["CHERRY_PICK_HEAD", "REBASE_HEAD"] {
        if let Some(picked) = commit(name) {
            let base = picked.parent_id(0).ok();
            return sides(
                repository,
                inside,
                "the commit that is being picked",
                base,
                head.id(),
                picked.id(),
            );
        }
    }
    let reverted = commit("REVERT_HEAD")?;
    let before = reverted.parent_id(0).ok()?;
    sides(repository, inside, "the commit that is being reverted", Some(reverted.id()), head.id(), before)
}

/// The merge, from HEAD backwards, whose version of the file is the one at `path` and that of neither parent.
fn committed(repository: &Repository, inside: &Path, path: &Path) -> Result<Option<Sides>, Error> {
    let Ok(wanted) = Oid::hash_file(ObjectType::Blob, path) else { return Ok(None) };
    let mut commits = repository.revwalk()?;
    commits.set_sorting(Sort::TOPOLOGICAL | Sort::TIME)?;
    if commits.push_head().is_err() {
        return Ok(None);
    }
    let blob = |commit: &Commit<'_>| commit.tree().ok()?.get_path(inside).ok().map(|entry| entry.id());
    for id in commits {
        let commit = repository.find_commit(id?)?;
        let here = blob(&commit);
        let parents: Vec<Commit<'_>> = commit.parents().collect();
        let [ours, theirs] = parents.as_slice() else { continue };
        if here != Some(wanted) || [ours, theirs].into_iter().any(|parent| blob(parent) == here) {
            continue;
        }
        let base = repository.merge_base(ours.id(), theirs.id()).ok();
        let short = commit.as_object().short_id()?;
        let from = format!("the merge {}", short.as_str().unwrap_or("commit"));
        return Ok(sides(repository, inside, &from, base, ours.id(), theirs.id()));
    }
    Ok(None)
}

fn sides(
    repository: &Repository,
    inside: &Path,
    from: &str,
    base: Option<Oid>,
    ours: Oid,
    theirs: Oid,
) -> Option<Sides> {
    let file = |commit: Oid| {
        let tree = repository.find_commit(commit).ok()?.tree().ok()?;
        let entry = tree.get_path(inside).ok()?;
        Some(repository.find_blob(entry.id()).ok()?.content().to_vec())
    };
    Some(Sides {
        from: from.to_owned(),
        base: base.and_then(file),
        ours: file(ours)?,
        theirs: file(theirs)?,
        our_commit: ours.to_string(),
    })
}

/// Every distinct version of the file at `path` in every branch, tag, remote branch and stash, and in the
/// index, newest first, until `visit` returns `true`. Whether it did. No more than `most` commits are looked at.
///
/// # Errors
/// What git says.
pub(crate) fn versions_everywhere(
    path: &Path,
    most: usize,
    visit: &mut dyn FnMut(&[u8]) -> bool,
) -> Result<bool, Error> {
    let (repository, inside) = open(path)?;
    let index = super::index(&repository)?;
    let mut seen = std::collections::HashSet::new();
    let mut give = |id: Oid| -> bool {
        seen.insert(id) && repository.find_blob(id).is_ok_and(|blob| visit(blob.content()))
    };
    for stage in 0..=3 {
        if let Some(entry) = index.get_path(&inside, stage)
            && give(entry.id)
        {
            return Ok(true);
        }
    }
    let mut commits = repository.revwalk()?;
    commits.set_sorting(Sort::TIME)?;
    drop(commits.push_head());
    commits.push_glob("*")?;
    for name in ["MERGE_HEAD", "CHERRY_PICK_HEAD", "REBASE_HEAD", "REVERT_HEAD", "ORIG_HEAD"] {
        drop(repository.revparse_single(name).map(|object| commits.push(object.id())));
    }
    for id in commits.take(most) {
        let commit = repository.find_commit(id?)?;
        if let Ok(entry) = commit.tree()?.get_path(&inside)
            && give(entry.id())
        {
            return Ok(true);
        }
    }
    Ok(false)
}
