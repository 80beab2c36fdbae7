//! `push swarm`, `push podman`: the secrets of an environment into the store of a container engine.

mod mounts;
mod rollback;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::cli;
use crate::desk::{At, Session, known_key};
use crate::error::Error;
use crate::exit::Exit;
use crate::name::KeyName;
use crate::push::{Plan, Scope, Set, Step, Store, StoreError, Version, Versions, Wanted, stale};
use crate::sealed::{Class, OpenFile};
use crate::secret::Secret;
use crate::ui::{style, styled};
use crate::{file, push, words};

pub(super) fn run(arguments: &cli::Push, env: Option<&str>, session: &Session<'_>) -> Result<Exit, Error> {
    let project = session.project()?;
    let at = At::meant(session, &project, env)?;
    let destination = Destination::new(arguments, at)?;
    if let Some(to) = arguments.rollback {
        return rollback::run(to, &destination, arguments.dry_run, session);
    }
    let file = at.read_existing()?;
    at.refuse_missing(&file)?;
    let names: BTreeSet<KeyName> =
        project.key_names().chain(file.entries().map(|entry| entry.name)).cloned().collect();
    let chosen = arguments
        .keys
        .iter()
        .map(|given| known_key(given, at.name, names.iter()))
        .collect::<Result<BTreeSet<_>, _>>()?;
    let open = at.open(file, &mut session.identities())?;
    at.refuse_broken(&open)?;
    let secret = |name: &KeyName| project.rule().class(name) == Class::Secret;
    let pushed = names
        .iter()
        .filter(|name| if chosen.is_empty() { secret(name) } else { chosen.contains(name.as_str()) });
    let wanted = wanted(&destination, at, &open, pushed)?;
    let present = destination.store.versions(&destination.scope).map_err(failed)?;
    let others = names.iter().filter(|name| !wanted.iter().any(|wanted| wanted.key == *name)).collect();
    let plan = Plan::new(&destination.scope, &present, &wanted, &others)
        .map_err(|error| Error::usage(error.to_string()).hint("`--prefix` makes the names shorter"))?;
    if arguments.dry_run {
        say(&plan, &wanted, &destination, "would be pushed", session);
        if arguments.prune {
            prune(&destination, &present, &plan, Doing::Telling, session)?;
        }
        return Ok(Exit::Ok);
    }
    let present = if plan.count(Step::Unchanged) == plan.steps.len() {
        present
    } else {
        at.confirm("push the secrets")?;
        make(&destination, &plan, &wanted)?
    };
    say(&plan, &wanted, &destination, "pushed", session);
    destination.write(&plan.set(&present), session)?;
    if arguments.prune {
        prune(&destination, &present, &plan, Doing::Removing, session)?;
    }
    Ok(Exit::Ok)
}

/// Where the secrets go, and the compose file that names them.
struct Destination {
    store: &'static dyn Store,
    scope: Scope,
    /// What the services read, where the compose file must say so.
    mounts: Vec<push::Mount>,
    /// As given; `-` is standard output.
    output: Option<PathBuf>,
}

impl Destination {
    fn new(arguments: &cli::Push, at: At<'_>) -> Result<Self, Error> {
        let At { session, project, name } = at;
        let scope = Scope::of(&project.name, name, arguments.prefix.as_deref())
            .map_err(|error| Error::usage(error.to_string()).hint("`--prefix` gives another beginning"))?;
        let standard = || arguments.rollback.is_some().then(|| PathBuf::from("-"));
        let output = arguments.output.clone().or_else(standard);
        let store = arguments.engine.store();
        let mut mounts = Vec::new();
        if store.about().names_services && output.is_some() {
            let given: Vec<PathBuf> = match arguments.files.as_slice() {
                [] => at.compose().map(|path| project.root.join(path)).collect(),
                given => given.iter().map(|path| session.context.directory.join(path)).collect(),
            };
            mounts = mounts::read(given, output.as_deref(), session)?;
        }
        Ok(Self { store, scope, mounts, output })
    }

    /// Writes the compose file.
    fn write(&self, set: &Set<'_>, session: &Session<'_>) -> Result<(), Error> {
        let Some(path) = &self.output else { return Ok(()) };
        let text = (self.store.about().compose)(set, &self.mounts);
        let text = format!("# Made by `senex-env push`: names of secrets, no values.\n{text}");
        if path == Path::new("-") {
            return session.ui.exact(text.as_bytes());
        }
        file::replace(&session.context.directory.join(path), text.as_bytes(), 0o644)
            .map_err(|error| Error::io("cannot write", path, &error))?;
        session.ui.note(format!("{} names them", path.display()));
        Ok(())
    }
}

