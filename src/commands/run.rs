//! `run -- COMMAND`: names checked → identity → opened → delivered → child.

mod deliver;
mod files;
mod own_files;
mod podman;
mod preview;
mod served;
mod values;

use std::path::PathBuf;

use crate::cli;
use crate::desk::{At, Session};
use crate::error::Error;
use crate::exit::Exit;
use crate::git;
use crate::invocation::Invocation;
use crate::invocation::environment_choice::{Meant, contradiction, environments_meant};
use crate::name::EnvName;
use crate::project::Project;
use crate::words;
use deliver::Delivery;
use files::{Files, compose_files};
use values::Values;

pub(super) fn run(arguments: cli::Run, env: Option<&str>, session: &Session<'_>) -> Result<Exit, Error> {
    start(&arguments, env, session).map_err(|error| match error.exit {
        Exit::Child(_) => error,
        // Our own codes would be taken for those of the child.
        _ => error.exiting(Exit::Run),
    })
}

fn start(arguments: &cli::Run, env: Option<&str>, session: &Session<'_>) -> Result<Exit, Error> {
    let project = session.project()?;
    let invocation = session.invocation(&arguments.command);
    if arguments.format.is_some() && !invocation.has_placeholder() {
        return Err(Error::usage(
            "`--format` sets the format of the file that replaces {}, but no argument contains {}",
        ));
    }
    let at = choose(&project, &invocation, env, session)?;
    let file = at.read_existing()?;
    // Before any identity is touched: what is missing is missing for everybody.
    at.refuse_missing(&file)?;
    if arguments.dry_run {
        let values = Values::names_of(&file);
        let files = Files::choose(at, &invocation, env.is_some(), &values)?;
        let delivery = Delivery::new(arguments, at, &values, &invocation, files)?;
        preview::show(&delivery, &values, arguments.json)?;
        return Ok(Exit::Ok);
    }
    let open = at.open(file, &mut session.identities())?;
    at.refuse_broken(&open)?;
    if git::replaced_hook(&project.root).is_some() {
        session.ui.warning(
            "another manager of git hooks replaced the hook that looks for leaks (`senex-env hooks install`)",
        );
    }
    let values = Values::of(&open);
    let files = Files::choose(at, &invocation, env.is_some(), &values)?;
    let delivery = Delivery::new(arguments, at, &values, &invocation, files)?;
    delivery.run(open)
}

/// The environment that is meant: by `-e`, `SENEX_ENV`, the compose files that are named, the default.
fn choose<'p>(
    project: &'p Project,
    invocation: &Invocation,
    env: Option<&str>,
    session: &'p Session<'p>,
) -> Result<At<'p>, Error> {
    let files: Vec<PathBuf> = invocation.files().iter().map(|file| file.path.clone()).collect();
    let listed: Vec<(EnvName, Vec<PathBuf>)> = project
        .environments
        .iter()
        .map(|environment| {
            (environment.name.clone(), compose_files(At::new(session, project, &environment.name)))
        })
        .collect();
    if env.is_none() && session.named_by_variable().is_none() {
        match environments_meant(&files, &listed) {
            Meant::None => {}
            Meant::One(name) => return At::meant(session, project, Some(name.as_str())),
            Meant::Several(names) => {
                return Err(Error::usage(format!("the compose files belong to {}", words::names(&names)))
                    .hint("`-e NAME` chooses an environment"));
            }
        }
    }
    let environment = session.environment(project, env)?;
    match contradiction(&environment.name, &files, &listed) {
        None => Ok(At::new(session, project, &environment.name)),
        Some(found) => {
            let shown = session.relative(&found.file);
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
