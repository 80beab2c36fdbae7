//! Taking over somebody's plaintext env file: [`import()`].
//!
//! Nobody who wrote the file meant one parser's reading of it. So it is taken as Docker Compose reads it
//! only where python-dotenv and dotenvy read it alike; otherwise the person says which is meant.

mod agreement;

use std::collections::{BTreeMap, HashMap};

use crate::name::{KeyName, NameError};
use crate::plaintext::helpers::DOLLAR_HELPER;
use crate::plaintext::import::agreement::disagreements;
use crate::plaintext::read::comments::Comments;
use crate::plaintext::read::reading::{Entry, Problem, ReadError, Reading};
use crate::plaintext::read::{Reader, read_as};
use crate::secret::Secret;

pub(crate) use agreement::Disagreement;

/// The definitions of a plaintext env file, each name once.
pub(crate) struct Imported {
    /// In the order of the file; of a name that is there twice, the last definition.
    pub entries: Vec<ImportedEntry>,
    /// The comments after the last definition, without their `#`.
    pub trailing_comments: Vec<Secret>,
    /// Names that are there more than once.
    pub duplicates: Vec<Duplicate>,
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
    #[error("line {line}: the name cannot be used: {problem}")]
    Name {
        /// The line, from 1.
        line: usize,
        /// What is wrong with it.
        problem: NameError,
    },
    /// A value with a NUL character, which no environment can carry.
    #[error("line {line}: the value of `{name}` holds a NUL character")]
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
    #[error("compose, python-dotenv and dotenvy do not read every key alike")]
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
/// python-dotenv and dotenvy agree. References to keys of the file are resolved as the reader does it;
/// nothing of this process's environment is used.
///
/// # Errors
/// [`ImportError`] carries names, lines and readers, never a value or a line.
pub(crate) fn import(bytes: &[u8], dialect: Option<Reader>) -> Result<Imported, ImportError> {
    let reader = dialect.unwrap_or(Reader::Compose);
    let reading = strictly(reader, bytes)?;
    let names = names(&reading)?;
    if dialect.is_none() {
        let others = [Reader::Python, Reader::Dotenvy];
        let others = others.map(|reader| Ok((reader, alone(reader, bytes)?)));
        let others = others.into_iter().collect::<Result<Vec<_>, _>>()?;
        let keys = disagreements(&reading, &names, &others);
        if !keys.is_empty() {
            return Err(ImportError::Disagree { keys });
        }
    }
    self_contained(&reading, &names)?;
    let comments = Comments::of(bytes);
    Ok(gather(reading, names, &comments))
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

/// The names of the entries, one by one; a helper of our own files stays without.
fn names(reading: &Reading) -> Result<Vec<Option<KeyName>>, ImportError> {
    let name = |entry: &Entry| {
        let line = entry.line;
        // compose-go takes a last line without `=` and line feed for a value without a name.
        let Some(value) = entry.value.as_ref().filter(|_| !entry.name.is_empty()) else {
            return Err(ImportError::NotAPair { line });
        };
        let name = KeyName::new(&entry.name).map_err(|problem| ImportError::Name { line, problem })?;
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
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn imported(text: &str, dialect: Option<Reader>) -> Imported {
        match import(text.as_bytes(), dialect) {
            Ok(imported) => imported,
            Err(error) => panic!("{text:?}: {error}"),
        }
    }

    fn refused(text: &str) -> ImportError {
        import(text.as_bytes(), None).err().expect("refused")
    }

    fn pairs(imported: &Imported) -> Vec<(&str, &str)> {
        imported.entries.iter().map(|entry| (entry.name.as_str(), entry.value.expose())).collect()
    }

    #[test]
    fn a_file_that_all_read_alike_is_taken_over() {
        let text = "\u{feff}# the app\nexport A=1\r\n\r\nB='x # y'\r\nC=\"two\\nlines\"\nD=\nE=\"${A}b\"\n";
        let imported = imported(text, None);
        assert_eq!(
            pairs(&imported),
            [("A", "1"), ("B", "x # y"), ("C", "two\nlines"), ("D", ""), ("E", "1b")]
        );
        assert_eq!(imported.entries[4].line, 7);
        assert!(imported.duplicates.is_empty());
    }

    #[test]
    fn comments_stay_with_the_key_below() {
        let imported = imported("# one\n#two\n\nA='\n# not a comment\n'\nA=2\n # three\nB=3\n#end", None);
        let text = |comments: &[Secret]| comments.iter().map(|c| c.expose().to_owned()).collect::<Vec<_>>();
        assert_eq!(text(&imported.entries[0].comments), [" one", "two"]);
        assert_eq!(text(&imported.entries[1].comments), [" three"]);
        assert_eq!(text(&imported.trailing_comments), ["end"]);
    }

    #[test]
    fn the_last_of_several_definitions_counts_and_is_reported() {
        let imported = imported("A=1\nB=2\nA=3\n", None);
        assert_eq!(pairs(&imported), [("B", "2"), ("A", "3")]);
        let name = KeyName::new("A").expect("a name");
        assert_eq!(imported.duplicates, [Duplicate { name, lines: vec![1, 3] }]);
    }

    #[test]
    fn two_definitions_on_one_line_are_two_definitions() {
        let imported = imported("A='1'A='2'\n", Some(Reader::Compose));
        assert_eq!(pairs(&imported), [("A", "2")]);
        assert_eq!(imported.duplicates[0].lines, [1, 1]);
    }

    #[test]
    fn a_key_read_in_different_ways_is_refused_by_name_until_the_dialect_is_named() {
        let text = "A=1\nPASSWORD=pa\\ss\n";
        let ImportError::Disagree { keys } = refused(text) else { panic!("a disagreement") };
        assert_eq!(keys.len(), 1);
        assert_eq!(keys[0].name.as_ref().map(KeyName::as_str), Some("PASSWORD"));
        assert_eq!(keys[0].line, 2);
        assert_eq!(keys[0].to_string(), "compose and python read a value, dotenvy reads nothing");
        for reader in [Reader::Compose, Reader::Python, Reader::Literal] {
            assert_eq!(pairs(&imported(text, Some(reader)))[1], ("PASSWORD", "pa\\ss"));
        }
    }

    #[test]
    fn each_reading_can_be_chosen() {
        let text = "K=\"a\\$b\"\n";
        let value = |reader| imported(text, Some(reader)).entries[0].value.expose().to_owned();
        assert_eq!(value(Reader::Compose), "a$b");
        assert_eq!(value(Reader::Python), "a\\$b");
        assert_eq!(value(Reader::Dotenvy), "a$b");
        assert_eq!(value(Reader::Literal), "\"a\\$b\"");
    }

    #[test]
    fn a_dollar_in_a_password_is_a_disagreement_and_shows_none_of_it() {
        let error = refused("PASSWORD=abc$Secret1\n");
        let ImportError::Disagree { keys } = &error else { panic!("a disagreement") };
        let text = keys[0].to_string();
        assert_eq!(text, "compose and dotenvy read a value that depends on the shell, python reads a value");
        assert!(!format!("{error:?}{error}{text}").contains("Secret1"));
    }

    #[test]
    fn a_reference_to_what_the_file_does_not_define_is_refused() {
        let ImportError::Outside { keys } = refused("A=${HOME}/x\nB=${secret}\n") else {
            panic!("a reference to the shell")
        };
        assert_eq!((keys[0].line, keys[0].variable.as_deref()), (1, Some("HOME")));
        assert_eq!((keys[1].line, keys[1].variable.as_deref()), (2, None));
        for reader in [Reader::Compose, Reader::Python, Reader::Dotenvy] {
            let error = import(b"A=${HOME}", Some(reader)).err();
            assert!(matches!(error, Some(ImportError::Outside { .. })), "{reader}");
        }
    }

    #[test]
    fn lines_that_are_not_definitions_are_refused_unseen() {
        let line = |text: &str| refused(text);
        assert_eq!(line("A=1\nHUNTER2\n"), ImportError::NotAPair { line: 2 });
        assert_eq!(line("A=1\nHUNTER2"), ImportError::NotAPair { line: 2 });
        let unreadable = |line, problem| ImportError::Unreadable { reader: Reader::Compose, line, problem };
        assert_eq!(line("A='x\n"), unreadable(1, Problem::UnclosedQuote));
        assert_eq!(line("A=-----BEGIN KEY-----\nMII+/x\n"), unreadable(2, Problem::NotAStatement));
        assert!(matches!(line("A=1\nhunter-2=\n"), ImportError::Name { line: 2, .. }));
        assert_eq!(line("A=1\n=2\n"), ImportError::NotAPair { line: 2 });
        for reader in [Reader::Python, Reader::Dotenvy, Reader::Literal] {
            let error = import(b"A=1\n=2\n", Some(reader)).err();
            assert_eq!(error, Some(ImportError::Unreadable { reader, line: 2, problem: Problem::Invalid }));
        }
    }

    #[test]
    fn a_name_that_only_another_reader_sees_is_refused_unseen() {
        let text = "A=\"x\\\\\nHUNTER2=\\\"\ny\"\n";
        let compose = imported(text, Some(Reader::Compose));
        assert_eq!(pairs(&compose), [("A", "x\\\nHUNTER2=\"\ny")]);
        assert!(!format!("{:?}", import(text.as_bytes(), None).err()).contains("HUNTER2"));
    }

    #[test]
    fn nul_is_refused() {
        assert!(matches!(refused("A='x\0'\n"), ImportError::Nul { line: 1, .. }));
        let utf16: Vec<u8> = "A=1\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert!(import(&utf16, None).is_err());
    }

    #[test]
    fn our_own_files_are_taken_back() {
        let text = "__SENEX_DOLLAR='$'\nA=\"'${__SENEX_DOLLAR}\"\nB=\"'${__senex_env_unset:-$}\"\n";
        let imported = imported(text, Some(Reader::Compose));
        assert_eq!(pairs(&imported), [("A", "'$"), ("B", "'$")]);
    }
}
