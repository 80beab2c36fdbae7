//! What only the values tell, so only to whom an identity opens them. Nothing of a value leaves.

use std::collections::HashMap;

use super::{Broken, Finding, Severity, broken};
use crate::name::{EnvName, KeyName};
use crate::place::Place;
use crate::project::{Environment, Key, Lint, Project};
use crate::sealed::{OpenFile, SealedFile};
use crate::secret::Secret;

/// Values that are in every tutorial, in lower case.
const WELL_KNOWN: [&str; 34] = [
    "123456",
    "12345678",
    "123456789",
    "admin",
    "admin123",
    "changeit",
    "default",
    "dummy",
    "example",
    "foo",
    "foobar",
    "guest",
    "hunter2",
    "letmein",
    "minioadmin",
    "mysecret",
    "none",
    "null",
    "pass",
    "passwd",
    "password",
    "password123",
    "placeholder",
    "postgres",
    "qwerty",
    "redis",
    "replaceme",
    "root",
    "s3cr3t",
    "secret",
    "test",
    "todo",
    "user",
    "xxx",
];
/// How values begin that wait to be replaced.
const BEGINNINGS: [&str; 8] =
    ["django-insecure-", "changeme", "change-me", "change_me", "replace-me", "replace_me", "your-", "your_"];
/// Two keys with one value are worth a word only if the value is no small number or common name.
const TELLING: usize = 12;

/// What the readable values of a file break, for everybody.
pub(crate) fn config(project: &Project, environment: &Environment, file: &SealedFile) -> Vec<Finding> {
    let keys = by_name(project);
    let name = &environment.name;
    let mut findings = Vec::new();
    for entry in file.entries() {
        if let (Some(config), Some(key)) = (entry.config, keys.get(entry.name.as_str())) {
            let found = broken(key, name, &Secret::new(config.to_owned()));
            findings.extend(found.into_iter().map(|broken| broken.finding(key, name)));
        }
    }
    findings
}

/// The rules that the values of an open file break, in the order of the file.
pub(crate) fn broken_values<'a>(
    project: &'a Project,
    environment: &Environment,
    open: &OpenFile,
) -> Vec<(&'a Key, Broken)> {
    let keys = by_name(project);
    let mut found = Vec::new();
    for (name, value) in open.pairs() {
        if let Some(key) = keys.get(name.as_str()) {
            found.extend(broken(key, &environment.name, value).into_iter().map(|broken| (*key, broken)));
        }
    }
    found
}

/// What the values of an open file break, and which of them everybody knows.
pub(crate) fn values(project: &Project, environment: &Environment, open: &OpenFile) -> Vec<Finding> {
    let broken = broken_values(project, environment, open);
    let mut findings: Vec<Finding> =
        broken.into_iter().map(|(key, broken)| broken.finding(key, &environment.name)).collect();
    let keys = by_name(project);
    for (name, value) in open.pairs() {
        if is_secret(&keys, name) && is_well_known(value) {
            findings.push(insecure(project, environment, name));
        }
    }
    findings
}

/// Secrets that two environments share: whoever reads the one can use the other.
pub(crate) fn shared(project: &Project, files: &[(&Environment, OpenFile)]) -> Vec<Finding> {
    let keys = by_name(project);
    let mut first: HashMap<&str, (&EnvName, &KeyName)> = HashMap::new();
    let mut findings = Vec::new();
    for (environment, open) in files {
        for (name, value) in open.pairs().filter(|(name, value)| is_secret(&keys, name) && !value.is_empty())
        {
            let (other, twin) = *first.entry(value.expose()).or_insert((&environment.name, name));
            if *other != environment.name && (twin == name || value.len() >= TELLING) {
                findings.push(same(project, (other, twin), (&environment.name, name)));
            }
        }
    }
    findings
}

fn by_name(project: &Project) -> HashMap<&str, &Key> {
    project.keys.iter().map(|key| (key.name.as_str(), key)).collect()
}

fn is_secret(keys: &HashMap<&str, &Key>, name: &KeyName) -> bool {
    keys.get(name.as_str()).is_none_or(|key| key.secret)
}

fn is_well_known(value: &Secret) -> bool {
    const LONGEST: usize = 128;
    let text = value.expose();
    let begins = |start: &&str| text.get(..start.len()).is_some_and(|own| own.eq_ignore_ascii_case(start));
    text.len() <= LONGEST
        && (WELL_KNOWN.iter().any(|known| known.eq_ignore_ascii_case(text))
            || BEGINNINGS.iter().any(begins)
            || text.starts_with('<') && text.ends_with('>'))
}

/// An error where a command asks before it touches anything, else a warning.
fn insecure(project: &Project, environment: &Environment, name: &KeyName) -> Finding {
    let message = format!("`{name}` has a value from a tutorial, or a placeholder");
    Finding::new(Lint::InsecureDefault, &environment.name, message)
        .severity(if environment.confirm { Severity::Error } else { Severity::Warning })
        .key(name)
        .at(declared(project, name))
        .command(format!("senex-env set -e {} {name}", environment.name))
}

fn same(project: &Project, first: (&EnvName, &KeyName), second: (&EnvName, &KeyName)) -> Finding {
    let ((other, twin), (environment, name)) = (first, second);
    let message = if twin == name {
        format!("`{name}` has the same value as in `{other}`")
    } else {
        format!("`{name}` has the same value as `{twin}` in `{other}`")
    };
    Finding::new(Lint::SharedValue, environment, message)
        .key(name)
        .at(declared(project, name))
        .command(format!("senex-env set -e {environment} {name}"))
}

fn declared(project: &Project, name: &KeyName) -> Option<Place> {
    project.key(name.as_str()).map(|key| key.place.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn well_known_values_are_recognised() {
        let known = |text: &str| is_well_known(&Secret::new(text.to_owned()));
        for value in ["changeme", "CHANGE-ME-please", "secret", "Password", "django-insecure-x", "<your key>"]
        {
            assert!(known(value), "{value}");
        }
        for value in ["", "anL31cBlU22JpRYerp7gSl7c", "passwords", "ünchange", "<a"] {
            assert!(!known(value), "{value}");
        }
    }
}
