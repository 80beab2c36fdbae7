//! `hooks`: the git side of a project, installed, taken away, looked at.

use crate::cli;
use crate::desk::Session;
use crate::desk::hooks::{install, setup};
use crate::error::{self, Error};
use crate::exit::Exit;
use crate::git::{HookState, Status};
use crate::project::Project;
use crate::ui::{style, styled};

pub(super) fn run(command: &cli::Hooks, session: &Session<'_>) -> Result<Exit, Error> {
    let project = session.project()?;
    match command {
        cli::Hooks::Install => install(&project, session).map(|()| Exit::Ok),
        cli::Hooks::Uninstall => uninstall(&project, session).map(|()| Exit::Ok),
        cli::Hooks::Status => status(&project, session),
    }
}

fn uninstall(project: &Project, session: &Session<'_>) -> Result<(), Error> {
    let changed = setup(project)?.uninstall().map_err(error::git)?;
    if changed.hooks.is_empty() && !changed.drivers {
        session.ui.note("nothing is installed");
        return Ok(());
    }
    session.ui.note("hooks and drivers are gone; hooks that were there before are back");
    session.ui.note("the line in .gitattributes stays: without drivers, git merges the file as text");
    Ok(())
}

fn status(project: &Project, session: &Session<'_>) -> Result<Exit, Error> {
    let Status { folder, hooks, drivers, attributes } = setup(project)?.status().map_err(error::git)?;
    let ui = session.ui;
    let shown = session.relative(&folder);
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
