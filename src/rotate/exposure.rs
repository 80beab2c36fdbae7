//! What git history tells of the values in use: who could read them, and since when they are the same.

use std::collections::HashSet;

use crate::git;
use crate::identity::Identities;
use crate::name::{EnvName, KeyName};
use crate::project::{Person, Project};
use crate::recipient;
use crate::sealed::{OpenFile, SealedFile};

/// One earlier version of a sealed file, compared with the file of today. Values are compared and dropped at
/// once; what stays is whether they were the same.
struct Earlier {
    commit: String,
    author: String,
    time: i64,
    recipients: HashSet<String>,
    /// For each key of today, in order: whether its value was the one of today. `None` when the caller
    /// cannot open the version.
    same: Option<Vec<bool>>,
}

/// The history of one environment.
pub struct History {
    keys: Vec<KeyName>,
    versions: Vec<Earlier>,
}

/// What a person has seen of one environment.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Exposure {
    /// Keys whose value of today stood in a version that the person could open, in the order of the file.
    pub keys: Vec<KeyName>,
    /// Versions that the person could open and the caller cannot: what they hold is unknown, never safe.
    pub unknown: usize,
}

/// The commit in which a value became what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    /// Abbreviated id.
    pub commit: String,
    /// Who made it.
    pub author: String,
    /// When, in seconds since 1970.
    pub time: i64,
}

impl History {
    /// Reads every version that git has, each with one unwrapped data key.
    pub fn load(
        project: &Project,
        environment: &EnvName,
        now: &OpenFile,
        identities: &mut Identities<'_>,
    ) -> Self {
        let current: Vec<_> = now.pairs().collect();
        let mut versions = Vec::new();
        git::versions(&project.sealed_file(environment), &mut |version| {
            let Ok(file) = SealedFile::parse(&version.bytes) else { return false };
            let recipients = file
                .wrapped_keys()
                .iter()
                .map(|wrapped| recipient::identifier(&wrapped.recipient).to_owned())
                .collect();
            let opened = identities
                .data_key(file.wrapped_keys())
                .ok()
                .and_then(|data_key| file.open_unsealed(data_key).ok());
            // Values, not bytes: a new data key changes every byte and no value.
            let same = opened.map(|earlier| {
                let earlier: std::collections::HashMap<_, _> = earlier.pairs().collect();
                let same = |(key, value): &(&KeyName, &crate::secret::Secret)| {
                    earlier.get(*key).is_some_and(|old| old.same_as(value))
                };
                current.iter().map(same).collect()
            });
            let git::Version { commit, author, time, .. } = version;
            versions.push(Earlier { commit, author, time, recipients, same });
            false
        });
        let keys = current.iter().map(|(key, _)| (*key).clone()).collect();
        Self { keys, versions }
    }

    /// What a person has seen of the values in use. Empty values are nothing to see.
    pub fn exposed_to(&self, person: &Person, now: &OpenFile) -> Exposure {
        let mut seen = vec![false; self.keys.len()];
        let mut unknown = 0;
        for version in &self.versions {
            if !person.recipients.iter().any(|known| version.recipients.contains(known.identifier())) {
                continue;
            }
            match &version.same {
                None => unknown += 1,
                Some(same) => seen.iter_mut().zip(same).for_each(|(seen, same)| *seen |= same),
            }
        }
        let with_value = |key: &&KeyName| now.get(key).is_some_and(|value| !value.is_empty());
        let keys = self.keys.iter().zip(seen).filter(|(_, seen)| *seen).map(|(key, _)| key);
        Exposure { keys: keys.filter(with_value).cloned().collect(), unknown }
    }

    /// The commit in which the value of a key became what it is; `None` when it is not committed yet, or
    /// when the history cannot be opened far enough to tell.
    pub fn changed(&self, key: &KeyName) -> Option<Changed> {
        let index = self.keys.iter().position(|known| known == key)?;
        let mut found = None;
        for version in &self.versions {
            match version.same.as_ref().map(|same| same[index]) {
                Some(true) => found = Some(version),
                Some(false) => break,
                None => return None,
            }
        }
        let Earlier { commit, author, time, .. } = found?;
        Some(Changed { commit: commit.clone(), author: author.clone(), time: *time })
    }
}
