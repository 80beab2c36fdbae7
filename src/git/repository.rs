//! Opening the repository around a project, or the one that a hook was called in.

use std::path::Path;

use git2::{ErrorCode, Index, IndexEntry, IndexTime, Oid, Repository};

use super::Error;
use crate::program::Program;

/// In bytes, as git lists it: some ten million files.
const LARGEST_INDEX: u64 = 1 << 30;

/// The repository around `from`.
///
/// # Errors
/// [`Error::NoRepository`], or why the one that is there cannot be read.
pub(super) fn discover(from: &Path) -> Result<Repository, Error> {
    check_no_hashes();
    Repository::discover(from).map_err(worded)
}

/// The repository that a hook was called in, as git's variables say.
///
/// # Errors
/// [`Error::NoRepository`], or why the one that is there cannot be read.
pub(crate) fn of_hook() -> Result<Repository, Error> {
    check_no_hashes();
    Repository::open_from_env().map_err(worded)
}

/// A damaged object is read as it is: sealed files prove themselves, and `git fsck` is for the rest.
fn check_no_hashes() {
    git2::opts::strict_hash_verification(false);
}

/// The index. Of one that libgit2 does not read (split, or sparse itself), git tells the entries, and the repository
/// uses those from now on.
///
/// # Errors
/// What git says.
pub(super) fn index(repository: &Repository) -> Result<Index, Error> {
    let error = match repository.index() {
        Ok(index) => return Ok(index),
        Err(error) => error,
    };
    let listed = Program::new("git")
        .args(["ls-files", "--stage", "-z"])
        .directory(repository.workdir().unwrap_or_else(|| repository.path()))
        .silent()
        .read(LARGEST_INDEX);
    let listed = listed.ok().flatten().ok_or(Error::Git(error))?;
    let mut index = Index::new()?;
    for line in listed.split(|byte| *byte == 0) {
        if let Some(entry) = entry(line) {
            index.add(&entry)?;
        }
    }
    repository.set_index(&mut index)?;
    Ok(index)
}

/// `MODE ID STAGE<tab>PATH`
fn entry(line: &[u8]) -> Option<IndexEntry> {
    let tab = memchr::memchr(b'\t', line)?;
    let mut words = std::str::from_utf8(&line[..tab]).ok()?.split(' ');
    let mode = u32::from_str_radix(words.next()?, 8).ok()?;
    let id = Oid::from_str(words.next()?).ok()?;
    let stage: u16 = words.next()?.parse().ok()?;
    let unknown = IndexTime::new(0, 0);
    Some(IndexEntry {
        ctime: unknown,
        mtime: unknown,
        dev: 0,
        ino: 0,
        mode,
        uid: 0,
        gid: 0,
        file_size: 0,
        id,
        flags: stage << 12,
        flags_extended: 0,
        path: line[tab + 1..].to_vec(),
    })
}

/// The content that the index has of a file, from the top of the work tree; in a conflict, that of our side.
pub(crate) fn staged(repository: &Repository, path: &Path) -> Option<Vec<u8>> {
    let index = index(repository).ok()?;
    let entry = [0, 2].into_iter().find_map(|stage| index.get_path(path, stage))?;
    Some(repository.find_blob(entry.id).ok()?.content().to_vec())
}

fn worded(error: git2::Error) -> Error {
    match error.code() {
        ErrorCode::NotFound => Error::NoRepository,
        _ if ["unknown object format", "unsupported extension"]
            .iter()
            .any(|why| error.message().contains(why)) =>
        {
            Error::Unsupported(error.message().to_owned())
        }
        _ => Error::Git(error),
    }
}
