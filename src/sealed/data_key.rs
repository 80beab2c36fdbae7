//! The data key of a file, and the age files that carry it to each recipient.

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
    pub(super) fn duplicate(&self) -> Self {
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

/// The data key, wrapped to one recipient. Public.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrappedKey {
    /// Who can open it, as the file says: `age1…`, or a whole `ssh-ed25519 …` line.
    pub recipient: String,
    /// The armored age file, with its line ends.
    pub armored: String,
}

impl WrappedKey {
    /// The end of the armored text, eight characters of it: another wrapping has another.
    pub fn token(&self) -> &str {
        const LENGTH: usize = 8;
        let last =
            self.armored.trim_end().lines().rev().find(|line| !line.starts_with("-----")).unwrap_or_default();
        let last = last.trim_end_matches(['=', '\r']);
        last.get(last.len().saturating_sub(LENGTH)..).unwrap_or_default()
    }
}
