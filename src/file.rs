//! Reading and replacing files so that nothing is ever lost or half written.

mod pipe;

use std::fs::{File, OpenOptions, Permissions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;
use zeroize::Zeroizing;

/// Reads a whole file of at most `limit` bytes; the buffer is wiped on drop.
///
/// # Errors
/// [`io::ErrorKind::FileTooLarge`] beyond the limit, without reading further; [`io::ErrorKind::TimedOut`] for a pipe
/// into which nobody writes; else what the system says.
pub(crate) fn read(path: &Path, limit: u64) -> io::Result<Zeroizing<Vec<u8>>> {
    let pipe::Opened { file, begun } = pipe::open(path)?;
    let metadata = file.metadata()?;
    if metadata.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    read_from(begun.as_slice().chain(file), metadata.len(), limit)
}

/// Reads a whole file that must be a regular one: a pipe would be waited for, a device may have no end.
///
/// # Errors
/// As [`read`], and when it is something else.
pub(crate) fn read_regular(path: &Path, limit: u64) -> io::Result<Zeroizing<Vec<u8>>> {
    // Opening a pipe waits for somebody to write into it, unless told not to.
    let flags = rustix::fs::OFlags::NONBLOCK.bits().cast_signed();
    let file = OpenOptions::new().read(true).custom_flags(flags).open(path)?;
    let metadata = file.metadata()?;
    if metadata.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    if !metadata.is_file() {
        return Err(io::Error::other("it is not a regular file"));
    }
    read_from(file, metadata.len(), limit)
}

/// Whether a path, links followed, is `folder` or something in it.
pub(crate) fn is_below(path: &Path, folder: &Path) -> bool {
    match (path.canonicalize(), folder.canonicalize()) {
        (Ok(path), Ok(folder)) => path.starts_with(folder),
        _ => false,
    }
}

/// Reads a stream to its end, at most `limit` bytes; the buffer is wiped on drop.
///
/// # Errors
/// As [`read`].
pub(crate) fn read_from(source: impl Read, expected: u64, limit: u64) -> io::Result<Zeroizing<Vec<u8>>> {
    if expected > limit {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    // One byte more than expected, so that the last read finds the end without growing the buffer.
    let mut bytes = Zeroizing::new(Vec::with_capacity(usize::try_from(expected).unwrap_or(0) + 1));
    let mut source = source.take(limit.saturating_add(1));
    let mut chunk = Zeroizing::new([0; 8192]);
    loop {
        let count = match source.read(&mut *chunk) {
            Ok(0) => break,
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        if bytes.capacity() - bytes.len() < count {
            // Growing in place would leave the old buffer behind, unwiped.
            let mut larger = Zeroizing::new(Vec::with_capacity((bytes.capacity() + count) * 2));
            larger.extend_from_slice(&bytes);
            bytes = larger;
        }
        bytes.extend_from_slice(&chunk[..count]);
    }
    if bytes.len() as u64 > limit {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    Ok(bytes)
}

/// Puts `bytes` in the place of whatever is at `path`: temporary file in the same folder, fsync, rename,
/// fsync of the folder. At every moment the path holds the old bytes or the new ones. A symbolic link
/// stays one: the file that it names is replaced. The mode of an existing file is kept; a new one gets
/// `mode`.
///
/// # Errors
/// What the system says; the old file is then untouched and no temporary file is left. One that a killed
/// process leaves is removed by the next write into the same folder.
pub fn replace(path: &Path, bytes: &[u8], mode: u32) -> io::Result<()> {
    let target = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let kept = std::fs::metadata(&target).map(|metadata| metadata.permissions());
    put(&target, bytes, kept.unwrap_or_else(|_| permissions(mode)))
}

/// As [`replace`], but the file is readable by its owner alone, whatever was there before.
///
/// # Errors
/// As [`replace`].
pub(crate) fn replace_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let target = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    put(&target, bytes, permissions(0o600))
}

fn put(target: &Path, bytes: &[u8], permissions: Permissions) -> io::Result<()> {
    let folder = folder_of(target);
    let mut file = temporary_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().set_permissions(permissions)?;
    file.as_file().sync_all()?;
    file.persist(target).map_err(|error| error.error)?;
    sync_folder(folder)
}

/// Creates a file that must not exist yet, with `mode`, and its folders.
///
/// # Errors
/// [`io::ErrorKind::AlreadyExists`] when it does; else what the system says.
pub fn create(path: &Path, bytes: &[u8], mode: u32) -> io::Result<()> {
    let folder = folder_of(path);
    std::fs::create_dir_all(folder)?;
    let mut file = temporary_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().set_permissions(permissions(mode))?;
    file.as_file().sync_all()?;
    file.persist_noclobber(path).map_err(|error| error.error)?;
    sync_folder(folder)
}

/// A temporary file, locked as long as we live.
fn temporary_in(folder: &Path) -> io::Result<NamedTempFile> {
    sweep(folder);
    loop {
        let file = tempfile::Builder::new().prefix(PREFIX).suffix(SUFFIX).tempfile_in(folder)?;
        // Where files cannot be locked, nothing is swept either. Where they can, somebody else's sweep may
        // have come before our lock: the file is ours once it is locked and still has its name.
        if file.as_file().lock().is_err() || file.as_file().metadata()?.nlink() > 0 {
            return Ok(file);
        }
    }
}

/// Removes what killed processes left in a folder: temporary files that nobody holds a lock on.
fn sweep(folder: &Path) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let ours = name.to_str().is_some_and(|name| name.starts_with(PREFIX) && name.ends_with(SUFFIX));
        if !ours || !entry.file_type().is_ok_and(|kind| kind.is_file()) {
            continue;
        }
        // The lock is held until it is gone, so that no writer takes it for its own in between.
        if let Ok(file) = File::open(entry.path())
            && file.try_lock().is_ok()
        {
            // Somebody else may have removed it meanwhile.
            let _ = std::fs::remove_file(entry.path());
        }
    }
}

/// How the names of temporary files begin.
const PREFIX: &str = ".senex-env-";
/// How they end.
const SUFFIX: &str = ".tmp";

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// The permission bits of a file; `None` when it is not there.
pub(crate) fn mode(path: &Path) -> Option<u32> {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path).ok().map(|metadata| metadata.permissions().mode() & 0o7777)
}

