//! `check`: what is missing or wrong. Names need no identity; values are looked at where one opens them.

mod github;
mod json;
mod open;
mod source_line;
mod table;
mod text;

use crate::check::{self, Opener, Severity};
use crate::cli::{self, Report};
use crate::desk::{At, NoPassphrase, Session};
use crate::error::Error;
use crate::exit::Exit;
use crate::identity::{Identities, Passphrase};
use crate::project::Environment;
use open::Own;

pub(super) fn run(arguments: &cli::Check, env: Option<&str>, session: &Session<'_>) -> Result<Exit, Error> {
    let project = session.project()?;
    // Without a choice, all of them: a check that looks at half the files is no check.
    let environments: Vec<&Environment> = match env.map(str::to_owned).or_else(|| session.named_by_variable())
    {
        Some(name) => vec![session.environment(&project, Some(&name))?],
        None => project.environments.iter().collect(),
    };
    let mut files = Vec::new();
    for environment in environments {
        files.push((environment, At::new(session, &project, &environment.name).read()?));
    }
    let passphrase: &dyn Passphrase = if arguments.unlock { session.ui } else { &NoPassphrase };
    let identities = Identities::new(session.context, passphrase);
    let mut own = Own { project: &project, session, identities, past: None };
    let opener: Option<&mut dyn Opener> = if arguments.names { None } else { Some(&mut own) };
    let checked = check::collect(&project, files, opener, &session.context.directory, &|name| {
        session.context.raw_variable(name).map(|value| value.is_empty())
    });
    match if arguments.json { Report::Json } else { arguments.format } {
        Report::Text => text::print(&project, &checked, arguments.all, session)?,
        Report::Json => json::print(&checked, session)?,
        Report::Github => github::print(&project, &checked, session)?,
    }
    let errors = checked.findings.iter().any(|finding| finding.severity == Severity::Error);
    Ok(if errors { Exit::No } else { Exit::Ok })
}
