//! What a finding can be about: its name, how severe it is, why it is reported and how it is settled.

use std::fmt;

use super::Severity;
use crate::listed::listed;
use crate::project::Lint;

listed! {
    /// Findings that cannot be switched off.
    pub(crate) enum Defect {
        /// A required key is not in the file.
        Missing = "missing",
        /// A required key has an empty value.
        Empty = "empty",
        /// A value is not of its type.
        Type = "type",
        /// A value is not one of those allowed.
        OneOf = "one-of",
        /// A value is forbidden.
        NotOneOf = "not-one-of",
        /// A value is too short.
        MinLength = "min-length",
        /// A value does not match its pattern.
        Matches = "matches",
        /// A value is readable and should be secret, or the other way round.
        Rule = "rule",
        /// Somebody can open the file and is not meant to.
        Recipient = "recipient",
        /// Somebody is meant to open the file and cannot.
        NotGranted = "not-granted",
        /// The file was merged as text.
        HalfMerged = "half-merged",
        /// The file cannot be trusted or used.
        Integrity = "integrity",
        /// A compose tool cannot load the files.
        ComposeLoad = "compose-load",
        /// A compose tool stops at a value.
        ComposeMalformed = "compose-malformed",
        /// A compose file requires a variable that has no value.
        ComposeRequired = "compose-required",
        /// A compose file reads an env file that does not exist.
        ComposeEnvFile = "compose-env-file",
        /// Git leaves the file out.
        IgnoredByGit = "ignored-by-git",
        /// A value is older than its key allows.
        Overdue = "overdue",
        /// Somebody without access has seen a value in use.
        Exposed = "exposed",
        /// Somebody without access has seen a previous value that is still accepted.
        Kept = "kept",
    }
}

/// What a finding is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// The project file can switch it off.
    Lint(Lint),
    /// It cannot.
    Defect(Defect),
}

impl Kind {
    /// Its name, for programs and for the project file.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Lint(lint) => lint.as_str(),
            Self::Defect(defect) => defect.as_str(),
        }
    }

    /// How severe it is, unless the finding knows better.
    pub(crate) fn severity(self) -> Severity {
        match self {
            Self::Lint(lint) => severity_of_lint(lint),
            Self::Defect(defect) => severity_of_defect(defect),
        }
    }

    /// Why it is reported.
    pub(crate) fn reason(self) -> &'static str {
        match self {
            Self::Lint(lint) => reason_of_lint(lint),
            Self::Defect(defect) => reason_of_defect(defect),
        }
    }

    /// What settles it, where the finding names no command.
    pub(crate) fn way_out(self) -> &'static str {
        match self {
            Self::Lint(lint) => way_out_of_lint(lint),
            Self::Defect(defect) => way_out_of_defect(defect),
        }
    }

    /// Whether it says that a value in the file breaks a rule.
    pub(crate) fn is_broken_rule(self) -> bool {
        match self {
            Self::Defect(
                Defect::Type | Defect::OneOf | Defect::NotOneOf | Defect::MinLength | Defect::Matches,
            ) => true,
            Self::Defect(
                Defect::Missing
                | Defect::Empty
                | Defect::Rule
                | Defect::Recipient
                | Defect::NotGranted
                | Defect::HalfMerged
                | Defect::Integrity
                | Defect::ComposeLoad
                | Defect::ComposeMalformed
                | Defect::ComposeRequired
                | Defect::ComposeEnvFile
                | Defect::IgnoredByGit
                | Defect::Overdue
                | Defect::Exposed
                | Defect::Kept,
            )
            | Self::Lint(_) => false,
        }
    }
}

impl From<Lint> for Kind {
    fn from(lint: Lint) -> Self {
        Self::Lint(lint)
    }
}

