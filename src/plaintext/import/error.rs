//! Why a plaintext env file is not taken over.

use super::encoding::Encoding;
use crate::name::{KeyName, NameError};
use crate::plaintext::read::Reader;
use crate::plaintext::read::reading::Problem;

/// Why a plaintext env file is not taken over.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ImportError {
    /// The reader cannot make sense of a line.
    #[error("line {line}: {problem}")]
    Unreadable {
        /// The reader.
        reader: Reader,
        /// The line, from 1, on which the statement begins.
        line: usize,
        /// What is wrong.
        problem: Problem,
    },
    /// A line without a name or without `=`. compose takes the value of such a name from the shell; more
    /// often the line is a piece of a value, so it is not shown.
    #[error("line {line}: it is not of the form `NAME=value`")]
    NotAPair {
        /// The line, from 1.
        line: usize,
    },
    /// A name that no key can have. It may be a piece of a value, so it is not shown.
    #[error("line {line}: the name is not valid: {problem}")]
    Name {
        /// The line, from 1.
        line: usize,
        /// What is wrong with it.
        problem: NameError,
    },
    /// It is something else than an env file in UTF-8.
    #[error("{0}")]
    Encoding(Encoding),
    /// A value with a NUL character, which no environment can carry.
    #[error("line {line}: the value of `{name}` contains a NUL character")]
    Nul {
        /// Whose value it is.
        name: KeyName,
        /// The line, from 1.
        line: usize,
    },
    /// A value that would depend on the shell of whoever imports it.
    #[error("line {line}: the value of `{name}` refers to a variable that the file does not define")]
    Outside {
        /// Whose value it is.
        name: KeyName,
        /// The line, from 1.
        line: usize,
    },
    /// A reader that was chosen for a key finds no value of it.
    #[error("`{name}` has no value for the reader `{reader}`")]
    NotRead {
        /// The key.
        name: KeyName,
        /// The reader.
        reader: Reader,
    },
}