fn permissions(mode: u32) -> Permissions {
    use std::os::unix::fs::PermissionsExt;
    Permissions::from_mode(mode)
}

/// Makes renames in a folder last.
///
/// # Errors
/// What the system says.
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    match OpenOptions::new().read(true).open(folder)?.sync_all() {
        // Not every file system can; the rename is then as durable as it gets.
        Err(error) if error.kind() == io::ErrorKind::InvalidInput => Ok(()),
        other => other,
    }
}

/// The path as a person in `from` would type it: relative when both share a beginning, `../` upwards.
pub(crate) fn relative(path: &Path, from: &Path) -> PathBuf {
    let (mut to, mut base) = (path.components().peekable(), from.components().peekable());
    let mut shared = 0;
    while to.peek().is_some() && to.peek() == base.peek() {
        to.next();
        base.next();
        shared += 1;
    }
    if shared <= 1 {
        return path.to_owned();
    }
    let mut relative: PathBuf = base.map(|_| "..").collect();
    relative.extend(to);
    if relative.as_os_str().is_empty() { PathBuf::from(".") } else { relative }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn folder() -> tempfile::TempDir {
        tempfile::tempdir().expect("a folder")
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = std::fs::read_dir(folder).expect("a folder");
        entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect()
    }

    #[test]
    fn replace_keeps_the_mode_and_leaves_no_temporary_file() {
        let folder = folder();
        let path = folder.path().join("a");
        replace(&path, b"one", 0o640).expect("written");
        std::fs::set_permissions(&path, Permissions::from_mode(0o600)).expect("mode");
        replace(&path, b"two", 0o644).expect("written");
        assert_eq!(read(&path, 10).expect("read").as_slice(), b"two");
        assert_eq!(std::fs::metadata(&path).expect("metadata").permissions().mode() & 0o777, 0o600);
        assert_eq!(names(folder.path()), ["a"]);
    }

    #[test]
    fn private_file_gets_mode_0600_regardless_of_the_old_mode() {
        let folder = folder();
        let path = folder.path().join("a");
        for _ in 0..2 {
            replace_private(&path, b"one").expect("written");
            assert_eq!(std::fs::metadata(&path).expect("metadata").permissions().mode() & 0o777, 0o600);
            std::fs::set_permissions(&path, Permissions::from_mode(0o644)).expect("mode");
        }
    }

    #[test]
    fn symbolic_link_is_kept() {
        let folder = folder();
        let (path, link) = (folder.path().join("a"), folder.path().join("link"));
        replace(&path, b"one", 0o644).expect("written");
        std::os::unix::fs::symlink("a", &link).expect("a link");
        replace(&link, b"two", 0o644).expect("written");
        assert_eq!(read(&path, 10).expect("read").as_slice(), b"two");
        assert!(std::fs::symlink_metadata(&link).expect("metadata").is_symlink());
    }

    #[test]
    fn oversized_file_is_refused_before_reading() {
        let folder = folder();
        let path = folder.path().join("a");
        replace(&path, &[b'x'; 20000], 0o644).expect("written");
        assert_eq!(read(&path, 20000).expect("read").len(), 20000);
        assert_eq!(read(&path, 19999).expect_err("too large").kind(), io::ErrorKind::FileTooLarge);
        let endless = read_from(io::repeat(1), 0, 100_000).expect_err("too large");
        assert_eq!(endless.kind(), io::ErrorKind::FileTooLarge);
    }

    #[test]
    fn create_never_overwrites_a_file() {
        let folder = folder();
        let path = folder.path().join("sub/a");
        create(&path, b"one", 0o600).expect("created");
        assert_eq!(create(&path, b"two", 0o600).expect_err("exists").kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(read(&path, 10).expect("read").as_slice(), b"one");
    }

    #[test]
    fn concurrent_writers_keep_each_others_temporary_files() {
        let folder = folder();
        std::thread::scope(|scope| {
            for writer in 0..8 {
                let folder = folder.path();
                scope.spawn(move || {
                    for number in 0..50 {
                        let name = format!("{writer}-{number}");
                        create(&folder.join(&name), name.as_bytes(), 0o600).expect("created");
                    }
                });
            }
        });
        assert_eq!(names(folder.path()).len(), 8 * 50);
    }

    #[test]
    fn paths_read_as_typed() {
        let relative =
            |path: &str, from: &str| relative(Path::new(path), Path::new(from)).display().to_string();
        assert_eq!(relative("/p/a.yml", "/p"), "a.yml");
        assert_eq!(relative("/p/a.yml", "/p/sub/deep"), "../../a.yml");
        assert_eq!(relative("/q/a.yml", "/p"), "/q/a.yml");
        assert_eq!(relative("/p", "/p"), ".");
    }
}
