//! Plaintext env files: the dialects that are written for a child process, and the readings that are
//! understood when somebody's own file is imported or looked into.
//!
//! Every tool has its own idea of what an env file says. [`write`] produces text that the tools it is
//! meant for read alike, and refuses what the dialect cannot carry; [`read_as`] says what one tool
//! would make of a file; [`import`] takes a file only where the tools agree or the user says which is
//! meant.

mod buffer;
mod compose;
mod compose_go;
mod dotenvy;
mod escape;
mod import;
mod json;
mod literal;
mod python;
mod raw;
mod read;
mod shell;
mod template;
mod text;
mod verify;
mod write;

pub use compose::{DOLLAR_HELPER, UNSET_HELPER};
pub use import::{
    Disagreement, Duplicate, Group, ImportError, Imported, ImportedEntry, OutsideReference, Reads, import,
};
pub use read::{Entry, Problem, ReadError, Reader, Reading, UnknownReader, read_as};
pub use write::{Format, UnknownFormat, WriteError, write};
