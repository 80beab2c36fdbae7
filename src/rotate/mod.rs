//! New values for old ones: how they are made, where the application finds the previous one, and which
//! values somebody has seen who should not know them any more.

pub mod fallback;

mod exposure;
mod generator;

pub use exposure::{Changed, Exposure, History};
pub use generator::{Generator, GeneratorError};
