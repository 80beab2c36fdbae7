//! The git repository around a project: the only user of git2.

mod attributes;
mod history;
mod introductions;
mod tracking;

pub use attributes::{ATTRIBUTES, IGNORED, top, with_lines};
pub use history::{Version, versions};
pub use introductions::{Introduction, Introductions, introductions};
pub use tracking::{Tracking, tracking};
