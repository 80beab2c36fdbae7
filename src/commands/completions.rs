//! `completions`: what makes a shell ask this program what could be typed next, and the answer.

mod names;

use std::ffi::OsString;

use clap_complete::CompleteEnv;
use clap_complete::env::{Bash, Elvish, EnvCompleter, Fish, Powershell, Zsh};

use crate::cli;
use crate::desk::Session;
use crate::error::Error;
use crate::exit::Exit;

/// Set by the shell when it asks.
const VARIABLE: &str = "SENEX_ENV_COMPLETE";
const PROGRAM: &str = "senex-env";

/// Answers a shell that asks. Whether one did.
pub(super) fn answered(arguments: &[OsString]) -> bool {
    let directory = std::env::current_dir().ok();
    let engine = CompleteEnv::with_factory(|| names::completed(cli::command())).var(VARIABLE);
    // A shell that asks in vain offers nothing; a message would stand in the middle of the line.
    engine.try_complete(arguments, directory.as_deref()).unwrap_or(true)
}

pub(super) fn run(arguments: &cli::Completions, session: &Session<'_>) -> Result<Exit, Error> {
    let shell: &dyn EnvCompleter = match arguments.shell {
        cli::Shell::Bash => &Bash,
        cli::Shell::Elvish => &Elvish,
        cli::Shell::Fish => &Fish,
        cli::Shell::Powershell => &Powershell,
        cli::Shell::Zsh => &Zsh,
    };
    let mut script = Vec::new();
    shell
        .write_registration(VARIABLE, PROGRAM, PROGRAM, PROGRAM, &mut script)
        .map_err(|_| Error::new(Exit::Io, "cannot write the completions"))?;
    session.ui.exact(&script)?;
    Ok(Exit::Ok)
}
