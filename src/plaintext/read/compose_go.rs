//! The statements of an env file as compose-go 2.16 takes them apart (`dotenv/parser.go`).
//!
//! It is a strict reader: one statement that it does not understand spoils the file.

use std::sync::LazyLock;

use regex::Regex;

use crate::plaintext::read::cursor::{Cursor, Lines};
use crate::plaintext::read::reading::{Entry, Fault, Problem, Process, ReadError, Reading, Statement};
use crate::plaintext::read::template;
use crate::plaintext::read::unresolved::{Unresolved, of_process};
use crate::plaintext::text::{Text, append, buffer_for, closing_quote};
use crate::secret::Secret;

/// Reads a text without a byte order mark. A variable of the process wins over the file.
pub(in crate::plaintext) fn read(text: &str, process: &Process<'_>) -> Result<Reading, ReadError> {
    let mut reading = Reading::new();
    let mut lines = Lines::of(text);
    for statement in statements(text) {
        let Statement { name, span, value, expands } = match statement {
            Ok(statement) => statement,
            Err(Fault { at, problem }) => return Err(ReadError { line: lines.number(at), problem }),
        };
        let (line, last_line) = (lines.number(span.0), lines.number(span.1));
        let unresolved = Unresolved::of(name, value.as_deref().unwrap_or_default());
        let value = match value {
            None => process(name).map(Secret::new),
            Some(text) if !expands => Some(text.into()),
            Some(text) => {
                let lookup = |wanted: &str| {
                    let found = of_process(process, wanted)
                        .or_else(|| Some(Text::Piece(reading.get(wanted)?.value.as_ref()?.expose())));
                    unresolved.note(wanted, found)
                };
                let value = template::interpolate(text, &lookup);
                Some(value.map_err(|problem| ReadError { line, problem })?.into())
            }
        };
        let name = name.to_owned();
        let entry = Entry { name, line, last_line, value, unresolved: unresolved.into_first() };
        // A name without a value leaves an earlier definition in force.
        if entry.value.is_some() { reading.define(entry) } else { reading.mention(entry) }
    }
    Ok(reading)
}

/// The statements up to the first error. The text has no byte order mark.
pub(in crate::plaintext) fn statements(text: &str) -> Statements<'_> {
    Statements(Cursor::new(text))
}

pub(in crate::plaintext) struct Statements<'a>(Cursor<'a>);

impl<'a> Iterator for Statements<'a> {
    type Item = Result<Statement<'a>, Fault>;

    fn next(&mut self) -> Option<Self::Item> {
        self.skip_blanks_and_comments();
        if self.0.rest().is_empty() {
            return None;
        }
        let at = self.0.at();
        let statement = self.statement().map_err(|problem| Fault { at, problem });
        if statement.is_err() {
            self.0.advance(self.0.rest().len());
        }
        Some(statement)
    }
}

impl<'a> Statements<'a> {
    fn skip_blanks_and_comments(&mut self) {
        self.0.skip(char::is_whitespace);
        while self.0.first() == Some(b'#') {
            self.0.line();
            self.0.skip(char::is_whitespace);
        }
    }

    fn statement(&mut self) -> Result<Statement<'a>, Problem> {
        let start = self.0.at();
        self.skip_export();
        let (name, separator) = self.name()?;
        if name.contains(' ') {
            return Err(Problem::SpaceInName);
        }
        if separator == Some('\n') {
            return Ok(Statement { name, span: (start, self.0.at()), value: None, expands: false });
        }
        self.0.skip(is_inline_space);
        let (value, expands) = match self.0.first() {
            Some(quote @ (b'\'' | b'"')) => (self.quoted(quote)?, quote == b'"'),
            _ => (Text::Piece(self.unquoted()), true),
        };
        Ok(Statement { name, span: (start, self.0.at()), value: Some(value), expands })
    }

    fn skip_export(&mut self) {
        let after = self.0.rest().strip_prefix("export");
        if after.is_some_and(|after| after.starts_with(['\t', '\n', '\x0c', '\r', ' '])) {
            self.0.advance("export".len());
            self.0.skip(is_inline_space);
        }
    }

    /// The name and what ends it: `=`, `:` or a line feed, which stays. A last line without any of them has
    /// an empty name and is all value.
    fn name(&mut self) -> Result<(&'a str, Option<char>), Problem> {
        let rest = self.0.rest();
        if rest.is_empty() {
            return Err(Problem::NotAStatement);
        }
        for (at, found) in rest.char_indices() {
            match found {
                '=' | ':' | '\n' => {
                    self.0.advance(if found == '\n' { at } else { at + 1 });
                    return Ok((rest[..at].trim_end(), Some(found)));
                }
                '_' | '.' | '-' | '[' | ']' => {}
                _ if is_inline_space(found) || is_letter_or_number(found) => {}
                _ => return Err(Problem::NotAStatement),
            }
        }
        Ok(("", None))
    }

    /// To the end of the line or to ` #`.
    fn unquoted(&mut self) -> &'a str {
        let line = self.0.line();
        line.split_once(" #").map_or(line, |(value, _)| value).trim_end()
    }

    /// To the next quote of the same kind that no backslash escapes. What follows it on the line is the
    /// next statement.
    fn quoted(&mut self, quote: u8) -> Result<Text<'a>, Problem> {
        let inside = &self.0.rest()[1..];
        let end = closing_quote(inside, quote).ok_or(Problem::UnclosedQuote)?;
        self.0.advance(1 + end + 1);
        let raw = &inside[..end];
        Ok(if quote == b'"' { double_quoted(raw) } else { single_quoted(raw) })
    }
}

