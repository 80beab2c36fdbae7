//! `set KEY`: give a key a value, from the terminal, standard input or a file.

use crate::cli;
use crate::desk::{At, NewValue, Session, key_name};
use crate::error::Error;
use crate::exit::Exit;
use crate::name::KeyName;
use crate::sealed::{Change, Class, SealedFile};
use crate::suggest;

pub(super) fn run(arguments: &cli::Set, env: Option<&str>, session: &Session<'_>) -> Result<Exit, Error> {
    let project = session.project()?;
    let at = At::meant(session, &project, env)?;
    let key = key_name(&arguments.key, Some(at.name))?;
    let file = at.read()?;
    if !arguments.new {
        refuse_slips(&key, at, file.as_ref())?;
    }
    at.confirm(&format!("change {key}"))?;
    let value = value(arguments, &key, at)?;
    if !arguments.force
        && let Some(declared) = project.key(key.as_str())
    {
        at.refuse_value(declared, &value)?;
    }
    let mut change = Change::Same;
    at.update(|open| {
        change = value.put(open, &key);
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
        (Change::Same, _) => "already has this value",
        (Change::Added, false) => "added",
        (Change::Changed, false) => "changed",
        (Change::Added, true) => "would be added",
        (Change::Changed, true) => "would be changed",
    };
    session.ui.note(format!("{key} {done} in {}{class}{declared}", at.name));
    Ok(Exit::Ok)
}

fn value(arguments: &cli::Set, key: &KeyName, at: At<'_>) -> Result<NewValue, Error> {
    if let Some(path) = &arguments.file {
        return at.slot(key).file(path);
    }
    at.slot(key).person("value", at.session)?.ok_or_else(|| {
        // More often a closed input than a wish: nothing is overwritten with nothing.
        Error::usage(format!("standard input is empty, so there is no value for `{key}`"))
            .hint(format!("`echo | senex-env set -e {} {key}` sets an empty one", at.name))
    })
}

/// A new key whose name is a slip away from a known one is a slip more often than a new key.
fn refuse_slips(key: &KeyName, at: At<'_>, file: Option<&SealedFile>) -> Result<(), Error> {
    let mut known: Vec<&str> = at.project.key_names().map(KeyName::as_str).collect();
    known.extend(file.into_iter().flat_map(|file| file.entries().map(|entry| entry.name.as_str())));
    if known.contains(&key.as_str()) {
        return Ok(());
    }
    match suggest::nearest(key.as_str(), known.iter().copied()) {
        Some(near) => Err(Error::usage(format!("there is no key `{key}`"))
            .did_you_mean(Some(near))
            .hint(format!("`senex-env set -e {} --new {key}` if it is a new key", at.name))),
        None => Ok(()),
    }
}
