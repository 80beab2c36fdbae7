//! Compose files and the compose command line.

pub mod command_line;
pub mod environment_choice;
pub mod interpolation;
pub mod model;
mod tool;
mod yaml;

pub use tool::Tool;
pub use yaml::{Place, YamlError};
