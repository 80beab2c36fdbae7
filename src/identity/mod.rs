//! Identities: the private halves that open sealed files, and the places where they lie.
//!
//! [`Identities`] is asked for the data key of a file. The recipients named in the file pick the identity,
//! so nothing is read, run, unlocked or asked for that cannot help.

mod import;
mod keyring;
mod locked;
mod looked;
mod parse;
mod plain;
mod search;
mod source;

use age::secrecy::ExposeSecret;
use zeroize::Zeroizing;

pub use import::{import, text_of};
pub(crate) use keyring::Keyring;
pub use locked::Passphrase;
pub(crate) use locked::protect;
pub(crate) use looked::{Looked, Outcome};
pub(crate) use plain::ParseError;
pub use search::Identities;
pub(crate) use search::{NoIdentity, UnlockError};
pub(crate) use source::{default_file, sops_file};

use crate::recipient::{Recipient, identifier};
use crate::sealed::{DataKey, WrappedKey};

/// One private identity. No `Debug`, `Clone` or `Display`: it is a secret.
pub struct Identity {
    kind: Kind,
    recipient: Recipient,
}

enum Kind {
    X25519(age::x25519::Identity),
    Ssh(Box<age::ssh::Identity>),
}

impl Identity {
    /// A new X25519 identity.
    pub fn generate() -> Self {
        Self::x25519(age::x25519::Identity::generate())
    }

    fn x25519(identity: age::x25519::Identity) -> Self {
        let recipient =
            Recipient::parse(&identity.to_public().to_string()).expect("age prints what it parses");
        Self { kind: Kind::X25519(identity), recipient }
    }

    /// Its public half.
    pub fn recipient(&self) -> &Recipient {
        &self.recipient
    }

    /// The identity as a line of an identity file; `None` for SSH keys, which have files of their own.
    pub fn to_line(&self) -> Option<Zeroizing<String>> {
        match &self.kind {
            Kind::X25519(identity) => Some(Zeroizing::new(identity.to_string().expose_secret().to_owned())),
            Kind::Ssh(_) => None,
        }
    }

    /// The text of an identity file: what `age-keygen` writes.
    pub fn to_file(&self) -> Option<Zeroizing<String>> {
        let line = self.to_line()?;
        Some(Zeroizing::new(format!("# public key: {}\n{}\n", self.recipient, line.as_str())))
    }

    /// Whether a data key was wrapped for this identity, by the recipient that the file names.
    pub fn fits(&self, wrapped: &WrappedKey) -> bool {
        identifier(&wrapped.recipient) == self.recipient.identifier()
    }

    /// Unwraps a data key. `None` when the age file is not for this identity, is damaged, or does not
    /// hold a data key.
    pub fn unwrap(&self, wrapped: &WrappedKey) -> Option<DataKey> {
        let identity: &dyn age::Identity = match &self.kind {
            Kind::X25519(identity) => identity,
            Kind::Ssh(identity) => identity.as_ref(),
        };
        if !wrapped.is_for_one() {
            return None;
        }
        let bytes = decrypt(wrapped.armored.as_bytes(), identity)?;
        DataKey::from_bytes(bytes).ok()
    }
}

/// Opens a small age file, armored or not. `None` for every failure: age's own words are not for people.
fn decrypt(bytes: &[u8], identity: &dyn age::Identity) -> Option<Vec<u8>> {
    let armor = age::armor::ArmoredReader::new(bytes);
    let reader = age::Decryptor::new(armor).ok()?.decrypt(std::iter::once(identity)).ok()?;
    let mut plaintext = crate::file::read_from(reader, bytes.len() as u64, LARGEST).ok()?;
    Some(std::mem::take(&mut *plaintext))
}

/// Identity files and wrapped data keys are never larger, in bytes.
const LARGEST: u64 = 1024 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_key_is_unwrapped_only_by_its_identity() {
        let (ana, bob) = (Identity::generate(), Identity::generate());
        let data_key = DataKey::generate().expect("random");
        let wrapped = data_key.wrap(ana.recipient()).expect("wrapped");
        assert!(ana.fits(&wrapped) && !bob.fits(&wrapped));
        assert!(ana.unwrap(&wrapped).is_some());
        assert!(bob.unwrap(&wrapped).is_none());
        let damaged = WrappedKey { armored: wrapped.armored.replacen('A', "B", 3), ..wrapped };
        assert!(ana.unwrap(&damaged).is_none());
    }

    #[test]
    fn an_identity_file_is_what_age_keygen_writes() {
        let identity = Identity::generate();
        let text = identity.to_file().expect("x25519");
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[0], format!("# public key: {}", identity.recipient()));
        assert!(lines[1].starts_with("AGE-SECRET-KEY-1") && lines.len() == 2);
    }
}
