//! What is compared: the values of a file as it is, as a revision has it, or of a plaintext file.

use std::path::Path;

use super::super::hooks::worded;
use crate::cli;
use crate::desk::Session;
use crate::error::{self, Error};
use crate::exit::Exit;
use crate::git;
use crate::identity::Identities;
use crate::name::KeyName;
use crate::plaintext;
use crate::project::{Environment, Project};
use crate::sealed::{OpenFile, SealState, SealedFile};
use crate::secret::Secret;

/// One side of the comparison.
pub(super) struct Side {
    pub title: String,
    pub values: Vec<(KeyName, Secret)>,
}

impl Side {
    fn of(title: String, open: &OpenFile) -> Self {
        Self { title, values: open.pairs().map(|(key, value)| (key.clone(), value.duplicate())).collect() }
    }
}

/// The older side and the newer one.
pub(super) fn sides(
    arguments: &cli::Diff,
    env: Option<&str>,
    project: &Project,
    session: &Session<'_>,
) -> Result<(Side, Side), Error> {
    let (one, other) = match arguments.environments.as_slice() {
        [] => (session.environment(project, env)?, None),
        [new] => (session.environment(project, env)?, Some(session.environment(project, Some(new))?)),
        [old, new, ..] => {
            (session.environment(project, Some(old))?, Some(session.environment(project, Some(new))?))
        }
    };
    if other.is_some_and(|other| other.name == one.name) {
        return Err(Error::usage(format!("`{}` is on both sides", one.name))
            .hint("`senex-env diff OLD NEW` names two environments"));
    }
    for environment in [Some(one), other].into_iter().flatten().filter(|_| arguments.reveal) {
        session.confirm(environment, "show the values")?;
    }
    let mut identities = session.identities();
    if let Some(other) = other {
        let old = now(one, project, &mut identities, session)?;
        return Ok((old, now(other, project, &mut identities, session)?));
    }
    if let Some(path) = &arguments.file {
        let old = now(one, project, &mut identities, session)?;
        return Ok((old, plaintext(path, session)?));
    }
    let (old, new) = match arguments.rev.as_deref() {
        None => ("HEAD", None),
        Some(range) => match range.split_once("..") {
            Some((old, "")) => (old, None),
            Some((old, new)) => (old, Some(new)),
            None => (range, None),
        },
    };
    let old = at(one, if old.is_empty() { "HEAD" } else { old }, project, &mut identities, session)?;
    let new = match new {
        Some(revision) => at(one, revision, project, &mut identities, session)?,
        None => now(one, project, &mut identities, session)?,
    };
    Ok((old, new))
}

fn now(
    environment: &Environment,
    project: &Project,
    identities: &mut Identities<'_>,
    session: &Session<'_>,
) -> Result<Side, Error> {
    let file = session.read_existing(project, &environment.name)?;
    let open = session.open(project, &environment.name, file, identities)?;
    Ok(Side::of(environment.name.to_string(), &open))
}

fn at(
    environment: &Environment,
    revision: &str,
    project: &Project,
    identities: &mut Identities<'_>,
    session: &Session<'_>,
) -> Result<Side, Error> {
    let name = &environment.name;
    let bytes = git::at_revision(&project.sealed_file(name), revision).map_err(worded)?;
    let title = format!("{name} at {revision}");
    let Some(bytes) = bytes else { return Ok(Side { title, values: Vec::new() }) };
    let shown = session.shown(project, name);
    let wrong = |error| error::sealed(&error, &shown, name).note(format!("as it is in {revision}"));
    let file = SealedFile::parse(&bytes).map_err(wrong)?;
    let data_key = session.unlock(project, name, &file, identities)?;
    let open = file.open_unsealed(data_key).map_err(wrong)?;
    if open.seal_state(&project.binding(name)) != SealState::Good {
        session.ui.warning(format!("{} is not sealed in {revision}", shown.display()));
    }
    Ok(Side::of(title, &open))
}

fn plaintext(path: &Path, session: &Session<'_>) -> Result<Side, Error> {
    let bytes = session.plaintext(path)?;
    let shown = if path == Path::new("-") { "standard input".to_owned() } else { path.display().to_string() };
    let imported = plaintext::import(&bytes, Some(plaintext::Reader::Compose)).map_err(|error| {
        Error::new(Exit::No, format!("{shown} cannot be read as compose reads it: {error}"))
    })?;
    let values = imported.entries.into_iter().map(|entry| (entry.name, entry.value)).collect();
    Ok(Side { title: shown, values })
}
