//! The versions of secrets that an engine holds, and the sets they make.

use std::collections::{BTreeMap, BTreeSet};

use super::Scope;
use crate::name::KeyName;

/// Labels of a secret that senex-env made.
pub(super) const SCOPE: &str = "senex-env.scope";
pub(super) const KEY: &str = "senex-env.key";
pub(super) const VERSION: &str = "senex-env.version";
pub(super) const FINGERPRINT: &str = "senex-env.fingerprint";
pub(super) const SET: &str = "senex-env.set";

/// One secret of an engine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Version {
    /// Its name there.
    pub name: String,
    /// Whose value it is.
    pub key: KeyName,
    /// The push that made it, from 1.
    pub number: u64,
    /// [`crate::sealed::OpenFile::fingerprint`] of the value.
    pub fingerprint: String,
    /// Every version that belongs together with this one, as its push meant it.
    pub members: Members,
}

/// The number of the version of each key.
pub(super) type Members = BTreeMap<KeyName, u64>;

impl Version {
    /// From the labels of a secret; nothing when it is not ours.
    pub(super) fn from_labels(
        name: String,
        labels: &BTreeMap<String, String>,
        scope: &Scope,
    ) -> Option<Self> {
        if labels.get(SCOPE)? != scope.label() {
            return None;
        }
        let number = |text: &str| text.parse().ok().filter(|number: &u64| *number > 0);
        let member = |text: &str| {
            let (key, version) = text.split_once('=')?;
            Some((KeyName::new(key).ok()?, number(version)?))
        };
        Some(Self {
            name,
            key: KeyName::new(labels.get(KEY)?).ok()?,
            number: number(labels.get(VERSION)?)?,
            fingerprint: labels.get(FINGERPRINT)?.clone(),
            members: labels.get(SET)?.split(' ').map(member).collect::<Option<_>>()?,
        })
    }

    /// The labels that it has in the engine, as `name=value`.
    pub(super) fn labels(&self, scope: &Scope) -> [String; 5] {
        let members: Vec<String> =
            self.members.iter().map(|(key, number)| format!("{key}={number}")).collect();
        [
            format!("{SCOPE}={}", scope.label()),
            format!("{KEY}={}", self.key),
            format!("{VERSION}={}", self.number),
            format!("{FINGERPRINT}={}", self.fingerprint),
            format!("{SET}={}", members.join(" ")),
        ]
    }
}

/// One version of each key.
pub(crate) type Set<'a> = BTreeMap<&'a KeyName, &'a Version>;

/// Every version of one scope.
#[derive(Debug, Default)]
pub(crate) struct Versions(pub Vec<Version>);

impl Versions {
    /// The number of the last push that made anything.
    pub(crate) fn newest(&self) -> Option<u64> {
        self.0.iter().map(|version| version.number).max()
    }

    /// The number of the last push before this one whose set is whole.
    pub(crate) fn before(&self, number: u64) -> Option<u64> {
        let earlier: BTreeSet<u64> =
            self.0.iter().map(|version| version.number).filter(|earlier| *earlier < number).collect();
        earlier.into_iter().rev().find(|earlier| self.set(*earlier).is_some())
    }

