//! Taking over somebody's plaintext env file: [`import()`].
//!
//! Nobody who wrote the file meant one parser's reading of it. So it is taken as Docker Compose reads it
//! only where python-dotenv, which podman-compose uses, reads it alike; otherwise the person says which is
//! meant. What dotenvy makes of it is worth a word, no more.

mod agreement;
mod encoding;
mod left_out;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap};

use crate::name::{KeyName, NameError};
use crate::plaintext::helpers::DOLLAR_HELPER;
use crate::plaintext::import::agreement::disagreements;
use crate::plaintext::read::comments::Comments;
use crate::plaintext::read::reading::{Entry, Problem, ReadError, Reading};
use crate::plaintext::read::{Reader, read_as};
use crate::secret::Secret;

pub(crate) use agreement::Disagreement;
pub(crate) use encoding::Encoding;
pub(crate) use left_out::LeftOut;
use left_out::is_surely_a_name;

/// The definitions of a plaintext env file, each name once.
pub(crate) struct Imported {
    /// In the order of the file; of a name that is there twice, the last definition.
    pub entries: Vec<ImportedEntry>,
    /// The comments after the last definition, without their `#`.
    pub trailing_comments: Vec<Secret>,
    /// Names that are there more than once.
    pub duplicates: Vec<Duplicate>,
    /// Definitions that no key can have.
    pub left_out: Vec<LeftOut>,
    /// Keys that dotenvy reads in another way.
    pub not_for_dotenvy: Vec<KeyName>,
}

/// One definition.
pub(crate) struct ImportedEntry {
    /// The name.
    pub name: KeyName,
    /// The value.
    pub value: Secret,
    /// The line, from 1, on which the definition begins.
    pub line: usize,
    /// The comments between the definition before and this one, without their `#`.
    pub comments: Vec<Secret>,
}

/// A name that a file defines more than once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Duplicate {
    /// The name.
    pub name: KeyName,
    /// The lines of its definitions; the last one counts.
    pub lines: Vec<usize>,
}

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
    /// Values that refer to variables which the file does not define before.
    #[error("not every value is defined by the file alone")]
    Outside {
        /// In the order of the file.
        keys: Vec<OutsideReference>,
    },
    /// No dialect was named, and the readers make different things of the file.
    #[error("compose and python-dotenv do not read every key alike")]
    Disagree {
        /// In the order of the file.
        keys: Vec<Disagreement>,
    },
}

/// A value that would depend on the shell of whoever imports it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OutsideReference {
    /// Whose value it is.
    pub name: KeyName,
    /// The line, from 1.
    pub line: usize,
    /// The variable that it refers to, where it looks like one (`[A-Z][A-Z0-9_]*`). Otherwise the `$` is
    /// as likely to be part of a password, and what follows it is not shown.
    pub variable: Option<String>,
}

/// Reads a plaintext env file to take it over: as `dialect`, or, without one, as compose reads it where
/// python-dotenv agrees. References to keys of the file are resolved as the reader does it; nothing of this
/// process's environment is used. Names that no key can have are left out, if they are names for sure.
///
/// # Errors
/// [`ImportError`] carries names, lines and readers, never a value or a line.
pub(crate) fn import(bytes: &[u8], dialect: Option<Reader>) -> Result<Imported, ImportError> {
    read(bytes, dialect).map_err(|error| match (&error, Encoding::of(bytes)) {
        (ImportError::Disagree { .. } | ImportError::Outside { .. }, _) | (_, None) => error,
        (_, Some(encoding)) => ImportError::Encoding(encoding),
    })
}

/// As [`import()`], and a name that no key can have is an error.
///
/// # Errors
/// As [`import()`].
pub(crate) fn import_whole(bytes: &[u8], dialect: Option<Reader>) -> Result<Imported, ImportError> {
    let imported = import(bytes, dialect)?;
    match imported.left_out.first() {
        Some(LeftOut { line, problem, .. }) => Err(ImportError::Name { line: *line, problem: *problem }),
        None => Ok(imported),
    }
}

