//! What the tests share.

pub mod command;
pub mod compose;
pub mod example;
pub mod hints;
pub mod holder;
pub mod outcome;
pub mod pages;
pub mod picture;
pub mod project;
pub mod random;
pub mod readers;
pub mod running;
pub mod terminal;
pub mod tools;
pub mod transcript;
pub mod watch;
