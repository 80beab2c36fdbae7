//! Which commits brought which versions of a file into a repository.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use git2::{Commit, Delta, ErrorCode, Oid, Repository, Sort};

/// A commit that holds a version of the file which none of its parents holds.
pub(crate) struct Introduction {
    /// Abbreviated id of the commit.
    pub commit: String,
    /// Who made it.
    pub author: String,
    /// When, in seconds since 1970.
    pub time: i64,
    /// The version, by its number in [`Introductions::versions`].
    pub version: usize,
    /// The versions that its parents hold.
    pub before: Vec<usize>,
    /// Whether HEAD contains the commit; if not, it lies on another branch, a tag or a stash.
    pub in_head: bool,
}

/// Every version of a file on every branch, tag and stash, under every name that it had.
#[derive(Default)]
pub(crate) struct Introductions {
    /// The newest first.
    pub commits: Vec<Introduction>,
    /// The bytes of each distinct version.
    pub versions: Vec<Vec<u8>>,
    /// The history is shallow or damaged: there are versions of which nothing is known.
    pub is_incomplete: bool,
}

/// The history of the file at `path`. Empty where there is no repository, or no commit.
pub(crate) fn introductions(path: &Path) -> Introductions {
    let path = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let repository = match Repository::discover(path.parent().unwrap_or(&path)) {
        Ok(repository) => repository,
        Err(error) => {
            let is_incomplete = error.code() != ErrorCode::NotFound;
            return Introductions { is_incomplete, ..Introductions::default() };
        }
    };
    let found = inside(&repository, &path).map(|inside| Walk::new(&repository).run(inside));
    match found {
        Some(Ok(mut found)) => {
            found.is_incomplete |= repository.is_shallow();
            found
        }
        Some(Err(_)) => Introductions { is_incomplete: true, ..Introductions::default() },
        None => Introductions::default(),
    }
}

fn inside(repository: &Repository, path: &Path) -> Option<PathBuf> {
    let workdir = repository.workdir()?;
    let workdir = std::fs::canonicalize(workdir).unwrap_or_else(|_| workdir.to_owned());
    path.strip_prefix(&workdir).ok().map(Path::to_owned)
}

/// A commit, the version that it brings, and those of its parents.
type Found = (Introduction, Oid, Vec<Oid>);

struct Walk<'r> {
    repository: &'r Repository,
    /// The names that the file has, or had.
    names: Vec<PathBuf>,
    /// What a commit holds under these names.
    held: HashMap<Oid, Vec<Oid>>,
}

impl<'r> Walk<'r> {
    fn new(repository: &'r Repository) -> Self {
        Self { repository, names: Vec::new(), held: HashMap::new() }
    }

    fn run(mut self, name: PathBuf) -> Result<Introductions, git2::Error> {
        let in_head: HashSet<Oid> = self.commits(false)?.into_iter().collect();
        let all = self.commits(true)?;
        self.names.push(name);
        // A name that it had before counts in every commit, on whatever branch, so the walk starts again.
        loop {
            self.held.clear();
            let (found, earlier_names) = self.pass(&all, &in_head)?;
            if earlier_names.is_empty() {
                return self.with_bytes(found);
            }
            self.names.extend(earlier_names);
        }
    }

    fn commits(&self, everywhere: bool) -> Result<Vec<Oid>, git2::Error> {
        let mut walk = self.repository.revwalk()?;
        walk.set_sorting(Sort::TOPOLOGICAL | Sort::TIME)?;
        // Before the first commit, HEAD names a branch that is not there.
        if let Ok(head) = self.repository.head() {
            walk.push(head.peel_to_commit()?.id())?;
        }
        if everywhere {
            for reference in self.repository.references()? {
                // A tag may name something that is no commit.
                if let Ok(commit) = reference?.peel_to_commit() {
                    walk.push(commit.id())?;
                }
            }
        }
        walk.collect()
    }

