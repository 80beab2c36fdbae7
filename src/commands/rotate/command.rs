//! The commands that the project file names for a key, run only when they are trusted.

use crate::desk::{At, NewValue};
use crate::error::{Error, Id};
use crate::exit::Exit;
use crate::program::{NotStarted, Program};
use crate::project::Key;
use crate::secret::Secret;
use crate::trust::RepositoryCommand;
use crate::words;

/// What a key's `command` prints, without one final line end.
pub(super) fn new_value(command: &RepositoryCommand, at: At<'_>) -> Result<NewValue, Error> {
    allowed(command, at)?;
    let failed = || failed(command);
    let printed = program(command, at).read_by(|output| at.slot(&command.key).output(output));
    let (value, succeeded) = printed.map_err(|error| not_started(command, &error))?;
    if !succeeded {
        return Err(failed());
    }
    let value = value.map_err(|error| error.note("its `command` printed that"))?;
    if value.secret().is_empty() {
        return Err(failed().note("it printed nothing"));
    }
    Ok(value)
}

/// Gives the new value to the key's `after_rotate`, on standard input.
pub(super) fn after(key: &Key, value: &Secret, at: At<'_>) -> Result<(), Error> {
    let Some(command) = named(key, "after_rotate", key.after_rotate.as_ref()) else { return Ok(()) };
    allowed(&command, at)?;
    let status = program(&command, at).run_with(value.expose().as_bytes());
    if status.map_err(|error| not_started(&command, &error))?.success() {
        return Ok(());
    }
    let (name, environment) = (&key.name, at.name);
    Err(failed(&command)
        .note("the new value is already in the file")
        .hint(format!("`senex-env get -y -e {environment} {name}` prints it, to run the command by hand"))
        .hint(format!("`git restore envs/{environment}.env` undoes it, if the file was committed before")))
}

/// Every command of the key is allowed, or none of them runs and no value changes.
pub(super) fn refuse_untrusted(key: &Key, at: At<'_>) -> Result<(), Error> {
    for (field, argv) in [("command", &key.command), ("after_rotate", &key.after_rotate)] {
        if let Some(command) = named(key, field, argv.as_ref()) {
            allowed(&command, at)?;
        }
    }
    Ok(())
}

/// A command of the key, if the project file names one.
pub(super) fn named(key: &Key, field: &'static str, argv: Option<&Vec<String>>) -> Option<RepositoryCommand> {
    let argv = argv.filter(|argv| !argv.is_empty())?.clone();
    Some(RepositoryCommand { key: key.name.clone(), field, argv })
}

fn allowed(command: &RepositoryCommand, at: At<'_>) -> Result<(), Error> {
    if at.session.trust()?.allows(&at.project.root, command) {
        return Ok(());
    }
    let error = Error::no(format!(
        "the `{}` of `{}` is a command that you have not allowed on this machine",
        command.field, command.key
    ));
    let scripts = command.scripts(&at.project.root);
    let shown: Vec<_> = scripts.iter().map(|script| script.display()).collect();
    let verb = if scripts.len() == 1 { "is" } else { "are" };
    let error = match words::list(&shown) {
        listed if listed.is_empty() => error,
        listed => error.note(format!("{listed} {verb} part of it: a change is asked about again")),
    };
    Err(error.of_kind(Id::NotTrusted).hint("`senex-env trust` shows it and asks"))
}

/// In the root of the repository, with the environment's name in `SENEX_ENV`.
fn program(command: &RepositoryCommand, at: At<'_>) -> Program {
    Program::new(&command.argv[0])
        .args(&command.argv[1..])
        .directory(&at.project.root)
        .env("SENEX_ENV", at.name.as_str())
}

fn not_started(command: &RepositoryCommand, error: &NotStarted) -> Error {
    let (field, key) = (command.field, &command.key);
    Error::new(Exit::Io, format!("the `{field}` of `{key}` cannot be started: {}", error.why()))
}

fn failed(command: &RepositoryCommand) -> Error {
    Error::new(Exit::Io, format!("the `{}` of `{}` failed", command.field, command.key))
}
