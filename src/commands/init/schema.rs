//! The keys that a new project file declares: every variable of the compose files and of the plaintext files, with
//! what its use, its name and its values tell of it. What is declared never refuses what it was told from.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::gather::{Gathered, Left};
use super::plaintext::Obstacle;
use crate::check::{secrecy, types};
use crate::compose::is_of_the_machine;
use crate::compose::model::Requirement;
use crate::name::{EnvName, KeyName};
use crate::project::{KnownKey, Presets, ProposedKey, Signs, ValueType};
use crate::secret::Secret;

/// What was found in every environment.
struct Schema<'a> {
    environments: &'a [Gathered],
    /// In the order in which the files name them.
    order: Vec<String>,
    /// Variable → environments that cannot do without it.
    required: BTreeMap<String, BTreeSet<EnvName>>,
    values: BTreeMap<String, Vec<&'a Secret>>,
}

/// The keys, in the order of the files, those of one matter together.
pub(super) fn keys(root: &Path, environments: &[Gathered]) -> Vec<ProposedKey> {
    let mut schema =
        Schema { environments, order: Vec::new(), required: BTreeMap::new(), values: BTreeMap::new() };
    for environment in environments {
        schema.add_variables(environment);
    }
    for environment in environments {
        schema.add_values(environment);
    }
    let images: Vec<String> = environments
        .iter()
        .filter_map(Gathered::project)
        .flat_map(|compose| compose.services.iter().filter_map(|service| service.image.clone()))
        .collect();
    let presets = Presets::of(&Signs { root, variables: &schema.order, images: &images });
    schema.add_places_of_previous_values(&presets);
    let mut keys: Vec<(usize, ProposedKey)> =
        schema.order.iter().filter_map(|name| schema.key(name, &presets)).collect();
    keys.sort_by_key(|(place, _)| *place);
    keys.into_iter().map(|(_, key)| key).collect()
}

impl<'a> Schema<'a> {
    fn add_variables(&mut self, environment: &'a Gathered) {
        let Some(compose) = environment.project() else { return };
        let requirements = compose.requirements();
        let filled: BTreeSet<&str> = environment
            .entries()
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, _)| name.as_str())
            .collect();
        // Nobody knows what an environment without any value does without.
        let is_known = environment.entries().next().is_some();
        for use_ in &compose.uses {
            let name = use_.variable.as_str();
            if is_of_the_machine(name) || KeyName::new(name).is_err() {
                continue;
            }
            self.note(name);
            if environment.doubts().any(|doubt| doubt.name.as_str() == name) {
                continue;
            }
            let is_needed = match requirements.get(name) {
                Some(Requirement::Required) => true,
                Some(Requirement::Read) => !is_known || filled.contains(name),
                Some(Requirement::Optional | Requirement::Unused) | None => false,
            };
            if is_needed {
                self.required.entry(name.to_owned()).or_default().insert(environment.name.clone());
            }
        }
    }

    fn add_values(&mut self, environment: &'a Gathered) {
        for (name, value) in environment.entries() {
            self.note(name.as_str());
            self.values.entry(name.to_string()).or_default().push(value);
        }
        for doubt in environment.doubts() {
            self.note(doubt.name.as_str());
            let values = doubt.choices().filter_map(|opinion| opinion.value.as_ref());
            self.values.entry(doubt.name.to_string()).or_default().extend(values);
        }
        for (_, left) in &environment.left {
            if let Left::Obstacle(Obstacle::SealedBy { names, .. }) = left {
                names.iter().filter(|name| KeyName::new(name).is_ok()).for_each(|name| self.note(name));
            }
        }
    }

    fn note(&mut self, name: &str) {
        if !self.order.iter().any(|known| known == name) {
            self.order.push(name.to_owned());
        }
    }

    fn seen(&self, name: &str) -> Vec<&'a str> {
        self.values.get(name).into_iter().flatten().map(|value| value.expose()).collect()
    }

    /// A key that keeps its previous values in another one brings that along.
    fn add_places_of_previous_values(&mut self, presets: &Presets) {
        for at in (0..self.order.len()).rev() {
            let name = &self.order[at];
            let told = Told::of(name, presets.key(name), &self.seen(name));
            let Some(place) = told.keep_previous_in else { continue };
            if !self.order.iter().any(|known| known == place) {
                self.order.insert(at + 1, place.to_owned());
            }
        }
    }

    fn key(&self, name: &str, presets: &Presets) -> Option<(usize, ProposedKey)> {
        let known = presets.key(name);
        let told = Told::of(name, known, &self.seen(name));
        let (place, group) = presets.heading(name);
        let required = self.required.get(name).cloned().unwrap_or_default();
        let names = || self.environments.iter().map(|environment| &environment.name);
        let is_everywhere = names().all(|environment| required.contains(environment));
        let only_in = known.into_iter().flat_map(|known| &known.only_in).filter_map(|(environment, line)| {
            Some((names().find(|name| name.as_str() == environment)?.clone(), line.as_str()))
        });
        let is_name = known.is_some_and(|known| known.names_environment) && self.names_environments(name);
        let key = ProposedKey {
            name: KeyName::new(name).ok()?,
            group,
            description: known.and_then(|known| known.description.as_deref()),
            secret: told.is_secret,
            required: if is_everywhere { None } else { Some(required.into_iter().collect()) },
            kind: told.kind,
            one_of: if is_name { names().cloned().collect() } else { Vec::new() },
            min_length: told.min_length,
            rotate_after: told.rotate_after,
            keep_previous_in: told.keep_previous_in,
            only_in: only_in.filter(|(environment, line)| self.agrees(name, environment, line)).collect(),
        };
        Some((place, key))
    }

    fn names_environments(&self, name: &str) -> bool {
        let is_one =
            |value: &str| self.environments.iter().any(|environment| environment.name.as_str() == value);
        self.seen(name).iter().all(|value| value.is_empty() || is_one(value))
    }

    /// The value that an environment has is one that its own rule allows.
    fn agrees(&self, name: &str, environment: &EnvName, line: &str) -> bool {
        let gathered = self.environments.iter().find(|gathered| gathered.name == *environment);
        let own = gathered.into_iter().flat_map(Gathered::entries).find(|(key, _)| key.as_str() == name);
        own.is_none_or(|(_, value)| {
            let is_listed = line.contains(&format!("\"{}\"", value.expose()));
            value.is_empty() || is_listed != line.starts_with("not_")
        })
    }
}

