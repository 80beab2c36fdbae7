//! `list`: the keys of an environment, never a value. Needs no identity.

use serde::Serialize;

use crate::cli;
use crate::desk::{At, Session};
use crate::error::Error;
use crate::exit::Exit;
use crate::sealed::Class;
use crate::ui::{Cell, Table, style};

/// `list --json`.
#[derive(Serialize)]
struct Answer<'a> {
    environment: &'a str,
    keys: &'a [Row],
}

#[derive(Serialize)]
struct Row {
    key: String,
    secret: bool,
    set: bool,
    required: bool,
    declared: bool,
}

pub(super) fn run(arguments: &cli::List, env: Option<&str>, session: &Session<'_>) -> Result<Exit, Error> {
    let project = session.project()?;
    let at = At::meant(session, &project, env)?;
    let file = at.read()?;
    let mut rows: Vec<Row> = Vec::new();
    for entry in file.iter().flat_map(|file| file.entries()) {
        let declared = project.key(entry.name.as_str());
        rows.push(Row {
            key: entry.name.to_string(),
            secret: entry.class == Class::Secret,
            set: !entry.is_empty,
            required: declared.is_some_and(|key| key.required_in(at.name)),
            declared: declared.is_some(),
        });
    }
    for key in project.required(at.name) {
        if !rows.iter().any(|row| row.key == key.name.as_str()) {
            let (key, secret) = (key.name.to_string(), key.secret);
            rows.push(Row { key, secret, set: false, required: true, declared: true });
        }
    }
    if arguments.json {
        let environment = at.name.as_str();
        session.ui.json("list", &Answer { environment, keys: &rows })?;
        return Ok(Exit::Ok);
    }
    if rows.is_empty() {
        session.ui.note(format!("{} has no keys yet", at.name));
    } else {
        session.ui.lines(table(&rows).lines(session.ui.columns()))?;
    }
    Ok(Exit::Ok)
}

fn table(rows: &[Row]) -> Table {
    let mut table = Table::default();
    for row in rows {
        let state = match (row.set, row.required) {
            (true, _) => "".into(),
            (false, true) => Cell::styled(style::ERROR, "missing"),
            (false, false) => Cell::styled(style::DIM, "empty"),
        };
        let declared = if row.declared { "" } else { "not declared" };
        let class = if row.secret { "secret" } else { "config" };
        table.row([row.key.as_str().into(), class.into(), state, declared.into()]);
    }
    table
}
