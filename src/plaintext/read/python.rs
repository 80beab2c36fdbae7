//! The statements of an env file as python-dotenv takes them apart (`parser.py`).
//!
//! It is a lenient reader: a statement that it does not understand is dropped with a warning.

use crate::plaintext::read::cursor::{Cursor, Lines};
use crate::plaintext::read::python_variables::interpolate;
use crate::plaintext::read::reading::{Entry, Fault, Problem, Process, Reading, Statement};
use crate::plaintext::read::unresolved::{Unresolved, of_process};
use crate::plaintext::text::{Text, append, buffer_for, closing_quote};
use crate::secret::Secret;

/// Reads a text without a byte order mark as the current edition does. The file wins over the variables of the process.
pub(in crate::plaintext) fn read(text: &str, process: &Process<'_>) -> Reading {
    let mut reading = Reading::new();
    let text = universal_newlines(text);
    let mut lines = Lines::of(&text);
    for statement in statements(&text, Edition::Current) {
        let Statement { name, span, value, .. } = match statement {
            Ok(statement) => statement,
            Err(Fault { at, .. }) => {
                reading.invalid.push(lines.number(at));
                continue;
            }
        };
        let (line, last_line) = (lines.number(span.0), lines.number(span.1));
        let unresolved = Unresolved::of(name, value.as_deref().unwrap_or_default());
        let lookup = |wanted: &str| {
            // A name without a value counts as defined: references to it are empty.
            let found = match reading.get(wanted) {
                Some(entry) => Some(Text::Piece(entry.value.as_ref().map_or("", Secret::expose))),
                None => of_process(process, wanted),
            };
            unresolved.note(wanted, found)
        };
        let value = value.map(|text| interpolate(text, &lookup).into());
        let name = name.to_owned();
        reading.define(Entry { name, line, last_line, value, unresolved: unresolved.into_first() });
    }
    reading
}

/// The grammar of quoted values changed once.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::plaintext) enum Edition {
    /// Up to 1.2.2: a quote is escaped by a backslash before it, even by one that is escaped itself.
    Old,
    /// From 1.2.3 on: a backslash escapes what follows it.
    Current,
}

/// The text as Python's text files present it: CRLF and CR become LF.
fn universal_newlines(text: &str) -> Text<'_> {
    if !text.contains('\r') {
        return Text::Piece(text);
    }
    let mut value = buffer_for(text);
    let mut lines = text.split('\r');
    append(&mut value, lines.next().unwrap_or_default());
    for line in lines {
        if !line.starts_with('\n') {
            append(&mut value, "\n");
        }
        append(&mut value, line);
    }
    Text::Made(value)
}

/// The statements of a text without carriage returns and byte order mark. An error says where an invalid
/// one begins; the reader goes on after it.
pub(in crate::plaintext) fn statements(text: &str, edition: Edition) -> Statements<'_> {
    Statements { text: Cursor::new(text), edition }
}

pub(in crate::plaintext) struct Statements<'a> {
    text: Cursor<'a>,
    edition: Edition,
}

impl<'a> Iterator for Statements<'a> {
    type Item = Result<Statement<'a>, Fault>;

    fn next(&mut self) -> Option<Self::Item> {
        self.text.skip(is_space);
        while self.text.first() == Some(b'#') {
            self.text.line();
            self.text.skip(is_space);
        }
        if self.text.rest().is_empty() {
            return None;
        }
        let at = self.text.at();
        let statement = self.statement();
        if statement.is_none() {
            self.text.line();
        }
        Some(statement.ok_or(Fault { at, problem: Problem::Invalid }))
    }
}

