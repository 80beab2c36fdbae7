//! The search for the identity that opens a file, and the account of where it looked.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::keyring::Keyring;
use super::locked::{Locked, Passphrase};
use super::looked::{Looked, Outcome};
use super::parse::{Parsed, parse};
use super::source::{Source, sources};
use super::{Identity, LARGEST};
use crate::context::Context;
use crate::file;
use crate::program::Program;
use crate::recipient::{Recipient, identifier};
use crate::sealed::{DataKey, WrappedKey};

/// The identities of this person. Sources are read when they are first needed, and once.
pub struct Identities<'a> {
    context: &'a Context,
    passphrase: &'a dyn Passphrase,
    unread: std::vec::IntoIter<Source>,
    open: Vec<Identity>,
    locked: Vec<(String, Locked)>,
    looked: Vec<Looked>,
    /// Data keys by what they were unwrapped from: every version of a file in history carries the same.
    unwrapped: HashMap<String, DataKey>,
}

/// Why there is no data key.
#[derive(Debug, thiserror::Error)]
pub enum UnlockError {
    /// No identity fits any recipient of the file.
    #[error("none of your identities can open it")]
    NoIdentity(NoIdentity),
    /// An identity fits a recipient, but what was wrapped for it does not open.
    #[error("the data key wrapped for {recipient} is damaged or has been replaced")]
    Damaged {
        /// The recipient, as the file names it.
        recipient: String,
    },
}

/// Where the search looked, and who could open the file.
#[derive(Debug)]
pub struct NoIdentity {
    /// Every place, in order.
    pub looked: Vec<Looked>,
    /// The recipients of the file.
    pub recipients: Vec<String>,
}

impl<'a> Identities<'a> {
    /// Nothing is read yet.
    pub fn new(context: &'a Context, passphrase: &'a dyn Passphrase) -> Self {
        let unread = sources(context).into_iter();
        Self {
            context,
            passphrase,
            unread,
            open: Vec::new(),
            locked: Vec::new(),
            looked: Vec::new(),
            unwrapped: HashMap::new(),
        }
    }

    /// The data key of a file, by the first identity that fits one of its recipients.
    ///
    /// # Errors
    /// [`UnlockError`] with every place that was looked at.
    pub fn data_key(&mut self, wrapped: &[WrappedKey]) -> Result<DataKey, UnlockError> {
        loop {
            if let Some(data_key) = self.unwrap(wrapped) {
                return Ok(data_key);
            }
            let Some(source) = self.unread.next() else { break };
            self.read(&source, wrapped);
        }
        while let Some(at) = self.locked.iter().position(|(_, locked)| locked.could_fit(wrapped)) {
            let (place, locked) = self.locked.remove(at);
            match locked.unlock(&place, self.passphrase) {
                Ok(identities) => {
                    self.note(place, Outcome::Identities(recipients(&identities)));
                    self.open.extend(identities);
                }
                Err(error) => self.note(place, Outcome::StillLocked(error)),
            }
            if let Some(data_key) = self.unwrap(wrapped) {
                return Ok(data_key);
            }
        }
        // One that fits and still does not open it: not before every other one was tried.
        if let Some(key) = wrapped.iter().find(|key| self.open.iter().any(|identity| identity.fits(key))) {
            return Err(UnlockError::Damaged { recipient: identifier(&key.recipient).to_owned() });
        }
        let recipients = wrapped.iter().map(|key| key.recipient.clone()).collect();
        Err(UnlockError::NoIdentity(NoIdentity { looked: self.looked.clone(), recipients }))
    }

    /// Reads every source that needs no passphrase. For commands that show what is there.
    pub fn look_everywhere(&mut self) -> &[Looked] {
        while let Some(source) = self.unread.next() {
            self.read(&source, &[]);
        }
        &self.looked
    }

    /// The recipients of every identity that is found without a passphrase, in the order of the search.
    pub fn recipients(&mut self) -> Vec<Recipient> {
        let known = |looked: &Looked| match &looked.outcome {
            Outcome::Identities(recipients) | Outcome::Locked(Some(recipients)) => recipients.clone(),
            Outcome::Nothing(_)
            | Outcome::Locked(None)
            | Outcome::StillLocked(_)
            | Outcome::Unusable(_)
            | Outcome::Problem(_) => Vec::new(),
        };
        self.look_everywhere().iter().flat_map(known).collect()
    }

    /// The identities that are open so far.
    pub fn open(&self) -> &[Identity] {
        &self.open
    }

    fn unwrap(&mut self, wrapped: &[WrappedKey]) -> Option<DataKey> {
        let pairs = self.open.iter().flat_map(|identity| wrapped.iter().map(move |key| (identity, key)));
        for (identity, key) in pairs.filter(|(identity, key)| identity.fits(key)) {
            if let Some(known) = self.unwrapped.get(&key.armored) {
                return Some(known.duplicate());
            }
            if let Some(data_key) = identity.unwrap(key) {
                self.unwrapped.insert(key.armored.clone(), data_key.duplicate());
                return Some(data_key);
            }
        }
        None
    }

