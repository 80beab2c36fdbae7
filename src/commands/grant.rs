//! `grant NAME`: let a person open what they ask for, or the environments that are named.

use crate::cli;
use crate::desk::changes::{Changes, environments, person};
use crate::desk::{At, Session};
use crate::error::Error;
use crate::exit::Exit;
use crate::name::EnvName;
use crate::project::{Edit, Person, Project};
use crate::recipient::Recipient;
use crate::words;

pub(super) fn run(arguments: &cli::Grant, env: Option<&str>, session: &Session<'_>) -> Result<Exit, Error> {
    let (project, _lock) = session.locked_project()?;
    let who = person(&project, &arguments.name)?;
    let asked = asked(session, &project, who, env)?;
    if who.recipients.is_empty() {
        return Err(Error::usage(format!("`{}` has no recipient", who.name))
            .at(who.place.clone(), None)
            .hint(format!("they run `senex-env join {}`, which writes it", who.name)));
    }
    let mut after = who.clone();
    let mut identities = session.identities();
    let mut files = Vec::new();
    let mut new: Vec<&Recipient> = Vec::new();
    for environment in &asked {
        let at = At::new(session, &project, environment);
        let mut file = at.open_existing(&mut identities)?;
        at.refuse_strangers(&file, Some(who))?;
        for recipient in &who.recipients {
            let is_new = file.grant(recipient).map_err(|error| at.worded(&error))?;
            if is_new && !new.contains(&recipient) {
                new.push(recipient);
            }
        }
        after.requests.retain(|name| name != *environment);
        if !after.environments.contains(environment) {
            after.environments.push((*environment).clone());
        }
        files.push((at, file));
    }
    let listed = words::list(&asked);
    if new.is_empty() && after.environments == who.environments && after.requests == who.requests {
        session.ui.note(format!("{} can open {listed} already", who.name));
        return Ok(Exit::Ok);
    }
    let mut matter = Vec::new();
    for recipient in &new {
        let known = opens(session, &project, recipient)?;
        let known = if known.is_empty() {
            "new: compare it with the one they give you over another channel".to_owned()
        } else {
            format!("already opens {}", words::list(&known))
        };
        matter.extend([format!("{}  {}  ({known})", who.name, recipient.short()), format!("  {recipient}")]);
    }
    if arguments.dry_run {
        session.ui.notes(matter);
        session.ui.note(format!("{} would be granted {listed}; nothing was changed", who.name));
        return Ok(Exit::Ok);
    }
    let with = if new.len() == 1 { "the recipient above" } else { "the recipients above" };
    session.ui.confirm_about(&matter, &format!("let {} open {listed}, with {with}", who.name))?;
    let mut edit = Edit::open(&project.file())?;
    edit.set_person(&after);
    let mut changes = Changes::new(session);
    for (at, file) in &files {
        changes.sealed(*at, file)?;
    }
    changes.project(&project, edit.text())?;
    changes.write(&project)?;
    session.ui.note(format!("{} can open {listed}: commit envs/ and push", who.name));
    Ok(Exit::Ok)
}

/// The environments that are named, else those that the person asks for, else the usual one.
fn asked<'p>(
    session: &Session<'_>,
    project: &'p Project,
    who: &'p Person,
    env: Option<&str>,
) -> Result<Vec<&'p EnvName>, Error> {
    if let Some(named) = environments(session, project, env)? {
        return Ok(named);
    }
    if who.requests.is_empty() {
        return Ok(vec![&session.environment(project, None)?.name]);
    }
    Ok(who.requests.iter().collect())
}

/// What a recipient opens today. Somebody else may have slipped one in beside those that are known.
fn opens<'p>(
    session: &Session<'_>,
    project: &'p Project,
    recipient: &Recipient,
) -> Result<Vec<&'p EnvName>, Error> {
    let mut names = Vec::new();
    for environment in project.environments.iter().map(|environment| &environment.name) {
        if At::new(session, project, environment)
            .read()?
            .is_some_and(|file| file.holds(recipient.identifier()))
        {
            names.push(environment);
        }
    }
    Ok(names)
}
