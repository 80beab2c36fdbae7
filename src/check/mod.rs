//! What `check` looks for, and what it finds.

mod compose;
mod finding;
mod lint;
mod names;
mod rules;
pub(crate) mod types;
mod values;

pub(crate) use compose::Composed;
pub(crate) use finding::{Finding, Gravity};
pub use lint::{LINTS, way_out};
pub(crate) use lint::{lints, plaintext_beside};
pub(crate) use names::{Missing, missing, names};
pub(crate) use rules::{Broken, broken};
pub(crate) use values::{broken_values, config, shared, values};
