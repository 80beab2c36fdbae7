//! [`Doubt`]: a key whose value the readers do not agree on, or which the file alone does not define.

use std::fmt;

use crate::name::KeyName;
use crate::plaintext::read::Reader;
use crate::plaintext::read::reading::{Entry, Reading};
use crate::secret::Secret;
use crate::words;

/// A key whose value is not known for sure. It is taken once somebody says which reader is right.
pub(crate) struct Doubt {
    /// The key.
    pub name: KeyName,
    /// The line, from 1, on which its definition begins.
    pub line: usize,
    /// What the readers make of it, the first of them at the top. Readers that make the same of it are together.
    pub opinions: Vec<Opinion>,
}

/// What some readers make of a key.
pub(crate) struct Opinion {
    /// The readers.
    pub readers: Vec<Reader>,
    /// The value; `None` where the line is invalid to them, or part of something else.
    pub value: Option<Secret>,
    /// Whether the value depends on a variable that the file does not define before.
    pub depends: Option<Variable>,
}

/// A variable of the shell: its name, where it looks like one (`[A-Z][A-Z0-9_]*`). Otherwise the `$` is as likely to
/// be part of a password, and what follows it is not shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Variable(pub(in crate::plaintext) Option<String>);

impl Variable {
    /// What an entry depends on.
    pub(in crate::plaintext) fn of(entry: &Entry) -> Option<Self> {
        let name = entry.unresolved.as_ref()?;
        Some(Self(Some(name.clone()).filter(|name| is_conventional(name))))
    }
}

/// Whether people write names of variables like this, and nobody a piece of a password.
pub(in crate::plaintext) fn is_conventional(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_uppercase())
        && name.bytes().all(|byte| byte == b'_' || byte.is_ascii_uppercase() || byte.is_ascii_digit())
}

/// Whether one of the others makes something else of an entry.
pub(in crate::plaintext) fn differs(entry: &Entry, others: &[(Reader, Reading)]) -> bool {
    others.iter().any(|(_, other)| {
        let other = other.get(&entry.name);
        let value = other.and_then(|other| other.value.as_ref());
        Variable::of(entry) != other.and_then(Variable::of) || !is_same(entry.value.as_ref(), value)
    })
}

fn is_same(one: Option<&Secret>, other: Option<&Secret>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => one.same_as(other),
        (None, None) => true,
        _ => false,
    }
}

impl Doubt {
    /// The doubt about a key that `others` read in another way, or whose value needs the shell.
    pub(in crate::plaintext) fn about(
        name: &KeyName,
        (reader, entry): (Reader, &Entry),
        others: &[(Reader, Reading)],
        literal: &Reading,
    ) -> Self {
        let mut opinions = vec![Opinion::of(reader, Some(entry))];
        for (reader, other) in others {
            Opinion::of(*reader, other.get(&entry.name)).join(&mut opinions);
        }
        // The text as it stands there is a choice where it is one line.
        let as_written =
            literal.get(&entry.name).filter(|it| (it.line, it.line) == (entry.line, entry.last_line));
        if as_written.is_some() {
            Opinion::of(Reader::Literal, as_written).join(&mut opinions);
        }
        Self { name: name.clone(), line: entry.line, opinions }
    }

    /// The opinions that give a value, among which somebody chooses.
    pub(crate) fn choices(&self) -> impl Iterator<Item = &Opinion> {
        self.opinions.iter().filter(|opinion| opinion.value.is_some())
    }

    /// Whether one of the readers gives this value.
    pub(crate) fn allows(&self, value: &Secret) -> bool {
        self.choices().any(|opinion| opinion.value.as_ref().is_some_and(|own| own.same_as(value)))
    }

    /// What an opinion amounts to, without anything of a value: its length, and where it differs from the first.
    pub(crate) fn told(&self, opinion: &Opinion) -> String {
        let readers: Vec<&str> = opinion.readers.iter().map(|reader| reader.title()).collect();
        let what = match &opinion.value {
            None => "nothing".to_owned(),
            Some(value) => {
                let first = self.choices().next().and_then(|first| first.value.as_ref());
                let differs = match first.and_then(|first| first.first_difference(value)) {
                    Some(at) => format!(", different from character {at} on"),
                    None => String::new(),
                };
                format!("{}{differs}", words::count(value.characters(), "character"))
            }
        };
        let without = match &opinion.depends {
            None => String::new(),
            Some(Variable(Some(name))) => format!(", without the value of `{name}`"),
            Some(Variable(None)) => ", without the value of a variable".to_owned(),
        };
        format!("{}: {what}{without}", words::list(&readers))
    }
}

impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let told: Vec<String> = self.opinions.iter().map(|opinion| self.told(opinion)).collect();
        write!(f, "`{}`: {}", self.name, told.join("; "))
    }
}

impl Opinion {
    fn of(reader: Reader, entry: Option<&Entry>) -> Self {
        Self {
            readers: vec![reader],
            value: entry.and_then(|entry| entry.value.as_ref()).map(Secret::duplicate),
            depends: entry.and_then(Variable::of),
        }
    }

    /// Adds it to the one that is like it, or to the end.
    fn join(self, opinions: &mut Vec<Self>) {
        match opinions.iter_mut().find(|other| other.is_like(&self)) {
            Some(like) => like.readers.extend(self.readers),
            None => opinions.push(self),
        }
    }

    fn is_like(&self, other: &Self) -> bool {
        self.depends == other.depends && is_same(self.value.as_ref(), other.value.as_ref())
    }

    /// The reader by which somebody chooses it.
    pub(crate) fn reader(&self) -> Reader {
        self.readers[0]
    }
}
