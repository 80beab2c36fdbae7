//! The texts of age's X25519 recipients: bech32 of one key (<https://age-encryption.org/v1>).

use bech32::{Bech32, Hrp};

use super::{ParseError, point};

/// What they begin with, before bech32's `1`.
const AGE: Hrp = Hrp::parse_unchecked("age");

/// The u-coordinate. Every command reads every recipient of a project: a text as age writes it is decoded once.
pub(super) fn parse(text: &str) -> Result<[u8; 32], ParseError> {
    let is_canonical =
        |bytes: &[u8; 32]| bech32::encode_lower::<Bech32>(AGE, bytes).is_ok_and(|it| it == text);
    match decode(text).filter(is_canonical) {
        Some(bytes) if point::is_plain_x25519(&bytes) => Ok(bytes),
        Some(_) => Err(ParseError::NotAKey),
        None => Err(misspelt(text)),
    }
}

fn decode(text: &str) -> Option<[u8; 32]> {
    let (_, bytes) = bech32::decode(text).ok()?;
    bytes.try_into().ok()
}

/// What age says of a text that it would not write.
fn misspelt(text: &str) -> ParseError {
    match text.parse::<age::x25519::Recipient>() {
        Ok(recipient) => ParseError::Spelling { canonical: recipient.to_string() },
        // After `age1`, bech32 data never holds a `1`: a second one separates a plugin's name.
        Err(_) if text[4..].contains('1') => ParseError::Plugin,
        Err(_) => ParseError::Damaged,
    }
}