impl<'a> Statements<'a> {
    /// None for an invalid statement, of which as much is consumed as was understood.
    fn statement(&mut self) -> Option<Statement<'a>> {
        let start = self.text.at();
        self.skip_export();
        let name = self.name()?;
        self.text.skip(is_inline_space);
        let mut value = None;
        if self.text.first() == Some(b'=') {
            self.text.advance(1);
            let spaced = self.text.skip(is_inline_space);
            value = Some(self.value(spaced)?);
        }
        self.text.skip(is_inline_space);
        if self.text.first() == Some(b'#') {
            self.text.line();
        }
        let ends = matches!(self.text.first(), None | Some(b'\n'));
        ends.then(|| Statement { name, span: (start, self.text.at()), value, expands: true })
    }

    fn skip_export(&mut self) {
        let after = self.text.rest().strip_prefix("export");
        if after.is_some_and(|after| after.starts_with(is_inline_space)) {
            self.text.advance("export".len());
            self.text.skip(is_inline_space);
        }
    }

    fn name(&mut self) -> Option<&'a str> {
        let rest = self.text.rest();
        if let Some(quoted) = rest.strip_prefix('\'') {
            let (name, _) = quoted.split_once('\'').filter(|(name, _)| !name.is_empty())?;
            self.text.advance(name.len() + 2);
            return Some(name);
        }
        let end = rest.find(|c| matches!(c, '=' | '#') || is_space(c)).unwrap_or(rest.len());
        self.text.advance(end);
        (end > 0).then(|| &rest[..end])
    }

    fn value(&mut self, spaced: bool) -> Option<Text<'a>> {
        match self.text.first() {
            None | Some(b'\n') => Some(Text::Piece("")),
            Some(b'#') if spaced && self.edition == Edition::Current => Some(Text::Piece("")),
            Some(quote @ (b'\'' | b'"')) => self.quoted(quote),
            Some(_) => Some(Text::Piece(self.unquoted())),
        }
    }

    /// To the end of the line or to a `#` after a blank.
    fn unquoted(&mut self) -> &'a str {
        let line = self.text.line();
        let mut comments = line.match_indices('#').map(|(at, _)| at);
        let end = comments.find(|at| line[..*at].ends_with(is_space)).unwrap_or(line.len());
        line[..end].trim_end_matches(is_space)
    }

    fn quoted(&mut self, quote: u8) -> Option<Text<'a>> {
        let inside = &self.text.rest()[1..];
        let end = match self.edition {
            // `'((?:\\.|[^'\\])*)'`
            Edition::Current => closing_quote(inside, quote),
            Edition::Old => old_closing_quote(inside, quote),
        }?;
        self.text.advance(1 + end + 1);
        Some(unescape(&inside[..end], quote))
    }
}

/// `'((?:\\'|[^'])*)'`: the first quote without a backslash before it; where there is none, the expression
/// gives characters back until the last quote of all closes the value.
fn old_closing_quote(inside: &str, quote: u8) -> Option<usize> {
    let quote = char::from(quote);
    let mut quotes = inside.match_indices(quote).map(|(at, _)| at);
    quotes.find(|at| !inside[..*at].ends_with('\\')).or_else(|| inside.rfind(quote))
}

fn unescape(raw: &str, quote: u8) -> Text<'_> {
    if !raw.contains('\\') {
        return Text::Piece(raw);
    }
    let mut value = buffer_for(raw);
    let mut rest = raw;
    while let Some(at) = rest.find('\\') {
        append(&mut value, &rest[..at]);
        let escape = rest.as_bytes().get(at + 1);
        let (text, taken) = match escape {
            Some(b'\\') => ("\\", 2),
            Some(b'\'') => ("'", 2),
            Some(b'"') if quote == b'"' => ("\"", 2),
            Some(b'a') if quote == b'"' => ("\x07", 2),
            Some(b'b') if quote == b'"' => ("\x08", 2),
            Some(b'f') if quote == b'"' => ("\x0c", 2),
            Some(b'n') if quote == b'"' => ("\n", 2),
            Some(b'r') if quote == b'"' => ("\r", 2),
            Some(b't') if quote == b'"' => ("\t", 2),
            Some(b'v') if quote == b'"' => ("\x0b", 2),
            _ => ("\\", 1),
        };
        append(&mut value, text);
        rest = &rest[at + taken..];
    }
    append(&mut value, rest);
    Text::Made(value)
}

/// `\s` of Python's `re`.
fn is_space(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\x1c'..='\x1f')
}

fn is_inline_space(c: char) -> bool {
    is_space(c) && !matches!(c, '\r' | '\n')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str, edition: Edition) -> Option<String> {
        let mut statements = statements(text, edition);
        statements.next()?.ok()?.value.map(|value| value.to_string())
    }

    #[test]
    fn carriage_returns_are_line_feeds() {
        for (text, expected) in [("a\r\nb\rc\nd", "a\nb\nc\nd"), ("\r", "\n"), ("\r\r\n", "\n\n"), ("a", "a")]
        {
            assert_eq!(&*universal_newlines(text), expected);
        }
    }

    #[test]
    fn old_python_dotenv_misreads_a_backslash_before_the_quote() {
        let text = "A=\"x\\\\\"\nB=\"y\"";
        assert_eq!(value(text, Edition::Current).as_deref(), Some("x\\"));
        assert_eq!(value(text, Edition::Old), None);
        assert_eq!(value("A=\"x\\\\\"\n", Edition::Old).as_deref(), Some("x\\"));
        assert_eq!(value("A='x\\'\n", Edition::Old).as_deref(), Some("x\\"));
        assert_eq!(value("A='x\\'\n", Edition::Current), None);
    }

    #[test]
    fn whitespace_matches_python() {
        assert_eq!(value("A=\u{1c}x\u{1f}#c", Edition::Current).as_deref(), Some("x"));
        assert_eq!(value("A=x\u{2028}y\u{a0}", Edition::Current).as_deref(), Some("x\u{2028}y"));
    }
}
