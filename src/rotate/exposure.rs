//! Exposure, from git history: which values in use now could a person read in some version of the file?

use std::collections::HashMap;

use crate::git;
use crate::identity::Identities;
use crate::name::{EnvName, KeyName};
use crate::project::Project;
use crate::recipient;
use crate::sealed::{OpenFile, SealedFile};

/// What a person has seen of one environment.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Exposure {
    /// Keys whose value of today stood in a version that the person could open, in the order of the file.
    pub keys: Vec<KeyName>,
    /// Versions that the person could open and the caller cannot: what they hold is unknown, never safe.
    pub unknown: usize,
}

/// Compares values, not bytes: a new data key changes every byte and no value.
pub fn exposed(
    project: &Project,
    environment: &EnvName,
    now: &OpenFile,
    identifiers: &[&str],
    identities: &mut Identities<'_>,
) -> Exposure {
    let mut seen: HashMap<&KeyName, bool> =
        now.pairs().filter(|(_, value)| !value.is_empty()).map(|(key, _)| (key, false)).collect();
    let mut unknown = 0;
    git::versions(&project.sealed_file(environment), &mut |version| {
        let Ok(file) = SealedFile::parse(&version.bytes) else { return false };
        let could_open = file
            .wrapped_keys()
            .iter()
            .any(|wrapped| identifiers.contains(&recipient::identifier(&wrapped.recipient)));
        if !could_open {
            return false;
        }
        let opened = identities
            .data_key(file.wrapped_keys())
            .ok()
            .and_then(|data_key| file.open_unsealed(data_key).ok());
        match opened {
            None => unknown += 1,
            Some(earlier) => {
                for (key, value) in earlier.pairs() {
                    if let Some(seen) = seen.get_mut(key)
                        && now.get(key).is_some_and(|current| current.same_as(value))
                    {
                        *seen = true;
                    }
                }
            }
        }
        // Nothing more can be found once every value has been seen.
        seen.values().all(|seen| *seen)
    });
    let keys = now.pairs().map(|(key, _)| key).filter(|key| seen.get(key) == Some(&true)).cloned().collect();
    Exposure { keys, unknown }
}
