//! `unset KEY`: take a key out.

use crate::cli;
use crate::desk::{At, Session, known_key};
use crate::error::Error;
use crate::exit::Exit;

pub(super) fn run(arguments: &cli::Unset, env: Option<&str>, session: &Session<'_>) -> Result<Exit, Error> {
    let project = session.project()?;
    let at = At::meant(session, &project, env)?;
    let file = at.read_existing()?;
    let names: Vec<_> = file.entries().map(|entry| entry.name.clone()).collect();
    let key = known_key(&arguments.key, at.name, names.iter())?;
    if arguments.dry_run {
        session.ui.note(format!("{key} would be removed from {}", at.name));
        return Ok(Exit::Ok);
    }
    at.confirm(&format!("remove {key}"))?;
    at.update(|open| Ok(open.unset(&key)))?;
    session.ui.note(format!("{key} removed from {}", at.name));
    if let Some(declared) = project.key(key.as_str()).filter(|declared| declared.required_in(at.name)) {
        session.ui.warning(format!("{key} is required in {} ({})", at.name, declared.place));
    }
    Ok(Exit::Ok)
}
