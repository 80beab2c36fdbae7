//! Plaintext env files: the dialects that are written for a child process, and the readings that are
//! understood when somebody's own file is imported or looked into.
//!
//! Every tool has its own idea of what an env file says. [`write()`] produces text that the tools it is
//! meant for read alike, and refuses what the dialect cannot carry; [`read_as`] says what one tool
//! would make of a file; [`import()`] takes a file only where the tools agree or the user says which is
//! meant.

mod agreement;
#[cfg(test)]
mod awkward;
mod buffer;
mod comments;
mod compose;
mod compose_go;
mod cursor;
mod dotenvy;
mod dotenvy_lines;
mod escape;
mod import;
mod json;
mod k8s;
mod literal;
mod node;
mod node_dotenv;
mod python;
mod python_variables;
mod raw;
mod read;
mod shell;
mod shell_names;
mod systemd;
mod template;
mod text;
mod unresolved;
mod verify;
mod write;
mod yaml;

pub use agreement::{Disagreement, Group, Reads};
pub use compose::{DOLLAR_HELPER, UNSET_HELPER};
pub use import::{Duplicate, ImportError, Imported, ImportedEntry, OutsideReference, import};
pub use k8s::{ObjectNameError, SecretManifest};
pub use read::{Entry, Problem, Process, ReadError, Reader, Reading, UnknownReader, read_as};
pub use write::{Format, UnknownFormat, WriteError, write};

/// A plaintext env file is never larger, in bytes.
pub const LARGEST: u64 = 16 * 1024 * 1024;
