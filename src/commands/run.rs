use super::session::Session;
use crate::{cli, error::Error, exit::Exit};
pub fn run(_: cli::Run, _: Option<&str>, _: &Session<'_>) -> Result<Exit, Error> {
    Ok(Exit::Ok)
}
