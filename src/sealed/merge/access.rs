//! Who can open the result of a merge, and with which data key.
//!
//! Recipients are merged as a set, so that a recipient whom one side took out stays out. A data key is
//! used again only if nobody who is out ever had it.

use super::super::{DataKey, WrappedKey};
use super::MergeError;
use crate::recipient::{Recipient, identifier};

/// The access side of one version of a file.
#[derive(Clone, Copy)]
pub(super) struct Access<'a> {
    pub wrapped: &'a [WrappedKey],
    /// `None` for a base that nobody here could open: its data key is not known.
    pub data_key: Option<&'a DataKey>,
}

impl<'a> Access<'a> {
    pub(super) fn find(&self, recipient: &str) -> Option<&'a WrappedKey> {
        self.wrapped.iter().find(|wrapped| identifier(&wrapped.recipient) == identifier(recipient))
    }

    fn has_same_key_as(&self, other: &Self) -> bool {
        matches!((self.data_key, other.data_key), (Some(one), Some(other)) if one.same_as(other))
    }
}

/// The recipients of the result, by their texts. Without a base it is not known whether somebody was
/// added by one side or taken out by the other: then only those count whom both sides have. Somebody whom
/// one side added must be `accepted`.
pub(super) fn recipients<'a>(
    base: Option<Access<'a>>,
    first: Access<'a>,
    second: Access<'a>,
    accepted: &dyn Fn(&str) -> bool,
) -> Result<Vec<&'a str>, MergeError> {
    let mut merged: Vec<&str> = Vec::new();
    for WrappedKey { recipient, .. } in second.wrapped.iter().chain(first.wrapped) {
        let in_both = first.find(recipient).is_some() && second.find(recipient).is_some();
        let is_new = base.is_some_and(|base| base.find(recipient).is_none()) && accepted(recipient);
        let is_known = merged.iter().any(|known| identifier(known) == identifier(recipient));
        if (in_both || is_new) && !is_known {
            merged.push(recipient);
        }
    }
    if merged.is_empty() { Err(MergeError::NobodyLeft) } else { Ok(merged) }
}

/// The data key of the result, wrapped to its recipients. `first` is the older side.
pub(super) fn share(
    base: Option<Access<'_>>,
    first: Access<'_>,
    second: Access<'_>,
    recipients: &[&str],
) -> Result<(DataKey, Vec<WrappedKey>), MergeError> {
    let stays = |access: &Access<'_>| {
        access.wrapped.iter().all(|wrapped| {
            recipients.iter().any(|recipient| identifier(recipient) == identifier(&wrapped.recipient))
        })
    };
    // A side's data key is also known to everybody who had it before that side took them out.
    let is_safe = |side: &Access<'_>| {
        [Some(first), Some(second), base]
            .iter()
            .flatten()
            .filter(|known| known.has_same_key_as(side))
            .all(stays)
    };
    let is_new = |side: &Access<'_>| base.is_none_or(|base| !base.has_same_key_as(side));
    let candidates = [second, first];
    // A data key that one side made anew (a rekey, a revoke) is a change that must not be lost.
    let made_anew = candidates.iter().any(is_new);
    let chosen = candidates.iter().find(|side| is_safe(side) && (is_new(side) || !made_anew));
    let (data_key, wrapped) = match chosen.and_then(|side| Some((side.data_key?.duplicate(), *side))) {
        Some((data_key, side)) => {
            let sides: Vec<Access<'_>> =
                [first, second].into_iter().filter(|other| other.has_same_key_as(&side)).collect();
            (data_key, sides)
        }
        None => (DataKey::generate()?, Vec::new()),
    };
    let wrapped = recipients
        .iter()
        .map(|recipient| match wrapped.iter().find_map(|side| side.find(recipient)) {
            Some(wrapped) => Ok(wrapped.clone()),
            None => Recipient::parse(recipient)
                .ok()
                .and_then(|recipient| data_key.wrap(&recipient).ok())
                .ok_or_else(|| MergeError::Recipient((*recipient).to_owned())),
        })
        .collect::<Result<Vec<_>, _>>()?;
    Ok((data_key, wrapped))
}
