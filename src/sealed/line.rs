//! The dotenv layer of SOPS (`stores/dotenv/store.go`): lines, and the one escape it knows.
//!
//! A file is split at LF and nothing else. A line that begins with `#` is a comment; any other has its
//! name before the first `=` and its value after it, both verbatim. In a value the two bytes `\n` stand
//! for LF; no other escape exists, and none for the backslash.

use memchr::{memchr, memchr_iter, memmem};

use super::Error;

/// One line, as it stands in the file. `number` counts from 1.
pub(super) enum Line<'a> {
    /// The text after `#`.
    Comment { number: usize, text: &'a [u8] },
    /// `name=value`, the value still escaped.
    Pair { number: usize, name: &'a [u8], value: &'a [u8] },
}

/// Splits a file into its lines; empty ones are dropped, as SOPS drops them.
pub(super) fn split(bytes: &[u8]) -> Result<Vec<Line<'_>>, Error> {
    let mut lines = Vec::with_capacity(bytes.len() / 120 + 8);
    let mut rest = bytes;
    let mut number = 0;
    while !rest.is_empty() {
        let (text, after) = match memchr(b'\n', rest) {
            Some(at) => (&rest[..at], &rest[at + 1..]),
            None => (rest, &rest[rest.len()..]),
        };
        rest = after;
        number += 1;
        if let Some(comment) = text.strip_prefix(b"#") {
            lines.push(Line::Comment { number, text: comment });
        } else if is_conflict_marker(text) {
            return Err(Error::ConflictMarkers { line: number });
        } else if let Some(at) = memchr(b'=', text) {
            lines.push(Line::Pair { number, name: &text[..at], value: &text[at + 1..] });
        } else if !text.is_empty() {
            return Err(Error::NotAPair { line: number });
        }
    }
    Ok(lines)
}

/// The line of the first conflict marker.
pub(super) fn conflict_marker(bytes: &[u8]) -> Option<usize> {
    let line_from = |at: usize| {
        let end = memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |length| at + length);
        &bytes[at..end]
    };
    let begins_line = |at: usize| at == 0 || bytes[at - 1] == b'\n';
    let first = |marker: &&[u8]| {
        memmem::find_iter(bytes, *marker).find(|&at| begins_line(at) && is_conflict_marker(line_from(at)))
    };
    let at = MARKERS.iter().filter_map(first).min()?;
    Some(memchr_iter(b'\n', &bytes[..at]).count() + 1)
}

const MARKERS: [&[u8]; 4] = [b"<<<<<<<", b"|||||||", b"=======", b">>>>>>>"];

/// `=======` alone would parse as a pair with an empty name; `sops` lets it pass.
fn is_conflict_marker(text: &[u8]) -> bool {
    MARKERS.iter().any(|marker| {
        text.strip_prefix(*marker).is_some_and(|rest| rest.is_empty() || rest[0] == b' ' || rest[0] == b'\r')
    })
}

/// `\n` → LF, left to right.
pub(super) fn unescape(value: &str) -> String {
    value.replace("\\n", "\n")
}

/// LF → `\n`.
pub(super) fn escape(value: &str) -> String {
    value.replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(text: &str) -> Vec<(usize, String)> {
        split(text.as_bytes())
            .expect("well-formed")
            .iter()
            .map(|line| match line {
                Line::Comment { number, text } => (*number, format!("#{}", String::from_utf8_lossy(text))),
                Line::Pair { number, name, value } => {
                    (*number, format!("{}:{}", String::from_utf8_lossy(name), String::from_utf8_lossy(value)))
                }
            })
            .collect()
    }

    #[test]
    fn only_the_first_equals_sign_splits() {
        assert_eq!(shape("A=b=c==\n"), [(1, "A:b=c==".to_owned())]);
    }

    #[test]
    fn blank_lines_count_but_are_dropped() {
        assert_eq!(shape("A=1\n\n# c\n"), [(1, "A:1".to_owned()), (3, "# c".to_owned())]);
    }

    #[test]
    fn conflict_markers_are_never_pairs() {
        for marker in ["<<<<<<< HEAD", "=======", ">>>>>>> theirs", "||||||| base", "=======\r"] {
            assert!(matches!(split(marker.as_bytes()), Err(Error::ConflictMarkers { line: 1 })), "{marker}");
        }
    }

    #[test]
    fn a_backslash_cannot_be_escaped() {
        assert_eq!(unescape(r"a\\nb"), "a\\\nb");
        assert_eq!(escape("a\nb"), r"a\nb");
    }
}
