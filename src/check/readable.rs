//! Readable values that look like credentials: told from the sealed file alone, so for everybody.

use super::{Finding, secrecy};
use crate::name::EnvName;
use crate::place::Place;
use crate::project::{Lint, Project};
use crate::sealed::SealedFile;

/// The findings of a sealed file. What a key allows is silenced where findings are collected; the hook asks
/// [`is_allowed`].
pub(crate) fn readable(project: &Project, environment: &EnvName, file: &SealedFile) -> Vec<Finding> {
    let mut findings = Vec::new();
    for entry in file.entries() {
        let Some(value) = entry.config else { continue };
        let Some(sign) = secrecy::sign(entry.name.as_str(), value) else { continue };
        let message = format!("`{}` is readable, and looks like a credential: {sign}", entry.name);
        let place = Place { path: project.sealed_file(environment), line: entry.line, column: 1 };
        let advice = format!(
            "remove `secret = false` from `[keys.{}]`, then `senex-env seal -e {environment}`, and set a new value: \
             git keeps the old one",
            entry.name
        );
        let finding = Finding::new(Lint::ReadableSecret, environment, message).key(entry.name).at(place);
        findings.push(finding.advice(advice));
    }
    findings
}

/// Whether the project file lets a readable value of this key pass.
pub(crate) fn is_allowed(project: &Project, key: &str) -> bool {
    let lint = Lint::ReadableSecret;
    project.lints_off.contains(&lint) || project.key(key).is_some_and(|key| key.allow.contains(&lint))
}
