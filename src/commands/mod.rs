//! The commands, one a file: open → check → act → save → say.

mod check;
mod demo;
mod get;
mod identity;
mod import;
mod init;
mod list;
mod run;
mod seal;
mod session;
mod set;
mod unset;

use crate::cli::{Cli, Command};
use crate::context::Context;
use crate::error::Error;
use crate::exit::Exit;
use crate::ui::Ui;
use session::Session;

/// Does what was typed, and says what went wrong.
pub fn dispatch(cli: Cli) -> Exit {
    let ui = Ui { yes: cli.common.yes, quiet: cli.common.quiet };
    let outcome = Context::of_process()
        .map_err(|_| Error::new(Exit::Io, "the working directory is gone"))
        .and_then(|context| execute(cli, &Session::new(&context, &ui)));
    match outcome {
        Ok(exit) => exit,
        Err(error) => {
            ui.error(&error);
            error.exit
        }
    }
}

fn execute(cli: Cli, session: &Session<'_>) -> Result<Exit, Error> {
    let env = cli.common.env.as_deref();
    match cli.command {
        Command::Init(arguments) => init::run(&arguments, session),
        Command::Demo(arguments) => demo::run(&arguments, session),
        Command::Run(arguments) => run::run(arguments, env, session),
        Command::Check(arguments) => check::run(&arguments, env, session),
        Command::List(arguments) => list::run(&arguments, env, session),
        Command::Get(arguments) => get::run(&arguments, env, session),
        Command::Set(arguments) => set::run(&arguments, env, session),
        Command::Unset(arguments) => unset::run(&arguments, env, session),
        Command::Import(arguments) => import::run(&arguments, env, session),
        Command::Seal(arguments) => seal::run(&arguments, env, session),
        Command::Identity(command) => identity::run(&command, session),
    }
}
