//! `hooks`: the git side of a project, installed, taken away, looked at.

use serde::Serialize;

use crate::cli;
use crate::desk::Session;
use crate::desk::hooks::{install, setup};
use crate::error::{self, Error};
use crate::exit::Exit;
use crate::git::{ByHand, HookState, Status};
use crate::project::Project;
use crate::ui::{Cell, Table, style};
use crate::words;

pub(super) fn run(command: &cli::Hooks, session: &Session<'_>) -> Result<Exit, Error> {
    let project = session.project()?;
    match command {
        cli::Hooks::Install => install(&project, session).map(|()| Exit::Ok),
        cli::Hooks::Uninstall => uninstall(&project, session).map(|()| Exit::Ok),
        cli::Hooks::Status(arguments) => status(arguments, &project, session),
    }
}

fn uninstall(project: &Project, session: &Session<'_>) -> Result<(), Error> {
    let changed = setup(project)?.uninstall().map_err(error::git)?;
    for (_, path) in &changed.managers {
        session.ui.note(format!("{} no longer runs senex-env", session.relative(path).display()));
    }
    for ByHand { path, lines, .. } in &changed.by_hand {
        let (shown, lines) = (session.relative(path), words::list(lines));
        session.ui.warning(format!("{} still runs `{lines}`: remove that by hand", shown.display()));
    }
    if changed.is_empty() {
        session.ui.note("nothing is installed");
        return Ok(());
    }
    session.ui.note("hooks and drivers removed; previous hooks restored");
    session.ui.note("the line in .gitattributes is kept: without drivers, git merges the file as text");
    Ok(())
}

/// `hooks status --json`.
#[derive(Serialize)]
struct Answer<'a> {
    complete: bool,
    parts: &'a [Part],
}

/// A hook, the drivers, or the attributes.
#[derive(Serialize)]
struct Part {
    name: String,
    state: &'static str,
    place: String,
}

fn status(arguments: &cli::HooksStatus, project: &Project, session: &Session<'_>) -> Result<Exit, Error> {
    let parts = parts(project, session)?;
    let complete = parts.iter().all(|part| part.state == "installed");
    let exit = if complete { Exit::Ok } else { Exit::No };
    if arguments.json {
        session.ui.json("hooks", &Answer { complete, parts: &parts })?;
        return Ok(exit);
    }
    let mut table = Table::default();
    for Part { name, state, place } in &parts {
        let style = match *state {
            "installed" if session.ui.quiet => continue,
            "installed" => style::GOOD,
            "missing" => style::ERROR,
            _ => style::WARNING,
        };
        table.row([name.into(), Cell::styled(style, state), place.into()]);
    }
    session.ui.lines(table.lines(session.ui.columns()))?;
    if !complete {
        session.ui.note("`senex-env hooks install` installs what is missing");
    }
    Ok(exit)
}

fn parts(project: &Project, session: &Session<'_>) -> Result<Vec<Part>, Error> {
    let Status { folder, hooks, managers, drivers, attributes } =
        setup(project)?.status().map_err(error::git)?;
    let shown = session.relative(&folder);
    let mut parts = Vec::new();
    for (name, state) in hooks {
        let state = match state {
            HookState::Installed => "installed",
            HookState::Outdated => "outdated",
            HookState::Foreign => "another hook",
            HookState::Absent => "missing",
        };
        parts.push(Part { name: name.to_owned(), state, place: shown.join(name).display().to_string() });
    }
    let set = |there| if there { "installed" } else { "missing" };
    let of = |name: &str, there, place: &str| Part {
        name: name.to_owned(),
        state: set(there),
        place: place.to_owned(),
    };
    for configured in managers {
        let place = session.relative(&configured.path).display().to_string();
        parts.push(of(configured.manager.name(), configured.is_complete, &place));
    }
    parts.push(of("drivers", drivers, "merge.senex-env, diff.senex-env"));
    parts.push(of("attributes", attributes, ".gitattributes"));
    Ok(parts)
}
