//! What people are told when something is wrong: the words, the place, and the line that fixes it.
//!
//! The library's errors carry data; here they get their hints. Never a value, a raw line of a sealed or
//! plaintext file, an argv, or a parser's own words about content.

mod compose;
mod git;
mod id;
mod run;
mod sealed;

use std::io;
use std::path::Path;

use crate::exit::Exit;
use crate::identity::{Looked, NoIdentity, Outcome, UnlockError};
use crate::lock::LockError;
use crate::name::EnvName;
use crate::place::Place;
use crate::project::{self, Project};
use crate::recipient::{self, Recipient};
use crate::{file, words};

pub(crate) use compose::compose;
pub(crate) use git::git;
pub use id::Id;
pub(crate) use run::run;
pub(crate) use sealed::{Kept, sealed};

/// An error on its way to a person.
#[derive(Debug)]
pub(crate) struct Error {
    /// How the program ends.
    pub exit: Exit,
    /// What kind of error it is, where the exit code does not say enough.
    id: Option<Id>,
    /// What is wrong: one sentence, lower case, no period.
    pub message: String,
    /// Where, with the line itself when it holds nothing secret.
    pub place: Option<(Place, Option<String>)>,
    /// Details, a line each.
    pub notes: Vec<String>,
    /// What to do: a command to paste, or a question.
    pub hints: Vec<String>,
}

impl Error {
    /// An error with this exit code.
    pub(crate) fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self { exit, id: None, message: message.into(), place: None, notes: Vec::new(), hints: Vec::new() }
    }

    /// The command line is wrong.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::new(Exit::Usage, message)
    }

    /// The answer is no.
    pub(crate) fn no(message: impl Into<String>) -> Self {
        Self::new(Exit::No, message)
    }

    /// The system refused something about a file.
    pub(crate) fn io(what: &str, path: &Path, error: &io::Error) -> Self {
        let kind = error.kind();
        let why = match kind {
            io::ErrorKind::NotFound => "no such file or folder".to_owned(),
            io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => "the disk is full".to_owned(),
            io::ErrorKind::FileTooLarge => "it is too large".to_owned(),
            io::ErrorKind::IsADirectory => "it is a folder".to_owned(),
            io::ErrorKind::ReadOnlyFilesystem => "the file system is read-only".to_owned(),
            _ => error.to_string(),
        };
        let shown = path.display();
        let error = Self::new(Exit::Io, format!("{what} {shown}: {why}"));
        match kind {
            io::ErrorKind::PermissionDenied => {
                let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
                let folder = folder.unwrap_or(Path::new(".")).display();
                error.hint(format!("`ls -ld {folder} {shown}` shows the permissions"))
            }
            io::ErrorKind::StorageFull => {
                error.hint("free some space and try again: `df -h` shows which disk is full")
            }
            _ => error,
        }
    }

    /// Says which kind of error it is.
    #[must_use]
    pub(crate) fn of_kind(mut self, id: Id) -> Self {
        self.id = Some(id);
        self
    }

    /// What kind of error it is.
    pub(crate) fn id(&self) -> Id {
        self.id.unwrap_or_else(|| Id::of(self.exit))
    }

    /// The same error with other ways out than the usual ones.
    #[must_use]
    pub(crate) fn with_hints(mut self, hints: impl IntoIterator<Item = String>) -> Self {
        self.hints = hints.into_iter().collect();
        self
    }

    /// Adds a detail.
    #[must_use]
    pub(crate) fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// Adds a way out.
    #[must_use]
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// Adds a place in a file.
    #[must_use]
    pub(crate) fn at(mut self, place: Place, source_line: Option<String>) -> Self {
        self.place = Some((place, source_line));
        self
    }

    /// The place as somebody in this folder would type it.
    #[must_use]
    pub(crate) fn seen_from(mut self, folder: Option<&Path>) -> Self {
        if let (Some((place, _)), Some(folder)) = (&mut self.place, folder) {
            place.path = file::relative(&place.path, folder);
        }
        self
    }

    /// The same error with another exit code: `run` must not be mistaken for its child.
    #[must_use]
    pub(crate) fn exiting(mut self, exit: Exit) -> Self {
        self.exit = exit;
        self
    }

    /// "did you mean", when there is a name near enough.
    #[must_use]
    pub(crate) fn did_you_mean(self, suggestion: Option<&str>) -> Self {
        match suggestion {
            Some(name) => self.hint(format!("did you mean `{name}`?")),
            None => self,
        }
    }
}

/// In characters; what lies to the right of it helps nobody.
const LONGEST_SOURCE_LINE: usize = 160;

