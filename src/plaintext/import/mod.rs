//! Taking over somebody's plaintext env file: [`import()`].
//!
//! Nobody who wrote the file meant one parser's reading of it. So a value is taken as Docker Compose reads it only where
//! the other readers that matter read it alike; otherwise it is a [`Doubt`], and the person says which reader is right.
//! What dotenvy makes of it is worth a word, no more.

mod agreement;
mod doubt;
mod encoding;
mod error;
mod left_out;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap};

use zeroize::Zeroizing;

use crate::name::KeyName;
use crate::plaintext::helpers::DOLLAR_HELPER;
use crate::plaintext::read::comments::Comments;
use crate::plaintext::read::reading::{Entry, Problem, ReadError, Reading};
use crate::plaintext::read::{Reader, read_as};
use crate::secret::Secret;

use agreement::{doubts, not_for_dotenvy, only_elsewhere, settle};
pub(crate) use doubt::{Doubt, Opinion};
pub(crate) use encoding::Encoding;
pub(crate) use error::ImportError;
pub(crate) use left_out::{LeftOut, Why};
use left_out::{is_surely_a_name, without_value};

/// Which readers say what a file holds.
#[derive(Default)]
pub(crate) struct Choice {
    /// The reader of the whole file. Without one it is Docker Compose, and those that decide must agree.
    pub dialect: Option<Reader>,
    /// The readers that decide beside Docker Compose.
    pub deciding: Vec<Reader>,
    /// The readers of single keys.
    pub of_keys: BTreeMap<KeyName, Reader>,
}

impl Choice {
    /// One reader for everything.
    pub(crate) fn of(dialect: Reader) -> Self {
        Self { dialect: Some(dialect), ..Self::default() }
    }
}

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
    /// Keys whose value is not known for sure, which are not among the entries.
    pub doubts: Vec<Doubt>,
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

/// Reads a plaintext env file to take it over. References to keys of the file are resolved as the reader does it;
/// nothing of this process's environment is used. Names that no key can have are left out, if they are names for sure.
///
/// # Errors
/// [`ImportError`] carries names, lines and readers, never a value or a line.
pub(crate) fn import(bytes: &[u8], choice: &Choice) -> Result<Imported, ImportError> {
    // A last line without a line end is a line like others; compose-go takes it for a value without a name.
    let ended = (!bytes.ends_with(b"\n")).then(|| Zeroizing::new([bytes, b"\n"].concat()));
    let bytes = ended.as_ref().map_or(bytes, |ended| ended.as_slice());
    read(bytes, choice).map_err(|error| match (&error, Encoding::of(bytes)) {
        (ImportError::NotRead { .. }, _) | (_, None) => error,
        (_, Some(encoding)) => ImportError::Encoding(encoding),
    })
}

/// As [`import()`] with one reader; what is left out or doubtful is an error.
///
/// # Errors
/// As [`import()`].
pub(crate) fn import_whole(bytes: &[u8], reader: Reader) -> Result<Imported, ImportError> {
    let imported = import(bytes, &Choice::of(reader))?;
    if let Some(Doubt { name, line, .. }) = imported.doubts.first() {
        return Err(ImportError::Outside { name: name.clone(), line: *line });
    }
    match imported.left_out.first() {
        Some(LeftOut { line, why: Why::Name(problem), .. }) => {
            Err(ImportError::Name { line: *line, problem: *problem })
        }
        Some(LeftOut { line, why: Why::NoValue | Why::OnlyFor(_), .. }) => {
            Err(ImportError::NotAPair { line: *line })
        }
        None => Ok(imported),
    }
}

fn read(bytes: &[u8], choice: &Choice) -> Result<Imported, ImportError> {
    let reader = choice.dialect.unwrap_or(Reader::Compose);
    let mut reading = strictly(reader, bytes)?;
    let mut left_out = Vec::new();
    let mut names = names(&reading, &mut left_out)?;
    let deciding = if choice.dialect.is_some() { &[] } else { choice.deciding.as_slice() };
    let others = deciding.iter().map(|other| Ok((*other, alone(*other, bytes)?)));
    let others = others.collect::<Result<Vec<_>, ImportError>>()?;
    settle(&mut reading, &names, bytes, choice)?;
    let doubts = doubts(reader, &reading, &names, &others, bytes, choice);
    left_out.extend(only_elsewhere(&reading, &others));
    let not_for_dotenvy =
        if choice.dialect.is_none() { not_for_dotenvy(&reading, &names, bytes)? } else { Vec::new() };
    for (name, _) in names.iter_mut().zip(&reading.entries) {
        if name.as_ref().is_some_and(|name| doubts.iter().any(|doubt| doubt.name == *name)) {
            *name = None;
        }
    }
    let comments = Comments::of(bytes);
    Ok(Imported { left_out, doubts, not_for_dotenvy, ..gather(reading, names, &comments) })
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
        let Some(value) = entry.value.as_ref().filter(|_| !entry.name.is_empty()) else {
            left_out.push(without_value(&entry.name, line).ok_or(ImportError::NotAPair { line })?);
            return Ok(None);
        };
        let name = match KeyName::new(&entry.name) {
            Ok(name) => name,
            Err(problem) if is_surely_a_name(&entry.name) => {
                let why = Why::Name(problem);
                left_out.push(LeftOut { name: Some(entry.name.clone()), line, why });
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
        let Some(name) = name else {
            passed = entry.last_line;
            continue;
        };
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
        doubts: Vec::new(),
        not_for_dotenvy: Vec::new(),
    }
}
