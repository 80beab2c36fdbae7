//! What is compared: the values of a file as it is, as a revision has it, or of a plaintext file.

use std::path::Path;

use crate::cli;
use crate::desk::{At, Session};
use crate::error::{self, Error};
use crate::exit::Exit;
use crate::git;
use crate::identity::Identities;
use crate::name::KeyName;
use crate::plaintext;
use crate::project::Project;
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
    let meant = |given| At::meant(session, project, given);
    let (one, other) = match arguments.environments.as_slice() {
        [] => (meant(env)?, None),
        [new] => (meant(env)?, Some(meant(Some(new))?)),
        [old, new, ..] => (meant(Some(old))?, Some(meant(Some(new))?)),
    };
    if other.is_some_and(|other| other.name == one.name) {
        return Err(Error::usage(format!("both sides are `{}`", one.name))
            .hint("`senex-env diff OLD NEW` names two environments"));
    }
    for at in [Some(one), other].into_iter().flatten().filter(|_| arguments.reveal) {
        at.confirm("show the values")?;
    }
    let mut identities = session.identities();
    if let Some(other) = other {
        return Ok((now(one, &mut identities)?, now(other, &mut identities)?));
    }
    if let Some(path) = &arguments.file {
        return Ok((now(one, &mut identities)?, plaintext(path, session)?));
    }
    let (old, new) = match arguments.rev.as_deref() {
        None => ("HEAD", None),
        Some(range) => match range.split_once("..") {
            Some((old, "")) => (old, None),
            Some((old, new)) => (old, Some(new)),
            None => (range, None),
        },
    };
    let old = then(one, if old.is_empty() { "HEAD" } else { old }, &mut identities)?;
    let new = match new {
        Some(revision) => then(one, revision, &mut identities)?,
        None => now(one, &mut identities)?,
    };
    Ok((old, new))
}

fn now(at: At<'_>, identities: &mut Identities<'_>) -> Result<Side, Error> {
    Ok(Side::of(at.name.to_string(), &at.open_existing(identities)?))
}

fn then(at: At<'_>, revision: &str, identities: &mut Identities<'_>) -> Result<Side, Error> {
    let name = at.name;
    let bytes = git::at_revision(&at.path(), revision).map_err(error::git)?;
    let title = format!("{name} at {revision}");
    let Some(bytes) = bytes else { return Ok(Side { title, values: Vec::new() }) };
    let wrong = |error| at.worded(&error).note(format!("as of {revision}"));
    let file = SealedFile::parse(&bytes).map_err(wrong)?;
    let data_key = at.unlock(&file, identities)?;
    let open = file.open_unsealed(data_key).map_err(wrong)?;
    if open.seal_state(&at.binding()) != SealState::Good {
        at.session.ui.warning(format!("{} is not sealed in {revision}", at.shown().display()));
    }
    Ok(Side::of(title, &open))
}

fn plaintext(path: &Path, session: &Session<'_>) -> Result<Side, Error> {
    let bytes = session.plaintext(path)?;
    let shown = if path == Path::new("-") { "standard input".to_owned() } else { path.display().to_string() };
    let imported = plaintext::import_whole(&bytes, plaintext::Reader::Compose).map_err(|error| {
        Error::new(Exit::No, format!("{shown} cannot be parsed the way compose parses it: {error}"))
    })?;
    let values = imported.entries.into_iter().map(|entry| (entry.name, entry.value)).collect();
    Ok(Side { title: shown, values })
}
