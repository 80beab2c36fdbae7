//! `status`: how old each value is, what is overdue, and what somebody who is out has seen.

use serde::Serialize;

use crate::cli;
use crate::desk::changes::environments;
use crate::desk::{At, Session};
use crate::error::Error;
use crate::exit::Exit;
use crate::name::EnvName;
use crate::rotate::{Findings, History, INCOMPLETE, Overdue, Past, now};
use crate::sealed::OpenFile;
use crate::ui::{self, Cell, Table, style, styled};
use crate::words;

/// `status --json`.
#[derive(Serialize)]
struct Answer<'a> {
    values: &'a [Row],
    /// Environments that the caller cannot open.
    not_opened: &'a [String],
    /// Environments whose history this clone does not have whole.
    incomplete: &'a [String],
}

#[derive(Serialize)]
struct Row {
    environment: String,
    key: String,
    changed: Option<String>,
    /// The value is older: it was there before what the caller can open.
    or_before: bool,
    by: Option<String>,
    commit: Option<String>,
    age_days: Option<i64>,
    overdue: bool,
    exposed_to: Vec<String>,
}

pub(super) fn run(arguments: &cli::Status, env: Option<&str>, session: &Session<'_>) -> Result<Exit, Error> {
    let project = session.project()?;
    let only = environments(session, &project, env)?;
    let mut identities = session.identities();
    let mut past = Past::everywhere(&project.root);
    let (mut grave, mut unknown, mut rows) = (false, false, Vec::new());
    let (mut not_opened, mut incomplete) = (Vec::new(), Vec::new());
    let (mut lines, mut to_walk) = (Vec::new(), Vec::new());
    for environment in project.environments.iter().map(|environment| &environment.name) {
        if only.as_ref().is_some_and(|only| !only.contains(&environment)) {
            continue;
        }
        let at = At::new(session, &project, environment);
        let Some(file) = at.read()? else { continue };
        let file = match at.open(file, &mut identities) {
            Ok(file) => file,
            Err(error) if error.exit == Exit::NoIdentity => {
                session.ui.note(format!("{environment}: you cannot open it, so nothing is known about it"));
                unknown = true;
                not_opened.push(environment.to_string());
                continue;
            }
            Err(error) => return Err(error),
        };
        let history = History::load(&mut past, &project, environment, &file, &mut identities);
        let found = Findings::new(&project, &file, &history, now());
        grave |= found.call_for_action();
        unknown |= history.is_incomplete || found.exposed.iter().any(|(_, exposure)| exposure.unknown > 0);
        if history.is_incomplete {
            session.ui.warning(format!("{environment}: {INCOMPLETE}"));
            incomplete.push(environment.to_string());
        }
        rows.extend(table(environment, &file, &history, &found));
        lines.extend(told(environment, &found));
        if found.call_for_action() {
            to_walk.push(environment);
        }
    }
    let exit = if grave { Exit::No } else { Exit::Ok };
    if arguments.json {
        let answer = Answer { values: &rows, not_opened: &not_opened, incomplete: &incomplete };
        session.ui.json("status", &answer)?;
        return Ok(exit);
    }
    if session.ui.quiet {
        rows.retain(|row| row.overdue || !row.exposed_to.is_empty());
    }
    lines.extend(shown(&rows).lines(session.ui.columns()));
    if !grave && !session.ui.quiet {
        let known = if unknown { "as far as you can open it, " } else { "" };
        lines.push(format!("{known}no value in use is exposed to a revoked person, and nothing is overdue"));
    }
    session.ui.lines(lines)?;
    for environment in to_walk {
        session.ui.note(format!(
            "`senex-env rotate -e {environment} --exposed` or `--due` goes through the \
            list"
        ));
    }
    Ok(exit)
}

fn table(environment: &EnvName, file: &OpenFile, history: &History, found: &Findings) -> Vec<Row> {
    file.pairs()
        .map(|(key, _)| {
            let changed = history.changed(key);
            let exposed_to = found.exposed.iter().filter(|(_, exposure)| exposure.keys.contains(key));
            Row {
                environment: environment.to_string(),
                key: key.to_string(),
                age_days: changed.as_ref().map(|changed| changed.age_days(now())),
                changed: changed.as_ref().map(|changed| ui::time(changed.commit.time)),
                or_before: changed.as_ref().is_some_and(|changed| changed.or_before),
                by: changed.as_ref().map(|changed| changed.commit.author.clone()),
                commit: changed.map(|changed| changed.commit.id),
                overdue: found.overdue.iter().any(|overdue| overdue.key == *key),
                exposed_to: exposed_to.map(|(who, _)| who.to_string()).collect(),
            }
        })
        .collect()
}

fn shown(rows: &[Row]) -> Table {
    let mut table = Table::default();
    for row in rows {
        let (date, age, by) = match (&row.changed, row.age_days, &row.by) {
            (Some(time), Some(days), Some(by)) => {
                let date = time.split('T').next().unwrap_or_default();
                let age = words::count(usize::try_from(days).unwrap_or(0), "day");
                if row.or_before {
                    (format!("{date} or earlier").into(), age, "")
                } else {
                    (date.into(), age, by.as_str())
                }
            }
            _ => (Cell::styled(style::DIM, "not committed"), String::new(), ""),
        };
        let mark = match (row.overdue, row.exposed_to.is_empty()) {
            (true, true) => "overdue",
            (false, false) => "exposed",
            (true, false) => "overdue, exposed",
            (false, true) => "",
        };
        let names = [row.environment.as_str().into(), row.key.as_str().into()];
        let rest = [date, age.into(), by.into(), Cell::styled(style::WARNING, mark)];
        table.row(names.into_iter().chain(rest));
    }
    table
}

fn told(environment: &EnvName, found: &Findings) -> Vec<String> {
    let mut lines = Vec::new();
    for Overdue { key, days, limit } in &found.overdue {
        let marked = styled(style::WARNING, "overdue");
        lines.push(format!(
            "{marked} {environment}: {key} is {} old, and should be changed after {limit}",
            words::count(usize::try_from(*days).unwrap_or(0), "day")
        ));
    }
    for (who, exposure) in &found.exposed {
        if !exposure.keys.is_empty() || exposure.unknown > 0 {
            let marked = styled(style::WARNING, "exposed");
            lines.push(format!("{marked} {environment}: {} {}", who.has_seen(), exposure.seen()));
        }
        for key in &exposure.kept {
            let marked = styled(style::WARNING, "kept   ");
            lines.push(format!("{marked} {environment}: {}", who.still_kept(key, environment)));
        }
    }
    lines
}
