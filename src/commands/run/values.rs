//! The sealed values as far as they are known: all of them once the file is open, before that the names and what
//! is readable.

use std::collections::BTreeMap;

use crate::name::KeyName;
use crate::sealed::{OpenFile, SealedFile};
use crate::secret::Secret;

/// See the module.
pub(super) struct Values<'a>(BTreeMap<&'a str, (&'a KeyName, Known<'a>)>);

#[derive(Clone, Copy)]
enum Known<'a> {
    Value(&'a str),
    /// It has a value, to nobody knows what.
    Something,
}

impl<'a> Values<'a> {
    /// Without an identity.
    pub(super) fn names_of(file: &'a SealedFile) -> Self {
        let known = file.entries().map(|entry| {
            let empty = entry.is_empty.then_some("");
            (entry.name, entry.config.or(empty).map_or(Known::Something, Known::Value))
        });
        Self(known.map(|(key, known)| (key.as_str(), (key, known))).collect())
    }

    /// All of them.
    pub(super) fn of(open: &'a OpenFile) -> Self {
        let known = open.pairs().map(|(key, value)| (key.as_str(), (key, Known::Value(value.expose()))));
        Self(known.collect())
    }

    /// The keys that have a value, by name.
    pub(super) fn names(&self) -> impl Iterator<Item = &'a KeyName> {
        self.0.values().map(|(key, _)| *key)
    }

    /// A value that is known.
    pub(super) fn get(&self, name: &str) -> Option<&'a str> {
        match self.known(name)? {
            Known::Value(value) => Some(value),
            Known::Something => None,
        }
    }

    /// Whether a key has a value.
    pub(super) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// Whether a key is known to have this value.
    pub(super) fn is(&self, name: &str, value: &Secret) -> bool {
        self.get(name) == Some(value.expose())
    }

    /// A value, or what stands for it.
    pub(super) fn or_stand_in(&self, name: &str) -> Option<&'a str> {
        Some(match self.known(name)? {
            Known::Value(value) => value,
            Known::Something => "set",
        })
    }

    /// Whether a key has a value that is not known.
    pub(super) fn is_stand_in(&self, name: &str) -> bool {
        matches!(self.known(name), Some(Known::Something))
    }

    fn known(&self, name: &str) -> Option<Known<'a>> {
        self.0.get(name).map(|(_, known)| *known)
    }
}
