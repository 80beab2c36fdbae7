//! What is wrong with a sealed file, in words, and the way out that git leaves.

use std::fmt::Display;
use std::path::Path;

use super::{Error, Id};
use crate::exit::Exit;
use crate::git::LastCommit;
use crate::name::EnvName;
use crate::place::Place;
use crate::sealed;
use crate::sealed::StrictRule;

/// What git keeps of a file that cannot be used.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Kept {
    /// What the last commit has.
    pub last_commit: LastCommit,
    /// It may be the text of a merge whose versions git has.
    pub may_be_merged: bool,
}

impl Kept {
    /// How the file is had back as it was.
    pub(crate) fn restore(self, path: &Path) -> String {
        let shown = path.display();
        match self.last_commit {
            LastCommit::HasAnother { is_staged: false } => {
                format!("`git restore {shown}` restores the last committed version")
            }
            LastCommit::HasAnother { is_staged: true } => {
                format!("`git checkout HEAD -- {shown}` restores the last committed version")
            }
            LastCommit::HasThis => format!(
                "`git log -p -- {shown}` shows what changed it; `git checkout COMMIT -- {shown}` restores an earlier version"
            ),
            LastCommit::Lacks => format!("restore {shown} from a copy: git has no version of it"),
        }
    }

    /// The same for a file that somebody may have changed on purpose.
    fn compare(self, path: &Path) -> String {
        let shown = path.display();
        match self.last_commit {
            LastCommit::HasAnother { .. } => {
                format!("`git diff HEAD -- {shown}` shows the change; {}", self.restore(path))
            }
            LastCommit::HasThis | LastCommit::Lacks => self.restore(path),
        }
    }
}

/// Words a sealed file's error; `path` as the user would type it.
pub(crate) fn sealed(error: &sealed::Error, path: &Path, environment: &EnvName, kept: Kept) -> Error {
    use sealed::Error as E;
    let shown = path.display();
    let sentence = |text: &dyn Display| format!("{shown} cannot be used: {text}");
    let exit = Exit::Integrity;
    let worded = match error {
        E::NotSealed => Error::new(exit, format!("{shown} is not sealed: it has no `sops_` lines")).hint(format!(
            "if it is a plaintext env file: `mv {shown} /dev/shm/ && senex-env import -e {environment} /dev/shm/{environment}.env`"
        ))
        .hint(format!("if it is something else: {}", kept.restore(path))),
        E::CrLf => of_line_ends(Error::new(exit, sentence(error)), path, kept),
        E::ConflictMarkers { .. } => Error::new(exit, sentence(error)).hint(if kept.may_be_merged {
            format!(
                "keep one line of each key, then `senex-env seal -e {environment}`; or `senex-env seal -e {environment} --ours` or `--theirs`"
            )
        } else {
            kept.restore(path)
        }),
        E::SealMissing | E::SealStale => Error::new(exit, format!("{shown} cannot be trusted: {error}"))
            .note("every value is authentic, but names, config, comments or recipients may have been changed")
            .hint(format!("`senex-env seal -e {environment}` shows what changed, key by key, and re-seals it")),
        E::Mac | E::Value { .. } => {
            let worded = Error::new(exit, sentence(error)).note("nothing was used");
            match kept.may_be_merged {
                true => worded
                    .hint(format!("after a merge, `senex-env seal -e {environment}` rebuilds it from both sides")),
                false => worded,
            }
            .hint(kept.compare(path))
        }
        E::Empty
        | E::NoMetadata
        | E::Metadata { .. }
        | E::NotAPair { .. }
        | E::TooLarge
        | E::Recipient { .. }
        | E::TooManyLines
        | E::DataKeyLength => Error::new(exit, sentence(error)).hint(kept.restore(path)),
        E::Plaintext { key, .. } => Error::new(exit, sentence(error))
            .hint(format!("remove the line, then `senex-env set -e {environment} {key}`")),
        E::Overfull => Error::new(Exit::Usage, format!("{shown} would become larger than 64 MiB"))
            .note("nothing was changed")
            .hint("store large data elsewhere, and keep only the key that decrypts it here"),
        E::ConfigBackslashN { key } => Error::new(Exit::Usage, error.to_string())
            .note("nothing was changed")
            .hint(format!("remove `secret = false` from `[keys.{key}]` in envs/senex-env.toml")),
        E::Strict { rule, .. } => Error::new(exit, sentence(error))
            .note(format!("rule: {rule}"))
            .hint(of_strict_rule(*rule, path, environment, kept)),
        E::Random => Error::new(Exit::Io, error.to_string()),
    };
    let worded = match error {
        E::NotSealed | E::SealMissing | E::SealStale | E::Mac => worded.of_kind(Id::NotSealed),
        E::ConflictMarkers { .. } => worded.of_kind(Id::Conflict),
        _ => worded,
    };
    match error.line() {
        Some(line) => worded.at(Place { path: path.to_owned(), line, column: 1 }, None),
        None => worded,
    }
}

/// Git made it so, and does it again if it is not told otherwise.
fn of_line_ends(error: Error, path: &Path, kept: Kept) -> Error {
    let shown = path.display();
    let attributes = "`echo 'envs/*.env -text' >>.gitattributes` stops git from converting them";
    let error = error.hint(attributes);
    let error = match kept.last_commit {
        LastCommit::HasAnother { .. } => {
            error.hint(format!("then `git rm --cached {shown} && git restore --staged --worktree {shown}`"))
        }
        LastCommit::HasThis | LastCommit::Lacks => error,
    };
    error.hint(format!("or convert them back: `sed -i 's/\\r$//' {shown}`"))
}

/// What to do about a file that breaks a rule which `sops` does not have.
fn of_strict_rule(rule: StrictRule, path: &Path, environment: &EnvName, kept: Kept) -> String {
    let shown = path.display();
    match rule {
        StrictRule::ValueType => {
            format!(
                "`sops set {shown} '[\"KEY\"]' '\"VALUE\"'`, with the value in double quotes, makes it a string"
            )
        }
        StrictRule::PortableKey => {
            format!("`sops edit {shown}` to rename it, then `senex-env seal -e {environment}`")
        }
        StrictRule::AgeRecipients | StrictRule::NoKeyGroups => {
            format!(
                "`sops updatekeys {shown}`, with a .sops.yaml that lists only age recipients, wraps it again"
            )
        }
        StrictRule::CommentRule | StrictRule::PortableRule => format!(
            "`sops decrypt {shown} >/dev/shm/{environment}.env`, then `mv {shown} {shown}.before`, then `senex-env import -e {environment} /dev/shm/{environment}.env`"
        ),
        StrictRule::CanonicalValue
        | StrictRule::CommentAuthenticates
        | StrictRule::DuplicateKey
        | StrictRule::KnownMetadata
        | StrictRule::ListIndex
        | StrictRule::Utf8
        | StrictRule::WrappedKey => kept.compare(path),
    }
}
