//! The statements of an env file as python-dotenv takes them apart (`parser.py`).
//!
//! It is a lenient reader: a statement that it does not understand is dropped with a warning.

use super::python_variables::interpolate;
use super::read::{Entry, Problem, Process, ReadError, Reading, Statement, without_bom};
use super::text::{Text, append, buffer_for, line_feeds};
use super::unresolved::{Unresolved, of_process};
use crate::secret::Secret;

/// Reads a text as the current edition does. The file wins over the variables of the process.
pub(super) fn read(text: &str, process: &Process<'_>) -> Reading {
    let mut reading = Reading::new();
    for statement in statements(&universal_newlines(text), Edition::Current) {
        let Statement { name, line, last_line, value, .. } = match statement {
            Ok(statement) => statement,
            Err(error) => {
                reading.invalid.push(error.line);
                continue;
            }
        };
        let unresolved = Unresolved::default();
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
pub(super) enum Edition {
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

/// The statements of a text without carriage returns. An error says where an invalid one begins; the
/// reader goes on after it.
pub(super) fn statements(text: &str, edition: Edition) -> Statements<'_> {
    let text = match edition {
        Edition::Current => without_bom(text),
        Edition::Old => text,
    };
    Statements { rest: text, line: 1, edition }
}

pub(super) struct Statements<'a> {
    rest: &'a str,
    line: usize,
    edition: Edition,
}

impl<'a> Iterator for Statements<'a> {
    type Item = Result<Statement<'a>, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            self.skip(is_space);
            if self.rest.is_empty() {
                return None;
            }
            let line = self.line;
            if self.rest.starts_with('#') {
                self.rest_of_line();
                continue;
            }
            return Some(match self.statement() {
                Some(statement) => Ok(statement),
                None => {
                    self.rest_of_line();
                    Err(ReadError { line, problem: Problem::Invalid })
                }
            });
        }
    }
}

impl<'a> Statements<'a> {
    /// None for an invalid statement, of which as much is consumed as was understood.
    fn statement(&mut self) -> Option<Statement<'a>> {
        let line = self.line;
        self.skip_export();
        let name = self.name()?;
        self.skip(is_inline_space);
        let mut value = None;
        if self.rest.starts_with('=') {
            self.advance(1);
            let spaced = self.skip(is_inline_space);
            value = Some(self.value(spaced)?);
        }
        self.skip(is_inline_space);
        if self.rest.starts_with('#') {
            self.advance(self.rest.find('\n').unwrap_or(self.rest.len()));
        }
        let last_line = self.line;
        match self.rest.as_bytes().first() {
            None => {}
            Some(b'\n') => self.advance(1),
            Some(_) => return None,
        }
        Some(Statement { name, line, last_line, value, expands: true })
    }

    fn skip_export(&mut self) {
        if self.rest.strip_prefix("export").is_some_and(|after| after.starts_with(is_inline_space)) {
            self.advance("export".len());
            self.skip(is_inline_space);
        }
    }

    fn name(&mut self) -> Option<&'a str> {
        let rest = self.rest;
        if let Some(quoted) = rest.strip_prefix('\'') {
            let (name, _) = quoted.split_once('\'').filter(|(name, _)| !name.is_empty())?;
            self.advance(name.len() + 2);
            return Some(name);
        }
        let end = rest.find(|c| matches!(c, '=' | '#') || is_space(c)).unwrap_or(rest.len());
        self.advance(end);
        (end > 0).then(|| &rest[..end])
    }

    fn value(&mut self, spaced: bool) -> Option<Text<'a>> {
        match self.rest.as_bytes().first() {
            None | Some(b'\n') => Some(Text::Piece("")),
            Some(b'#') if spaced && self.edition == Edition::Current => Some(Text::Piece("")),
            Some(b'\'') => self.quoted('\''),
            Some(b'"') => self.quoted('"'),
            Some(_) => Some(Text::Piece(self.unquoted())),
        }
    }

    /// To the end of the line or to a `#` after a blank.
    fn unquoted(&mut self) -> &'a str {
        let line = self.rest.split('\n').next().unwrap_or_default();
        self.advance(line.len());
        let mut blank_before = false;
        let mut end = line.len();
        for (at, c) in line.char_indices() {
            if c == '#' && blank_before {
                end = at;
                break;
            }
            blank_before = is_space(c);
        }
        line[..end].trim_end_matches(is_space)
    }

    fn quoted(&mut self, quote: char) -> Option<Text<'a>> {
        let inside = &self.rest[1..];
        let end = match self.edition {
            Edition::Current => closing_quote(inside, quote),
            Edition::Old => old_closing_quote(inside, quote),
        }?;
        self.advance(1 + end + 1);
        Some(unescape(&inside[..end], quote))
    }

    fn rest_of_line(&mut self) {
        self.advance(self.rest.find('\n').map_or(self.rest.len(), |at| at + 1));
    }

    /// Passes over characters of a kind; whether there were any.
    fn skip(&mut self, kind: fn(char) -> bool) -> bool {
        let length = self.rest.len() - self.rest.trim_start_matches(kind).len();
        self.advance(length);
        length > 0
    }

    fn advance(&mut self, bytes: usize) {
        let (passed, rest) = self.rest.split_at(bytes);
        self.line += line_feeds(passed);
        self.rest = rest;
    }
}

