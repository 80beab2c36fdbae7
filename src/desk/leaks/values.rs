//! The values that are searched for: all secrets of every environment that the caller can open.

use std::collections::{HashMap, HashSet};

use crate::check::secrecy;
use crate::desk::{At, Session};
use crate::error::Error;
use crate::exit::Exit;
use crate::git::scan::{SHORTEST, Search};
use crate::identity::Identities;
use crate::name::{EnvName, KeyName};
use crate::project::Project;
use crate::sealed::{Class, SealedFile};
use crate::secret::Secret;
use crate::ui::Ui;
use crate::words;

/// In too many files by chance to be worth a finding.
const COMMON: [&str; 12] = [
    "localhost",
    "127.0.0.1",
    "postgres",
    "postgresql",
    "development",
    "production",
    "changeme",
    "username",
    "password",
    "disabled",
    "required",
    "database",
];

/// What is searched for, and what is not.
pub(crate) struct Values {
    pub search: Search,
    /// By number of the value.
    names: Vec<(KeyName, Vec<EnvName>)>,
    not_searched: NotSearched,
}

/// What cannot be found, and why.
#[derive(Default)]
struct NotSearched {
    /// Too short, too common, or no secret by themselves.
    common: Vec<KeyName>,
    /// No identity opens them.
    closed: Vec<EnvName>,
    /// No good sealed files.
    broken: Vec<EnvName>,
}

impl Values {
    /// Private identities alone.
    pub(crate) fn none() -> Result<Self, Error> {
        Self::searched_for(&[], Vec::new(), NotSearched::default())
    }

    pub(crate) fn of(
        project: &Project,
        session: &Session<'_>,
        identities: &mut Identities<'_>,
        staged: &dyn Fn(&EnvName) -> Option<Vec<u8>>,
    ) -> Result<Self, Error> {
        let mut values: Vec<Secret> = Vec::new();
        let mut names: Vec<(KeyName, Vec<EnvName>)> = Vec::new();
        let mut by_key: HashMap<KeyName, Vec<usize>> = HashMap::new();
        let mut not_searched = NotSearched::default();
        let environments = project.environments.iter().map(|environment| &environment.name);
        let public = Public::new(&project.name, environments, project.key_names());
        for environment in &project.environments {
            let name = &environment.name;
            // In the middle of a merge, or where a sparse checkout leaves it out, git still has it.
            let in_git = || staged(name).and_then(|bytes| SealedFile::parse(&bytes).ok());
            let file = match At::new(session, project, name).read() {
                Ok(Some(file)) => file,
                Ok(None) => match in_git() {
                    Some(file) => file,
                    None => continue,
                },
                Err(_) => match in_git() {
                    Some(file) => file,
                    // What is wrong with the file is told elsewhere; its values are not known.
                    None => {
                        not_searched.broken.push(name.clone());
                        continue;
                    }
                },
            };
            let Ok(data_key) = identities.data_key(file.wrapped_keys()) else {
                not_searched.closed.push(name.clone());
                continue;
            };
            let Ok(open) = file.open_unsealed(data_key) else {
                not_searched.broken.push(name.clone());
                continue;
            };
            for (key, value) in open.pairs() {
                if open.rule().class(key) == Class::Config || value.is_empty() {
                    continue;
                }
                if !public.is_searched_for(value.expose()) {
                    if !not_searched.common.contains(key) {
                        not_searched.common.push(key.clone());
                    }
                    continue;
                }
                let same = by_key.entry(key.clone()).or_default();
                if let Some(at) = same.iter().find(|at| values[**at].same_as(value)) {
                    names[*at].1.push(name.clone());
                } else {
                    same.push(values.len());
                    names.push((key.clone(), vec![name.clone()]));
                    values.push(value.duplicate());
                }
            }
        }
        Self::searched_for(&values, names, not_searched)
    }

    fn searched_for(
        values: &[Secret],
        names: Vec<(KeyName, Vec<EnvName>)>,
        not_searched: NotSearched,
    ) -> Result<Self, Error> {
        let search = Search::new(values.iter().map(Secret::expose))
            .ok_or_else(|| Error::new(Exit::Io, "there are too many values to search for at once"))?;
        Ok(Self { search, names, not_searched })
    }

    /// Key and environments of a value.
    pub(crate) fn name(&self, number: usize) -> (&KeyName, &[EnvName]) {
        let (key, environments) = &self.names[number];
        (key, environments)
    }

    /// "12 values and private identities".
    pub(crate) fn counted(&self) -> String {
        format!("{} and for private identities", words::count(self.names.len(), "value"))
    }

    /// Keys whose values are too short, too common, or no secret by themselves.
    pub(crate) fn not_searched(&self) -> impl Iterator<Item = &str> {
        self.not_searched.common.iter().map(KeyName::as_str)
    }

    /// Environments that could not be opened.
    pub(crate) fn closed(&self) -> impl Iterator<Item = &str> {
        self.not_searched.closed.iter().chain(&self.not_searched.broken).map(EnvName::as_str)
    }

    pub(crate) fn say_what_was_not_searched(&self, ui: &Ui) {
        if !self.not_searched.common.is_empty() {
            ui.note(format!(
                "not searched for, shorter than {SHORTEST} characters or too common: {}",
                words::names(&self.not_searched.common)
            ));
        }
        self.say_what_is_closed(ui);
    }

    pub(crate) fn say_what_is_closed(&self, ui: &Ui) {
        let NotSearched { closed, broken, .. } = &self.not_searched;
        for (names, why) in
            [(closed, "you cannot open it without a prompt"), (broken, "it is not a valid sealed file")]
        {
            if !names.is_empty() {
                ui.note(format!(
                    "senex-env: the values of {} were not searched for: {why}",
                    words::names(names)
                ));
            }
        }
    }
}

/// What the project file itself says, which a value that says the same does not give away.
pub(crate) struct Public<'a> {
    /// Of the project, and of environments.
    names: Vec<&'a str>,
    keys: HashSet<&'a str>,
}

impl<'a> Public<'a> {
    pub(crate) fn new(
        project: &'a str,
        environments: impl Iterator<Item = &'a EnvName>,
        keys: impl Iterator<Item = &'a KeyName>,
    ) -> Self {
        let names = std::iter::once(project).chain(environments.map(EnvName::as_str)).collect();
        Self { names, keys: keys.map(KeyName::as_str).collect() }
    }

    /// Whether a secret with this value is searched for: it is neither common, nor one of these names, nor plainly an
    /// address or a path.
    pub(crate) fn is_searched_for(&self, value: &str) -> bool {
        let is_name = self.keys.contains(value) || self.names.iter().any(|name| name.contains(value));
        !is_common(value) && !is_name && !secrecy::is_place(value)
    }
}

fn is_common(value: &str) -> bool {
    let seen: String = value.split_whitespace().collect();
    let lower = seen.to_lowercase();
    let one_letter = seen.chars().all(|c| seen.starts_with(c));
    seen.chars().count() < SHORTEST || one_letter || COMMON.contains(&lower.as_str())
}
