//! Several files of one folder, changed together: all of them or none, whatever happens in between.
//!
//! Every new file is first written in full to a folder beside the old ones; then a journal makes them count
//! by one rename; then they take the places of the old ones. A kill before the journal leaves everything as
//! it was, a kill after it leaves work that [`recover`] finishes. Only what may be public is ever staged.
//!
//! A journal can come with a clone. So it may do no more than a commit could: put a regular file that lies in
//! the pending folder into the place of one in the folder itself. Symbolic links are followed nowhere.

use std::io;
use std::path::{Component, Path, PathBuf};

use crate::file;

/// Where new files wait, in the folder that they belong to.
pub(crate) const PENDING: &str = ".senex-env-pending";
/// Lists, a line each, the names of the files that count.
const JOURNAL: &str = "journal";
/// A journal is never larger, in bytes.
const LARGEST: u64 = 1024 * 1024;

/// What [`recover`] found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Recovered {
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
pub(crate) fn replace_all(folder: &Path, files: &[(PathBuf, Vec<u8>)]) -> io::Result<()> {
    recover(folder)?;
    for (name, _) in files {
        let to = folder.join(name);
        refuse_link(&to)?;
        // Found after the journal, it would leave the files before it changed and this one not.
        if to.is_dir() {
            return Err(io::Error::other(format!("{} is a folder", name.display())));
        }
    }
    let pending = folder.join(PENDING);
    let staged = stage(folder, &pending, files);
    if let Err(error) = staged {
        // Nothing counts yet: what was staged is of no use.
        let _ = std::fs::remove_dir_all(&pending);
        return Err(error);
    }
    finish(folder, &pending)
}

/// Whether a change was interrupted here.
pub(crate) fn is_interrupted(folder: &Path) -> bool {
    folder.join(PENDING).exists()
}

/// Finishes or undoes what was interrupted. The caller holds the folder's lock.
///
/// # Errors
/// What the system says; it can be tried again.
pub(crate) fn recover(folder: &Path) -> io::Result<Recovered> {
    let pending = folder.join(PENDING);
    if pending.join(JOURNAL).exists() {
        finish(folder, &pending)?;
        return Ok(Recovered::Finished);
    }
    // An empty folder: nothing was staged yet, or all of it is in its place.
    let held_nothing = std::fs::read_dir(&pending).is_ok_and(|mut entries| entries.next().is_none());
    match std::fs::remove_dir_all(&pending) {
        Ok(()) => Ok(if held_nothing { Recovered::Nothing } else { Recovered::Undone }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Recovered::Nothing),
        Err(error) => Err(error),
    }
}

fn stage(folder: &Path, pending: &Path, files: &[(PathBuf, Vec<u8>)]) -> io::Result<()> {
    let mut journal = String::new();
    for (name, bytes) in files {
        let name = plain(name).ok_or(io::ErrorKind::InvalidInput)?;
        file::create(&pending.join(name), bytes, file::mode(&folder.join(name)).unwrap_or(0o644))?;
        journal.push_str(name);
        journal.push('\n');
    }
    // One rename: from here on the change counts.
    file::create(&pending.join(JOURNAL), journal.as_bytes(), 0o644)
}

/// Moves what is still there: each file was moved or was not, so this can be done again.
fn finish(folder: &Path, pending: &Path) -> io::Result<()> {
    refuse_link(pending)?;
    refuse_link(&pending.join(JOURNAL))?;
    let journal = file::read_regular(&pending.join(JOURNAL), LARGEST)?;
    let journal = String::from_utf8_lossy(&journal).into_owned();
    for name in journal.lines().filter_map(|name| plain(Path::new(name))) {
        let (from, to) = (pending.join(name), folder.join(name));
        refuse_link(&from)?;
        refuse_link(&to)?;
        match std::fs::rename(from, to) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    file::sync_folder(folder)?;
    // The journal goes first: without it, what is left counts for nothing.
    std::fs::remove_file(pending.join(JOURNAL))?;
    std::fs::remove_dir_all(pending)
}

/// Through a link, a file elsewhere would be read, or written.
fn refuse_link(path: &Path) -> io::Result<()> {
    if !path.is_symlink() {
        return Ok(());
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    Err(io::Error::other(format!("{name} is a symbolic link, which is not followed here")))
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
    fn uncommitted_transaction_is_rolled_back() {
        let folder = tempfile::tempdir().expect("a folder");
        replace_all(folder.path(), &files("a", "b")).expect("written");
        file::create(&folder.path().join(PENDING).join("one"), b"new", 0o644).expect("staged");
        assert_eq!(recover(folder.path()).expect("recovered"), Recovered::Undone);
        assert_eq!(content(folder.path()), ["a", "b"]);
    }

    #[test]
    fn empty_pending_folder_is_ignored() {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::create_dir(folder.path().join(PENDING)).expect("a folder");
        assert_eq!(recover(folder.path()).expect("recovered"), Recovered::Nothing);
        assert!(!is_interrupted(folder.path()));
    }

    #[test]
    fn committed_transaction_is_completed_from_any_point() {
        for moved in [false, true] {
            let folder = tempfile::tempdir().expect("a folder");
            replace_all(folder.path(), &files("a", "b")).expect("written");
            let pending = folder.path().join(PENDING);
            stage(folder.path(), &pending, &files("c", "d")).expect("staged");
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
    fn cloned_journal_touches_no_other_files() {
        use std::os::unix::fs::symlink;
        let outside = tempfile::tempdir().expect("a folder");
        let victim = outside.path().join("bashrc");
        let link_at: [fn(&Path, &Path); 3] = [
            |folder, victim| symlink(victim, folder.join("one")).expect("a link"),
            |folder, victim| {
                std::fs::remove_file(folder.join(PENDING).join("one")).expect("removed");
                symlink(victim, folder.join(PENDING).join("one")).expect("a link");
            },
            |folder, victim| {
                let elsewhere = victim.with_file_name("pending");
                std::fs::rename(folder.join(PENDING), &elsewhere).expect("moved");
                symlink(elsewhere, folder.join(PENDING)).expect("a link");
            },
        ];
        for link in link_at {
            file::replace(&victim, b"private", 0o600).expect("written");
            let folder = tempfile::tempdir().expect("a folder");
            stage(folder.path(), &folder.path().join(PENDING), &files("evil", "b")).expect("staged");
            link(folder.path(), &victim);
            let error = recover(folder.path()).expect_err("refused");
            assert!(error.to_string().contains("is a symbolic link"), "{error}");
            assert_eq!(file::read(&victim, 10).expect("read").as_slice(), b"private");
        }
    }

    #[test]
    fn folder_instead_of_a_file_changes_nothing() {
        let folder = tempfile::tempdir().expect("a folder");
        file::replace(&folder.path().join("one"), b"a", 0o644).expect("written");
        std::fs::create_dir(folder.path().join("two")).expect("a folder");
        replace_all(folder.path(), &files("c", "d")).expect_err("refused");
        assert_eq!(content(folder.path())[0], "a");
        assert!(!is_interrupted(folder.path()));
    }

    #[test]
    fn journal_cannot_name_outside_files() {
        for name in ["../x", "/etc/passwd", "a/b", "..", "", "journal"] {
            assert_eq!(plain(Path::new(name)), None, "{name}");
        }
    }
}
