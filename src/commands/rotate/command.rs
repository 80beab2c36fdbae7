//! The commands that the project file names for a key, run only when they are trusted.

use std::io::Write as _;
use std::process::{Command, Stdio};

use crate::commands::trust::load;
use crate::context::identity_variables;
use crate::desk::{NewValue, Session};
use crate::error::Error;
use crate::exit::Exit;
use crate::project::{Environment, Key, Project};
use crate::secret::Secret;
use crate::trust::RepositoryCommand;

/// What a key's `command` prints, without one final line end.
pub(super) fn new_value(
    project: &Project,
    environment: &Environment,
    command: &RepositoryCommand,
    session: &Session<'_>,
) -> Result<NewValue, Error> {
    allowed(project, command, session)?;
    let failed = || failed(command);
    let mut child = start(project, environment, command, Stdio::null(), Stdio::piped())?;
    let value = NewValue::of_output(&command.key, child.stdout.take().ok_or_else(failed)?);
    if !child.wait().map_err(|_| failed())?.success() {
        return Err(failed());
    }
    let value = value.map_err(|error| error.note("its `command` printed that"))?;
    if value.secret().is_empty() {
        return Err(failed().note("it printed nothing"));
    }
    Ok(value)
}

/// Gives the new value to the key's `after_rotate`, on standard input.
pub(super) fn after(
    project: &Project,
    environment: &Environment,
    key: &Key,
    value: &Secret,
    session: &Session<'_>,
) -> Result<(), Error> {
    let Some(command) = named(key, "after_rotate", key.after_rotate.as_ref()) else { return Ok(()) };
    allowed(project, &command, session)?;
    let mut child = start(project, environment, &command, Stdio::piped(), Stdio::inherit())?;
    if let Some(mut stdin) = child.stdin.take() {
        // A program that does not read it is its own affair.
        drop(stdin.write_all(value.expose().as_bytes()));
    }
    let status = child.wait().map_err(|_| failed(&command))?;
    if status.success() {
        return Ok(());
    }
    let (name, environment) = (&key.name, &environment.name);
    Err(failed(&command)
        .note("the new value is in the file already")
        .hint(format!("`senex-env get -y -e {environment} {name}` prints it, for the command by hand"))
        .hint(format!(
            "`git restore envs/{environment}.env` takes it back, if the file was committed before"
        )))
}

/// Every command of the key is allowed, or none of them runs and no value changes.
pub(super) fn refuse_untrusted(project: &Project, key: &Key, session: &Session<'_>) -> Result<(), Error> {
    for (field, argv) in [("command", &key.command), ("after_rotate", &key.after_rotate)] {
        if let Some(command) = named(key, field, argv.as_ref()) {
            allowed(project, &command, session)?;
        }
    }
    Ok(())
}

/// A command of the key, if the project file names one.
pub(super) fn named(key: &Key, field: &'static str, argv: Option<&Vec<String>>) -> Option<RepositoryCommand> {
    let argv = argv.filter(|argv| !argv.is_empty())?.clone();
    Some(RepositoryCommand { key: key.name.clone(), field, argv })
}

fn allowed(project: &Project, command: &RepositoryCommand, session: &Session<'_>) -> Result<(), Error> {
    if load(session)?.allows(&project.root, command) {
        return Ok(());
    }
    Err(Error::no(format!(
        "the `{}` of `{}` is a command that you have not allowed on this machine",
        command.field, command.key
    ))
    .hint("`senex-env trust` shows it and asks"))
}

/// In the root of the repository, with the environment's name in `SENEX_ENV` and without an identity.
fn start(
    project: &Project,
    environment: &Environment,
    command: &RepositoryCommand,
    input: Stdio,
    output: Stdio,
) -> Result<std::process::Child, Error> {
    let mut process = Command::new(&command.argv[0]);
    process.args(&command.argv[1..]).current_dir(&project.root).stdin(input).stdout(output);
    process.env("SENEX_ENV", environment.name.as_str());
    for name in identity_variables() {
        process.env_remove(name);
    }
    process.spawn().map_err(|_| {
        Error::new(Exit::Io, format!("the `{}` of `{}` cannot be started", command.field, command.key))
    })
}

fn failed(command: &RepositoryCommand) -> Error {
    Error::new(Exit::Io, format!("the `{}` of `{}` failed", command.field, command.key))
}
