//! Where a runtime directory may be made: in memory, and where nobody else can touch it.

use std::env;
use std::fs::File;
use std::os::fd::{AsFd, BorrowedFd};
use std::path::{Path, PathBuf};

use super::unfit::{Reason, Unfit};
use rustix::fs::{Access, AtFlags, Mode, OFlags, Stat};

/// A place to look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Candidate {
    pub path: PathBuf,
    /// Everybody has files there, as in `/dev/shm`: the sticky bit does what ownership does elsewhere.
    pub shared: bool,
}

/// All places, best first.
pub(super) fn candidates() -> Vec<Candidate> {
    candidates_for(env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from))
}

#[cfg(target_os = "linux")]
fn candidates_for(runtime_dir: Option<PathBuf>) -> Vec<Candidate> {
    let of_user = PathBuf::from(format!("/run/user/{}", rustix::process::geteuid().as_raw()));
    let mut private: Vec<_> = runtime_dir.into_iter().filter(|p| !p.as_os_str().is_empty()).collect();
    if !private.contains(&of_user) {
        private.push(of_user);
    }
    let private = private.into_iter().map(|path| Candidate { path, shared: false });
    private.chain([Candidate { path: "/dev/shm".into(), shared: true }]).collect()
}

/// Other systems have no memory file system that a user can count on: `$TMPDIR`, and
/// [`IN_MEMORY`] tells the user.
#[cfg(not(target_os = "linux"))]
fn candidates_for(_: Option<PathBuf>) -> Vec<Candidate> {
    let path = env::temp_dir();
    let shared = path == Path::new("/tmp");
    vec![Candidate { path, shared }]
}

/// Whether the plaintext file is kept off the disk on this system. Where not, the user is warned.
pub(crate) const IN_MEMORY: bool = cfg!(target_os = "linux");

/// The first place that qualifies.
///
/// # Errors
/// Every place, and what is wrong with it.
pub(super) fn choose() -> Result<Base, Vec<Unfit>> {
    let mut tried = Vec::new();
    for candidate in candidates() {
        match Base::open(&candidate) {
            Ok(base) => return Ok(base),
            Err(unfit) => tried.push(unfit),
        }
    }
    Err(tried)
}

/// An open directory that qualifies. Everything in it is reached through the handle, so that nobody can
/// swap the path under us.
pub(super) struct Base {
    path: PathBuf,
    handle: File,
}

impl Base {
    pub(super) fn open(candidate: &Candidate) -> Result<Self, Unfit> {
        let path = candidate.path.clone();
        match open_fit(candidate) {
            Ok(handle) => Ok(Self { path, handle }),
            Err(reason) => Err(Unfit { path, reason }),
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}

impl AsFd for Base {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.handle.as_fd()
    }
}

fn open_fit(candidate: &Candidate) -> Result<File, Reason> {
    if !candidate.path.is_absolute() {
        return Err(Reason::Relative);
    }
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let handle = rustix::fs::open(&candidate.path, flags, Mode::empty()).map_err(reason)?;
    let stat = rustix::fs::fstat(&handle).map_err(reason)?;
    check_access(&stat, candidate.shared)?;
    if IN_MEMORY && !is_memory(&handle).map_err(reason)? {
        return Err(Reason::OnDisk);
    }
    let write = Access::WRITE_OK | Access::EXEC_OK;
    rustix::fs::accessat(&handle, ".", write, AtFlags::empty()).map_err(reason)?;
    Ok(File::from(handle))
}

fn reason(errno: rustix::io::Errno) -> Reason {
    Reason::Io(errno.into())
}

fn check_access(stat: &Stat, shared: bool) -> Result<(), Reason> {
    let mode = Mode::from_raw_mode(stat.st_mode);
    if !shared && stat.st_uid != rustix::process::geteuid().as_raw() {
        return Err(Reason::Owner { uid: stat.st_uid });
    }
    let kept_apart = shared && mode.contains(Mode::SVTX);
    if mode.intersects(Mode::WGRP | Mode::WOTH) && !kept_apart {
        return Err(Reason::WritableByOthers);
    }
    Ok(())
}

/// Magic numbers of `statfs(2)`.
#[cfg(target_os = "linux")]
fn is_memory(handle: impl AsFd) -> rustix::io::Result<bool> {
    const TMPFS: u32 = 0x0102_1994;
    const RAMFS: u32 = 0x8584_58f6;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the field's type differs between architectures; the magic is its lower 32 bits in all"
    )]
    let magic = rustix::fs::fstatfs(handle)?.f_type as u32;
    Ok(matches!(magic, TMPFS | RAMFS))
}

