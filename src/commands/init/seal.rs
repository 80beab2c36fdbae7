//! The first sealed files, and what becomes of the plaintext.

use std::path::{Path, PathBuf};

use super::gather::Gathered;
use crate::cli;
use crate::desk::changes::Changes;
use crate::desk::value::put_all;
use crate::desk::{At, Session};
use crate::error::Error;
use crate::git;
use crate::plaintext::Imported;
use crate::project::{FILE, Project};
use crate::words;

/// Values go into new files alone.
pub(super) fn refuse_sealed(
    project: &Project,
    environments: &[Gathered],
    session: &Session<'_>,
) -> Result<(), Error> {
    let is_there = |environment: &&Gathered| {
        !environment.taken.is_empty() && project.sealed_file(&environment.name).exists()
    };
    let Some(environment) = environments.iter().find(is_there) else { return Ok(()) };
    let name = &environment.name;
    let shown = At::new(session, project, name).shown();
    let plaintext = session.relative(&project.root.join(&environment.taken[0].path));
    Err(Error::no(format!("{} already exists, but no project file says who may open it", shown.display()))
        .hint(format!(
            "put {0} elsewhere, then `senex-env init`, then `senex-env import -e {name} FILE` with its new path",
            plaintext.display()
        )))
}

/// Writes the project file, what is generated from it, and a sealed file for each environment that has
/// values: all of them or none.
pub(super) fn write(
    project: &Project,
    text: &str,
    environments: Vec<Gathered>,
    session: &Session<'_>,
) -> Result<(), Error> {
    let folder = project.folder();
    let shown = session.relative(&folder);
    std::fs::create_dir_all(&folder).map_err(|error| Error::io("cannot make", &shown, &error))?;
    let _lock = session.lock(project)?;
    if project.file().exists() {
        return Err(Error::no("another senex-env created the project at the same time")
            .hint("`senex-env init` says what is still to be done"));
    }
    let mut changes = Changes::new(session);
    changes.project(project, text.to_owned())?;
    let mut sealed: Vec<String> = Vec::new();
    // Compose starts without any value, so `run` must as well: the file of the default environment may be empty.
    let is_default = |environment: &Gathered| project.default.as_ref() == Some(&environment.name);
    let starts = |it: &Gathered| !it.taken.is_empty() || is_default(it) && it.project().is_some();
    for environment in environments.into_iter().filter(starts) {
        let at = At::new(session, project, &environment.name);
        let mut open = at.fresh(&mut session.identities())?.open;
        for file in environment.taken {
            put_all(&mut open, &environment.name, file.imported)?;
        }
        changes.sealed(at, &open)?;
        sealed.push(at.shown().display().to_string());
    }
    changes.write(project)?;
    session.ui.note(format!("wrote {}", shown.join(FILE).display()));
    if !sealed.is_empty() {
        session.ui.note(format!("sealed {}", words::list(&sealed)));
    }
    Ok(())
}

/// What became of the plaintext.
#[derive(Default)]
pub(super) struct Plain {
    /// Files that are still there, although all they hold is sealed.
    pub left: Vec<PathBuf>,
    /// Files that are gone, but not yet for git.
    pub to_commit: Vec<PathBuf>,
}

/// The files of which everything is sealed, wherever it is read.
pub(super) fn taken(root: &Path, environments: &[Gathered]) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = Vec::new();
    for file in environments.iter().flat_map(|environment| &environment.taken) {
        let path = root.join(&file.path);
        let is_read_elsewhere =
            environments.iter().any(|other| other.left.iter().any(|(left, _)| *left == file.path));
        let Imported { left_out, doubts, .. } = &file.imported;
        let is_whole = file.dropped.is_empty() && left_out.is_empty() && doubts.is_empty();
        if is_whole && !is_read_elsewhere && !files.contains(&path) {
            files.push(path);
        }
    }
    files
}

/// Removes the plaintext if that is asked for, and git does not lose the sealed values.
pub(super) fn remove_plaintext(
    project: &Project,
    files: Vec<PathBuf>,
    arguments: &cli::Init,
    session: &Session<'_>,
) -> Result<Plain, Error> {
    let shown = |path: &Path| session.relative(path);
    let mut plain = Plain::default();
    let ignored: Vec<String> = project
        .environments
        .iter()
        .filter(|environment| git::is_ignored(&project.sealed_file(&environment.name)))
        .map(|environment| At::new(session, project, &environment.name).shown().display().to_string())
        .collect();
    if !ignored.is_empty() {
        session.ui.warning(format!(
            "git ignores {}: the plaintext stays until it does not (`git check-ignore -v {}` says why)",
            words::list(&ignored),
            ignored[0]
        ));
        return Ok(plain);
    }
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
        let was_tracked = git::is_in_git(&path);
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