impl From<Defect> for Kind {
    fn from(defect: Defect) -> Self {
        Self::Defect(defect)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

fn severity_of_lint(lint: Lint) -> Severity {
    match lint {
        Lint::ContainerName | Lint::LiteralValue | Lint::ReadableSecret => Severity::Error,
        Lint::ComposeBlank
        | Lint::ComposeUnused
        | Lint::DefaultOnSecret
        | Lint::EmptyVariable
        | Lint::HookReplaced
        | Lint::InsecureDefault
        | Lint::LiteralSecret
        | Lint::NotInGit
        | Lint::PlaintextBeside
        | Lint::SecretInCommand
        | Lint::SecretOnCommandLine
        | Lint::SharedValue
        | Lint::SilentlyEmpty
        | Lint::Undeclared => Severity::Warning,
    }
}

fn severity_of_defect(defect: Defect) -> Severity {
    match defect {
        Defect::Missing
        | Defect::Empty
        | Defect::Type
        | Defect::OneOf
        | Defect::NotOneOf
        | Defect::MinLength
        | Defect::Matches
        | Defect::Rule
        | Defect::Recipient
        | Defect::HalfMerged
        | Defect::Integrity
        | Defect::ComposeLoad
        | Defect::ComposeMalformed
        | Defect::ComposeRequired
        | Defect::ComposeEnvFile
        | Defect::IgnoredByGit
        | Defect::Exposed => Severity::Error,
        Defect::NotGranted | Defect::Overdue | Defect::Kept => Severity::Warning,
    }
}

fn reason_of_lint(lint: Lint) -> &'static str {
    match lint {
        Lint::ComposeBlank => "a variable without a value becomes an empty string in the container",
        Lint::ComposeUnused => "a key that no compose file reads reaches no container",
        Lint::ContainerName => "a container name and replicas exclude each other",
        Lint::DefaultOnSecret => {
            "a default for a secret starts the application with a value that everybody knows"
        }
        Lint::EmptyVariable => {
            "`${X:-}` sets an empty variable, which many programs do not treat as an unset one"
        }
        Lint::HookReplaced => "without the hook, git commits a leak",
        Lint::InsecureDefault => "a value from a tutorial is the first one an attacker tries",
        Lint::LiteralSecret => "a secret in a compose file is in git in plaintext",
        Lint::LiteralValue => "a compose file gives the container a value that the rules of its key forbid",
        Lint::NotInGit => "a sealed file that was never added to git exists on this machine alone",
        Lint::PlaintextBeside => "a plaintext env file in the project contains what is sealed",
        Lint::ReadableSecret => {
            "a value with `secret = false` is readable by everybody who has the repository"
        }
        Lint::SecretInCommand => "a command line is readable by every user of the machine",
        Lint::SecretOnCommandLine => {
            "podman-compose passes each variable of `environment:` to podman as an argument"
        }
        Lint::SharedValue => "a person who can read a secret in one environment can use it in the other",
        Lint::SilentlyEmpty => "`${X}` is empty when the env file is forgotten; `${X:?}` stops",
        Lint::Undeclared => "a key that the project file does not declare is usually a typing mistake",
    }
}

fn reason_of_defect(defect: Defect) -> &'static str {
    match defect {
        Defect::Missing => "the environment has no value for a required key",
        Defect::Empty => "the value of a required key is empty",
        Defect::Type => "the value is not valid for its `type`",
        Defect::OneOf => "the value is not one of those that `one_of` allows",
        Defect::NotOneOf => "the value is one that `not_one_of` forbids",
        Defect::MinLength => "the value is shorter than `min_length`",
        Defect::Matches => "the value does not match the pattern in `matches`",
        Defect::Rule => "the sealed file and the project file disagree on whether a value is readable",
        Defect::Recipient => "a recipient can open the file without being granted access",
        Defect::NotGranted => "a person has access in the project file, but cannot open the sealed file",
        Defect::HalfMerged => "the file was merged as text, so its checksum does not match its lines",
        Defect::Integrity => "the file was changed without being re-sealed, or is damaged",
        Defect::ComposeLoad => "a compose tool cannot load the compose files of the environment",
        Defect::ComposeMalformed => "a compose tool stops at a value in a compose file",
        Defect::ComposeRequired => "a compose file requires a variable that has no value",
        Defect::ComposeEnvFile => "a compose file reads an env file that does not exist",
        Defect::IgnoredByGit => {
            "a sealed file that git ignores is never committed, and `git clean -X` removes it"
        }
        Defect::Overdue => "the value is older than `rotate_after`",
        Defect::Exposed => "a person without access has seen a value in use",
        Defect::Kept => {
            "a person without access has seen a previous value, which the application still accepts"
        }
    }
}

