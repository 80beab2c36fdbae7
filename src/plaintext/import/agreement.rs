//! Whether the readers of env files make the same of one.

use std::fmt;

use crate::name::KeyName;
use crate::plaintext::read::Reader;
use crate::plaintext::read::reading::{Entry, Reading};

/// A key that the readers make different things of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Disagreement {
    /// The key. None where only python-dotenv or dotenvy takes something for a name: it may be a piece of a
    /// value.
    pub name: Option<KeyName>,
    /// The line, from 1.
    pub line: usize,
    /// The readers that agree, side by side; compose is in the first group.
    pub groups: Vec<Group>,
}

/// Readers that make the same of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Group {
    /// The readers.
    pub readers: Vec<Reader>,
    /// What they make of it.
    pub reads: Reads,
}

/// What a reader makes of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reads {
    /// A value of its own.
    Value,
    /// A value that depends on variables outside the file.
    Outside,
    /// Nothing: the line is invalid to it, or part of something else.
    Nothing,
}

impl Reads {
    fn of(opinion: Option<&Entry>) -> Self {
        match opinion {
            Some(Entry { unresolved: Some(_), .. }) => Self::Outside,
            Some(Entry { value: Some(_), .. }) => Self::Value,
            _ => Self::Nothing,
        }
    }
}

impl fmt::Display for Disagreement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut values = 0;
        for (index, group) in self.groups.iter().enumerate() {
            let readers: Vec<_> = group.readers.iter().map(|reader| reader.as_str()).collect();
            let verb = if readers.len() == 1 { "reads" } else { "read" };
            values += usize::from(group.reads == Reads::Value);
            let what = match group.reads {
                Reads::Value if values == 1 => "a value",
                Reads::Value => "another value",
                Reads::Outside => "a value that depends on the shell",
                Reads::Nothing => "nothing",
            };
            let separator = if index == 0 { "" } else { ", " };
            write!(f, "{separator}{} {verb} {what}", readers.join(" and "))?;
        }
        Ok(())
    }
}

/// The keys of which compose, python-dotenv and dotenvy do not make the same, in the order of the file.
/// `names` are those of the entries that compose finds; an entry without one is passed over.
pub(in crate::plaintext) fn disagreements(
    compose: &Reading,
    names: &[Option<KeyName>],
    others: &[(Reader, Reading)],
) -> Vec<Disagreement> {
    let mut found = Vec::new();
    for (entry, name) in compose.entries.iter().zip(names) {
        let (Some(name), true) = (name, compose.counts(entry)) else { continue };
        let mut opinions = vec![(Reader::Compose, Some(entry))];
        opinions.extend(others.iter().map(|(reader, other)| (*reader, other.get(&entry.name))));
        let groups = grouped(&opinions);
        if groups.len() > 1 {
            found.push(Disagreement { name: Some(name.clone()), line: entry.line, groups });
        }
    }
    for (reader, other) in others {
        for entry in other.entries.iter().filter(|entry| compose.get(&entry.name).is_none()) {
            let nothing = Group { readers: vec![Reader::Compose], reads: Reads::Nothing };
            let something = Group { readers: vec![*reader], reads: Reads::of(Some(entry)) };
            found.push(Disagreement { name: None, line: entry.line, groups: vec![nothing, something] });
        }
    }
    found.sort_by_key(|disagreement| disagreement.line);
    found
}

fn grouped(opinions: &[(Reader, Option<&Entry>)]) -> Vec<Group> {
    let mut groups: Vec<(Group, Option<&Entry>)> = Vec::new();
    for (reader, opinion) in opinions {
        match groups.iter_mut().find(|(_, other)| alike(*opinion, *other)) {
            Some((group, _)) => group.readers.push(*reader),
            None => groups.push((Group { readers: vec![*reader], reads: Reads::of(*opinion) }, *opinion)),
        }
    }
    groups.into_iter().map(|(group, _)| group).collect()
}

fn alike(one: Option<&Entry>, other: Option<&Entry>) -> bool {
    let reads = Reads::of(one);
    if reads != Reads::Value || Reads::of(other) != Reads::Value {
        return reads == Reads::of(other);
    }
    match (one.and_then(|entry| entry.value.as_ref()), other.and_then(|entry| entry.value.as_ref())) {
        (Some(one), Some(other)) => one.same_as(other),
        _ => false,
    }
}
