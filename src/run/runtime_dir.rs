//! [`RuntimeDir`]: a directory of our own in memory that holds the plaintext file while a command runs.
//!
//! Whoever made it holds a lock on it for life, so that a later run can tell a live directory from what a
//! crash left. Everything happens through open directories, never through a path that others could swap.

use std::fs::{File, TryLockError};
use std::io::{self, Read as _, Write as _};
use std::os::fd::{AsFd, OwnedFd};
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, Dir, FileType, Mode, OFlags};
use rustix::io::Errno;
use rustix::path::Arg;
use zeroize::Zeroizing;

use super::base::{self, Base};
use super::error::RunError;

const PREFIX: &str = "senex-env-";
const RANDOM_BYTES: usize = 8;
/// How often a sweep of another run may take a directory from us between its making and its locking.
const ATTEMPTS: usize = 8;

/// A fresh 0700 directory, locked. It goes with everything in it when this value is dropped.
pub(super) struct RuntimeDir {
    base: Base,
    name: String,
    /// The directory itself; the lock lives as long as it is open.
    handle: File,
}

impl RuntimeDir {
    /// Makes a directory in the first place that qualifies. `announce` is told its path before anything
    /// is made there, so that somebody else can remove it should we not live to do so.
    ///
    /// # Errors
    /// [`RunError::NoRuntimeDir`] lists the places; [`RunError::File`] when the first that qualifies has no
    /// room; whatever `announce` fails with.
    pub(super) fn create(mut announce: impl FnMut(&Path) -> Result<(), RunError>) -> Result<Self, RunError> {
        let base = base::choose().map_err(|tried| RunError::NoRuntimeDir { tried })?;
        let failed = |source| RunError::File { directory: base.path().to_owned(), source };
        for _ in 0..ATTEMPTS {
            let name = fresh_name().map_err(failed)?;
            announce(&base.path().join(&name))?;
            if let Some(handle) = make(&base, &name).map_err(failed)? {
                return Ok(Self { base, name, handle });
            }
        }
        Err(failed(io::ErrorKind::ResourceBusy.into()))
    }

    /// Absolute path of the directory.
    pub(super) fn path(&self) -> PathBuf {
        self.base.path().join(&self.name)
    }

    /// Writes a new 0600 file and reads it back: a tool may take an unreadable or short env file for an
    /// empty one and go on. Returns its absolute path.
    ///
    /// # Errors
    /// [`RunError::File`] when it cannot be written, is not a plain file with one name, or holds
    /// something else than `content`. What is there of it goes with the directory.
    pub(super) fn create_file(&self, name: &str, content: &[u8]) -> Result<PathBuf, RunError> {
        match self.write(name, content).and_then(|()| self.verify(name, content)) {
            Ok(()) => Ok(self.path().join(name)),
            Err(source) => Err(RunError::File { directory: self.path(), source }),
        }
    }

    fn write(&self, name: &str, content: &[u8]) -> io::Result<()> {
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let file = rustix::fs::openat(&self.handle, name, flags, Mode::RUSR | Mode::WUSR)?;
        rustix::fs::fchmod(&file, Mode::RUSR | Mode::WUSR)?; // whatever the umask
        File::from(file).write_all(content)
    }

    fn verify(&self, name: &str, content: &[u8]) -> io::Result<()> {
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let file = rustix::fs::openat(&self.handle, name, flags, Mode::empty())?;
        let stat = rustix::fs::fstat(&file)?;
        let plain = FileType::from_raw_mode(stat.st_mode) == FileType::RegularFile && stat.st_nlink == 1;
        if !plain || u64::try_from(stat.st_size).ok() != Some(content.len() as u64) {
            return Err(io::Error::other("it is not the file that was written"));
        }
        let mut read_back = Zeroizing::new(vec![0; content.len()]);
        File::from(file).read_exact(&mut read_back)?;
        if *read_back != content {
            return Err(io::Error::other("it does not read back as it was written"));
        }
        Ok(())
    }
}

