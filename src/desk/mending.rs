//! What `seal` does with a file that is the text of a merge: conflict markers, or lines of two versions under
//! the checksum of one.
//!
//! Such a file proves nothing, so it is not blessed. The merge is made again from versions that are sealed;
//! the file itself only says which side was chosen where both changed a key. Where git does not know the
//! versions any more, as after a rebase, every line must be that of a sealed version.

use std::collections::HashSet;

use crate::desk::At;
use crate::desk::merging::{self, Merged, Versions};
use crate::error::Error;
use crate::exit::Exit;
use crate::git::{self, Sides};
use crate::identity::Identities;
use crate::name::EnvName;
use crate::sealed::{self, Conflict, DataKey, OpenFile, SealedFile, Side};
use crate::words;

/// The file as it should be, and where that comes from.
pub(crate) struct Mended {
    pub file: OpenFile,
    pub from: String,
}

/// `take` decides every conflict that the file does not.
///
/// # Errors
/// `broken`, which is why the file itself is not taken, if nothing else is known; or the keys that are
/// undecided.
pub(crate) fn mend(
    at: At<'_>,
    take: Option<Side>,
    broken: Error,
    identities: &mut Identities<'_>,
) -> Result<Mended, Error> {
    let path = at.path();
    let bytes = at.bytes()?;
    let parsed = SealedFile::parse(&bytes);
    for Sides { from, base, ours, theirs, our_commit } in git::merges_of(&path).unwrap_or_default() {
        let versions = Versions { base, ours, theirs, our_commit };
        let merge = match merging::merge(at, &versions, identities) {
            Ok(Merged::Open(merge)) => merge,
            Ok(Merged::Closed(_)) | Err(_) => continue,
        };
        let mut merge = *merge;
        let keys = data_keys(&bytes, &versions, identities);
        let mut undecided = Vec::new();
        for key in merge.conflicts.iter().map(|conflict| conflict.key.clone()).collect::<Vec<_>>() {
            let conflict = merge.conflicts.iter().find(|conflict| conflict.key == key);
            let chosen =
                parsed.as_ref().ok().zip(conflict).and_then(|(file, conflict)| chosen(file, conflict, &keys));
            match chosen.or(take) {
                Some(side) => merge.resolve(&key, side),
                None => undecided.push(key),
            }
        }
        if undecided.is_empty() {
            merging::tell(at, &merge);
            return Ok(Mended { file: merge.file, from });
        }
        return Err(undecided_error(at.name, &undecided, parsed.is_ok()));
    }
    let file = parsed.ok().and_then(|file| assembled(file, at, identities));
    match file {
        Some(file) => Ok(Mended { file, from: "sealed versions of it in git, line by line".to_owned() }),
        None => Err(broken),
    }
}

/// The side whose value stands in the file; `None` if it is that of neither.
fn chosen(file: &SealedFile, conflict: &Conflict, keys: &[DataKey]) -> Option<Side> {
    let here = match file.entries().find(|entry| *entry.name == conflict.key) {
        None => None,
        Some(_) => Some(keys.iter().find_map(|key| file.authentic(&conflict.key, key))?),
    };
    [Side::Ours, Side::Theirs].into_iter().find(|side| match (conflict.value(*side), &here) {
        (Some(value), Some(here)) => value.same_as(here),
        (None, None) => true,
        _ => false,
    })
}

/// Every data key under which a line of the file may stand.
fn data_keys(bytes: &[u8], versions: &Versions, identities: &mut Identities<'_>) -> Vec<DataKey> {
    [bytes, &versions.ours, &versions.theirs]
        .into_iter()
        .filter_map(|bytes| SealedFile::parse(bytes).ok())
        .filter_map(|file| identities.data_key(file.wrapped_keys()).ok())
        .collect()
}

/// The file itself, if each of its keys, comments and recipients stands in a sealed version of it.
fn assembled(file: SealedFile, at: At<'_>, identities: &mut Identities<'_>) -> Option<OpenFile> {
    let mut unproven: HashSet<String> = file.provable_lines().collect();
    let binding = at.binding();
    let proven = git::versions_everywhere(&at.path(), usize::MAX, &mut |bytes| {
        let Ok(version) = SealedFile::parse(bytes) else { return false };
        let lines: Vec<String> = version.provable_lines().filter(|line| unproven.contains(line)).collect();
        if lines.is_empty() {
            return false;
        }
        let opens = identities
            .data_key(version.wrapped_keys())
            .is_ok_and(|data_key| version.open(data_key, &binding).is_ok());
        if opens {
            unproven.retain(|line| !lines.contains(line));
        }
        unproven.is_empty()
    });
    if !proven.unwrap_or(false) {
        return None;
    }
    let data_key = identities.data_key(file.wrapped_keys()).ok()?;
    file.open_unproven(data_key).ok()
}

fn undecided_error(environment: &EnvName, keys: &[crate::name::KeyName], is_read: bool) -> Error {
    let error = Error::new(Exit::No, format!("{environment}: both sides changed {}", words::names(keys)));
    let error = if is_read {
        error.note("the file contains neither side's value")
    } else {
        error.note("the conflict markers are still there")
    };
    error.hint("keep one of the two lines of each key, or neither, then seal again").hint(format!(
        "or `senex-env seal -e {environment} --ours` or `--theirs`; for a third value, `senex-env set -e {environment} KEY` afterwards"
    ))
}

/// Whether `error` may be what a merge left behind.
pub(crate) fn is_of_a_merge(error: &sealed::Error) -> bool {
    use sealed::Error as E;
    matches!(
        error,
        E::ConflictMarkers { .. }
            | E::Mac
            | E::Value { .. }
            | E::Metadata { .. }
            | E::Strict { .. }
            | E::NotAPair { .. }
            | E::SealStale
    )
}
