//! A production host: systemd's units that start senex-env, and the identity that they are handed.

use std::path::{Path, PathBuf};

use super::Line;
use crate::desk::{At, NoPassphrase, Session};
use crate::file;
use crate::identity;
use crate::project::Project;

/// Where an administrator's units are, if `SYSTEMD_UNIT_PATH` does not say.
const UNITS: &str = "/etc/systemd/system";
/// A unit is never larger, in bytes.
const LARGEST: u64 = 64 * 1024;
/// Where a unit names the identity; `%d` is the folder of its credentials.
const KEY_FILE: &str = "SENEX_ENV_KEY_FILE=";

/// What stops a unit from starting the project.
pub(super) fn units(project: Option<&Project>, session: &Session<'_>, lines: &mut Vec<Line>) {
    let folders = session.context.variable("SYSTEMD_UNIT_PATH").unwrap_or_else(|| UNITS.into());
    for folder in folders.to_string_lossy().split(':') {
        let Ok(entries) = std::fs::read_dir(folder) else { continue };
        let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
        paths.sort();
        for unit in paths.iter().filter_map(|path| Unit::read(path)) {
            lines.push(unit.line(project, session));
        }
    }
}

struct Unit {
    name: String,
    text: String,
}

impl Unit {
    /// A unit that starts `senex-env run`.
    fn read(path: &Path) -> Option<Self> {
        let name = path.file_name()?.to_str().filter(|name| name.ends_with(".service"))?;
        let text = String::from_utf8(file::read_regular(path, LARGEST).ok()?.to_vec()).ok()?;
        let unit = Self { name: name.to_owned(), text };
        let starts = unit.values("ExecStart").any(|command| command.contains("senex-env run "));
        starts.then_some(unit)
    }

    /// Every value of a setting.
    fn values<'a>(&'a self, setting: &'a str) -> impl Iterator<Item = &'a str> {
        let settings = self.text.lines().filter_map(|line| line.trim().split_once('='));
        settings.filter(move |(name, _)| *name == setting).map(|(_, value)| value)
    }

    /// A variable that it sets, by its name with the `=`.
    fn variable(&self, name: &str) -> Option<&str> {
        let words = self.values("Environment").flat_map(str::split_whitespace);
        words.filter_map(|word| word.trim_matches('"').strip_prefix(name)).last()
    }

    fn line(&self, project: Option<&Project>, session: &Session<'_>) -> Line {
        let Self { name, .. } = self;
        let Some(named) = self.variable(KEY_FILE) else {
            return Line::note("host", format!("{name} is given no identity: it uses what its user has"));
        };
        let Some(credential) = named.strip_prefix("%d/") else {
            return self.identity(Path::new(named), project, session);
        };
        let of = |setting| {
            let mut pairs = self.values(setting).filter_map(|value| value.split_once(':'));
            pairs.find(|(id, _)| *id == credential).map(|(_, path)| path)
        };
        if let Some(path) = of("LoadCredentialEncrypted") {
            return if Path::new(path).exists() {
                Line::ok("host", format!("{name} is given the identity in {path}, encrypted"))
            } else {
                missing(name, path, format!("systemd-creds encrypt FILE {path}"))
            };
        }
        match of("LoadCredential") {
            Some(path) => self.identity(Path::new(path), project, session),
            None => Line::problem(
                "host",
                format!(
                    "{name} looks for its identity in the credential `{credential}`, which it is not given"
                ),
                format!("LoadCredential={credential}:/etc/senex-env/identity.txt in the unit"),
            ),
        }
    }

    /// The identity is there, nobody else's to read, and let in.
    fn identity(&self, path: &Path, project: Option<&Project>, session: &Session<'_>) -> Line {
        let (name, shown) = (&self.name, session.context.shown(path));
        let Some(mode) = file::mode(path) else {
            let fix = format!("senex-env identity new --no-passphrase --file {shown}");
            return missing(name, &shown, fix);
        };
        if mode & 0o077 != 0 {
            let message = format!("{name}: {shown} has mode {mode:03o}: others can read it");
            return Line::problem("host", message, format!("chmod 600 {shown}"));
        }
        let Ok(bytes) = file::read_regular(path, LARGEST) else {
            return Line::note("host", format!("{name}: you cannot read {shown}; its owner can"));
        };
        let environment = self.variable("SENEX_ENV=");
        let found = project.zip(environment).and_then(|(project, environment)| {
            let environment = &project.environment(environment)?.name;
            Some((environment, At::new(session, project, environment).read().ok()??))
        });
        let Some((environment, sealed)) = found else {
            return Line::ok("host", format!("{name} is given the identity in {shown}"));
        };
        let identities = identity::import(&bytes, &NoPassphrase).unwrap_or_default();
        let wrapped = sealed.wrapped_keys();
        if identities.iter().any(|identity| wrapped.iter().any(|key| identity.unwrap(key).is_some())) {
            Line::ok("host", format!("{name} opens {environment} with the identity in {shown}"))
        } else {
            Line::problem(
                "host",
                format!("{name}: the identity in {shown} does not open {environment}"),
                format!(
                    "`senex-env join NAME -e {environment} --recipient age1…`, then `senex-env grant NAME -e {environment}`"
                ),
            )
        }
    }
}

fn missing(unit: &str, path: &str, fix: String) -> Line {
    Line::problem("host", format!("{unit} is given {path}, which does not exist"), fix)
}
