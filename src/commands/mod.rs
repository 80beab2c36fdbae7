//! The commands, one a file: open → check → act → save → say.

mod check;
mod completions;
mod demo;
mod diff;
mod doctor;
mod edit;
mod export;
mod get;
mod git_hook;
mod git_merge;
mod git_textconv;
mod grant;
mod help;
mod hooks;
mod identity;
mod import;
mod init;
mod join;
mod list;
mod log;
mod man;
mod people;
mod push;
mod rekey;
mod revoke;
mod rotate;
mod run;
mod scan;
mod schema;
mod seal;
mod set;
mod status;
mod trust;
mod unset;
mod version;

use std::ffi::OsString;
use std::process::ExitCode;

use crate::cli::{self, Cli, Color, Command};
use crate::context::{self, Context};
use crate::desk::Session;
use crate::error::Error;
use crate::exit::Exit;
use crate::ui::{self, Ui};

/// Ends the process: with the exit code, or by the signal that ended the child of `run`. The last call of `main`.
pub(crate) fn end(exit: Exit) -> ExitCode {
    match exit {
        Exit::Signal(signal) => crate::run::die_of(signal).into(),
        exit => exit.into(),
    }
}

/// Does what was typed, and says what went wrong.
pub(crate) fn dispatch(arguments: impl IntoIterator<Item = OsString>) -> Exit {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    if completions::answered(&arguments) {
        return Exit::Ok;
    }
    ui::use_color(match cli::color(&arguments) {
        Color::Auto => None,
        Color::Always => Some(true),
        Color::Never => Some(false),
    });
    match cli::parse(&arguments) {
        Ok(cli) => {
            let ui = Ui { yes: cli.common.yes, quiet: cli.common.quiet, json: cli.command.is_json() };
            let outcome = start(&cli).and_then(|context| execute(cli, &Session::new(&context, &ui)));
            outcome.unwrap_or_else(|error| {
                let error = error.seen_from(std::env::current_dir().ok().as_deref());
                ui.error(&error);
                error.exit
            })
        }
        Err(error) => mistyped(&error, &arguments),
    }
}

/// The surroundings of the command.
fn start(cli: &Cli) -> Result<Context, Error> {
    if let Some(name) = cli.command.without_environment().filter(|_| cli.common.env.is_some()) {
        return Err(Error::usage(format!(
            "`{name}` does not accept `-e`: it does not apply to one environment"
        )));
    }
    if let Some(directory) = &cli.common.directory {
        context::enter(directory).map_err(|error| Error::io("cannot change to", directory, &error))?;
    }
    Context::of_process().map_err(|_| Error::new(Exit::Io, "the working directory no longer exists"))
}

/// Help, the version, and a command line that is not understood.
fn mistyped(error: &clap::Error, arguments: &[OsString]) -> Exit {
    if !error.use_stderr() {
        // A reader that went away is no error of ours.
        drop(error.print());
        return Exit::Ok;
    }
    let json = cli::asks_for_json(arguments);
    match cli::told(error, arguments).or_else(|| json.then(|| cli::summary(error))) {
        Some(told) => Ui { yes: false, quiet: false, json }.error(&told),
        None => drop(error.print()),
    }
    Exit::Usage
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
        Command::Edit(arguments) => edit::run(&arguments, env, session),
        Command::Import(arguments) => import::run(&arguments, env, session),
        Command::Export(arguments) => export::run(&arguments, env, session),
        Command::Scan(arguments) => scan::run(&arguments, session),
        Command::Log(arguments) => log::run(&arguments, env, session),
        Command::Hooks(command) => hooks::run(&command, session),
        Command::GitTextconv(arguments) => git_textconv::run(&arguments, session),
        Command::GitHook(arguments) => git_hook::run(&arguments, session),
        Command::GitMerge(arguments) => git_merge::run(&arguments, session),
        Command::Seal(arguments) => seal::run(&arguments, env, session),
        Command::Join(arguments) => join::run(&arguments, env, session),
        Command::Grant(arguments) => grant::run(&arguments, env, session),
        Command::Revoke(arguments) => revoke::run(&arguments, env, session),
        Command::People(arguments) => people::run(&arguments, env, session),
        Command::Rekey(arguments) => rekey::run(&arguments, env, session),
        Command::Rotate(arguments) => rotate::run(&arguments, env, session),
        Command::Trust(arguments) => trust::run(&arguments, session),
        Command::Push(arguments) => push::run(&arguments, env, session),
        Command::Status(arguments) => status::run(&arguments, env, session),
        Command::Diff(arguments) => diff::run(&arguments, env, session),
        Command::Doctor(arguments) => doctor::run(&arguments, session),
        Command::Completions(arguments) => completions::run(&arguments, session),
        Command::Man(arguments) => man::run(&arguments, session),
        Command::Schema(command) => schema::run(&command, session),
        Command::Help(arguments) => help::run(&arguments),
        Command::Version => version::run(session),
        Command::Identity(command) => identity::run(&command, session),
    }
}
