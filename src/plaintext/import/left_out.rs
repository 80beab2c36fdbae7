//! Definitions that an env file may hold and no key can: names with dots and dashes, as Java and npm write them.

use crate::name::NameError;

/// A definition that is left out of what is taken over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LeftOut {
    /// The name, as the file has it.
    pub name: String,
    /// The line, from 1.
    pub line: usize,
    /// Why no key can have it.
    pub problem: NameError,
}

/// The most characters that such a name has.
const LONGEST: usize = 80;

/// Whether this is a name for sure, and no piece of a value: words of letters, or short numbers, between dots, dashes
/// and underscores.
pub(super) fn is_surely_a_name(text: &str) -> bool {
    let is_word = |part: &str| {
        let letters = part.trim_end_matches(|c: char| c.is_ascii_digit());
        let same_case = letters.chars().all(|c| c.is_ascii_uppercase())
            || letters.chars().skip(1).all(|c| c.is_ascii_lowercase());
        !part.is_empty()
            && letters.chars().all(|c| c.is_ascii_alphabetic())
            && part.len() - letters.len() <= 3
            && same_case
    };
    text.len() <= LONGEST && text.contains(['.', '-']) && text.split(['.', '-', '_']).all(is_word)
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
}
