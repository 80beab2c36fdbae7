//! What the crate dotenvy makes of an env file: the second opinion at an import.
//!
//! The crate itself does the reading. It resolves references from the environment of this process before
//! it looks at the file, which must not happen: the values would depend on whose shell it is. So each
//! reference is given a prefix that occurs nowhere else, and the variables under their prefixed names are
//! defined in lines of our own, fed in between the lines of the file. What the crate says in its errors
//! is the offending line; it is dropped unread. What it keeps in memory is not wiped; the file itself lies
//! on a disk in the clear at that moment.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::io::{self, Read};

use zeroize::Zeroizing;

use crate::plaintext::read::reading::{Entry, Process, Reading};
use crate::plaintext::text::{append, buffer_for};
use crate::secret::Secret;

/// Reads a text without a byte order mark, in a process whose variables are what `process` answers.
pub(in crate::plaintext) fn read(text: &str, process: &Process<'_>) -> Reading {
    let prefix = unused_word("SenexEnvRef", text);
    let mark = unused_word("SenexEnvOut", text);
    let feed = RefCell::new(Feed { lines: text, passed: 0, prefix: &prefix, pending: Vec::new() });
    let mut fixed = BTreeSet::new();
    for name in referred_names(text) {
        // A process variable wins over the file; a reference to what nobody has defined leaves a mark.
        let value = match process(name) {
            Some(value) => {
                fixed.insert(name);
                value
            }
            None => format!("{mark}{name}{mark}"),
        };
        feed.borrow_mut().define(name, &value);
    }

    let mut reading = Reading::new();
    let mut statements = ::dotenvy::from_read_iter(Reach(&feed));
    loop {
        let (before, ahead) = (feed.borrow().passed, feed.borrow().lines);
        let Some(statement) = statements.next() else { return reading };
        let last_line = feed.borrow().passed;
        let line = before + first_line(ahead, last_line - before);
        let Ok((name, value)) = statement.map(|(name, value)| (name, Zeroizing::new(value))) else {
            reading.invalid.push(line);
            continue;
        };
        if name.starts_with(&prefix) {
            continue;
        }
        let (value, unresolved) = cleaned(&value, &prefix, &mark);
        if !fixed.contains(name.as_str()) {
            feed.borrow_mut().define(&name, &value);
        }
        reading.define(Entry { name, line, last_line, value: Some(Secret::new(value)), unresolved });
    }
}

/// The lines of the file, references prefixed, and the definitions that are to come before the next one.
struct Feed<'a> {
    lines: &'a str,
    passed: usize,
    prefix: &'a str,
    pending: Vec<u8>,
}

impl Feed<'_> {
    /// Has the prefixed `name` defined before the next line. The crate's escapes are those of a shell's
    /// double quotes, and `\n`.
    fn define(&mut self, name: &str, value: &str) {
        let mut line = format!("{}{name}=\"", self.prefix);
        for c in value.chars() {
            match c {
                '\n' => line.push_str("\\n"),
                '\\' | '"' | '$' => line.extend(['\\', c]),
                _ => line.push(c),
            }
        }
        line.push_str("\"\n");
        self.pending.extend_from_slice(line.as_bytes());
    }

    fn next_line(&mut self) {
        let length = self.lines.find('\n').map_or(self.lines.len(), |at| at + 1);
        let (line, rest) = self.lines.split_at(length);
        self.lines = rest;
        self.passed += usize::from(length > 0);
        self.pending = prefixed(line, self.prefix).into_bytes();
    }
}

/// Hands out one line at a time, so that the crate never reads ahead of a definition.
struct Reach<'f, 'a>(&'f RefCell<Feed<'a>>);

impl Read for Reach<'_, '_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut feed = self.0.borrow_mut();
        if feed.pending.is_empty() {
            feed.next_line();
        }
        let length = buffer.len().min(feed.pending.len());
        buffer[..length].copy_from_slice(&feed.pending[..length]);
        feed.pending.drain(..length);
        Ok(length)
    }
}

/// Puts the prefix before each name that the crate could take for a reference. Where it does not (between
/// single quotes, in a comment), the prefix is taken out of the value again.
fn prefixed(line: &str, prefix: &str) -> String {
    let mut pieces = line.split('$');
    let mut text = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        text.push('$');
        let name = piece.strip_prefix('{').inspect(|_| text.push('{'));
        if name.is_some() || piece.starts_with(char::is_alphanumeric) {
            text.push_str(prefix);
        }
        text.push_str(name.unwrap_or(piece));
    }
    text
}

