//! Lints: what works today and hurts later. Each has a name, by which the project file can switch it off.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use super::compose::{Composed, place};
use super::{Finding, Gravity, broken};
use crate::compose::Tool;
use crate::compose::interpolation::Operator;
use crate::compose::model::{EnvironmentEntry, Form, Project as Compose, Source, Use};
use crate::file;
use crate::name::KeyName;
use crate::place::Place;
use crate::plaintext::{Reader, read_as};
use crate::project::Project;
use crate::words;

/// Every finding that can be switched off, with its reason, for the documentation and for "did you mean".
pub const LINTS: [(&str, &str); 14] = [
    ("compose-blank", "a variable that nothing gives a value to becomes an empty text in the container"),
    ("compose-unused", "a key that no compose file reads reaches no container"),
    ("container-name", "a container name and replicas exclude each other"),
    ("default-on-secret", "a default for a secret starts the application with a value that everybody knows"),
    ("empty-variable", "`${X:-}` sets an empty variable, which many programs do not take for an absent one"),
    ("insecure-default", "a value out of a tutorial is tried first by whoever attacks"),
    ("literal-secret", "a secret in a compose file is in git in the clear"),
    ("literal-value", "a compose file gives the container a value that the rules of its key forbid"),
    ("plaintext-beside", "a plaintext env file beside the project holds what is sealed"),
    ("secret-in-command", "a command line is readable by every user of the machine"),
    (
        "secret-on-command-line",
        "podman-compose hands each variable of `environment:` to podman as an argument",
    ),
    ("shared-value", "whoever reads a secret in one environment can use it in the other"),
    ("silently-empty", "`${X}` is empty when the env file is forgotten; `${X:?}` stops"),
    ("undeclared", "a key that the project file does not name is a slip more often than not"),
];

/// What settles a finding that no command settles.
pub fn way_out(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "compose-blank" => "give the key a value, or the compose file a default: `${X:-…}`",
        "compose-env-file" => "list its keys under `environment:`, such as `SECRET_KEY: ${SECRET_KEY:?}`",
        "compose-unused" => "list it under `environment:` of the service that needs it, or unset it",
        "container-name" => "take the name away where there are replicas: `container_name: !reset null`",
        "default-on-secret" => "write `${X:?}` instead of `${X:-…}`: compose stops instead",
        "empty-variable" => "let the application take an empty text for an absent one, or give it a value",
        "literal-secret" => "write `${X:?}` in its place, and change the value: git keeps the old one",
        "literal-value" => "take it out of the compose file, and seal one that fits",
        "plaintext-beside" => "import it, then remove it",
        "secret-in-command" => "hand it over under `environment:`, and let the program read it there",
        "secret-on-command-line" => {
            "docker compose does not; with podman-compose use a podman secret, or allow it"
        }
        "silently-empty" => "write `${X:?}` instead of `${X}`",
        "undeclared" => "declare it under `[keys.…]` in envs/senex-env.toml, or unset it",
        "recipient" => "`senex-env people` shows who it is, `senex-env revoke` takes them out",
        "not-granted" => "`senex-env grant` lets them in, `senex-env revoke` takes them off",
        _ => return None,
    })
}

/// The lints of one environment.
pub(crate) fn lints(project: &Project, composed: &Composed) -> Vec<Finding> {
    let Some((_, compose)) = composed.projects().next() else { return Vec::new() };
    let lint = Lint { project, composed, compose };
    let mut findings = Vec::new();
    findings.extend(lint.literal_secrets());
    findings.extend(lint.literal_values());
    findings.extend(lint.container_names());
    findings.extend(lint.defaults_on_secrets());
    findings.extend(lint.secrets_in_commands());
    findings.extend(lint.silently_empty());
    findings.extend(lint.empty_variables());
    findings.extend(lint.secrets_on_podmans_command_line());
    findings
}

struct Lint<'a> {
    project: &'a Project,
    composed: &'a Composed,
    compose: &'a Compose,
}

