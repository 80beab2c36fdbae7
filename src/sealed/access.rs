//! Who can open a file: giving and taking access, and new data keys.

use super::open::{OpenFile, OpenItem};
use super::{DataKey, Error};
use crate::recipient::{self, Recipient};

impl OpenFile {
    /// Wraps the data key for one more recipient. Whether that was new.
    ///
    /// # Errors
    /// [`Error::Recipient`] when age does not take it.
    pub fn grant(&mut self, recipient: &Recipient) -> Result<bool, Error> {
        if self.holds(recipient.identifier()) {
            return Ok(false);
        }
        let wrapped =
            self.data_key.wrap(recipient).map_err(|_| Error::Recipient { short: recipient.short() })?;
        self.wrapped_keys.push(wrapped);
        Ok(true)
    }

    /// Wraps the data key once more for recipients that are in the file: what stood there for them is nobody's word.
    ///
    /// # Errors
    /// [`Error::Recipient`] for one that cannot be wrapped for.
    pub fn rewrap(&mut self, identifiers: &[String]) -> Result<(), Error> {
        for wrapped in &mut self.wrapped_keys {
            if identifiers.iter().any(|it| it == recipient::identifier(&wrapped.recipient)) {
                let short = || Error::Recipient { short: recipient::short(&wrapped.recipient) };
                let recipient = Recipient::parse(&wrapped.recipient).map_err(|_| short())?;
                *wrapped = self.data_key.wrap(&recipient).map_err(|_| short())?;
            }
        }
        Ok(())
    }

    /// Whether the data key is wrapped for this recipient.
    pub fn holds(&self, identifier: &str) -> bool {
        self.wrapped_keys.iter().any(|wrapped| recipient::identifier(&wrapped.recipient) == identifier)
    }

    /// Takes recipients out and makes a new data key for those who stay: who is out may still know the old
    /// one. Whether any was in.
    ///
    /// # Errors
    /// As [`Self::rekey`].
    pub fn revoke(&mut self, identifiers: &[&str]) -> Result<bool, Error> {
        let before = self.wrapped_keys.len();
        self.wrapped_keys.retain(|wrapped| !identifiers.contains(&recipient::identifier(&wrapped.recipient)));
        if self.wrapped_keys.len() == before {
            return Ok(false);
        }
        self.rekey()?;
        Ok(true)
    }

    /// A new data key and new nonces for every value and comment; the same values, the same recipients.
    ///
    /// # Errors
    /// [`Error::Random`], or [`Error::Recipient`] for one that cannot be wrapped for.
    pub fn rekey(&mut self) -> Result<(), Error> {
        self.rekey_to(DataKey::generate()?)
    }

    /// The same with a data key that the caller made.
    ///
    /// # Errors
    /// [`Error::Recipient`] for a recipient that cannot be wrapped for.
    pub fn rekey_to(&mut self, data_key: DataKey) -> Result<(), Error> {
        let mut wrapped_keys = Vec::with_capacity(self.wrapped_keys.len());
        for wrapped in &self.wrapped_keys {
            let short = || recipient::short(&wrapped.recipient);
            let recipient =
                Recipient::parse(&wrapped.recipient).map_err(|_| Error::Recipient { short: short() })?;
            wrapped_keys.push(data_key.wrap(&recipient).map_err(|_| Error::Recipient { short: short() })?);
        }
        self.provenance.replaced(&self.data_key);
        self.data_key = data_key;
        self.wrapped_keys = wrapped_keys;
        // What stood in the file was encrypted under the old key: nothing of it is kept.
        for item in &mut self.items {
            match item {
                OpenItem::Comment { stored, .. } => *stored = None,
                OpenItem::Pair { stored, .. } => *stored = None,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Binding, Rule, SealedFile};
    use super::*;
    use crate::name::{EnvName, KeyName};
    use crate::secret::Secret;

    fn recipient() -> (age::x25519::Identity, Recipient) {
        let identity = age::x25519::Identity::generate();
        let recipient = Recipient::parse(&identity.to_public().to_string()).expect("a recipient");
        (identity, recipient)
    }

    #[test]
    fn revoked_recipient_cannot_open_later_files() {
        let ((_, ana), (bob_identity, bob)) = (recipient(), recipient());
        let data_key = DataKey::generate().expect("random");
        let old = *data_key.bytes();
        let wrapped = vec![data_key.wrap(&ana).expect("wrapped"), data_key.wrap(&bob).expect("wrapped")];
        let mut open = OpenFile::new(data_key, wrapped, Rule::config_keys([]));
        open.set(&KeyName::new("A").expect("a name"), Secret::new("hunter2".to_owned()));
        let binding = Binding { project: "p".to_owned(), environment: EnvName::new("e").expect("a name") };
        let before = open.close(&binding, &Rule::config_keys([])).expect("sealed");
        assert!(open.revoke(&[bob.identifier()]).expect("revoked"));
        let after = open.close(&binding, &Rule::config_keys([])).expect("sealed");
        let file = SealedFile::parse(&after).expect("a sealed file");
        assert_eq!(file.wrapped_keys().len(), 1);
        assert!(age::decrypt(&bob_identity, file.wrapped_keys()[0].armored.as_bytes()).is_err());
        // Not even with the old data key.
        let old = DataKey::from_bytes(old.to_vec()).expect("32 bytes");
        assert!(file.open_unsealed(old).is_err());
        let line = |bytes: &[u8]| String::from_utf8_lossy(bytes).lines().nth(1).map(str::to_owned);
        assert_ne!(line(&before), line(&after));
    }

    #[test]
    fn grant_keeps_every_ciphertext() {
        let ((_, ana), (_, bob)) = (recipient(), recipient());
        let data_key = DataKey::generate().expect("random");
        let wrapped = vec![data_key.wrap(&ana).expect("wrapped")];
        let mut open = OpenFile::new(data_key, wrapped, Rule::config_keys([]));
        open.set(&KeyName::new("A").expect("a name"), Secret::new("hunter2".to_owned()));
        assert!(open.grant(&bob).expect("granted"));
        assert!(!open.grant(&bob).expect("granted already"));
        assert!(open.holds(bob.identifier()) && open.wrapped_keys().len() == 2);
    }
}
