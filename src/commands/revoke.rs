//! `revoke NAME`: out of every environment, with new data keys, and what the person has seen.

use super::session::Session;
use super::team::{Changes, open, person};
use crate::cli;
use crate::error::{self, Error};
use crate::exit::Exit;
use crate::name::EnvName;
use crate::project::Edit;
use crate::recipient;
use crate::rotate::History;
use crate::ui::{style, styled};
use crate::words;

pub fn run(arguments: &cli::Revoke, env: Option<&str>, session: &Session<'_>) -> Result<Exit, Error> {
    let (project, _lock) = session.locked_project()?;
    let who = person(&project, &arguments.name)?;
    let identifiers: Vec<&str> = who.recipients.iter().map(|known| known.identifier()).collect();
    let only = match env {
        Some(_) => Some(&session.environment(&project, env)?.name),
        None => None,
    };
    let mut identities = session.identities();
    let mut changed = Vec::new();
    let mut changes = Changes::new(session);
    for environment in project.environments.iter().map(|environment| &environment.name) {
        if only.is_some_and(|only| only != environment) {
            continue;
        }
        let Some(sealed) = session.read(&project, environment)? else { continue };
        let holds = |text: &str| identifiers.contains(&recipient::identifier(text));
        if !sealed.wrapped_keys().iter().any(|wrapped| holds(&wrapped.recipient)) {
            continue;
        }
        if sealed.wrapped_keys().iter().all(|wrapped| holds(&wrapped.recipient)) {
            return Err(Error::no(format!("`{}` is the last who can open `{environment}`", who.name))
                .note("nothing was changed")
                .hint(format!("let somebody else in first: `senex-env grant NAME -e {environment}`")));
        }
        // Every file is opened before any is written: all of them or none.
        let mut file = open(session, &project, environment, &mut identities)?;
        let shown = session.shown(&project, environment);
        file.revoke(&identifiers).map_err(|error| error::sealed(&error, &shown, environment))?;
        changes.sealed(&project, environment, &file)?;
        changed.push(environment.clone());
    }
    let stays: Vec<&EnvName> =
        who.environments.iter().filter(|name| only.is_some_and(|only| only != *name)).collect();
    let requests: Vec<&EnvName> =
        who.requests.iter().filter(|name| only.is_some_and(|only| only != *name)).collect();
    if changed.is_empty() && stays.len() == who.environments.len() {
        session.ui.note(format!("{} can open nothing that is asked for", who.name));
        return Ok(Exit::Ok);
    }
    session.ui.confirm(&format!("take {} out of {}, with new data keys", who.name, words::list(&changed)))?;
    let mut edit = Edit::open(&project.file())?;
    edit.set_person(&who.name, &who.recipients, &stays, &requests);
    changes.project(&project, &edit)?;
    changes.write(&project)?;
    session.ui.note(format!("{} is out of {}: commit envs/ and push", who.name, words::list(&changed)));
    for environment in &changed {
        let file = open(session, &project, environment, &mut identities)?;
        let exposure = History::load(&project, environment, &file, &mut identities).exposed_to(who, &file);
        if exposure.keys.is_empty() && exposure.unknown == 0 {
            continue;
        }
        session
            .ui
            .line(format!("{} has seen these values of {environment}, which are still in use:", who.name))?;
        for key in &exposure.keys {
            session.ui.line(format!("  {} {key}", styled(style::WARNING, "!")))?;
        }
        if exposure.unknown > 0 {
            let versions = words::count(exposure.unknown, "earlier version");
            session.ui.line(format!("  ? {versions} that you cannot open may hold more"))?;
        }
    }
    Ok(Exit::Ok)
}
