//! What an application has encrypted with a Fernet key can be read as long as that key is kept.

use super::fallback;
use crate::name::{EnvName, KeyName};
use crate::project::{Key, Project, ValueType};
use crate::sealed::OpenFile;
use crate::secret::Secret;

/// Whether the key is one of Fernet in this environment.
pub(crate) fn is_fernet(key: &Key, environment: &EnvName) -> bool {
    key.rules_in(environment).kind.is_some_and(|kind| kind.value == ValueType::FernetKey)
}

/// The Fernet keys that an environment keeps, the present ones and the previous ones.
pub(crate) struct FernetKeys(Vec<(KeyName, Secret)>);

impl FernetKeys {
    /// Those of the keys whose type says so, and of the lists where their previous values are kept.
    pub(crate) fn of(project: &Project, environment: &EnvName, open: &OpenFile) -> Self {
        let mut kept = Vec::new();
        for key in project.keys.iter().filter(|key| is_fernet(key, environment)) {
            let list = key.keep_previous_in.as_ref().filter(|list| **list != key.name);
            for value in [Some(&key.name), list].into_iter().flatten().filter_map(|name| open.get(name)) {
                kept.extend(fallback::entries(value).map(|entry| (key.name.clone(), entry)));
            }
        }
        Self(kept)
    }

    /// The variables that lose a key between now and `after`: what it has encrypted can be read no more.
    pub(crate) fn losing(&self, after: &Self) -> Vec<&KeyName> {
        let is_kept = |lost: &Secret| after.0.iter().any(|(_, kept)| kept.same_as(lost));
        let mut names: Vec<&KeyName> =
            self.0.iter().filter(|(_, entry)| !is_kept(entry)).map(|(name, _)| name).collect();
        names.dedup();
        names
    }
}
