//! `hooks`: the git side of a project, installed, taken away, looked at.

use crate::cli;
use crate::desk::Session;
use crate::error::Error;
use crate::exit::Exit;
use crate::file;
use crate::git::{self, HookState, Setup, Status};
use crate::project::Project;
use crate::ui::{style, styled};
use crate::words;

pub(super) fn run(command: &cli::Hooks, session: &Session<'_>) -> Result<Exit, Error> {
    let project = session.project()?;
    match command {
        cli::Hooks::Install => install(&project, session).map(|()| Exit::Ok),
        cli::Hooks::Uninstall => uninstall(&project, session).map(|()| Exit::Ok),
        cli::Hooks::Status => status(&project, session),
    }
}

/// Also what `init` does at its end.
pub(super) fn install(project: &Project, session: &Session<'_>) -> Result<(), Error> {
    let changed = setup(project)?.install().map_err(worded)?;
    let ui = session.ui;
    if !changed.hooks.is_empty() {
        ui.note(format!("hooks installed: {}", words::list(&changed.hooks)));
    }
    if changed.drivers {
        ui.note("git merges sealed files key by key, and shows changes by name");
    }
    if changed.attributes {
        ui.note("wrote .gitattributes: commit it, so that everybody's git does");
    }
    if changed.hooks.is_empty() && !changed.drivers && !changed.attributes {
        ui.note("everything is installed already");
    }
    Ok(())
}

fn uninstall(project: &Project, session: &Session<'_>) -> Result<(), Error> {
    let changed = setup(project)?.uninstall().map_err(worded)?;
    if changed.hooks.is_empty() && !changed.drivers {
        session.ui.note("nothing is installed");
        return Ok(());
    }
    session.ui.note("hooks and drivers are gone; hooks that were there before are back");
    session.ui.note("the line in .gitattributes stays: without drivers, git merges the file as text");
    Ok(())
}

fn status(project: &Project, session: &Session<'_>) -> Result<Exit, Error> {
    let Status { folder, hooks, drivers, attributes } = setup(project)?.status().map_err(worded)?;
    let ui = session.ui;
    let shown = file::relative(&folder, &session.context.directory);
    let mut complete = drivers && attributes;
    for (name, state) in hooks {
        complete &= state == HookState::Installed;
        let (style, text) = match state {
            HookState::Installed => (style::GOOD, "installed"),
            HookState::Outdated => (style::WARNING, "outdated"),
            HookState::Foreign => (style::WARNING, "another hook"),
            HookState::Absent => (style::ERROR, "missing"),
        };
        ui.line(format!(
            "{name:<14} {}  {}",
            styled(style, format!("{text:<12}")),
            shown.join(name).display()
        ))?;
    }
    for (name, there, place) in [
        ("drivers", drivers, "merge.senex-env, diff.senex-env"),
        ("attributes", attributes, ".gitattributes"),
    ] {
        let (style, text) = if there { (style::GOOD, "installed") } else { (style::ERROR, "missing") };
        ui.line(format!("{name:<14} {}  {place}", styled(style, format!("{text:<12}"))))?;
    }
    if complete {
        return Ok(Exit::Ok);
    }
    ui.note("`senex-env hooks install` installs what is missing");
    Ok(Exit::No)
}

/// The git side of a project.
pub(super) fn setup(project: &Project) -> Result<Setup, Error> {
    let program = std::env::current_exe()
        .map_err(|_| Error::new(Exit::Io, "it cannot be found out where senex-env lies"))?;
    Setup::new(&project.root, &program).map_err(worded)
}

/// Words a trouble with the repository.
pub(super) fn worded(error: git::Error) -> Error {
    let message = error.to_string();
    match error {
        git::Error::Revision(_) => Error::usage(message).hint("`git log --oneline` shows the commits"),
        git::Error::NoRepository => Error::new(Exit::Io, message).hint("`git init` makes one"),
        git::Error::Unsupported(_) => Error::new(Exit::Io, message)
            .note("hooks, `scan` and `log` need a repository with SHA-1 objects and references in files; all else works here"),
        git::Error::SharedHooks(_) => Error::new(Exit::Io, message)
            .note("what lies there runs in every repository that uses it; nothing was changed")
            .hint("call `senex-env git-hook pre-commit \"$@\"` from the pre-commit hook there (likewise post-merge and post-checkout)")
            .hint("or `git config core.hooksPath .git/hooks`, for this repository alone"),
        git::Error::InTheWay(_) => {
            Error::new(Exit::Io, message).hint("it is the hook that was there first: rename or remove it")
        }
        git::Error::Io(path, error) => Error::io("cannot use", &path, &error),
        git::Error::ProgramPath | git::Error::Git(_) => Error::new(Exit::Io, message),
    }
}
