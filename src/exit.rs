//! The exit codes of every command, in one place.

use std::process::ExitCode;

/// How a command ends. `--help` and the README list them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Done, or clean.
    Ok,
    /// The answer is no: findings, a leak, a conflict, a question that was answered with no.
    No,
    /// The command line is wrong.
    Usage,
    /// The project file is missing or wrong.
    Project,
    /// No identity opens the file.
    NoIdentity,
    /// A file was changed, damaged, or is not sealed.
    Integrity,
    /// Everything else the system refuses.
    Io,
    /// `run` could not start its command, for a reason of ours.
    Run,
    /// `run`: what the child ended with, as a shell says it.
    Child(u8),
    /// `run`: the signal that ended the child, or kept it from starting. We end by it too.
    Signal(i32),
}

impl Exit {
    /// The number.
    pub fn number(self) -> u8 {
        match self {
            Self::Ok => 0,
            Self::No => 1,
            Self::Usage => 2,
            Self::Project => 3,
            Self::NoIdentity => 4,
            Self::Integrity => 5,
            Self::Io => 6,
            Self::Run => 125,
            Self::Child(code) => code,
            Self::Signal(signal) => u8::try_from(128 + signal).unwrap_or(u8::MAX),
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.number())
    }
}