fn way_out_of_lint(lint: Lint) -> &'static str {
    match lint {
        Lint::ComposeBlank => "set the key, or give it a default in the compose file: `${X:-…}`",
        Lint::ComposeUnused => "list it under `environment:` of the service that needs it, or unset it",
        Lint::ContainerName => {
            "remove the container name where there are replicas: `container_name: !reset null`"
        }
        Lint::DefaultOnSecret => "write `${X:?}` instead of `${X:-…}`: compose stops instead",
        Lint::EmptyVariable => "set the key, or have the application treat an empty string as unset",
        Lint::HookReplaced => "`senex-env hooks install`, which also tells lefthook and simple-git-hooks",
        Lint::InsecureDefault | Lint::SharedValue => "set a unique value: `senex-env set KEY`",
        Lint::LiteralSecret => "write `${X:?}` in its place, then set a new value: git keeps the old one",
        Lint::LiteralValue => "write `${X:?}` in its place, then set a valid value",
        Lint::NotInGit => "`git add` adds it",
        Lint::PlaintextBeside => "import it, then remove it",
        Lint::ReadableSecret => {
            "remove `secret = false`, then `senex-env seal`, and set a new value: git keeps the old one"
        }
        Lint::SecretInCommand => "pass it under `environment:`, and have the program read it from there",
        Lint::SecretOnCommandLine => {
            "docker compose does not; with podman-compose use a podman secret, or allow it"
        }
        Lint::SilentlyEmpty => "write `${X:?}` instead of `${X}`",
        Lint::Undeclared => "declare it under `[keys.…]` in envs/senex-env.toml, or unset it",
    }
}

fn way_out_of_defect(defect: Defect) -> &'static str {
    match defect {
        Defect::Missing | Defect::Empty | Defect::ComposeRequired => "set it: `senex-env set KEY`",
        Defect::Type | Defect::OneOf | Defect::NotOneOf | Defect::MinLength | Defect::Matches => {
            "set a valid value: `senex-env set KEY`"
        }
        Defect::Rule | Defect::HalfMerged => "`senex-env seal` re-seals the file",
        Defect::Recipient => "`senex-env people` shows who it is, `senex-env revoke NAME` revokes the access",
        Defect::NotGranted => "`senex-env grant NAME` grants the access, `senex-env revoke NAME` revokes it",
        Defect::Integrity => "`git log -p` shows the change, `senex-env seal` seals it if it was intended",
        Defect::ComposeLoad | Defect::ComposeMalformed => "change the compose file at this place",
        Defect::ComposeEnvFile => "list its keys under `environment:`, such as `SECRET_KEY: ${SECRET_KEY:?}`",
        Defect::IgnoredByGit => "`senex-env hooks install` writes the exception into .gitignore",
        Defect::Overdue => "`senex-env rotate KEY` sets a new value",
        Defect::Exposed => "`senex-env rotate --exposed` changes the values one by one",
        Defect::Kept => "`senex-env rotate KEY --finish` removes the previous value",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = include_str!("../../docs/check.md");

    fn assert_table(heading: &str, kinds: &[Kind]) {
        let section = PAGE.split(heading).nth(1).expect("a section").split("\n## ").next();
        let lines: Vec<&str> =
            section.expect("its text").lines().filter(|line| line.starts_with("| `")).collect();
        let expected: Vec<String> = kinds
            .iter()
            .map(|kind| {
                format!("| `{kind}` | {} | {} | {} |", kind.severity(), kind.reason(), kind.way_out())
            })
            .collect();
        assert_eq!(lines, expected);
    }

    #[test]
    fn docs_list_every_kind_with_severity_reason_and_fix() {
        assert_table("## Findings that can be switched off", &Lint::ALL.map(Kind::Lint));
        assert_table("## Findings that cannot be switched off", &Defect::ALL.map(Kind::Defect));
    }
}
