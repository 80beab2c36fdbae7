//! The table of keys and environments, in 80 columns, for any number of both.

use std::collections::{HashMap, HashSet};

use crate::check::{Checked, Severity};
use crate::project::{Environment, Project};
use crate::sealed::{Entry, SealedFile};
use crate::ui::{style, styled};

/// Columns that are used, of a terminal that has as many.
pub(super) const WIDTH: usize = 80;
/// The table is shown whole up to so many keys; of more, only those that matter.
const WHOLE: usize = 24;
/// The longest name of a key that is not shortened when there is no room.
const NARROW: usize = 24;
/// The widest column of an environment.
const WIDEST: usize = 16;

/// One table, or several below each other where the environments do not fit side by side.
pub(super) fn table<'a>(project: &'a Project, checked: &'a Checked<'a>, all: bool, width: usize) -> String {
    let states = States::of(project, checked);
    let keys: Vec<&str> = states.keys.iter().copied().filter(|key| all || states.shows(key)).collect();
    let longest = keys.iter().map(|key| key.chars().count()).max().unwrap_or(0);
    let mut text = String::new();
    for columns in blocks(&states.columns, longest, width) {
        let taken = columns.iter().map(|column| column.width() + 2).sum();
        let names = longest.min(width.saturating_sub(taken));
        let heads = columns.iter().map(|column| pad(column.environment.name.as_str(), column.width()));
        let head = format!("{:<names$}  {}", "", heads.collect::<Vec<_>>().join("  "));
        text.push_str(&styled(style::DIM, head.trim_end()));
        text.push('\n');
        for key in &keys {
            let mut line = pad(key, names);
            for (at, column) in columns.iter().enumerate() {
                let state = column.state(key);
                let last = at + 1 == columns.len();
                let padding = if last { 0 } else { column.width() - state.word().len() };
                line.push_str(&format!("  {}{}", styled(state.style(), state.word()), " ".repeat(padding)));
            }
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
        self.environment.name.as_str().len().clamp("missing".len(), WIDEST)
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
        let mut keys: Vec<&str> = project.key_names().map(|name| name.as_str()).collect();
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
fn blocks<'c, 'a>(columns: &'c [Column<'a>], longest: usize, room: usize) -> Vec<&'c [Column<'a>]> {
    let names = longest.min(NARROW);
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

/// A name in `width` columns, shortened where it is longer.
fn pad(name: &str, width: usize) -> String {
    if name.chars().count() > width {
        let start: String = name.chars().take(width.saturating_sub(1)).collect();
        return format!("{start}…");
    }
    format!("{name:<width$}")
}
