//! What `check` looks for, and what it finds.

mod compose;
mod finding;
mod lint;
mod names;
mod rules;
pub mod types;
mod values;

pub use compose::Composed;
pub use finding::{Finding, Gravity};
pub use lint::{LINTS, lints, plaintext_beside, way_out};
pub use names::{Missing, missing, names};
pub use rules::{Broken, broken};
pub use values::{broken_values, config, shared, values};
