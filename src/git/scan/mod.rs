//! Looking for what must not be in a repository.

mod blobs;
mod encodings;
mod plaintext;
mod report;
mod search;

pub use blobs::{Origin, Progress, of_history, of_index, of_tree};
pub use plaintext::is_plaintext_env;
pub use report::{Kind, Leak, look_at};
pub use search::{Hit, Needle, SHORTEST, Search};
