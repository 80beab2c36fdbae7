//! [`Guardian`]: a second process that removes the plaintext file when this one cannot.
//!
//! No handler runs on SIGKILL or when memory runs out. So a process of our own program holds the reading
//! end of a pipe; its end of file means that we are gone, however we went, and it removes what it was told
//! of. It leads a session of its own, out of reach of Ctrl-C and of a signal to our group, and knows
//! paths, never values.

use std::ffi::OsStr;
use std::io::{self, PipeReader, PipeWriter, Read, Write};
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ExitCode};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec};
use signal_hook::consts::{SIGALRM, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2};

use super::error::RunError;
use super::runtime_dir;
use crate::program::Program;

/// First argument of a senex-env process that is a guardian: `main` calls [`guardian_main`] for it.
pub(crate) const ARGUMENT: &str = "__guardian";

/// What `ps` shows. Not `senex-env`: a `pkill -9 -f senex-env` must not take the guardian along.
const TITLE: &str = "senex-guardian";

const READY: u8 = b'.';
const READY_WITHIN: Duration = Duration::from_secs(5);
const GONE_WITHIN: Duration = Duration::from_secs(1);

/// The guardian as the process that it guards sees it. Dropping lets it go and waits for its end.
pub(super) struct Guardian {
    process: Child,
    /// Its end of file tells the guardian that we are gone. `None` once we said so ourselves.
    lifeline: Option<PipeWriter>,
    /// One byte when the guardian is ready, end of file when it is gone.
    replies: PipeReader,
}

impl Guardian {
    /// Starts the process, which is on duty once [`Guardian::ready`] returns.
    ///
    /// # Errors
    /// [`RunError::Guardian`], as for all that this type does.
    pub(super) fn start() -> Result<Self, RunError> {
        Self::spawn().map_err(failed)
    }

    fn spawn() -> io::Result<Self> {
        let (stdin, lifeline) = io::pipe()?;
        let (replies, stdout) = io::pipe()?;
        let process = Program::bare(own_program()?)
            .named(TITLE)
            .args([ARGUMENT])
            .directory("/")
            .stdin(stdin)
            .stdout(stdout)
            .silent()
            .start()?;
        Ok(Self { process, lifeline: Some(lifeline), replies })
    }

    /// Names a directory that is about to be made.
    ///
    /// # Errors
    /// [`RunError::Guardian`] when it is gone.
    pub(super) fn announce(&mut self, directory: &Path) -> Result<(), RunError> {
        let mut message = directory.as_os_str().as_bytes().to_vec();
        message.push(0);
        match &mut self.lifeline {
            Some(lifeline) => lifeline.write_all(&message).map_err(failed),
            None => Err(failed(io::ErrorKind::BrokenPipe.into())),
        }
    }

    /// Waits until no signal to our group can end the guardian any more.
    ///
    /// # Errors
    /// [`RunError::Guardian`] when it ended or took longer than five seconds.
    pub(super) fn ready(&mut self) -> Result<(), RunError> {
        if !readable(&self.replies, READY_WITHIN).map_err(failed)? {
            return Err(failed(io::ErrorKind::TimedOut.into()));
        }
        let mut reply = [0];
        self.replies.read_exact(&mut reply).map_err(failed)
    }
}

impl Drop for Guardian {
    fn drop(&mut self) {
        self.lifeline = None;
        let gone = readable(&self.replies, GONE_WITHIN);
        if !gone.unwrap_or(false) {
            let _ = self.process.kill();
        }
        let _ = self.process.wait();
    }
}

fn failed(source: io::Error) -> RunError {
    RunError::Guardian { source }
}

/// On Linux the running program itself, even when its file was replaced in the meantime.
fn own_program() -> io::Result<PathBuf> {
    if cfg!(target_os = "linux") { Ok("/proc/self/exe".into()) } else { std::env::current_exe() }
}

