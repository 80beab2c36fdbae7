//! Plaintext env files beside the project, which define what is sealed.

use std::path::{Path, PathBuf};

use super::{Finding, Fix};
use crate::file;
use crate::place::Place;
use crate::plaintext::{Reader, Reading, read_as};
use crate::project::{Environment, Lint, Project};
use crate::sealed::{OpenFile, SealedFile};
use crate::secret::{self, Secret};
use crate::words;

/// What is known of an environment.
pub(super) struct Known<'a> {
    pub environment: &'a Environment,
    pub file: Option<&'a SealedFile>,
    pub open: Option<&'a OpenFile>,
}

/// How the values of a plaintext file stand to the sealed ones.
enum State {
    /// Sealed already, to the letter.
    Same,
    /// Nothing that is sealed would change.
    New,
    /// It would, or nobody knows.
    Other,
}

/// The files that belong to one environment. `directory` is where a command would be started.
pub(super) fn beside(project: &Project, known: &Known<'_>, directory: &Path) -> Vec<Finding> {
    let mut findings = Vec::new();
    for folder in folders(project, known.environment) {
        for path in names(project, known.environment).into_iter().map(|name| folder.join(name)) {
            let Ok(bytes) = file::read_regular(&path, secret::LARGEST) else { continue };
            let nothing = |_: &str| None;
            // Which of them is right, somebody said when the value was sealed.
            let readers = [Reader::Python, Reader::Compose, Reader::Literal];
            let readings = readers.into_iter().filter_map(|reader| read_as(reader, &bytes, &nothing).ok());
            findings.extend(finding(project, known, &path, &readings.collect::<Vec<_>>(), directory));
        }
    }
    findings
}

fn finding(
    project: &Project,
    known: &Known<'_>,
    path: &Path,
    readings: &[Reading],
    directory: &Path,
) -> Option<Finding> {
    let reading = readings.first()?;
    let is_sealed = |name: &str| {
        project.key(name).is_some()
            || known.file.is_some_and(|file| file.entries().any(|e| e.name.as_str() == name))
    };
    let names: Vec<&str> =
        reading.entries.iter().map(|entry| entry.name.as_str()).filter(|name| is_sealed(name)).collect();
    if names.is_empty() {
        return None;
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let environment = &known.environment.name;
    let shown = words::quoted(&file::relative(path, directory).display().to_string());
    let (says, command) = match state(known, readings, &names) {
        State::Same => ("repeats", format!("rm {shown}")),
        State::New => ("defines", format!("senex-env import -e {environment} {shown}")),
        // Importing would overwrite what is sealed: it is shown first.
        State::Other => ("defines", format!("senex-env import -n -e {environment} {shown}")),
    };
    let message = format!("{name} is plaintext, and {says} {}", words::names(&names));
    let place = Place { path: path.to_owned(), line: 1, column: 1 };
    let finding = Finding::new(Lint::PlaintextBeside, environment, message).at(place);
    Some(Finding { fix: Fix::Command(command), ..finding })
}

fn state(known: &Known<'_>, readings: &[Reading], names: &[&str]) -> State {
    let Some(file) = known.file else { return State::New };
    let sealed = |name: &str| file.entries().any(|entry| entry.name.as_str() == name && !entry.is_empty);
    if !names.iter().any(|name| sealed(name)) {
        return State::New;
    }
    let Some(open) = known.open else { return State::Other };
    let same = |name: &str| {
        let values = || readings.iter().filter_map(|reading| reading.get(name)?.value.as_ref());
        let is_own = |own: &Secret| values().any(|value| own.same_as(value));
        open.pairs().any(|(key, own)| key.as_str() == name && is_own(own))
    };
    match names {
        names if names.iter().all(|name| same(name)) => State::Same,
        names if names.iter().all(|name| same(name) || !sealed(name)) => State::New,
        _ => State::Other,
    }
}

/// Where a plaintext env file would be read from: the root, and the folders of the compose files.
fn folders(project: &Project, environment: &Environment) -> Vec<PathBuf> {
    let mut folders = vec![project.root.clone()];
    for path in &environment.compose {
        let folder = project.root.join(path).parent().map(Path::to_owned);
        folders.extend(folder.filter(|folder| !folders.contains(folder)));
    }
    folders
}

/// What the plaintext files of an environment are called. The default one is that of a bare `.env`.
fn names(project: &Project, environment: &Environment) -> Vec<String> {
    let name = environment.name.as_str();
    let mut names = vec![format!(".env.{name}"), format!(".env.{name}.local")];
    let default = project.default.as_ref().or_else(|| Some(&project.environments.first()?.name));
    if default == Some(&environment.name) {
        names.extend([".env".to_owned(), ".env.local".to_owned()]);
    }
    names
}