    fn pass(
        &mut self,
        all: &[Oid],
        in_head: &HashSet<Oid>,
    ) -> Result<(Vec<Found>, Vec<PathBuf>), git2::Error> {
        let (mut found, mut earlier_names) = (Vec::new(), Vec::new());
        for id in all {
            let held = self.held(*id)?;
            if held.is_empty() {
                continue;
            }
            let commit = self.repository.find_commit(*id)?;
            let mut before: Vec<Oid> = Vec::new();
            for parent in commit.parent_ids() {
                // In a shallow clone the last parents are not there.
                before.extend(self.held(parent).unwrap_or_default());
            }
            if before.is_empty() && commit.parent_count() > 0 {
                for name in self.renamed_from(&commit)? {
                    if !self.names.contains(&name) && !earlier_names.contains(&name) {
                        earlier_names.push(name);
                    }
                }
            }
            for blob in held.into_iter().filter(|blob| !before.contains(blob)) {
                let introduction = Introduction {
                    commit: commit.as_object().short_id()?.as_str().unwrap_or("?").to_owned(),
                    author: String::from_utf8_lossy(commit.author().name_bytes()).into_owned(),
                    time: commit.time().seconds(),
                    version: 0,
                    before: Vec::new(),
                    in_head: in_head.contains(id),
                };
                found.push((introduction, blob, before.clone()));
            }
        }
        Ok((found, earlier_names))
    }

    fn held(&mut self, commit: Oid) -> Result<Vec<Oid>, git2::Error> {
        if let Some(held) = self.held.get(&commit) {
            return Ok(held.clone());
        }
        let tree = self.repository.find_commit(commit)?.tree()?;
        let entries = self.names.iter().filter_map(|name| tree.get_path(name).ok());
        let mut held: Vec<Oid> = entries.map(|entry| entry.id()).collect();
        held.sort_unstable();
        held.dedup();
        self.held.insert(commit, held.clone());
        Ok(held)
    }

    /// The names that the file had before this commit, which brought it to the ones that are known.
    fn renamed_from(&self, commit: &Commit<'_>) -> Result<Vec<PathBuf>, git2::Error> {
        let mut earlier = Vec::new();
        for parent in commit.parents() {
            let mut diff =
                self.repository.diff_tree_to_tree(Some(&parent.tree()?), Some(&commit.tree()?), None)?;
            diff.find_similar(None)?;
            for delta in diff.deltas().filter(|delta| delta.status() == Delta::Renamed) {
                let is_ours =
                    delta.new_file().path().is_some_and(|path| self.names.iter().any(|n| n == path));
                earlier.extend(delta.old_file().path().filter(|_| is_ours).map(Path::to_owned));
            }
        }
        Ok(earlier)
    }

    fn with_bytes(&self, found: Vec<Found>) -> Result<Introductions, git2::Error> {
        let mut numbers: HashMap<Oid, usize> = HashMap::new();
        let mut versions = Vec::new();
        let mut number = |blob: Oid| -> Result<usize, git2::Error> {
            if let Some(number) = numbers.get(&blob) {
                return Ok(*number);
            }
            // What is no file (a folder of that name) holds nothing.
            versions.push(match self.repository.find_blob(blob) {
                Ok(blob) => blob.content().to_vec(),
                Err(_) => Vec::new(),
            });
            numbers.insert(blob, versions.len() - 1);
            Ok(versions.len() - 1)
        };
        let mut commits = Vec::with_capacity(found.len());
        for (mut introduction, blob, before) in found {
            introduction.version = number(blob)?;
            introduction.before = before.into_iter().map(&mut number).collect::<Result<_, _>>()?;
            commits.push(introduction);
        }
        Ok(Introductions { commits, versions, is_incomplete: false })
    }
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
        let parents: Vec<Commit<'_>> =
            parents.iter().map(|id| repository.find_commit(*id).expect("a commit")).collect();
        let parents: Vec<&Commit<'_>> = parents.iter().collect();
        let id = repository.commit(None, &who, &who, "c", &tree, &parents).expect("a commit");
        repository.reference(branch, id, true, "moved").expect("a branch");
        id
    }

    fn texts(found: &Introductions) -> Vec<&str> {
        let mut texts: Vec<&str> = found
            .commits
            .iter()
            .map(|commit| std::str::from_utf8(&found.versions[commit.version]).expect("text"))
            .collect();
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
        let found = introductions(&folder.path().join("new.env"));
        assert_eq!(texts(&found), ["1", "2", "2", "3", "4", "5"].map(long));
        assert_eq!(found.versions.len(), 5);
        assert_eq!(found.commits.iter().filter(|commit| !commit.in_head).count(), 1);
        assert!(!found.is_incomplete);
    }

    #[test]
    fn where_there_is_no_repository_or_commit_there_is_nothing() {
        let folder = tempfile::tempdir().expect("a folder");
        assert!(introductions(&folder.path().join("a.env")).commits.is_empty());
        Repository::init(folder.path()).expect("a repository");
        let found = introductions(&folder.path().join("a.env"));
        assert!(found.commits.is_empty() && !found.is_incomplete);
    }
}
