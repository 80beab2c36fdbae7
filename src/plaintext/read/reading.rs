//! What a reader makes of a file: definitions, faults, and the pieces that every reader works on.

use std::collections::HashMap;

use crate::plaintext::text::Text;
use crate::secret::Secret;

/// Why a reader cannot make sense of a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// The bytes are not UTF-8.
    #[error("it is not UTF-8")]
    NotUtf8,
    /// A quoted value has no end.
    #[error("the closing quote is missing")]
    UnclosedQuote,
    /// A character before the `=` that no name can have; often the second line of a value without quotes.
    #[error("it does not begin with a name and `=`")]
    NotAStatement,
    /// A name with a space in it.
    #[error("there is a space in the name")]
    SpaceInName,
    /// `${…}` that is not a reference.
    #[error("`${{` does not begin a valid reference")]
    Reference,
    /// `${NAME:?…}` of a variable that is not set.
    #[error("a reference with `?` requires a variable that is not set")]
    Required,
    /// References nested deeper than anybody writes.
    #[error("references are nested too deeply")]
    TooDeep,
    /// The reader takes the statement for invalid and does not say why.
    #[error("the line is invalid")]
    Invalid,
}

/// A file that a reader refuses as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {problem}")]
pub struct ReadError {
    /// The line, from 1, on which the offending statement begins.
    pub line: usize,
    /// What is wrong.
    pub problem: Problem,
}

/// One definition in a file.
pub struct Entry {
    /// The name as the reader understood it; not necessarily one that a key can have.
    pub name: String,
    /// The line, from 1, on which the statement begins.
    pub line: usize,
    /// The line on which it ends.
    pub last_line: usize,
    /// The value. None for a name without `=` of which the process has no value either.
    pub value: Option<Secret>,
    /// The first name that the value refers to although neither the file, up to here, nor the process
    /// defines it.
    pub unresolved: Option<String>,
}

/// What a reader makes of a file.
pub struct Reading {
    /// Every definition, in the order of the file; of a name that is there twice, the last counts.
    pub entries: Vec<Entry>,
    /// The lines of statements that this reader found invalid and passed over: python-dotenv drops them
    /// with a warning, dotenvy reports each and goes on.
    pub invalid: Vec<usize>,
    latest: HashMap<String, usize>,
}

impl Reading {
    /// The definition of `name` that counts.
    pub fn get(&self, name: &str) -> Option<&Entry> {
        self.latest.get(name).map(|index| &self.entries[*index])
    }

    /// Whether `entry`, one of this reading, is the one that counts of its name.
    pub(in crate::plaintext) fn counts(&self, entry: &Entry) -> bool {
        self.get(&entry.name).is_some_and(|counts| std::ptr::eq(counts, entry))
    }

    pub(in crate::plaintext) fn new() -> Self {
        Self { entries: Vec::new(), invalid: Vec::new(), latest: HashMap::new() }
    }

    /// Adds an entry that leaves in force what counted before.
    pub(in crate::plaintext) fn mention(&mut self, entry: Entry) {
        self.entries.push(entry);
    }

    /// Adds an entry that counts from here on.
    pub(in crate::plaintext) fn define(&mut self, entry: Entry) {
        self.latest.insert(entry.name.clone(), self.entries.len());
        self.entries.push(entry);
    }
}

/// Answers what a variable of the process holds.
pub(crate) type Process<'a> = dyn Fn(&str) -> Option<String> + 'a;

/// One statement of a file, quotes and escapes undone, references not yet.
pub(in crate::plaintext) struct Statement<'a> {
    pub name: &'a str,
    /// Its first and its last place in the text.
    pub span: (usize, usize),
    /// None for a name without `=`.
    pub value: Option<Text<'a>>,
    /// Whether the reader looks for references in the value.
    pub expands: bool,
}

/// A statement that a reader cannot make sense of.
pub(in crate::plaintext) struct Fault {
    pub at: usize,
    pub problem: Problem,
}

/// Answers what a reference stands for.
pub(in crate::plaintext) type Lookup<'a> = dyn Fn(&str) -> Option<Text<'a>> + 'a;

/// The bytes as text, or the line on which they are not.
pub(in crate::plaintext) fn utf8(bytes: &[u8]) -> Result<&str, ReadError> {
    std::str::from_utf8(bytes).map_err(|error| {
        let good = bytes[..error.valid_up_to()].iter();
        let line = 1 + good.filter(|byte| **byte == b'\n').count();
        ReadError { line, problem: Problem::NotUtf8 }
    })
}

/// The text without a byte order mark.
pub(in crate::plaintext) fn without_bom(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}