impl Lint<'_> {
    fn warn(&self, kind: &'static str, message: String, place: Option<Place>) -> Finding {
        self.composed.finding(Gravity::Warning, kind, message, place)
    }

    fn is_secret(&self, name: &str) -> bool {
        self.project.key(name).is_some_and(|key| key.secret)
    }

    fn place(&self, use_: &Use) -> Option<Place> {
        Some(place(self.compose, use_.place))
    }

    /// One finding for many uses: the variables, and the first place.
    fn together(&self, kind: &'static str, uses: &[&Use], say: impl Fn(&str) -> String) -> Vec<Finding> {
        let Some(first) = uses.first() else { return Vec::new() };
        let mut names: Vec<&str> = uses.iter().map(|use_| use_.variable.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        vec![self.warn(kind, say(&words::names(&names)), self.place(first))]
    }

    fn uses(&self, test: impl Fn(&Use) -> bool) -> Vec<&Use> {
        self.compose.uses.iter().filter(|use_| use_.evaluated && test(use_)).collect()
    }

    fn literal_secrets(&self) -> Vec<Finding> {
        let mut by_key: BTreeMap<&str, (Vec<&str>, &EnvironmentEntry)> = BTreeMap::new();
        for service in &self.compose.services {
            for entry in &service.environment {
                let literal = entry.source == Source::Literal
                    && entry.value.as_ref().is_some_and(|value| !value.is_empty());
                if literal && self.is_secret(&entry.key) {
                    by_key.entry(&entry.key).or_insert_with(|| (Vec::new(), entry)).0.push(&service.name);
                }
            }
        }
        by_key
            .into_iter()
            .map(|(key, (services, entry))| {
                let services = words::names(&services);
                let message = format!("`{key}` is written in the compose file in the clear, for {services}");
                let mut finding =
                    self.warn("literal-secret", message, Some(place(self.compose, entry.place)));
                finding.key = KeyName::new(key).ok();
                finding.fix = Some(format!("senex-env set -e {} {key}", self.composed.environment));
                finding
            })
            .collect()
    }

    /// Values in the compose file that break a rule of the key: what starts with them fails, or reaches what it
    /// must not reach.
    fn literal_values(&self) -> Vec<Finding> {
        let mut seen: BTreeSet<(String, &'static str)> = BTreeSet::new();
        let mut findings = Vec::new();
        for entry in self.compose.services.iter().flat_map(|service| &service.environment) {
            let (Some(key), Some(value)) = (self.project.key(&entry.key), &entry.value) else { continue };
            if entry.source != Source::Literal {
                continue;
            }
            for broken in broken(key, &self.composed.environment, value) {
                if !seen.insert((entry.key.clone(), broken.rule)) {
                    continue;
                }
                let message = format!("in the compose file, {}", broken.message);
                let at = Some(place(self.compose, entry.place));
                let mut finding = self.composed.finding(Gravity::Error, "literal-value", message, at);
                finding.key = Some(key.name.clone());
                findings.push(finding);
            }
        }
        findings
    }

    fn container_names(&self) -> Vec<Finding> {
        let named =
            |service: &&crate::compose::model::Service| service.replicas.is_some_and(|replicas| replicas > 1);
        self.compose
            .services
            .iter()
            .filter(named)
            .filter_map(|service| Some((service, service.container_name.as_ref()?)))
            .map(|(service, (_, at))| {
                let message = format!(
                    "`{}` has a container name and several replicas: docker compose refuses it",
                    service.name
                );
                self.composed.finding(
                    Gravity::Error,
                    "container-name",
                    message,
                    Some(place(self.compose, *at)),
                )
            })
            .collect()
    }

    fn defaults_on_secrets(&self) -> Vec<Finding> {
        let uses = self.uses(|use_| {
            let default = matches!(use_.form, Form::Reference { operator: Operator::Default, .. });
            default
                && self.is_secret(&use_.variable)
                && self
                    .project
                    .key(&use_.variable)
                    .is_some_and(|key| key.required_in(&self.composed.environment))
        });
        self.together("default-on-secret", &uses, |names| {
            format!("with a default in the compose file, though secret and required: {names}")
        })
    }

    fn secrets_in_commands(&self) -> Vec<Finding> {
        let uses = self.uses(|use_| {
            matches!(use_.field.as_deref(), Some("command" | "entrypoint" | "healthcheck"))
                && self.is_secret(&use_.variable)
        });
        self.together("secret-in-command", &uses, |names| {
            format!("secret, and part of a command line: {names}")
        })
    }

    fn silently_empty(&self) -> Vec<Finding> {
        let uses = self.uses(|use_| {
            let plain = matches!(use_.form, Form::Reference { operator: Operator::Value, .. });
            plain
                && self
                    .project
                    .key(&use_.variable)
                    .is_some_and(|key| key.required_in(&self.composed.environment))
        });
        self.together("silently-empty", &uses, |names| {
            format!("silently empty when compose is started without senex-env, where `${{X:?}}` would stop: {names}")
        })
    }

    fn empty_variables(&self) -> Vec<Finding> {
        let uses = self.uses(|use_| {
            let default = matches!(use_.form, Form::Reference { operator: Operator::Default, .. });
            let unset = self.composed.keys.get(&use_.variable).is_none_or(|is_empty| *is_empty);
            default && use_.survives && unset && use_.key.is_some() && self.made_empty(use_)
        });
        self.together("empty-variable", &uses, |names| format!("set, but empty, in the container: {names}"))
    }

    fn made_empty(&self, use_: &Use) -> bool {
        self.compose
            .services
            .iter()
            .filter(|service| Some(&service.name) == use_.service.as_ref())
            .flat_map(|service| &service.environment)
            .any(|entry| {
                Some(&entry.key) == use_.key.as_ref()
                    && entry.value.as_ref().is_some_and(|value| value.is_empty())
            })
    }

    fn secrets_on_podmans_command_line(&self) -> Vec<Finding> {
        let Some((_, compose)) = self.composed.projects().find(|(tool, _)| *tool == Tool::PodmanCompose)
        else {
            return Vec::new();
        };
        let uses: Vec<&Use> = compose
            .uses
            .iter()
            .filter(|use_| {
                use_.survives
                    && use_.field.as_deref() == Some("environment")
                    && self.is_secret(&use_.variable)
            })
            .collect();
        self.together("secret-on-command-line", &uses, |names| {
            format!("on podman's command line while podman-compose creates the container: {names}")
        })
    }
}

/// Plaintext env files that lie beside the project and define what is sealed.
pub(crate) fn plaintext_beside(project: &Project, composed: &Composed, folders: &[PathBuf]) -> Vec<Finding> {
    let names = [".env", ".env.production", ".env.development", ".env.local"];
    let mut findings = Vec::new();
    for path in folders.iter().flat_map(|folder| names.iter().map(move |name| folder.join(name))) {
        let Ok(bytes) = file::read_regular(&path, 16 * 1024 * 1024) else { continue };
        let nothing = |_: &str| None;
        let Ok(reading) = read_as(Reader::Python, &bytes, &nothing) else { continue };
        let sealed: Vec<&str> = reading
            .entries
            .iter()
            .map(|entry| entry.name.as_str())
            .filter(|name| composed.keys.contains_key(*name) || project.key(name).is_some())
            .collect();
        if !sealed.is_empty() {
            let message = format!(
                "{} is plaintext, and defines {}",
                path.file_name().unwrap_or_default().to_string_lossy(),
                words::names(&sealed)
            );
            let place = Some(Place { path: path.clone(), line: 1, column: 1 });
            findings.push(composed.finding(Gravity::Warning, "plaintext-beside", message, place));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_project_file_knows_every_lint() {
        assert_eq!(LINTS.map(|(name, _)| name), crate::project::LINTS);
    }
}
