//! The keys that a new project file declares: every variable of the compose files and of the plaintext files,
//! with what its use, its name and its values tell of it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::known::{self, Kind, Known};
use super::plaintext::{Plaintext, Refused};
use crate::check::types;
use crate::compose::Tool;
use crate::compose::model::{Project as Compose, Request, Requirement, Source};
use crate::name::{EnvName, KeyName};
use crate::plaintext::{Reader, file_values};
use crate::project::{ProposedKey, ValueType};
use crate::secret::Secret;

/// What was found in the compose files of every environment.
#[derive(Default)]
pub(super) struct Schema {
    /// In the order in which the files name them.
    order: Vec<String>,
    /// Variable → environments that cannot do without it.
    required: BTreeMap<String, BTreeSet<EnvName>>,
    /// Variable → environments whose compose files write a value for it.
    literal: BTreeMap<String, BTreeSet<EnvName>>,
    environments: Vec<EnvName>,
    images: BTreeSet<String>,
    /// Service and file of each `env_file` that names a plaintext file.
    pub env_files: Vec<(String, PathBuf)>,
}

impl Schema {
    /// Adds the compose files of one environment. Files that cannot be read are left to `check`.
    pub(super) fn add(&mut self, environment: &EnvName, root: &Path, files: &[String]) {
        self.environments.push(environment.clone());
        if files.is_empty() {
            return;
        }
        let files: Vec<PathBuf> = files.iter().map(|file| root.join(file)).collect();
        let request = Request {
            tool: Tool::DockerCompose,
            files: &files,
            root: None,
            project_directory: None,
            project_name: None,
            lookup: &|_| None,
            is_stand_in: &|_| true,
            // What an included project brings along is not missing.
            env_file: &|path| file_values(Reader::Compose, path),
        };
        let Ok(compose) = Compose::load(&request) else { return };
        let requirements = compose.requirements();
        for use_ in &compose.uses {
            let name = use_.variable.as_str();
            // Compose sets these itself.
            if name.starts_with("COMPOSE_") || KeyName::new(name).is_err() {
                continue;
            }
            self.note(name);
            if matches!(requirements.get(name), Some(Requirement::Required | Requirement::Read)) {
                self.required.entry(name.to_owned()).or_default().insert(environment.clone());
            }
        }
        for service in &compose.services {
            self.images.extend(service.image.clone());
            for entry in service.environment.iter().filter(|entry| entry.source == Source::Literal) {
                self.literal.entry(entry.key.clone()).or_default().insert(environment.clone());
            }
            for file in &service.env_files {
                let found = (service.name.clone(), root.join(&file.path));
                if !self.env_files.contains(&found) {
                    self.env_files.push(found);
                }
            }
        }
    }

    /// The keys, in the order of the files, those of one matter together.
    pub(super) fn keys(
        mut self,
        root: &Path,
        plaintext: &[Plaintext],
        refused: &[Refused],
    ) -> Vec<ProposedKey> {
        let mut values: BTreeMap<String, Vec<&Secret>> = BTreeMap::new();
        for entry in plaintext.iter().flat_map(|file| &file.imported.entries) {
            self.note(entry.name.as_str());
            values.entry(entry.name.to_string()).or_default().push(&entry.value);
        }
        for name in refused.iter().flat_map(|file| &file.names).filter(|name| KeyName::new(name).is_ok()) {
            self.note(name);
        }
        let project = Kind {
            is_django: root.join("manage.py").exists()
                || self.order.iter().any(|name| name.starts_with("DJANGO_")),
            is_postgres: self.images.iter().any(|image| image.contains("postg"))
                || self.order.iter().any(|name| name.starts_with("POSTGRES_")),
        };
        self.add_places_of_previous_values(project, &values);
        let mut keys: Vec<(usize, ProposedKey)> = self
            .order
            .iter()
            .filter_map(|name| {
                let seen = values.get(name).map_or(&[][..], Vec::as_slice);
                let (place, group) = known::group(name, project);
                let known = with_values(known::known(name, project), seen);
                Some((place, self.key(KeyName::new(name).ok()?, group, &known)))
            })
            .collect();
        keys.sort_by_key(|(place, _)| *place);
        keys.into_iter().map(|(_, key)| key).collect()
    }

    fn note(&mut self, name: &str) {
        if !self.order.iter().any(|known| known == name) {
            self.order.push(name.to_owned());
        }
    }

    /// A key that keeps its previous values in another one brings that along.
    fn add_places_of_previous_values(&mut self, project: Kind, values: &BTreeMap<String, Vec<&Secret>>) {
        for at in (0..self.order.len()).rev() {
            let name = &self.order[at];
            let seen = values.get(name).map_or(&[][..], Vec::as_slice);
            let Some(place) = with_values(known::known(name, project), seen).keep_previous_in else {
                continue;
            };
            if !self.order.iter().any(|known| known == place) {
                self.order.insert(at + 1, place.to_owned());
            }
        }
    }

