//! `rotate --dry-run`: what would be done, from what the project file says.

use super::Source;
use crate::desk::At;
use crate::error::Error;
use crate::exit::Exit;
use crate::project::Key;

pub(super) fn show(finish: bool, key: &Key, at: At<'_>) -> Result<Exit, Error> {
    let (name, environment, ui) = (&key.name, at.name, at.session.ui);
    at.read_existing()?;
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
