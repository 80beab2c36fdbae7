//! `import`: take over a plaintext .env file.

use std::path::Path;

use crate::cli;
use crate::desk::value::put_all;
use crate::desk::{At, Session};
use crate::error::Error;
use crate::exit::Exit;
use crate::plaintext::{self, ImportError};
use crate::sealed::Change;
use crate::ui::Mark;
use crate::words;

pub(super) fn run(arguments: &cli::Import, env: Option<&str>, session: &Session<'_>) -> Result<Exit, Error> {
    let project = session.project()?;
    let at = At::meant(session, &project, env)?;
    let from_input = arguments.file == Path::new("-");
    let bytes = session.plaintext(&arguments.file)?;
    let imported =
        plaintext::import(&bytes, arguments.dialect).map_err(|error| not_imported(error, arguments))?;
    for duplicate in &imported.duplicates {
        let lines = words::list(&duplicate.lines);
        session.ui.warning(format!(
            "{} is there more than once (lines {lines}); the last one counts",
            duplicate.name
        ));
    }
    at.confirm("change the values")?;
    at.update(|open| {
        let changes = put_all(open, at.name, imported)?;
        for (key, change) in &changes {
            let mark = match change {
                Change::Added => Mark::Added,
                Change::Changed => Mark::Changed,
                Change::Same => Mark::Same,
            };
            let declared = if project.key(key.as_str()).is_some() { "" } else { " (not declared)" };
            session.ui.line(format!("{} {key}{declared}", mark.shown()))?;
        }
        let overwritten = changes.iter().filter(|(_, change)| *change == Change::Changed).count();
        if overwritten > 0 && !arguments.dry_run {
            session.ui.confirm(&format!("replace {} of {}", words::count(overwritten, "value"), at.name))?;
        }
        Ok(!arguments.dry_run && changes.iter().any(|(_, change)| *change != Change::Same))
    })?;
    if !arguments.dry_run && !from_input {
        let shown = arguments.file.display();
        session
            .ui
            .note(format!("the plaintext is still there: `rm {shown}` once `senex-env check` is content"));
    }
    Ok(Exit::Ok)
}

fn not_imported(error: ImportError, arguments: &cli::Import) -> Error {
    let shown = arguments.file.display();
    let refused = Error::no(format!("{shown} is not imported: {error}")).note("nothing was changed");
    match error {
        ImportError::Disagree { keys } => {
            let mut refused = refused;
            for key in keys.iter().take(8) {
                let name = key.name.as_ref().map_or("a name".to_owned(), ToString::to_string);
                refused = refused.note(format!("line {}: {name}: {key}", key.line));
            }
            if keys.len() > 8 {
                refused = refused.note(format!("and {} more", keys.len() - 8));
            }
            refused
                .hint("single quotes around the value mostly make them agree; python-dotenv expands `${…}` even there")
                .hint(format!("`senex-env import --dialect compose {shown}` says whose reading is meant (compose, python, dotenvy, literal)"))
        }
        ImportError::Outside { keys } => {
            let mut refused = refused;
            for key in keys.iter().take(8) {
                let what = key.variable.as_ref().map_or("something".to_owned(), |name| format!("`{name}`"));
                refused = refused.note(format!("line {}: {} refers to {what}", key.line, key.name));
            }
            refused.hint("single quotes keep a `$` from being a reference").hint(format!(
                "`senex-env import --dialect literal {shown}` takes every value as it stands there"
            ))
        }
        ImportError::Unreadable { .. } | ImportError::NotAPair { .. } => {
            refused.hint("a value over several lines needs quotes around it")
        }
        ImportError::Name { .. } => {
            refused.hint("keys are letters, digits and `_`, not beginning with a digit")
        }
        ImportError::Nul { .. } => refused,
    }
}
