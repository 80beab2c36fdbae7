//! `get KEY`: print one value.

use crate::cli;
use crate::desk::{Session, known_key};
use crate::error::Error;
use crate::exit::Exit;

pub(super) fn run(arguments: &cli::Get, env: Option<&str>, session: &Session<'_>) -> Result<Exit, Error> {
    let project = session.project()?;
    let environment = session.environment(&project, env)?;
    let file = session.read_existing(&project, &environment.name)?;
    let names: Vec<_> = file.entries().map(|entry| entry.name.clone()).collect();
    let key = known_key(&arguments.key, &environment.name, names.iter())?;
    session.confirm(environment, &format!("show {key}"))?;
    let open = session.open(&project, &environment.name, file, &mut session.identities())?;
    let value = open.get(&key).map_or("", |value| value.expose());
    session.ui.exact(value.as_bytes())?;
    Ok(Exit::Ok)
}
