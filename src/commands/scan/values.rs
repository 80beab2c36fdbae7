//! The values that are searched for: all secrets of every environment that the caller can open.

use zeroize::Zeroizing;

use super::super::session::Session;
use crate::error::Error;
use crate::exit::Exit;
use crate::git::scan::{SHORTEST, Search};
use crate::identity::{Identities, Passphrase};
use crate::name::{EnvName, KeyName};
use crate::project::Project;
use crate::sealed::Class;
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

/// A hook does not ask.
pub struct NoPassphrase;

impl Passphrase for NoPassphrase {
    fn ask(&self, _: &str) -> Option<Zeroizing<String>> {
        None
    }

    fn wrong(&self, _: &str) {}
}

/// What is searched for, and what is not.
pub struct Values {
    pub search: Search,
    /// By number of the value.
    names: Vec<(KeyName, Vec<EnvName>)>,
    short: Vec<KeyName>,
    closed: Vec<EnvName>,
}

impl Values {
    pub fn of(project: &Project, session: &Session<'_>, passphrase: &dyn Passphrase) -> Result<Self, Error> {
        let mut identities = Identities::new(session.context, passphrase);
        let mut values: Vec<Secret> = Vec::new();
        let mut names: Vec<(KeyName, Vec<EnvName>)> = Vec::new();
        let (mut short, mut closed) = (Vec::new(), Vec::new());
        for environment in &project.environments {
            let name = &environment.name;
            let file = match session.read(project, name) {
                Ok(Some(file)) => file,
                Ok(None) => continue,
                // What is wrong with the file is told elsewhere; its values are not known.
                Err(_) => {
                    closed.push(name.clone());
                    continue;
                }
            };
            let open =
                identities.data_key(file.wrapped_keys()).ok().and_then(|key| file.open_unsealed(key).ok());
            let Some(open) = open else {
                closed.push(name.clone());
                continue;
            };
            for (key, value) in open.pairs() {
                if open.rule().class(key) == Class::Config || value.is_empty() {
                    continue;
                }
                if is_common(value.expose()) {
                    if !short.contains(key) {
                        short.push(key.clone());
                    }
                    continue;
                }
                let known = (0..values.len()).find(|at| names[*at].0 == *key && values[*at].same_as(value));
                match known {
                    Some(at) => names[at].1.push(name.clone()),
                    None => {
                        names.push((key.clone(), vec![name.clone()]));
                        values.push(value.duplicate());
                    }
                }
            }
        }
        let search = Search::new(values.iter().map(Secret::expose))
            .ok_or_else(|| Error::new(Exit::Io, "there are more values than can be searched for at once"))?;
        Ok(Self { search, names, short, closed })
    }

    /// Key and environments of a value.
    pub fn name(&self, number: usize) -> (&KeyName, &[EnvName]) {
        let (key, environments) = &self.names[number];
        (key, environments)
    }

    /// "12 values and private identities".
    pub fn counted(&self) -> String {
        format!("{} and for private identities", words::count(self.names.len(), "value"))
    }

    /// Keys whose values are too short or too common.
    pub fn not_searched(&self) -> impl Iterator<Item = &str> {
        self.short.iter().map(KeyName::as_str)
    }

    /// Environments that could not be opened.
    pub fn closed(&self) -> impl Iterator<Item = &str> {
        self.closed.iter().map(EnvName::as_str)
    }

    pub fn say_what_was_not_searched(&self, ui: &Ui) {
        if !self.short.is_empty() {
            ui.note(format!(
                "not searched for, shorter than {SHORTEST} characters or too common: {}",
                words::names(&self.short)
            ));
        }
        self.say_what_is_closed(ui);
    }

    pub fn say_what_is_closed(&self, ui: &Ui) {
        if !self.closed.is_empty() {
            ui.note(format!(
                "senex-env: the values of {} were not searched for: you cannot open it without being asked",
                words::names(&self.closed)
            ));
        }
    }
}

fn is_common(value: &str) -> bool {
    let seen: String = value.split_whitespace().collect();
    let lower = seen.to_lowercase();
    let one_letter = seen.chars().all(|c| seen.starts_with(c));
    seen.chars().count() < SHORTEST || one_letter || COMMON.contains(&lower.as_str())
}
