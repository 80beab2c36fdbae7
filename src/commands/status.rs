//! `status`: values that somebody who is out has seen, until they are changed.

use super::session::Session;
use super::team::open;
use crate::cli;
use crate::error::Error;
use crate::exit::Exit;
use crate::rotate::exposed;
use crate::ui::{style, styled};
use crate::words;

pub fn run(_: &cli::Status, env: Option<&str>, session: &Session<'_>) -> Result<Exit, Error> {
    let project = session.project()?;
    let only = match env {
        Some(_) => Some(&session.environment(&project, env)?.name),
        None => None,
    };
    let mut identities = session.identities();
    let mut found = false;
    for environment in project.environments.iter().map(|environment| &environment.name) {
        if only.is_some_and(|only| only != environment) || session.read(&project, environment)?.is_none() {
            continue;
        }
        let file = match open(session, &project, environment, &mut identities) {
            Ok(file) => file,
            Err(error) if error.exit == Exit::NoIdentity => {
                session.ui.line(format!("{environment}: you cannot open it, so nothing is known of it"))?;
                continue;
            }
            Err(error) => return Err(error),
        };
        for person in &project.people {
            let identifiers: Vec<&str> = person.recipients.iter().map(|known| known.identifier()).collect();
            if identifiers.iter().any(|identifier| file.holds(identifier)) {
                continue;
            }
            let exposure = exposed(&project, environment, &file, &identifiers, &mut identities);
            if exposure.keys.is_empty() && exposure.unknown == 0 {
                continue;
            }
            found = true;
            let unknown = if exposure.unknown > 0 {
                format!(", and {} that you cannot open", words::count(exposure.unknown, "earlier version"))
            } else {
                String::new()
            };
            let marked = styled(style::WARNING, "exposed");
            session.ui.line(format!(
                "{marked} {environment}: {} is out and has seen {}{unknown}",
                person.name,
                words::names(&exposure.keys)
            ))?;
        }
    }
    if found {
        session.ui.note("a value leaves this list when it is changed: `senex-env set -e ENV KEY`");
        return Ok(Exit::No);
    }
    session.ui.line("nobody who is out has seen a value that is in use")?;
    Ok(Exit::Ok)
}
