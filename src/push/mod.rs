//! Secrets in the stores of container engines, Docker Swarm and podman, by the engines' own programs.
//!
//! An engine never replaces a secret: each change makes a **version**, a secret of its own that is named
//! `<scope>_<KEY>_v<N>`. All secrets of one push carry the same number, and a key that did not change keeps
//! the version that it has; so the newest version of each key up to `N` is the **set** of that push, which
//! can be rolled back to. What a version is, its labels say; nothing is remembered anywhere else.

mod engine;
mod plan;
mod reference;
mod scope;
mod version;

pub use engine::{Engine, EngineError, LARGEST};
pub use plan::{Plan, Step, Wanted, stale};
pub use reference::{Mount, for_podman, for_swarm};
pub use scope::{Scope, ScopeError};
pub use version::{Set, Version, Versions};
