//! A place in a text, moving forward, and the line it is on.

/// What of a text is still to be read.
pub(super) struct Cursor<'a> {
    text: &'a str,
    rest: &'a str,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, rest: text }
    }

    /// The offset in bytes.
    pub(super) fn at(&self) -> usize {
        self.text.len() - self.rest.len()
    }

    pub(super) fn rest(&self) -> &'a str {
        self.rest
    }

    /// The first byte of the rest.
    pub(super) fn first(&self) -> Option<u8> {
        self.rest.bytes().next()
    }

    pub(super) fn advance(&mut self, bytes: usize) {
        self.rest = &self.rest[bytes..];
    }

    /// Passes over characters of a kind; whether there were any.
    pub(super) fn skip(&mut self, kind: impl FnMut(char) -> bool) -> bool {
        let before = self.rest.len();
        self.rest = self.rest.trim_start_matches(kind);
        self.rest.len() < before
    }

    /// Passes over the rest of the line, but not its line feed.
    pub(super) fn line(&mut self) -> &'a str {
        let (line, rest) = self.rest.split_at(self.rest.find('\n').unwrap_or(self.rest.len()));
        self.rest = rest;
        line
    }
}

/// Turns growing offsets into line numbers, counting each line once.
pub(super) struct Lines<'a> {
    text: &'a str,
    at: usize,
    number: usize,
}

impl<'a> Lines<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        Self { text, at: 0, number: 1 }
    }

    /// The line, from 1, on which `at` lies; not before the offset asked for last.
    pub(super) fn number(&mut self, at: usize) -> usize {
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
