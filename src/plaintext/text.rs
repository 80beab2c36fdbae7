//! Text of a value while a reader works on it: a piece of the file, or something made from it that is
//! wiped on drop.

use std::ops::Deref;

use zeroize::Zeroizing;

use crate::secret::Secret;

/// A borrowed or a made text.
pub(in crate::plaintext) enum Text<'a> {
    /// As it stands in the file.
    Piece(&'a str),
    /// Decoded or put together.
    Made(Zeroizing<String>),
}

impl Deref for Text<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        match self {
            Self::Piece(text) => text,
            Self::Made(text) => text,
        }
    }
}

impl From<Text<'_>> for Secret {
    fn from(text: Text<'_>) -> Self {
        match text {
            Text::Piece(text) => Self::new(text.to_owned()),
            Text::Made(mut text) => Self::new(std::mem::take(&mut *text)),
        }
    }
}

/// Appends like `push_str`, but wipes the old buffer where a larger one is needed.
pub(in crate::plaintext) fn append(buffer: &mut Zeroizing<String>, text: &str) {
    let needed = buffer.len() + text.len();
    if needed > buffer.capacity() {
        let mut larger = Zeroizing::new(String::with_capacity(needed.max(2 * buffer.capacity())));
        larger.push_str(buffer);
        *buffer = larger;
    }
    buffer.push_str(text);
}

/// A buffer for something made from `source`; decoding never makes a text longer.
pub(in crate::plaintext) fn buffer_for(source: &str) -> Zeroizing<String> {
    Zeroizing::new(String::with_capacity(source.len()))
}

/// Where the first quote stands that no backslash escapes; an escaped backslash escapes nothing.
pub(in crate::plaintext) fn closing_quote(inside: &str, quote: u8) -> Option<usize> {
    let bytes = inside.as_bytes();
    let mut at = 0;
    loop {
        at += bytes.get(at..)?.iter().position(|byte| *byte == quote || *byte == b'\\')?;
        if bytes[at] == quote {
            return Some(at);
        }
        at += 2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn appending_keeps_what_was_there() {
        let mut buffer = buffer_for("ab");
        for _ in 0..100 {
            append(&mut buffer, "xyz");
        }
        assert_eq!(*buffer, "xyz".repeat(100));
    }
}
