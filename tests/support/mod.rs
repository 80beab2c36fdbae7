//! What the tests share.

pub mod project;
pub mod tools;
