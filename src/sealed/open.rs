//! [`OpenFile`]: the only holder of plaintext, and the writer of sealed files.

use std::collections::HashMap;

use super::cipher::Cipher;
use super::line;
use super::lineage::{Mark, Provenance};
use super::mac::Mac;
use super::metadata::Metadata;
use super::rule::{Class, Rule};
use super::seal::{Head, Seal, Sealed, is_seal};
use super::stored::Stored;
use super::value::{Kind, SealedValue};
use super::{Binding, DataKey, Error, LARGEST, WrappedKey};
use crate::name::KeyName;
use crate::secret::Secret;

/// `stored` is what stood in the file, to be written again byte for byte while the value is the same.
pub(super) enum OpenItem {
    Comment { text: Secret, stored: Option<Stored> },
    Pair { name: KeyName, value: Secret, stored: Option<(Class, Stored)> },
}

/// The state of our seal in a file that `sops` accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SealState {
    /// It is the seal of exactly this content, here.
    Good,
    /// Something was changed since, or the file belongs elsewhere.
    Stale,
    /// senex-env never sealed it.
    Missing,
}

/// What [`OpenFile::set`] did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// The key is new.
    Added,
    /// The key had another value.
    Changed,
    /// The key had this very value; nothing needs to be written.
    Same,
}

/// A file in the clear. It comes from [`super::SealedFile::open`], or is new.
pub struct OpenFile {
    pub(super) items: Vec<OpenItem>,
    /// The comments that carry a seal, as they were; more than one is never good.
    seals: Vec<Secret>,
    pub(super) wrapped_keys: Vec<WrappedKey>,
    rule: Rule,
    version: String,
    pub(super) provenance: Provenance,
    pub(super) data_key: DataKey,
}

impl OpenFile {
    /// An empty file for these recipients, with a new data key.
    ///
    /// # Errors
    /// [`Error::Random`].
    pub fn new(data_key: DataKey, wrapped_keys: Vec<WrappedKey>, rule: Rule) -> Self {
        let version = Metadata::format_version();
        let provenance = Provenance::default();
        Self { items: Vec::new(), seals: Vec::new(), wrapped_keys, rule, version, provenance, data_key }
    }

    pub(super) fn assemble(items: Vec<OpenItem>, metadata: Metadata, data_key: DataKey) -> Self {
        let (seals, items): (Vec<_>, Vec<_>) = items
            .into_iter()
            .partition(|item| matches!(item, OpenItem::Comment { text, .. } if is_seal(text.expose())));
        let seals = seals
            .into_iter()
            .filter_map(|item| match item {
                OpenItem::Comment { text, .. } => Some(text),
                OpenItem::Pair { .. } => None,
            })
            .collect::<Vec<Secret>>();
        // A seal that does not fit was still written by a holder of the data key: counting goes on from it.
        let known = seals.iter().filter_map(|seal| Some(Sealed::parse(seal.expose())?.provenance));
        let provenance = known.max_by_key(|known| known.generation).unwrap_or_default();
        let Metadata { wrapped_keys, rule, version, .. } = metadata;
        Self { items, seals, wrapped_keys, rule, version, provenance, data_key }
    }

    /// What a merge made of two sides; its version is that of the newer one, the second.
    pub(super) fn merged(
        items: Vec<OpenItem>,
        wrapped_keys: Vec<WrappedKey>,
        rule: Rule,
        data_key: DataKey,
        sides: [&Self; 2],
    ) -> Self {
        let provenance = Provenance::merged(&data_key, sides.map(|side| (&side.provenance, &side.data_key)));
        let version = sides[1].version.clone();
        Self { items, seals: Vec::new(), wrapped_keys, rule, version, provenance, data_key }
    }

    /// How many times it was written.
    pub fn generation(&self) -> u64 {
        self.provenance.generation
    }

    /// Whether this is `earlier`, or a version that its holders made from it: the data key is the same, or came
    /// after that one.
    pub fn descends_from(&self, earlier: &Self) -> bool {
        let mark = Mark::of(&earlier.data_key);
        Mark::of(&self.data_key) == mark || self.provenance.holds(mark)
    }

    /// The line of one key, under the rule of the file.
    pub(super) fn line(&self, key: &KeyName, value: &Secret) -> Result<String, Error> {
        let mut line = String::new();
        write_pair(&Cipher::new(&self.data_key), key, value, self.rule.class(key), None, &mut line)?;
        Ok(line)
    }

