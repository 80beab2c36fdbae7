//! `ENC[AES256_GCM,data:…,iv:…,tag:…,type:…]`, in exactly one spelling.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::cipher::{Cipher, Ciphertext};
use super::{Error, StrictRule};
use crate::secret::Secret;

/// The types of SOPS that a dotenv file of ours can hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Str,
    Comment,
}

impl Kind {
    fn text(self) -> &'static str {
        match self {
            Self::Str => "str",
            Self::Comment => "comment",
        }
    }
}

/// An encrypted value or comment as it stands in the file.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct SealedValue(Ciphertext);

impl SealedValue {
    /// Reads `text`, which must be what [`Self::to_text`] writes, to the byte. `sops` also takes
    /// trailing text, shifted fields and any IV length, and panics later on some of them.
    pub(super) fn parse(text: &str, expected: Kind, line: usize) -> Result<Self, Error> {
        let wrong = |what: &str| Error::strict(StrictRule::CanonicalValue, line, what);
        let fields = text
            .strip_prefix("ENC[AES256_GCM,data:")
            .and_then(|rest| rest.strip_suffix(']'))
            .ok_or_else(|| wrong("a value is not in the form ENC[…] that SOPS writes"))?;
        let (rest, kind) =
            fields.rsplit_once(",type:").ok_or_else(|| wrong("an encrypted value has no type"))?;
        if kind != expected.text() {
            return Err(wrong_type(kind, expected, line));
        }
        // From the end, where every length is known: the data may be long.
        let (rest, tag) =
            cut(rest, TAG_LENGTH, ",tag:").ok_or_else(|| wrong("a tag is not 16 bytes long"))?;
        let (data, iv) = cut(rest, IV_LENGTH, ",iv:").ok_or_else(|| wrong("an IV is not 32 bytes long"))?;
        // The engine refuses missing padding, other alphabets and non-zero trailing bits.
        let decode = |text: &str| {
            STANDARD.decode(text).map_err(|_| wrong("an encrypted value is not canonical base64"))
        };
        let data = decode(data)?;
        if data.is_empty() {
            return Err(wrong("an encrypted value has no data"));
        }
        Ok(Self(Ciphertext {
            data,
            iv: decode(iv)?.try_into().map_err(|_| wrong("an IV is not 32 bytes long"))?,
            tag: decode(tag)?.try_into().map_err(|_| wrong("a tag is not 16 bytes long"))?,
        }))
    }

    /// The one spelling.
    pub(super) fn write(&self, kind: Kind, out: &mut String) {
        let Ciphertext { data, iv, tag } = &self.0;
        out.push_str("ENC[AES256_GCM,data:");
        STANDARD.encode_string(data, out);
        out.push_str(",iv:");
        STANDARD.encode_string(iv, out);
        out.push_str(",tag:");
        STANDARD.encode_string(tag, out);
        write!(out, ",type:{}]", kind.text()).expect("a String takes everything");
    }

    /// The one spelling of a value.
    pub(super) fn to_text(&self) -> String {
        let mut text = String::new();
        self.write(Kind::Str, &mut text);
        text
    }

    /// The first 40 bits of the tag, in hex: another ciphertext has another.
    pub(super) fn tag_text(&self) -> String {
        self.0.tag.iter().take(5).map(|byte| format!("{byte:02x}")).collect()
    }

    /// Encrypts a text that is not empty (SOPS leaves empty ones alone).
    pub(super) fn seal(cipher: &Cipher, text: &str, associated: &str) -> Result<Self, Error> {
        cipher.seal(text.as_bytes(), associated.as_bytes()).map(Self)
    }

    /// Decrypts. `None` when it does not authenticate; `Some(None)` when it is not UTF-8.
    #[expect(
        clippy::option_option,
        reason = "two things may fail, and a file of senex-env can fail in one of them only"
    )]
    pub(super) fn open(&self, cipher: &Cipher, associated: &str) -> Option<Option<Secret>> {
        let mut plaintext = cipher.open(&self.0, associated.as_bytes())?;
        Some(Secret::from_utf8(std::mem::take(&mut *plaintext)).ok())
    }
}

/// 16 bytes in padded base64.
const TAG_LENGTH: usize = 24;
/// 32 bytes in padded base64.
const IV_LENGTH: usize = 44;

/// The last field, of `length` bytes, and what stands before its `name`.
fn cut<'a>(text: &'a str, length: usize, name: &str) -> Option<(&'a str, &'a str)> {
    let (rest, field) = text.split_at_checked(text.len().checked_sub(length)?)?;
    Some((rest.strip_suffix(name)?, field))
}

/// Types are not authenticated: `sops` turns `12345678` into `1.2345678E+07` when told it is a float.
fn wrong_type(found: &str, expected: Kind, line: usize) -> Error {
    let what = match (found, expected) {
        ("float" | "int" | "bool" | "time" | "bytes", Kind::Str) => {
            format!("a value has the type `{found}`; senex-env supports only `str`")
        }
        _ => format!("an encrypted text is not of the type `{}`", expected.text()),
    };
    Error::strict(StrictRule::ValueType, line, what)
}

#[cfg(test)]
mod tests {
    use super::super::DataKey;
    use super::*;

    fn sample() -> String {
        let cipher = Cipher::new(&DataKey::generate().expect("random"));
        let mut text = String::new();
        SealedValue::seal(&cipher, "hunter2", "A:").expect("sealed").write(Kind::Str, &mut text);
        text
    }

    #[test]
    fn sealed_value_round_trips_exactly() {
        let text = sample();
        let mut again = String::new();
        SealedValue::parse(&text, Kind::Str, 1).expect("parses").write(Kind::Str, &mut again);
        assert_eq!(text, again);
    }

    #[test]
    fn non_canonical_values_are_refused() {
        let text = sample();
        let other = [
            format!("{text} "),
            format!(" {text}"),
            format!("{text}garbage"),
            format!("{text}\r"),
            format!("\"{text}\""),
            text.replace("==,tag", ",tag"),
            text.replace("=,tag", ",tag"),
            text.replace(",iv:", ", iv:"),
            text.replace("AES256_GCM", "AES128_GCM"),
            text.replace(",type:str", ",type:float"),
            text.replace(",type:str", ",type:comment"),
            text.replace(",type:str", ",type:str,type:str"),
            text.replace("data:", "data:AAAA,data:"),
            "ENC[]".to_owned(),
            "ENC[AES256_GCM,data:,iv:,tag:,type:str]".to_owned(),
        ];
        for spelling in other.iter().filter(|other| **other != text) {
            assert!(SealedValue::parse(spelling, Kind::Str, 1).is_err(), "{spelling}");
        }
    }
}