    /// The newest version of each key, whatever push it was meant for.
    pub(crate) fn latest(&self) -> Set<'_> {
        let mut latest = Set::new();
        for version in &self.0 {
            let newest = latest.entry(&version.key).or_insert(version);
            if version.number > newest.number {
                *newest = version;
            }
        }
        latest
    }

    /// What a push meant: nothing if nothing is left of it, or if two pushes took the number at the same time.
    pub(crate) fn members(&self, number: u64) -> Option<&Members> {
        let mut of_push = self.0.iter().filter(|version| version.number == number);
        let members = &of_push.next()?.members;
        of_push.all(|version| version.members == *members).then_some(members)
    }

    /// The set of a push, if it is whole: a push that was interrupted is not, nor one that was pruned since.
    pub(crate) fn set(&self, number: u64) -> Option<Set<'_>> {
        let find = |(key, number): (&KeyName, &u64)| {
            let found = self.0.iter().find(|version| version.key == *key && version.number == *number)?;
            Some((&found.key, found))
        };
        self.members(number)?.iter().map(find).collect()
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// `A 1 x` is version 1 of `A` with the fingerprint `x`. Each push means the newest of each key up to it.
    pub(crate) fn versions(list: &[&str]) -> Versions {
        let scope = Scope::named("p/e", "p_e").expect("a scope");
        let one = |text: &&str| {
            let mut words = text.split(' ');
            let mut word = || words.next().expect("three words").to_owned();
            let key = KeyName::new(&word()).expect("a name");
            let number = word().parse().expect("a number");
            let name = scope.secret(&key, number).expect("a short name");
            Version { name, key, number, fingerprint: word(), members: Members::new() }
        };
        let mut versions: Vec<Version> = list.iter().map(one).collect();
        let numbers: Vec<(KeyName, u64)> =
            versions.iter().map(|version| (version.key.clone(), version.number)).collect();
        for version in &mut versions {
            for (key, number) in numbers.iter().filter(|(_, number)| *number <= version.number) {
                let newest = version.members.entry(key.clone()).or_default();
                *newest = (*newest).max(*number);
            }
        }
        Versions(versions)
    }

    fn shown(set: Option<Set<'_>>) -> String {
        let Some(set) = set else { return "none".to_owned() };
        set.iter().map(|(key, version)| format!("{key}{}", version.number)).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn set_contains_the_versions_of_its_push() {
        let all = versions(&["A 1 a", "B 1 b", "B 4 c", "C 2 d"]);
        assert_eq!((all.newest(), all.before(4), all.before(1)), (Some(4), Some(2), None));
        assert_eq!(shown(all.set(4)), "A1 B4 C2");
        assert_eq!(shown(all.set(2)), "A1 B1 C2");
        assert_eq!(shown(all.set(1)), "A1 B1");
        assert_eq!(shown(all.set(3)), "none");
        assert_eq!(shown(Some(all.latest())), "A1 B4 C2");
        assert_eq!(Versions::default().newest(), None);
    }

    #[test]
    fn set_with_a_missing_version_is_invalid() {
        // Version 2 of A was pruned, version 1 is in use: a set of A1 and B2 never was.
        let mut all = versions(&["A 1 a", "A 2 b", "A 3 c", "B 1 d", "B 2 e"]);
        all.0.retain(|version| version.name != "p_e_A_v2");
        assert_eq!(shown(all.set(2)), "none");
        assert_eq!(all.before(3), Some(1));
        // An interrupted push, which is the last one.
        let mut all = versions(&["A 1 a", "B 1 b", "A 2 c", "B 2 d"]);
        all.0.retain(|version| version.name != "p_e_B_v2");
        assert_eq!((all.newest(), shown(all.set(2))), (Some(2), "none".to_owned()));
        assert_eq!(shown(Some(all.latest())), "A2 B1");
    }

    #[test]
    fn set_mixed_from_two_pushes_is_invalid() {
        let mut all = versions(&["A 1 a", "B 1 b", "A 2 c"]);
        let mut other = versions(&["A 1 a", "B 1 b", "B 2 d"]);
        all.0.push(other.0.remove(2));
        assert_eq!(all.members(2), None);
        assert_eq!(shown(all.set(2)), "none");
        assert_eq!(shown(all.set(1)), "A1 B1");
    }

    #[test]
    fn labels_are_read_as_they_were_written() {
        let Versions(all) = versions(&["B 3 x", "A 12 a-_x"]);
        let scope = |label: &str| Scope::named(label, "p_e").expect("a scope");
        let written: BTreeMap<String, String> = all[1]
            .labels(&scope("p/e"))
            .iter()
            .map(|label| label.split_once('=').expect("a label"))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        assert_eq!(written[SET], "A=12 B=3");
        let read = |labels: &BTreeMap<String, String>, label: &str| {
            Version::from_labels(all[1].name.clone(), labels, &scope(label))
        };
        assert_eq!(read(&written, "p/e").as_ref(), Some(&all[1]));
        assert_eq!(read(&written, "p/other"), None);
        let bad = [
            (KEY, "A-B"),
            (VERSION, "0"),
            (VERSION, "-1"),
            (VERSION, "x"),
            (SET, ""),
            (SET, "A=0"),
            (SET, "A"),
        ];
        for (label, bad) in bad {
            let mut damaged = written.clone();
            damaged.insert(label.to_owned(), bad.to_owned());
            assert_eq!(read(&damaged, "p/e"), None, "{label}={bad}");
        }
        assert_eq!(read(&BTreeMap::new(), "p/e"), None);
    }
}