    /// The keys with their values, in the order of the file.
    pub fn pairs(&self) -> impl Iterator<Item = (&KeyName, &Secret)> {
        self.items.iter().filter_map(|item| match item {
            OpenItem::Comment { .. } => None,
            OpenItem::Pair { name, value, .. } => Some((name, value)),
        })
    }

    /// The comments, without the seal.
    pub fn comments(&self) -> impl Iterator<Item = &Secret> {
        self.items.iter().filter_map(|item| match item {
            OpenItem::Comment { text, .. } => Some(text),
            OpenItem::Pair { .. } => None,
        })
    }

    /// What anybody sees of [`Self::comments`]: a token of the ciphertext.
    pub fn public_comments(&self) -> impl Iterator<Item = String> {
        self.items.iter().filter_map(|item| match item {
            OpenItem::Comment { stored, .. } => {
                Some(stored.as_ref().map_or_else(String::new, Stored::public_text))
            }
            OpenItem::Pair { .. } => None,
        })
    }

    /// The value of one key.
    pub fn get(&self, key: &KeyName) -> Option<&Secret> {
        self.pairs().find(|(name, _)| *name == key).map(|(_, value)| value)
    }

    /// The rule of the file as it was opened.
    pub fn rule(&self) -> &Rule {
        &self.rule
    }

    /// Who can open it.
    pub fn wrapped_keys(&self) -> &[WrappedKey] {
        &self.wrapped_keys
    }

    /// Gives a key a value. A new key goes to the end.
    pub fn set(&mut self, key: &KeyName, new: Secret) -> Change {
        for item in &mut self.items {
            if let OpenItem::Pair { name, value, stored } = item
                && name == key
            {
                if value.same_as(&new) {
                    return Change::Same;
                }
                *value = new;
                *stored = None;
                return Change::Changed;
            }
        }
        self.items.push(OpenItem::Pair { name: key.clone(), value: new, stored: None });
        Change::Added
    }

    /// Adds a comment at the end: what [`Self::set`] adds next stands below it. `text` is what follows
    /// the `#`; line feeds would become lines of their own and are replaced by blanks.
    pub fn comment(&mut self, text: &str) {
        self.items
            .push(OpenItem::Comment { text: Secret::new(text.replace(['\n', '\r'], " ")), stored: None });
    }

    /// Takes a key out, and the comments directly above it. Whether it was there.
    pub fn unset(&mut self, key: &KeyName) -> bool {
        let found =
            self.items.iter().position(|item| matches!(item, OpenItem::Pair { name, .. } if name == key));
        let Some(at) = found else { return false };
        let first = self.items[..at]
            .iter()
            .rposition(|item| matches!(item, OpenItem::Pair { .. }))
            .map_or(0, |previous| previous + 1);
        self.items.drain(first..=at);
        true
    }

    /// The state of the seal, for a file that lies where `binding` says.
    pub fn seal_state(&self, binding: &Binding) -> SealState {
        match self.seals.as_slice() {
            [] => SealState::Missing,
            [one] => {
                let sealed = Sealed::parse(one.expose());
                let good = sealed.is_some_and(|sealed| {
                    self.seal(binding, &self.rule, &sealed.provenance).matches(&sealed)
                });
                if good { SealState::Good } else { SealState::Stale }
            }
            _ => SealState::Stale,
        }
    }

    /// Keys that stood encrypted in the file and would become readable under `rule`.
    pub fn exposed_by(&self, rule: &Rule) -> Vec<&KeyName> {
        self.items
            .iter()
            .filter_map(|item| match item {
                OpenItem::Pair { name, stored: Some((Class::Secret, _)), value } if !value.is_empty() => {
                    (rule.class(name) == Class::Config).then_some(name)
                }
                _ => None,
            })
            .collect()
    }

