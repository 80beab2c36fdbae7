//! The merge of somebody who can open the file: values in the clear, sealed anew.

use super::super::open::{OpenFile, OpenItem};
use super::super::stored::Stored;
use super::super::{Binding, Class, DataKey, Error, Rule, SealedFile, WrappedKey};
use super::access::{self, Access};
use super::blocks::{self, Document, Doubt, Merged, Outcome, Text};
use super::{MergeError, Side, markers, rule};
use crate::name::KeyName;
use crate::secret::Secret;

/// What both sides come from.
pub enum Base {
    /// Opened.
    Open(OpenFile),
    /// It is there, but nobody here can open it: its recipients and its rule are public.
    Closed(SealedFile),
    /// Both sides made the file.
    None,
}

impl Base {
    fn access(&self) -> Option<Access<'_>> {
        match self {
            Self::Open(file) => Some(access_of(file)),
            Self::Closed(file) => Some(Access { wrapped: file.wrapped_keys(), data_key: None }),
            Self::None => None,
        }
    }

    fn rule(&self) -> Option<&Rule> {
        match self {
            Self::Open(file) => Some(file.rule()),
            Self::Closed(file) => Some(file.rule()),
            Self::None => None,
        }
    }
}

/// A key that both sides changed, and not to the same.
pub struct Conflict {
    /// The key.
    pub key: KeyName,
    ours: Option<Secret>,
    theirs: Option<Secret>,
}

impl Conflict {
    /// What a side made of it; `None` if it took the key out.
    pub fn value(&self, side: Side) -> Option<&Secret> {
        match side {
            Side::Ours => self.ours.as_ref(),
            Side::Theirs => self.theirs.as_ref(),
        }
    }
}

/// The result of a merge. Where there are conflicts, the file holds our value, or theirs if we have none.
pub struct Merge {
    /// The merged file, its rule the merged one.
    pub file: OpenFile,
    /// What has to be decided.
    pub conflicts: Vec<Conflict>,
    /// Keys that the merged rule would have made readable, though the value that won never was: they stay
    /// secret.
    pub kept_secret: Vec<KeyName>,
    /// Recipients whom one side added and whom the result does not let in.
    pub left_out: Vec<String>,
    /// Recipients of the result whom our side did not have.
    pub let_in: Vec<String>,
    /// A side was written with a data key that the other side has replaced: all that it changed is in question.
    pub is_doubtful: bool,
}

/// A text of an opened file; `reusable` if its ciphertext is one under the data key of the result.
#[derive(Clone, Copy)]
struct Opened<'a> {
    text: &'a Secret,
    stored: Option<&'a (Class, Stored)>,
    comment: Option<&'a Stored>,
    key_of: &'a DataKey,
}

impl Text for Opened<'_> {
    fn same(self, other: Self) -> bool {
        self.text.same_as(other.text)
    }
}

/// Merges two opened versions. The sides must have been opened with their seals intact. `lets_in` answers
/// whether our project file lets a recipient in whom our side does not have.
///
/// A side whose data key the other one has replaced may be the work of somebody whose access was revoked by
/// just that: what it changed becomes a conflict, and nobody whom it added is let in.
///
/// # Errors
/// [`MergeError`] when there is nothing that both sides would accept.
pub fn merge(
    base: &Base,
    ours: &OpenFile,
    theirs: &OpenFile,
    ours_is_older: bool,
    lets_in: &dyn Fn(&str) -> bool,
) -> Result<Merge, MergeError> {
    let (first, second) = if ours_is_older { (ours, theirs) } else { (theirs, ours) };
    let before = base.access();
    let (one, other) = (access_of(first), access_of(second));
    let doubt = doubt(first, second);
    let accepted = |recipient: &str| {
        let added_by = |side: Access<'_>, doubtful: bool| side.find(recipient).is_some() && !doubtful;
        let trusted = added_by(one, doubt.first) || added_by(other, doubt.second);
        trusted && (access_of(ours).find(recipient).is_some() || lets_in(recipient))
    };
    let recipients = access::recipients(before, one, other, &accepted)?;
    let (data_key, wrapped_keys) = access::share(before, one, other, &recipients)?;
    let merged_rule = rule::merge(base.rule(), first.rule(), second.rule())?;
    let nothing = Document { blocks: Vec::new(), tail: Vec::new() };
    let document_of_base = match base {
        Base::Open(file) => document(file),
        Base::Closed(_) | Base::None => nothing,
    };
    let merged = blocks::merge(&document_of_base, &document(first), &document(second), doubt);

    let kept_secret = never_readable(&merged, &merged_rule, [first, second]);
    let rule = match kept_secret.as_slice() {
        [] => merged_rule,
        keys => rule::without(&merged_rule, keys).ok_or(MergeError::Rule)?,
    };
    let mut conflicts = Vec::new();
    let mut items = Vec::new();
    for block in merged.blocks {
        items.extend(block.comments.iter().map(|text| comment(*text, &data_key)));
        let text = match block.outcome {
            Outcome::Value(text) => text,
            Outcome::Conflict { first, second } => {
                let (ours, theirs) = if ours_is_older { (first, second) } else { (second, first) };
                let owned = |text: Option<Opened<'_>>| text.map(|text| text.text.duplicate());
                conflicts.push(Conflict {
                    key: block.name.clone(),
                    ours: owned(ours),
                    theirs: owned(theirs),
                });
                let Some(text) = ours.or(theirs) else { continue };
                text
            }
        };
        items.push(pair(block.name, text, &data_key));
    }
    items.extend(merged.tail.iter().map(|text| comment(*text, &data_key)));
    let left_out = left_out(before, one, other, &wrapped_keys);
    let let_in = wrapped_keys.iter().map(|wrapped| wrapped.recipient.clone());
    let let_in = let_in.filter(|recipient| access_of(ours).find(recipient).is_none()).collect();
    let file = OpenFile::merged(items, wrapped_keys, rule, data_key, [first, second]);
    Ok(Merge { file, conflicts, kept_secret, left_out, let_in, is_doubtful: doubt != Doubt::default() })
}

