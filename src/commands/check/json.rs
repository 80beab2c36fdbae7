//! The report for programs, as `docs/check.md` describes it.

use serde::Serialize;

use super::findings::Checked;
use crate::check::{Finding, Gravity};
use crate::desk::Session;
use crate::error::Error;
use crate::{file, ui};

/// Counts up when a field changes its meaning or goes; new fields may come without.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    errors: usize,
    warnings: usize,
    environments: Vec<Environment<'a>>,
    findings: Vec<Row<'a>>,
}

#[derive(Serialize)]
struct Environment<'a> {
    name: &'a str,
    values_checked: bool,
    values_unchecked_because: Option<&'a str>,
}

#[derive(Serialize)]
struct Row<'a> {
    gravity: &'static str,
    kind: &'a str,
    environment: &'a str,
    key: Option<&'a str>,
    message: &'a str,
    path: Option<String>,
    line: Option<usize>,
    column: Option<usize>,
    fix: Option<&'a str>,
}

pub(super) fn print(checked: &Checked<'_>, session: &Session<'_>) -> Result<(), Error> {
    let errors = checked.findings.iter().filter(|finding| finding.gravity == Gravity::Error).count();
    let document = Document {
        version: VERSION,
        errors,
        warnings: checked.findings.len() - errors,
        environments: environments(checked),
        findings: checked.findings.iter().map(|finding| row(finding, session)).collect(),
    };
    session.ui.answer(ui::json(&document)?)
}

fn environments<'a>(checked: &'a Checked<'_>) -> Vec<Environment<'a>> {
    let files = checked.files.iter();
    files
        .map(|(environment, file)| {
            let unread = checked.unread.iter().find(|(other, _)| other.name == environment.name);
            let why = unread.map(|(_, why)| *why).or(file.is_none().then_some("there is no file yet"));
            Environment {
                name: environment.name.as_str(),
                values_checked: why.is_none(),
                values_unchecked_because: why,
            }
        })
        .collect()
}

fn row<'a>(finding: &'a Finding, session: &Session<'_>) -> Row<'a> {
    let place = finding.place.as_ref();
    Row {
        gravity: match finding.gravity {
            Gravity::Error => "error",
            Gravity::Warning => "warning",
        },
        kind: finding.kind,
        environment: finding.environment.as_str(),
        key: finding.key.as_ref().map(|key| key.as_str()),
        message: &finding.message,
        path: place
            .map(|place| file::relative(&place.path, &session.context.directory).display().to_string()),
        line: place.map(|place| place.line),
        column: place.map(|place| place.column),
        fix: finding.fix.as_deref(),
    }
}
