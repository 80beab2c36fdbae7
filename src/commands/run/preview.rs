//! `run --dry-run`: what would be started, and which services would receive which keys. Names only, so it
//! needs no identity.

use std::ffi::OsString;
use std::path::PathBuf;

use super::values::Values;
use crate::compose::model::{Project as Compose, Request, Use};
use crate::desk::At;
use crate::error::Error;
use crate::exit::Exit;
use crate::invocation::Invocation;
use crate::plaintext::{Reader, file_values};
use crate::ui::{style, styled};

/// Says what a run would do.
pub(super) fn show(
    at: At<'_>,
    values: &Values<'_>,
    invocation: &Invocation,
    argv: &[OsString],
    files: &[PathBuf],
) -> Result<(), Error> {
    let ui = at.session.ui;
    let words: Vec<String> = argv.iter().map(|word| quoted(&word.to_string_lossy())).collect();
    ui.line(format!("environment  {}", at.name))?;
    ui.line(format!("command      {}", words.join(" ")))?;
    if !invocation.front_end().is_compose() {
        return ui.line("receives     every key, in its process environment or in the file");
    }
    if files.is_empty() {
        return Ok(());
    }
    let tool = invocation.front_end().tool();
    let request = Request {
        tool,
        files,
        project_directory: invocation.project_directory(),
        project_name: None,
        lookup: &|name| values.or_stand_in(name),
        is_stand_in: &|_| true,
        env_file: &|path| file_values(Reader::Compose, path),
    };
    let compose = Compose::load(&request)
        .map_err(|error| Error::new(Exit::Io, format!("{tool} cannot load the compose files: {error}")))?;
    for service in &compose.services {
        let received: Vec<String> =
            compose.uses.iter().filter(|use_| reaches(use_, &service.name, values)).map(shown).collect();
        let received =
            if received.is_empty() { styled(style::DIM, "no sealed key") } else { received.join(" ") };
        ui.line(format!("{:<12} {received}", service.name))?;
    }
    Ok(())
}

/// Whether what a sealed key made is in the environment of the service.
fn reaches(use_: &Use, service: &str, values: &Values<'_>) -> bool {
    use_.service.as_deref() == Some(service)
        && use_.survives
        && use_.key.is_some()
        && values.or_stand_in(&use_.variable).is_some()
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
