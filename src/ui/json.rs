//! Answers for programs: one envelope around all of them. docs/json.md has the fields of each.

use serde::Serialize;

use super::net::without_private_keys;
use crate::error::Error;
use crate::exit::Exit;
use crate::words::is_hidden;

/// Counts up when a field changes its meaning or goes; new fields may come without.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct Envelope<'a, T: Serialize> {
    version: u32,
    kind: &'a str,
    #[serde(flatten)]
    answer: &'a T,
}

/// The answer of a command: `kind` says which, `answer` (a struct) has its fields.
///
/// # Errors
/// For what JSON cannot hold.
pub(super) fn envelope(kind: &str, answer: &impl Serialize) -> Result<String, Error> {
    revealing(kind, answer).map(|text| without_private_keys(&text).into_owned())
}

/// The same for an answer that shows values, as was asked for.
///
/// # Errors
/// As [`envelope`].
pub(super) fn revealing(kind: &str, answer: &impl Serialize) -> Result<String, Error> {
    let envelope = Envelope { version: VERSION, kind, answer };
    let text = serde_json::to_string_pretty(&envelope);
    text.map(|text| safe(&text)).map_err(|_| Error::new(Exit::Io, "cannot write JSON"))
}

/// The same in one line, for standard error.
fn line(kind: &str, answer: &impl Serialize) -> String {
    let envelope = Envelope { version: VERSION, kind, answer };
    let text = serde_json::to_string(&envelope).unwrap_or_default();
    safe(&without_private_keys(&text)) + "\n"
}

/// An error, in one line of standard error.
pub(super) fn error(error: &Error) -> String {
    #[derive(Serialize)]
    struct Fields<'a> {
        id: &'a str,
        message: &'a str,
        path: Option<String>,
        line: Option<usize>,
        column: Option<usize>,
        notes: &'a [String],
        hints: &'a [String],
        exit: u8,
    }
    let place = error.place.as_ref().map(|(place, _)| place);
    let fields = Fields {
        id: error.id().as_str(),
        message: &error.message,
        path: place.map(|place| place.path.display().to_string()),
        line: place.map(|place| place.line),
        column: place.map(|place| place.column),
        notes: &error.notes,
        hints: &error.hints,
        exit: error.exit.number(),
    };
    line("error", &fields)
}

/// A warning, in one line of standard error.
pub(super) fn warning(message: &str) -> String {
    #[derive(Serialize)]
    struct Fields<'a> {
        message: &'a str,
    }
    line("warning", &Fields { message })
}

/// The same JSON for a program; what would turn the text on a terminal is escaped.
fn safe(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        // The line ends between the fields stay; within a text they are escaped already.
        if is_hidden(c) && c != '\n' {
            let mut units = [0; 2];
            safe.extend(c.encode_utf16(&mut units).iter().map(|unit| format!("\\u{unit:04x}")));
        } else {
            safe.push(c);
        }
    }
    safe
}

/// A moment as programs read it: RFC 3339, in UTC.
pub(crate) fn time(seconds: i64) -> String {
    jiff::Timestamp::from_second(seconds).unwrap_or(jiff::Timestamp::UNIX_EPOCH).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Serialize)]
    struct Answer {
        name: &'static str,
    }

    #[test]
    fn every_answer_says_its_version_and_kind_first() {
        let text = envelope("list", &Answer { name: "a" }).expect("JSON");
        assert_eq!(text, "{\n  \"version\": 1,\n  \"kind\": \"list\",\n  \"name\": \"a\"\n}");
        assert_eq!(
            line("error", &Answer { name: "a" }),
            "{\"version\":1,\"kind\":\"error\",\"name\":\"a\"}\n"
        );
    }

    #[test]
    fn bidi_characters_are_escaped_and_round_trip() {
        let name = "a\u{202e}b\u{1b}[2J\u{feff}";
        let text = line("x", &Answer { name });
        assert!(!text.contains('\u{202e}') && !text.contains('\u{1b}'), "{text}");
        let read: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!(read["name"], name);
    }

    #[test]
    fn times_are_those_of_rfc_3339() {
        assert_eq!(time(1_764_246_763), "2025-11-27T12:32:43Z");
    }
}
