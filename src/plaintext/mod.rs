//! Plaintext env files: the dialects that are written for a child process, and the readings that are
//! understood when somebody's own file is imported or looked into.
//!
//! Every tool has its own idea of what an env file says. [`write()`] produces text that the tools it is
//! meant for read alike, and refuses what the dialect cannot carry; [`read_as`] says what one tool
//! would make of a file; [`import()`] takes a file only where the tools agree or the user says which is
//! meant.

#[cfg(test)]
mod awkward;
mod helpers;
mod import;
mod read;
mod text;
mod write;

pub(crate) use helpers::{DOLLAR_HELPER, UNSET_HELPER};
pub(crate) use import::{
    Choice, Doubt, ImportError, Imported, ImportedEntry, LeftOut, Opinion, import, import_whole,
};
pub(crate) use read::file_values;
pub use read::{Reader, Reading, read_as};
pub use write::{Format, SecretManifest, WriteError, write};
