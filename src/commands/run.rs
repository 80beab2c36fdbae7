//! `run -- COMMAND`: names checked → identity → opened → delivered → child.

use std::path::PathBuf;

use crate::check::{self, Missing};
use crate::cli;
use crate::desk::Session;
use crate::error::Error;
use crate::exit::Exit;
use crate::invocation::environment_choice::{Meant, contradiction, environments_meant};
use crate::invocation::{Invocation, Surroundings};
use crate::name::{EnvName, KeyName};
use crate::project::{Environment, Project};
use crate::sealed::{OpenFile, SealedFile};
use crate::words;

mod deliver;
mod own_files;
mod podman;
mod preview;

pub(super) use deliver::worded;

pub(super) fn run(arguments: cli::Run, env: Option<&str>, session: &Session<'_>) -> Result<Exit, Error> {
    start(&arguments, env, session).map_err(|error| match error.exit {
        Exit::Child(_) | Exit::Signal(_) => error,
        // Our own codes would be taken for those of the child.
        _ => error.exiting(Exit::Run),
    })
}

fn start(arguments: &cli::Run, env: Option<&str>, session: &Session<'_>) -> Result<Exit, Error> {
    let project = session.project()?;
    let variable = |name: &str| session.context.raw_variable(name);
    let surroundings = Surroundings { cwd: &session.context.directory, variable: &variable };
    let invocation = Invocation::parse(&arguments.command, surroundings);
    if arguments.format.is_some() && !invocation.has_placeholder() {
        return Err(Error::usage(
            "`--format` says what the file in the place of {} looks like, and no argument holds {}",
        ));
    }
    let environment = choose(&project, &invocation, env, session)?;
    let file = session.read_existing(&project, &environment.name)?;
    // Before any identity is touched: what is missing is missing for everybody.
    refuse_missing(&project, environment, &file, session)?;
    let plan = deliver::Delivery::new(arguments, &project, environment, &file, &invocation, session)?;
    if arguments.dry_run {
        let (argv, files) = plan.preview();
        preview::show(environment, &file, &invocation, &argv, &files, session)?;
        return Ok(Exit::Ok);
    }
    let open = session.open(&project, &environment.name, file, &mut session.identities())?;
    refuse_broken(&project, environment, &open, session)?;
    plan.run(&open)
}

/// The environment that is meant: by `-e`, SENEX_ENV, the compose files that are named, the default.
fn choose<'p>(
    project: &'p Project,
    invocation: &Invocation,
    env: Option<&str>,
    session: &Session<'_>,
) -> Result<&'p Environment, Error> {
    let files: Vec<PathBuf> = invocation.files().iter().map(|file| file.path.clone()).collect();
    let listed: Vec<(EnvName, Vec<PathBuf>)> = project
        .environments
        .iter()
        .map(|environment| (environment.name.clone(), compose_files(project, environment)))
        .collect();
    if env.is_none() && session.named_by_variable().is_none() {
        match environments_meant(&files, &listed) {
            Meant::None => {}
            Meant::One(name) => return session.environment(project, Some(name.as_str())),
            Meant::Several(names) => {
                return Err(Error::usage(format!("the compose files belong to {}", words::names(&names)))
                    .hint("`-e NAME` says which environment is meant"));
            }
        }
    }
    let environment = session.environment(project, env)?;
    match contradiction(&environment.name, &files, &listed) {
        None => Ok(environment),
        Some(found) => {
            let shown = crate::file::relative(&found.file, &session.context.directory);
            let others = words::names(&found.listed_by);
            Err(Error::usage(format!(
                "{} belongs to {others}, not to `{}`",
                shown.display(),
                environment.name
            ))
            .at(environment.place.clone(), None)
            .hint(format!("`senex-env run -e {} -- …`", found.listed_by[0])))
        }
    }
}

/// The compose files of an environment, links followed where they exist.
fn compose_files(project: &Project, environment: &Environment) -> Vec<PathBuf> {
    let absolute = environment.compose.iter().map(|file| project.root.join(file));
    absolute.map(|path| path.canonicalize().unwrap_or(path)).collect()
}

/// A value of the wrong type stops here, not somewhere in the application.
pub(super) fn refuse_broken(
    project: &Project,
    environment: &Environment,
    open: &OpenFile,
    session: &Session<'_>,
) -> Result<(), Error> {
    const MOST: usize = 8;
    let broken = check::broken_values(project, environment, open);
    let Some((first, _)) = broken.first() else { return Ok(()) };
    let name = &environment.name;
    let mut keys: Vec<&KeyName> = broken.iter().map(|(key, _)| &key.name).collect();
    keys.dedup();
    let message = match keys.as_slice() {
        [_] => format!("a value of `{name}` is not what the project file asks for"),
        keys => format!(
            "{} of `{name}` are not what the project file asks for",
            words::count(keys.len(), "value")
        ),
    };
    let mut error = Error::no(message);
    for (_, broken) in broken.iter().take(MOST) {
        let path = crate::file::relative(&broken.place.path, &session.context.directory);
        error = error.note(format!("{}:{}  {}", path.display(), broken.place.line, broken.message));
    }
    if broken.len() > MOST {
        error = error.note(format!("and {} more: `senex-env check -e {name}`", broken.len() - MOST));
    }
    Err(error.hint(format!("`senex-env set -e {name} {}` asks for the value on the terminal", first.name)))
}

/// Refuses an environment that lacks a required key.
pub(super) fn refuse_missing(
    project: &Project,
    environment: &Environment,
    file: &SealedFile,
    session: &Session<'_>,
) -> Result<(), Error> {
    let name = &environment.name;
    let missing = check::missing(project, name, Some(file));
    let Some(first) = missing.first() else { return Ok(()) };
    let required = project.required(name).count();
    let width = missing.iter().map(|missing| missing.key.name.as_str().len()).max().unwrap_or(0);
    let mut error = Error::no(format!(
        "`{name}` lacks {} of its {}",
        missing.len(),
        words::count(required, "required key")
    ));
    for Missing { key, is_empty } in missing.iter().take(8) {
        let path = crate::file::relative(&key.place.path, &session.context.directory);
        let empty = if *is_empty { "  (empty)" } else { "" };
        error = error.note(format!(
            "{:<width$}  {}:{}{empty}",
            key.name.as_str(),
            path.display(),
            key.place.line
        ));
    }
    if missing.len() > 8 {
        error = error.note(format!("and {} more: `senex-env check -e {name}`", missing.len() - 8));
    }
    Err(error
        .hint(format!("`senex-env set -e {name} {}` asks for the value on the terminal", first.key.name)))
}
