//! The report for programs, as `docs/check.md` describes it.

use serde::Serialize;

use crate::check::{Checked, Finding, Fix, Severity};
use crate::desk::Session;
use crate::error::Error;

#[derive(Serialize)]
struct Document<'a> {
    errors: usize,
    warnings: usize,
    environments: Vec<Environment<'a>>,
    findings: Vec<Row<'a>>,
}

#[derive(Serialize)]
struct Environment<'a> {
    name: &'a str,
    values_checked: bool,
    values_unchecked_because: Option<&'static str>,
    history_complete: bool,
}

#[derive(Serialize)]
struct Row<'a> {
    severity: &'static str,
    kind: &'static str,
    environments: Vec<&'a str>,
    key: Option<&'a str>,
    message: &'a str,
    reason: &'static str,
    path: Option<String>,
    line: Option<usize>,
    column: Option<usize>,
    fix: Option<&'a str>,
    advice: &'a str,
}

pub(super) fn print(checked: &Checked<'_>, session: &Session<'_>) -> Result<(), Error> {
    let errors = checked.findings.iter().filter(|finding| finding.severity == Severity::Error).count();
    let document = Document {
        errors,
        warnings: checked.findings.len() - errors,
        environments: environments(checked),
        findings: checked.findings.iter().map(|finding| row(finding, session)).collect(),
    };
    session.ui.json("check", &document)
}

fn environments<'a>(checked: &'a Checked<'_>) -> Vec<Environment<'a>> {
    let names = checked.files.iter().map(|(environment, _)| &environment.name);
    names
        .map(|name| {
            let unread = checked.unread.iter().find(|(other, _)| *other == name);
            let why = unread.map(|(_, why)| why.as_str());
            Environment {
                name: name.as_str(),
                values_checked: why.is_none(),
                values_unchecked_because: why,
                history_complete: !checked.incomplete.contains(&name),
            }
        })
        .collect()
}

fn row<'a>(finding: &'a Finding, session: &Session<'_>) -> Row<'a> {
    let place = finding.place.as_ref();
    let usual = finding.kind.way_out();
    let (fix, advice) = match &finding.fix {
        Fix::Command(command) => (Some(command.as_str()), usual),
        Fix::Advice(advice) => (None, advice.as_str()),
        Fix::Usual => (None, usual),
    };
    Row {
        severity: finding.severity.as_str(),
        kind: finding.kind.as_str(),
        environments: finding.environments.iter().map(|name| name.as_str()).collect(),
        key: finding.key.as_ref().map(|key| key.as_str()),
        message: &finding.message,
        reason: finding.kind.reason(),
        path: place.map(|place| session.relative(&place.path).display().to_string()),
        line: place.map(|place| place.line),
        column: place.map(|place| place.column),
        fix,
        advice,
    }
}
