//! Compose files: what they say, and which variables they read.

pub(crate) mod interpolation;
mod machine;
pub(crate) mod model;
mod tool;
mod variant;
mod yaml;

pub(crate) use machine::is_of_the_machine;
pub(crate) use tool::Only;
pub use tool::Tool;
pub(crate) use variant::{Variant, variant};
pub(crate) use yaml::{Events, Place};
