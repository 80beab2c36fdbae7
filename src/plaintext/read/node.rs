//! What the npm package dotenv makes of an env file (`lib/main.js`, `parse`, the same in 16 and 17): one
//! regular expression over the whole text, in which a value that does not end where its quotes do is
//! taken as it stands, and then loses the outermost quotes all the same.

use std::sync::LazyLock;

use regex::Regex;
use zeroize::Zeroizing;

use crate::plaintext::read::reading::{Entry, Reading};
use crate::plaintext::text::{Text, append, buffer_for};

/// What `\s` and `trim()` take for white space in JavaScript.
const SPACE: &str =
    r"[\t\n\x0b\x0c\r \u{a0}\u{1680}\u{2000}-\u{200a}\u{2028}\u{2029}\u{202f}\u{205f}\u{3000}\u{feff}]";

/// `LINE`, from the beginning of a line. What stands there as `$` is the last group here.
static LINE: LazyLock<Regex> = LazyLock::new(|| {
    let value = r#"S*'(?:\\'|[^'])*'|S*"(?:\\"|[^"])*"|S*`(?:\\`|[^`])*`|[^#\r\n]+"#;
    let line = format!(
        r"\A(S*(?:exportS+)?)([A-Za-z0-9_.\-]+)(?:S*=S*?|:S+?)({value})?S*(?:#[^\n\r\u{{2028}}\u{{2029}}]*)?(\z|[\n\r\u{{2028}}\u{{2029}}])"
    );
    Regex::new(&line.replace('S', SPACE)).expect("a valid expression")
});

/// The names and values in the order of the text, which holds no carriage return outside of escapes: the
/// package would turn it into a line feed first. A line that it does not understand is passed over.
pub(in crate::plaintext) fn read(text: &str) -> Vec<(&str, Text<'_>)> {
    definitions(text).into_iter().map(|Definition { name, value, .. }| (name, value)).collect()
}

/// The same with lines, of any text.
pub(in crate::plaintext) fn reading(text: &str) -> Reading {
    let text = Zeroizing::new(text.replace("\r\n", "\n").replace('\r', "\n"));
    let mut reading = Reading::new();
    let (mut line, mut counted) = (1, 0);
    for Definition { name, value, span: (start, end) } in definitions(&text) {
        let mut line_at = |at: usize| {
            line += text[counted..at].matches('\n').count();
            counted = at;
            line
        };
        let (line, last_line) = (line_at(start), line_at(end));
        reading.define(Entry {
            name: name.to_owned(),
            line,
            last_line,
            value: Some(value.into()),
            unresolved: None,
        });
    }
    reading
}

struct Definition<'a> {
    name: &'a str,
    value: Text<'a>,
    /// From the name to the end of the statement.
    span: (usize, usize),
}

fn definitions(text: &str) -> Vec<Definition<'_>> {
    let mut found = Vec::new();
    let mut at = Some(0);
    while let Some(start) = at {
        at = match LINE.captures(&text[start..]) {
            None => next_line(text, start),
            Some(groups) => {
                let group = |index| groups.get(index).map_or("", |group| group.as_str());
                let end = start + groups.get(4).map_or(0, |end| end.start());
                // `object['__proto__'] = 'text'` does nothing.
                if group(2) != "__proto__" {
                    let from = start + groups.get(2).map_or(0, |name| name.start());
                    // White space at the end may be lines below.
                    let span = (from, from + text[from..end].trim_end_matches(is_space).len());
                    found.push(Definition { name: group(2), value: value(group(3)), span });
                }
                next_line(text, end)
            }
        };
    }
    found
}

fn value(matched: &str) -> Text<'_> {
    let trimmed = matched.trim_matches(is_space);
    let unquoted = without_outer_quotes(trimmed);
    if !trimmed.starts_with('"') {
        return unquoted;
    }
    let with_line_feeds = replaced(unquoted, "\\n", "\n");
    replaced(with_line_feeds, "\\r", "\r")
}

/// `value.replace(/^(['"`])([\s\S]*)\1$/mg, '$2')`: from the first quote at the beginning of a line to the
/// last one like it at the end of one, and so on after that.
fn without_outer_quotes(text: &str) -> Text<'_> {
    let mut made = None;
    let (mut copied, mut at) = (0, Some(0));
    while let Some(start) = at {
        let Some(end) = closing(text, start) else {
            at = next_line(text, start);
            continue;
        };
        let made = made.get_or_insert_with(|| buffer_for(text));
        append(made, &text[copied..start]);
        append(made, &text[start + 1..end]);
        copied = end + 1;
        at = next_line(text, copied);
    }
    match made {
        None => Text::Piece(text),
        Some(mut made) => {
            append(&mut made, &text[copied..]);
            Text::Made(made)
        }
    }
}

/// Where the quote at `start` ends: at the last one like it with the end of a line behind it.
fn closing(text: &str, start: usize) -> Option<usize> {
    let quote = text[start..].chars().next().filter(|c| matches!(c, '\'' | '"' | '`'))?;
    let inside = start + 1;
    let ends_line = |at: usize| text[at + 1..].chars().next().is_none_or(is_line_end);
    text[inside..].rmatch_indices(quote).map(|(at, _)| inside + at).find(|at| ends_line(*at))
}

fn replaced<'a>(text: Text<'a>, from: &str, to: &str) -> Text<'a> {
    if !text.contains(from) {
        return text;
    }
    let mut made = buffer_for(&text);
    for (index, piece) in text.split(from).enumerate() {
        append(&mut made, if index == 0 { "" } else { to });
        append(&mut made, piece);
    }
    Text::Made(made)
}

/// The beginning of the first line after the one around `from`.
fn next_line(text: &str, from: usize) -> Option<usize> {
    let end = from + text[from..].find(is_line_end)?;
    let length = text[end..].chars().next().map_or(0, char::len_utf8);
    Some(end + length)
}

fn is_line_end(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{2028}' | '\u{2029}')
}

fn is_space(c: char) -> bool {
    matches!(c, '\t'..='\r' | ' ' | '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}' | '\u{feff}')
        || is_line_end(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(text: &str) -> Vec<(String, String)> {
        read(text).into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    }

    /// What the package itself (17.4.2) answers to these.
    #[test]
    fn quotes_comments_and_escapes_match_npm_dotenv() {
        for (text, value) in [
            ("K=a#b", "a"),
            ("K= a b ", "a b"),
            ("K='a#b' # c", "a#b"),
            ("K='a\\'b'", "a\\'b"),
            ("K=`a\nb`", "a\nb"),
            ("K=\"a\\nb\\\\r\"", "a\nb\\\r"),
            ("K='a'b'", "a'b"),
            ("K=\"a\"b\\n\"", "a\"b\n"),
            ("K='a'\u{2028}b'", "a"),
            ("K=a\u{2028}'b'", "a\u{2028}b"),
            ("K='", "'"),
            ("K=", ""),
            ("export K: x", "x"),
        ] {
            assert_eq!(pairs(text), [("K".to_owned(), value.to_owned())], "{text:?}");
        }
    }

    #[test]
    fn line_without_a_pair_is_skipped() {
        assert_eq!(pairs("what\nA=1\n\n# B=2\n__proto__=x\nC='\n'\n").len(), 2);
    }
}
