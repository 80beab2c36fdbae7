//! The table of keys and environments, in 80 columns, for any number of both.

use std::collections::{HashMap, HashSet};

use crate::check::{Checked, Severity};
use crate::project::{Environment, Project};
use crate::sealed::{Entry, SealedFile};
use crate::ui::{Cell, Table, style, styled};

/// Columns that are used, of a terminal that has as many.
pub(super) const WIDTH: usize = 80;
/// The table is shown whole up to so many keys; of more, only those that matter.
const WHOLE: usize = 24;

/// One table, or several below each other where the environments do not fit side by side.
pub(super) fn table<'a>(project: &'a Project, checked: &'a Checked<'a>, all: bool, width: usize) -> String {
    let states = States::of(project, checked);
    let keys: Vec<&str> = states.keys.iter().copied().filter(|key| all || states.shows(key)).collect();
    let longest = keys.iter().map(|key| key.chars().count()).max().unwrap_or(0);
    let mut text = String::new();
    for columns in blocks(&states.columns, longest, width) {
        let heads = columns.iter().map(|column| column.environment.name.as_str());
        let mut table = Table::with_head([""].into_iter().chain(heads));
        for key in &keys {
            let states = columns.iter().map(|column| column.state(key));
            let states = states.map(|state| Cell::styled(state.style(), state.word()));
            table.row([Cell::from(key)].into_iter().chain(states));
        }
        for line in table.lines(Some(width)) {
            text.push_str(&line);
            text.push('\n');
        }
    }
    let hidden = states.keys.len() - keys.len();
    if hidden > 0 {
        let more = if keys.is_empty() { "" } else { " more" };
        let line =
            format!("{hidden}{more} {} OK (--all shows them)", if hidden == 1 { "key" } else { "keys" });
        text.push_str(&styled(style::DIM, line));
        text.push('\n');
    }
    text
}

/// What a key is in an environment.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Set,
    Wrong,
    Empty,
    EmptyButRequired,
    Missing,
    Absent,
}

impl State {
    fn word(self) -> &'static str {
        match self {
            Self::Set => "set",
            Self::Wrong => "wrong",
            Self::Empty | Self::EmptyButRequired => "empty",
            Self::Missing => "missing",
            Self::Absent => "-",
        }
    }

    fn style(self) -> anstyle::Style {
        match self {
            Self::Set => style::GOOD,
            Self::Empty | Self::Absent => style::DIM,
            Self::Wrong | Self::EmptyButRequired | Self::Missing => style::ERROR,
        }
    }

    fn is_bad(self) -> bool {
        matches!(self, Self::Wrong | Self::EmptyButRequired | Self::Missing)
    }
}

struct Column<'a> {
    environment: &'a Environment,
    entries: HashMap<&'a str, Entry<'a>>,
    required: HashSet<&'a str>,
    wrong: HashSet<&'a str>,
}

impl Column<'_> {
    fn width(&self) -> usize {
        self.environment.name.as_str().len().max("missing".len())
    }

    fn state(&self, key: &str) -> State {
        let required = self.required.contains(key);
        match self.entries.get(key) {
            _ if self.wrong.contains(key) => State::Wrong,
            Some(entry) if entry.is_empty && required => State::EmptyButRequired,
            Some(entry) if entry.is_empty => State::Empty,
            Some(_) => State::Set,
            None if required => State::Missing,
            None => State::Absent,
        }
    }
}

struct States<'a> {
    keys: Vec<&'a str>,
    columns: Vec<Column<'a>>,
    matter: HashSet<&'a str>,
}

impl<'a> States<'a> {
    fn of(project: &'a Project, checked: &'a Checked<'a>) -> Self {
        let mut keys: Vec<&str> = project.key_names().map(|key| key.as_str()).collect();
        let mut known: HashSet<&str> = keys.iter().copied().collect();
        let mut columns = Vec::with_capacity(checked.files.len());
        for (environment, file) in &checked.files {
            let entries = file.iter().flat_map(SealedFile::entries);
            let entries: Vec<_> = entries.map(|entry| (entry.name.as_str(), entry)).collect();
            keys.extend(entries.iter().map(|(name, _)| *name).filter(|name| known.insert(name)));
            let about = checked.findings.iter().filter(|finding| finding.is_about(&environment.name));
            let wrong = about.filter(|finding| finding.kind.is_broken_rule());
            columns.push(Column {
                environment,
                entries: entries.into_iter().collect(),
                required: project.required(&environment.name).map(|key| key.name.as_str()).collect(),
                wrong: wrong.filter_map(|finding| finding.key.as_ref()).map(|key| key.as_str()).collect(),
            });
        }
        let errors = checked.findings.iter().filter(|finding| finding.severity == Severity::Error);
        let mut matter: HashSet<&str> =
            errors.filter_map(|finding| finding.key.as_ref()).map(|key| key.as_str()).collect();
        let bad = keys.iter().filter(|key| columns.iter().any(|column| column.state(key).is_bad()));
        matter.extend(bad.copied());
        Self { keys, columns, matter }
    }

    fn shows(&self, key: &str) -> bool {
        self.keys.len() <= WHOLE || self.matter.contains(key)
    }
}

/// The columns that fit side by side, with room for the names of the keys.
fn blocks<'c, 'a>(columns: &'c [Column<'a>], names: usize, room: usize) -> Vec<&'c [Column<'a>]> {
    let (mut blocks, mut start, mut used) = (Vec::new(), 0, names);
    for (at, column) in columns.iter().enumerate() {
        let width = column.width() + 2;
        if at > start && used + width > room {
            blocks.push(&columns[start..at]);
            (start, used) = (at, names);
        }
        used += width;
    }
    blocks.push(&columns[start..]);
    blocks
}
