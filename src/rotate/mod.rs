//! What has to be changed when a person goes: the values that they have seen.

mod exposure;

pub use exposure::{Exposure, exposed};
