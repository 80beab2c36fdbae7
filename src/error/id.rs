//! What kind of error it is, for programs: a word that stays the same when the sentence changes.

use crate::exit::Exit;
use crate::listed::listed;

listed! {
    /// One kind. docs/json.md lists them.
    pub enum Id {
        /// The command line is wrong.
        Usage = "usage",
        /// A value was typed on the command line.
        ValueOnCommandLine = "value-on-command-line",
        /// Not a valid name for a key or a person.
        InvalidName = "invalid-name",
        /// The project has no such environment.
        UnknownEnvironment = "unknown-environment",
        /// The environment, or the project file, has no such key.
        UnknownKey = "unknown-key",
        /// The project file has no such person.
        UnknownPerson = "unknown-person",
        /// The answer is no, for any other reason.
        Refused = "refused",
        /// A question was not answered with yes.
        NotConfirmed = "not-confirmed",
        /// A required key has no value.
        MissingKey = "missing-key",
        /// A value breaks the rules in the project file.
        InvalidValue = "invalid-value",
        /// A command of the project file is not allowed on this machine.
        NotTrusted = "not-trusted",
        /// The project file is invalid.
        Project = "project",
        /// There is no project here.
        NoProject = "no-project",
        /// No identity opens the file.
        NoIdentity = "no-identity",
        /// A sealed file is damaged, or breaks a rule of the format.
        Integrity = "integrity",
        /// The file has no seal, or another one than it should: something else changed it.
        NotSealed = "not-sealed",
        /// The file has the conflict markers of a merge.
        Conflict = "conflict",
        /// A recipient can open the file that the project file does not let in.
        Stranger = "stranger",
        /// The environment has no sealed file yet.
        NoFile = "no-file",
        /// The system refused something.
        Io = "io",
        /// The command of `run` could not be started.
        NotStarted = "not-started",
    }
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
}
