//! The versions of secrets that an engine holds, and the sets they make.

use std::collections::BTreeMap;

use super::Scope;
use crate::name::KeyName;

/// Labels of a secret that senex-env made.
pub(super) const SCOPE: &str = "senex-env.scope";
pub(super) const KEY: &str = "senex-env.key";
pub(super) const VERSION: &str = "senex-env.version";
pub(super) const FINGERPRINT: &str = "senex-env.fingerprint";

/// One secret of an engine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// Its name there.
    pub name: String,
    /// Whose value it is.
    pub key: KeyName,
    /// The push that made it, from 1.
    pub number: u64,
    /// [`crate::sealed::OpenFile::fingerprint`] of the value.
    pub fingerprint: String,
}

impl Version {
    /// From the labels of a secret; nothing when it is not ours.
    pub(super) fn from_labels(
        name: String,
        labels: &BTreeMap<String, String>,
        scope: &Scope,
    ) -> Option<Self> {
        if labels.get(SCOPE)? != scope.as_str() {
            return None;
        }
        Some(Self {
            name,
            key: KeyName::new(labels.get(KEY)?).ok()?,
            number: labels.get(VERSION)?.parse().ok().filter(|number| *number > 0)?,
            fingerprint: labels.get(FINGERPRINT)?.clone(),
        })
    }

    /// The labels that it has in the engine, as `name=value`.
    pub(super) fn labels(&self, scope: &Scope) -> [String; 4] {
        [
            format!("{SCOPE}={}", scope.as_str()),
            format!("{KEY}={}", self.key),
            format!("{VERSION}={}", self.number),
            format!("{FINGERPRINT}={}", self.fingerprint),
        ]
    }
}

/// One version of each key.
pub type Set<'a> = BTreeMap<&'a KeyName, &'a Version>;

/// Every version of one scope.
#[derive(Debug, Default)]
pub struct Versions(pub Vec<Version>);

impl Versions {
    /// The number of the last push that changed anything.
    pub fn newest(&self) -> Option<u64> {
        self.0.iter().map(|version| version.number).max()
    }

    /// The number of the push before this one.
    pub fn before(&self, number: u64) -> Option<u64> {
        self.0.iter().map(|version| version.number).filter(|earlier| *earlier < number).max()
    }

    /// The newest version of each key, up to this number.
    pub fn set(&self, number: u64) -> Set<'_> {
        let mut set = Set::new();
        for version in self.0.iter().filter(|version| version.number <= number) {
            let newest = set.entry(&version.key).or_insert(version);
            if version.number > newest.number {
                *newest = version;
            }
        }
        set
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// `A 1 x` is version 1 of `A` with the fingerprint `x`.
    pub fn versions(list: &[&str]) -> Versions {
        let scope = Scope::named("p_e").expect("a scope");
        let one = |text: &&str| {
            let mut words = text.split(' ');
            let mut word = || words.next().expect("three words").to_owned();
            let key = KeyName::new(&word()).expect("a name");
            let number = word().parse().expect("a number");
            let name = scope.secret(&key, number).expect("a short name");
            Version { name, key, number, fingerprint: word() }
        };
        Versions(list.iter().map(one).collect())
    }

    fn shown(set: &Set<'_>) -> String {
        set.iter().map(|(key, version)| format!("{key}{}", version.number)).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_set_is_the_newest_of_each_key_up_to_a_push() {
        let all = versions(&["A 1 a", "B 1 b", "B 4 c", "C 2 d"]);
        assert_eq!((all.newest(), all.before(4), all.before(1)), (Some(4), Some(2), None));
        assert_eq!(shown(&all.set(4)), "A1 B4 C2");
        assert_eq!(shown(&all.set(2)), "A1 B1 C2");
        assert_eq!(shown(&all.set(1)), "A1 B1");
        assert_eq!(Versions::default().newest(), None);
    }

    #[test]
    fn labels_are_read_as_they_were_written() {
        let scope = Scope::named("p_e").expect("a scope");
        let Versions(all) = versions(&["A 12 a-_x"]);
        let written: BTreeMap<String, String> = all[0]
            .labels(&scope)
            .iter()
            .map(|label| label.split_once('=').expect("a label"))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        let read = |labels: &BTreeMap<String, String>, scope: &str| {
            Version::from_labels(all[0].name.clone(), labels, &Scope::named(scope).expect("a scope"))
        };
        assert_eq!(read(&written, "p_e").as_ref(), Some(&all[0]));
        assert_eq!(read(&written, "p_other"), None);
        for (label, bad) in [(KEY, "A-B"), (VERSION, "0"), (VERSION, "-1"), (VERSION, "x")] {
            let mut damaged = written.clone();
            damaged.insert(label.to_owned(), bad.to_owned());
            assert_eq!(read(&damaged, "p_e"), None, "{label}={bad}");
        }
        assert_eq!(read(&BTreeMap::new(), "p_e"), None);
    }
}
