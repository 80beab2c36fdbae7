//! What `check` looks for, and what it finds. Nothing here prints, asks or looks for an identity.

mod beside;
mod collect;
mod compose;
mod finding;
mod half_merged;
mod history;
mod kind;
mod lint;
mod names;
mod readable;
mod rules;
pub(crate) mod secrecy;
mod severity;
mod together;
mod tracked;
pub(crate) mod types;
mod values;
mod variables;

pub(crate) use collect::{Checked, Opener, Unopened, Unread, collect};
use compose::Composed;
pub(crate) use finding::{Finding, Fix};
pub(crate) use kind::{Defect, Kind};
use names::names;
pub(crate) use names::{Missing, missing};
pub(crate) use readable::{is_allowed, readable};
pub(crate) use rules::{Broken, broken};
pub(crate) use severity::Severity;
pub(crate) use values::broken_values;
use values::{config, shared, values};
