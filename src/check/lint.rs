//! Lints: what works today and hurts later. Each has a name, by which the project file can switch it off.

use std::collections::{BTreeMap, BTreeSet};

use super::compose::{Composed, place};
use super::together::OfVariable;
use super::{Defect, Finding, broken, secrecy};
use crate::compose::Tool;
use crate::compose::interpolation::Operator;
use crate::compose::model::{EnvironmentEntry, Form, Project as Compose, Source, Use};
use crate::name::KeyName;
use crate::project::{Lint, Project};
use crate::secret::Secret;
use crate::words;

/// The lints of one environment, each about a place of its own.
pub(crate) fn lints(project: &Project, composed: &Composed) -> Vec<Finding> {
    let Some(look) = Look::new(project, composed) else { return Vec::new() };
    [look.literal_secrets(), look.literal_values(), look.container_names()].concat()
}

/// The lints of one environment that are about variables.
pub(crate) fn lints_of_variables(project: &Project, composed: &Composed) -> Vec<OfVariable> {
    let Some(look) = Look::new(project, composed) else { return Vec::new() };
    let mut found = look.defaults_on_secrets();
    found.extend(look.secrets_in_commands());
    found.extend(look.silently_empty());
    found.extend(look.empty_variables());
    found.extend(look.secrets_on_podmans_command_line());
    found.extend(composed.unused());
    found
}

struct Look<'a> {
    project: &'a Project,
    composed: &'a Composed,
    compose: &'a Compose,
}

impl<'a> Look<'a> {
    fn new(project: &'a Project, composed: &'a Composed) -> Option<Self> {
        let (_, compose) = composed.projects().next()?;
        Some(Self { project, composed, compose })
    }

    fn finding(&self, lint: Lint, message: String, at: crate::compose::Place) -> Finding {
        Finding::new(lint, &self.composed.environment, message).at(place(self.compose, at))
    }

    fn is_required(&self, name: &str) -> bool {
        self.project.key(name).is_some_and(|key| key.required_in(&self.composed.environment))
    }

    fn is_secret(&self, name: &str) -> bool {
        self.project.key(name).is_some_and(|key| key.secret)
    }

    fn of_variables(
        &self,
        lint: Lint,
        compose: &Compose,
        test: impl Fn(&Use) -> bool,
        told: fn(&str) -> String,
    ) -> Vec<OfVariable> {
        let uses = compose.uses.iter().filter(|use_| test(use_));
        uses.map(|use_| OfVariable {
            lint,
            environment: self.composed.environment.clone(),
            variable: use_.variable.clone(),
            place: Some(place(compose, use_.place)),
            told,
        })
        .collect()
    }

    fn literal_secrets(&self) -> Vec<Finding> {
        let mut by_key: BTreeMap<&str, (Vec<&str>, &EnvironmentEntry)> = BTreeMap::new();
        for service in &self.compose.services {
            for entry in &service.environment {
                // A key of an unknown name is secret until it has a value; what stands here may show that it is none.
                let is_one =
                    |value: &Secret| !value.is_empty() && !secrecy::is_config(&entry.key, &[value.expose()]);
                let literal = entry.source == Source::Literal && entry.value.as_ref().is_some_and(is_one);
                if literal && self.is_secret(&entry.key) {
                    by_key.entry(&entry.key).or_insert_with(|| (Vec::new(), entry)).0.push(&service.name);
                }
            }
        }
        by_key
            .into_iter()
            .map(|(key, (services, entry))| {
                let services = words::names(&services);
                let message = format!("`{key}` is written in the compose file in plaintext, for {services}");
                let advice = format!(
                    "write `{key}: ${{{key}:?}}` in its place, then set a new value: git keeps the old one"
                );
                let finding = self.finding(Lint::LiteralSecret, message, entry.place).advice(advice);
                Finding { key: KeyName::new(key).ok(), ..finding }
            })
            .collect()
    }

    /// Values in the compose file that break a rule of the key: what starts with them fails, or reaches what it
    /// must not reach.
    fn literal_values(&self) -> Vec<Finding> {
        let mut seen: BTreeSet<(String, Defect)> = BTreeSet::new();
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
                let advice =
                    format!("write `{0}: ${{{0}:?}}` in its place, then set a valid value", key.name);
                let finding = self.finding(Lint::LiteralValue, message, entry.place).key(&key.name);
                findings.push(finding.advice(advice));
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
                self.finding(Lint::ContainerName, message, *at)
            })
            .collect()
    }

    fn defaults_on_secrets(&self) -> Vec<OfVariable> {
        let test = |use_: &Use| {
            use_.evaluated
                && has_default(use_)
                && self.is_secret(&use_.variable)
                && self.is_required(&use_.variable)
        };
        self.of_variables(Lint::DefaultOnSecret, self.compose, test, |names| {
            format!("with a default in the compose file, though secret and required: {names}")
        })
    }

    fn secrets_in_commands(&self) -> Vec<OfVariable> {
        let test = |use_: &Use| {
            use_.evaluated
                && matches!(use_.field.as_deref(), Some("command" | "entrypoint" | "healthcheck"))
                && self.is_secret(&use_.variable)
        };
        self.of_variables(Lint::SecretInCommand, self.compose, test, |names| {
            format!("secret, and part of a command line: {names}")
        })
    }

    fn silently_empty(&self) -> Vec<OfVariable> {
        let test = |use_: &Use| {
            let plain = matches!(use_.form, Form::Reference { operator: Operator::Value, .. });
            use_.evaluated && plain && self.is_required(&use_.variable)
        };
        self.of_variables(Lint::SilentlyEmpty, self.compose, test, |names| {
            format!("silently empty when compose is started without senex-env, where `${{X:?}}` would stop: {names}")
        })
    }

    fn empty_variables(&self) -> Vec<OfVariable> {
        let test = |use_: &Use| {
            let unset = self.composed.keys.get(&use_.variable).is_none_or(|is_empty| *is_empty);
            use_.evaluated
                && has_default(use_)
                && use_.survives
                && unset
                && use_.key.is_some()
                && self.made_empty(use_)
        };
        self.of_variables(Lint::EmptyVariable, self.compose, test, |names| {
            format!("set, but empty, in the container: {names}")
        })
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

    fn secrets_on_podmans_command_line(&self) -> Vec<OfVariable> {
        let Some((_, compose)) = self.composed.projects().find(|(tool, _)| *tool == Tool::PodmanCompose)
        else {
            return Vec::new();
        };
        let test = |use_: &Use| {
            use_.survives && use_.field.as_deref() == Some("environment") && self.is_secret(&use_.variable)
        };
        self.of_variables(Lint::SecretOnCommandLine, compose, test, |names| {
            format!("on podman's command line while podman-compose creates the container: {names}")
        })
    }
}

fn has_default(use_: &Use) -> bool {
    matches!(use_.form, Form::Reference { operator: Operator::Default, .. })
}
