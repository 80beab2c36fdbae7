//! The git repository around a project: the only user of git2.

mod attributes;
mod changed;
mod drivers;
mod error;
mod history;
mod hooks;
mod introductions;
mod log;
mod repository;
mod revision;
pub mod scan;
mod setup;
mod sides;
mod tracking;

use repository::{discover, index};

pub use attributes::{ATTRIBUTES, IGNORED, top, with_lines};
pub use changed::{ChangedFile, changed_files, is_under_way, project_roots};
pub use error::Error;
pub use history::{Version, versions};
pub use hooks::HookState;
pub use introductions::{Introduction, Introductions, introductions};
pub use log::{Step, steps};
pub use repository::{of_hook, staged};
pub use revision::at_revision;
pub use setup::{Changed, Setup, Status};
pub use sides::{Sides, is_in_conflict, merges_of, staged_at, versions_everywhere};
pub use tracking::{Tracking, tracking};
