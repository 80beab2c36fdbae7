//! [`Steps`]: what became of a file, commit by commit, under every name that it had.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use git2::{Delta, Oid, Repository};

use super::commit::Commit;
use super::file;
use super::past::Past;

/// A commit that has the file in another way than each of its parents.
pub(crate) struct Step {
    /// The commit.
    pub commit: Commit,
    /// Whether what is checked out contains it; if not, it is on another branch, a tag or a stash.
    pub in_head: bool,
    /// The versions that it has, by number: none if it removes the file, and several only where the file was
    /// copied; that under the name of today is first.
    pub after: Vec<usize>,
    /// The versions that its parents have.
    pub before: Vec<usize>,
}

/// The history of a file.
#[derive(Default)]
pub(crate) struct Steps<'p> {
    repository: Option<&'p Repository>,
    /// The newest first.
    pub steps: Vec<Step>,
    /// What each distinct version is in git.
    blobs: Vec<Oid>,
    /// The history is shallow or damaged: there are versions of which nothing is known.
    pub is_incomplete: bool,
}

impl Steps<'_> {
    /// How many distinct versions there are.
    pub(crate) fn versions(&self) -> usize {
        self.blobs.len()
    }

    /// The bytes of a version. What is not a file (a folder of that name) holds nothing.
    pub(crate) fn bytes(&self, version: usize) -> Vec<u8> {
        self.repository
            .and_then(|repository| file::bytes(repository, self.blobs[version]))
            .unwrap_or_default()
    }
}

impl Past {
    /// The history of the file at `path`, whether it exists now or not.
    pub(crate) fn steps(&mut self, path: &Path) -> Steps<'_> {
        let inside = self.repository.as_ref().and_then(|repository| file::inside(repository, path));
        let found = inside.map_or_else(|| Ok(Vec::new()), |inside| self.under_every_name(inside));
        let (found, is_damaged) = found.map_or((Vec::new(), true), |found| (found, false));
        let mut numbers = Numbers::default();
        let mut steps = Vec::with_capacity(found.len());
        for Found { commit, in_head, after, before } in found {
            let (after, before) = (numbers.of(after), numbers.of(before));
            steps.push(Step { commit, in_head, after, before });
        }
        let is_incomplete = self.is_incomplete || is_damaged;
        Steps { repository: self.repository.as_ref(), steps, blobs: numbers.blobs, is_incomplete }
    }

    fn under_every_name(&mut self, name: PathBuf) -> Result<Vec<Found>, git2::Error> {
        let mut names = vec![name];
        // A name that it had before counts in every commit, on whatever branch, so the walk starts again.
        loop {
            let (found, earlier) = self.pass(&names)?;
            if earlier.is_empty() {
                return Ok(found);
            }
            names.extend(earlier);
        }
    }

    /// The steps under these names, and names that the file had before.
    fn pass(&mut self, names: &[PathBuf]) -> Result<(Vec<Found>, Vec<PathBuf>), git2::Error> {
        let all = 0..self.commits.len();
        let held: Vec<Vec<Oid>> = all.map(|commit| self.held(commit, names)).collect::<Result<_, _>>()?;
        let (mut found, mut earlier) = (Vec::new(), Vec::new());
        let Some(repository) = &self.repository else { return Ok((found, earlier)) };
        for (node, after) in self.commits.iter().zip(&held) {
            // In a shallow clone the last parents are missing.
            let parents: Vec<&[Oid]> =
                node.parents.iter().map(|parent| parent.map_or(&[][..], |place| &held[place])).collect();
            if parents.contains(&after.as_slice()) || parents.is_empty() && after.is_empty() {
                continue;
            }
            let commit = repository.find_commit(node.id)?;
            let before = distinct(parents.concat());
            if before.is_empty() {
                for name in renamed_from(repository, &commit, names)? {
                    if !names.contains(&name) && !earlier.contains(&name) {
                        earlier.push(name);
                    }
                }
            }
            let (commit, in_head) = (Commit::of(&commit), node.in_head);
            found.push(Found { commit, in_head, after: after.clone(), before });
        }
        Ok((found, earlier))
    }

    fn held(&mut self, commit: usize, names: &[PathBuf]) -> Result<Vec<Oid>, git2::Error> {
        let mut held = Vec::new();
        for name in names {
            held.extend(self.entry(commit, name)?);
        }
        Ok(distinct(held))
    }
}

/// A step, before versions have numbers.
struct Found {
    commit: Commit,
    in_head: bool,
    after: Vec<Oid>,
    before: Vec<Oid>,
}

/// Numbers each distinct version.
#[derive(Default)]
struct Numbers {
    known: HashMap<Oid, usize>,
    blobs: Vec<Oid>,
}

impl Numbers {
    fn of(&mut self, blobs: Vec<Oid>) -> Vec<usize> {
        let number = |blob: Oid| {
            *self.known.entry(blob).or_insert_with(|| {
                self.blobs.push(blob);
                self.blobs.len() - 1
            })
        };
        blobs.into_iter().map(number).collect()
    }
}

/// In the same order, each once.
fn distinct(blobs: Vec<Oid>) -> Vec<Oid> {
    let mut distinct: Vec<Oid> = Vec::with_capacity(blobs.len());
    for blob in blobs {
        if !distinct.contains(&blob) {
            distinct.push(blob);
        }
    }
    distinct
}