/// What the sealed file has for these keys, each small enough for an engine.
fn wanted<'a>(
    destination: &Destination,
    at: At<'_>,
    open: &'a OpenFile,
    keys: impl Iterator<Item = &'a KeyName>,
) -> Result<Vec<Wanted<'a>>, Error> {
    let binding = at.binding();
    let largest = destination.store.about().largest;
    let empty = Secret::new(String::new());
    keys.map(|key| {
        let value = open.get(key).filter(|value| !value.is_empty());
        if let Some(value) = value.filter(|value| value.len() > largest) {
            return Err(Error::usage(format!(
                "`{key}` has {} bytes, and engines keep secrets of at most {largest}",
                value.len()
            ))
            .note("nothing was pushed"));
        }
        Ok(Wanted { key, value, fingerprint: open.fingerprint(&binding, key, value.unwrap_or(&empty)) })
    })
    .collect()
}

/// Makes every new version, or none; and looks what the engine has then.
fn make(destination: &Destination, plan: &Plan, wanted: &[Wanted<'_>]) -> Result<Versions, Error> {
    let Destination { store, scope, .. } = destination;
    let mut made: Vec<&Version> = Vec::new();
    for ((step, version), Wanted { value, .. }) in plan.steps.iter().zip(wanted) {
        if *step == Step::Unchanged {
            continue;
        }
        let bytes = value.map_or(store.about().empty, |value| value.expose().as_bytes());
        if let Err(error) = store.create(scope, version, bytes) {
            let undone = made.into_iter().all(|version| store.remove(version).is_ok());
            let outcome = if undone { "nothing was pushed" } else { "some versions were made: push again" };
            return Err(failed(error).note(outcome));
        }
        made.push(version);
    }
    let present = store.versions(scope).map_err(failed)?;
    if plan.is_whole(&present) {
        return Ok(present);
    }
    let number = plan.number;
    Err(Error::no(format!(
        "somebody else pushed to {} at the same time, as version {number} too",
        scope.prefix()
    ))
    .hint("push again: it makes a version of its own"))
}

/// What `--prune` does.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Doing {
    Removing,
    /// `--dry-run`.
    Telling,
}

/// Removes what nobody needs.
fn prune(
    destination: &Destination,
    present: &Versions,
    plan: &Plan,
    doing: Doing,
    session: &Session<'_>,
) -> Result<(), Error> {
    let in_use = destination.store.in_use().map_err(failed)?;
    let stale = stale(present, plan, &in_use);
    for version in &stale {
        match doing {
            Doing::Telling => session.ui.note(format!("{} would be removed", version.name)),
            Doing::Removing => {
                destination.store.remove(version).map_err(failed)?;
                session.ui.note(format!("removed {}", version.name));
            }
        }
    }
    if stale.is_empty() {
        session.ui.note("no version to remove");
    }
    Ok(())
}

/// A line a key, and a sum.
fn say(plan: &Plan, wanted: &[Wanted<'_>], destination: &Destination, done: &str, session: &Session<'_>) {
    let width = plan.steps.iter().map(|(_, version)| version.key.as_str().len()).max().unwrap_or(0);
    for ((step, Version { key, number, .. }), Wanted { value, .. }) in plan.steps.iter().zip(wanted) {
        let step = match step {
            Step::New => styled(style::GOOD, "new"),
            Step::Changed => styled(style::WARNING, "changed"),
            Step::Unchanged => styled(style::DIM, "unchanged"),
        };
        let empty = if value.is_none() { ", empty" } else { "" };
        session.ui.note(format!("{:<width$}  v{number:<3}  {step}{empty}", key.as_str()));
    }
    let to = destination.store.about().title;
    let (scope, number) = (destination.scope.prefix(), plan.number);
    let unchanged = plan.count(Step::Unchanged);
    session.ui.note(match plan.steps.len() - unchanged {
        0 => format!("nothing to push: {to} has {scope} as it is, in version {number}"),
        moving => {
            let moving = words::count(moving, "secret");
            format!("{moving} {done} to {to} as {scope}, version {number}; {unchanged} unchanged")
        }
    });
}

/// Words what an engine did not do. Why, it has said itself.
fn failed(error: StoreError) -> Error {
    let worded = Error::new(Exit::Io, error.to_string());
    match &error {
        StoreError::Start { program, .. } => worded.hint(format!("`{program} version` must work here")),
        StoreError::Failed { .. } => worded.note("its own words stand above"),
        StoreError::Unexpected { .. } => worded,
    }
}
