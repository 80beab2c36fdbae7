//! Secrets in the stores of container engines, Docker Swarm and podman, by the engines' own programs.
//!
//! An engine never replaces a secret: each change makes a **version**, a secret of its own that is named
//! `<scope>_<KEY>_v<N>`. All secrets of one push carry the same number, and a key that did not change keeps
//! the version that it has. Which versions belong together, the **set** of a push, is a label of each secret that
//! the push made; so a set that lacks a version is known, be it of an interrupted push or pruned since, and is
//! nothing to roll back to. Nothing is remembered anywhere else.

mod engine;
mod plan;
mod podman;
mod scope;
mod secret_command;
mod store;
mod swarm;
mod version;

pub(crate) use engine::Engine;
pub(crate) use plan::{Plan, Step, Wanted, stale};
pub(crate) use scope::{Scope, ScopeError};
pub(crate) use store::{Mount, Store, StoreError};
pub(crate) use version::{Set, Version, Versions};
