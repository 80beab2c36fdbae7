//! Compose files: what they say, and which variables they read.

pub(crate) mod interpolation;
pub(crate) mod model;
mod tool;
mod yaml;

pub use tool::Tool;
pub(crate) use yaml::Place;
