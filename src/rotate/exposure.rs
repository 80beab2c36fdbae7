//! What git history tells of the values in use: who could read them, and since when they are the same.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt;

use super::fallback;
use crate::git::{Commit, Past, Step};
use crate::identity::Identities;
use crate::name::{EnvName, KeyName, PersonName};
use crate::project::Project;
use crate::recipient;
use crate::sealed::{Class, OpenFile, SealedFile};
use crate::secret::Secret;

/// The history of one environment's file, compared with the file of today. Values of earlier versions are
/// compared and dropped at once; what stays is whether they were the same.
pub(crate) struct History {
    /// The keys of today, in the order of the file.
    keys: Vec<KeyName>,
    /// For each key, whether there is something to see: config is no secret, and an empty value no value.
    is_secret: Vec<bool>,
    /// The keys that keep previous values, with those of today.
    kept: Vec<Kept>,
    steps: Vec<Step>,
    versions: Vec<Version>,
    /// There are versions of which git knows nothing here: the clone is shallow or damaged.
    pub is_incomplete: bool,
}

/// The previous values of a key, which the application still accepts.
struct Kept {
    key: KeyName,
    list: KeyName,
    values: Vec<Secret>,
}

struct Version {
    readers: Readers,
    /// For each key, whether its value was that of today. `None` when the caller cannot open the version.
    same: Option<Vec<bool>>,
    /// For each key, whether its value of today stands there in the clear; empty when none does.
    in_clear: Vec<bool>,
    /// For each key that keeps previous values, whether one of those of today stood there.
    kept: Vec<bool>,
}

/// Who could open a version.
enum Readers {
    /// These recipients, by their identifiers.
    Recipients(HashSet<String>),
    /// It is not sealed: everybody who has the repository.
    Everybody,
}

/// Somebody who could open an earlier version, and cannot open the one of today.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Outsider {
    /// A person, none of whose recipients is in.
    Person(PersonName),
    /// Whoever has a former recipient (its short form) of a person who is in with another: a lost laptop.
    Former(PersonName, String),
    /// Whoever has a recipient (its short form) that is nobody's in the project file.
    Nobody(String),
    /// Whoever has the repository: it stood there in the clear.
    Everybody,
}

/// What somebody has seen of the values in use.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Exposure {
    /// Keys whose value of today stood in a version that they could open, in the order of the file.
    pub keys: Vec<KeyName>,
    /// Keys that keep such a value as a previous one, which the application accepts until it is retired.
    pub kept: Vec<KeyName>,
    /// Versions that they could open and the caller cannot: what these hold is unknown, never safe.
    pub unknown: usize,
}

/// The commit in which a value became what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Changed {
    /// The commit.
    pub commit: Commit,
    /// The value was the same already before, in versions that the caller cannot open: it is older.
    pub or_before: bool,
}

impl History {
    /// Reads every version that git has, each distinct one once.
    pub(crate) fn load(
        past: &mut Past,
        project: &Project,
        environment: &EnvName,
        now: &OpenFile,
        identities: &mut Identities<'_>,
    ) -> Self {
        let current: Vec<(&KeyName, &Secret)> = now.pairs().collect();
        let is_secret =
            |(key, value): &(&KeyName, &Secret)| now.rule().class(key) == Class::Secret && !value.is_empty();
        let found = past.steps(&project.sealed_file(environment));
        let kept = kept(project, now);
        let versions = (0..found.versions())
            .map(|version| compare(&found.bytes(version), &current, &kept, identities))
            .collect();
        Self {
            keys: current.iter().map(|(key, _)| (*key).clone()).collect(),
            is_secret: current.iter().map(is_secret).collect(),
            kept,
            versions,
            is_incomplete: found.is_incomplete,
            steps: found.steps,
        }
    }

    /// What whoever has one of these recipients has seen of the values in use.
    pub(crate) fn exposed_to(&self, recipients: &[String]) -> Exposure {
        self.exposure(|version| match &version.readers {
            Readers::Recipients(all) => recipients.iter().any(|recipient| all.contains(recipient)),
            Readers::Everybody => false,
        })
    }