impl Merge {
    /// Takes one side's value for a key in conflict.
    pub fn resolve(&mut self, key: &KeyName, side: Side) {
        let Some(at) = self.conflicts.iter().position(|conflict| conflict.key == *key) else { return };
        let conflict = self.conflicts.swap_remove(at);
        match if side == Side::Ours { conflict.ours } else { conflict.theirs } {
            Some(value) => drop(self.file.set(key, value)),
            None => drop(self.file.unset(key)),
        }
    }

    /// For the common ancestor that git invents when histories crossed: every conflict gets a value that
    /// is that of neither side, so that whatever was decided later counts as a change.
    ///
    /// # Errors
    /// [`Error::Random`].
    pub fn resolve_with_noise(&mut self) -> Result<(), Error> {
        for conflict in std::mem::take(&mut self.conflicts) {
            let mut noise = [0_u8; 16];
            getrandom::fill(&mut noise).map_err(|_| Error::Random)?;
            let noise = noise.iter().map(|byte| format!("{byte:02x}")).collect();
            self.file.set(&conflict.key, Secret::new(noise));
        }
        Ok(())
    }

    /// The bytes of the file: sealed, and with conflict markers around the two lines of every conflict.
    /// With markers, no reader of sealed files takes it. With our line alone, where we have one, it is
    /// complete.
    ///
    /// # Errors
    /// As [`OpenFile::close`].
    pub fn close(&self, binding: &Binding) -> Result<Vec<u8>, Error> {
        let bytes = self.file.close(binding, self.file.rule())?;
        if self.conflicts.is_empty() {
            return Ok(bytes);
        }
        let line_of = |key: &KeyName, value: Option<&Secret>| match value {
            Some(value) => self.file.line(key, value),
            None => Ok(String::new()),
        };
        let mut theirs = Vec::new();
        for conflict in &self.conflicts {
            let side = line_of(&conflict.key, conflict.theirs.as_ref())?;
            theirs.push(markers::Conflict {
                key: &conflict.key,
                has_ours: conflict.ours.is_some(),
                theirs: side,
            });
        }
        Ok(markers::insert(&bytes, &theirs))
    }
}

/// Keys that would be readable under `rule`, though the value that won was secret wherever it stood.
fn never_readable(merged: &Merged<'_, Opened<'_>>, rule: &Rule, sides: [&OpenFile; 2]) -> Vec<KeyName> {
    let was_readable = |name: &KeyName, text: Opened<'_>| {
        text.text.is_empty()
            || sides.iter().any(|side| {
                side.rule().class(name) == Class::Config
                    && side.get(name).is_some_and(|value| value.same_as(text.text))
            })
    };
    merged
        .blocks
        .iter()
        .filter(|block| rule.class(block.name) == Class::Config)
        .filter(|block| match block.outcome {
            Outcome::Value(text) => !was_readable(block.name, text),
            Outcome::Conflict { first, second } => {
                [first, second].into_iter().flatten().any(|text| !was_readable(block.name, text))
            }
        })
        .map(|block| block.name.clone())
        .collect()
}

/// Recipients of one side alone who were not there before, and are not in the result.
fn left_out(
    base: Option<Access<'_>>,
    first: Access<'_>,
    second: Access<'_>,
    kept: &[WrappedKey],
) -> Vec<String> {
    let all = first.wrapped.iter().chain(second.wrapped).map(|wrapped| &wrapped.recipient);
    let kept = Access { wrapped: kept, data_key: None };
    all.filter(|recipient| kept.find(recipient).is_none())
        .filter(|recipient| base.is_none_or(|base| base.find(recipient).is_none()))
        .cloned()
        .collect()
}

/// With one data key, nobody was left behind. With two, the side that descends from the other has replaced
/// its key; where neither does, each may be the work of somebody whom the other side revoked.
fn doubt(first: &OpenFile, second: &OpenFile) -> Doubt {
    if first.data_key.same_as(&second.data_key) {
        return Doubt::default();
    }
    match (first.descends_from(second), second.descends_from(first)) {
        (true, false) => Doubt { first: false, second: true },
        (false, true) => Doubt { first: true, second: false },
        _ => Doubt { first: true, second: true },
    }
}

fn access_of(file: &OpenFile) -> Access<'_> {
    Access { wrapped: file.wrapped_keys(), data_key: Some(&file.data_key) }
}

fn document(file: &OpenFile) -> Document<'_, Opened<'_>> {
    Document::new(file.items.iter().map(|item| match item {
        OpenItem::Comment { text, stored } => {
            (None, Opened { text, stored: None, comment: stored.as_ref(), key_of: &file.data_key })
        }
        OpenItem::Pair { name, value, stored } => (
            Some(name),
            Opened { text: value, stored: stored.as_ref(), comment: None, key_of: &file.data_key },
        ),
    }))
}

fn comment(text: Opened<'_>, data_key: &DataKey) -> OpenItem {
    let stored = text.comment.filter(|_| text.key_of.same_as(data_key)).cloned();
    OpenItem::Comment { text: text.text.duplicate(), stored }
}

fn pair(name: &KeyName, text: Opened<'_>, data_key: &DataKey) -> OpenItem {
    let stored = text.stored.filter(|_| text.key_of.same_as(data_key)).cloned();
    OpenItem::Pair { name: name.clone(), value: text.text.duplicate(), stored }
}