    fn read(&mut self, source: &Source, wrapped: &[WrappedKey]) {
        let (place, bytes) = match source {
            Source::Variable(name) => ((*name).to_owned(), self.variable(name)),
            Source::FileVariable(name) => match self.context.variable(name) {
                Some(path) => {
                    let path = self.context.directory.join(path);
                    (format!("{name} ({})", self.context.shown(&path)), read_file(&path))
                }
                None => ((*name).to_owned(), Err(Outcome::Nothing("not set"))),
            },
            Source::File(path) => (self.context.shown(path), read_file(path)),
            Source::CommandVariable(name) => ((*name).to_owned(), self.command(name, wrapped)),
            Source::Keyring => ("the system keyring".to_owned(), read_keyring()),
        };
        let outcome = match bytes.map(|bytes| parse(&bytes)) {
            Err(outcome) => outcome,
            Ok(Err(error)) => Outcome::Unusable(error),
            Ok(Ok(Parsed::Open(identities))) => {
                let outcome = Outcome::Identities(recipients(&identities));
                self.open.extend(identities);
                outcome
            }
            Ok(Ok(Parsed::Locked(mut locked))) => {
                if locked.recipients.is_none() {
                    locked.recipients = self.public_half(source);
                }
                let outcome = Outcome::Locked(locked.recipients.clone());
                self.locked.push((place.clone(), locked));
                outcome
            }
        };
        self.note(place, outcome);
    }

    /// `identity new` writes the recipient beside a protected identity, so that nobody is asked for a
    /// passphrase that cannot help.
    fn public_half(&self, source: &Source) -> Option<Vec<Recipient>> {
        let path = match source {
            Source::File(path) => path.clone(),
            Source::FileVariable(name) => PathBuf::from(self.context.variable(name)?),
            _ => return None,
        };
        let bytes = file::read(&path.with_extension("pub"), LARGEST).ok()?;
        let text = std::str::from_utf8(&bytes).ok()?;
        let known = text.lines().filter_map(|line| Recipient::parse(line).ok());
        let known: Vec<Recipient> = known.filter(|recipient| !recipient.kind().is_ssh()).collect();
        (!known.is_empty()).then_some(known)
    }

    fn variable(&self, name: &str) -> Result<Zeroizing<Vec<u8>>, Outcome> {
        use std::os::unix::ffi::OsStringExt;
        let value = self.context.variable(name).ok_or(Outcome::Nothing("not set"))?;
        Ok(Zeroizing::new(value.into_vec()))
    }

    /// The user's own command, split like a shell line but run without a shell, as `sops` does.
    fn command(&self, name: &str, wrapped: &[WrappedKey]) -> Result<Zeroizing<Vec<u8>>, Outcome> {
        let problem = |text: &str| Outcome::Problem(text.to_owned());
        let line = self.context.variable(name).ok_or(Outcome::Nothing("not set"))?;
        let line = line.to_str().ok_or_else(|| problem("it is not text"))?;
        let words = shlex::split(line).filter(|words| !words.is_empty());
        let words = words.ok_or_else(|| problem("its quotes do not match"))?;
        let mut command = Program::new(&words[0]).args(&words[1..]);
        if let Some(first) = wrapped.first() {
            command = command.env("SOPS_AGE_RECIPIENT", &first.recipient);
        }
        let printed = command.read(LARGEST);
        let printed =
            printed.map_err(|error| problem(&format!("its command cannot be started: {}", error.why())))?;
        printed.ok_or_else(|| problem("its command failed"))
    }

    fn note(&mut self, place: String, outcome: Outcome) {
        match self.looked.iter_mut().find(|looked| looked.place == place) {
            Some(looked) => looked.outcome = outcome,
            None => self.looked.push(Looked { place, outcome }),
        }
    }
}

fn recipients(identities: &[Identity]) -> Vec<Recipient> {
    identities.iter().map(|identity| identity.recipient().clone()).collect()
}

fn read_file(path: &Path) -> Result<Zeroizing<Vec<u8>>, Outcome> {
    file::read(path, LARGEST).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => Outcome::Nothing("no such file"),
        std::io::ErrorKind::PermissionDenied => Outcome::Problem("permission denied".to_owned()),
        std::io::ErrorKind::IsADirectory => Outcome::Problem("it is a folder".to_owned()),
        _ => Outcome::Problem("it cannot be read".to_owned()),
    })
}

fn read_keyring() -> Result<Zeroizing<Vec<u8>>, Outcome> {
    match Keyring::read() {
        Ok(Some(mut text)) => Ok(Zeroizing::new(std::mem::take(&mut *text).into_bytes())),
        Ok(None) => Err(Outcome::Nothing("it contains no identity")),
        Err(error) => Err(Outcome::Problem(error.to_string())),
    }
}
