//! The report for people.

use super::source_line::source_line;
use super::table::{WIDTH, table};
use crate::check::{Checked, Finding, Fix, Severity, Unread};
use crate::desk::Session;
use crate::error::Error;
use crate::project::Project;
use crate::rotate::INCOMPLETE;
use crate::ui::{style, styled};
use crate::words;

/// So many findings are shown without `--all`, the most severe.
const MOST: usize = 20;

pub(super) fn print(
    project: &Project,
    checked: &Checked<'_>,
    all: bool,
    session: &Session<'_>,
) -> Result<(), Error> {
    warn_of_incomplete(checked, session);
    let most = if all { usize::MAX } else { MOST };
    let told: Vec<String> =
        checked.findings.iter().take(most).map(|finding| told(finding, project, session)).collect();
    let hidden = checked.findings.len().saturating_sub(most);
    let more = format!("and {hidden} more (--all shows them)");
    if session.ui.quiet {
        // What is wrong, and nothing else.
        let mut text = told.join("\n");
        if hidden > 0 {
            text.push_str(&format!("\n{}\n", styled(style::DIM, more)));
        }
        return if text.is_empty() { Ok(()) } else { session.ui.answer(text.trim_end()) };
    }
    let mut text = table(project, checked, all, session.ui.columns().unwrap_or(WIDTH).min(WIDTH));
    for finding in told {
        text.push('\n');
        text.push_str(&finding);
    }
    if hidden > 0 {
        text.push_str(&styled(style::DIM, format!("\n{more}\n")));
    }
    text.push('\n');
    text.push_str(&sum(&checked.findings));
    for (why, environments) in unread(checked) {
        let names = words::list(&environments);
        let line = format!("values of {names} not checked: {}", because(why));
        text.push_str(&format!("\n{}", styled(style::DIM, line)));
    }
    session.ui.answer(text)
}

/// Where this clone has a part of the history, more may be wrong than is found.
pub(super) fn warn_of_incomplete(checked: &Checked<'_>, session: &Session<'_>) {
    for environment in &checked.incomplete {
        session.ui.warning(format!("{environment}: {INCOMPLETE}"));
    }
}

fn told(finding: &Finding, project: &Project, session: &Session<'_>) -> String {
    let style = match finding.severity {
        Severity::Error => style::ERROR,
        Severity::Warning => style::WARNING,
    };
    let message = words::clean(&finding.message);
    let kind = styled(style::DIM, format!("[{}]", finding.kind));
    let (severity, environments) = (styled(style, finding.severity), words::list(&finding.environments));
    let line = format!("{severity}: {environments}: {message} {kind}");
    let mut text = line + "\n";
    if let Some(place) = &finding.place {
        let path = session.relative(&place.path);
        let shown = words::clean(&format!("{}:{}:{}", path.display(), place.line, place.column));
        text.push_str(&format!("  {} {shown}\n", styled(style::DIM, "-->")));
        if let Some(line) = source_line(finding, project) {
            text.push_str(&format!("  {}\n", styled(style::DIM, line)));
        }
    }
    let fix = match &finding.fix {
        Fix::Command(command) => format!("`{command}`"),
        Fix::Advice(advice) => advice.clone(),
        Fix::Usual => finding.kind.way_out().to_owned(),
    };
    text.push_str(&format!("  {} {}\n", styled(style::GOOD, "fix:"), words::clean(&fix)));
    text
}

fn sum(findings: &[Finding]) -> String {
    let errors = findings.iter().filter(|finding| finding.severity == Severity::Error).count();
    let warnings = findings.len() - errors;
    match (errors, warnings) {
        (0, 0) => styled(style::GOOD, "nothing is missing or wrong"),
        (0, _) => words::count(warnings, "warning"),
        (_, 0) => words::count(errors, "error"),
        (_, _) => format!("{}, {}", words::count(errors, "error"), words::count(warnings, "warning")),
    }
}

/// The environments whose values were not looked at, together where the reason is the same.
fn unread<'a>(checked: &'a Checked<'_>) -> Vec<(Unread, Vec<&'a str>)> {
    let mut reasons: Vec<(Unread, Vec<&str>)> = Vec::new();
    for (environment, why) in &checked.unread {
        match reasons.iter_mut().find(|(known, _)| known == why) {
            Some((_, environments)) => environments.push(environment.as_str()),
            None => reasons.push((*why, vec![environment.as_str()])),
        }
    }
    reasons
}

fn because(why: Unread) -> &'static str {
    match why {
        Unread::NamesOnly => "--names",
        Unread::NoFile => "there is no sealed file yet",
        Unread::Broken => "the sealed file is damaged, see above",
        Unread::Passphrase => "your identity is protected by a passphrase (--unlock)",
        Unread::NoIdentity => "none of your identities can open the file",
    }
}
