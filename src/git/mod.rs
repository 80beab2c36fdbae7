//! The git repository around a project: the only user of git2.

mod attributes;
mod changed;
mod commit;
mod drivers;
mod error;
mod file;
mod hooks;
mod ignore;
mod managers;
mod past;
mod repository;
mod revision;
pub(crate) mod scan;
mod setup;
mod sides;
mod steps;
mod text;
mod tracking;

use repository::{discover, index};

pub(crate) use attributes::{folder, top};
pub(crate) use changed::{ChangedFile, changed_files, is_under_way, project_roots};
pub(crate) use commit::Commit;
pub(crate) use error::Error;
pub(crate) use hooks::HookState;
pub(crate) use ignore::is_ignored;
pub(crate) use managers::ByHand;
pub(crate) use past::Past;
pub(crate) use repository::{of_hook, staged};
pub(crate) use revision::at_revision;
pub(crate) use setup::{Lacking, Setup, Status, lacking, replaced_hook};
pub(crate) use sides::{Sides, is_in_conflict, merges_of, staged_at, versions_everywhere};
pub(crate) use steps::{Step, Steps};
pub(crate) use tracking::{LastCommit, Tracking, is_committed, is_in_git, last_commit, tracking};