impl Drop for RuntimeDir {
    fn drop(&mut self) {
        // What fails here is tried again by the guardian, and by the sweep of a later run.
        let _ = remove(&self.base, &self.name, &self.handle);
    }
}

/// Removes what runs that were killed together with their guardian left behind, wherever a directory
/// could have been made. Directories in use are locked and stay.
pub(crate) fn sweep() {
    for candidate in base::candidates() {
        if let Ok(base) = Base::open(&candidate) {
            sweep_base(&base);
        }
    }
}

fn sweep_base(base: &Base) {
    let Ok(entries) = Dir::read_from(base) else { return };
    for entry in entries.flatten() {
        let Ok(name) = entry.file_name().to_str() else { continue };
        if !is_ours(name) {
            continue;
        }
        if let Ok(Some(handle)) = take(base, name) {
            let _ = remove(base, name, &handle);
        }
    }
}

/// Removes the directory at `path`, whoever holds its lock. Only a directory with a name of ours that
/// belongs to this user is touched.
///
/// # Errors
/// What the system says; a directory that is gone already is none.
pub(super) fn remove_at(path: &Path) -> io::Result<()> {
    let name = path.file_name().and_then(|name| name.to_str()).filter(|name| is_ours(name));
    let (Some(parent), Some(name)) = (path.parent(), name) else {
        return Err(io::ErrorKind::InvalidInput.into());
    };
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let base = rustix::fs::open(parent, flags, Mode::empty())?;
    match open_own(&base, name) {
        Ok(handle) => remove(&base, name, &handle),
        Err(Errno::NOENT) => Ok(()),
        Err(errno) => Err(errno.into()),
    }
}

/// Makes and locks the directory. `None`: a sweep was quicker, and removes it.
fn make(base: &Base, name: &str) -> io::Result<Option<File>> {
    rustix::fs::mkdirat(base, name, Mode::RWXU)?;
    match rustix::fs::chmodat(base, name, Mode::RWXU, AtFlags::empty()) {
        Ok(()) => take(base, name), // whatever the umask
        Err(Errno::NOENT) => Ok(None),
        Err(errno) => Err(errno.into()),
    }
}

/// Opens and locks the directory. `None`: it is locked by another, or was removed before the lock took.
fn take(base: &Base, name: &str) -> io::Result<Option<File>> {
    let handle = match open_own(base, name) {
        Ok(handle) => File::from(handle),
        Err(Errno::NOENT) => return Ok(None),
        Err(errno) => return Err(errno.into()),
    };
    match handle.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Ok(None),
        Err(TryLockError::Error(error)) => return Err(error),
    }
    let held = rustix::fs::fstat(&handle)?;
    match rustix::fs::statat(base, name, AtFlags::SYMLINK_NOFOLLOW) {
        Ok(named) if (named.st_dev, named.st_ino) == (held.st_dev, held.st_ino) => Ok(Some(handle)),
        Ok(_) | Err(Errno::NOENT) => Ok(None),
        Err(errno) => Err(errno.into()),
    }
}

fn open_own(base: impl AsFd, name: &str) -> rustix::io::Result<OwnedFd> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let handle = rustix::fs::openat(base, name, flags, Mode::empty())?;
    let owner = rustix::fs::fstat(&handle)?.st_uid;
    if owner == rustix::process::geteuid().as_raw() { Ok(handle) } else { Err(Errno::PERM) }
}

