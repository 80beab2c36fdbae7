//! What a shell offers after Tab: the names of the project around the working directory. Values are never
//! read, and nothing is asked.

use std::ffi::OsStr;

use clap_complete::engine::{ArgValueCompleter, CompletionCandidate};

use crate::context::Context;
use crate::file;
use crate::project::Project;
use crate::sealed::{self, SealedFile};

/// The same command line, which completes every `KEY`, `ENV` and `PERSON`.
pub(super) fn completed(command: clap::Command) -> clap::Command {
    let named = |argument: clap::Arg| {
        let name =
            argument.get_value_names().and_then(|names| names.first()).map(std::string::ToString::to_string);
        let completer = match name.as_deref() {
            Some("KEY") => ArgValueCompleter::new(keys),
            Some("ENV") => ArgValueCompleter::new(environments),
            Some("PERSON") => ArgValueCompleter::new(people),
            _ => return argument,
        };
        argument.add(completer)
    };
    command.mut_args(named).mut_subcommands(completed)
}

fn environments(typed: &OsStr) -> Vec<CompletionCandidate> {
    let names = project().into_iter().flat_map(|project| project.environments);
    beginning(typed, names.map(|environment| environment.name.to_string()))
}

/// Keys: those that are declared, with their descriptions, and those of the sealed files.
fn keys(typed: &OsStr) -> Vec<CompletionCandidate> {
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

fn people(typed: &OsStr) -> Vec<CompletionCandidate> {
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
