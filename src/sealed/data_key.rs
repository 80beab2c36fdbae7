//! The data key of a file, and the age files that carry it to each recipient.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::Error;
use crate::recipient::{Recipient, WrapError};

/// 32 random bytes; AES-256 key of every value, comment and MAC of one file. Wiped on drop.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct DataKey([u8; 32]);

impl DataKey {
    /// A new one from the system's random numbers.
    ///
    /// # Errors
    /// [`Error::Random`].
    pub fn generate() -> Result<Self, Error> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).map_err(|_| Error::Random)?;
        Ok(Self(bytes))
    }

    /// Takes unwrapped bytes over and wipes them. Anything but 32 bytes is refused: with 16, `sops`
    /// would fall back to AES-128 without a word.
    ///
    /// # Errors
    /// [`Error::DataKeyLength`].
    pub fn from_bytes(mut bytes: Vec<u8>) -> Result<Self, Error> {
        let array = <[u8; 32]>::try_from(bytes.as_slice()).map_err(|_| Error::DataKeyLength);
        bytes.zeroize();
        array.map(Self)
    }

    /// Wraps it for one recipient: an armored age file of its own, as SOPS has it.
    ///
    /// # Errors
    /// When age does not take the recipient.
    pub fn wrap(&self, recipient: &Recipient) -> Result<WrappedKey, WrapError> {
        Ok(WrappedKey { recipient: recipient.to_string(), armored: recipient.wrap(&self.0)? })
    }

    /// A second owner of the same data key, made on purpose.
    pub(crate) fn duplicate(&self) -> Self {
        Self(self.0)
    }

    /// Whether both are the same, in constant time.
    pub(super) fn same_as(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }

    pub(super) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// An age file that holds a data key for one recipient is never larger, in bytes: some 400 for one stanza, and what
/// implementations add as grease.
pub(super) const LARGEST_WRAPPED: usize = 2048;

/// The data key, wrapped to one recipient. Public.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrappedKey {
    /// Who can open it, as the file says: `age1…`, or a whole `ssh-ed25519 …` line.
    pub recipient: String,
    /// The armored age file, with its line ends.
    pub armored: String,
}

impl WrappedKey {
    /// As a file says; `None` where it is larger than [`LARGEST_WRAPPED`].
    pub(super) fn of_file(recipient: String, armored: String) -> Option<Self> {
        (armored.len() <= LARGEST_WRAPPED).then_some(Self { recipient, armored })
    }

    /// Whether it is an age file for one recipient (<https://age-encryption.org/v1>), with one stanza and at
    /// most one more of grease. Asked before age reads it, whose time grows with the square of the stanzas.
    pub(crate) fn is_for_one(&self) -> bool {
        let lines = self.armored.lines().map(str::trim_end);
        let body: String = lines.filter(|line| !line.starts_with("-----")).collect();
        let Ok(file) = STANDARD.decode(body) else { return false };
        let header = file.split(|byte| *byte == b'\n').take_while(|line| !line.starts_with(b"---"));
        let (grease, stanzas): (Vec<_>, Vec<_>) =
            header.filter_map(|line| line.strip_prefix(b"-> ")).partition(|stanza| {
                stanza.split(|byte| *byte == b' ').next().is_some_and(|kind| kind.ends_with(b"-grease"))
            });
        stanzas.len() == 1 && grease.len() <= 1
    }

    /// The end of the armored text, eight characters of it: another wrapping has another.
    pub fn token(&self) -> &str {
        const LENGTH: usize = 8;
        let last =
            self.armored.trim_end().lines().rev().find(|line| !line.starts_with("-----")).unwrap_or_default();
        let last = last.trim_end_matches(['=', '\r']);
        last.get(last.len().saturating_sub(LENGTH)..).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn armored(stanzas: &str, body: usize) -> WrappedKey {
        let mut file = format!("age-encryption.org/v1\n{stanzas}--- mac\n").into_bytes();
        file.resize(file.len() + body, 0);
        let text: Vec<String> = STANDARD
            .encode(file)
            .as_bytes()
            .chunks(64)
            .map(|line| String::from_utf8_lossy(line).into_owned())
            .collect();
        let armored = format!(
            "-----BEGIN AGE ENCRYPTED FILE-----\n{}\n-----END AGE ENCRYPTED FILE-----\n",
            text.join("\n")
        );
        WrappedKey { recipient: "age1x".to_owned(), armored }
    }

    #[test]
    fn an_age_file_for_several_or_a_large_one_is_refused() {
        let stanza = "-> X25519 abc\nbody\n";
        assert!(armored(stanza, 60).is_for_one());
        assert!(armored(&format!("{stanza}-> x-grease y\nz\n"), 60).is_for_one());
        assert!(!armored(&stanza.repeat(2), 60).is_for_one());
        assert!(!armored(&format!("{stanza}{}", "-> x-grease y\nz\n".repeat(2)), 60).is_for_one());
        assert!(!armored("", 60).is_for_one());
        let of_file = |body| WrappedKey::of_file(String::new(), armored(stanza, body).armored);
        assert!(of_file(60).is_some() && of_file(2048).is_none());
        let garbage = WrappedKey { recipient: String::new(), armored: "garbage".to_owned() };
        assert!(!garbage.is_for_one());
    }

    #[test]
    fn age_wraps_for_one_recipient() {
        for _ in 0..50 {
            let recipient = age::x25519::Identity::generate().to_public().to_string();
            let recipient = Recipient::parse(&recipient).expect("a recipient");
            let wrapped = DataKey::generate().expect("random").wrap(&recipient).expect("wrapped");
            assert!(wrapped.is_for_one(), "{}", wrapped.armored);
        }
    }
}
