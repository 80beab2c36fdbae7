//! New values for old ones: how they are made, where the application finds the previous one, and which
//! values somebody has seen who should not know them any more.

pub(crate) mod fallback;

mod alphabet;
mod exposure;
mod fernet;
mod findings;
mod generator;
mod told;

pub(crate) use crate::git::Past;
pub(crate) use exposure::{Changed, Exposure, History, Outsider};
pub(crate) use fernet::{FernetKeys, is_fernet};
pub(crate) use findings::{Findings, Overdue};
pub(crate) use generator::{Generator, GeneratorError};
pub(crate) use told::{INCOMPLETE, now};
