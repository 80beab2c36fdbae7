//! Definitions that an env file may hold and no key can: names with dots and dashes, as Java and npm write them, and
//! names without a value.

use std::fmt;

use super::doubt::is_conventional;
use crate::name::NameError;
use crate::plaintext::read::Reader;

/// A definition that is left out of what is taken over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LeftOut {
    /// The name, as the file has it. `None` for what may be a piece of a value.
    pub name: Option<String>,
    /// The line, from 1.
    pub line: usize,
    /// Why.
    pub why: Why,
}

/// Why a definition is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Why {
    /// No key can have the name.
    Name(NameError),
    /// A name without `=`: compose gives such a variable the value that the shell has for it.
    NoValue,
    /// One reader alone takes it for a definition.
    OnlyFor(Reader),
}

impl fmt::Display for LeftOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.name.as_ref().map_or("a name".to_owned(), |name| format!("`{name}`"));
        match self.why {
            Why::Name(problem) => write!(f, "{name} is left out: {problem}"),
            Why::NoValue => write!(f, "{name} is left out: without `=` it has no value"),
            Why::OnlyFor(reader) => {
                write!(f, "{name} is left out: {} alone reads a definition there", reader.title())
            }
        }
    }
}

/// The most characters that such a name has.
const LONGEST: usize = 80;

/// Whether this is a name for sure, and no piece of a value: words of letters, or short numbers, between dots, dashes
/// and underscores.
pub(super) fn is_surely_a_name(text: &str) -> bool {
    text.contains(['.', '-']) && is_made_of_words(text)
}

/// Why a line without `=` is left out, if it is a name at all. Only words with an underscore between them are shown:
/// capitals alone may be the end of a value over several lines.
pub(super) fn without_value(text: &str, line: usize) -> Option<LeftOut> {
    let is_shown = text.contains('_') && is_made_of_words(text);
    is_conventional(text).then(|| LeftOut {
        name: is_shown.then(|| text.to_owned()),
        line,
        why: Why::NoValue,
    })
}

fn is_made_of_words(text: &str) -> bool {
    let is_word = |part: &str| {
        let letters = part.trim_end_matches(|c: char| c.is_ascii_digit());
        let same_case = letters.chars().all(|c| c.is_ascii_uppercase())
            || letters.chars().skip(1).all(|c| c.is_ascii_lowercase());
        !part.is_empty()
            && letters.chars().all(|c| c.is_ascii_alphabetic())
            && part.len() - letters.len() <= 3
            && same_case
    };
    text.len() <= LONGEST && text.split(['.', '-', '_']).all(is_word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_between_dots_and_dashes_are_a_name() {
        for name in ["my-key", "spring.datasource.url", "NPM_CONFIG_a-b", "log.level.1", "app.Name2"] {
            assert!(is_surely_a_name(name), "{name}");
        }
        for piece in ["hunter-2x", "MIIb-aQx", "", "plain", "a..b", "-x", "a/b.c", "x-12345", "é.x"] {
            assert!(!is_surely_a_name(piece), "{piece}");
        }
    }

    #[test]
    fn a_name_without_a_value_is_shown_only_if_it_is_surely_one() {
        let shown = |text| without_value(text, 1).map(|left| left.name);
        assert_eq!(shown("HTTP_PROXY"), Some(Some("HTTP_PROXY".to_owned())));
        for piece in ["QIDAQAB", "DISPLAY", "A_9999999B"] {
            assert_eq!(shown(piece), Some(None), "{piece}");
        }
        for no_name in ["hunter2", "MIIb+x", "", "a b"] {
            assert_eq!(shown(no_name), None, "{no_name}");
        }
    }
}