/// Unlinks everything in it and the directory; a tool may have put directories there. The content need not
/// be overwritten: it never left memory.
fn remove(base: impl AsFd, name: impl Arg, handle: impl AsFd) -> io::Result<()> {
    for entry in Dir::read_from(&handle)? {
        let entry = entry?;
        let inner = entry.file_name();
        if matches!(inner.to_bytes(), b"." | b"..") {
            continue;
        }
        match rustix::fs::unlinkat(&handle, inner, AtFlags::empty()) {
            // Linux says the one, POSIX the other.
            Err(Errno::ISDIR | Errno::PERM) => {
                let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
                let directory = rustix::fs::openat(&handle, inner, flags, Mode::empty())?;
                remove(handle.as_fd(), inner, directory)?;
            }
            result => absent_is_fine(result)?,
        }
    }
    Ok(absent_is_fine(rustix::fs::unlinkat(base, name, AtFlags::REMOVEDIR))?)
}

fn absent_is_fine(result: rustix::io::Result<()>) -> rustix::io::Result<()> {
    if result == Err(Errno::NOENT) { Ok(()) } else { result }
}

fn fresh_name() -> io::Result<String> {
    let mut random = [0; RANDOM_BYTES];
    getrandom::fill(&mut random)
        .map_err(|_| io::Error::other("the system's random number generator failed"))?;
    Ok(format!("{PREFIX}{:016x}", u64::from_ne_bytes(random)))
}

