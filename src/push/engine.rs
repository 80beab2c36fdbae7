//! The programs of the engines. No shell comes in between, a value goes in by standard input alone, and what
//! the program says goes to our own standard error as it is.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::process::{Command, Stdio};

use serde::Deserialize;

use super::{Scope, Version, Versions};
use crate::context::identity_variables;

/// A secret is never larger, in bytes: 500 KiB, less one.
pub(crate) const LARGEST: usize = 511_999;

/// Where secrets are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Engine {
    /// Docker in Swarm mode.
    Swarm,
    /// Podman's store.
    Podman,
}

/// An engine that does not do what it is asked for.
#[derive(Debug, thiserror::Error)]
pub(crate) enum EngineError {
    /// Its program cannot be started.
    #[error("`{program}` cannot be started: {error}")]
    Start {
        /// The program.
        program: &'static str,
        /// Why.
        error: std::io::Error,
    },
    /// It ended with a failure; it said why on standard error.
    #[error("`{program} {command}` failed")]
    Failed {
        /// The program.
        program: &'static str,
        /// What it was asked: its subcommand, and the name of a secret.
        command: String,
    },
    /// What it printed is not what it documents.
    #[error("`{program} {command}` printed something unexpected")]
    Unexpected {
        /// The program.
        program: &'static str,
        /// Its subcommand.
        command: String,
    },
}

/// Of the output of `secret inspect`, which both engines write alike.
#[derive(Deserialize)]
struct Inspected {
    #[serde(rename = "Spec")]
    spec: Spec,
}

#[derive(Deserialize)]
struct Spec {
    #[serde(rename = "Name")]
    name: String,
    #[serde(rename = "Labels", default)]
    labels: Option<BTreeMap<String, String>>,
}

impl Engine {
    /// Its program, found on the PATH.
    pub(crate) fn program(self) -> &'static str {
        match self {
            Self::Swarm => "docker",
            Self::Podman => "podman",
        }
    }

    /// Every version of a scope that it holds.
    ///
    /// # Errors
    /// [`EngineError`].
    pub(crate) fn versions(self, scope: &Scope) -> Result<Versions, EngineError> {
        let ids = self.ask(&["secret", "ls", "-q"], &[])?;
        let ids: Vec<&str> = ids.split_whitespace().collect();
        if ids.is_empty() {
            return Ok(Versions::default());
        }
        let text = self.ask(&["secret", "inspect"], &ids)?;
        let found: Vec<Inspected> = serde_json::from_str(&text).map_err(|_| EngineError::Unexpected {
            program: self.program(),
            command: "secret inspect".to_owned(),
        })?;
        let ours = found.into_iter().filter_map(|Inspected { spec: Spec { name, labels } }| {
            Version::from_labels(name, &labels.unwrap_or_default(), scope)
        });
        Ok(Versions(ours.collect()))
    }

    /// Makes a secret. A name that is taken is an error: nothing is ever replaced.
    ///
    /// # Errors
    /// [`EngineError`].
    pub(crate) fn create(self, scope: &Scope, version: &Version, value: &[u8]) -> Result<(), EngineError> {
        let mut command = self.command();
        command.args(["secret", "create"]);
        for label in version.labels(scope) {
            command.args(["--label", &label]);
        }
        command.args([&version.name, "-"]).stdin(Stdio::piped()).stdout(Stdio::null());
        let mut child = command.spawn().map_err(|error| self.not_started(error))?;
        if let Some(mut stdin) = child.stdin.take() {
            // A program that ended early says why; a broken pipe says nothing.
            drop(stdin.write_all(value));
        }
        self.succeeded(&format!("secret create {}", version.name), child.wait())
    }

    /// Removes a secret.
    ///
    /// # Errors
    /// [`EngineError`]; Docker Swarm refuses while a service uses it.
    pub(crate) fn remove(self, version: &Version) -> Result<(), EngineError> {
        let mut command = self.command();
        command.args(["secret", "rm", &version.name]).stdin(Stdio::null()).stdout(Stdio::null());
        let status = command.status();
        self.succeeded(&format!("secret rm {}", version.name), status)
    }

    /// The names of all secrets that a service or container uses, or could go back to.
    ///
    /// # Errors
    /// [`EngineError`].
    pub(crate) fn in_use(self) -> Result<BTreeSet<String>, EngineError> {
        // The template picks the names alone: services and containers hold values as well.
        let (list, inspect): (&[&str], [&str; 4]) = match self {
            Self::Swarm => (&["service", "ls", "-q"], ["service", "inspect", "--format", SERVICE_SECRETS]),
            Self::Podman => (&["ps", "-q", "--all"], ["container", "inspect", "--format", CONTAINER_SECRETS]),
        };
        let ids = self.ask(list, &[])?;
        let ids: Vec<&str> = ids.split_whitespace().collect();
        if ids.is_empty() {
            return Ok(BTreeSet::new());
        }
        let text = self.ask(&inspect, &ids)?;
        Ok(text.split_whitespace().map(str::to_owned).collect())
    }

    /// What it prints. The first two `arguments` say in messages what it was.
    fn ask(self, arguments: &[&str], more: &[&str]) -> Result<String, EngineError> {
        let mut command = self.command();
        command.args(arguments).args(more).stdin(Stdio::null()).stderr(Stdio::inherit());
        let output = command.output().map_err(|error| self.not_started(error))?;
        let command = arguments[..2].join(" ");
        self.succeeded(&command, Ok(output.status))?;
        String::from_utf8(output.stdout)
            .map_err(|_| EngineError::Unexpected { program: self.program(), command })
    }

    fn command(self) -> Command {
        let mut command = Command::new(self.program());
        for name in identity_variables() {
            command.env_remove(name);
        }
        command
    }

    fn not_started(self, error: std::io::Error) -> EngineError {
        EngineError::Start { program: self.program(), error }
    }

    fn succeeded(
        self,
        command: &str,
        status: std::io::Result<std::process::ExitStatus>,
    ) -> Result<(), EngineError> {
        match status {
            Ok(status) if status.success() => Ok(()),
            Ok(_) => Err(EngineError::Failed { program: self.program(), command: command.to_owned() }),
            Err(error) => Err(self.not_started(error)),
        }
    }
}

const SERVICE_SECRETS: &str = "{{with .Spec.TaskTemplate.ContainerSpec}}{{range .Secrets}}{{println .SecretName}}{{end}}{{end}}\
    {{with .PreviousSpec}}{{with .TaskTemplate.ContainerSpec}}{{range .Secrets}}{{println .SecretName}}{{end}}{{end}}{{end}}";
const CONTAINER_SECRETS: &str = "{{range .Config.Secrets}}{{println .Name}}{{end}}";