#[cfg(not(target_os = "linux"))]
fn is_memory(_: impl AsFd) -> rustix::io::Result<bool> {
    Ok(false)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use std::fs::{self, Permissions};
    use std::os::unix::fs::PermissionsExt;

    fn private(path: &Path) -> Candidate {
        Candidate { path: path.to_owned(), shared: false }
    }

    fn refusal(candidate: &Candidate) -> Reason {
        Base::open(candidate).err().expect("does not qualify").reason
    }

    #[test]
    fn the_users_runtime_directory_comes_first_and_dev_shm_last() {
        let of_user = format!("/run/user/{}", rustix::process::geteuid().as_raw());
        let paths = |runtime_dir: Option<&str>| -> Vec<String> {
            let candidates = candidates_for(runtime_dir.map(PathBuf::from));
            candidates.iter().map(|c| c.path.display().to_string()).collect()
        };
        assert_eq!(paths(Some("/run/x")), ["/run/x", &of_user, "/dev/shm"]);
        assert_eq!(paths(Some(&of_user)), [&of_user, "/dev/shm"]);
        assert_eq!(paths(Some("")), [&of_user, "/dev/shm"]);
        assert_eq!(paths(None), [&of_user, "/dev/shm"]);
    }

    #[test]
    fn a_relative_runtime_directory_is_not_used() {
        assert!(matches!(refusal(&private(Path::new("run"))), Reason::Relative));
    }

    #[test]
    fn a_directory_that_others_can_write_to_is_not_used() {
        let dir = tempfile::tempdir_in("/dev/shm").expect("a directory in memory");
        assert!(Base::open(&private(dir.path())).is_ok());
        for mode in [0o770, 0o707, 0o1777] {
            fs::set_permissions(dir.path(), Permissions::from_mode(mode)).expect("ours");
            assert!(matches!(refusal(&private(dir.path())), Reason::WritableByOthers), "{mode:o}");
        }
    }

    #[test]
    fn a_directory_of_another_user_is_not_used() {
        let dir = tempfile::tempdir_in("/dev/shm").expect("a directory in memory");
        if std::os::unix::fs::chown(dir.path(), Some(1), None).is_ok() {
            assert!(matches!(refusal(&private(dir.path())), Reason::Owner { uid: 1 }));
        }
    }

    #[test]
    fn a_shared_directory_needs_the_sticky_bit() {
        let dir = tempfile::tempdir_in("/dev/shm").expect("a directory in memory");
        let shared = Candidate { path: dir.path().to_owned(), shared: true };
        fs::set_permissions(dir.path(), Permissions::from_mode(0o777)).expect("ours");
        assert!(matches!(refusal(&shared), Reason::WritableByOthers));
        fs::set_permissions(dir.path(), Permissions::from_mode(0o1777)).expect("ours");
        assert!(Base::open(&shared).is_ok());
    }

    #[test]
    fn a_disk_is_not_used() {
        // The build's own folder: a developer's disk, or an overlay on one.
        let dir = tempfile::tempdir_in(env!("CARGO_MANIFEST_DIR")).expect("a directory on a disk");
        fs::set_permissions(dir.path(), Permissions::from_mode(0o700)).expect("ours");
        assert!(matches!(refusal(&private(dir.path())), Reason::OnDisk));
    }

    #[test]
    fn missing_or_invalid_directory_reports_the_system_error() {
        assert!(matches!(refusal(&private(Path::new("/nonexistent"))), Reason::Io(_)));
        assert!(matches!(refusal(&private(Path::new("/dev/null"))), Reason::Io(_)));
    }
}