    fn key(&self, name: KeyName, group: &'static str, known: &Known) -> ProposedKey {
        let all: BTreeSet<&EnvName> = self.environments.iter().collect();
        let of = |map: &'_ BTreeMap<String, BTreeSet<EnvName>>| {
            map.get(name.as_str()).cloned().unwrap_or_default()
        };
        let mut required = of(&self.required);
        if known.is_always_required {
            required.extend(self.environments.iter().cloned());
        } else if known.secret && !required.is_empty() {
            // What is in a compose file in the clear has to leave it.
            required.extend(of(&self.literal));
        }
        let is_everywhere = !all.is_empty() && required.iter().collect::<BTreeSet<_>>() == all;
        let only_in = known.only_in.iter().filter_map(|(environment, line)| {
            let environment = self.environments.iter().find(|known| known.as_str() == *environment)?;
            Some((environment.clone(), *line))
        });
        let names_environment = known.is_environment.then(|| self.environments.clone());
        ProposedKey {
            group,
            description: known.description,
            secret: known.secret,
            required: if is_everywhere { None } else { Some(required.into_iter().collect()) },
            kind: known.kind,
            one_of: names_environment.unwrap_or_default(),
            min_length: known.min_length,
            rotate_after: known.rotate_after,
            keep_previous_in: known.keep_previous_in,
            only_in: only_in.collect(),
            name,
        }
    }
}

/// What the values that are there tell beside the name.
fn with_values(mut known: Known, values: &[&Secret]) -> Known {
    let values: Vec<&str> =
        values.iter().map(|value| value.expose()).filter(|value| !value.is_empty()).collect();
    let all_fit = |kind: ValueType| values.iter().all(|value| types::fits(kind, value).is_ok());
    if known.kind.is_some_and(|kind| !all_fit(kind)) {
        // The name promised something else than the project does with it.
        known.kind = None;
        known.rotate_after = None;
        known.keep_previous_in = None;
    }
    if known.min_length.is_some_and(|least| values.iter().any(|value| value.chars().count() < least)) {
        known.min_length = None;
    }
    if values.iter().any(|value| holds_password(value)) {
        known.secret = true;
    }
    if known.kind.is_none() && !values.is_empty() {
        const TELLING: [(ValueType, &[&str]); 6] = [
            (ValueType::PostgresUrl, &["postgres://", "postgresql://", "postgresql+"]),
            (ValueType::RedisUrl, &["redis://", "rediss://"]),
            (ValueType::Url, &["https://", "http://"]),
            (ValueType::Pem, &["-----BEGIN "]),
            (ValueType::AgeIdentity, &["AGE-SECRET-KEY-1"]),
            (ValueType::Json, &["{\"", "[\"", "[{"]),
        ];
        let begins =
            |starts: &[&str]| values.iter().all(|value| starts.iter().any(|start| value.starts_with(start)));
        let found = TELLING.iter().find(|(kind, starts)| begins(starts) && all_fit(*kind));
        known.kind =
            found.map(|(kind, _)| *kind).or_else(|| all_fit(ValueType::Uuid).then_some(ValueType::Uuid));
        known.secret |= matches!(known.kind, Some(ValueType::Pem | ValueType::AgeIdentity));
    }
    known
}

/// A URL with a password in it.
fn holds_password(value: &str) -> bool {
    let authority = value.split_once("://").and_then(|(_, rest)| rest.split(['/', '?', '#']).next());
    authority.and_then(|text| text.rsplit_once('@')).is_some_and(|(user, _)| !user.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(name: &str, values: &[&str]) -> (bool, Option<ValueType>) {
        let secrets: Vec<Secret> = values.iter().map(|value| Secret::new((*value).to_owned())).collect();
        let project = Kind { is_django: true, is_postgres: true };
        let known = with_values(known::known(name, project), &secrets.iter().collect::<Vec<_>>());
        (known.secret, known.kind)
    }

    #[test]
    fn a_value_tells_what_a_name_does_not() {
        assert_eq!(told("BACKEND_URL", &["https://u:p@h/x"]), (true, Some(ValueType::Url)));
        assert_eq!(told("BACKEND_URL", &["https://h/x", ""]), (false, Some(ValueType::Url)));
        assert_eq!(told("DATABASE_URL", &["postgres://u:p@h/x"]), (true, Some(ValueType::PostgresUrl)));
        assert_eq!(
            told("MAIN_HOST", &["-----BEGIN X-----\nQUJD\n-----END X-----"]),
            (true, Some(ValueType::Pem))
        );
        assert_eq!(told("TENANT", &["123e4567-e89b-12d3-a456-426614174000"]), (true, Some(ValueType::Uuid)));
    }

    #[test]
    fn a_type_that_a_value_contradicts_is_not_proposed() {
        assert_eq!(told("EMAIL_PORT", &["587"]), (false, Some(ValueType::Port)));
        assert_eq!(told("EMAIL_PORT", &["587", "smtp"]), (false, None));
        assert_eq!(told("FIELD_ENCRYPTION_KEY", &["dev-key"]), (true, None));
        assert_eq!(told("FIELD_ENCRYPTION_KEY", &[""]), (true, Some(ValueType::FernetKey)));
    }
}
