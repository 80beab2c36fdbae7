//! `check`: what is missing or wrong. Names need no identity; values are looked at where one opens them.

mod history;

mod findings;
mod github;
mod json;
mod source_line;
mod table;
mod text;

use crate::check::Gravity;
use crate::cli::{self, Report};
use crate::desk::Session;
use crate::error::Error;
use crate::exit::Exit;
use crate::project::Environment;
use findings::Checked;

pub(super) fn run(arguments: &cli::Check, env: Option<&str>, session: &Session<'_>) -> Result<Exit, Error> {
    let project = session.project()?;
    // Without a choice, all of them: a check that looks at half the files is no check.
    let environments: Vec<&Environment> = match env.map(str::to_owned).or_else(|| session.named_by_variable())
    {
        Some(name) => vec![session.environment(&project, Some(&name))?],
        None => project.environments.iter().collect(),
    };
    let checked = Checked::new(&project, &environments, arguments, session)?;
    match if arguments.json { Report::Json } else { arguments.format } {
        Report::Text => text::print(&project, &checked, arguments.all, session)?,
        Report::Json => json::print(&checked, session)?,
        Report::Github => github::print(&project, &checked, session)?,
    }
    let errors = checked.findings.iter().any(|finding| finding.gravity == Gravity::Error);
    Ok(if errors { Exit::No } else { Exit::Ok })
}
