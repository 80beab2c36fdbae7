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
pub(crate) mod scan;
mod setup;
mod sides;
mod tracking;

use repository::{discover, index};

pub(crate) use attributes::{ATTRIBUTES, IGNORED, top, with_lines};
pub(crate) use changed::{ChangedFile, changed_files, is_under_way, project_roots};
pub(crate) use error::Error;
pub(crate) use history::versions;
pub(crate) use hooks::HookState;
pub(crate) use introductions::{Introduction, introductions};
pub(crate) use log::{Step, steps};
pub(crate) use repository::{of_hook, staged};
pub(crate) use revision::at_revision;
pub(crate) use setup::{Setup, Status};
pub(crate) use sides::{Sides, is_in_conflict, merges_of, staged_at, versions_everywhere};
pub(crate) use tracking::{Tracking, tracking};
