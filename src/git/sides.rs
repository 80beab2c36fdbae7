//! The versions that an unfinished, or a badly finished, merge was made from.

use std::path::Path;

use git2::{Commit, Index, ObjectType, Oid};

use super::Error;
use super::commit::{Start, abbreviated, commits};
use super::file::FileInGit;

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
    let file = FileInGit::open(path)?;
    let mut found = Vec::new();
    found.extend(in_index(&file, &super::index(&file.repository)?));
    found.extend(under_way(&file));
    found.extend(committed(&file, path)?);
    Ok(found)
}

/// The content that the index has of the file at `path`; in a conflict, that of our side.
pub(crate) fn staged_at(path: &Path) -> Option<Vec<u8>> {
    let file = FileInGit::open(path).ok()?;
    super::repository::staged(&file.repository, &file.inside)
}

/// Whether git holds the file in conflict.
pub(crate) fn is_in_conflict(path: &Path) -> bool {
    let conflict = || -> Option<bool> {
        let file = FileInGit::open(path).ok()?;
        let index = super::index(&file.repository).ok()?;
        Some((1..=3).any(|stage| index.get_path(&file.inside, stage).is_some()))
    };
    conflict().unwrap_or(false)
}

/// Stages 1 to 3: base, ours, theirs.
fn in_index(file: &FileInGit, index: &Index) -> Option<Sides> {
    let stage = |stage| file.bytes(index.get_path(&file.inside, stage)?.id);
    Some(Sides {
        from: "the merge in progress".to_owned(),
        base: stage(1),
        ours: stage(2)?,
        theirs: stage(3)?,
        our_commit: "HEAD".to_owned(),
    })
}

/// What a merge, cherry-pick, revert or rebase is about, as long as it is not finished.
fn under_way(file: &FileInGit) -> Option<Sides> {
    let repository = &file.repository;
    let head = repository.head().ok()?.peel_to_commit().ok()?;
    let commit = |name: &str| repository.revparse_single(name).ok()?.peel_to_commit().ok();
    if let Some(merged) = commit("MERGE_HEAD") {
        let base = repository.merge_base(head.id(), merged.id()).ok();
        return sides(file, "the merge in progress", base, head.id(), merged.id());
    }
    for name in ["CHERRY_PICK_HEAD", "REBASE_HEAD"] {
        if let Some(picked) = commit(name) {
            let base = picked.parent_id(0).ok();
            return sides(file, "the commit being picked", base, head.id(), picked.id());
        }
    }
    let reverted = commit("REVERT_HEAD")?;
    let before = reverted.parent_id(0).ok()?;
    sides(file, "the commit being reverted", Some(reverted.id()), head.id(), before)
}

/// The merge, from HEAD backwards, whose version of the file is the one at `path` and that of neither parent.
fn committed(file: &FileInGit, path: &Path) -> Result<Option<Sides>, Error> {
    let Ok(wanted) = Oid::hash_file(ObjectType::Blob, path) else { return Ok(None) };
    let repository = &file.repository;
    for id in commits(repository, Start::Head)? {
        let commit = repository.find_commit(id?)?;
        let here = file.blob_in(&commit);
        let parents: Vec<Commit<'_>> = commit.parents().collect();
        let [ours, theirs] = parents.as_slice() else { continue };
        if here != Some(wanted) || [ours, theirs].into_iter().any(|parent| file.blob_in(parent) == here) {
            continue;
        }
        let base = repository.merge_base(ours.id(), theirs.id()).ok();
        let from = format!("the merge {}", abbreviated(commit.id()));
        return Ok(sides(file, &from, base, ours.id(), theirs.id()));
    }
    Ok(None)
}

fn sides(file: &FileInGit, from: &str, base: Option<Oid>, ours: Oid, theirs: Oid) -> Option<Sides> {
    let side = |commit: Oid| file.bytes(file.blob_in(&file.repository.find_commit(commit).ok()?)?);
    Some(Sides {
        from: from.to_owned(),
        base: base.and_then(side),
        ours: side(ours)?,
        theirs: side(theirs)?,
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
    let file = FileInGit::open(path)?;
    let repository = &file.repository;
    let index = super::index(repository)?;
    let mut seen = std::collections::HashSet::new();
    let mut give = |id: Oid| -> bool {
        seen.insert(id) && repository.find_blob(id).is_ok_and(|blob| visit(blob.content()))
    };
    for stage in 0..=3 {
        if let Some(entry) = index.get_path(&file.inside, stage)
            && give(entry.id)
        {
            return Ok(true);
        }
    }
    let mut commits = commits(repository, Start::Everywhere)?;
    for name in ["MERGE_HEAD", "CHERRY_PICK_HEAD", "REBASE_HEAD", "REVERT_HEAD", "ORIG_HEAD"] {
        drop(repository.revparse_single(name).map(|object| commits.push(object.id())));
    }
    for id in commits.take(most) {
        if let Some(blob) = file.blob_in(&repository.find_commit(id?)?)
            && give(blob)
        {
            return Ok(true);
        }
    }
    Ok(false)
}
