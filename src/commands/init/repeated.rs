//! Config that repeats a secret: a user, a database and a password of the same name. Readable, it would give the
//! password away, and the commit of what was just sealed would be refused.

use std::collections::BTreeSet;

use super::gather::Gathered;
use crate::desk::leaks;
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
    let names = environments.iter().map(|environment| environment.name.as_str());
    let public: Vec<&str> =
        std::iter::once(project).chain(names).chain(keys.iter().map(|key| key.name.as_str())).collect();
    let (secret, readable): (Vec<&ProposedKey>, Vec<&ProposedKey>) = keys.iter().partition(|key| key.secret);
    let is_among = |keys: &[&ProposedKey], name: &KeyName| keys.iter().any(|key| key.name == *name);
    let entries = || environments.iter().flat_map(Gathered::entries);
    let secrets: Vec<&str> = entries()
        .filter(|(name, _)| is_among(&secret, name))
        .map(|(_, value)| value.expose())
        .filter(|value| leaks::is_searched_for(value, &public))
        .collect();
    let shows_one = |value: &str| secrets.iter().any(|secret| value.contains(secret));
    entries()
        .filter(|(name, value)| is_among(&readable, name) && shows_one(value.expose()))
        .map(|(name, _)| name.clone())
        .collect()
}
