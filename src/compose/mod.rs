//! Compose files and the compose command line.

pub mod command_line;
pub mod environment_choice;