/// Whether a directory of this name is one that [`fresh_name`] named, not a folder somebody keeps.
fn is_ours(name: &str) -> bool {
    name.strip_prefix(PREFIX).is_some_and(|random| {
        random.len() == 2 * RANDOM_BYTES && random.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
    })
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use std::fs;
    use std::os::unix::fs::{MetadataExt, PermissionsExt};

    fn directory() -> RuntimeDir {
        RuntimeDir::create(|_| Ok(())).expect("a directory in memory")
    }

    #[test]
    fn the_directory_and_its_file_are_ours_alone() {
        let directory = directory();
        let file = directory.create_file("env", b"A='1'\n").expect("room");
        assert_eq!(fs::metadata(directory.path()).expect("there").permissions().mode() & 0o7777, 0o700);
        let metadata = fs::symlink_metadata(&file).expect("there");
        assert!(metadata.is_file());
        assert_eq!((metadata.permissions().mode() & 0o7777, metadata.nlink()), (0o600, 1));
        assert_eq!(fs::read(&file).expect("readable"), b"A='1'\n");
    }

    #[test]
    fn directory_is_removed_with_its_contents() {
        let directory = directory();
        let path = directory.path();
        directory.create_file("env", b"A='1'\n").expect("room");
        fs::create_dir_all(path.join("a folder/in a folder")).expect("room");
        File::create(path.join("a folder/what a tool put beside it")).expect("room");
        drop(directory);
        assert!(!path.exists());
    }

    #[test]
    fn path_is_announced_before_the_directory_exists() {
        let mut announced = None;
        let directory = RuntimeDir::create(|path| {
            assert!(!path.exists());
            announced = Some(path.to_owned());
            Ok(())
        });
        assert_eq!(announced, directory.ok().map(|directory| directory.path()));
    }

    #[test]
    fn directory_is_not_created_if_it_cannot_be_announced() {
        let mut announced = None;
        let refused = RuntimeDir::create(|path| {
            announced = Some(path.to_owned());
            Err(RunError::Guardian { source: io::ErrorKind::BrokenPipe.into() })
        });
        assert!(matches!(refused, Err(RunError::Guardian { .. })));
        assert!(!announced.expect("told").exists());
    }

    #[test]
    fn existing_file_is_not_reused() {
        let directory = directory();
        std::os::unix::fs::symlink("/dev/shm/elsewhere", directory.path().join("env")).expect("a link");
        assert!(matches!(directory.create_file("env", b"secret"), Err(RunError::File { .. })));
        assert!(!Path::new("/dev/shm/elsewhere").exists());
        File::create(directory.path().join("other")).expect("room");
        assert!(matches!(directory.create_file("other", b"secret"), Err(RunError::File { .. })));
    }

    #[test]
    fn corrupted_write_is_detected() {
        let directory = directory();
        let file = directory.create_file("env", b"A='1'\n").expect("room");
        assert!(directory.verify("env", b"A='1'\n").is_ok());
        assert!(directory.verify("env", b"A='2'\n").is_err());
        assert!(directory.verify("env", b"A='1'\n ").is_err());
        fs::hard_link(&file, directory.path().join("second name")).expect("same file system");
        assert!(directory.verify("env", b"A='1'\n").is_err());
        assert!(directory.verify(".", b"").is_err());
    }

    #[test]
    fn content_of_any_size_reads_back() {
        let directory = directory();
        for (name, size) in [("empty", 0), ("large", 5_000_000)] {
            let content: Vec<u8> = (0..size).map(|n: u32| n.to_le_bytes()[0]).collect();
            let file = directory.create_file(name, &content).expect("room");
            assert_eq!(fs::read(file).expect("readable"), content);
        }
    }

    #[test]
    fn sweep_removes_stale_and_keeps_live_directories() {
        let live = directory();
        let live_file = live.create_file("env", b"A='1'\n").expect("room");
        let stale = directory();
        let stale_path = stale.path();
        stale.create_file("env", b"A='1'\n").expect("room");
        // As when its maker ends without a drop.
        stale.handle.unlock().expect("ours");
        sweep();
        assert!(!stale_path.exists());
        assert!(live_file.exists());
    }

    #[test]
    fn concurrent_sweeps_never_remove_a_live_directory() {
        let over = std::sync::atomic::AtomicBool::new(false);
        std::thread::scope(|scope| {
            let sweep_on = || {
                while !over.load(std::sync::atomic::Ordering::Relaxed) {
                    sweep();
                }
            };
            let create_many = || {
                for _ in 0..300 {
                    let directory = directory();
                    let file = directory.create_file("env", b"A='1'\n").expect("still there");
                    assert!(file.exists());
                }
            };
            scope.spawn(sweep_on);
            let makers = [scope.spawn(create_many), scope.spawn(create_many)];
            let results = makers.map(|maker| maker.join());
            over.store(true, std::sync::atomic::Ordering::Relaxed);
            assert!(results.iter().all(Result::is_ok));
        });
    }

    #[test]
    fn a_directory_of_another_user_is_not_removed() {
        let path = Path::new("/dev/shm/senex-env-00000000000f00d1");
        if !rustix::process::geteuid().is_root() {
            return; // only root can make one
        }
        fs::create_dir(path).and_then(|()| std::os::unix::fs::chown(path, Some(1), None)).expect("root");
        sweep();
        let refused = remove_at(path).is_err();
        fs::remove_dir(path).expect("still there");
        assert!(refused);
    }

    #[test]
    fn a_sweep_leaves_folders_that_only_look_like_ours() {
        let base = &base::choose().expect("a directory in memory");
        let keep = tempfile::Builder::new().prefix("senex-env-").tempdir_in(base.path()).expect("a folder");
        sweep();
        assert!(keep.path().exists());
    }

    #[test]
    fn only_generated_names_are_recognised() {
        let name = fresh_name().expect("randomness");
        assert!(is_ours(&name), "{name}");
        for other in ["senex-env-", "senex-env-0123456789abcde", "senex-env-0123456789ABCDEF", "x"] {
            assert!(!is_ours(other), "{other}");
        }
    }

    #[test]
    fn nothing_but_a_directory_of_this_user_is_removed() {
        for path in
            ["/", "/dev/shm", "/dev/shm/..", "relative", "/tmp/notes", "senex-env-0123456789abcdef/.."]
        {
            assert!(remove_at(Path::new(path)).is_err(), "{path}");
        }
        let folder = tempfile::tempdir_in("/dev/shm").expect("a folder");
        let target = tempfile::tempdir_in("/dev/shm").expect("a folder");
        let link = folder.path().join("senex-env-0123456789abcdef");
        std::os::unix::fs::symlink(target.path(), &link).expect("a link");
        assert!(remove_at(&link).is_err());
        assert!(target.path().exists());
    }
}
