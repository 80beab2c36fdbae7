//! Identities behind a passphrase: age files and OpenSSH keys.

use std::io::Write as _;

use age::secrecy::SecretString;
use age::ssh::{EncryptedKey, Identity as SshIdentity};
use zeroize::Zeroizing;

use super::{Identity, Kind, plain};
use crate::recipient::{Recipient, identifier};
use crate::sealed::WrappedKey;

/// Who asks for a passphrase. Nothing in the library prompts by itself.
pub trait Passphrase {
    /// Asks for the passphrase of `what`. `None` when there is nobody to ask.
    fn ask(&self, what: &str) -> Option<Zeroizing<String>>;
    /// Says that a passphrase was wrong.
    fn wrong(&self, what: &str);
}

/// Why an identity was not unlocked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StillLocked {
    /// Nobody was there to ask.
    #[error("no passphrase was given")]
    NoAnswer,
    /// No answer was right.
    #[error("wrong passphrase")]
    Wrong,
}

/// The highest scrypt work factor that is worked through (about 4 s and 256 MiB here).
const MAX_WORK_FACTOR: u8 = 20;
const TRIES: usize = 3;

pub(super) struct Locked {
    kind: LockedKind,
    /// The public half, when it can be known without the passphrase.
    pub recipients: Option<Vec<Recipient>>,
}

enum LockedKind {
    Age(Vec<u8>),
    Ssh(EncryptedKey),
}

pub(super) struct LockedSsh {
    pub key: EncryptedKey,
    pub recipient: Recipient,
}

impl Locked {
    pub(super) fn age(bytes: Vec<u8>) -> Self {
        Self { kind: LockedKind::Age(bytes), recipients: None }
    }

    pub(super) fn ssh(LockedSsh { key, recipient }: LockedSsh) -> Self {
        Self { kind: LockedKind::Ssh(key), recipients: Some(vec![recipient]) }
    }

    /// Whether asking for the passphrase could help. Unknown counts as yes.
    pub(super) fn could_fit(&self, wrapped: &[WrappedKey]) -> bool {
        self.recipients.as_ref().is_none_or(|known| {
            known.iter().any(|own| wrapped.iter().any(|w| identifier(&w.recipient) == own.identifier()))
        })
    }

    /// Asks up to three times.
    pub(super) fn unlock(
        &self,
        what: &str,
        passphrase: &dyn Passphrase,
    ) -> Result<Vec<Identity>, StillLocked> {
        for _ in 0..TRIES {
            let answer = passphrase.ask(what).ok_or(StillLocked::NoAnswer)?;
            if let Some(identities) = self.open(&answer) {
                return Ok(identities);
            }
            passphrase.wrong(what);
        }
        Err(StillLocked::Wrong)
    }

    fn open(&self, passphrase: &str) -> Option<Vec<Identity>> {
        let passphrase = SecretString::from(passphrase.to_owned());
        match &self.kind {
            LockedKind::Age(bytes) => {
                let mut scrypt = age::scrypt::Identity::new(passphrase);
                scrypt.set_max_work_factor(MAX_WORK_FACTOR);
                let text = Zeroizing::new(super::decrypt(bytes, &scrypt)?);
                plain::parse(std::str::from_utf8(&text).ok()?).ok()
            }
            LockedKind::Ssh(key) => {
                let identity = SshIdentity::from(key.decrypt(passphrase).ok()?);
                let public = age::ssh::Recipient::try_from(identity.clone()).ok()?;
                let recipient = Recipient::parse(&public.to_string()).ok()?;
                Some(vec![Identity { kind: Kind::Ssh(Box::new(identity)), recipient }])
            }
        }
    }
}

/// An identity file behind a passphrase: an armored age file, as `age -p` writes it.
///
/// # Errors
/// What the system says; the work factor is measured so that opening it takes about a second.
pub(crate) fn protect(text: &str, passphrase: &str) -> std::io::Result<Vec<u8>> {
    let encryptor = age::Encryptor::with_user_passphrase(SecretString::from(passphrase.to_owned()));
    let mut out = Vec::with_capacity(text.len() * 2 + 512);
    let armor = age::armor::ArmoredWriter::wrap_output(&mut out, age::armor::Format::AsciiArmor)?;
    let mut stream = encryptor.wrap_output(armor)?;
    stream.write_all(text.as_bytes())?;
    stream.finish()?.finish()?;
    Ok(out)
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::super::parse::{Parsed, parse};
    use super::*;

    struct Answers(Cell<usize>, Vec<&'static str>);

    impl Passphrase for Answers {
        fn ask(&self, _: &str) -> Option<Zeroizing<String>> {
            let index = self.0.replace(self.0.get() + 1);
            self.1.get(index).map(|answer| Zeroizing::new((*answer).to_owned()))
        }

        fn wrong(&self, _: &str) {}
    }

    #[test]
    fn protected_file_opens_only_with_its_passphrase() {
        let identity = Identity::generate();
        let file = protect(&identity.to_file().expect("x25519"), "correct horse").expect("protected");
        let Ok(Parsed::Locked(locked)) = parse(&file) else { panic!("locked") };
        let answers = Answers(Cell::new(0), vec!["wrong", "correct horse"]);
        let opened = locked.unlock("it", &answers).expect("the second answer is right");
        assert_eq!(opened[0].recipient(), identity.recipient());
        let unlock = |answers| locked.unlock("it", &Answers(Cell::new(0), answers)).err();
        assert_eq!(unlock(vec![]), Some(StillLocked::NoAnswer));
        assert_eq!(unlock(vec!["", "correct", "horse", "correct horse"]), Some(StillLocked::Wrong));
    }
}
