//! `trust`: allow the commands that the project file names, after seeing each.

use std::path::PathBuf;

use serde::Serialize;

use crate::cli;
use crate::desk::Session;
use crate::error::Error;
use crate::exit::Exit;
use crate::project::Project;
use crate::trust::{RepositoryCommand, Trust, commands};
use crate::ui::{style, styled};
use crate::words;

pub(super) fn run(arguments: &cli::Trust, session: &Session<'_>) -> Result<Exit, Error> {
    let project = session.project()?;
    let commands = commands(&project);
    let mut trust = session.trust()?;
    if arguments.json {
        return json(&project, &commands, &trust, session);
    }
    if commands.is_empty() {
        session.ui.note("the project file names no command");
        return Ok(Exit::Ok);
    }
    let mut refused = false;
    for command in &commands {
        let allowed = trust.allows(&project.root, command);
        let mark = if allowed { styled(style::GOOD, "allowed") } else { styled(style::WARNING, "not yet") };
        let scripts = command.scripts(&project.root);
        let shown: Vec<_> = scripts.iter().map(|script| script.display()).collect();
        let with = if scripts.is_empty() {
            String::new()
        } else {
            format!(", with {} as it is now", words::list(&shown))
        };
        session.ui.line(format!("{mark}  {} of {}: {:?}{with}", command.field, command.key, command.argv))?;
        if allowed || arguments.list {
            refused |= !allowed;
            continue;
        }
        let what = if command.field == "command" { "print a new value" } else { "read the new value" };
        session.ui.confirm(&format!("allow this command to {what} on this machine"))?;
        let written = trust.allow(&project.root, command);
        written.map_err(|error| Error::new(Exit::Io, format!("cannot save the answer: {error}")))?;
    }
    Ok(if refused { Exit::No } else { Exit::Ok })
}

/// `trust --json`.
#[derive(Serialize)]
struct Answer<'a> {
    commands: Vec<Row<'a>>,
}

#[derive(Serialize)]
struct Row<'a> {
    key: &'a str,
    field: &'a str,
    command: &'a [String],
    /// Files of the repository whose content is part of it, from the root.
    scripts: Vec<PathBuf>,
    allowed: bool,
}

fn json(
    project: &Project,
    commands: &[RepositoryCommand],
    trust: &Trust,
    session: &Session<'_>,
) -> Result<Exit, Error> {
    let rows = commands.iter().map(|command| Row {
        key: command.key.as_str(),
        field: command.field,
        command: &command.argv,
        scripts: command.scripts(&project.root),
        allowed: trust.allows(&project.root, command),
    });
    let commands: Vec<Row<'_>> = rows.collect();
    let all = commands.iter().all(|row| row.allowed);
    session.ui.json("trust", &Answer { commands })?;
    Ok(if all { Exit::Ok } else { Exit::No })
}
