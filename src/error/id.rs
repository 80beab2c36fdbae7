//! What kind of error it is, for programs: a word that stays the same when the sentence changes.

use crate::exit::Exit;

/// One kind. docs/json.md lists them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Id {
    /// The command line is wrong.
    Usage,
    /// The answer is no.
    Refused,
    /// The project file is missing or wrong.
    Project,
    /// No identity opens the file.
    NoIdentity,
    /// A file was changed, damaged, or is not sealed.
    Integrity,
    /// The system refused something.
    Io,
    /// The command of `run` was not started.
    NotStarted,
}

impl Id {
    /// What an error is when nothing more is known than how the program ends.
    pub(crate) fn of(exit: Exit) -> Self {
        match exit {
            Exit::Ok | Exit::No => Self::Refused,
            Exit::Usage => Self::Usage,
            Exit::Project => Self::Project,
            Exit::NoIdentity => Self::NoIdentity,
            Exit::Integrity => Self::Integrity,
            Exit::Io => Self::Io,
            Exit::Run | Exit::Child(_) | Exit::Signal(_) => Self::NotStarted,
        }
    }

    /// The word.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Usage => "usage",
            Self::Refused => "refused",
            Self::Project => "project",
            Self::NoIdentity => "no-identity",
            Self::Integrity => "integrity",
            Self::Io => "io",
            Self::NotStarted => "not-started",
        }
    }
}
