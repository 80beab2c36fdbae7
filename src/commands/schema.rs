//! `schema`: what an editor needs to know of the files that people write.

use crate::cli;
use crate::desk::Session;
use crate::error::Error;
use crate::exit::Exit;
use crate::project;

pub(super) fn run(command: &cli::Schema, session: &Session<'_>) -> Result<Exit, Error> {
    let schema = match command {
        cli::Schema::Project => project::json_schema(),
    };
    session.ui.exact(format!("{schema:#}\n").as_bytes())?;
    Ok(Exit::Ok)
}
