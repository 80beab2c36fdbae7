//! The work tree, as a place to search.

use std::ffi::OsStr;
use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;
use std::sync::atomic::Ordering;

use git2::{Repository, StatusOptions};
use zeroize::Zeroizing;

use super::super::Error;
use super::{Origin, Progress};

/// Large files leak too.
const ANY_SIZE: u64 = u64::MAX / 2;

/// Files that git has or would add, as they lie in the work tree. Of a symbolic link, what it names: git keeps
/// no more of it.
///
/// # Errors
/// What git says; a file that vanished meanwhile is left out.
pub(crate) fn of_tree(
    directory: &Path,
    progress: &Progress,
    visit: &mut dyn FnMut(&Origin, &[u8]),
) -> Result<(), Error> {
    let repository = super::super::repository::discover(directory)?;
    let top = repository.workdir().ok_or(Error::NoRepository)?;
    for path in paths(&repository)? {
        let origin = Origin { path: String::from_utf8_lossy(&path).into_owned(), commit: None };
        match content(&top.join(OsStr::from_bytes(&path))) {
            Ok(Some(bytes)) => {
                visit(&origin, &bytes);
                progress.searched.fetch_add(1, Ordering::Relaxed);
            }
            Ok(None) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(_) => drop(progress.unread.fetch_add(1, Ordering::Relaxed)),
        }
    }
    Ok(())
}

fn paths(repository: &Repository) -> Result<Vec<Vec<u8>>, Error> {
    let mut paths: Vec<Vec<u8>> =
        super::super::repository::index(repository)?.iter().map(|entry| entry.path).collect();
    let mut options = StatusOptions::new();
    options.include_untracked(true).recurse_untracked_dirs(true).include_ignored(false);
    for entry in repository.statuses(Some(&mut options))?.iter() {
        paths.push(entry.path_bytes().to_vec());
    }
    paths.sort();
    paths.dedup();
    Ok(paths)
}

/// `None` for what git does not keep: a folder (of another repository), a pipe.
fn content(path: &Path) -> io::Result<Option<Zeroizing<Vec<u8>>>> {
    let kind = std::fs::symlink_metadata(path)?.file_type();
    if kind.is_symlink() {
        let target = std::fs::read_link(path)?;
        return Ok(Some(Zeroizing::new(target.into_os_string().into_encoded_bytes())));
    }
    if !kind.is_file() {
        return Ok(None);
    }
    crate::file::read(path, ANY_SIZE).map(Some)
}
