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

pub use history::of_history;
pub use index::of_index;
pub use origin::{Origin, Progress};
pub use plaintext::is_plaintext_env;
pub use report::{Kind, Leak, look_at};
pub use search::{Hit, Needle, SHORTEST, Search};
pub use tree::of_tree;
