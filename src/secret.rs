//! [`Secret`]: a value that must not be seen.
//!
//! It wipes itself when dropped and has no `Debug`, `Display`, `Clone`, `PartialEq` or `Serialize`, so
//! that no format string, log line or derived trait can show it by accident. What needs the text calls
//! [`Secret::expose`]; a test lists the files that do.

use zeroize::Zeroizing;

/// A value is never larger, in bytes; nor is a plaintext env file.
pub(crate) const LARGEST: u64 = 16 * 1024 * 1024;

/// A secret or config value in the clear: UTF-8, wiped on drop.
pub struct Secret(Zeroizing<Box<str>>);

impl Secret {
    /// Takes `text` over. The buffer is moved where it has no spare capacity; otherwise it is copied
    /// once and the original wiped, so that no second copy stays in memory.
    pub fn new(text: String) -> Self {
        if text.len() == text.capacity() {
            return Self(Zeroizing::new(text.into_boxed_str()));
        }
        let original = Zeroizing::new(text);
        Self(Zeroizing::new(Box::from(original.as_str())))
    }

    /// Reads the secret from bytes that are wiped whatever happens.
    ///
    /// # Errors
    /// [`NotUtf8`] when the bytes are not UTF-8; it carries nothing of them.
    pub fn from_utf8(bytes: Vec<u8>) -> Result<Self, NotUtf8> {
        let bytes = Zeroizing::new(bytes);
        match std::str::from_utf8(&bytes) {
            Ok(text) => Ok(Self(Zeroizing::new(Box::from(text)))),
            Err(_) => Err(NotUtf8),
        }
    }

    /// The value itself. Every caller is answerable for where it goes.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// A second owner of the same value, made on purpose (there is no `Clone`).
    #[must_use]
    pub fn duplicate(&self) -> Self {
        Self(self.0.clone())
    }

    /// Whether the value is the empty string.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Length in bytes. A sealed file shows it to everybody anyway.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Length in characters.
    pub fn characters(&self) -> usize {
        self.0.chars().count()
    }

    /// The first character, from 1, in which another value differs; `None` for the same text.
    pub fn first_difference(&self, other: &Self) -> Option<usize> {
        let alike = self.0.chars().zip(other.0.chars()).take_while(|(one, other)| one == other).count();
        (!self.same_as(other)).then_some(alike + 1)
    }

    /// Whether both hold the same text, without an early exit at the first difference.
    pub fn same_as(&self, other: &Self) -> bool {
        use subtle::ConstantTimeEq;
        self.0.as_bytes().ct_eq(other.0.as_bytes()).into()
    }
}

/// The bytes of a value are not UTF-8.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotUtf8;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spare_capacity_is_not_kept() {
        let mut text = String::with_capacity(64);
        text.push_str("hunter2");
        assert_eq!(Secret::new(text).expose(), "hunter2");
    }

    #[test]
    fn bytes_that_are_not_utf8_are_refused() {
        assert!(Secret::from_utf8(vec![0xff, 0xfe]).is_err());
        assert_eq!(Secret::from_utf8(b"\xc3\xa9".to_vec()).map(|s| s.len()), Ok(2));
    }

    #[test]
    fn comparison_sees_length_and_content() {
        let secret = |t: &str| Secret::new(t.to_owned());
        assert!(secret("a").same_as(&secret("a")));
        assert!(!secret("a").same_as(&secret("b")));
        assert!(!secret("a").same_as(&secret("ab")));
        assert_eq!(secret("éa").first_difference(&secret("éb")), Some(2));
        assert_eq!(secret("é").first_difference(&secret("éb")), Some(2));
        assert_eq!(secret("é").first_difference(&secret("é")), None);
        assert_eq!(secret("éa").characters(), 2);
    }
}
