//! The keys that a new project file declares: every variable of the compose files, with what its use and its
//! name tell of it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::compose::Tool;
use crate::compose::model::{Project as Compose, Request, Requirement};
use crate::name::{EnvName, KeyName};
use crate::project::ProposedKey;

/// What was found in the compose files of every environment.
#[derive(Default)]
pub struct Schema {
    /// In the order in which the files name them.
    order: Vec<String>,
    /// Variable → environments that cannot do without it.
    required: BTreeMap<String, BTreeSet<EnvName>>,
    environments: BTreeSet<EnvName>,
}

impl Schema {
    /// Adds the compose files of one environment. Files that cannot be read are left to `check`.
    pub fn add(&mut self, environment: &EnvName, root: &Path, files: &[String]) {
        let files: Vec<PathBuf> = files.iter().map(|file| root.join(file)).collect();
        let nothing = |_: &Path| Ok(BTreeMap::<String, Zeroizing<String>>::new());
        let request = Request {
            tool: Tool::DockerCompose,
            files: &files,
            project_directory: None,
            project_name: None,
            lookup: &|_| None,
            names_only: true,
            env_file: &nothing,
        };
        let Ok(compose) = Compose::load(&request) else { return };
        if files.is_empty() {
            return;
        }
        self.environments.insert(environment.clone());
        let requirements = compose.requirements();
        for use_ in &compose.uses {
            let name = use_.variable.as_str();
            // Compose sets these itself.
            if name.starts_with("COMPOSE_") || KeyName::new(name).is_err() {
                continue;
            }
            if !self.order.iter().any(|known| known == name) {
                self.order.push(name.to_owned());
            }
            if matches!(requirements.get(name), Some(Requirement::Required | Requirement::Read)) {
                self.required.entry(name.to_owned()).or_default().insert(environment.clone());
            }
        }
    }

    /// The keys, in the order of the files.
    pub fn keys(&self) -> Vec<ProposedKey> {
        self.order
            .iter()
            .filter_map(|name| KeyName::new(name).ok())
            .map(|name| {
                let required = self.required.get(name.as_str()).cloned().unwrap_or_default();
                ProposedKey {
                    secret: is_secret(name.as_str()),
                    required: if required == self.environments {
                        None
                    } else {
                        Some(required.into_iter().collect())
                    },
                    name,
                }
            })
            .collect()
    }
}

/// Names that say their value may be read. Everything else is kept secret: that mistake costs nothing.
fn is_secret(name: &str) -> bool {
    const SECRET: [&str; 9] =
        ["PASSWORD", "PASSWD", "SECRET", "TOKEN", "PRIVATE", "CREDENTIAL", "DSN", "KEY", "SALT"];
    const CONFIG: [&str; 24] = [
        "HOST",
        "HOSTS",
        "PORT",
        "URL",
        "URI",
        "NAME",
        "DB",
        "DATABASE",
        "USER",
        "DEBUG",
        "ENVIRONMENT",
        "ENV",
        "ORIGINS",
        "TLS",
        "SSL",
        "SECONDS",
        "REDIRECT",
        "EMAIL",
        "LEVEL",
        "MODULE",
        "VERSION",
        "TAG",
        "REGION",
        "TIMEOUT",
    ];
    let words: Vec<&str> = name.split('_').collect();
    let holds = |list: &[&str]| words.iter().any(|word| list.contains(&word.to_ascii_uppercase().as_str()));
    holds(&SECRET) || !holds(&CONFIG)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_that_say_so_are_config() {
        for config in [
            "ALLOWED_HOSTS",
            "DB_NAME",
            "APP_BASE_URL",
            "EMAIL_USE_TLS",
            "DJANGO_SETTINGS_MODULE",
            "EMAIL_PORT",
        ] {
            assert!(!is_secret(config), "{config}");
        }
        for secret in [
            "SECRET_KEY",
            "DB_PASSWORD",
            "SENTRY_DSN",
            "EMAIL_HOST_PASSWORD",
            "TASTYTRADE_CLIENT_ID",
            "X",
            "API_TOKEN_URL",
        ] {
            assert!(is_secret(secret), "{secret}");
        }
    }
}
