//! Taking over an identity that a person already has.

use zeroize::Zeroizing;

use super::locked::{Passphrase, StillLocked};
use super::parse::{Parsed, parse};
use super::{Identity, plain::ParseError};

/// Why a text is not imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ImportError {
    /// It is not an identity.
    #[error(transparent)]
    Parse(#[from] ParseError),
    /// It stays behind its passphrase.
    #[error(transparent)]
    Locked(#[from] StillLocked),
    /// SSH keys stay where they are.
    #[error("SSH keys are used where they are and need no import")]
    Ssh,
}

/// Reads the identities in `bytes`, asking for a passphrase if there is one.
///
/// # Errors
/// [`ImportError`].
pub fn import(bytes: &[u8], passphrase: &dyn Passphrase) -> Result<Vec<Identity>, ImportError> {
    let identities = match parse(bytes)? {
        Parsed::Open(identities) => identities,
        Parsed::Locked(locked) => locked.unlock("the identity", passphrase)?,
    };
    if identities.iter().any(|identity| identity.to_line().is_none()) {
        return Err(ImportError::Ssh);
    }
    Ok(identities)
}

/// The text of a file that holds all of them.
pub fn text_of(identities: &[Identity]) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(identities.len() * 160));
    for file in identities.iter().filter_map(Identity::to_file) {
        text.push_str(&file);
    }
    text
}