/// `unicode.IsLetter` or `unicode.IsNumber` of Go: `char::is_alphanumeric` takes some marks for letters.
fn is_letter_or_number(c: char) -> bool {
    static LETTER_OR_NUMBER: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"[\p{L}\p{N}]").expect("a valid expression"));
    c.is_ascii_alphanumeric()
        || !c.is_ascii() && c.is_alphanumeric() && LETTER_OR_NUMBER.is_match(c.encode_utf8(&mut [0; 4]))
}

/// `isSpace` of `dotenv/parser.go`.
fn is_inline_space(c: char) -> bool {
    matches!(c, '\t' | '\x0b' | '\x0c' | '\r' | ' ' | '\u{85}' | '\u{a0}')
}

/// Only `\'` is an escape.
fn single_quoted(raw: &str) -> Text<'_> {
    unescape(raw, |escape| escape.starts_with('\'').then_some((Escaped::Text("'"), 1)))
}

/// The escapes of Go but `\x` and `\u`; octal ones begin with `\0`. `\$` becomes `$$`, which the
/// interpolation takes for a `$`.
fn double_quoted(raw: &str) -> Text<'_> {
    unescape(raw, |escape| {
        let text = match escape.bytes().next()? {
            b'"' => "\"",
            b'\\' => "\\",
            b'$' => "$$",
            b'a' => "\x07",
            b'b' => "\x08",
            b'f' => "\x0c",
            b'n' => "\n",
            b'r' => "\r",
            b't' => "\t",
            b'v' => "\x0b",
            b'0' => return Some(octal(&escape[1..])),
            _ => return None,
        };
        Some((Escaped::Text(text), 1))
    })
}

/// `\0` and exactly three octal digits up to 377: the character of that number. With other digits, or none,
/// the original loses the `0`.
fn octal(digits: &str) -> (Escaped, usize) {
    let three = digits.get(..3).filter(|three| three.bytes().all(|byte| matches!(byte, b'0'..=b'7')));
    match three.and_then(|three| u8::from_str_radix(three, 8).ok()) {
        Some(number) => (Escaped::Char(char::from(number)), "0".len() + 3),
        None => (Escaped::Text("\\"), "0".len()),
    }
}

enum Escaped {
    Text(&'static str),
    Char(char),
}

/// Replaces each backslash and what follows it by what `decode` says it stands for, with the number of
/// bytes after the backslash that it takes; a backslash that it does not know is kept, and the character
/// after it begins no escape.
fn unescape(raw: &str, decode: impl Fn(&str) -> Option<(Escaped, usize)>) -> Text<'_> {
    let Some(first) = raw.find('\\') else { return Text::Piece(raw) };
    let mut value = buffer_for(raw);
    append(&mut value, &raw[..first]);
    let mut rest = &raw[first..];
    while let Some(escape) = rest.strip_prefix('\\') {
        let taken = if let Some((escaped, taken)) = decode(escape) {
            match escaped {
                Escaped::Text(text) => append(&mut value, text),
                Escaped::Char(c) => append(&mut value, c.encode_utf8(&mut [0; 4])),
            }
            taken
        } else {
            let taken = escape.chars().next().map_or(0, char::len_utf8);
            append(&mut value, &rest[..=taken]);
            taken
        };
        rest = &escape[taken..];
        let next = rest.find('\\').unwrap_or(rest.len());
        append(&mut value, &rest[..next]);
        rest = &rest[next..];
    }
    Text::Made(value)
}
