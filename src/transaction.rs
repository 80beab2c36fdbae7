//! Several files of one folder, changed together: all of them or none, whatever happens in between.
//!
//! Every new file is first written in full to a folder beside the old ones; then a journal makes them count
//! by one rename; then they take the places of the old ones. A kill before the journal leaves everything as
//! it was, a kill after it leaves work that [`recover`] finishes. Only what may be public is ever staged.

use std::io;
use std::path::{Component, Path, PathBuf};

use crate::file;

/// Where new files wait, in the folder that they belong to.
const PENDING: &str = ".senex-env-pending";
/// Lists, a line each, the names of the files that count.
const JOURNAL: &str = "journal";
/// A journal is never larger, in bytes.
const LARGEST: u64 = 1024 * 1024;

/// What [`recover`] found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recovered {
    /// Nothing had been interrupted.
    Nothing,
    /// A change that counted was finished.
    Finished,
    /// A change that did not count yet was undone.
    Undone,
}

/// Puts files into `folder`, by their names in it. The caller holds the folder's lock.
///
/// # Errors
/// What the system says. Before the journal, the old files are all untouched; after it, the next
/// [`recover`] finishes.
pub fn replace_all(folder: &Path, files: &[(PathBuf, Vec<u8>)]) -> io::Result<()> {
    recover(folder)?;
    let pending = folder.join(PENDING);
    let staged = stage(&pending, files);
    if let Err(error) = staged {
        // Nothing counts yet: what was staged is of no use.
        let _ = std::fs::remove_dir_all(&pending);
        return Err(error);
    }
    finish(folder, &pending)
}

/// Whether a change was interrupted here.
pub fn is_interrupted(folder: &Path) -> bool {
    folder.join(PENDING).exists()
}

/// Finishes or undoes what was interrupted. The caller holds the folder's lock.
///
/// # Errors
/// What the system says; it can be tried again.
pub fn recover(folder: &Path) -> io::Result<Recovered> {
    let pending = folder.join(PENDING);
    if pending.join(JOURNAL).exists() {
        finish(folder, &pending)?;
        return Ok(Recovered::Finished);
    }
    match std::fs::remove_dir_all(&pending) {
        Ok(()) => Ok(Recovered::Undone),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Recovered::Nothing),
        Err(error) => Err(error),
    }
}

fn stage(pending: &Path, files: &[(PathBuf, Vec<u8>)]) -> io::Result<()> {
    let mut journal = String::new();
    for (name, bytes) in files {
        let name = plain(name).ok_or(io::ErrorKind::InvalidInput)?;
        file::create(&pending.join(name), bytes, 0o644)?;
        journal.push_str(name);
        journal.push('\n');
    }
    // One rename: from here on the change counts.
    file::create(&pending.join(JOURNAL), journal.as_bytes(), 0o644)
}

/// Moves what is still there: each file was moved or was not, so this can be done again.
fn finish(folder: &Path, pending: &Path) -> io::Result<()> {
    let journal = file::read_regular(&pending.join(JOURNAL), LARGEST)?;
    let journal = String::from_utf8_lossy(&journal).into_owned();
    for name in journal.lines().filter_map(|name| plain(Path::new(name))) {
        match file::read_regular(&pending.join(name), u64::MAX) {
            Ok(bytes) => {
                file::replace(&folder.join(name), &bytes, 0o644)?;
                std::fs::remove_file(pending.join(name))?;
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    std::fs::remove_dir_all(pending)
}

/// The name of a file in the folder itself, not the journal's.
fn plain(path: &Path) -> Option<&str> {
    let mut components = path.components();
    match (components.next(), components.next()) {
        (Some(Component::Normal(name)), None) => name.to_str().filter(|name| *name != JOURNAL),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(one: &str, two: &str) -> Vec<(PathBuf, Vec<u8>)> {
        vec![("one".into(), one.into()), ("two".into(), two.into())]
    }

    fn content(folder: &Path) -> Vec<String> {
        let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap_or_default();
        vec![read("one"), read("two")]
    }

    #[test]
    fn all_files_are_replaced_and_nothing_is_left() {
        let folder = tempfile::tempdir().expect("a folder");
        replace_all(folder.path(), &files("a", "b")).expect("written");
        replace_all(folder.path(), &files("c", "d")).expect("written");
        assert_eq!(content(folder.path()), ["c", "d"]);
        assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 2);
    }

    #[test]
    fn what_does_not_count_is_undone() {
        let folder = tempfile::tempdir().expect("a folder");
        replace_all(folder.path(), &files("a", "b")).expect("written");
        file::create(&folder.path().join(PENDING).join("one"), b"new", 0o644).expect("staged");
        assert_eq!(recover(folder.path()).expect("recovered"), Recovered::Undone);
        assert_eq!(content(folder.path()), ["a", "b"]);
    }

    #[test]
    fn what_counts_is_finished_however_far_it_came() {
        for moved in [false, true] {
            let folder = tempfile::tempdir().expect("a folder");
            replace_all(folder.path(), &files("a", "b")).expect("written");
            let pending = folder.path().join(PENDING);
            stage(&pending, &files("c", "d")).expect("staged");
            if moved {
                std::fs::rename(pending.join("one"), folder.path().join("one")).expect("moved");
            }
            assert!(is_interrupted(folder.path()));
            assert_eq!(recover(folder.path()).expect("recovered"), Recovered::Finished);
            assert_eq!(content(folder.path()), ["c", "d"]);
            assert!(!is_interrupted(folder.path()));
        }
    }

    #[test]
    fn a_journal_cannot_name_a_file_elsewhere() {
        for name in ["../x", "/etc/passwd", "a/b", "..", "", "journal"] {
            assert_eq!(plain(Path::new(name)), None, "{name}");
        }
    }
}
