//! What a tool would make of an env file: [`read_as`]. Each reader is a model of one tool, held equal to it by
//! the tests, which run the real one in the version that is named here.

pub(in crate::plaintext) mod comments;
pub(in crate::plaintext) mod compose_go;
mod cursor;
pub(in crate::plaintext) mod dotenvy;
mod literal;
pub(in crate::plaintext) mod node;
pub(in crate::plaintext) mod python;
pub(in crate::plaintext) mod python_variables;
pub(in crate::plaintext) mod reading;
pub(in crate::plaintext) mod template;
mod unresolved;
mod values;

pub use reading::Reading;
pub(crate) use reading::{Process, ReadError};
use reading::{utf8, without_bom};
pub(crate) use values::file_values;

use crate::listed::listed;

listed! {
    /// A reader of env files. Also the dialect in which a person says a file is written.
    pub enum Reader {
        /// Docker Compose from v2 on: the `dotenv` package of compose-go 2.16.
        Compose = "compose",
        /// podman-compose: python-dotenv 1.2.4.
        Python = "python",
        /// The npm package dotenv 17.
        Node = "node",
        /// The Rust crate dotenvy 0.15.7.
        Dotenvy = "dotenvy",
        /// No tool: the text after `=`, as it stands.
        Literal = "literal",
    }
}

impl Reader {
    /// What people call the tool that reads like this.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Compose => "docker compose",
            Self::Python => "podman-compose",
            Self::Node => "dotenv for Node.js",
            Self::Dotenvy => "dotenvy",
            Self::Literal => "as written",
        }
    }
}

/// Reads an env file as `reader` would, in a process whose variables are what `process` answers. The
/// variables of this process have no part in it.
///
/// # Errors
/// [`ReadError`] where the reader would refuse the whole file.
pub fn read_as(reader: Reader, bytes: &[u8], process: &Process<'_>) -> Result<Reading, ReadError> {
    // Old readers take a byte order mark for part of the first name; these know better.
    let text = without_bom(utf8(bytes)?);
    match reader {
        Reader::Compose => compose_go::read(text, process),
        Reader::Python => Ok(python::read(text, process)),
        Reader::Node => Ok(node::reading(text)),
        Reader::Dotenvy => Ok(dotenvy::read(text, process)),
        Reader::Literal => Ok(literal::read(text)),
    }
}

#[cfg(test)]
mod tests {
    use super::reading::Problem;
    use super::*;

    /// What `reader` makes of the last key of `text` in a process with `HOME=/h`: its value, `-` for none,
    /// or `!` where it refuses the file.
    fn last(reader: Reader, text: &str) -> String {
        let process = |name: &str| (name == "HOME").then(|| "/h".to_owned());
        match read_as(reader, text.as_bytes(), &process) {
            Err(_) => "!".to_owned(),
            Ok(reading) => match reading.get("K").and_then(|entry| entry.value.as_ref()) {
                Some(value) => value.expose().to_owned(),
                None => "-".to_owned(),
            },
        }
    }

