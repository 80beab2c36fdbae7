//! What can be told from names alone, without any identity: sealed files show them.

use std::collections::{HashMap, HashSet};

use super::{Defect, Finding, Severity};
use crate::name::{EnvName, KeyName};
use crate::place::Place;
use crate::project::{Key, Lint, Project};
use crate::recipient;
use crate::sealed::{Class, Entry, SealedFile};
use crate::{suggest, words};

/// A required key that has no value.
#[derive(Debug)]
pub(crate) struct Missing<'a> {
    /// The key, with the place that requires it.
    pub key: &'a Key,
    /// It stands in the file, with an empty value.
    pub is_empty: bool,
}

/// The required keys that an environment lacks. `file` is `None` when there is no sealed file yet.
pub(crate) fn missing<'a>(
    project: &'a Project,
    environment: &'a EnvName,
    file: Option<&SealedFile>,
) -> Vec<Missing<'a>> {
    let entries = by_name(file);
    project
        .required(environment)
        .filter_map(|key| match entries.get(key.name.as_str()) {
            None => Some(Missing { key, is_empty: false }),
            Some(entry) if entry.is_empty => Some(Missing { key, is_empty: true }),
            Some(_) => None,
        })
        .collect()
}

/// Everything that names, places and recipients tell of one environment.
pub(crate) fn names(project: &Project, environment: &EnvName, file: Option<&SealedFile>) -> Vec<Finding> {
    let mut findings: Vec<Finding> = missing(project, environment, file)
        .into_iter()
        .map(|Missing { key, is_empty }| {
            let kind = if is_empty { Defect::Empty } else { Defect::Missing };
            Finding::new(kind, environment, format!("`{}` is required and {kind}", key.name))
                .key(&key.name)
                .at(key.place.clone())
                .command(format!("senex-env set -e {environment} {}", key.name))
        })
        .collect();
    if let Some(file) = file {
        findings.extend(undeclared(project, environment, file));
        findings.extend(stale_rule(project, environment, file));
        findings.extend(recipients(project, environment, file));
    }
    findings
}

fn by_name(file: Option<&SealedFile>) -> HashMap<&str, Entry<'_>> {
    file.into_iter().flat_map(SealedFile::entries).map(|entry| (entry.name.as_str(), entry)).collect()
}

fn in_file(project: &Project, environment: &EnvName, line: usize) -> Place {
    Place { path: project.sealed_file(environment), line, column: 1 }
}

/// Keys that the schema does not know: one that is a slip away from a declared one by itself, the rest
/// together.
fn undeclared(project: &Project, environment: &EnvName, file: &SealedFile) -> Vec<Finding> {
    let known: HashSet<&str> = project.key_names().map(KeyName::as_str).collect();
    let finding = |message: String, line| {
        Finding::new(Lint::Undeclared, environment, message).at(in_file(project, environment, line))
    };
    let mut findings = Vec::new();
    let mut rest: Vec<Entry<'_>> = Vec::new();
    for entry in file.entries().filter(|entry| !known.contains(entry.name.as_str())) {
        match suggest::nearest(entry.name.as_str(), known.iter().copied()) {
            Some(near) => {
                let message =
                    format!("`{}` is not declared in the project file; did you mean `{near}`?", entry.name);
                findings.push(finding(message, entry.line).key(entry.name));
            }
            None => rest.push(entry),
        }
    }
    if let Some(first) = rest.first() {
        let names: Vec<&KeyName> = rest.iter().map(|entry| entry.name).collect();
        let finding =
            finding(format!("not declared in the project file: {}", words::names(&names)), first.line);
        findings.push(if let [only] = names.as_slice() { finding.key(only) } else { finding });
    }
    findings
}

/// The project file says another thing about who may read a value than the sealed file does.
fn stale_rule(project: &Project, environment: &EnvName, file: &SealedFile) -> Vec<Finding> {
    let rule = project.rule();
    file.entries()
        .filter(|entry| rule.class(entry.name) != entry.class)
        .map(|entry| {
            let (is, should, severity) = match entry.class {
                Class::Config => ("readable", "secret", Severity::Error),
                Class::Secret => ("secret", "readable", Severity::Warning),
            };
            let message = format!("`{}` is {is} in the file, but {should} by the project file", entry.name);
            Finding::new(Defect::Rule, environment, message)
                .severity(severity)
                .key(entry.name)
                .at(in_file(project, environment, entry.line))
                .command(format!("senex-env seal -e {environment}"))
        })
        .collect()
}

/// Who can open the file, against who should.
fn recipients(project: &Project, environment: &EnvName, file: &SealedFile) -> Vec<Finding> {
    let mut findings = Vec::new();
    for wrapped in file.wrapped_keys() {
        let short = recipient::short(&wrapped.recipient);
        let (message, who, place) = match project.person_with(&wrapped.recipient) {
            Some(person) if person.environments.contains(environment) => continue,
            Some(person) => (
                format!("{} ({short}) can open it, but has no access in the project file", person.name),
                person.name.to_string(),
                person.place.clone(),
            ),
            None => (
                format!("{short} can open it, but belongs to nobody in the project file"),
                words::quoted(recipient::identifier(&wrapped.recipient)),
                in_file(project, environment, 1),
            ),
        };
        let command = format!("senex-env revoke {who} -e {environment}");
        findings.push(Finding::new(Defect::Recipient, environment, message).at(place).command(command));
    }
    for person in project.people_of(environment) {
        let lacks = person.recipients.iter().find(|known| {
            !file.wrapped_keys().iter().any(|key| recipient::identifier(&key.recipient) == known.identifier())
        });
        if let Some(lacks) = lacks {
            let (name, short) = (&person.name, lacks.short());
            let message = format!("{name} ({short}) has access in the project file, but cannot open it");
            let finding = Finding::new(Defect::NotGranted, environment, message).at(person.place.clone());
            findings.push(finding.command(format!("senex-env grant {name} -e {environment}")));
        }
    }
    findings
}
