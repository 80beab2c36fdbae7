//! The report for people.

use super::findings::Checked;
use super::source_line::source_line;
use super::table::{WIDTH, table};
use crate::check::{Finding, Gravity, way_out};
use crate::desk::Session;
use crate::error::Error;
use crate::file;
use crate::project::Project;
use crate::ui::{fitted, style, styled};
use crate::words;

/// So many findings are told without `--all`, the gravest.
const MOST: usize = 20;

pub(super) fn print(
    project: &Project,
    checked: &Checked<'_>,
    all: bool,
    session: &Session<'_>,
) -> Result<(), Error> {
    let columns = session.ui.columns();
    let mut text = table(project, checked, all, columns.unwrap_or(WIDTH).min(WIDTH));
    let most = if all { usize::MAX } else { MOST };
    for finding in checked.findings.iter().take(most) {
        text.push('\n');
        text.push_str(&told(finding, project, session));
    }
    let hidden = checked.findings.len().saturating_sub(most);
    if hidden > 0 {
        text.push_str(&styled(style::DIM, format!("\nand {hidden} more (--all shows them)\n")));
    }
    text.push('\n');
    text.push_str(&sum(&checked.findings));
    for (why, environments) in unread(checked) {
        text.push('\n');
        let names = words::list(&environments);
        text.push_str(&styled(style::DIM, format!("values of {names} not checked: {why}")));
    }
    session.ui.answer(text)
}

fn told(finding: &Finding, project: &Project, session: &Session<'_>) -> String {
    let (word, style) = match finding.gravity {
        Gravity::Error => ("error", style::ERROR),
        Gravity::Warning => ("warning", style::WARNING),
    };
    let message = words::clean(&finding.message);
    let kind = styled(style::DIM, format!("[{}]", finding.kind));
    let line = format!("{}: {}: {message} {kind}", styled(style, word), finding.environment);
    let mut text = fitted(&line, session.ui.columns()) + "\n";
    if let Some(place) = &finding.place {
        let path = file::relative(&place.path, &session.context.directory);
        let shown = words::clean(&format!("{}:{}:{}", path.display(), place.line, place.column));
        text.push_str(&format!("  {} {shown}\n", styled(style::DIM, "-->")));
        if let Some(line) = source_line(finding, project) {
            text.push_str(&format!("  {}\n", styled(style::DIM, line)));
        }
    }
    match (&finding.fix, way_out(finding.kind)) {
        (Some(fix), _) => text.push_str(&format!("  {} `{fix}`\n", styled(style::GOOD, "fix:"))),
        (None, Some(way)) => text.push_str(&format!("  {} {way}\n", styled(style::GOOD, "fix:"))),
        (None, None) => {}
    }
    text
}

fn sum(findings: &[Finding]) -> String {
    let errors = findings.iter().filter(|finding| finding.gravity == Gravity::Error).count();
    let warnings = findings.len() - errors;
    match (errors, warnings) {
        (0, 0) => styled(style::GOOD, "nothing is missing or wrong"),
        (0, _) => words::count(warnings, "warning"),
        (_, 0) => words::count(errors, "error"),
        (_, _) => format!("{}, {}", words::count(errors, "error"), words::count(warnings, "warning")),
    }
}

/// The environments whose values were not looked at, together where the reason is the same.
fn unread<'a>(checked: &'a Checked<'_>) -> Vec<(&'static str, Vec<&'a str>)> {
    let mut reasons: Vec<(&'static str, Vec<&str>)> = Vec::new();
    for (environment, why) in &checked.unread {
        match reasons.iter_mut().find(|(known, _)| known == why) {
            Some((_, environments)) => environments.push(environment.name.as_str()),
            None => reasons.push((why, vec![environment.name.as_str()])),
        }
    }
    reasons
}
