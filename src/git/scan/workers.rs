//! Contents, read and searched on all processors.

use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex};

use git2::{Oid, Repository};

use super::super::Error;
use super::{Origin, Progress};

/// A content, and where it comes from.
pub(super) type Task = (Oid, Origin);

const BATCH: usize = 64;

/// Takes what is to be searched.
pub(super) struct Sender<'a> {
    to: Searchers<'a>,
    batch: Vec<Task>,
    progress: &'a Progress,
}

/// Who searches.
enum Searchers<'a> {
    /// As many threads as there are processors.
    Threads(SyncSender<Vec<Task>>),
    /// This thread: where processes are counted, no other may start.
    Here(&'a dyn Fn(&[Task])),
}

impl Sender<'_> {
    pub(super) fn send(&mut self, task: Task) {
        self.batch.push(task);
        if self.batch.len() == BATCH {
            self.flush();
        }
    }

    /// Counts something that this clone does not hold.
    pub(super) fn cannot_read(&self) {
        self.progress.unread.fetch_add(1, Ordering::Relaxed);
    }

    fn flush(&mut self) {
        self.progress.found.fetch_add(self.batch.len(), Ordering::Relaxed);
        let batch = std::mem::take(&mut self.batch);
        match &self.to {
            // Nobody receives any more only when the threads have panicked, which the scope passes on.
            Searchers::Threads(batches) => drop(batches.send(batch)),
            Searchers::Here(search) => search(&batch),
        }
    }
}

/// Calls `visit`, from several threads if they start, with every content that `list` sends: `expected` of them, if
/// that is known.
pub(super) fn run(
    open: &dyn Fn() -> Result<Repository, Error>,
    expected: Option<usize>,
    progress: &Progress,
    visit: &(dyn Fn(&Origin, &[u8]) + Sync),
    list: impl FnOnce(&mut Sender<'_>) -> Result<(), Error>,
) -> Result<(), Error> {
    let most = std::thread::available_parallelism().map_or(1, usize::from);
    let count = expected.map_or(most, |expected| expected.div_ceil(BATCH).clamp(1, most));
    let repositories = (0..count).map(|_| open()).collect::<Result<Vec<_>, _>>()?;
    let (sender, receiver) = sync_channel(count * 4);
    let receiver = Arc::new(Mutex::new(receiver));
    std::thread::scope(|scope| {
        let start = |repository| {
            let receiver = Arc::clone(&receiver);
            let work = move || work(&repository, &receiver, progress, visit);
            std::thread::Builder::new().spawn_scoped(scope, work).is_ok()
        };
        let started = repositories.into_iter().map(start).filter(|started| *started).count();
        drop(receiver);
        let repository = open()?;
        let here = |batch: &[Task]| search(&repository, batch, progress, visit);
        let to = if started > 0 { Searchers::Threads(sender) } else { Searchers::Here(&here) };
        let mut sender = Sender { to, batch: Vec::new(), progress };
        list(&mut sender)?;
        sender.flush();
        Ok(())
    })
}

fn work(
    repository: &Repository,
    batches: &Mutex<Receiver<Vec<Task>>>,
    progress: &Progress,
    visit: &(dyn Fn(&Origin, &[u8]) + Sync),
) {
    loop {
        let batch = match batches.lock() {
            Ok(batches) => batches.recv(),
            Err(_) => return,
        };
        let Ok(batch) = batch else { return };
        search(repository, &batch, progress, visit);
    }
}

fn search(
    repository: &Repository,
    batch: &[Task],
    progress: &Progress,
    visit: &(dyn Fn(&Origin, &[u8]) + Sync),
) {
    for (id, origin) in batch {
        let counter = match repository.find_blob(*id) {
            Ok(blob) => {
                visit(origin, blob.content());
                &progress.searched
            }
            Err(_) => &progress.unread,
        };
        counter.fetch_add(1, Ordering::Relaxed);
    }
}
