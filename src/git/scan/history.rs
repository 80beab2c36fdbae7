//! Every commit, as a place to search.

use std::collections::HashSet;
use std::path::Path;

use git2::{ObjectType, Oid, Repository, Sort};

use super::super::Error;
use super::super::commit::{Start, abbreviated, commits};
use super::workers::{self, Sender};
use super::{Origin, Progress};

/// Every distinct content in every commit of `revision` (all references if there is none), each once, on all
/// processors. `visit` is called from several threads.
///
/// # Errors
/// What git says.
pub(crate) fn of_history(
    directory: &Path,
    revision: Option<&str>,
    progress: &Progress,
    visit: &(dyn Fn(&Origin, &[u8]) + Sync),
) -> Result<(), Error> {
    let repository = super::super::repository::discover(directory)?;
    let open = || Ok(Repository::open(repository.path())?);
    workers::run(&open, None, progress, visit, |sender| list(&repository, revision, sender))
}

/// From the oldest commit on, so that the first place of a content is where it came in.
fn list(repository: &Repository, revision: Option<&str>, sender: &mut Sender<'_>) -> Result<(), Error> {
    let mut commits = commits(repository, revision.map_or(Start::Everywhere, Start::Revision))?;
    commits.set_sorting(Sort::TOPOLOGICAL | Sort::TIME | Sort::REVERSE)?;
    let mut seen = HashSet::new();
    for id in commits {
        let id = id?;
        let tree = repository.find_commit(id)?.tree_id();
        if seen.insert(tree) {
            walk(repository, tree, &abbreviated(id), &mut seen, sender);
        }
    }
    Ok(())
}

/// Sends what is new below `tree`, whatever bytes the names are. A folder that was seen is left out: it was walked
/// under another commit or name.
fn walk(repository: &Repository, tree: Oid, commit: &str, seen: &mut HashSet<Oid>, sender: &mut Sender<'_>) {
    let mut folders: Vec<(Oid, Vec<u8>)> = vec![(tree, Vec::new())];
    while let Some((id, folder)) = folders.pop() {
        let Ok(tree) = repository.find_tree(id) else {
            sender.cannot_read();
            continue;
        };
        for entry in &tree {
            let wanted = matches!(entry.kind(), Some(ObjectType::Tree | ObjectType::Blob));
            if !wanted || !seen.insert(entry.id()) {
                continue;
            }
            let mut path = [&folder, entry.name_bytes()].concat();
            if entry.kind() == Some(ObjectType::Tree) {
                path.push(b'/');
                folders.push((entry.id(), path));
            } else {
                let path = String::from_utf8_lossy(&path).into_owned();
                sender.send((entry.id(), Origin { path, commit: Some(commit.to_owned()) }));
            }
        }
    }
}