    /// Seals it: the bytes of the file, with `rule` in force. A value that did not change keeps its
    /// bytes; seal, MAC and time are made anew.
    ///
    /// # Errors
    /// [`Error::ConfigBackslashN`] for a value that the format cannot keep readable; [`Error::Overfull`];
    /// [`Error::Random`].
    pub fn close(&self, binding: &Binding, rule: &Rule) -> Result<Vec<u8>, Error> {
        let cipher = Cipher::new(&self.data_key);
        let mut out = String::with_capacity(self.items.len() * 160 + self.wrapped_keys.len() * 700 + 1024);
        let mut mac = Mac::new(false);
        let provenance = self.provenance.next();
        let seal = self.seal(binding, rule, &provenance).to_comment(&provenance);
        write_comment(&cipher, &seal, None, &mut out)?;
        for item in &self.items {
            match item {
                OpenItem::Comment { text, stored } => {
                    write_comment(&cipher, text.expose(), stored.as_ref(), &mut out)?;
                }
                OpenItem::Pair { name, value, stored } => {
                    mac.value(value.expose());
                    write_pair(&cipher, name, value, rule.class(name), stored.as_ref(), &mut out)?;
                }
            }
        }
        let last_modified = Metadata::now();
        let metadata = Metadata {
            wrapped_keys: self.wrapped_keys.clone(),
            mac: SealedValue::seal(&cipher, &mac.finish(), &last_modified)?,
            last_modified,
            rule: rule.clone(),
            mac_only_encrypted: false,
            version: self.version.clone(),
        };
        metadata.write(&mut out);
        if out.len() as u64 > LARGEST {
            return Err(Error::Overfull);
        }
        Ok(out.into_bytes())
    }

    fn seal(&self, binding: &Binding, rule: &Rule, provenance: &Provenance) -> Seal {
        let (wrapped_keys, version) = (self.wrapped_keys.as_slice(), self.version.as_str());
        let head = Head { binding, rule, wrapped_keys, version, provenance };
        let mut seal = Seal::new(&self.data_key, &head);
        for item in &self.items {
            match item {
                OpenItem::Comment { text, .. } => seal.comment(text.expose()),
                OpenItem::Pair { name, value, .. } => {
                    seal.pair(name.as_str(), rule.class(name), value.expose());
                }
            }
        }
        seal
    }

    /// By key, what is different from an `earlier` state of the file: names only.
    pub fn difference(&self, earlier: &Self) -> Difference {
        let before: HashMap<&KeyName, &Secret> = earlier.pairs().collect();
        let mut difference = Difference::default();
        for (name, value) in self.pairs() {
            match before.get(name) {
                None => difference.added.push(name.clone()),
                Some(old) if !old.same_as(value) => difference.changed.push(name.clone()),
                Some(_) => {}
            }
        }
        let now: HashMap<&KeyName, &Secret> = self.pairs().collect();
        difference.removed =
            earlier.pairs().map(|(name, _)| name).filter(|name| !now.contains_key(name)).cloned().collect();
        difference
    }
}

/// Which keys differ between two states of a file.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Keys that only the later one has.
    pub added: Vec<KeyName>,
    /// Keys with another value.
    pub changed: Vec<KeyName>,
    /// Keys that only the earlier one has.
    pub removed: Vec<KeyName>,
}

impl Difference {
    /// Whether both hold the same keys with the same values.
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.changed.is_empty() && self.removed.is_empty()
    }
}

fn write_comment(
    cipher: &Cipher,
    text: &str,
    stored: Option<&Stored>,
    out: &mut String,
) -> Result<(), Error> {
    out.push('#');
    if let Some(Stored::Sealed(sealed)) = stored {
        sealed.write(Kind::Comment, out);
    } else if !text.is_empty() {
        SealedValue::seal(cipher, text, ":")?.write(Kind::Comment, out);
    }
    out.push('\n');
    Ok(())
}

fn write_pair(
    cipher: &Cipher,
    name: &KeyName,
    value: &Secret,
    class: Class,
    stored: Option<&(Class, Stored)>,
    out: &mut String,
) -> Result<(), Error> {
    out.push_str(name.as_str());
    out.push('=');
    match (class, stored) {
        (Class::Secret, Some((Class::Secret, Stored::Sealed(sealed)))) => sealed.write(Kind::Str, out),
        // Empty values are never encrypted: SOPS would not know what to do with one.
        (Class::Secret, _) if value.is_empty() => {}
        (Class::Secret, _) => {
            SealedValue::seal(cipher, value.expose(), &format!("{name}:"))?.write(Kind::Str, out);
        }
        (Class::Config, _) if value.expose().contains("\\n") => {
            return Err(Error::ConfigBackslashN { key: name.clone() });
        }
        (Class::Config, _) => out.push_str(&line::escape(value.expose())),
    }
    out.push('\n');
    Ok(())
}