/// `'((?:\\.|[^'\\])*)'`
fn closing_quote(inside: &str, quote: char) -> Option<usize> {
    let mut escaped = false;
    inside.char_indices().find_map(|(at, c)| {
        if c == quote && !escaped {
            return Some(at);
        }
        escaped = c == '\\' && !escaped;
        None
    })
}

/// `'((?:\\'|[^'])*)'`: the first quote without a backslash before it; where there is none, the expression
/// gives characters back until the last quote of all closes the value.
fn old_closing_quote(inside: &str, quote: char) -> Option<usize> {
    let escaped = |at: &usize| inside[..*at].ends_with('\\');
    let mut quotes = inside.match_indices(quote).map(|(at, _)| at);
    quotes.find(|at| !escaped(at)).or_else(|| inside.rfind(quote))
}

fn unescape(raw: &str, quote: char) -> Text<'_> {
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
            Some(b'"') if quote == '"' => ("\"", 2),
            Some(b'a') if quote == '"' => ("\x07", 2),
            Some(b'b') if quote == '"' => ("\x08", 2),
            Some(b'f') if quote == '"' => ("\x0c", 2),
            Some(b'n') if quote == '"' => ("\n", 2),
            Some(b'r') if quote == '"' => ("\r", 2),
            Some(b't') if quote == '"' => ("\t", 2),
            Some(b'v') if quote == '"' => ("\x0b", 2),
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
    fn an_escaped_backslash_before_the_closing_quote_confuses_the_old_edition() {
        let text = "A=\"x\\\\\"\nB=\"y\"";
        assert_eq!(value(text, Edition::Current).as_deref(), Some("x\\"));
        assert_eq!(value(text, Edition::Old), None);
        assert_eq!(value("A=\"x\\\\\"\n", Edition::Old).as_deref(), Some("x\\"));
        assert_eq!(value("A='x\\'\n", Edition::Old).as_deref(), Some("x\\"));
        assert_eq!(value("A='x\\'\n", Edition::Current), None);
    }

    #[test]
    fn white_space_is_what_python_takes_for_it() {
        assert_eq!(value("A=\u{1c}x\u{1f}#c", Edition::Current).as_deref(), Some("x"));
        assert_eq!(value("A=x\u{2028}y\u{a0}", Edition::Current).as_deref(), Some("x\u{2028}y"));
    }

    #[test]
    fn a_byte_order_mark_belongs_to_the_first_name_of_the_old_edition() {
        let name = |edition| statements("\u{feff}A=1", edition).next().and_then(Result::ok).map(|s| s.name);
        assert_eq!(name(Edition::Current), Some("A"));
        assert_eq!(name(Edition::Old), Some("\u{feff}A"));
    }
}
