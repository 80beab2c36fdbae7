//! `rotate --dry-run`: what would be done, from what the project file says.

use super::Source;
use crate::desk::Session;
use crate::error::Error;
use crate::exit::Exit;
use crate::project::{Environment, Key, Project};

pub(super) fn show(
    finish: bool,
    project: &Project,
    environment: &Environment,
    key: &Key,
    session: &Session<'_>,
) -> Result<Exit, Error> {
    let (name, environment) = (&key.name, &environment.name);
    let ui = session.ui;
    session.read_existing(project, environment)?;
    if finish {
        match &key.keep_previous_in {
            Some(list) => {
                ui.note(format!("the previous values of {name} in {list} of {environment} would go"))
            }
            None => ui.note(format!("{name} keeps no previous value: there is nothing to finish")),
        }
        return Ok(Exit::Ok);
    }
    let from = match Source::of(key)? {
        Source::Command(_) => "its `command`",
        Source::Generator(_) => "its generator",
        Source::Person => "the terminal or standard input",
    };
    ui.note(format!("{name} of {environment} would have a new value, from {from}"));
    if let Some(list) = &key.keep_previous_in {
        ui.note(format!("the present one would stay in {list}"));
    }
    if key.after_rotate.is_some() {
        ui.note("its `after_rotate` would be given the new one");
    }
    Ok(Exit::Ok)
}
