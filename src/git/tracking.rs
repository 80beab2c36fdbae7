//! Whether git would take a file into a commit.

use std::path::{Path, PathBuf};

use git2::{ErrorCode, Repository};

use super::file::{self, FileInGit};

/// A file that git has, or would add.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Tracking {
    /// The top folder of the work tree.
    pub top: PathBuf,
    /// The file, from there.
    pub inside: PathBuf,
    /// It is in the index already: `.gitignore` has nothing to say any more.
    pub is_tracked: bool,
}

/// What git would do with the file at an absolute path without symbolic links, whether it exists or not.
/// `None` if it leaves the file alone: outside of every work tree, or ignored. In a repository that cannot be
/// asked, it counts as tracked.
pub(crate) fn tracking(path: &Path) -> Option<Tracking> {
    let folder = path.parent().unwrap_or(path);
    let repository = match Repository::discover(folder) {
        Ok(repository) => repository,
        Err(error) if error.code() == ErrorCode::NotFound => return None,
        Err(_) => return Some(unknown(path)),
    };
    let top = std::fs::canonicalize(repository.workdir()?).ok()?;
    let inside = file::inside(&repository, path).filter(|inside| !inside.starts_with(".git"))?;
    let Ok(index) = super::index(&repository) else { return Some(unknown(path)) };
    let is_tracked = index.iter().any(|entry| entry.path == inside.as_os_str().as_encoded_bytes());
    if !is_tracked && repository.is_path_ignored(&inside).unwrap_or(false) {
        return None;
    }
    Some(Tracking { top, inside, is_tracked })
}

/// Whether the index has the file at a path. Not outside of every repository.
pub(crate) fn is_in_git(path: &Path) -> bool {
    let found = || -> Option<bool> {
        let file = FileInGit::open(path).ok()?;
        Some(super::index(&file.repository).ok()?.get_path(&file.inside, 0).is_some())
    };
    found().unwrap_or(false)
}

/// What the last commit has of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LastCommit {
    /// Nothing, or there is no commit.
    Lacks,
    /// The file as it lies there.
    HasThis,
    /// Another version.
    HasAnother {
        /// The index has a third one, or none: `git restore` would not bring this one back.
        is_staged: bool,
    },
}

/// What the last commit has of the file at a path.
pub(crate) fn last_commit(path: &Path) -> LastCommit {
    let found = || -> Option<LastCommit> {
        let file = FileInGit::open(path).ok()?;
        let head = file.repository.head().ok()?.peel_to_commit().ok()?;
        let committed = file.blob_in(&head)?;
        if git2::Oid::hash_file(git2::ObjectType::Blob, path).is_ok_and(|lying| lying == committed) {
            return Some(LastCommit::HasThis);
        }
        let index = super::index(&file.repository).ok()?;
        let staged = index.get_path(&file.inside, 0).map(|entry| entry.id);
        Some(LastCommit::HasAnother { is_staged: staged != Some(committed) })
    };
    found().unwrap_or(LastCommit::Lacks)
}

/// Whether the last commit has the file at a path as it lies there.
pub(crate) fn is_committed(path: &Path) -> bool {
    last_commit(path) == LastCommit::HasThis
}

fn unknown(path: &Path) -> Tracking {
    let (folder, name) = (path.parent().unwrap_or(path), path.file_name().unwrap_or_default());
    Tracking { top: folder.to_owned(), inside: PathBuf::from(name), is_tracked: false }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(path: &Path, bytes: &[u8]) {
        crate::file::create(path, bytes, 0o644).expect("written");
    }

    #[test]
    fn ignored_and_outside_files_are_not_tracked() {
        let folder = tempfile::tempdir().expect("a folder");
        let top = std::fs::canonicalize(folder.path()).expect("a path");
        assert_eq!(tracking(&top.join(".env")), None, "no repository");
        let repository = Repository::init(&top).expect("a repository");
        put(&top.join(".gitignore"), b"/.env\n/private/\n");
        put(&top.join("sub/known"), b"x");
        for left_alone in [".env", "private/a/b", ".git/x"] {
            assert_eq!(tracking(&top.join(left_alone)), None, "{left_alone}");
        }
        let new = tracking(&top.join("sub/.env")).expect("git would add it");
        assert_eq!((new.top, new.inside, new.is_tracked), (top.clone(), PathBuf::from("sub/.env"), false));

        put(&top.join(".env"), b"x");
        let mut index = repository.index().expect("an index");
        index.add_path(Path::new("sub/known")).expect("added");
        index.add_path(Path::new(".env")).expect("added");
        index.write().expect("written");
        for tracked in ["sub/known", ".env"] {
            assert!(tracking(&top.join(tracked)).is_some_and(|found| found.is_tracked), "{tracked}");
            assert!(is_in_git(&top.join(tracked)) && !is_committed(&top.join(tracked)), "{tracked}");
        }
        assert!(!is_in_git(&top.join("sub/.env")));
        let tree = repository.find_tree(index.write_tree().expect("a tree")).expect("it");
        let who = git2::Signature::now("a", "a@example.org").expect("a signature");
        repository.commit(Some("HEAD"), &who, &who, "x", &tree, &[]).expect("committed");
        assert!(is_committed(&top.join(".env")));
        crate::file::replace(&top.join(".env"), b"y", 0o644).expect("written");
        assert!(!is_committed(&top.join(".env")) && is_in_git(&top.join(".env")));
    }
}
