//! What a push does: decided from fingerprints, before anything is touched.

use std::collections::BTreeSet;

use super::version::Members;
use super::{Scope, ScopeError, Set, Version, Versions};
use crate::name::KeyName;
use crate::secret::Secret;

/// A key as the sealed file has it now.
pub(crate) struct Wanted<'a> {
    /// The key.
    pub key: &'a KeyName,
    /// Its value; nothing for a declared key that is missing or empty.
    pub value: Option<&'a Secret>,
    /// [`crate::sealed::OpenFile::fingerprint`] of the value.
    pub fingerprint: String,
}

/// What happens to one key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// The engine never had it.
    New,
    /// The engine has another value.
    Changed,
    /// The engine has this very value.
    Unchanged,
}

/// A push, decided.
#[derive(Debug)]
pub(crate) struct Plan {
    /// The number of the new versions, or of the last ones when there are none.
    pub number: u64,
    /// In the order of what is wanted: the version that holds it, to be made unless it is unchanged.
    pub steps: Vec<(Step, Version)>,
    /// What belongs together once it is pushed.
    pub members: Members,
}

impl Plan {
    /// Decides what is to be made so that the engine has what is wanted. The set that is pushed holds, besides,
    /// what the engine has of `others`.
    ///
    /// # Errors
    /// [`ScopeError::Long`], naming the first secret whose name is too long.
    pub(crate) fn new(
        scope: &Scope,
        present: &Versions,
        wanted: &[Wanted<'_>],
        others: &BTreeSet<&KeyName>,
    ) -> Result<Self, ScopeError> {
        let newest = present.newest().unwrap_or(0);
        let latest = present.latest();
        let mut plan =
            Self { number: newest, steps: Vec::with_capacity(wanted.len()), members: Members::new() };
        let mut members: Members =
            others.iter().filter_map(|key| Some(((*key).clone(), latest.get(*key)?.number))).collect();
        for Wanted { key, fingerprint, .. } in wanted {
            let known = latest.get(*key).copied();
            let (step, version) = match known {
                Some(version) if version.fingerprint == *fingerprint => (Step::Unchanged, version.clone()),
                other => {
                    plan.number = newest + 1;
                    let made = Version {
                        name: scope.secret(key, newest + 1)?,
                        key: (*key).clone(),
                        number: newest + 1,
                        fingerprint: fingerprint.clone(),
                        members: Members::new(),
                    };
                    (if other.is_some() { Step::Changed } else { Step::New }, made)
                }
            };
            members.insert((*key).clone(), version.number);
            plan.steps.push((step, version));
        }
        for (_, version) in plan.steps.iter_mut().filter(|(step, _)| *step != Step::Unchanged) {
            version.members = members.clone();
        }
        plan.members = members;
        Ok(plan)
    }

    /// The set that is pushed, as far as the engine has it.
    pub(crate) fn set<'a>(&self, present: &'a Versions) -> Set<'a> {
        let is_member = |version: &&Version| self.members.get(&version.key) == Some(&version.number);
        present.0.iter().filter(is_member).map(|version| (&version.key, version)).collect()
    }

    /// Whether the engine has all that was pushed, and nobody else pushed under the same number.
    pub(crate) fn is_whole(&self, present: &Versions) -> bool {
        let made = self.count(Step::Unchanged) < self.steps.len();
        self.set(present).len() == self.members.len()
            && (!made || present.members(self.number) == Some(&self.members))
    }

    /// How many keys take this step.
    pub(crate) fn count(&self, step: Step) -> usize {
        self.steps.iter().filter(|(taken, _)| *taken == step).count()
    }
}

