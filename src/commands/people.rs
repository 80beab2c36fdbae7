//! `people`: who can open what, by the files, and where the project file says something else.

use serde::Serialize;

use crate::cli;
use crate::desk::Session;
use crate::error::Error;
use crate::exit::Exit;
use crate::name::EnvName;
use crate::project::{Person, Project};
use crate::recipient::{self, Recipient};
use crate::sealed::SealedFile;
use crate::ui::{self, style, styled};

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

/// One person, or a recipient that is nobody's, of `people --json`.
#[derive(Serialize)]
struct Row {
    name: Option<String>,
    recipients: Vec<String>,
    former: Vec<String>,
    environments: Vec<(String, Access)>,
}

pub(super) fn run(arguments: &cli::People, session: &Session<'_>) -> Result<Exit, Error> {
    let project = session.project()?;
    let mut files: Vec<(&EnvName, Option<SealedFile>)> = Vec::new();
    for environment in &project.environments {
        files.push((&environment.name, session.read(&project, &environment.name)?));
    }
    let mut rows: Vec<Row> = project.people.iter().map(|person| row(person, &files)).collect();
    rows.extend(strangers(&project, &files));
    let differs = rows
        .iter()
        .flat_map(|row| &row.environments)
        .any(|(_, access)| matches!(access, Access::Intruder | Access::Lacks));
    if arguments.json {
        session.ui.answer(ui::json(&rows)?)?;
    } else {
        session.ui.answer(table(&rows, &files))?;
    }
    if differs {
        session
            .ui
            .note("`lacks`: the project file lets them in, and nobody has granted it (`senex-env grant`)");
        session.ui.note("`intruder`: the file can be opened by somebody whom the project file does not let in (`senex-env revoke`)");
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
        environments: files.iter().map(|(name, file)| (name.to_string(), access(name, file))).collect(),
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
        environments: files.iter().map(|(name, file)| (name.to_string(), access(file, identifier))).collect(),
    };
    strangers.into_iter().map(row).collect()
}

fn table(rows: &[Row], files: &[(&EnvName, Option<SealedFile>)]) -> String {
    let shorts = |all: &[String]| all.iter().map(|text| recipient::short(text)).collect::<Vec<_>>().join(" ");
    let name = |row: &Row| row.name.clone().unwrap_or_else(|| "(nobody)".to_owned());
    let width = rows.iter().map(|row| name(row).len()).max().unwrap_or(0).max(6);
    let columns: Vec<usize> = files.iter().map(|(name, _)| name.as_str().len().max(9)).collect();
    let heads: Vec<String> =
        files.iter().zip(&columns).map(|((name, _), column)| format!("{:<column$}", name.as_str())).collect();
    let mut table = styled(style::DIM, format!("{:<width$}  {}", "", heads.join("  ")).trim_end());
    for row in rows {
        table.push_str(&format!("\n{:<width$}", name(row)));
        for ((_, access), column) in row.environments.iter().zip(&columns) {
            let (text, style) = match access {
                Access::Opens => ("opens", style::GOOD),
                Access::Lacks => ("lacks", style::WARNING),
                Access::Asks => ("asks", style::WARNING),
                Access::Intruder => ("intruder", style::ERROR),
                Access::None => ("-", style::DIM),
            };
            table.push_str(&format!("  {}{}", styled(style, text), " ".repeat(column - text.len())));
        }
        let mut recipients = shorts(&row.recipients);
        if !row.former.is_empty() {
            recipients.push_str(&format!(" (revoked: {})", shorts(&row.former)));
        }
        table.push_str(&format!("  {}", styled(style::DIM, recipients.trim_start())));
    }
    table
}
