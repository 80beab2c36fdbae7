//! `rotate --due` and `rotate --exposed`: one key after the other, to be stopped and taken up again.

use super::preview;
use crate::cli;
use crate::desk::At;
use crate::error::Error;
use crate::exit::Exit;
use crate::name::KeyName;
use crate::rotate::{Findings, History, Past, now};

pub(super) fn run(arguments: &cli::Rotate, at: At<'_>) -> Result<Exit, Error> {
    let At { session, project, name } = at;
    let mut identities = session.identities();
    let file = at.open_existing(&mut identities)?;
    let mut past = Past::everywhere(&project.root);
    let history = History::load(&mut past, project, name, &file, &mut identities);
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
    if arguments.json || (arguments.dry_run && !keys.is_empty()) {
        return preview::show_all(arguments, &keys, at);
    }
    if keys.is_empty() {
        session.ui.note(format!("nothing to rotate in {name}"));
        return Ok(Exit::Ok);
    }
    at.confirm("rotate the values")?;
    let mut left = 0;
    for key in &keys {
        if let Some(declared) = project.key(key.as_str()) {
            super::one(declared, at)?;
        } else {
            left += 1;
            let way_out = format!("`senex-env set -e {name} {key}`");
            session.ui.warning(format!("{key} is not declared: {way_out}"));
        }
    }
    Ok(if left == 0 { Exit::Ok } else { Exit::No })
}