/// The names behind a `$` that a variable can have: `$` takes letters and digits, `${` all up to `}`.
fn referred_names(text: &str) -> BTreeSet<&str> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.');
    let name = |piece: &str| match piece.strip_prefix('{') {
        Some(braced) => braced.find(|c| !is_part(c)).filter(|end| braced[*end..].starts_with('}')),
        None => Some(piece.find(|c: char| !c.is_alphanumeric()).unwrap_or(piece.len())),
    };
    let pieces = text.split('$').skip(1);
    pieces
        .filter_map(|piece| Some(&piece.strip_prefix('{').unwrap_or(piece)[..name(piece)?]))
        .filter(|name| !name.is_empty() && name.chars().all(is_part))
        .collect()
}

/// A value without our additions, and the name in the first mark.
fn cleaned(value: &str, prefix: &str, mark: &str) -> (String, Option<String>) {
    let mut text = buffer_for(value);
    let mut unresolved = None;
    for (index, piece) in value.split(mark).enumerate() {
        if index % 2 == 1 {
            unresolved.get_or_insert_with(|| piece.to_owned());
            continue;
        }
        for part in piece.split(prefix) {
            append(&mut text, part);
        }
    }
    (std::mem::take(&mut *text), unresolved)
}

/// A word of letters and digits that `text` does not contain.
fn unused_word(stem: &str, text: &str) -> String {
    let mut number = 0_u64;
    loop {
        let word = format!("{stem}{number}x");
        if !text.contains(&word) {
            return word;
        }
        number += 1;
    }
}

/// The first of some lines that is neither blank nor a comment, from 1: each of those is a statement of its
/// own to the crate, passed over in silence.
fn first_line(text: &str, lines: usize) -> usize {
    let mut numbered = text.split('\n').map(str::trim_start).zip(1..=lines);
    let statement = numbered.find(|(line, _)| !line.is_empty() && !line.starts_with('#'));
    statement.map_or(lines, |(_, number)| number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// What the crate itself makes of a text.
    fn original(text: &str) -> Vec<Option<(String, String)>> {
        ::dotenvy::from_read_iter(text.as_bytes()).map(Result::ok).collect()
    }

    fn ours(text: &str, process: &Process<'_>) -> Vec<(String, String)> {
        let value = |entry: &Entry| entry.value.as_ref().map(|v| v.expose().to_owned()).unwrap_or_default();
        read(text, process).entries.iter().map(|entry| (entry.name.clone(), value(entry))).collect()
    }

    #[test]
    fn process_environment_is_ignored() {
        assert!(std::env::var("PATH").is_ok_and(|path| !path.is_empty()));
        let text = "A=$PATH\nB=${PATH}x\nC=\"${PATH}\"\nPATH=mine\nD=${PATH}\n";
        let values: Vec<_> = ours(text, &|_| None).into_iter().map(|(_, value)| value).collect();
        assert_eq!(values, ["", "x", "", "mine", "mine"]);
    }

    #[test]
    fn requested_process_variable_overrides_the_file() {
        let process = |name: &str| (name == "P").then(|| "a\n\"$\\'é".to_owned());
        let values = ours("P=mine\nA=${P}$P\n", &process);
        assert_eq!(values[1].1, "a\n\"$\\'éa\n\"$\\'é");
    }

    #[test]
    fn internal_markers_do_not_collide_with_the_file() {
        let text = "A='SenexEnvRef0x $x ${SenexEnvOut0x'\n";
        assert_eq!(ours(text, &|_| None), [("A".to_owned(), "SenexEnvRef0x $x ${SenexEnvOut0x".to_owned())]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn dotenvy_crate_is_used_unmodified_otherwise(
            text in proptest::collection::vec(
                proptest::sample::select(vec![
                    "Aq1", "Bq1", "=", "=", "\n", "\n", " ", "#", "'", "\"", "\\", "$", "{", "}", "${Aq1}",
                    "$Bq1", "\\n", "export ", "é", "\r", "\t", ":-", "\u{2028}",
                ]),
                0..40,
            ).prop_map(|pieces| pieces.concat())
        ) {
            let original = original(&text);
            let valid: Vec<_> = original.iter().flatten().cloned().collect();
            prop_assert_eq!(ours(&text, &|_| None), valid);
            prop_assert_eq!(read(&text, &|_| None).invalid.len(), original.iter().filter(|s| s.is_none()).count());
        }
    }
}