/// What name and values say of a key.
struct Told {
    is_secret: bool,
    kind: Option<ValueType>,
    min_length: Option<usize>,
    rotate_after: Option<&'static str>,
    keep_previous_in: Option<&'static str>,
}

impl Told {
    fn of(name: &str, known: Option<&'static KnownKey>, values: &[&str]) -> Self {
        let filled: Vec<&str> = values.iter().copied().filter(|value| !value.is_empty()).collect();
        let all_fit = |kind: ValueType| filled.iter().all(|value| types::fits(kind, value).is_ok());
        let announced = known.and_then(|known| known.kind);
        let is_certain = known.is_some_and(|known| known.is_certain);
        // A type that the name promises and a value breaks is none; nor are the rules that come with it.
        let kept = announced.filter(|kind| all_fit(*kind) && (is_certain || !filled.is_empty()));
        let is_broken = announced.is_some_and(|kind| !all_fit(kind));
        let rules = known.filter(|_| !is_broken);
        let kind =
            kept.or_else(|| if is_broken || filled.is_empty() { None } else { kind_of(name, &filled) });
        let least = known.and_then(|known| known.min_length);
        Self {
            is_secret: is_secret(name, known.and_then(|known| known.secret), values)
                || matches!(kind, Some(ValueType::Pem | ValueType::AgeIdentity)),
            kind,
            min_length: least.filter(|least| filled.iter().all(|value| value.chars().count() >= *least)),
            rotate_after: rules.and_then(|known| known.rotate_after.as_deref()),
            keep_previous_in: rules.and_then(|known| known.keep_previous_in.as_deref()),
        }
    }
}

/// A name that is known to be config is, as long as no value looks like a credential.
fn is_secret(name: &str, known: Option<bool>, values: &[&str]) -> bool {
    match known {
        Some(true) => true,
        Some(false) => values.iter().any(|value| secrecy::sign(name, value).is_some()),
        None => !secrecy::is_config(name, values),
    }
}

