//! [`Past`]: the commits of a repository, read once for all the files that are asked about.

use std::collections::HashMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use git2::{ErrorCode, ObjectType, Oid, Repository};

use super::Error;
use super::commit::{Start, commits};
use super::repository::discover;

/// The commits, and what was asked about their trees so far.
#[derive(Default)]
pub(crate) struct Past {
    /// `None` where there is no repository.
    pub(super) repository: Option<Repository>,
    /// The newest first.
    pub(super) commits: Vec<Node>,
    /// The history is shallow or damaged: there are commits of which nothing is known.
    pub(super) is_incomplete: bool,
    /// For each folder that was asked about, what each commit has of it.
    folders: HashMap<PathBuf, Vec<Option<Oid>>>,
    /// What these folders hold, by their names: most commits leave most folders as they were.
    entries: HashMap<(Oid, OsString), Option<Oid>>,
}

/// A commit.
pub(super) struct Node {
    pub(super) id: Oid,
    tree: Oid,
    /// Among the commits; `None` for one that this clone does not have.
    pub(super) parents: Vec<Option<usize>>,
    /// Whether what is checked out contains it; if not, it is on another branch, a tag or a stash.
    pub(super) in_head: bool,
}

impl Past {
    /// Every branch, tag and stash of the repository around a folder. Empty where there is none.
    pub(crate) fn everywhere(folder: &Path) -> Self {
        Self::from(folder, Start::Everywhere).unwrap_or_else(|error| Self {
            is_incomplete: !matches!(error, Error::NoRepository),
            ..Self::default()
        })
    }

    /// What is checked out, and how it came about.
    ///
    /// # Errors
    /// [`Error::NoRepository`], or what git says.
    pub(crate) fn of_head(folder: &Path) -> Result<Self, Error> {
        Self::from(folder, Start::Head)
    }

    fn from(folder: &Path, start: Start<'_>) -> Result<Self, Error> {
        let repository = discover(folder)?;
        let ids = commits(&repository, start)?.collect::<Result<Vec<Oid>, _>>()?;
        let places: HashMap<Oid, usize> = ids.iter().enumerate().map(|(place, id)| (*id, place)).collect();
        let node = |id: &Oid| -> Result<Node, git2::Error> {
            let commit = repository.find_commit(*id)?;
            let parents = commit.parent_ids().map(|parent| places.get(&parent).copied()).collect();
            Ok(Node { id: *id, tree: commit.tree_id(), parents, in_head: false })
        };
        let mut nodes = ids.iter().map(node).collect::<Result<Vec<Node>, _>>()?;
        let head = repository.head().ok().and_then(|head| places.get(&head.peel_to_commit().ok()?.id()));
        mark_ancestors(&mut nodes, head.copied());
        let is_incomplete = repository.is_shallow();
        Ok(Self { repository: Some(repository), commits: nodes, is_incomplete, ..Self::default() })
    }

    /// What a commit has under a name, from the top of the work tree.
    pub(super) fn entry(&mut self, commit: usize, name: &Path) -> Result<Option<Oid>, git2::Error> {
        let Some(repository) = &self.repository else { return Ok(None) };
        let (Some(folder), Some(file)) = (name.parent(), name.file_name()) else { return Ok(None) };
        if !self.folders.contains_key(folder) {
            let trees = self.commits.iter().map(|commit| subtree(repository, commit.tree, folder));
            self.folders.insert(folder.to_owned(), trees.collect::<Result<_, _>>()?);
        }
        let Some(tree) = self.folders[folder][commit] else { return Ok(None) };
        let key = (tree, file.to_owned());
        if let Some(known) = self.entries.get(&key) {
            return Ok(*known);
        }
        let found = found(repository.find_tree(tree)?.get_path(Path::new(file)))?.map(|entry| entry.id());
        self.entries.insert(key, found);
        Ok(found)
    }
}

/// The folder below a tree.
fn subtree(repository: &Repository, tree: Oid, folder: &Path) -> Result<Option<Oid>, git2::Error> {
    if folder.as_os_str().is_empty() {
        return Ok(Some(tree));
    }
    let entry = found(repository.find_tree(tree)?.get_path(folder))?;
    Ok(entry.filter(|entry| entry.kind() == Some(ObjectType::Tree)).map(|entry| entry.id()))
}

fn found<T>(result: Result<T, git2::Error>) -> Result<Option<T>, git2::Error> {
    match result {
        Ok(entry) => Ok(Some(entry)),
        Err(error) if error.code() == ErrorCode::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn mark_ancestors(commits: &mut [Node], head: Option<usize>) {
    let mut ahead: Vec<usize> = head.into_iter().collect();
    while let Some(place) = ahead.pop() {
        if !std::mem::replace(&mut commits[place].in_head, true) {
            ahead.extend(commits[place].parents.iter().flatten());
        }
    }
}
