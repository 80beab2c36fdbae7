//! Which file a program name means: `execvp(3)` with the `PATH` that the child will have.
//!
//! Done before the start, so that "not found" and "cannot be executed" are told apart, and so that a
//! missing interpreter of a script is not reported as a missing script.

use std::env;
use std::ffi::OsStr;
use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use rustix::fs::Access;

use super::error::RunError;

/// Where to look when there is no `PATH` (`_CS_PATH` of glibc).
const DEFAULT_PATH: &str = "/bin:/usr/bin";

/// Finds `program`: a name with a slash is a path, any other is looked for in `path`.
///
/// # Errors
/// [`RunError::NotFound`], or [`RunError::CannotExecute`] when it is there and the system will not have it.
pub(super) fn find(program: &OsStr, path: Option<&OsStr>) -> Result<PathBuf, RunError> {
    if program.as_bytes().contains(&b'/') {
        let file = PathBuf::from(program);
        return match executable(&file) {
            Ok(()) => Ok(file),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Err(not_found(program)),
            Err(source) => Err(RunError::CannotExecute { program: program.to_owned(), source }),
        };
    }
    if program.is_empty() {
        return Err(not_found(program));
    }
    let mut refused = None;
    for folder in env::split_paths(path.unwrap_or(OsStr::new(DEFAULT_PATH))) {
        // An empty entry is the working directory; the slash keeps it from being looked up again.
        let file = Path::new(".").join(folder).join(program);
        match executable(&file) {
            Ok(()) => return Ok(file),
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => refused = Some(error),
            Err(_) => {}
        }
    }
    match refused {
        Some(source) => Err(RunError::CannotExecute { program: program.to_owned(), source }),
        None => Err(not_found(program)),
    }
}

fn not_found(program: &OsStr) -> RunError {
    RunError::NotFound { program: program.to_owned() }
}

fn executable(file: &Path) -> io::Result<()> {
    if std::fs::metadata(file)?.is_dir() {
        return Err(io::ErrorKind::PermissionDenied.into()); // as execve says
    }
    Ok(rustix::fs::access(file, Access::EXEC_OK)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::{self, File, Permissions};
    use std::os::unix::fs::PermissionsExt;

    struct Folder(tempfile::TempDir);

    impl Folder {
        fn new() -> Self {
            Self(tempfile::tempdir().expect("a temporary folder"))
        }

        fn file(&self, name: &str, mode: u32) -> PathBuf {
            let path = self.0.path().join(name);
            File::create(&path).expect("a new file");
            fs::set_permissions(&path, Permissions::from_mode(mode)).expect("ours");
            path
        }
    }

    fn found(program: &str, path: &[&Folder]) -> Result<PathBuf, u8> {
        let path = env::join_paths(path.iter().map(|folder| folder.0.path())).expect("no colon");
        find(OsStr::new(program), Some(&path)).map_err(|error| error.exit_code())
    }

    #[test]
    fn first_executable_on_the_path_is_used() {
        let (first, second) = (Folder::new(), Folder::new());
        first.file("tool", 0o644);
        let tool = second.file("tool", 0o755);
        assert_eq!(found("tool", &[&first, &second]), Ok(tool));
    }

    #[test]
    fn not_executable_is_126_and_not_found_is_127() {
        let folder = Folder::new();
        let file = folder.file("tool", 0o644);
        assert_eq!(found("tool", &[&folder]), Err(126));
        assert_eq!(found(file.to_str().expect("UTF-8"), &[]), Err(126));
        assert_eq!(found("other", &[&folder]), Err(127));
        assert_eq!(found("/nonexistent/tool", &[&folder]), Err(127));
        assert_eq!(found("", &[&folder]), Err(127));
    }

    #[test]
    fn a_directory_is_not_a_program() {
        let folder = Folder::new();
        fs::create_dir(folder.0.path().join("tool")).expect("a new folder");
        assert_eq!(found("tool", &[&folder]), Err(126));
        assert_eq!(found(folder.0.path().to_str().expect("UTF-8"), &[]), Err(126));
    }

    #[test]
    fn a_path_is_not_looked_for() {
        let folder = Folder::new();
        fs::create_dir(folder.0.path().join("bin")).expect("a new folder");
        folder.file("bin/tool", 0o755);
        assert_eq!(found("bin/tool", &[&folder]), Err(127));
    }

    #[test]
    fn without_a_path_the_systems_own_folders_are_searched() {
        assert!(find(OsStr::new("sh"), None).is_ok());
        assert!(find(OsStr::new("sh"), Some(OsStr::new("/nonexistent"))).is_err());
    }
}
