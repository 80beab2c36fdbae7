//! `people`: who can open what, by the files, and where the project file says something else.

use serde::Serialize;

use crate::cli;
use crate::desk::changes::environments;
use crate::desk::{At, Session};
use crate::error::Error;
use crate::exit::Exit;
use crate::name::EnvName;
use crate::project::{Person, Project};
use crate::recipient::{self, Recipient};
use crate::sealed::SealedFile;
use crate::ui::{Cell, Table, style};

/// What a person is to an environment.
#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Access {
    /// The file and the project file let them in.
    Opens,
    /// The project file lets one of their recipients in, and nobody has granted it.
    Lacks,
    /// They have asked.
    Asks,
    /// The file lets them in, and the project file does not.
    Intruder,
    /// Nothing.
    None,
}

/// `people --json`.
#[derive(Serialize)]
struct Answer<'a> {
    people: &'a [Row],
}

/// How a person stands to an environment.
#[derive(Serialize)]
struct Standing {
    environment: String,
    access: Access,
}

/// One person, or a recipient that is nobody's.
#[derive(Serialize)]
struct Row {
    name: Option<String>,
    recipients: Vec<String>,
    former: Vec<String>,
    environments: Vec<Standing>,
}

pub(super) fn run(arguments: &cli::People, env: Option<&str>, session: &Session<'_>) -> Result<Exit, Error> {
    let project = session.project()?;
    let mut files: Vec<(&EnvName, Option<SealedFile>)> = Vec::new();
    let only = environments(session, &project, env)?;
    for environment in project.environments.iter().map(|environment| &environment.name) {
        if only.as_ref().is_none_or(|only| only.contains(&environment)) {
            files.push((environment, At::new(session, &project, environment).read()?));
        }
    }
    let mut rows: Vec<Row> = project.people.iter().map(|person| row(person, &files)).collect();
    rows.extend(strangers(&project, &files));
    let differs = rows
        .iter()
        .flat_map(|row| &row.environments)
        .any(|standing| matches!(standing.access, Access::Intruder | Access::Lacks));
    if arguments.json {
        session.ui.json("people", &Answer { people: &rows })?;
    } else {
        session.ui.lines(table(&rows, &files).lines(session.ui.columns()))?;
    }
    if differs {
        session.ui.note(
            "`lacks`: has access in the project file, but has not been granted it in the sealed file \
                (`senex-env grant NAME`)",
        );
        session.ui.note(
            "`intruder`: can open the sealed file, but has no access in the project file \
            (`senex-env revoke NAME`)",
        );
    }
    Ok(if differs { Exit::No } else { Exit::Ok })
}

fn row(person: &Person, files: &[(&EnvName, Option<SealedFile>)]) -> Row {
    let access = |name: &EnvName, file: &Option<SealedFile>| {
        let holds = |known: &Recipient| file.as_ref().is_some_and(|file| file.holds(known.identifier()));
        let allowed = person.environments.contains(name);
        match (person.recipients.iter().any(holds), allowed, person.requests.contains(name)) {
            (true, false, _) => Access::Intruder,
            (_, _, true) => Access::Asks,
            (true, true, _) if person.recipients.iter().all(holds) => Access::Opens,
            (_, true, _) if file.is_some() && !person.recipients.is_empty() => Access::Lacks,
            _ => Access::None,
        }
    };
    Row {
        name: Some(person.name.to_string()),
        recipients: person.recipients.iter().map(ToString::to_string).collect(),
        former: person.former.iter().map(ToString::to_string).collect(),
        environments: standings(files, access),
    }
}

/// Recipients that open a file and are nobody's, or were revoked.
fn strangers(project: &Project, files: &[(&EnvName, Option<SealedFile>)]) -> Vec<Row> {
    let mut strangers: Vec<&str> = Vec::new();
    for wrapped in files.iter().filter_map(|(_, file)| file.as_ref()).flat_map(SealedFile::wrapped_keys) {
        let identifier = recipient::identifier(&wrapped.recipient);
        if project.person_with(identifier).is_none() && !strangers.contains(&identifier) {
            strangers.push(identifier);
        }
    }
    let access = |file: &Option<SealedFile>, identifier: &str| {
        let opens = file.as_ref().is_some_and(|file| file.holds(identifier));
        if opens { Access::Intruder } else { Access::None }
    };
    let row = |identifier: &str| Row {
        name: None,
        recipients: vec![identifier.to_owned()],
        former: Vec::new(),
        environments: standings(files, |_, file| access(file, identifier)),
    };
    strangers.into_iter().map(row).collect()
}

fn standings(
    files: &[(&EnvName, Option<SealedFile>)],
    access: impl Fn(&EnvName, &Option<SealedFile>) -> Access,
) -> Vec<Standing> {
    let standing = |(name, file): &(&EnvName, Option<SealedFile>)| Standing {
        environment: name.to_string(),
        access: access(name, file),
    };
    files.iter().map(standing).collect()
}

fn table(rows: &[Row], files: &[(&EnvName, Option<SealedFile>)]) -> Table {
    let shorts = |all: &[String]| all.iter().map(|text| recipient::short(text)).collect::<Vec<_>>().join(" ");
    let mut table = Table::with_head([""].into_iter().chain(files.iter().map(|(name, _)| name.as_str())));
    for row in rows {
        let mut cells: Vec<Cell> = vec![row.name.as_deref().unwrap_or("(nobody)").into()];
        cells.extend(row.environments.iter().map(|standing| match standing.access {
            Access::Opens => Cell::styled(style::GOOD, "opens"),
            Access::Lacks => Cell::styled(style::WARNING, "lacks"),
            Access::Asks => Cell::styled(style::WARNING, "asks"),
            Access::Intruder => Cell::styled(style::ERROR, "intruder"),
            Access::None => Cell::styled(style::DIM, "-"),
        }));
        let mut recipients = shorts(&row.recipients);
        if !row.former.is_empty() {
            recipients.push_str(&format!(" (revoked: {})", shorts(&row.former)));
        }
        cells.push(Cell::styled(style::DIM, recipients.trim_start()));
        table.row(cells);
    }
    table
}