/// The type that the values have: the one that the name announces, if all of them fit, or one that they show
/// themselves.
fn kind_of(name: &str, values: &[&str]) -> Option<ValueType> {
    const TELLING: [(ValueType, &[&str]); 6] = [
        (ValueType::PostgresUrl, &["postgres://", "postgresql://", "postgresql+"]),
        (ValueType::RedisUrl, &["redis://", "rediss://"]),
        (ValueType::Url, &["https://", "http://"]),
        (ValueType::Pem, &["-----BEGIN "]),
        (ValueType::AgeIdentity, &["AGE-SECRET-KEY-1"]),
        (ValueType::Json, &["{\"", "[\"", "[{"]),
    ];
    let all_fit = |kind: &ValueType| values.iter().all(|value| types::fits(*kind, value).is_ok());
    let begin =
        |starts: &[&str]| values.iter().all(|value| starts.iter().any(|start| value.starts_with(start)));
    announced(name)
        .filter(all_fit)
        .or_else(|| {
            TELLING.iter().find(|(kind, starts)| begin(starts) && all_fit(kind)).map(|(kind, _)| *kind)
        })
        .or_else(|| Some(ValueType::Uuid).filter(all_fit))
}

/// What the last word of a name announces. It proves nothing without a value.
fn announced(name: &str) -> Option<ValueType> {
    let name = name.to_ascii_uppercase();
    let words: Vec<&str> = name.split('_').collect();
    Some(match *words.last()? {
        "PORT" => ValueType::Port,
        "HOSTS" => ValueType::HostList,
        "ORIGINS" => ValueType::OriginList,
        "DSN" => ValueType::Dsn,
        "EMAIL" => ValueType::Email,
        "SECONDS" => ValueType::Int,
        "DEBUG" | "ENABLED" | "TLS" | "SSL" | "REDIRECT" | "SUBDOMAINS" | "PRELOAD" => ValueType::Bool,
        "KEY" if words.contains(&"FERNET") => ValueType::FernetKey,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(name: &str, values: &[&str]) -> (bool, Option<ValueType>) {
        let variables = ["DJANGO_SETTINGS_MODULE".to_owned()];
        let presets =
            Presets::of(&Signs { root: Path::new("/nonexistent"), variables: &variables, images: &[] });
        let told = Told::of(name, presets.key(name), values);
        (told.is_secret, told.kind)
    }

    #[test]
    fn a_value_tells_what_a_name_does_not() {
        assert_eq!(told("BACKEND_URL", &["https://u:p@h/x"]), (true, Some(ValueType::Url)));
        assert_eq!(told("BACKEND_URL", &["https://h/x", ""]), (false, Some(ValueType::Url)));
        assert_eq!(told("DATABASE_URL", &["postgres://u:p@h/x"]), (true, Some(ValueType::PostgresUrl)));
        let pem = "-----BEGIN X-----\nQUJD\n-----END X-----";
        assert_eq!(told("MAIN_HOST", &[pem]), (true, Some(ValueType::Pem)));
        let uuid = "123e4567-e89b-12d3-a456-426614174000";
        assert_eq!(told("FROBNICATE", &[uuid]), (true, Some(ValueType::Uuid)));
    }

    #[test]
    fn a_name_alone_proves_no_type_unless_it_means_one_thing() {
        for name in
            ["WEB_PORT", "KAFKA_HOSTS", "APP_DEBUG", "BASE_URL", "ADMIN_EMAIL", "FERNET_KEY", "DB_DSN"]
        {
            assert_eq!(told(name, &[]).1, None, "{name}");
            assert_eq!(told(name, &[""]).1, None, "{name}");
        }
        assert_eq!(told("FIELD_ENCRYPTION_KEY", &[""]), (true, Some(ValueType::FernetKey)));
    }

    #[test]
    fn a_type_that_a_value_contradicts_is_not_proposed() {
        assert_eq!(told("SMTP_PORT", &["587"]), (false, Some(ValueType::Port)));
        assert_eq!(told("SMTP_PORT", &["587", "smtp"]).1, None);
        assert_eq!(told("FIELD_ENCRYPTION_KEY", &["dev-key"]), (true, None));
        assert_eq!(told("EMAIL_PORT", &["smtp"]).1, None);
    }
}
