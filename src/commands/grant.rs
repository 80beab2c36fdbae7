//! `grant NAME -e ENV`: let a person open an environment.

use super::session::Session;
use super::team::{Changes, open, person};
use crate::cli;
use crate::error::{self, Error};
use crate::exit::Exit;
use crate::name::EnvName;
use crate::project::Edit;

pub fn run(arguments: &cli::Grant, env: Option<&str>, session: &Session<'_>) -> Result<Exit, Error> {
    let (project, _lock) = session.locked_project()?;
    let environment = &session.environment(&project, env)?.name;
    let who = person(&project, &arguments.name)?;
    if who.recipients.is_empty() {
        return Err(Error::usage(format!("`{}` has no recipient yet", who.name))
            .at(who.place.clone(), None)
            .hint(format!("`senex-env join {}` writes it", who.name)));
    }
    let mut file = open(session, &project, environment, &mut session.identities())?;
    let missing: Vec<_> =
        who.recipients.iter().filter(|recipient| !file.holds(recipient.identifier())).collect();
    if missing.is_empty() && who.environments.contains(environment) {
        session.ui.note(format!("{} can open {environment} already", who.name));
        return Ok(Exit::Ok);
    }
    for recipient in &missing {
        session.ui.note(format!("{}  {recipient}", who.name));
    }
    session.ui.confirm(&format!("let {} open {environment}, with the recipient above", who.name))?;
    let shown = session.shown(&project, environment);
    for recipient in missing {
        file.grant(recipient).map_err(|error| error::sealed(&error, &shown, environment))?;
    }
    let mut environments: Vec<&EnvName> = who.environments.iter().collect();
    if !environments.contains(&environment) {
        environments.push(environment);
    }
    let requests: Vec<&EnvName> = who.requests.iter().filter(|name| *name != environment).collect();
    let mut edit = Edit::open(&project.file())?;
    edit.set_person(&who.name, &who.recipients, &environments, &requests);
    let mut changes = Changes::new(session);
    changes.sealed(&project, environment, &file)?;
    changes.project(&project, &edit)?;
    changes.write(&project)?;
    session.ui.note(format!("{} can open {environment}: commit envs/ and push", who.name));
    Ok(Exit::Ok)
}
