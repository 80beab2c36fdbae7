//! The merge of somebody who cannot open the file: by ciphertext, where the data key is the same on both
//! sides. MAC and seal stay those of one side, so that nothing opens the result before a holder of the
//! file has sealed it.

use super::super::file::Item;
use super::super::stored::Stored;
use super::super::value::Kind;
use super::super::{Class, SealedFile, line};
use super::access::{self, Access};
use super::blocks::{self, Document, Doubt, Outcome, Text};
use super::{MergeError, markers, rule};
use crate::name::KeyName;

/// The result: bytes, with conflict markers where `conflicts` says so.
pub(crate) struct ClosedMerge {
    /// The file.
    pub bytes: Vec<u8>,
    /// Keys that both sides changed.
    pub conflicts: Vec<KeyName>,
}

impl Text for &Stored {
    fn same(self, other: Self) -> bool {
        self == other
    }
}

/// Merges by ciphertext.
///
/// # Errors
/// [`MergeError::DataKeys`] if the sides have different data keys, or nobody can tell.
pub(crate) fn merge_closed(
    base: Option<&SealedFile>,
    ours: &SealedFile,
    theirs: &SealedFile,
    lets_in: &dyn Fn(&str) -> bool,
) -> Result<ClosedMerge, MergeError> {
    let ours_is_older = ours.is_older_than(theirs);
    let (first, second) = if ours_is_older { (ours, theirs) } else { (theirs, ours) };
    // The same wrapping is the same data key; a new one is wrapped anew to everybody.
    if !first.wrapped_keys().iter().any(|wrapped| second.wrapped_keys().contains(wrapped)) {
        return Err(MergeError::DataKeys);
    }
    let access = |file| Access { wrapped: SealedFile::wrapped_keys(file), data_key: None };
    let recipients = access::recipients(base.map(access), access(first), access(second), &|recipient| {
        access(ours).find(recipient).is_some() || lets_in(recipient)
    })?;
    let wrapped_keys = recipients
        .iter()
        .filter_map(|recipient| {
            let all = second.wrapped_keys().iter().chain(first.wrapped_keys());
            all.into_iter().find(|wrapped| wrapped.recipient == **recipient).cloned()
        })
        .collect();
    let rule = rule::merge(base.map(SealedFile::rule), first.rule(), second.rule())?;
    let nothing = Document { blocks: Vec::new(), tail: Vec::new() };
    let merged =
        blocks::merge(&base.map_or(nothing, document), &document(first), &document(second), Doubt::default());

    let mut out = String::new();
    let mut conflicts = Vec::new();
    let mut lines = Vec::new();
    for block in &merged.blocks {
        block.comments.iter().for_each(|text| write_comment(text, &mut out));
        let text = match block.outcome {
            Outcome::Value(text) => text,
            Outcome::Conflict { first, second } => {
                let (ours, theirs) = if ours_is_older { (first, second) } else { (second, first) };
                let mut line = String::new();
                if let Some(text) = theirs {
                    write_pair(block.name, text, &rule, &mut line)?;
                }
                lines.push(markers::Conflict { key: block.name, has_ours: ours.is_some(), theirs: line });
                conflicts.push(block.name.clone());
                let Some(text) = ours.or(theirs) else { continue };
                text
            }
        };
        write_pair(block.name, text, &rule, &mut out)?;
    }
    merged.tail.iter().for_each(|text| write_comment(text, &mut out));
    second.metadata.with(wrapped_keys, rule).write(&mut out);
    Ok(ClosedMerge { bytes: markers::insert(out.as_bytes(), &lines), conflicts })
}

fn document(file: &SealedFile) -> Document<'_, &Stored> {
    Document::new(file.items.iter().map(|item| match item {
        Item::Comment { text, .. } => (None, text),
        Item::Pair { name, value, .. } => (Some(name), value),
    }))
}

fn write_comment(text: &Stored, out: &mut String) {
    out.push('#');
    match text {
        Stored::Plain(text) => out.push_str(text),
        Stored::Sealed(sealed) => sealed.write(Kind::Comment, out),
    }
    out.push('\n');
}

/// A value can be written only as it stood: nobody here can encrypt or decrypt it.
fn write_pair(
    name: &KeyName,
    value: &Stored,
    rule: &super::super::Rule,
    out: &mut String,
) -> Result<(), MergeError> {
    out.push_str(name.as_str());
    out.push('=');
    match (value, rule.class(name)) {
        (Stored::Sealed(sealed), Class::Secret) => sealed.write(Kind::Str, out),
        (Stored::Plain(text), class) if class == Class::Config || text.is_empty() => {
            out.push_str(&line::escape(text));
        }
        _ => return Err(MergeError::DataKeys),
    }
    out.push('\n');
    Ok(())
}