/// The names that the file had before this commit, which brought it to the ones that are known.
fn renamed_from(
    repository: &Repository,
    commit: &git2::Commit<'_>,
    names: &[PathBuf],
) -> Result<Vec<PathBuf>, git2::Error> {
    let mut earlier = Vec::new();
    for parent in commit.parents() {
        let mut diff = repository.diff_tree_to_tree(Some(&parent.tree()?), Some(&commit.tree()?), None)?;
        diff.find_similar(None)?;
        for delta in diff.deltas().filter(|delta| delta.status() == Delta::Renamed) {
            let is_ours = delta.new_file().path().is_some_and(|path| names.iter().any(|name| name == path));
            earlier.extend(delta.old_file().path().filter(|_| is_ours).map(Path::to_owned));
        }
    }
    Ok(earlier)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Commits `files` on top of `parents`, and moves `branch` there.
    fn commit(repository: &Repository, branch: &str, parents: &[Oid], files: &[(&str, &str)]) -> Oid {
        let mut index = git2::Index::new().expect("an index");
        repository.set_index(&mut index).expect("set");
        for (name, text) in files {
            let id = repository.blob(text.as_bytes()).expect("a blob");
            let entry = git2::IndexEntry {
                ctime: git2::IndexTime::new(0, 0),
                mtime: git2::IndexTime::new(0, 0),
                dev: 0,
                ino: 0,
                mode: 0o100_644,
                uid: 0,
                gid: 0,
                file_size: 0,
                id,
                flags: 0,
                flags_extended: 0,
                path: name.as_bytes().to_vec(),
            };
            index.add(&entry).expect("added");
        }
        let tree = index.write_tree_to(repository).expect("a tree");
        let tree = repository.find_tree(tree).expect("a tree");
        let who = git2::Signature::now("ana", "ana@example.test").expect("a signature");
        let parents: Vec<git2::Commit<'_>> =
            parents.iter().map(|id| repository.find_commit(*id).expect("a commit")).collect();
        let parents: Vec<&git2::Commit<'_>> = parents.iter().collect();
        let id = repository.commit(None, &who, &who, "c", &tree, &parents).expect("a commit");
        repository.reference(branch, id, true, "moved").expect("a branch");
        id
    }

    /// What each step brings that none of its parents has.
    fn texts(found: &Steps<'_>) -> Vec<String> {
        let new = |step: &Step| {
            let after = step.after.iter().filter(|version| !step.before.contains(version));
            after.map(|version| String::from_utf8(found.bytes(*version)).expect("text")).collect::<Vec<_>>()
        };
        let mut texts: Vec<String> = found.steps.iter().flat_map(new).collect();
        texts.sort_unstable();
        texts
    }

    #[test]
    fn versions_of_every_branch_and_name_are_found_once() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut options = git2::RepositoryInitOptions::new();
        let repository =
            Repository::init_opts(folder.path(), options.initial_head("main")).expect("a repository");
        let (main, side) = ("refs/heads/main", "refs/heads/side");
        let long = |end: &str| format!("{}{end}", "a line\n".repeat(40));
        let first = commit(&repository, main, &[], &[("old.env", &long("1"))]);
        // Renamed and changed on one branch, changed under the old name on the other.
        let renamed = commit(&repository, main, &[first], &[("new.env", &long("2"))]);
        let other = commit(&repository, side, &[first], &[("old.env", &long("3"))]);
        let other = commit(&repository, side, &[other], &[("old.env", &long("4"))]);
        let merged = commit(&repository, main, &[renamed, other], &[("new.env", &long("4"))]);
        commit(&repository, main, &[merged], &[("new.env", &long("2"))]);
        commit(&repository, "refs/tags/lost", &[first], &[("old.env", &long("5"))]);
        let mut past = Past::everywhere(folder.path());
        let found = past.steps(&folder.path().join("new.env"));
        assert_eq!(texts(&found), ["1", "2", "2", "3", "4", "5"].map(long));
        assert_eq!(found.versions(), 5);
        assert_eq!(found.steps.iter().filter(|step| !step.in_head).count(), 1);
        assert!(!found.is_incomplete);
        let mut past = Past::of_head(folder.path()).expect("a repository");
        let found = past.steps(&folder.path().join("new.env"));
        assert_eq!(texts(&found), ["1", "2", "2", "3", "4"].map(long));
        assert_eq!(found.bytes(found.steps[0].after[0]), long("2").into_bytes(), "the newest is first");
    }

    #[test]
    fn no_repository_or_commit_means_no_history() {
        let folder = tempfile::tempdir().expect("a folder");
        let is_empty = |mut past: Past| {
            let found = past.steps(&folder.path().join("a.env"));
            found.steps.is_empty() && !found.is_incomplete
        };
        assert!(Past::of_head(folder.path()).is_err() && is_empty(Past::everywhere(folder.path())));
        Repository::init(folder.path()).expect("a repository");
        assert!(is_empty(Past::everywhere(folder.path())));
        assert!(is_empty(Past::of_head(folder.path()).expect("a repository")));
    }
}
