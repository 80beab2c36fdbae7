//! The text in the editor: a few lines of ours at the top, then the environment in the dialect of compose.

use std::fmt;

use zeroize::Zeroizing;

use crate::desk::NewValue;
use crate::desk::document::Document;
use crate::desk::value::Slot;
use crate::error::Error;
use crate::name::{EnvName, KeyName};
use crate::plaintext::{self, Format, ImportError, ImportedEntry, Reader};
use crate::sealed::{Difference, NewPiece, OpenFile, Piece};
use crate::secret::Secret;
use crate::words;

/// How our own lines begin; nobody's comment does.
const OURS: &str = "#| senex-env: ";

/// What stands in the editor.
pub(super) struct Text {
    bytes: Zeroizing<Vec<u8>>,
    introduction: Vec<String>,
}

/// What is wrong with what the editor left.
pub(super) struct Mistake {
    /// The line below our own ones, from 1.
    line: usize,
    what: String,
}

/// What the editor left.
pub(super) struct Edited {
    /// In the order of the file.
    pub entries: Vec<Entry>,
    trailing_comments: Vec<Secret>,
}

/// One key of it.
pub(super) struct Entry {
    pub name: KeyName,
    pub value: NewValue,
    /// The line below our own ones, from 1.
    pub line: usize,
    comments: Vec<Secret>,
}

impl Text {
    pub(super) fn of(
        base: Option<&OpenFile>,
        environment: &EnvName,
        missing: &[KeyName],
    ) -> Result<Self, Error> {
        let mut introduction = vec![
            format!("the values of {environment}, in plaintext; save and close to seal them"),
            "close without a change, or leave this empty, to change nothing".to_owned(),
        ];
        if !missing.is_empty() {
            introduction.push(format!("required, and missing or empty: {}", words::names(missing)));
        }
        let mut parts: Vec<Zeroizing<Vec<u8>>> = vec![Zeroizing::new(top(&introduction).into_bytes())];
        let mut below_pair = true;
        for piece in base.into_iter().flat_map(OpenFile::pieces) {
            match piece {
                Piece::Comment(text) => {
                    if below_pair {
                        parts.push(Zeroizing::new(b"\n".to_vec()));
                    }
                    let line = text.expose().replace(['\n', '\r'], " ");
                    parts.push(Zeroizing::new(format!("#{line}\n").into_bytes()));
                }
                Piece::Pair(name, value) => {
                    let dialect = Document::Dialect(Format::Compose);
                    parts.push(dialect.write(&[(name, value)])?);
                }
            }
            below_pair = matches!(piece, Piece::Pair(..));
        }
        Ok(Self { bytes: joined(&parts), introduction })
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Whether nothing is left: as with `git commit`, that is no wish.
    pub(super) fn is_blank(&self, bytes: &[u8]) -> bool {
        below_top(bytes).iter().all(u8::is_ascii_whitespace)
    }

    /// What the editor left, or the first mistake in it.
    pub(super) fn read(&self, bytes: &[u8], environment: &EnvName) -> Result<Edited, Mistake> {
        let imported = plaintext::import_whole(below_top(bytes), Reader::Compose).map_err(Mistake::of)?;
        if let Some(twice) = imported.duplicates.first() {
            let line = twice.lines.last().copied().unwrap_or(1);
            return Err(Mistake::at(line, format!("duplicate key `{}`", twice.name)));
        }
        let entry = |ImportedEntry { name, value, line, comments }| {
            let value = Slot { environment, key: &name }.text(value);
            let value = value.map_err(|error| Mistake::at(line, error.message))?;
            Ok(Entry { name, value, line, comments })
        };
        let entries = imported.entries.into_iter().map(entry).collect::<Result<_, _>>()?;
        Ok(Edited { entries, trailing_comments: imported.trailing_comments })
    }

    /// The same text again, with the mistakes named at the top.
    pub(super) fn with_mistakes(self, bytes: &[u8], mistakes: &[Mistake]) -> Self {
        const MOST: usize = 8;
        let ours = self.introduction.len() + mistakes.len().min(MOST);
        let told = mistakes.iter().take(MOST);
        let told = told.map(|mistake| format!("line {}: {}", mistake.line + ours, mistake.what));
        let lines: Vec<String> = self.introduction.iter().cloned().chain(told).collect();
        let top = Zeroizing::new(top(&lines).into_bytes());
        let rest = Zeroizing::new(below_top(bytes).to_vec());
        Self { bytes: joined(&[top, rest]), introduction: self.introduction }
    }
}

impl Edited {
    /// Which keys it adds, changes and leaves out.
    pub(super) fn difference(&self, base: Option<&OpenFile>) -> Difference {
        let mut difference = Difference::default();
        for entry in &self.entries {
            match base.and_then(|base| base.get(&entry.name)) {
                None => difference.added.push(entry.name.clone()),
                Some(old) if !old.same_as(entry.value.secret()) => {
                    difference.changed.push(entry.name.clone());
                }
                Some(_) => {}
            }
        }
        let kept: std::collections::HashSet<&KeyName> =
            self.entries.iter().map(|entry| &entry.name).collect();
        let names = base.into_iter().flat_map(OpenFile::pairs).map(|(name, _)| name);
        difference.removed = names.filter(|name| !kept.contains(name)).cloned().collect();
        difference
    }

    pub(super) fn into_pieces(self) -> Vec<NewPiece> {
        let mut pieces = Vec::new();
        for entry in self.entries {
            pieces.extend(entry.comments.into_iter().map(NewPiece::Comment));
            pieces.push(NewPiece::Pair(entry.name, entry.value.into_secret()));
        }
        pieces.extend(self.trailing_comments.into_iter().map(NewPiece::Comment));
        pieces
    }
}

impl Mistake {
    pub(super) fn at(line: usize, what: String) -> Self {
        Self { line, what }
    }

    fn of(error: ImportError) -> Self {
        match error {
            ImportError::Unreadable { line, problem, .. } => Self::at(line, problem.to_string()),
            ImportError::NotAPair { line } => Self::at(line, "it is not of the form `NAME=value`".to_owned()),
            ImportError::Name { line, problem } => {
                Self::at(line, format!("the name is not valid: {problem}"))
            }
            ImportError::Nul { line, name } => {
                Self::at(line, format!("the value of `{name}` contains a NUL"))
            }
            ImportError::Outside { name, line } => {
                let what =
                    format!("the `$` in `{name}` starts a reference; single quotes make it a literal `$`");
                Self::at(line, what)
            }
            ImportError::Encoding(encoding) => Self::at(1, encoding.to_string()),
            ImportError::NotRead { name, .. } => Self::at(1, format!("`{name}` has no value")),
        }
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {} below the first lines: {}", self.line, self.what)
    }
}

fn top(lines: &[String]) -> String {
    lines.iter().map(|line| format!("{OURS}{}\n", words::clean(line))).collect()
}

/// What follows our own lines.
fn below_top(bytes: &[u8]) -> &[u8] {
    let mut rest = bytes;
    while rest.starts_with(OURS.as_bytes()) {
        let end = rest.iter().position(|byte| *byte == b'\n').map_or(rest.len(), |at| at + 1);
        rest = &rest[end..];
    }
    rest
}

fn joined(parts: &[Zeroizing<Vec<u8>>]) -> Zeroizing<Vec<u8>> {
    let mut all = Zeroizing::new(Vec::with_capacity(parts.iter().map(|part| part.len()).sum()));
    for part in parts {
        all.extend_from_slice(part);
    }
    all
}