impl From<project::Error> for Error {
    fn from(error: project::Error) -> Self {
        let message = error.to_string();
        match error {
            project::Error::NotFound { .. } => Self::new(Exit::Project, message)
                .of_kind(Id::NoProject)
                .hint("`senex-env init` creates one in this folder"),
            project::Error::Io { path, error } => {
                Self::io("cannot read", &path, &error).exiting(Exit::Project)
            }
            project::Error::Invalid { place, source_line, suggestion, .. } => {
                // A recipient's line may hold the private half by mistake: it is not shown again.
                let shown = (!source_line.contains("SECRET-KEY"))
                    .then(|| source_line.chars().take(LONGEST_SOURCE_LINE).collect());
                Self::new(Exit::Project, message).at(place, shown).did_you_mean(suggestion.as_deref())
            }
        }
    }
}

/// Words a lock that nobody got.
pub(crate) fn lock(error: LockError, shown: &Path) -> Error {
    match error {
        LockError::Io(error) => Error::io("cannot lock", shown, &error),
        LockError::Held { process, .. } => {
            let error = Error::new(Exit::Io, format!("cannot change {}: {error}", shown.display()));
            match process {
                Some(number) => {
                    error.hint(format!("`ps -fp {number}` shows what it is; it may be asking something"))
                }
                None => error.hint("try again when it is done"),
            }
        }
    }
}

/// Words a failed search for an identity; `restore` says how the file is had back as it was.
pub(crate) fn unlock(
    error: &UnlockError,
    path: &Path,
    environment: &EnvName,
    project: &Project,
    restore: impl FnOnce() -> String,
) -> Error {
    let shown = path.display();
    match error {
        UnlockError::Damaged { recipient } => {
            let short = recipient::short(recipient);
            Error::new(
                Exit::Integrity,
                format!("{shown}: the data key wrapped for {short} is damaged or has been replaced"),
            )
            .hint(restore())
        }
        UnlockError::NoIdentity(NoIdentity { looked, recipients }) => {
            let mut worded =
                Error::new(Exit::NoIdentity, format!("none of your identities can open {shown}"));
            for (index, line) in places(looked).into_iter().enumerate() {
                worded =
                    worded.note(format!("{}  {line}", if index == 0 { "looked in" } else { "         " }));
            }
            let holders: Vec<String> = recipients
                .iter()
                .map(|text| match project.person_with(text) {
                    Some(person) => format!("{} ({})", person.name, recipient::short(text)),
                    None => format!("{} (nobody in the project file)", recipient::short(text)),
                })
                .collect();
            worded = worded.note(format!("opened by  {}", words::list(&holders)));
            let join = format!("`senex-env join NAME -e {environment}");
            match own_recipient(looked) {
                Some(own) if own.kind().is_ssh() => {
                    worded.hint(format!("{join} --ssh` asks them for access, with {own}"))
                }
                Some(own) => worded.hint(format!("{join}` asks them for access, with {own}")),
                None => worded
                    .hint(format!("{join}` creates an identity and asks them for access"))
                    .hint("`senex-env identity import FILE` imports one that you have elsewhere"),
            }
        }
    }
}

/// One line for each place that held something, and one for all that held nothing.
fn places(looked: &[Looked]) -> Vec<String> {
    let width = looked
        .iter()
        .map(|looked| looked.place.chars().count())
        .filter(|width| *width <= 48)
        .max()
        .unwrap_or(0);
    looked.iter().map(|Looked { place, outcome }| format!("{place:<width$}  {}", describe(outcome))).collect()
}

/// What was found in a place, in words.
pub(crate) fn describe(outcome: &Outcome) -> String {
    let short =
        |recipients: &[Recipient]| words::list(&recipients.iter().map(Recipient::short).collect::<Vec<_>>());
    match outcome {
        Outcome::Nothing(why) => (*why).to_owned(),
        Outcome::Identities(recipients) => format!("{}, not among its recipients", short(recipients)),
        Outcome::Locked(Some(recipients)) => {
            format!("{}, protected by a passphrase, not among its recipients", short(recipients))
        }
        Outcome::Locked(None) => "an identity protected by a passphrase".to_owned(),
        Outcome::StillLocked(why) => why.to_string(),
        Outcome::Problem(problem) => problem.clone(),
        Outcome::Unusable(error) => error.to_string(),
    }
}

/// The recipient that `join` would use: that of an age identity, else that of an SSH key.
fn own_recipient(looked: &[Looked]) -> Option<&Recipient> {
    let mut own = looked.iter().flat_map(|looked| match &looked.outcome {
        Outcome::Identities(recipients) | Outcome::Locked(Some(recipients)) => recipients.as_slice(),
        Outcome::Nothing(_)
        | Outcome::Locked(None)
        | Outcome::StillLocked(_)
        | Outcome::Unusable(_)
        | Outcome::Problem(_) => &[],
    });
    own.clone().find(|own| !own.kind().is_ssh()).or_else(|| own.next())
}
