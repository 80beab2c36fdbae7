//! `rekey`: a new data key, the same values.

use crate::cli;
use crate::desk::Session;
use crate::desk::access::refuse_strangers;
use crate::desk::changes::{Changes, environments, open};
use crate::error::{self, Error};
use crate::exit::Exit;
use crate::name::EnvName;
use crate::words;

pub(super) fn run(arguments: &cli::Rekey, env: Option<&str>, session: &Session<'_>) -> Result<Exit, Error> {
    let (project, _lock) = session.locked_project()?;
    let environments: Vec<&EnvName> = match environments(session, &project, env)? {
        Some(named) => named,
        None if arguments.all => project.environments.iter().map(|environment| &environment.name).collect(),
        None => vec![&session.environment(&project, None)?.name],
    };
    let mut identities = session.identities();
    let mut changes = Changes::new(session);
    let mut done = Vec::new();
    for environment in environments {
        if arguments.all && session.read(&project, environment)?.is_none() {
            continue;
        }
        let mut file = open(session, &project, environment, &mut identities)?;
        refuse_strangers(&project, environment, &file, None)?;
        file.rekey()
            .map_err(|error| error::sealed(&error, &session.shown(&project, environment), environment))?;
        changes.sealed(&project, environment, &file)?;
        done.push(environment);
    }
    if done.is_empty() {
        return Err(Error::no("there is no sealed file yet, so nothing to make a new data key for"));
    }
    if arguments.dry_run {
        session.ui.note(format!("{} would get new data keys; nothing was changed", words::list(&done)));
        return Ok(Exit::Ok);
    }
    for environment in done.iter().filter_map(|name| project.environment(name.as_str())) {
        session.confirm(environment, "make a new data key")?;
    }
    changes.write(&project)?;
    session.ui.note(format!("new data keys: {}", words::list(&done)));
    Ok(Exit::Ok)
}
