//! New values for old ones: how they are made, where the application finds the previous one, and which
//! values somebody has seen who should not know them any more.

pub mod fallback;

mod alphabet;
mod exposure;
mod fernet;
mod findings;
mod generator;

pub use exposure::{Changed, Exposure, History, Outsider};
pub use fernet::{FernetKeys, is_fernet};
pub use findings::{Findings, Overdue};
pub use generator::{Generator, GeneratorError};
