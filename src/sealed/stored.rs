//! A text as a sealed file stores it.

use super::value::SealedValue;

/// A text as it is stored.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Stored {
    /// In the clear: config, or an empty text, which SOPS never encrypts.
    Plain(String),
    /// Encrypted.
    Sealed(SealedValue),
}

impl Stored {
    /// The text, or a token of the ciphertext.
    pub(super) fn public_text(&self) -> String {
        match self {
            Self::Plain(text) => text.clone(),
            Self::Sealed(sealed) => format!("<sealed {}>", sealed.tag_text()),
        }
    }
}
