//! `rekey`: a new data key, the same values.

use crate::cli;
use crate::desk::changes::{Changes, environments};
use crate::desk::{At, Session};
use crate::error::Error;
use crate::exit::Exit;
use crate::name::EnvName;
use crate::words;

pub(super) fn run(arguments: &cli::Rekey, env: Option<&str>, session: &Session<'_>) -> Result<Exit, Error> {
    let (project, _lock) = session.locked_project()?;
    let environments: Vec<&EnvName> = match environments(session, &project, env)? {
        Some(named) => named,
        None if arguments.all => project.environments.iter().map(|environment| &environment.name).collect(),
        None => vec![At::meant(session, &project, None)?.name],
    };
    let mut identities = session.identities();
    let mut changes = Changes::new(session);
    let mut done = Vec::new();
    for environment in environments {
        let at = At::new(session, &project, environment);
        if arguments.all && at.read()?.is_none() {
            continue;
        }
        let mut file = at.open_existing(&mut identities)?;
        at.refuse_strangers(&file, None)?;
        file.rekey().map_err(|error| at.worded(&error))?;
        changes.sealed(at, &file)?;
        done.push(environment);
    }
    if done.is_empty() {
        return Err(Error::no("there is no sealed file yet, so there is no data key to replace"));
    }
    if arguments.dry_run {
        session.ui.note(format!("{} would get new data keys; nothing was changed", words::list(&done)));
        return Ok(Exit::Ok);
    }
    for environment in &done {
        At::new(session, &project, environment).confirm("replace the data key")?;
    }
    changes.write(&project)?;
    session.ui.note(format!("new data keys: {}", words::list(&done)));
    Ok(Exit::Ok)
}
