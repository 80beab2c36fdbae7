//! `unset KEY`: take a key out.

use crate::cli;
use crate::desk::{Session, known_key};
use crate::error::Error;
use crate::exit::Exit;

pub(super) fn run(arguments: &cli::Unset, env: Option<&str>, session: &Session<'_>) -> Result<Exit, Error> {
    let project = session.project()?;
    let environment = session.environment(&project, env)?;
    let file = session.read_existing(&project, &environment.name)?;
    let names: Vec<_> = file.entries().map(|entry| entry.name.clone()).collect();
    let key = known_key(&arguments.key, &environment.name, names.iter())?;
    if arguments.dry_run {
        session.ui.note(format!("{key} would be taken out of {}", environment.name));
        return Ok(Exit::Ok);
    }
    session.confirm(environment, &format!("take out {key}"))?;
    session.update(&project, &environment.name, |open| Ok(open.unset(&key)))?;
    session.ui.note(format!("{key} taken out of {}", environment.name));
    if let Some(declared) =
        project.key(key.as_str()).filter(|declared| declared.required_in(&environment.name))
    {
        session.ui.warning(format!("{key} is required in {} ({})", environment.name, declared.place));
    }
    Ok(Exit::Ok)
}
