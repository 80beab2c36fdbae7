//! A place in a text, moving forward, and the line it is on.

/// What of a text is still to be read.
pub(in crate::plaintext) struct Cursor<'a> {
    text: &'a str,
    rest: &'a str,
}

impl<'a> Cursor<'a> {
    pub(in crate::plaintext) fn new(text: &'a str) -> Self {
        Self { text, rest: text }
    }

    /// The offset in bytes.
    pub(in crate::plaintext) fn at(&self) -> usize {
        self.text.len() - self.rest.len()
    }

    pub(in crate::plaintext) fn rest(&self) -> &'a str {
        self.rest
    }

    /// The first byte of the rest.
    pub(in crate::plaintext) fn first(&self) -> Option<u8> {
        self.rest.bytes().next()
    }

    pub(in crate::plaintext) fn advance(&mut self, bytes: usize) {
        self.rest = &self.rest[bytes..];
    }

    /// Passes over characters of a kind; whether there were any.
    pub(in crate::plaintext) fn skip(&mut self, kind: impl FnMut(char) -> bool) -> bool {
        let before = self.rest.len();
        self.rest = self.rest.trim_start_matches(kind);
        self.rest.len() < before
    }

    /// Passes over the rest of the line, but not its line feed.
    pub(in crate::plaintext) fn line(&mut self) -> &'a str {
        let (line, rest) = self.rest.split_at(self.rest.find('\n').unwrap_or(self.rest.len()));
        self.rest = rest;
        line
    }
}

/// Turns growing offsets into line numbers, counting each line once.
pub(in crate::plaintext) struct Lines<'a> {
    text: &'a str,
    at: usize,
    number: usize,
}

impl<'a> Lines<'a> {
    pub(in crate::plaintext) fn of(text: &'a str) -> Self {
        Self { text, at: 0, number: 1 }
    }

    /// The line, from 1, on which `at` lies; not before the offset asked for last.
    pub(in crate::plaintext) fn number(&mut self, at: usize) -> usize {
        let passed = &self.text.as_bytes()[self.at..at];
        self.number += passed.iter().filter(|byte| **byte == b'\n').count();
        self.at = at;
        self.number
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_become_lines() {
        let mut lines = Lines::of("a\n\nb\n");
        assert_eq!([0, 1, 2, 3, 4, 5].map(|at| lines.number(at)), [1, 1, 2, 3, 3, 4]);
    }

    #[test]
    fn a_line_ends_before_its_line_feed() {
        let mut cursor = Cursor::new("  ab\nc");
        assert!(cursor.skip(|c| c == ' '));
        assert!(!cursor.skip(|c| c == ' '));
        assert_eq!((cursor.at(), cursor.line(), cursor.first()), (2, "ab", Some(b'\n')));
        cursor.advance(1);
        assert_eq!((cursor.line(), cursor.rest(), cursor.first()), ("c", "", None));
    }
}
