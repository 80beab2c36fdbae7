//! `import`: take over a plaintext .env file.

use std::path::Path;

use crate::check;
use crate::cli::{self, Dialect};
use crate::desk::value::put_all;
use crate::desk::{At, Session, taking_over};
use crate::error::{Error, Id};
use crate::exit::Exit;
use crate::name::EnvName;
use crate::plaintext::{Choice, ImportError, Imported, Opinion, Reader};
use crate::project::Project;
use crate::sealed::Change;
use crate::ui::Mark;
use crate::words;

pub(super) fn run(arguments: &cli::Import, env: Option<&str>, session: &Session<'_>) -> Result<Exit, Error> {
    let project = session.project()?;
    let at = At::meant(session, &project, env)?;
    if env.is_none() && session.named_by_variable().is_none() {
        refuse_file_of_another(&project, at, arguments)?;
    }
    let from_input = arguments.file == Path::new("-");
    let bytes = session.plaintext(&arguments.file)?;
    let choice = choice(arguments, at)?;
    let imported =
        taking_over::read(&bytes, &arguments.file, choice, !arguments.dry_run && !from_input, session)?
            .map_err(|error| not_imported(&error, arguments, at.name))?;
    tell(&imported, session);
    if !arguments.force {
        refuse_broken(&imported, at, arguments)?;
    }
    let undecided = undecided(&imported, arguments, at.name);
    if !arguments.dry_run {
        at.confirm("change the values")?;
    }
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
    if let Some(error) = undecided {
        return Err(error);
    }
    if !arguments.dry_run && !from_input {
        let shown = quoted(arguments);
        session.ui.note(format!(
            "the plaintext file still exists: `rm {shown}` once `senex-env check -e {}` passes",
            at.name
        ));
    }
    Ok(Exit::Ok)
}

/// A file that is named after another environment is not meant for the default one.
fn refuse_file_of_another(project: &Project, at: At<'_>, arguments: &cli::Import) -> Result<(), Error> {
    let Some(file) = arguments.file.file_name().and_then(|name| name.to_str()) else { return Ok(()) };
    let is_named = |name: &EnvName| {
        [format!(".env.{name}"), format!(".env.{name}.local"), format!("{name}.env")]
            .iter()
            .any(|known| known == file)
    };
    let Some(other) =
        project.environments.iter().map(|it| &it.name).find(|name| *name != at.name && is_named(name))
    else {
        return Ok(());
    };
    let (shown, meant) = (arguments.file.display(), at.name);
    Err(Error::usage(format!("{shown} is named after `{other}`, and `{meant}` is the default"))
        .note("nothing was changed")
        .hint(format!("`senex-env import -e {other} {shown}` imports it where it belongs"))
        .hint(format!("`senex-env import -e {meant} {shown}` imports it all the same")))
}

/// The readers of the command line, and those that decide without it.
fn choice(arguments: &cli::Import, at: At<'_>) -> Result<Choice, Error> {
    let folder = arguments.file.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = at.session.context.directory.join(folder.unwrap_or(Path::new(".")));
    let mut choice = taking_over::deciding(&folder, &at.project.root);
    for Dialect { key, reader } in &arguments.dialect {
        let before = match key {
            Some(key) => choice.of_keys.insert(key.clone(), *reader),
            None => choice.dialect.replace(*reader),
        };
        if before.is_some() {
            let of = key.as_ref().map_or("the file".to_owned(), |key| format!("`{key}`"));
            return Err(Error::usage(format!("`--dialect` names two readers of {of}")));
        }
    }
    Ok(choice)
}

/// The keys that are not imported, because nobody said which reader is right.
fn undecided(imported: &Imported, arguments: &cli::Import, environment: &EnvName) -> Option<Error> {
    let doubts = &imported.doubts;
    let [first, ..] = doubts.as_slice() else { return None };
    let what = words::count(doubts.len(), "value");
    let verb = if doubts.len() == 1 { "was" } else { "were" };
    let (shown, path) = (arguments.file.display(), quoted(arguments));
    let mut error =
        Error::no(format!("{what} of {shown} {verb} not imported, because tools read them differently"));
    for doubt in doubts.iter().take(MOST) {
        error = error.note(format!("line {}: {doubt}", doubt.line));
    }
    if doubts.len() > MOST {
        error = error.note(format!("and {} more", doubts.len() - MOST));
    }
    let options = taking_over::settling(&doubts[..doubts.len().min(MOST)]);
    let readers: Vec<Reader> = first.choices().map(Opinion::reader).collect();
    Some(error.hint(format!(
        "`senex-env import -e {environment} {options} {path}` imports them as these readers do; for `{}` choose \
         among {}",
        first.name,
        words::list(&readers)
    )))
}

/// So many keys are told one by one.
const MOST: usize = 8;

/// What one may not expect of the file.
fn tell(imported: &Imported, session: &Session<'_>) {
    for duplicate in &imported.duplicates {
        let lines = words::list(&duplicate.lines);
        session.ui.warning(format!("duplicate key {} (lines {lines}); the last one is used", duplicate.name));
    }
    for left in &imported.left_out {
        session.ui.warning(format!("line {}: {}", left.line, words::clean(&left.to_string())));
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

/// The file as it is pasted into a shell.
fn quoted(arguments: &cli::Import) -> String {
    words::quoted(&arguments.file.display().to_string())
}

/// The command as it was given, with the environment that it is about.
fn again(arguments: &cli::Import, environment: &EnvName) -> String {
    let dialects = arguments.dialect.iter().map(|Dialect { key, reader }| match key {
        Some(key) => format!(" --dialect {key}={reader}"),
        None => format!(" --dialect {reader}"),
    });
    let dialects: String = dialects.collect();
    format!("senex-env import -e {environment}{dialects} {}", quoted(arguments))
}

fn not_imported(error: &ImportError, arguments: &cli::Import, environment: &EnvName) -> Error {
    let (shown, path) = (arguments.file.display(), quoted(arguments));
    let refused = Error::no(format!("cannot import {shown}: {error}")).note("nothing was changed");
    match error {
        ImportError::Outside { .. } | ImportError::NotRead { .. } => refused,
        ImportError::Unreadable { .. } | ImportError::NotAPair { .. } => {
            refused.hint("a value that spans several lines must be quoted")
        }
        ImportError::Name { .. } => {
            refused.hint("a key consists of letters, digits and `_`, and does not begin with a digit")
        }
        ImportError::Encoding(encoding) => match encoding.iconv() {
            Some(name) => refused
                .hint(format!("`iconv -f {name} -t UTF-8 {path} | senex-env import -y -e {environment} -`")),
            None => refused.hint("write it as lines of `NAME=value`"),
        },
        ImportError::Nul { .. } => refused,
    }
}
