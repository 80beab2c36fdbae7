//! Config that repeats a secret: a user, a database and a password of the same name. Readable, it would give the
//! password away, and the commit of what was just sealed would be refused.

use std::collections::BTreeSet;

use super::gather::Gathered;
use crate::desk::leaks::Public;
use crate::git::scan::SHORTEST;
use crate::name::KeyName;
use crate::project::ProposedKey;

/// Makes a secret of every key that would show the value of one: also of one whose value in another environment did.
pub(super) fn keep_secret(keys: &mut [ProposedKey], project: &str, environments: &[Gathered]) {
    loop {
        let repeating = repeating(keys, project, environments);
        if repeating.is_empty() {
            return;
        }
        for key in keys.iter_mut().filter(|key| repeating.contains(&key.name)) {
            key.secret = true;
        }
    }
}

fn repeating(keys: &[ProposedKey], project: &str, environments: &[Gathered]) -> BTreeSet<KeyName> {
    let of_environments = environments.iter().map(|environment| &environment.name);
    let public = Public::new(project, of_environments, keys.iter().map(|key| &key.name));
    let names = |secret: bool| -> BTreeSet<&KeyName> {
        keys.iter().filter(|key| key.secret == secret).map(|key| &key.name).collect()
    };
    let (secret, readable) = (names(true), names(false));
    let entries = || environments.iter().flat_map(Gathered::entries);
    let secrets: BTreeSet<&str> = entries()
        .filter(|(name, _)| secret.contains(name))
        .map(|(_, value)| value.expose())
        .filter(|value| public.is_searched_for(value))
        .collect();
    let shows_one =
        |value: &str| value.len() >= SHORTEST && secrets.iter().any(|secret| value.contains(secret));
    entries()
        .filter(|(name, value)| readable.contains(name) && shows_one(value.expose()))
        .map(|(name, _)| name.clone())
        .collect()
}