/// The versions that nobody needs: not in use, not of the set that was just pushed, and not of the last set
/// before it that is whole, which a rollback goes to.
pub(crate) fn stale<'a>(present: &'a Versions, pushed: &Plan, in_use: &BTreeSet<String>) -> Vec<&'a Version> {
    let before = present.before(pushed.number).and_then(|number| present.members(number));
    let needed = |version: &&Version| {
        let is_member = |members: &Members| members.get(&version.key) == Some(&version.number);
        in_use.contains(&version.name) || is_member(&pushed.members) || before.is_some_and(is_member)
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

    fn plan(present: &Versions, wanted: &[(&str, &str)], others: &[&str]) -> Plan {
        let keys: Vec<KeyName> = wanted.iter().map(|(name, _)| key(name)).collect();
        let wanted: Vec<Wanted<'_>> = keys
            .iter()
            .zip(wanted)
            .map(|(key, (_, print))| Wanted { key, value: None, fingerprint: (*print).to_owned() })
            .collect();
        let others: Vec<KeyName> = others.iter().map(|name| key(name)).collect();
        let scope = Scope::named("p/e", "p_e").expect("a scope");
        Plan::new(&scope, present, &wanted, &others.iter().collect()).expect("short names")
    }

    fn planned(present: &[&str], wanted: &[(&str, &str)]) -> (u64, Vec<(Step, String)>) {
        let plan = plan(&versions(present), wanted, &[]);
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
    fn a_push_of_some_keys_keeps_the_others() {
        let present = versions(&["A 1 a", "B 1 b", "OLD 1 c"]);
        let plan = plan(&present, &[("A", "x")], &["B", "NEVER"]);
        let members = |key: &str, number| (KeyName::new(key).expect("a name"), number);
        assert_eq!(plan.members, Members::from([members("A", 2), members("B", 1)]));
        assert_eq!(plan.steps[0].1.members, plan.members);
    }

    #[test]
    fn interrupted_push_is_resumed() {
        let mut present = versions(&["A 1 a", "B 1 b", "A 2 c", "B 2 d"]);
        present.0.retain(|version| version.name != "p_e_B_v2");
        let plan = plan(&present, &[("A", "c"), ("B", "d")], &[]);
        let steps: Vec<(Step, &str)> =
            plan.steps.iter().map(|(step, version)| (*step, version.name.as_str())).collect();
        assert_eq!(steps, [(Step::Unchanged, "p_e_A_v2"), (Step::Changed, "p_e_B_v3")]);
        assert!(!plan.is_whole(&present));
        present.0.push(plan.steps[1].1.clone());
        assert!(plan.is_whole(&present));
        assert_eq!(present.before(3), Some(1), "the interrupted push is nothing to go back to");
    }

    #[test]
    fn concurrent_push_of_the_same_version_is_detected() {
        let mut present = versions(&["A 1 a", "B 1 b"]);
        let (mine, other) = (plan(&present, &[("A", "x")], &["B"]), plan(&present, &[("B", "y")], &["A"]));
        present.0.push(mine.steps[0].1.clone());
        assert!(mine.is_whole(&present));
        present.0.push(other.steps[0].1.clone());
        assert!(!mine.is_whole(&present) && !other.is_whole(&present));
        // Whoever comes next has a number of their own.
        assert!(plan(&present, &[("A", "x"), ("B", "y")], &[]).is_whole(&present));
    }

    #[test]
    fn the_last_two_sets_and_what_is_in_use_are_kept() {
        let present =
            versions(&["A 1 a", "A 2 b", "A 3 c", "A 4 d", "B 1 e", "OLD 3 f", "OLDER 2 x", "USED 1 g"]);
        let removed = |wanted: &[(&str, &str)]| {
            let in_use = BTreeSet::from(["p_e_A_v1".to_owned(), "p_e_USED_v1".to_owned()]);
            let plan = plan(&present, wanted, &[]);
            let stale = stale(&present, &plan, &in_use);
            stale.iter().map(|version| version.name.clone()).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(removed(&[("A", "d"), ("B", "e")]), "p_e_A_v2");
        let nothing = plan(&Versions::default(), &[], &[]);
        assert!(stale(&Versions::default(), &nothing, &BTreeSet::new()).is_empty());
    }
}