fn readable(pipe: &PipeReader, within: Duration) -> io::Result<bool> {
    let timeout = Timespec::try_from(within).map_err(io::Error::other)?;
    let poll = || rustix::event::poll(&mut [PollFd::new(pipe, PollFlags::IN)], Some(&timeout));
    Ok(rustix::io::retry_on_intr(poll)? > 0)
}

/// What the guardian process does: `main` calls it before anything else when the first argument is
/// [`ARGUMENT`]. Standard input is the lifeline, standard output takes the replies.
pub(crate) fn guardian_main() -> ExitCode {
    match detach().and_then(|()| serve(io::stdin().lock(), io::stdout().lock())) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

/// Makes this process deaf to whatever is aimed at the one that it guards.
fn detach() -> io::Result<()> {
    // Fails for the leader of a process group, as which somebody at a terminal may have started us.
    let _ = rustix::process::setsid();
    for signal in [SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGALRM] {
        signal_hook::flag::register(signal, Arc::new(AtomicBool::new(false)))?;
    }
    Ok(())
}

fn serve(mut lifeline: impl Read, mut replies: impl Write) -> io::Result<()> {
    // When nobody is there to be told, there is all the more to remove.
    let _ = replies.write_all(&[READY]).and_then(|()| replies.flush());
    let mut announced = Vec::new();
    let end = lifeline.read_to_end(&mut announced);
    // A last path without its NUL was never announced in full, so nothing was made there.
    let complete = announced.split_inclusive(|&byte| byte == 0).filter_map(|path| path.strip_suffix(&[0]));
    let removed = complete.map(|path| runtime_dir::remove_at(Path::new(OsStr::from_bytes(path))));
    removed.fold(end.map(drop), Result::and)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use crate::run::runtime_dir::RuntimeDir;

    /// A directory whose maker is gone without removing it.
    fn abandoned() -> PathBuf {
        let directory = RuntimeDir::create(|_| Ok(())).expect("a directory in memory");
        directory.create_file("env", b"A='1'\n").expect("room for a file");
        let path = directory.path();
        std::mem::forget(directory);
        path
    }

    fn serve_until_end_of(announced: &[u8]) -> (io::Result<()>, Vec<u8>) {
        let mut replies = Vec::new();
        (serve(announced, &mut replies), replies)
    }

    #[test]
    fn every_announced_directory_is_removed_at_end_of_file() {
        let (first, second) = (abandoned(), abandoned());
        let message = [first.as_os_str().as_bytes(), b"\0", second.as_os_str().as_bytes(), b"\0"].concat();
        let (result, replies) = serve_until_end_of(&message);
        assert!(result.is_ok());
        assert_eq!(replies, [READY]);
        assert!(!first.exists() && !second.exists());
    }

    #[test]
    fn guardian_cleans_up_after_an_early_death() {
        let path = abandoned();
        let (nobody, replies) = io::pipe().expect("a pipe");
        drop(nobody);
        let message = [path.as_os_str().as_bytes(), b"\0"].concat();
        assert!(serve(&*message, replies).is_ok());
        assert!(!path.exists());
    }

    #[test]
    fn missing_directory_is_not_an_error() {
        let (result, _) = serve_until_end_of(b"/dev/shm/senex-env-0123456789abcdef\0");
        assert!(result.is_ok());
    }

    #[test]
    fn a_path_cut_short_is_not_taken_for_another() {
        let path = abandoned();
        serve_until_end_of(path.as_os_str().as_bytes()).0.expect("nothing to do");
        assert!(path.exists());
        runtime_dir::remove_at(&path).expect("ours");
    }

    #[test]
    fn nothing_but_a_runtime_directory_is_removed() {
        let folder = tempfile::Builder::new().prefix("senex-env-").tempdir_in("/dev/shm").expect("a folder");
        let message = [folder.path().as_os_str().as_bytes(), b"\0"].concat();
        assert!(serve_until_end_of(&message).0.is_err());
        assert!(folder.path().exists());
    }
}
