//! What a push does: decided from fingerprints, before anything is touched.

use std::collections::BTreeSet;

use super::{Scope, ScopeError, Version, Versions};
use crate::name::KeyName;
use crate::secret::Secret;

/// A key as the sealed file has it now.
pub struct Wanted<'a> {
    /// The key.
    pub key: &'a KeyName,
    /// Its value; nothing for a declared key that is missing or empty.
    pub value: Option<&'a Secret>,
    /// [`crate::sealed::OpenFile::fingerprint`] of the value.
    pub fingerprint: String,
}

/// What happens to one key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The engine never had it.
    New,
    /// The engine has another value.
    Changed,
    /// The engine has this very value.
    Unchanged,
}

/// A push, decided.
#[derive(Debug)]
pub struct Plan {
    /// The number of the new versions, or of the last ones when there are none.
    pub number: u64,
    /// In the order of what is wanted: the version that holds it, to be made unless it is unchanged.
    pub steps: Vec<(Step, Version)>,
}

impl Plan {
    /// Decides what is to be made so that the engine has what is wanted.
    ///
    /// # Errors
    /// [`ScopeError::Long`], naming the first secret whose name is too long.
    pub fn new(scope: &Scope, present: &Versions, wanted: &[Wanted<'_>]) -> Result<Self, ScopeError> {
        let newest = present.newest().unwrap_or(0);
        let current = present.set(newest);
        let mut plan = Self { number: newest, steps: Vec::with_capacity(wanted.len()) };
        for Wanted { key, fingerprint, .. } in wanted {
            let known = current.get(*key).copied();
            let (step, version) = match known {
                Some(version) if version.fingerprint == *fingerprint => (Step::Unchanged, version.clone()),
                other => {
                    plan.number = newest + 1;
                    let made = Version {
                        name: scope.secret(key, newest + 1)?,
                        key: (*key).clone(),
                        number: newest + 1,
                        fingerprint: fingerprint.clone(),
                    };
                    (if other.is_some() { Step::Changed } else { Step::New }, made)
                }
            };
            plan.steps.push((step, version));
        }
        Ok(plan)
    }

    /// How many keys take this step.
    pub fn count(&self, step: Step) -> usize {
        self.steps.iter().filter(|(taken, _)| *taken == step).count()
    }
}

/// The versions that nobody needs: not of the newest set, not of the one before, which a rollback goes to, and
/// not in use. Of a key that is not `wanted` any more, every version that is not in use.
pub fn stale<'a>(
    present: &'a Versions,
    wanted: &BTreeSet<&KeyName>,
    in_use: &BTreeSet<String>,
) -> Vec<&'a Version> {
    let Some(newest) = present.newest() else { return Vec::new() };
    let mut kept: BTreeSet<&str> = BTreeSet::new();
    for number in [Some(newest), present.before(newest)].into_iter().flatten() {
        kept.extend(present.set(number).values().map(|version| version.name.as_str()));
    }
    let needed = |version: &&Version| {
        in_use.contains(&version.name)
            || kept.contains(version.name.as_str()) && wanted.contains(&version.key)
    };
    present.0.iter().filter(|version| !needed(version)).collect()
}

#[cfg(test)]
mod tests {
    use super::super::version::tests::versions;
    use super::*;

    fn key(name: &str) -> KeyName {
        KeyName::new(name).expect("a name")
    }

    fn planned(present: &[&str], wanted: &[(&str, &str)]) -> (u64, Vec<(Step, String)>) {
        let keys: Vec<KeyName> = wanted.iter().map(|(name, _)| key(name)).collect();
        let wanted: Vec<Wanted<'_>> = keys
            .iter()
            .zip(wanted)
            .map(|(key, (_, print))| Wanted { key, value: None, fingerprint: (*print).to_owned() })
            .collect();
        let scope = Scope::named("p_e").expect("a scope");
        let plan = Plan::new(&scope, &versions(present), &wanted).expect("short names");
        (plan.number, plan.steps.into_iter().map(|(step, version)| (step, version.name)).collect())
    }

    #[test]
    fn only_what_changed_gets_a_new_version() {
        let name = str::to_owned;
        assert_eq!(
            planned(&["A 1 a", "B 1 b", "B 2 c"], &[("A", "a"), ("B", "d"), ("C", "e")]),
            (
                3,
                vec![
                    (Step::Unchanged, name("p_e_A_v1")),
                    (Step::Changed, name("p_e_B_v3")),
                    (Step::New, name("p_e_C_v3"))
                ]
            )
        );
        assert_eq!(planned(&["A 1 a"], &[("A", "a")]), (1, vec![(Step::Unchanged, name("p_e_A_v1"))]));
        // An earlier value that comes back is a change: a set is made of the newest versions.
        assert_eq!(planned(&["A 1 a", "A 2 b"], &[("A", "a")]), (3, vec![(Step::Changed, name("p_e_A_v3"))]));
    }

    #[test]
    fn the_last_two_sets_and_what_is_in_use_are_kept() {
        let present = versions(&["A 1 a", "A 2 b", "A 3 c", "A 4 d", "B 1 e", "OLD 4 f", "USED 1 g"]);
        let (a, b) = (key("A"), key("B"));
        let wanted = BTreeSet::from([&a, &b]);
        let in_use = BTreeSet::from(["p_e_A_v1".to_owned(), "p_e_USED_v1".to_owned()]);
        let names: Vec<&str> =
            stale(&present, &wanted, &in_use).iter().map(|version| version.name.as_str()).collect();
        assert_eq!(names, ["p_e_A_v2", "p_e_OLD_v4"]);
        assert!(stale(&versions(&[]), &wanted, &in_use).is_empty());
    }
}
