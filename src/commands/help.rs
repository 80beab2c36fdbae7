//! `help`: what `--help` says of a command.

use std::ffi::OsString;

use crate::cli;
use crate::error::Error;
use crate::exit::Exit;

pub(super) fn run(arguments: &cli::Help) -> Result<Exit, Error> {
    let words =
        ["senex-env"].into_iter().chain(arguments.command.iter().map(String::as_str)).chain(["--help"]);
    let words: Vec<OsString> = words.map(OsString::from).collect();
    let Err(shown) = cli::parse(&words) else { return Ok(Exit::Ok) };
    if shown.use_stderr() {
        return Err(cli::told(&shown, &words).unwrap_or_else(|| cli::summary(&shown)));
    }
    // A reader that went away is no error of ours.
    drop(shown.print());
    Ok(Exit::Ok)
}
