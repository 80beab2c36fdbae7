//! The index, as a place to search.

use git2::{Delta, FileMode, Repository, Tree};

use super::super::Error;
use super::workers::{self, Task};
use super::{Origin, Progress};

/// What the next commit would add or change, as a hook sees the index. `open` opens the repository once for
/// each thread; `visit` is called from several.
///
/// # Errors
/// What git says.
pub(crate) fn of_index(
    open: &dyn Fn() -> Result<Repository, Error>,
    progress: &Progress,
    visit: &(dyn Fn(&Origin, &[u8]) + Sync),
) -> Result<(), Error> {
    let repository = open()?;
    let head: Option<Tree<'_>> = repository.head().and_then(|head| head.peel_to_tree()).ok();
    let index = super::super::repository::index(&repository)?;
    let diff = repository.diff_tree_to_index(head.as_ref(), Some(&index), None)?;
    let tasks: Vec<Task> = diff
        .deltas()
        // What a submodule holds is searched there.
        .filter(|delta| {
            !matches!(delta.status(), Delta::Deleted | Delta::Unmodified)
                && delta.new_file().mode() != FileMode::Commit
        })
        .filter_map(|delta| {
            let path = String::from_utf8_lossy(delta.new_file().path_bytes()?).into_owned();
            Some((delta.new_file().id(), Origin { path, commit: None }))
        })
        .collect();
    workers::run(open, Some(tasks.len()), progress, visit, |sender| {
        tasks.into_iter().for_each(|task| sender.send(task));
        Ok(())
    })
}
