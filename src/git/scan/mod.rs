//! Looking for what must not be in a repository.

mod encodings;
mod history;
mod index;
mod origin;
mod plaintext;
mod report;
mod search;
mod tree;
mod workers;

pub(crate) use history::of_history;
pub(crate) use index::of_index;
pub(crate) use origin::{Origin, Progress};
pub(crate) use plaintext::is_plaintext_env;
pub(crate) use report::{Kind, Leak, look_at};
pub(crate) use search::{Hit, Needle, SHORTEST, Search};
pub(crate) use tree::of_tree;
