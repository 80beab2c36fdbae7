//! The git repository around a project: the only user of git2.

mod attributes;
mod history;

pub use attributes::{ATTRIBUTES, IGNORED, top, with_lines};
pub use history::{Version, versions};