    /// Everybody who is out, with what they have seen: whoever has a recipient of an earlier version that
    /// `now` does not let in, and everybody where a value once stood in the clear.
    pub(crate) fn exposed(&self, project: &Project, now: &OpenFile) -> Vec<(Outsider, Exposure)> {
        let mut out: BTreeMap<Outsider, Vec<String>> = BTreeMap::new();
        let mut known = HashSet::new();
        for version in &self.versions {
            let Readers::Recipients(recipients) = &version.readers else { continue };
            for recipient in recipients.iter().filter(|recipient| !now.holds(recipient)) {
                if known.insert(recipient) {
                    out.entry(Outsider::with(recipient, project, now)).or_default().push(recipient.clone());
                }
            }
        }
        let mut exposed: Vec<(Outsider, Exposure)> =
            out.into_iter().map(|(who, recipients)| (who, self.exposed_to(&recipients))).collect();
        exposed.push((Outsider::Everybody, self.in_the_clear()));
        exposed.retain(|(_, exposure)| *exposure != Exposure::default());
        exposed
    }

    /// The commit in which the value of a key became what it is; `None` when it is not committed yet.
    pub(crate) fn changed(&self, key: &KeyName) -> Option<Changed> {
        let index = self.keys.iter().position(|known| known == key)?;
        let same = |version: &usize| self.versions[*version].same.as_ref().map(|same| same[index]);
        let some = |versions: &[usize], is: Option<bool>| versions.iter().any(|version| same(version) == is);
        // The newest commit that holds it and follows on none that holds it.
        let is_first =
            |step: &&Step| step.in_head && some(&step.after, Some(true)) && !some(&step.before, Some(true));
        let first = self.steps.iter().find(is_first)?;
        Some(Changed { commit: first.commit.clone(), or_before: some(&first.before, None) })
    }

    fn exposure(&self, could_open: impl Fn(&Version) -> bool) -> Exposure {
        let mut seen = vec![false; self.keys.len()];
        let mut kept = vec![false; self.kept.len()];
        let mut unknown = 0;
        for version in self.versions.iter().filter(|version| could_open(version)) {
            match &version.same {
                None => unknown += 1,
                Some(same) => mark(&mut seen, same),
            }
            mark(&mut kept, &version.kept);
        }
        let kept = self.kept.iter().zip(kept).filter(|(_, seen)| *seen).map(|(kept, _)| kept.key.clone());
        Exposure { keys: self.marked(&seen), kept: kept.collect(), unknown }
    }

    fn in_the_clear(&self) -> Exposure {
        let mut exposure = self.exposure(|version| matches!(version.readers, Readers::Everybody));
        let mut seen: Vec<bool> = self.keys.iter().map(|key| exposure.keys.contains(key)).collect();
        self.versions.iter().for_each(|version| mark(&mut seen, &version.in_clear));
        exposure.keys = self.marked(&seen);
        exposure
    }

    fn marked(&self, seen: &[bool]) -> Vec<KeyName> {
        let keys = self.keys.iter().zip(&self.is_secret).zip(seen);
        keys.filter(|((_, secret), seen)| **secret && **seen).map(|((key, _), _)| key.clone()).collect()
    }
}

fn mark(seen: &mut [bool], more: &[bool]) {
    seen.iter_mut().zip(more).for_each(|(seen, more)| *seen |= more);
}

impl Outsider {
    fn with(recipient: &str, project: &Project, now: &OpenFile) -> Self {
        let short = recipient::short(recipient);
        match project.person_with(recipient).or_else(|| project.person_formerly_with(recipient)) {
            Some(person) if person.recipients.iter().any(|known| now.holds(known.identifier())) => {
                Self::Former(person.name.clone(), short)
            }
            Some(person) => Self::Person(person.name.clone()),
            None => Self::Nobody(short),
        }
    }

