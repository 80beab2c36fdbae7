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
use crate::ui::{self, style, styled};
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
    if arguments.json {
        session.ui.answer(ui::json(&lines)?)?;
    } else {
        print(&lines, session)?;
    }
    let stopped = lines.iter().any(|line| line.state == State::Problem);
    Ok(if stopped { Exit::No } else { Exit::Ok })
}

fn print(lines: &[Line], session: &Session<'_>) -> Result<(), Error> {
    let width = lines.iter().map(|line| line.subject.len()).max().unwrap_or(0);
    let mut text = String::new();
    for line in lines {
        let (word, style) = match line.state {
            State::Ok => ("ok", style::GOOD),
            State::Note => ("note", style::DIM),
            State::Problem => ("problem", style::ERROR),
        };
        let padding = " ".repeat("problem".len() - word.len());
        let message = words::clean(&line.message);
        text.push_str(&format!("{}{padding}  {:<width$}  {message}\n", styled(style, word), line.subject));
        if let Some(fix) = &line.fix {
            let indent = " ".repeat("problem".len() + 2 + width + 2);
            text.push_str(&format!("{indent}{} {}\n", styled(style::GOOD, "fix:"), words::clean(fix)));
        }
    }
    let problems = lines.iter().filter(|line| line.state == State::Problem).count();
    text.push('\n');
    text.push_str(&match problems {
        0 => styled(style::GOOD, "nothing stops you"),
        number => words::count(number, "problem"),
    });
    session.ui.answer(text)
}
