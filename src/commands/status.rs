//! `status`: how old each value is, what is overdue, and what somebody who is out has seen.

use serde::Serialize;

use crate::cli;
use crate::desk::Session;
use crate::desk::changes::{environments, open};
use crate::error::Error;
use crate::exit::Exit;
use crate::name::EnvName;
use crate::rotate::{Findings, History, INCOMPLETE, Overdue, now};
use crate::sealed::OpenFile;
use crate::ui::{self, style, styled};
use crate::words;

/// One row of `status --json`.
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
    let (mut grave, mut unknown, mut rows) = (false, false, Vec::new());
    let (mut lines, mut to_walk) = (Vec::new(), Vec::new());
    for environment in project.environments.iter().map(|environment| &environment.name) {
        if only.as_ref().is_some_and(|only| !only.contains(&environment))
            || session.read(&project, environment)?.is_none()
        {
            continue;
        }
        let file = match open(session, &project, environment, &mut identities) {
            Ok(file) => file,
            Err(error) if error.exit == Exit::NoIdentity => {
                session.ui.note(format!("{environment}: you cannot open it, so nothing is known of it"));
                unknown = true;
                continue;
            }
            Err(error) => return Err(error),
        };
        let history = History::load(&project, environment, &file, &mut identities);
        let found = Findings::new(&project, &file, &history, now());
        grave |= found.call_for_action();
        unknown |= history.is_incomplete || found.exposed.iter().any(|(_, exposure)| exposure.unknown > 0);
        if history.is_incomplete {
            session.ui.warning(format!("{environment}: {INCOMPLETE}"));
        }
        rows.extend(table(environment, &file, &history, &found));
        lines.extend(told(environment, &found));
        if found.call_for_action() {
            to_walk.push(environment);
        }
    }
    let exit = if grave { Exit::No } else { Exit::Ok };
    if arguments.json {
        session.ui.answer(ui::json(&rows)?)?;
        return Ok(exit);
    }
    lines.extend(shown(&rows));
    if !grave {
        let known = if unknown { "as far as you can open it, " } else { "" };
        lines.push(format!(
            "{known}nobody who is out has seen a value that is in use, and nothing is overdue"
        ));
    }
    session.ui.answer(lines.join("\n"))?;
    for environment in to_walk {
        session.ui.note(format!("`senex-env rotate -e {environment} --exposed` or `--due` walks the list"));
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
                changed: changed.as_ref().map(|changed| date(changed.time)),
                or_before: changed.as_ref().is_some_and(|changed| changed.or_before),
                by: changed.as_ref().map(|changed| changed.author.clone()),
                commit: changed.map(|changed| changed.commit),
                overdue: found.overdue.iter().any(|overdue| overdue.key == *key),
                exposed_to: exposed_to.map(|(who, _)| who.to_string()).collect(),
            }
        })
        .collect()
}

fn date(time: i64) -> String {
    let text = jiff::Timestamp::from_second(time).unwrap_or(jiff::Timestamp::UNIX_EPOCH).to_string();
    text.split('T').next().unwrap_or_default().to_owned()
}

fn shown(rows: &[Row]) -> Vec<String> {
    let width = |text: &dyn Fn(&Row) -> usize| rows.iter().map(text).max().unwrap_or(0);
    let (environments, keys) = (width(&|row| row.environment.len()), width(&|row| row.key.len()));
    let line = |row: &Row| {
        let age = match (&row.changed, row.age_days, &row.by) {
            (Some(date), Some(days), Some(_)) if row.or_before => {
                format!("{date}  {}  or before", words::count(usize::try_from(days).unwrap_or(0), "day"))
            }
            (Some(date), Some(days), Some(by)) => format!(
                "{date}  {}  {}",
                words::count(usize::try_from(days).unwrap_or(0), "day"),
                words::clean(by)
            ),
            _ => styled(style::DIM, "not committed yet"),
        };
        let marks = match (row.overdue, row.exposed_to.is_empty()) {
            (true, true) => styled(style::WARNING, "  overdue"),
            (false, false) => styled(style::WARNING, "  exposed"),
            (true, false) => styled(style::WARNING, "  overdue, exposed"),
            (false, true) => String::new(),
        };
        format!("{:<environments$}  {:<keys$}  {age}{marks}", row.environment, row.key)
    };
    rows.iter().map(line).collect()
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
