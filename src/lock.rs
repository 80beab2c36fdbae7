//! [`Lock`]: one writer at a time in a folder.

use std::fs::{File, TryLockError};
use std::io;
use std::path::Path;
use std::thread;
use std::time::Duration;

/// An exclusive lock on a folder: between reading a file in it and replacing it nobody else does either.
/// It leaves no file behind, and goes with the process however that ends.
pub(crate) struct Lock {
    _folder: File,
}

impl Lock {
    /// Waits for the lock; `waiting` is called when that has taken a second.
    ///
    /// # Errors
    /// What the system says, for a folder that cannot be opened.
    pub(crate) fn acquire(folder: &Path, waiting: impl FnOnce()) -> io::Result<Self> {
        let folder = File::open(folder)?;
        let mut tries = PATIENCE;
        let locked = loop {
            match folder.try_lock() {
                Err(TryLockError::WouldBlock) if tries > 0 => {
                    tries -= 1;
                    thread::sleep(BETWEEN_TRIES);
                }
                Err(TryLockError::WouldBlock) => {
                    waiting();
                    break folder.lock();
                }
                Err(TryLockError::Error(error)) => break Err(error),
                Ok(()) => break Ok(()),
            }
        };
        match locked {
            // Some network file systems have no locks on folders; there, nobody is kept out.
            Err(error) if error.kind() != io::ErrorKind::Unsupported && !lockless(&error) => Err(error),
            _ => Ok(Self { _folder: folder }),
        }
    }
}

/// A command that only writes is done by then; one that asks somebody something is not.
const PATIENCE: u32 = 50;
const BETWEEN_TRIES: Duration = Duration::from_millis(20);

fn lockless(error: &io::Error) -> bool {
    matches!(error.raw_os_error(), Some(code) if code == rustix::io::Errno::BADF.raw_os_error() || code == rustix::io::Errno::NOLCK.raw_os_error())
}
