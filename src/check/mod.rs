//! What `check` looks for, and what it finds.

mod compose;
mod finding;
mod lint;
mod names;

pub use compose::Composed;
pub use finding::{Finding, Gravity};
pub use lint::{LINTS, lints, plaintext_beside};
pub use names::{Missing, missing, names};
