//! [`Commit`]: who made a commit, and when; and which commits there are.

use git2::{Oid, Repository, Revwalk, Sort};

use super::Error;

/// So many digits of an id are shown: unique in any repository that people work in.
const DIGITS: usize = 10;

/// A commit, as people are told of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Commit {
    /// Abbreviated id.
    pub id: String,
    /// Name of the author.
    pub author: String,
    /// When it was authored, in seconds since 1970.
    pub time: i64,
}

impl Commit {
    pub(super) fn of(commit: &git2::Commit<'_>) -> Self {
        let author = commit.author();
        Self {
            id: abbreviated(commit.id()),
            author: String::from_utf8_lossy(author.name_bytes()).into_owned(),
            time: author.when().seconds(),
        }
    }
}

/// An id as it is shown.
pub(super) fn abbreviated(id: Oid) -> String {
    id.to_string().chars().take(DIGITS).collect()
}

/// Where a walk through history begins.
#[derive(Clone, Copy)]
pub(super) enum Start<'a> {
    /// What is checked out.
    Head,
    /// Every branch, tag, remote branch, note and stash, and what is checked out.
    Everywhere,
    /// A revision, or a range of them.
    Revision(&'a str),
}

/// The commits from there backwards, the newest first; none before the first commit is made.
///
/// # Errors
/// What git says.
pub(super) fn commits<'r>(repository: &'r Repository, start: Start<'_>) -> Result<Revwalk<'r>, Error> {
    let mut walk = repository.revwalk()?;
    walk.set_sorting(Sort::TOPOLOGICAL | Sort::TIME)?;
    match start {
        Start::Head => {}
        Start::Everywhere => walk.push_glob("*")?,
        Start::Revision(range) if range.contains("..") => {
            walk.push_range(range)?;
            return Ok(walk);
        }
        Start::Revision(revision) => {
            walk.push(repository.revparse_single(revision)?.peel_to_commit()?.id())?;
            return Ok(walk);
        }
    }
    // Before the first commit, HEAD names a branch that does not exist.
    if let Ok(head) = repository.head() {
        walk.push(head.peel_to_commit()?.id())?;
    }
    Ok(walk)
}
