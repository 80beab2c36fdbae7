//! [`SealedFile`]: what anybody can read in a sealed file.

use std::collections::HashMap;

use memchr::{memchr_iter, memmem};

use super::cipher::Cipher;
use super::line::{self, Line};
use super::mac::Mac;
use super::metadata::{Metadata, RawLine};
use super::open::{OpenFile, OpenItem};
use super::rule::{Class, Rule};
use super::stored::Stored;
use super::value::{Kind, SealedValue};
use super::{Binding, DataKey, Error, LARGEST, MOST_LINES, SealState, StrictRule, WrappedKey};
use crate::name::KeyName;
use crate::recipient;
use crate::secret::Secret;

#[derive(Clone)]
pub(super) enum Item {
    Comment { line: usize, text: Stored },
    Pair { line: usize, name: KeyName, class: Class, value: Stored },
}

/// A key of a sealed file, as anybody sees it.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'a> {
    /// Its name.
    pub name: &'a KeyName,
    /// Its line in the file, from 1.
    pub line: usize,
    /// Encrypted or readable.
    pub class: Class,
    /// Whether its value is empty; SOPS leaves empty values in the clear.
    pub is_empty: bool,
    /// The value of a config key.
    pub config: Option<&'a str>,
}

/// A sealed file that keeps all of the strict profile that can be checked without an identity. All of it is public.
#[derive(Clone)]
pub struct SealedFile {
    pub(super) items: Vec<Item>,
    pub(super) metadata: Metadata,
}

impl SealedFile {
    /// Reads a file.
    ///
    /// # Errors
    /// [`Error`] names the rule that is broken, and the line.
    pub fn parse(bytes: &[u8]) -> Result<Self, Error> {
        if bytes.len() as u64 > LARGEST {
            return Err(Error::TooLarge);
        }
        if bytes.is_empty() {
            return Err(Error::Empty);
        }
        refuse_unsealed(bytes)?;
        let mut data = Vec::new();
        let mut raw_metadata = Vec::new();
        for line in line::split(bytes).map_err(|error| converted_after_all(bytes, error))? {
            match line {
                Line::Pair { number, name, value } if name.starts_with(b"sops_") => {
                    raw_metadata.push(RawLine {
                        number,
                        name: utf8(&name[b"sops_".len()..], number)?,
                        value: utf8(value, number)?,
                    });
                }
                line => data.push(line),
            }
        }
        let metadata = Metadata::parse(&raw_metadata)?;
        let items = data.iter().map(|line| item(line, &metadata.rule)).collect::<Result<Vec<_>, _>>()?;
        refuse_duplicates(&items)?;
        Ok(Self { items, metadata })
    }

