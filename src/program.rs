//! [`Program`]: the one way in which other programs are started. None of them sees an identity, none reads our
//! standard input unless it is to, and why one did not start is worded here.

mod not_started;

use std::env;
use std::ffi::OsStr;
use std::io::{self, PipeReader, Write as _};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use zeroize::Zeroizing;

use crate::file;
pub(crate) use not_started::{NotStarted, why};

/// Variables whose names begin so hold an identity, or say where one is. No other program sees them.
const IDENTITIES: [&str; 3] = ["SENEX_ENV_KEY", "SOPS_AGE_KEY", "SOPS_AGE_SSH_"];

/// All that a program sees which only names its version: where programs and their packages are.
const PROBE: [&str; 14] = [
    "DOCKER_CONFIG",
    "HOME",
    "LANG",
    "LC_ALL",
    "PATH",
    "PYENV_ROOT",
    "PYENV_VERSION",
    "PYTHONHOME",
    "PYTHONPATH",
    "TMPDIR",
    "VIRTUAL_ENV",
    "XDG_CONFIG_HOME",
    "XDG_DATA_HOME",
    "XDG_RUNTIME_DIR",
];

/// How long a program may take to name its version.
const PATIENCE: Duration = Duration::from_secs(5);

/// So much of what it says then is read; more than a pipe holds would not end.
const SAID: u64 = 4096;

/// Where a program whose name has no folder in it is found.
pub(crate) fn in_path(name: &str) -> Option<PathBuf> {
    let folders = env::var_os("PATH")?;
    env::split_paths(&folders).map(|folder| folder.join(name)).find(|path| path.is_file())
}

/// A program to start. Its standard input is empty, its output and errors are ours, unless told otherwise.
pub(crate) struct Program(Command);

impl Program {
    /// With our environment, but for identities.
    pub(crate) fn new(program: impl AsRef<OsStr>) -> Self {
        let mut command = Command::new(program);
        for name in env::vars_os().map(|(name, _)| name).filter(|name| tells_of_an_identity(name)) {
            command.env_remove(name);
        }
        command.stdin(Stdio::null());
        Self(command)
    }

    /// With nothing in its environment.
    pub(crate) fn bare(program: impl AsRef<OsStr>) -> Self {
        let mut command = Command::new(program);
        command.env_clear().stdin(Stdio::null());
        Self(command)
    }

    /// One that is only asked for its version: values of the same names as ours are none of its business.
    pub(crate) fn probe(program: impl AsRef<OsStr>) -> Self {
        let mut probe = Self::bare(program);
        for name in PROBE {
            if let Some(value) = env::var_os(name) {
                probe.0.env(name, value);
            }
        }
        // A program that names its version has no reason to ask the network for a newer one.
        probe.0.env("SOPS_DISABLE_VERSION_CHECK", "1");
        probe
    }

    /// More arguments.
    pub(crate) fn args<S: AsRef<OsStr>>(mut self, arguments: impl IntoIterator<Item = S>) -> Self {
        self.0.args(arguments);
        self
    }

    /// What it sees as its own name.
    pub(crate) fn named(mut self, name: impl AsRef<OsStr>) -> Self {
        self.0.arg0(name);
        self
    }

