//! The git repository around a project: the only user of git2.

mod attributes;
mod changed;
mod drivers;
mod error;
mod history;
mod hooks;
mod setup;
mod tokens;
mod tracking;

pub use attributes::{ATTRIBUTES, IGNORED, top, with_lines};
pub use changed::{ChangedFile, changed_files, of_hook};
pub use error::Error;
pub use history::{Version, versions};
pub use hooks::HookState;
pub use setup::{Changed, Setup, Status};
pub use tokens::Tokens;
pub use tracking::{Tracking, tracking};
