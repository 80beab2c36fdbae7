//! `import`: take over a plaintext .env file.

use std::path::Path;

use crate::check;
use crate::cli;
use crate::desk::value::put_all;
use crate::desk::{At, Session};
use crate::error::{Error, Id};
use crate::exit::Exit;
use crate::name::EnvName;
use crate::plaintext::{self, ImportError, Imported};
use crate::sealed::Change;
use crate::ui::Mark;
use crate::words;

pub(super) fn run(arguments: &cli::Import, env: Option<&str>, session: &Session<'_>) -> Result<Exit, Error> {
    let project = session.project()?;
    let at = At::meant(session, &project, env)?;
    let from_input = arguments.file == Path::new("-");
    let bytes = session.plaintext(&arguments.file)?;
    let imported = plaintext::import(&bytes, arguments.dialect)
        .map_err(|error| not_imported(error, arguments, at.name))?;
    tell(&imported, session);
    if !arguments.force {
        refuse_broken(&imported, at, arguments)?;
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
            .note(format!("the plaintext file still exists: `rm {shown}` once `senex-env check` passes"));
    }
    Ok(Exit::Ok)
}

/// What one may not expect of the file.
fn tell(imported: &Imported, session: &Session<'_>) {
    for duplicate in &imported.duplicates {
        let lines = words::list(&duplicate.lines);
        session.ui.warning(format!("duplicate key {} (lines {lines}); the last one is used", duplicate.name));
    }
    for left in &imported.left_out {
        let name = words::clean(&left.name);
        session.ui.warning(format!("line {}: `{name}` is left out: {}", left.line, left.problem));
    }
    if !imported.not_for_dotenvy.is_empty() && session.context.directory.join("Cargo.toml").exists() {
        let names = words::names(&imported.not_for_dotenvy);
        session.ui.note(format!("the Rust crate dotenvy reads {names} in another way, or not at all"));
    }
}

/// Values that `run` would refuse afterwards are refused here, all of them at once.
fn refuse_broken(imported: &Imported, at: At<'_>, arguments: &cli::Import) -> Result<(), Error> {
    let mut broken = Vec::new();
    for entry in &imported.entries {
        let Some(key) = at.project.key(entry.name.as_str()) else { continue };
        let found = check::broken(key, at.name, &entry.value).into_iter();
        broken.extend(found.map(|broken| format!("line {}: {}", entry.line, broken.message)));
    }
    if broken.is_empty() {
        return Ok(());
    }
    let shown = arguments.file.display();
    let what = words::count(broken.len(), "value");
    let error = Error::no(format!("cannot import {shown}: the project file does not allow {what}"));
    let error =
        broken.into_iter().fold(error.of_kind(Id::InvalidValue), Error::note).note("nothing was changed");
    Err(error.hint(format!("`{} --force` imports them all the same", again(arguments, at.name))))
}

/// The command as it was given, with the environment that it is about.
fn again(arguments: &cli::Import, environment: &EnvName) -> String {
    let dialect = arguments.dialect.map_or(String::new(), |dialect| format!(" --dialect {dialect}"));
    format!("senex-env import -e {environment}{dialect} {}", arguments.file.display())
}

fn not_imported(error: ImportError, arguments: &cli::Import, environment: &EnvName) -> Error {
    let shown = arguments.file.display();
    let refused = Error::no(format!("cannot import {shown}: {error}")).note("nothing was changed");
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
                .hint(
                    "single quotes around the value usually make them agree, but python-dotenv expands \
                    `${…}` even there",
                )
                .hint(format!(
                    "`senex-env import -e {environment} --dialect compose {shown}` chooses the \
                    parser to follow (compose, python, dotenvy, literal)"
                ))
        }
        ImportError::Outside { keys } => {
            let mut refused = refused;
            for key in keys.iter().take(8) {
                let what = key.variable.as_ref().map_or("something".to_owned(), |name| format!("`{name}`"));
                refused = refused.note(format!("line {}: {} refers to {what}", key.line, key.name));
            }
            refused.hint("in single quotes, a `$` does not start a reference").hint(format!(
                "`senex-env import -e {environment} --dialect literal {shown}` imports every value as it stands there"
            ))
        }
        ImportError::Unreadable { .. } | ImportError::NotAPair { .. } => {
            refused.hint("a value that spans several lines must be quoted")
        }
        ImportError::Name { .. } => {
            refused.hint("a key consists of letters, digits and `_`, and does not begin with a digit")
        }
        ImportError::Encoding(encoding) => match encoding.iconv() {
            Some(name) => refused
                .hint(format!("`iconv -f {name} -t UTF-8 {shown} | senex-env import -y -e {environment} -`")),
            None => refused.hint("write it as lines of `NAME=value`"),
        },
        ImportError::Nul { .. } => refused,
    }
}
