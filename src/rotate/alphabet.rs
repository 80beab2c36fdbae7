//! [`Alphabet`]: the characters that a generated password is made of.

/// Characters of equal weight: distinct, printable ASCII.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Alphabet(Vec<u8>);

/// Why an alphabet is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum AlphabetError {
    /// Neither a name nor enough characters, or one that would be drawn more often.
    #[error(
        "an alphabet is `alphanumeric`, `lowercase`, `uppercase`, `digits`, `url` or `printable`, or at least {FEWEST} \
         characters of your own, each once"
    )]
    Unknown,
    /// A password is to survive every env file, shell and connection string it may pass.
    #[error("an alphabet has printable ASCII characters, without spaces")]
    Character,
}

const FEWEST: usize = 10;

const UPPER: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const LOWER: &[u8] = b"abcdefghijklmnopqrstuvwxyz";
const DIGITS: &[u8] = b"0123456789";
/// What RFC 3986 leaves unreserved beside letters and digits.
const UNRESERVED: &[u8] = b"-._~";

impl Alphabet {
    /// Reads a name (`digits`), or the characters themselves (`ACDEFGHJKLMNPQRTUVWXY34679`).
    ///
    /// # Errors
    /// [`AlphabetError`].
    pub(crate) fn parse(text: &str) -> Result<Self, AlphabetError> {
        Ok(Self(match text {
            "alphanumeric" => return Ok(Self::default()),
            "lowercase" => [LOWER, DIGITS].concat(),
            "uppercase" => [UPPER, DIGITS].concat(),
            "digits" => DIGITS.to_vec(),
            "url" => [UPPER, LOWER, DIGITS, UNRESERVED].concat(),
            "printable" => (b'!'..=b'~').collect(),
            own => return Self::of(own.as_bytes()),
        }))
    }

    fn of(characters: &[u8]) -> Result<Self, AlphabetError> {
        if !characters.iter().all(u8::is_ascii_graphic) {
            return Err(AlphabetError::Character);
        }
        let mut distinct = characters.to_vec();
        distinct.sort_unstable();
        distinct.dedup();
        if distinct.len() != characters.len() || distinct.len() < FEWEST {
            return Err(AlphabetError::Unknown);
        }
        Ok(Self(characters.to_vec()))
    }

    /// At least ten, each once.
    pub(crate) fn characters(&self) -> &[u8] {
        &self.0
    }
}

/// Letters and digits.
impl Default for Alphabet {
    fn default() -> Self {
        Self([UPPER, LOWER, DIGITS].concat())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_characters_are_read() {
        let length = |text| Alphabet::parse(text).map(|alphabet| alphabet.characters().len());
        for (text, expected) in [
            ("alphanumeric", 62),
            ("lowercase", 36),
            ("uppercase", 36),
            ("digits", 10),
            ("url", 66),
            ("printable", 94),
        ] {
            assert_eq!(length(text), Ok(expected), "{text}");
        }
        assert_eq!(length("ACDEFGHJKL:"), Ok(11));
        for (text, error) in [
            ("", AlphabetError::Unknown),
            ("numbers", AlphabetError::Unknown),
            ("alphanumerical", AlphabetError::Unknown),
            ("abcdefghij klm", AlphabetError::Character),
            ("abcdefghijäöü", AlphabetError::Character),
        ] {
            assert_eq!(length(text), Err(error), "{text}");
        }
    }

    #[test]
    fn every_name_is_an_alphabet_by_the_same_rules() {
        for name in ["alphanumeric", "lowercase", "uppercase", "digits", "url", "printable"] {
            let alphabet = Alphabet::parse(name).expect("a name");
            assert_eq!(Alphabet::of(alphabet.characters()), Ok(alphabet));
        }
    }
}
