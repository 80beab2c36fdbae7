//! [`Lock`]: one writer at a time in a folder.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::process;
use std::thread;
use std::time::{Duration, Instant};

/// In the folder, while somebody writes there.
const NAME: &str = ".senex-env-lock";

/// An exclusive lock on a folder: between reading a file in it and replacing it nobody else does either. It is held by a
/// file that whoever cannot write in the folder cannot open, so nobody else holds it up; the file goes with the lock.
pub(crate) struct Lock {
    /// `None` where the file system has no locks, so that nobody is kept out, and where nothing can be written anyway.
    held: Option<(PathBuf, File)>,
}

/// Why there is no lock.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LockError {
    /// What the system says.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// Somebody else has held it all the time.
    #[error("another senex-env has been changing the same files for {} seconds", .waited.as_secs())]
    Held {
        /// The number of its process, if it says so.
        process: Option<u32>,
        /// So long.
        waited: Duration,
    },
}

/// A command that only writes is done by then; one that asks somebody something is not.
const SOON: Duration = Duration::from_secs(1);
/// Longer than that is waited for nobody.
const LONGEST: Duration = Duration::from_secs(60);
const BETWEEN_TRIES: Duration = Duration::from_millis(20);

impl Lock {
    /// Waits for the lock for at most a minute; `waiting` is called when that has taken a second. The file is in the
    /// first of the folders in which the caller can write.
    ///
    /// # Errors
    /// [`LockError`].
    pub(crate) fn acquire(folders: &[&Path], waiting: impl Fn()) -> Result<Self, LockError> {
        for folder in folders {
            match Self::acquire_within(folder, LONGEST, &waiting) {
                Err(LockError::Io(error)) if is_closed(&error) => {}
                acquired => return acquired,
            }
        }
        Ok(Self { held: None })
    }

    fn acquire_within(folder: &Path, longest: Duration, waiting: impl FnOnce()) -> Result<Self, LockError> {
        let path = folder.join(NAME);
        let begun = Instant::now();
        let mut waiting = Some(waiting);
        loop {
            let mut file = open(folder, &path)?;
            match file.try_lock() {
                // Whoever held it before may have taken the file away in the meantime.
                Ok(()) if is_at(&file, &path) => {
                    // Only a message needs it.
                    let _ = write!(file, "{}", process::id());
                    return Ok(Self { held: Some((path, file)) });
                }
                Ok(()) => {}
                Err(TryLockError::Error(error)) if is_lockless(&error) => {
                    let _ = std::fs::remove_file(&path);
                    return Ok(Self { held: None });
                }
                Err(TryLockError::Error(error)) => return Err(error.into()),
                Err(TryLockError::WouldBlock) => {
                    if begun.elapsed() > SOON.min(longest / 2)
                        && let Some(waiting) = waiting.take()
                    {
                        waiting();
                    }
                    if begun.elapsed() > longest {
                        return Err(LockError::Held { process: holder(file), waited: begun.elapsed() });
                    }
                    thread::sleep(BETWEEN_TRIES);
                }
            }
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Before it is unlocked, so that nobody locks a file that is about to go.
        if let Some((path, _file)) = self.held.take() {
            let _ = std::fs::remove_file(path);
        }
    }
}

/// Opens the file, for those alone who can write in the folder. A link is not followed.
fn open(folder: &Path, path: &Path) -> io::Result<File> {
    let shared = std::fs::metadata(folder)?.permissions().mode() & 0o020 != 0;
    let mode = if shared { 0o660 } else { 0o600 };
    let flags = rustix::fs::OFlags::NOFOLLOW.bits();
    let flags = i32::try_from(flags).map_err(|_| io::ErrorKind::Unsupported)?;
    OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(mode)
        .custom_flags(flags)
        .open(path)
}

fn is_at(file: &File, path: &Path) -> bool {
    let (Ok(own), Ok(there)) = (file.metadata(), path.symlink_metadata()) else { return false };
    (own.dev(), own.ino()) == (there.dev(), there.ino())
}

/// Who wrote its number into the file.
fn holder(file: File) -> Option<u32> {
    let mut text = String::new();
    file.take(20).read_to_string(&mut text).ok()?;
    text.trim().parse().ok()
}

/// Nothing can be written in the folder, by us.
fn is_closed(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem)
}

/// Some network file systems have no locks.
fn is_lockless(error: &io::Error) -> bool {
    let is = |errno: rustix::io::Errno| error.raw_os_error() == Some(errno.raw_os_error());
    error.kind() == io::ErrorKind::Unsupported || is(rustix::io::Errno::BADF) || is(rustix::io::Errno::NOLCK)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(path: &Path, text: &str) {
        File::create(path).and_then(|mut file| file.write_all(text.as_bytes())).expect("written");
    }

    #[test]
    fn one_holds_it_and_nothing_is_left_behind() {
        let folder = tempfile::tempdir().expect("a folder");
        let lock = Lock::acquire(&[folder.path()], || panic!("nobody holds it")).expect("locked");
        let mode = std::fs::metadata(folder.path().join(NAME)).expect("a file").permissions().mode();
        assert_eq!(mode & 0o007, 0, "others cannot open it");
        let mut told = false;
        let error = Lock::acquire_within(folder.path(), Duration::from_millis(60), || told = true).err();
        assert!(
            matches!(error, Some(LockError::Held { process: Some(number), .. }) if number == process::id())
        );
        assert!(told);
        drop(lock);
        assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 0);
        drop(Lock::acquire(&[folder.path()], || {}).expect("locked again"));
    }

    /// A file that a killed process left is taken over.
    #[test]
    fn a_file_without_a_holder_is_no_lock() {
        let folder = tempfile::tempdir().expect("a folder");
        write(&folder.path().join(NAME), "1");
        drop(Lock::acquire(&[folder.path()], || panic!("nobody holds it")).expect("locked"));
        std::os::unix::fs::symlink("/etc/passwd", folder.path().join(NAME)).expect("a link");
        assert!(matches!(Lock::acquire(&[folder.path()], || {}), Err(LockError::Io(_))));
    }

    #[test]
    fn many_at_once_write_one_after_the_other() {
        let folder = tempfile::tempdir().expect("a folder");
        let count = folder.path().join("count");
        write(&count, "0");
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..10 {
                        let _lock = Lock::acquire(&[folder.path()], || {}).expect("locked");
                        let number: u32 =
                            std::fs::read_to_string(&count).expect("read").parse().expect("a number");
                        write(&count, &(number + 1).to_string());
                    }
                });
            }
        });
        assert_eq!(std::fs::read_to_string(&count).expect("read"), "40");
    }
}