    #[test]
    fn readers_are_modelled_separately() {
        // Text, compose-go, python-dotenv, dotenvy.
        let table = [
            ("K=", "", "", ""),
            ("K=a b", "a b", "a b", "-"),
            ("K=a # c", "a", "a", "a"),
            ("K=a\t# c", "a\t# c", "a", "a"),
            ("K= # c", "# c", "", ""),
            ("K=a#b", "a#b", "a#b", "a#b"),
            ("K=$HOME", "/h", "$HOME", "/h"),
            ("K=${HOME}", "/h", "/h", "/h"),
            ("K=${NOPE:-d}", "d", "d", ""),
            ("K=${NOPE-d}", "d", "", ""),
            ("K=${NOPE:?e}", "!", "${NOPE:?e}", ""),
            ("K=${HOME:+r}", "r", "${HOME:+r}", ""),
            ("K=${1A}", "!", "", ""),
            ("K=a$$b", "a$b", "a$$b", "a"),
            ("K=a$", "a$", "a$", "a"),
            ("K='a\\'b'", "a'b", "a'b", "-"),
            ("K='a\\\\b'", "a\\\\b", "a\\b", "a\\\\b"),
            ("K='${HOME}'", "${HOME}", "/h", "${HOME}"),
            ("K=\"a\\$b\"", "a$b", "a\\$b", "a$b"),
            ("K=\"a$$b\"", "a$b", "a$$b", "-"),
            ("K=\"\\a\\t\\r\"", "\x07\t\r", "\x07\t\r", "-"),
            ("K=\"\\0101\\x41\"", "A\\x41", "\\0101\\x41", "-"),
            ("K=\"\\0777\\0\"", "\\777\\", "\\0777\\0", "-"),
            ("K=\"\\\"\\n\"", "\"\n", "\"\n", "\"\n"),
            ("K='a\nb'", "a\nb", "a\nb", "a\nb"),
            ("K='a\r\nb'", "a\r\nb", "a\nb", "a\r\nb"),
            ("K=a\r\nL=b\r\n", "a", "a", "a"),
            ("\u{feff}K=a", "a", "a", "a"),
            ("export K=a", "a", "a", "a"),
            ("K: a", "a", "-", "-"),
            ("K=a\nK=b", "b", "b", "b"),
            ("K='a'b\n", "a", "-", "ab"),
            ("K='a'b=c\n", "a", "-", "ab=c"),
            ("K='a", "!", "-", "-"),
            ("L.-[]=1\nK=a", "a", "a", "a"),
            ("'L'=1\nK=a", "!", "a", "a"),
            ("L M=1\nK=a", "!", "a", "a"),
            ("é中\u{663}=1\nK=a", "a", "a", "a"),
            ("a\u{93e}=1\nK=a", "!", "a", "a"),
            ("L=x\nK=${L}$L", "xx", "x$L", "xx"),
            ("K=${L}\nL=x", "", "", ""),
            ("HOME=x\nK=${HOME}", "/h", "x", "/h"),
            ("HOME\nK=${HOME:-d}", "/h", "", ""),
            ("L=\nK=${L:-d}", "d", "", ""),
            ("K=\"a\\\\\"\nL=b", "a\\", "a\\", "a\\"),
        ];
        for (text, compose, python, dotenvy) in table {
            assert_eq!(last(Reader::Compose, text), compose, "compose-go: {text:?}");
            assert_eq!(last(Reader::Python, text), python, "python-dotenv: {text:?}");
            assert_eq!(last(Reader::Dotenvy, text), dotenvy, "dotenvy: {text:?}");
        }
    }

    #[test]
    fn refusal_reports_line_and_kind() {
        let refused = |text: &str| {
            let error = read_as(Reader::Compose, text.as_bytes(), &|_| None).err().expect("refused");
            (error.line, error.problem)
        };
        assert_eq!(refused("A=1\n\n# c\nB C=2"), (4, Problem::SpaceInName));
        assert_eq!(refused("A=1\nB='x\ny"), (2, Problem::UnclosedQuote));
        assert_eq!(refused("A='x\ny'\nab+/"), (3, Problem::NotAStatement));
        assert_eq!(refused("A=1\nB=${"), (2, Problem::Reference));
        assert_eq!(refused("A=${B?}"), (1, Problem::Required));
        let error = read_as(Reader::Python, b"A=1\nB=\xff", &|_| None).err().expect("refused");
        assert_eq!((error.line, error.problem), (2, Problem::NotUtf8));
    }

    #[test]
    fn places_are_line_numbers() {
        for reader in [Reader::Compose, Reader::Python, Reader::Dotenvy] {
            let text = "# c\n\nA=1\r\nB='x\ny'\n\n  # d\nexport C=3\n";
            let reading = read_as(reader, text.as_bytes(), &|_| None).expect("valid");
            let places: Vec<_> = reading.entries.iter().map(|e| (e.line, e.last_line)).collect();
            assert_eq!(places, [(3, 3), (4, 5), (8, 8)], "{reader}");
        }
    }

    #[test]
    fn invalid_statements_are_reported_by_line() {
        let invalid =
            |reader, text: &str| read_as(reader, text.as_bytes(), &|_| None).expect("lenient").invalid;
        assert_eq!(invalid(Reader::Python, "A=1\n=x\nB='x\ny' z\nC='"), [2, 3, 5]);
        assert_eq!(invalid(Reader::Dotenvy, "A=1\n\nB\nC=a b\nD='"), [3, 4, 5]);
        assert_eq!(invalid(Reader::Literal, "A=1\n\nB\n#\n"), [3]);
    }

    #[test]
    fn undefined_references_are_named() {
        for reader in [Reader::Compose, Reader::Python, Reader::Dotenvy] {
            let text = b"A=1\nB=${A}\nC=x${NOPE}y${A}\nD=${LATER}\nLATER=1\n";
            let reading = read_as(reader, text, &|_| None).expect("valid");
            let unresolved: Vec<_> = reading.entries.iter().map(|e| e.unresolved.as_deref()).collect();
            assert_eq!(unresolved, [None, None, Some("NOPE"), Some("LATER"), None], "{reader}");
            assert_eq!(last(reader, "K=x${NOPE}y"), "xy");
        }
    }
}