    /// Who has seen: the beginning of a sentence that goes on with keys.
    pub(crate) fn has_seen(&self) -> String {
        match self {
            Self::Person(name) => format!("{name}, whose access was revoked, has seen"),
            Self::Former(name, short) => format!("{name}'s revoked recipient {short} has seen"),
            Self::Nobody(short) => format!("{short}, which belongs to nobody in the project file, has seen"),
            Self::Everybody => "in plaintext, anybody with the repository has seen".to_owned(),
        }
    }
}

impl fmt::Display for Outsider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Person(name) => write!(f, "{name}"),
            Self::Former(name, short) => write!(f, "{name} ({short})"),
            Self::Nobody(short) => f.write_str(short),
            Self::Everybody => f.write_str("everybody"),
        }
    }
}

fn kept(project: &Project, now: &OpenFile) -> Vec<Kept> {
    let declared = project.keys.iter().filter_map(|key| Some((&key.name, key.keep_previous_in.as_ref()?)));
    declared
        .filter_map(|(key, list)| {
            // A list that is the key itself has the value in use in front.
            let values = fallback::entries(now.get(list)?).skip(usize::from(key == list)).collect();
            Some(Kept { key: key.clone(), list: list.clone(), values })
        })
        .collect()
}

fn compare(
    bytes: &[u8],
    current: &[(&KeyName, &Secret)],
    kept: &[Kept],
    identities: &mut Identities<'_>,
) -> Version {
    let unreadable = |readers| Version { readers, same: None, in_clear: Vec::new(), kept: Vec::new() };
    let Ok(file) = SealedFile::parse(bytes) else {
        // Damaged, in conflict, or not sealed: what it holds is unknown, and to whom is read leniently.
        return unreadable(readers_of_unreadable(bytes));
    };
    let identifiers = file.wrapped_keys().iter().map(|key| recipient::identifier(&key.recipient).to_owned());
    let readers = Readers::Recipients(identifiers.collect());
    let config: HashMap<&KeyName, &str> =
        file.entries().filter_map(|entry| Some((entry.name, entry.config?))).collect();
    let in_clear = if config.is_empty() {
        Vec::new()
    } else {
        current.iter().map(|(key, value)| config.get(*key).is_some_and(|text| same(text, value))).collect()
    };
    let opened =
        identities.data_key(file.wrapped_keys()).ok().and_then(|data_key| file.open_unsealed(data_key).ok());
    let Some(opened) = opened else { return Version { in_clear, ..unreadable(readers) } };
    // Values, not bytes: a new data key changes every byte and no value.
    let earlier: HashMap<&KeyName, &Secret> = opened.pairs().collect();
    let is_same =
        |(key, value): &(&KeyName, &Secret)| earlier.get(*key).is_some_and(|old| old.same_as(value));
    let stood_there = |kept: &Kept| {
        let names = [&kept.key, &kept.list];
        let old = names.iter().filter_map(|name| earlier.get(*name)).flat_map(|old| fallback::entries(old));
        old.into_iter().any(|old| kept.values.iter().any(|value| value.same_as(&old)))
    };
    Version {
        readers,
        same: Some(current.iter().map(is_same).collect()),
        in_clear,
        kept: kept.iter().map(stood_there).collect(),
    }
}

fn same(text: &str, value: &Secret) -> bool {
    Secret::new(text.to_owned()).same_as(value)
}

fn readers_of_unreadable(bytes: &[u8]) -> Readers {
    let text = String::from_utf8_lossy(bytes);
    let named = text.lines().filter_map(|line| {
        let (name, value) = line.split_once('=')?;
        let is_recipient = name.starts_with("sops_age__list_") && name.ends_with("__map_recipient");
        is_recipient.then(|| recipient::identifier(value.trim_end()).to_owned())
    });
    let named: HashSet<String> = named.collect();
    if named.is_empty() { Readers::Everybody } else { Readers::Recipients(named) }
}