    /// A variable that it sees.
    pub(crate) fn env(mut self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> Self {
        self.0.env(name, value);
        self
    }

    /// A variable that it does not see.
    pub(crate) fn without(mut self, name: impl AsRef<OsStr>) -> Self {
        self.0.env_remove(name);
        self
    }

    /// Its working directory.
    pub(crate) fn directory(mut self, directory: impl AsRef<Path>) -> Self {
        self.0.current_dir(directory);
        self
    }

    /// What it reads.
    pub(crate) fn stdin(mut self, stdin: impl Into<Stdio>) -> Self {
        self.0.stdin(stdin);
        self
    }

    /// Where its output goes.
    pub(crate) fn stdout(mut self, stdout: impl Into<Stdio>) -> Self {
        self.0.stdout(stdout);
        self
    }

    /// Nobody sees what it says on standard error.
    pub(crate) fn silent(mut self) -> Self {
        self.0.stderr(Stdio::null());
        self
    }

    /// Becomes the program: same process. Returns only when that fails.
    pub(crate) fn replace(mut self) -> io::Error {
        self.0.exec()
    }

    /// Starts it, for a caller that waits for its end itself. The copies that `Command` makes of what it sets are
    /// not wiped when they are freed, so it goes at once.
    ///
    /// # Errors
    /// What the system says.
    pub(crate) fn start(mut self) -> io::Result<Child> {
        self.0.spawn()
    }

    /// Runs it to its end.
    ///
    /// # Errors
    /// [`NotStarted`].
    pub(crate) fn run(mut self) -> Result<ExitStatus, NotStarted> {
        self.0.status().map_err(|source| self.not_started(source))
    }

    /// Runs it to its end with `input` on its standard input. Whether it reads that is its own affair.
    ///
    /// # Errors
    /// [`NotStarted`].
    pub(crate) fn run_with(mut self, input: &[u8]) -> Result<ExitStatus, NotStarted> {
        self.0.stdin(Stdio::piped());
        let mut child = self.0.spawn().map_err(|source| self.not_started(source))?;
        if let Some(mut stdin) = child.stdin.take() {
            // One that ended early says why; a broken pipe says nothing.
            drop(stdin.write_all(input));
        }
        child.wait().map_err(|source| self.not_started(source))
    }

    /// What it prints. `None` when it fails, or prints more than `limit` bytes.
    ///
    /// # Errors
    /// [`NotStarted`].
    pub(crate) fn read(self, limit: u64) -> Result<Option<Zeroizing<Vec<u8>>>, NotStarted> {
        let (printed, succeeded) = self.read_by(|stdout| file::read_from(stdout, 0, limit).ok())?;
        Ok(printed.filter(|_| succeeded))
    }

    /// What `read` makes of what it prints, and whether it succeeded.
    ///
    /// # Errors
    /// [`NotStarted`].
    pub(crate) fn read_by<T>(mut self, read: impl FnOnce(PipeReader) -> T) -> Result<(T, bool), NotStarted> {
        let pipe = io::pipe().and_then(|(reader, writer)| {
            self.0.stdout(writer);
            Ok((reader, self.0.spawn()?))
        });
        let (reader, mut child) = pipe.map_err(|source| self.not_started(source))?;
        // We hold the writing end as long as this is not gone, and would wait for ourselves.
        drop(self.0);
        // The reading end is closed before the end is waited for: one that prints on would wait for us.
        let printed = read(reader);
        Ok((printed, child.wait().is_ok_and(|status| status.success())))
    }

    /// The beginning of what it prints, within a few seconds; `None` when it fails. Its errors are not seen.
    pub(crate) fn answer(mut self) -> Option<String> {
        self.0.stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = self.0.spawn().ok()?;
        let until = Instant::now() + PATIENCE;
        let status = loop {
            match child.try_wait() {
                Ok(Some(status)) => break status,
                Ok(None) if Instant::now() < until => std::thread::sleep(Duration::from_millis(5)),
                _ => {
                    // Whoever holds the pipe besides the program could keep us waiting: nothing is read.
                    let _ = child.kill();
                    let _ = child.wait();
                    return None;
                }
            }
        };
        let mut said = Vec::new();
        let mut stdout = io::Read::take(child.stdout.take()?, SAID);
        io::Read::read_to_end(&mut stdout, &mut said).ok()?;
        status.success().then(|| String::from_utf8_lossy(&said).into_owned())
    }

    fn not_started(&self, source: io::Error) -> NotStarted {
        NotStarted { program: self.0.get_program().to_owned(), source }
    }
}

fn tells_of_an_identity(name: &OsStr) -> bool {
    IDENTITIES.iter().any(|prefix| name.as_bytes().starts_with(prefix.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Program {
        Program::new("sh").args(["-c", script])
    }

    #[test]
    fn identity_variables_are_all_known() {
        for name in ["SENEX_ENV_KEY", "SENEX_ENV_KEY_FILE", "SENEX_ENV_KEY_CMD", "SOPS_AGE_KEY_FILE"] {
            assert!(tells_of_an_identity(OsStr::new(name)), "{name}");
        }
        for name in ["SOPS_AGE_KEY", "SOPS_AGE_SSH_PRIVATE_KEY_FILE", "SOPS_AGE_SSH_PRIVATE_KEY_CMD"] {
            assert!(tells_of_an_identity(OsStr::new(name)), "{name}");
        }
        for name in ["SENEX_ENV", "MY_SOPS_AGE_KEY", "SOPS_AGE_RECIPIENT"] {
            assert!(!tells_of_an_identity(OsStr::new(name)), "{name}");
        }
    }

    #[test]
    fn output_is_read_only_on_success_and_within_the_limit() {
        let read = |script: &str| shell(script).read(10).expect("sh starts").map(|bytes| bytes.to_vec());
        assert_eq!(read("printf abc"), Some(b"abc".to_vec()));
        assert_eq!(read("printf abc; exit 1"), None);
        assert_eq!(read("yes"), None);
        assert_eq!(read("cat"), Some(Vec::new()), "standard input is empty");
    }

    #[test]
    fn input_is_given_and_closed() {
        let status = |script: &str, input: &[u8]| shell(script).run_with(input).expect("sh starts").code();
        assert_eq!(status("test \"$(cat)\" = abc", b"abc"), Some(0));
        assert_eq!(status("exit 3", &[b'x'; 1 << 20]), Some(3), "nobody reads it");
    }

    #[test]
    fn silent_program_times_out() {
        let start = Instant::now();
        assert_eq!(shell("sleep 60").answer(), None);
        assert!(start.elapsed() < Duration::from_secs(30));
        assert_eq!(shell("echo 1.2.3").answer().as_deref(), Some("1.2.3\n"));
        assert_eq!(shell("echo 1.2.3; exit 1").answer(), None);
    }

    #[test]
    fn probe_gets_a_minimal_environment() {
        let seen = Program::probe("env").answer().expect("env");
        for line in seen.lines() {
            let name = line.split('=').next().unwrap_or_default();
            assert!(PROBE.contains(&name) || name == "SOPS_DISABLE_VERSION_CHECK", "{name}");
        }
        assert!(seen.contains("PATH="));
    }

    #[test]
    fn start_failure_says_why() {
        let said = |program: &str| Program::new(program).run().expect_err("no program").to_string();
        assert_eq!(said("/nonexistent/git"), "cannot start `/nonexistent/git`: no such file");
        assert_eq!(said("/dev"), "cannot start `/dev`: permission denied");
    }
}
