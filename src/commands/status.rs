//! `status`: how old each value is, what is overdue, and what somebody who is out has seen.

use serde::Serialize;

use super::session::Session;
use super::team::open;
use crate::cli;
use crate::error::Error;
use crate::exit::Exit;
use crate::name::{EnvName, KeyName};
use crate::project::{Person, Project};
use crate::rotate::{Changed, Exposure, History};
use crate::sealed::OpenFile;
use crate::ui::{style, styled};
use crate::words;

const DAY: i64 = 24 * 60 * 60;

/// A value that is older than its key allows.
pub struct Overdue {
    /// Whose value.
    pub key: KeyName,
    /// Its age in days.
    pub days: i64,
    /// Days after which it should have been changed.
    pub limit: u32,
}

/// What is to be done in one environment.
pub struct Findings<'p> {
    /// Values that are too old.
    pub overdue: Vec<Overdue>,
    /// Who is out, and what they have seen.
    pub exposed: Vec<(&'p Person, Exposure)>,
}

/// One row of `status --json`.
#[derive(Serialize)]
struct Row {
    environment: String,
    key: String,
    changed: Option<String>,
    by: Option<String>,
    commit: Option<String>,
    age_days: Option<i64>,
    overdue: bool,
    exposed_to: Vec<String>,
}

pub fn run(arguments: &cli::Status, env: Option<&str>, session: &Session<'_>) -> Result<Exit, Error> {
    let project = session.project()?;
    let only = match env {
        Some(_) => Some(&session.environment(&project, env)?.name),
        None => None,
    };
    let mut identities = session.identities();
    let (mut grave, mut rows) = (false, Vec::new());
    for environment in project.environments.iter().map(|environment| &environment.name) {
        if only.is_some_and(|only| only != environment) || session.read(&project, environment)?.is_none() {
            continue;
        }
        let file = match open(session, &project, environment, &mut identities) {
            Ok(file) => file,
            Err(error) if error.exit == Exit::NoIdentity => {
                session.ui.note(format!("{environment}: you cannot open it, so nothing is known of it"));
                continue;
            }
            Err(error) => return Err(error),
        };
        let history = History::load(&project, environment, &file, &mut identities);
        let found = findings(&project, environment, &file, &history, now());
        grave |= !found.overdue.is_empty() || !found.exposed.is_empty();
        rows.extend(table(environment, &file, &history, &found));
        if !arguments.json {
            tell(environment, &found, session)?;
        }
    }
    if arguments.json {
        let text = serde_json::to_string_pretty(&rows)
            .map_err(|_| Error::new(Exit::Io, "JSON cannot be written"))?;
        session.ui.line(text)?;
    } else {
        show(&rows, session)?;
        if !grave {
            session.ui.line("nobody who is out has seen a value that is in use, and nothing is overdue")?;
        }
    }
    Ok(if grave { Exit::No } else { Exit::Ok })
}

/// What is overdue and what is exposed.
pub fn findings<'p>(
    project: &'p Project,
    environment: &EnvName,
    file: &OpenFile,
    history: &History,
    now: i64,
) -> Findings<'p> {
    let overdue = project.keys.iter().filter_map(|key| {
        let limit = key.rotate_after_days?;
        let days = (now - history.changed(&key.name)?.time) / DAY;
        (days > i64::from(limit)).then(|| Overdue { key: key.name.clone(), days, limit })
    });
    let out = |person: &&Person| {
        !person.environments.contains(environment)
            && !person.recipients.iter().any(|known| file.holds(known.identifier()))
    };
    let exposed = project.people.iter().filter(out).map(|person| (person, history.exposed_to(person, file)));
    Findings {
        overdue: overdue.collect(),
        exposed: exposed.filter(|(_, exposure)| !exposure.keys.is_empty() || exposure.unknown > 0).collect(),
    }
}

/// Seconds since 1970.
pub fn now() -> i64 {
    jiff::Timestamp::now().as_second()
}

fn table(environment: &EnvName, file: &OpenFile, history: &History, found: &Findings<'_>) -> Vec<Row> {
    file.pairs()
        .map(|(key, _)| {
            let changed = history.changed(key);
            let exposed_to = found.exposed.iter().filter(|(_, exposure)| exposure.keys.contains(key));
            Row {
                environment: environment.to_string(),
                key: key.to_string(),
                age_days: changed.as_ref().map(|changed| (now() - changed.time) / DAY),
                changed: changed.as_ref().map(|Changed { time, .. }| date(*time)),
                by: changed.as_ref().map(|changed| changed.author.clone()),
                commit: changed.map(|changed| changed.commit),
                overdue: found.overdue.iter().any(|overdue| overdue.key == *key),
                exposed_to: exposed_to.map(|(person, _)| person.name.to_string()).collect(),
            }
        })
        .collect()
}

fn date(time: i64) -> String {
    let text = jiff::Timestamp::from_second(time).unwrap_or(jiff::Timestamp::UNIX_EPOCH).to_string();
    text.split('T').next().unwrap_or_default().to_owned()
}

fn show(rows: &[Row], session: &Session<'_>) -> Result<(), Error> {
    let width = |text: &dyn Fn(&Row) -> usize| rows.iter().map(text).max().unwrap_or(0);
    let (environments, keys) = (width(&|row| row.environment.len()), width(&|row| row.key.len()));
    for row in rows {
        let age = match (&row.changed, row.age_days, &row.by) {
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
        session.ui.line(format!("{:<environments$}  {:<keys$}  {age}{marks}", row.environment, row.key))?;
    }
    Ok(())
}

fn tell(environment: &EnvName, found: &Findings<'_>, session: &Session<'_>) -> Result<(), Error> {
    for Overdue { key, days, limit } in &found.overdue {
        let marked = styled(style::WARNING, "overdue");
        session.ui.line(format!(
            "{marked} {environment}: {key} is {} old, and should be changed after {limit}",
            words::count(usize::try_from(*days).unwrap_or(0), "day")
        ))?;
    }
    for (person, exposure) in &found.exposed {
        let unknown = match exposure.unknown {
            0 => String::new(),
            number => format!(", and {} that you cannot open", words::count(number, "earlier version")),
        };
        let marked = styled(style::WARNING, "exposed");
        let seen = words::names(&exposure.keys);
        session
            .ui
            .line(format!("{marked} {environment}: {} is out and has seen {seen}{unknown}", person.name))?;
    }
    if !found.exposed.is_empty() || !found.overdue.is_empty() {
        session.ui.note(format!("`senex-env rotate -e {environment} --exposed` or `--due` walks the list"));
    }
    Ok(())
}