fn read(bytes: &[u8], dialect: Option<Reader>) -> Result<Imported, ImportError> {
    let reader = dialect.unwrap_or(Reader::Compose);
    let reading = strictly(reader, bytes)?;
    let mut left_out = Vec::new();
    let names = names(&reading, &mut left_out)?;
    let mut not_for_dotenvy = Vec::new();
    if dialect.is_none() {
        let differ = |reader| Ok(disagreements(&reading, &names, &[(reader, alone(reader, bytes)?)]));
        let keys = differ(Reader::Python)?;
        if !keys.is_empty() {
            return Err(ImportError::Disagree { keys });
        }
        not_for_dotenvy = differ(Reader::Dotenvy)?.into_iter().filter_map(|differs| differs.name).collect();
    }
    self_contained(&reading, &names)?;
    let comments = Comments::of(bytes);
    Ok(Imported { left_out, not_for_dotenvy, ..gather(reading, names, &comments) })
}

/// A reading in which the reader has passed over nothing.
fn strictly(reader: Reader, bytes: &[u8]) -> Result<Reading, ImportError> {
    let reading = alone(reader, bytes)?;
    match reading.invalid.first() {
        Some(line) => Err(ImportError::Unreadable { reader, line: *line, problem: Problem::Invalid }),
        None => Ok(reading),
    }
}

/// A reading in a process without variables.
fn alone(reader: Reader, bytes: &[u8]) -> Result<Reading, ImportError> {
    let reading = read_as(reader, bytes, &|_| None);
    reading.map_err(|ReadError { line, problem }| ImportError::Unreadable { reader, line, problem })
}

/// The names of the entries, one by one; a helper of our own files and what is left out stay without.
fn names(reading: &Reading, left_out: &mut Vec<LeftOut>) -> Result<Vec<Option<KeyName>>, ImportError> {
    let name = |entry: &Entry| {
        let line = entry.line;
        // compose-go takes a last line without `=` and line feed for a value without a name.
        let Some(value) = entry.value.as_ref().filter(|_| !entry.name.is_empty()) else {
            return Err(ImportError::NotAPair { line });
        };
        let name = match KeyName::new(&entry.name) {
            Ok(name) => name,
            Err(problem) if is_surely_a_name(&entry.name) => {
                left_out.push(LeftOut { name: entry.name.clone(), line, problem });
                return Ok(None);
            }
            Err(problem) => return Err(ImportError::Name { line, problem }),
        };
        if value.expose().contains('\0') {
            return Err(ImportError::Nul { name, line });
        }
        Ok(Some(name).filter(|name| name.as_str() != DOLLAR_HELPER))
    };
    reading.entries.iter().map(name).collect()
}

fn self_contained(reading: &Reading, names: &[Option<KeyName>]) -> Result<(), ImportError> {
    let mut keys = Vec::new();
    for (entry, name) in reading.entries.iter().zip(names) {
        if let (Some(variable), Some(name)) = (&entry.unresolved, name) {
            let variable = Some(variable.clone()).filter(|name| is_conventional(name));
            keys.push(OutsideReference { name: name.clone(), line: entry.line, variable });
        }
    }
    if keys.is_empty() { Ok(()) } else { Err(ImportError::Outside { keys }) }
}

fn is_conventional(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_uppercase())
        && name.bytes().all(|byte| byte == b'_' || byte.is_ascii_uppercase() || byte.is_ascii_digit())
}

fn gather(reading: Reading, names: Vec<Option<KeyName>>, comments: &Comments<'_>) -> Imported {
    let mut lines: HashMap<KeyName, Vec<usize>> = HashMap::new();
    for (entry, name) in reading.entries.iter().zip(&names) {
        if let Some(name) = name {
            lines.entry(name.clone()).or_default().push(entry.line);
        }
    }
    let counts: Vec<_> = reading.entries.iter().map(|entry| reading.counts(entry)).collect();
    let mut entries = Vec::with_capacity(lines.len());
    let mut above: HashMap<KeyName, Vec<Secret>> = HashMap::new();
    let mut passed = 0;
    for ((entry, name), counts) in reading.entries.into_iter().zip(names).zip(counts) {
        let Some(name) = name else { continue };
        let above = above.entry(name.clone()).or_default();
        above.extend(comments.between(passed, entry.line));
        passed = entry.last_line;
        if let (true, Some(value)) = (counts, entry.value) {
            entries.push(ImportedEntry { name, value, line: entry.line, comments: std::mem::take(above) });
        }
    }
    let duplicates: BTreeMap<usize, Duplicate> = lines
        .into_iter()
        .filter(|(_, lines)| lines.len() > 1)
        .map(|(name, lines)| (lines[0], Duplicate { name, lines }))
        .collect();
    Imported {
        entries,
        trailing_comments: comments.between(passed, usize::MAX),
        duplicates: duplicates.into_values().collect(),
        left_out: Vec::new(),
        not_for_dotenvy: Vec::new(),
    }
}
