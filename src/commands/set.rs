//! `set KEY`: give a key a value, from the terminal, standard input or a file.

use crate::check::{self, Broken};
use crate::cli;
use crate::desk::{Session, key_name};
use crate::error::Error;
use crate::exit::Exit;
use crate::file;
use crate::name::KeyName;
use crate::project::{Environment, Key, Project};
use crate::sealed::{Change, Class, SealedFile};
use crate::secret::Secret;
use crate::suggest;

/// A value is never larger, in bytes.
const LARGEST: u64 = 16 * 1024 * 1024;

const BINARY: &str = "`base64 FILE | senex-env set KEY` keeps bytes as text";

pub(super) fn run(arguments: &cli::Set, env: Option<&str>, session: &Session<'_>) -> Result<Exit, Error> {
    let project = session.project()?;
    let environment = session.environment(&project, env)?;
    let key = key_name(&arguments.key)?;
    let file = session.read(&project, &environment.name)?;
    if !arguments.new {
        refuse_slips(&key, &project, file.as_ref())?;
    }
    session.confirm(environment, &format!("change {key}"))?;
    let value = value(arguments, &key, session)?;
    if value.expose().contains('\0') {
        return Err(Error::usage(format!(
            "the value of `{key}` holds a NUL byte, which no environment can carry"
        ))
        .hint(BINARY));
    }
    if !arguments.force
        && let Some(declared) = project.key(key.as_str())
    {
        refuse_broken(declared, environment, &value, &project, session)?;
    }
    let mut change = Change::Same;
    session.update(&project, &environment.name, |open| {
        change = open.set(&key, value);
        Ok(change != Change::Same && !arguments.dry_run)
    })?;
    let declared = match project.key(key.as_str()) {
        Some(_) => "",
        None => " (not declared in envs/senex-env.toml: kept secret, not required)",
    };
    let class = match project.rule().class(&key) {
        Class::Secret => "",
        Class::Config => ", readable in the sealed file",
    };
    let done = match (change, arguments.dry_run) {
        (Change::Same, _) => "has this value already",
        (Change::Added, false) => "added",
        (Change::Changed, false) => "changed",
        (Change::Added, true) => "would be added",
        (Change::Changed, true) => "would be changed",
    };
    session.ui.note(format!("{key} {done} in {}{class}{declared}", environment.name));
    Ok(Exit::Ok)
}

fn value(arguments: &cli::Set, key: &KeyName, session: &Session<'_>) -> Result<Secret, Error> {
    let not_text = |_| Error::usage(format!("the value of `{key}` is not UTF-8 text")).hint(BINARY);
    if let Some(path) = &arguments.file {
        let mut bytes = file::read(path, LARGEST).map_err(|error| Error::io("cannot read", path, &error))?;
        return Secret::from_utf8(std::mem::take(&mut *bytes)).map_err(not_text);
    }
    if session.ui.can_prompt() {
        return session.ui.hidden_twice(&format!("value of {key}"));
    }
    let mut bytes = session.ui.input()?;
    if bytes.is_empty() {
        // More often a closed input than a wish: nothing is overwritten with nothing.
        return Err(Error::usage(format!("standard input is empty, so `{key}` gets no value"))
            .hint(format!("`echo | senex-env set {key}` gives it an empty one")));
    }
    if bytes.ends_with(b"\n") {
        bytes.pop();
        if bytes.ends_with(b"\r") {
            bytes.pop();
        }
    }
    Secret::from_utf8(std::mem::take(&mut *bytes)).map_err(not_text)
}

/// A value that its rules do not allow would be refused by `run` as well.
pub(super) fn refuse_broken(
    key: &Key,
    environment: &Environment,
    value: &Secret,
    project: &Project,
    session: &Session<'_>,
) -> Result<(), Error> {
    let mut broken = check::broken(key, &environment.name, value).into_iter();
    let Some(Broken { message, mut place, .. }) = broken.next() else { return Ok(()) };
    let line = project.source_line(&place);
    place.path = file::relative(&place.path, &session.context.directory);
    let error = Error::no(message).at(place, line).note("nothing was changed");
    let error = broken.fold(error, |error, broken| error.note(broken.message));
    Err(error
        .hint(format!("`senex-env set -e {} --force {}` sets it all the same", environment.name, key.name)))
}

/// A new key whose name is a slip away from a known one is a slip more often than a new key.
fn refuse_slips(key: &KeyName, project: &Project, file: Option<&SealedFile>) -> Result<(), Error> {
    let mut known: Vec<&str> = project.key_names().map(KeyName::as_str).collect();
    known.extend(file.into_iter().flat_map(|file| file.entries().map(|entry| entry.name.as_str())));
    if known.contains(&key.as_str()) {
        return Ok(());
    }
    match suggest::nearest(key.as_str(), known.iter().copied()) {
        Some(near) => Err(Error::usage(format!("there is no key `{key}`"))
            .did_you_mean(Some(near))
            .hint(format!("`senex-env set --new {key}` if it is a new one"))),
        None => Ok(()),
    }
}
