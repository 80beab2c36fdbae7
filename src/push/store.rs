//! [`Store`]: what an engine does with secrets.

use std::collections::BTreeSet;

use super::{Scope, Set, Version, Versions};
use crate::name::KeyName;
use crate::program::NotStarted;

/// The secrets of an engine, which never change: they are made and removed.
pub(crate) trait Store {
    /// What there is to know of the engine itself.
    fn about(&self) -> &'static About;

    /// Every version of a scope that it holds.
    ///
    /// # Errors
    /// [`StoreError`].
    fn versions(&self, scope: &Scope) -> Result<Versions, StoreError>;

    /// Makes a secret. A name that is taken is an error: nothing is ever replaced.
    ///
    /// # Errors
    /// [`StoreError`].
    fn create(&self, scope: &Scope, version: &Version, value: &[u8]) -> Result<(), StoreError>;

    /// Removes a secret.
    ///
    /// # Errors
    /// [`StoreError`], also for one that the engine does not let go of because it is in use.
    fn remove(&self, version: &Version) -> Result<(), StoreError>;

    /// The names of all secrets that something uses, or could go back to.
    ///
    /// # Errors
    /// [`StoreError`].
    fn in_use(&self) -> Result<BTreeSet<String>, StoreError>;
}

/// How an engine differs from others.
pub(crate) struct About {
    /// What people call it.
    pub title: &'static str,
    /// A secret is never larger, in bytes.
    pub largest: usize,
    /// What stands for an empty value.
    pub empty: &'static [u8],
    /// Whether the compose file must say which service reads which secret.
    pub names_services: bool,
    /// The compose file that ties a stack to one set of secrets: names, no values.
    pub compose: fn(&Set<'_>, &[Mount]) -> String,
}

/// A service that reads a secret at `/run/secrets/<KEY>`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Mount {
    /// The service.
    pub service: String,
    /// The key.
    pub key: KeyName,
}

/// An engine that does not do what it is asked for.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StoreError {
    /// Its program cannot be started.
    #[error("{error}")]
    Start {
        /// The program.
        program: &'static str,
        /// Why.
        error: NotStarted,
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
