//! `doctor`: everything that could stop somebody, each with its fix.

mod host;
mod machine;
mod own;
mod repository;

use serde::Serialize;

use crate::cli;
use crate::desk::Session;
use crate::error::Error;
use crate::exit::Exit;
use crate::ui::{Cell, Table, style, styled};
use crate::words;

/// How something is.
#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum State {
    Ok,
    /// Worth knowing; nothing to be done.
    Note,
    Problem,
}

/// One line.
#[derive(Serialize)]
struct Line {
    subject: &'static str,
    state: State,
    message: String,
    fix: Option<String>,
}

/// `doctor --json`.
#[derive(Serialize)]
struct Answer<'a> {
    problems: usize,
    checks: &'a [Line],
}

impl Line {
    fn ok(subject: &'static str, message: impl Into<String>) -> Self {
        Self { subject, state: State::Ok, message: message.into(), fix: None }
    }

    fn note(subject: &'static str, message: impl Into<String>) -> Self {
        Self { state: State::Note, ..Self::ok(subject, message) }
    }

    fn problem(subject: &'static str, message: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { state: State::Problem, fix: Some(fix.into()), ..Self::ok(subject, message) }
    }
}

pub(super) fn run(arguments: &cli::Doctor, session: &Session<'_>) -> Result<Exit, Error> {
    let mut lines = Vec::new();
    let project = repository::project(session, &mut lines);
    own::identities(project.as_ref(), session, &mut lines);
    if let Some(project) = &project {
        repository::files(project, session, &mut lines);
        repository::git(project, &mut lines);
    }
    host::units(project.as_ref(), session, &mut lines);
    machine::memory(&mut lines);
    machine::tools(session, &mut lines);
    let problems = lines.iter().filter(|line| line.state == State::Problem).count();
    if arguments.json {
        session.ui.json("doctor", &Answer { problems, checks: &lines })?;
    } else {
        if session.ui.quiet {
            lines.retain(|line| line.state == State::Problem);
        }
        print(&lines, problems, session)?;
    }
    Ok(if problems > 0 { Exit::No } else { Exit::Ok })
}

fn print(lines: &[Line], problems: usize, session: &Session<'_>) -> Result<(), Error> {
    let mut table = Table::default();
    for line in lines {
        let state = match line.state {
            State::Ok => Cell::styled(style::GOOD, "ok"),
            State::Note => Cell::styled(style::DIM, "note"),
            State::Problem => Cell::styled(style::ERROR, "problem"),
        };
        table.row([state, line.subject.into(), line.message.as_str().into()]);
        if let Some(fix) = &line.fix {
            table.row(["".into(), "".into(), format!("{} {fix}", styled(style::GOOD, "fix:")).into()]);
        }
    }
    let mut text = table.lines(session.ui.columns());
    if problems > 0 {
        text.extend([String::new(), words::count(problems, "problem")]);
    } else if !session.ui.quiet {
        text.extend([String::new(), styled(style::GOOD, "no problems found")]);
    }
    session.ui.lines(text)
}
