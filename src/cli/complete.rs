//! What a shell offers after Tab: the names of the project around the working directory. Values are never
//! read, and nothing is asked.

use std::ffi::OsStr;

use clap_complete::engine::CompletionCandidate;

use crate::context::Context;
use crate::file;
use crate::project::Project;
use crate::sealed::{self, SealedFile};

/// Environments.
pub(super) fn environments(typed: &OsStr) -> Vec<CompletionCandidate> {
    let names = project().into_iter().flat_map(|project| project.environments);
    beginning(typed, names.map(|environment| environment.name.to_string()))
}

/// Keys: those that are declared, with what is said of them, and those of the sealed files.
pub(super) fn keys(typed: &OsStr) -> Vec<CompletionCandidate> {
    let Some(project) = project() else { return Vec::new() };
    let mut names: Vec<String> = project.key_names().map(ToString::to_string).collect();
    for environment in &project.environments {
        let bytes = file::read_regular(&project.sealed_file(&environment.name), sealed::LARGEST);
        let sealed = bytes.ok().and_then(|bytes| SealedFile::parse(&bytes).ok());
        names.extend(sealed.iter().flat_map(SealedFile::entries).map(|entry| entry.name.to_string()));
    }
    names.sort_unstable();
    names.dedup();
    let mut candidates = beginning(typed, names.into_iter());
    for candidate in &mut candidates {
        let name = candidate.get_value().to_string_lossy().into_owned();
        if let Some(description) = project.key(&name).and_then(|key| key.description.clone()) {
            *candidate = CompletionCandidate::new(name).help(Some(description.into()));
        }
    }
    candidates
}

/// People.
pub(super) fn people(typed: &OsStr) -> Vec<CompletionCandidate> {
    let names = project().into_iter().flat_map(|project| project.people);
    beginning(typed, names.map(|person| person.name.to_string()))
}

fn project() -> Option<Project> {
    Project::find(&Context::of_process().ok()?.directory).ok()
}

fn beginning(typed: &OsStr, names: impl Iterator<Item = String>) -> Vec<CompletionCandidate> {
    let typed = typed.to_string_lossy();
    names.filter(|name| name.starts_with(&*typed)).map(CompletionCandidate::new).collect()
}
