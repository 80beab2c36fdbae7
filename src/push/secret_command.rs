//! `docker secret` and `podman secret`, which speak alike. No shell comes in between, a value goes in by standard
//! input alone, and what the program says goes to our own standard error as it is.

use std::collections::{BTreeMap, BTreeSet};
use std::process::{ExitStatus, Stdio};

use serde::Deserialize;

use super::store::StoreError;
use super::{Scope, Version, Versions};
use crate::program::{NotStarted, Program};

/// A secret is never larger, in bytes: 500 KiB, less one. Swarm's limit, and podman's.
pub(super) const LARGEST: usize = 511_999;

/// What stands for an empty value: neither keeps empty secrets, and readers of `*_FILE` settings take a final
/// line end away.
pub(super) const EMPTY: &[u8] = b"\n";

/// So much of what a program prints is read, in bytes: some 10,000 secrets.
const PRINTED: u64 = 64 << 20;

/// A program, found on the PATH, that has a subcommand `secret`.
pub(super) struct SecretCommand(pub &'static str);

/// Of the output of `secret inspect`.
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

impl SecretCommand {
    /// Every version of a scope.
    pub(super) fn versions(&self, scope: &Scope) -> Result<Versions, StoreError> {
        let Some(text) = self.inspect(&["secret", "ls", "-q"], &["secret", "inspect"])? else {
            return Ok(Versions::default());
        };
        let found: Vec<Inspected> =
            serde_json::from_str(&text).map_err(|_| self.unexpected("secret inspect"))?;
        let ours = found.into_iter().filter_map(|Inspected { spec: Spec { name, labels } }| {
            Version::from_labels(name, &labels.unwrap_or_default(), scope)
        });
        Ok(Versions(ours.collect()))
    }

    /// Makes a secret.
    pub(super) fn create(&self, scope: &Scope, version: &Version, value: &[u8]) -> Result<(), StoreError> {
        let labels = version.labels(scope).into_iter().flat_map(|label| ["--label".to_owned(), label]);
        let program = self.program(&["secret", "create"]).args(labels).args([&version.name, "-"]);
        let status = program.stdout(Stdio::null()).run_with(value);
        self.succeeded(&format!("secret create {}", version.name), status)
    }

    /// Removes a secret.
    pub(super) fn remove(&self, version: &Version) -> Result<(), StoreError> {
        let status = self.program(&["secret", "rm", &version.name]).stdout(Stdio::null()).run();
        self.succeeded(&format!("secret rm {}", version.name), status)
    }

    /// The words that `template` makes of everything that `list` lists.
    pub(super) fn words(
        &self,
        list: &[&str],
        inspect: &[&str; 2],
        template: &str,
    ) -> Result<BTreeSet<String>, StoreError> {
        let inspect = [inspect[0], inspect[1], "--format", template];
        let text = self.inspect(list, &inspect)?.unwrap_or_default();
        Ok(text.split_whitespace().map(str::to_owned).collect())
    }

    /// What `inspect` prints of everything that `list` lists; nothing when that is nothing.
    fn inspect(&self, list: &[&str], inspect: &[&str]) -> Result<Option<String>, StoreError> {
        let ids = self.ask(list, &[])?;
        let ids: Vec<&str> = ids.split_whitespace().collect();
        if ids.is_empty() { Ok(None) } else { self.ask(inspect, &ids).map(Some) }
    }

    /// What it prints. The first two `arguments` say in messages what it was.
    fn ask(&self, arguments: &[&str], more: &[&str]) -> Result<String, StoreError> {
        let printed = self.program(arguments).args(more).read(PRINTED);
        let printed = printed.map_err(|error| StoreError::Start { program: self.0, error })?;
        let command = arguments[..2].join(" ");
        let Some(mut bytes) = printed else { return Err(StoreError::Failed { program: self.0, command }) };
        String::from_utf8(std::mem::take(&mut *bytes)).map_err(|_| self.unexpected(&command))
    }

    fn program(&self, arguments: &[&str]) -> Program {
        Program::new(self.0).args(arguments)
    }

    fn succeeded(&self, command: &str, status: Result<ExitStatus, NotStarted>) -> Result<(), StoreError> {
        match status {
            Ok(status) if status.success() => Ok(()),
            Ok(_) => Err(StoreError::Failed { program: self.0, command: command.to_owned() }),
            Err(error) => Err(StoreError::Start { program: self.0, error }),
        }
    }

    fn unexpected(&self, command: &str) -> StoreError {
        StoreError::Unexpected { program: self.0, command: command.to_owned() }
    }
}
