//! [`RunError`]: why a command did not run.

use std::ffi::OsString;
use std::io;
use std::path::PathBuf;

use super::unfit::Unfit;
use crate::name::KeyName;
use crate::program::why;

/// Why a command was not started, or not seen to its end.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RunError {
    /// No such program: not at its path, or nowhere on the `PATH` of the child.
    #[error("cannot start `{}`: not found", program.display())]
    NotFound {
        /// The program as it was asked for.
        program: OsString,
    },
    /// The program is there, but the system does not execute it.
    #[error("cannot start `{}`: {}", program.display(), why(source))]
    CannotExecute {
        /// The program as it was asked for.
        program: OsString,
        /// What the system says.
        source: io::Error,
    },
    /// The environment of a process is made of strings that end at the first NUL.
    #[error("the value of `{key}` contains a NUL byte, which an environment variable cannot contain")]
    NulInValue {
        /// The key whose value it is.
        key: KeyName,
    },
    /// One variable is longer than the system takes.
    #[error("the value of `{key}` has {bytes} bytes, too many for an environment variable")]
    ValueTooLong {
        /// The key whose value it is.
        key: KeyName,
        /// Length of the value.
        bytes: usize,
    },
    /// Arguments and environment together are larger than the system takes.
    #[error("arguments and environment together have {bytes} bytes, too many for a process")]
    EnvironmentTooLarge {
        /// Their length, names and separators included.
        bytes: usize,
    },
    /// No directory in memory takes the plaintext file.
    #[error("no in-memory directory is available for the plaintext env file")]
    NoRuntimeDir {
        /// Every place that was looked at and what is wrong with it.
        tried: Vec<Unfit>,
    },
    /// The plaintext file could not be written, or did not read back as it was written. It is gone.
    #[error("the plaintext env file in {} could not be written", directory.display())]
    File {
        /// The directory that was to hold it.
        directory: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The process that removes the plaintext file when this one is killed did not start.
    #[error("the guardian of the plaintext env file did not start")]
    Guardian {
        /// What the system says.
        source: io::Error,
    },
    /// A signal came before the command was started, so it was not.
    #[error("stopped by signal {0} before the command was started")]
    Signalled(i32),
    /// The system refused something that it has no reason to refuse.
    #[error("cannot {doing}")]
    Io {
        /// What was being done, as a verb phrase.
        doing: &'static str,
        /// What the system says.
        source: io::Error,
    },
}

impl RunError {
    /// The exit code that `env`, `timeout` and every shell give: 127 not found, 126 cannot execute,
    /// 128+n for signal n, 125 for a failure of our own.
    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Self::NotFound { .. } => 127,
            Self::CannotExecute { .. } => 126,
            Self::Signalled(signal) => super::code_of_signal(*signal),
            _ => 125,
        }
    }

    pub(super) fn io(doing: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io { doing, source }
    }
}