    /// The keys, in the order of the file.
    pub fn entries(&self) -> impl Iterator<Item = Entry<'_>> + Clone {
        self.items.iter().filter_map(|item| match item {
            Item::Comment { .. } => None,
            Item::Pair { line, name, class, value } => Some(Entry {
                name,
                line: *line,
                class: *class,
                is_empty: matches!(value, Stored::Plain(text) if text.is_empty()),
                config: match value {
                    Stored::Plain(text) if *class == Class::Config => Some(text),
                    _ => None,
                },
            }),
        })
    }

    /// Every key with what anybody can compare two versions by: the value of a config key, a token of the
    /// ciphertext of a secret. An empty text is an empty value.
    pub fn public_texts(&self) -> impl Iterator<Item = (&KeyName, String)> {
        self.items.iter().filter_map(|item| match item {
            Item::Comment { .. } => None,
            Item::Pair { name, value, .. } => Some((name, value.public_text())),
        })
    }

    /// Who can open it: the data key, wrapped once for each recipient.
    pub fn wrapped_keys(&self) -> &[WrappedKey] {
        &self.metadata.wrapped_keys
    }

    /// Whether the data key is wrapped for this recipient.
    pub fn holds(&self, identifier: &str) -> bool {
        self.wrapped_keys().iter().any(|wrapped| recipient::identifier(&wrapped.recipient) == identifier)
    }

    /// Which keys it keeps readable.
    pub fn rule(&self) -> &Rule {
        &self.metadata.rule
    }

    /// Whether both carry the very same MAC: each sealing makes another, even of the same content.
    pub fn has_mac_of(&self, other: &Self) -> bool {
        self.metadata.mac == other.metadata.mac
    }

    /// Whether it was sealed before `other`: an order of two versions that does not hang on where they lie.
    pub fn is_older_than(&self, other: &Self) -> bool {
        let age = |file: &Self| (file.metadata.last_modified.clone(), file.metadata.mac.to_text());
        age(self) <= age(other)
    }

    /// Opens a file of ours: every value and comment authenticates, the MAC is right, and the seal is
    /// that of this project and environment.
    ///
    /// # Errors
    /// [`Error::SealMissing`] and [`Error::SealStale`] for a file that only `sops` has vouched for.
    pub fn open(self, data_key: DataKey, binding: &Binding) -> Result<OpenFile, Error> {
        let open = self.open_unsealed(data_key)?;
        match open.seal_state(binding) {
            SealState::Good => Ok(open),
            SealState::Missing => Err(Error::SealMissing),
            SealState::Stale => Err(Error::SealStale),
        }
    }

    /// Opens another version of a file that is open already, if it has the same data key. Its seal does not
    /// matter: this is for the common ancestor of a merge, which is only compared with.
    ///
    /// # Errors
    /// [`Error`] names the key whose value does not authenticate.
    pub fn open_ancestor(self, descendant: &OpenFile) -> Result<OpenFile, Error> {
        self.open_unsealed(descendant.data_key.duplicate())
    }

    /// Opens a file whose seal is missing or stale, as `sops` left it: everything but the seal holds.
    /// For the command that seals it anew, which first shows what changed.
    ///
    /// # Errors
    /// [`Error`] names the key whose value does not authenticate.
    pub fn open_unsealed(self, data_key: DataKey) -> Result<OpenFile, Error> {
        self.decrypt(data_key, true)
    }

    /// Opens a file whose MAC does not fit. Values and comments authenticate; that they belong together,
    /// and every config value, the caller must know from elsewhere.
    ///
    /// # Errors
    /// As [`Self::open_unsealed`].
    pub fn open_unproven(self, data_key: DataKey) -> Result<OpenFile, Error> {
        self.decrypt(data_key, false)
    }

    /// The value of one key, if it authenticates or is readable; whatever else is wrong with the file.
    pub fn authentic(&self, key: &KeyName, data_key: &DataKey) -> Option<Secret> {
        let cipher = Cipher::new(data_key);
        self.items.iter().find_map(|item| match item {
            Item::Pair { name, value, line, .. } if name == key => {
                open_value(&cipher, name, value, *line).ok()
            }
            _ => None,
        })
    }

    /// What must be known from a sealed version before a file without a fitting MAC is sealed: every key
    /// with its value, every comment, every recipient, the rule.
    pub fn provable_lines(&self) -> impl Iterator<Item = String> {
        let text = |stored: &Stored| match stored {
            Stored::Plain(text) => text.clone(),
            Stored::Sealed(sealed) => sealed.to_text(),
        };
        let items = self.items.iter().map(move |item| match item {
            Item::Comment { text: stored, .. } => format!("#{}", text(stored)),
            Item::Pair { name, value, .. } => format!("{name}={}", text(value)),
        });
        let recipients =
            self.metadata.wrapped_keys.iter().map(|key| format!("+{}{}", key.recipient, key.armored));
        let rule = format!("~{}={}", self.rule().metadata_name(), self.rule().text());
        items.chain(recipients).chain(std::iter::once(rule))
    }

    fn decrypt(self, data_key: DataKey, prove: bool) -> Result<OpenFile, Error> {
        let cipher = Cipher::new(&data_key);
        let mut mac = Mac::new(self.metadata.mac_only_encrypted);
        let mut items = Vec::with_capacity(self.items.len());
        for item in self.items {
            items.push(match item {
                Item::Comment { line, text } => {
                    OpenItem::Comment { text: open_comment(&cipher, &text, line)?, stored: Some(text) }
                }
                Item::Pair { line, name, class, value } => {
                    let text = open_value(&cipher, &name, &value, line)?;
                    if class == Class::Secret || !self.metadata.mac_only_encrypted {
                        mac.value(text.expose());
                    }
                    OpenItem::Pair { name, value: text, stored: Some((class, value)) }
                }
            });
        }
        let stored =
            self.metadata.mac.open(&cipher, &self.metadata.last_modified).flatten().ok_or(Error::Mac)?;
        if prove && !mac.matches(stored.expose()) {
            return Err(Error::Mac);
        }
        Ok(OpenFile::assemble(items, self.metadata, data_key))
    }
}

