//! `run --dry-run`: what would be started, and which services would receive which keys. Names only, so it
//! needs no identity.

use std::collections::BTreeMap;
use std::path::Path;

use super::deliver::Delivery;
use crate::compose::model::{Project as Compose, Request, Use};
use crate::error::Error;
use crate::exit::Exit;
use crate::plaintext::{Reader, file_values};
use crate::sealed::SealedFile;
use crate::ui::{style, styled};

/// Says what a run would do.
pub(super) fn show(delivery: &Delivery<'_>, sealed: &SealedFile) -> Result<(), Error> {
    let Delivery { at, invocation, .. } = delivery;
    let (argv, files) = (delivery.command_line(Path::new("FILE")), delivery.compose_files());
    let ui = at.session.ui;
    let words: Vec<String> = argv.iter().map(|word| quoted(&word.to_string_lossy())).collect();
    ui.line(format!("environment  {}", at.name))?;
    ui.line(format!("command      {}", words.join(" ")))?;
    if !invocation.front_end().is_compose() {
        return ui.line("receives     every key, in its process environment or in the file");
    }
    let tool = invocation.front_end().tool();
    let names: BTreeMap<String, &str> = sealed
        .entries()
        .map(|entry| (entry.name.to_string(), if entry.is_empty { "" } else { "set" }))
        .collect();
    let lookup = |name: &str| names.get(name).copied();
    let request = Request {
        tool,
        files: &files,
        project_directory: invocation.project_directory(),
        project_name: None,
        lookup: &lookup,
        is_stand_in: &|_| true,
        env_file: &|path| file_values(Reader::Compose, path),
    };
    let compose = Compose::load(&request)
        .map_err(|error| Error::new(Exit::Io, format!("{tool} cannot load the compose files: {error}")))?;
    for service in &compose.services {
        let received: Vec<String> =
            compose.uses.iter().filter(|use_| reaches(use_, &service.name, &names)).map(shown).collect();
        let received =
            if received.is_empty() { styled(style::DIM, "no sealed key") } else { received.join(" ") };
        ui.line(format!("{:<12} {received}", service.name))?;
    }
    Ok(())
}

/// Whether what a sealed key made is in the environment of the service.
fn reaches(use_: &Use, service: &str, names: &BTreeMap<String, &str>) -> bool {
    use_.service.as_deref() == Some(service)
        && use_.survives
        && use_.key.is_some()
        && names.contains_key(&use_.variable)
}

/// `KEY`, or `NAME=KEY` where the container sees it under another name.
fn shown(use_: &Use) -> String {
    match use_.key.as_deref() {
        Some(key) if key != use_.variable => format!("{key}={}", use_.variable),
        _ => use_.variable.clone(),
    }
}

/// A word as a shell would need it, for reading.
fn quoted(word: &str) -> String {
    shlex::try_quote(word).map_or_else(|_| word.to_owned(), std::borrow::Cow::into_owned)
}
