//! The first sealed files, and what becomes of the plaintext.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::plaintext::Plaintext;
use crate::cli;
use crate::desk::changes::Changes;
use crate::desk::value::put_all;
use crate::desk::{At, Session};
use crate::error::Error;
use crate::git;
use crate::name::EnvName;
use crate::project::{FILE, Project};
use crate::sealed::OpenFile;
use crate::words;

/// Values go into new files alone.
pub(super) fn refuse_sealed(
    project: &Project,
    plaintext: &[Plaintext],
    session: &Session<'_>,
) -> Result<(), Error> {
    match plaintext.iter().find(|file| project.sealed_file(&file.environment).exists()) {
        None => Ok(()),
        Some(Plaintext { path, environment, .. }) => {
            let shown = session.relative(path);
            Err(Error::no(format!("envs/{environment}.env is there already")).hint(format!(
                "put {0} elsewhere, `senex-env init`, then `senex-env import -e {environment}` it",
                shown.display()
            )))
        }
    }
}

/// Writes the project file, what is generated from it, and a sealed file for each environment that has
/// values: all of them or none.
pub(super) fn write(
    project: &Project,
    text: &str,
    plaintext: Vec<Plaintext>,
    session: &Session<'_>,
) -> Result<(), Error> {
    let folder = project.folder();
    let shown = session.relative(&folder);
    std::fs::create_dir_all(&folder).map_err(|error| Error::io("cannot make", &shown, &error))?;
    let _lock = session.lock(project)?;
    if project.file().exists() {
        return Err(Error::no("the project was started by somebody else meanwhile"));
    }
    let mut changes = Changes::new(session);
    changes.project(project, text.to_owned())?;
    let mut opened: BTreeMap<EnvName, OpenFile> = BTreeMap::new();
    for Plaintext { environment, imported, .. } in plaintext {
        let mut open = match opened.remove(&environment) {
            Some(open) => open,
            None => At::new(session, project, &environment).fresh()?.0,
        };
        put_all(&mut open, &environment, imported)?;
        opened.insert(environment, open);
    }
    for (environment, open) in &opened {
        changes.sealed(At::new(session, project, environment), open)?;
    }
    changes.write(project)?;
    session.ui.note(format!("wrote {}", shown.join(FILE).display()));
    let sealed: Vec<String> = opened
        .keys()
        .map(|environment| At::new(session, project, environment).shown().display().to_string())
        .collect();
    if !sealed.is_empty() {
        session.ui.note(format!("sealed {}", words::list(&sealed)));
    }
    Ok(())
}

/// What became of the plaintext.
#[derive(Default)]
pub(super) struct Plain {
    /// Files that are still there.
    pub left: Vec<PathBuf>,
    /// Files that are gone, but not yet for git.
    pub to_commit: Vec<PathBuf>,
}

/// Removes the plaintext if that is asked for.
pub(super) fn remove_plaintext(
    files: Vec<PathBuf>,
    arguments: &cli::Init,
    session: &Session<'_>,
) -> Result<Plain, Error> {
    let shown = |path: &Path| session.relative(path);
    let mut plain = Plain::default();
    if files.is_empty() {
        return Ok(plain);
    }
    let names: Vec<String> = files.iter().map(|path| format!("`{}`", shown(path).display())).collect();
    // `-y` says yes to the sealing, not to a removal.
    let asks = session.ui.can_prompt() && !session.ui.yes;
    let question = format!("remove the plaintext {}", words::list(&names));
    let wanted = arguments.remove_plaintext || asks && session.ui.confirm(&question).is_ok();
    if !wanted {
        plain.left = files;
        return Ok(plain);
    }
    for path in files {
        let was_tracked = git::tracking(&path).is_some_and(|tracking| tracking.is_tracked);
        std::fs::remove_file(&path).map_err(|error| Error::io("cannot remove", &shown(&path), &error))?;
        session.ui.note(format!("removed {}", shown(&path).display()));
        if was_tracked {
            session.ui.warning(format!(
                "git keeps {} in its history, for everybody who has the repository: change its values (`senex-env rotate KEY`)",
                shown(&path).display()
            ));
            plain.to_commit.push(path);
        }
    }
    Ok(plain)
}