/// What is no sealed file at all is told before it is taken apart, which would cost memory for nothing.
fn refuse_unsealed(bytes: &[u8]) -> Result<(), Error> {
    if !bytes.starts_with(b"sops_") && memmem::find(bytes, b"\nsops_").is_none() {
        if let Some(line) = line::conflict_marker(bytes) {
            return Err(Error::ConflictMarkers { line });
        }
        let encrypted = memmem::find(bytes, b"ENC[AES256_GCM,").is_some();
        return Err(if encrypted { Error::NoMetadata } else { Error::NotSealed });
    }
    if memchr_iter(b'\n', bytes).nth(MOST_LINES).is_some() {
        return Err(Error::TooManyLines);
    }
    Ok(())
}

fn converted_after_all(bytes: &[u8], error: Error) -> Error {
    match error {
        Error::NotAPair { .. } if bytes.windows(2).any(|pair| pair == b"\r\n") => Error::CrLf,
        error => error,
    }
}

fn utf8(bytes: &[u8], line: usize) -> Result<&str, Error> {
    std::str::from_utf8(bytes).map_err(|_| Error::strict(StrictRule::Utf8, line, "a line is not UTF-8"))
}

fn item(line: &Line<'_>, rule: &Rule) -> Result<Item, Error> {
    match *line {
        Line::Comment { number, text } => {
            let text = utf8(text, number)?;
            let text = if text.is_empty() || !rule.encrypts_comments() {
                Stored::Plain(text.to_owned())
            } else if text.starts_with("ENC[") {
                Stored::Sealed(SealedValue::parse(text, Kind::Comment, number)?)
            } else {
                let what = "a comment is stored in plaintext, but `sops` encrypts comments";
                return Err(Error::strict(StrictRule::CommentAuthenticates, number, what));
            };
            Ok(Item::Comment { line: number, text })
        }
        Line::Pair { number, name, value } => {
            let value = utf8(value, number)?;
            let name = match std::str::from_utf8(name).map(KeyName::new) {
                Ok(Ok(name)) => name,
                Ok(Err(error)) => return Err(Error::key_name(number, name, error)),
                Err(_) => {
                    return Err(Error::strict(StrictRule::Utf8, number, "the name of a key is not UTF-8"));
                }
            };
            let class = rule.class(&name);
            let value = match class {
                Class::Config => Stored::Plain(line::unescape(value)),
                Class::Secret if value.is_empty() => Stored::Plain(String::new()),
                Class::Secret if !value.starts_with("ENC[") => {
                    return Err(Error::Plaintext { key: name, line: number });
                }
                Class::Secret => Stored::Sealed(
                    SealedValue::parse(value, Kind::Str, number).map_err(|error| error.of_key(&name))?,
                ),
            };
            Ok(Item::Pair { line: number, name, class, value })
        }
    }
}

/// `sops` keeps both and takes the first here and the last there.
fn refuse_duplicates(items: &[Item]) -> Result<(), Error> {
    let mut seen: HashMap<&KeyName, usize> = HashMap::with_capacity(items.len());
    for item in items {
        if let Item::Pair { line, name, .. } = item
            && let Some(first) = seen.insert(name, *line)
        {
            let what = format!("duplicate key `{name}`; the first is on line {first}");
            return Err(Error::strict(StrictRule::DuplicateKey, *line, what));
        }
    }
    Ok(())
}

fn open_comment(cipher: &Cipher, stored: &Stored, line: usize) -> Result<Secret, Error> {
    match stored {
        Stored::Plain(text) => Ok(Secret::new(text.clone())),
        // A comment has no path, so its associated data is that of the empty name.
        Stored::Sealed(sealed) => match sealed.open(cipher, ":") {
            Some(Some(text)) => Ok(text),
            Some(None) => Err(Error::strict(StrictRule::Utf8, line, "a comment is not UTF-8")),
            None => {
                let what = "a comment was changed, or belongs to another file";
                Err(Error::strict(StrictRule::CommentAuthenticates, line, what))
            }
        },
    }
}

fn open_value(cipher: &Cipher, name: &KeyName, stored: &Stored, line: usize) -> Result<Secret, Error> {
    match stored {
        Stored::Plain(text) => Ok(Secret::new(text.clone())),
        Stored::Sealed(sealed) => match sealed.open(cipher, &format!("{name}:")) {
            Some(Some(text)) => Ok(text),
            Some(None) => {
                Err(Error::strict(StrictRule::Utf8, line, format!("the value of `{name}` is not UTF-8")))
            }
            None => Err(Error::Value { key: name.clone(), line }),
        },
    }
}
