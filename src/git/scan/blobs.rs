//! What is scanned: files of the work tree, of the index, of every commit.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use git2::{Delta, ObjectType, Oid, Repository, Sort, StatusOptions, Tree, TreeWalkMode, TreeWalkResult};

use super::super::Error;

/// Large files leak too.
const ANY_SIZE: u64 = u64::MAX / 2;

/// Where some bytes come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// From the top of the work tree.
    pub path: String,
    /// The oldest commit that has them; `None` for what is not committed.
    pub commit: Option<String>,
}

/// How far a scan of the history is; read by another thread.
#[derive(Debug, Default)]
pub struct Progress {
    /// Contents found so far.
    pub found: AtomicUsize,
    /// Contents searched so far.
    pub searched: AtomicUsize,
}

/// Files that git has or would add, as they lie in the work tree.
///
/// # Errors
/// What git says; a file that vanished meanwhile is left out.
pub fn of_tree(directory: &Path, visit: &mut dyn FnMut(&Origin, &[u8])) -> Result<usize, Error> {
    let repository = Repository::discover(directory).map_err(|_| Error::NoRepository)?;
    let top = repository.workdir().ok_or(Error::NoRepository)?;
    let mut paths: Vec<Vec<u8>> = repository.index()?.iter().map(|entry| entry.path).collect();
    let mut options = StatusOptions::new();
    options.include_untracked(true).recurse_untracked_dirs(true).include_ignored(false);
    for entry in repository.statuses(Some(&mut options))?.iter() {
        paths.push(entry.path_bytes().to_vec());
    }
    paths.sort();
    paths.dedup();
    let mut count = 0;
    for path in paths {
        let path = String::from_utf8_lossy(&path).into_owned();
        let full: PathBuf = top.join(&path);
        if !std::fs::symlink_metadata(&full).is_ok_and(|metadata| metadata.is_file()) {
            continue;
        }
        let Ok(bytes) = crate::file::read(&full, ANY_SIZE) else { continue };
        visit(&Origin { path, commit: None }, &bytes);
        count += 1;
    }
    Ok(count)
}

/// What the next commit would add or change, as a hook sees the index.
///
/// # Errors
/// What git says.
pub fn of_index(repository: &Repository, visit: &mut dyn FnMut(&Origin, &[u8])) -> Result<usize, Error> {
    let head: Option<Tree<'_>> = repository.head().and_then(|head| head.peel_to_tree()).ok();
    let diff = repository.diff_tree_to_index(head.as_ref(), None, None)?;
    let mut count = 0;
    for delta in diff.deltas() {
        if matches!(delta.status(), Delta::Deleted | Delta::Unmodified) {
            continue;
        }
        let file = delta.new_file();
        let (Some(path), Ok(blob)) = (file.path(), repository.find_blob(file.id())) else { continue };
        visit(&Origin { path: path.to_string_lossy().into_owned(), commit: None }, blob.content());
        count += 1;
    }
    Ok(count)
}

/// Every distinct content in every commit of `revision` (all references if there is none), each once, on all
/// processors. `visit` is called from several threads. How many there were.
///
/// # Errors
/// What git says.
pub fn of_history(
    directory: &Path,
    revision: Option<&str>,
    progress: &Progress,
    visit: &(dyn Fn(&Origin, &[u8]) + Sync),
) -> Result<usize, Error> {
    let repository = Repository::discover(directory).map_err(|_| Error::NoRepository)?;
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    let (sender, receiver) = sync_channel::<Vec<(Oid, Origin)>>(workers * 4);
    let receiver = Mutex::new(receiver);
    let git = repository.path();
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| work(git, &receiver, progress, visit));
        }
        list(&repository, revision, progress, sender)
    })
}

fn work(
    git: &Path,
    batches: &Mutex<Receiver<Vec<(Oid, Origin)>>>,
    progress: &Progress,
    visit: &(dyn Fn(&Origin, &[u8]) + Sync),
) {
    let Ok(repository) = Repository::open(git) else { return };
    loop {
        let batch = match batches.lock() {
            Ok(batches) => batches.recv(),
            Err(_) => return,
        };
        let Ok(batch) = batch else { return };
        for (id, origin) in &batch {
            if let Ok(blob) = repository.find_blob(*id) {
                visit(origin, blob.content());
            }
        }
        progress.searched.fetch_add(batch.len(), Ordering::Relaxed);
    }
}

/// From the oldest commit on, so that the first place of a content is where it came in.
fn list(
    repository: &Repository,
    revision: Option<&str>,
    progress: &Progress,
    sender: SyncSender<Vec<(Oid, Origin)>>,
) -> Result<usize, Error> {
    const BATCH: usize = 64;
    let mut commits = repository.revwalk()?;
    commits.set_sorting(Sort::TOPOLOGICAL | Sort::TIME | Sort::REVERSE)?;
    match revision {
        Some(range) if range.contains("..") => commits.push_range(range)?,
        Some(revision) => commits.push(repository.revparse_single(revision)?.peel_to_commit()?.id())?,
        None => {
            commits.push_glob("*")?;
            drop(commits.push_head());
        }
    }
    let (mut seen, mut count, mut batch) = (HashSet::new(), 0, Vec::with_capacity(BATCH));
    for id in commits {
        let id = id?;
        let tree = repository.find_commit(id)?.tree()?;
        if !seen.insert(tree.id()) {
            continue;
        }
        tree.walk(TreeWalkMode::PreOrder, |folder, entry| {
            let is_new = seen.insert(entry.id());
            match entry.kind() {
                // Skips the folder: it was walked under another commit or name.
                Some(ObjectType::Tree) if !is_new => TreeWalkResult::Skip,
                Some(ObjectType::Blob) if is_new => {
                    let path = format!("{folder}{}", String::from_utf8_lossy(entry.name_bytes()));
                    batch.push((entry.id(), Origin { path, commit: Some(short(id)) }));
                    TreeWalkResult::Ok
                }
                _ => TreeWalkResult::Ok,
            }
        })?;
        if batch.len() >= BATCH {
            count += batch.len();
            progress.found.store(count, Ordering::Relaxed);
            if sender.send(std::mem::take(&mut batch)).is_err() {
                break;
            }
        }
    }
    count += batch.len();
    progress.found.store(count, Ordering::Relaxed);
    drop(sender.send(batch));
    Ok(count)
}

fn short(id: Oid) -> String {
    id.to_string().chars().take(10).collect()
}
