//! What `check` looks for, and what it finds.

mod finding;
mod names;

pub use finding::{Finding, Gravity};
pub use names::{Missing, missing, names};
