//! `rotate --due` and `rotate --exposed`: one key after the other, to be stopped and taken up again.

use crate::cli;
use crate::desk::Session;
use crate::desk::changes::open;
use crate::error::Error;
use crate::exit::Exit;
use crate::name::KeyName;
use crate::project::{Environment, Project};
use crate::rotate::{Findings, History, Past, now};
use crate::words;

pub(super) fn run(
    arguments: &cli::Rotate,
    project: &Project,
    environment: &Environment,
    session: &Session<'_>,
) -> Result<Exit, Error> {
    let mut identities = session.identities();
    let file = open(session, project, &environment.name, &mut identities)?;
    let history = History::load(
        &mut Past::everywhere(&project.root),
        project,
        &environment.name,
        &file,
        &mut identities,
    );
    let found = Findings::new(project, &file, &history, now());
    let mut keys: Vec<KeyName> = Vec::new();
    if arguments.due {
        keys.extend(found.overdue.iter().map(|overdue| overdue.key.clone()));
    }
    if arguments.exposed {
        keys.extend(found.exposed.iter().flat_map(|(_, exposure)| exposure.keys.clone()));
    }
    keys.sort();
    keys.dedup();
    drop(file);
    if keys.is_empty() {
        session.ui.note(format!("nothing to rotate in {}", environment.name));
        return Ok(Exit::Ok);
    }
    if arguments.dry_run {
        session.ui.note(format!("would be rotated in {}: {}", environment.name, words::names(&keys)));
        return Ok(Exit::Ok);
    }
    session.confirm(environment, "rotate the values")?;
    let mut left = 0;
    for key in &keys {
        match project.key(key.as_str()) {
            Some(declared) => {
                super::one(project, environment, declared, session)?;
            }
            None => {
                left += 1;
                session
                    .ui
                    .warning(format!("{key} is not declared: `senex-env set -e {} {key}`", environment.name));
            }
        }
    }
    Ok(if left == 0 { Exit::Ok } else { Exit::No })
}
