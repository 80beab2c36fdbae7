//! `get KEY`: print one value.

use crate::cli;
use crate::desk::{At, Session, known_key};
use crate::error::Error;
use crate::exit::Exit;

pub(super) fn run(arguments: &cli::Get, env: Option<&str>, session: &Session<'_>) -> Result<Exit, Error> {
    let project = session.project()?;
    let at = At::meant(session, &project, env)?;
    let file = at.read_existing()?;
    let names: Vec<_> = file.entries().map(|entry| entry.name.clone()).collect();
    let key = known_key(&arguments.key, at.name, names.iter())?;
    at.confirm(&format!("show {key}"))?;
    let open = at.open(file, &mut session.identities())?;
    let value = open.get(&key).map_or("", |value| value.expose());
    session.ui.exact(value.as_bytes())?;
    Ok(Exit::Ok)
}
