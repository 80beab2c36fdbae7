//! `init` where a project is: what an earlier one was kept from doing is done now.

use std::path::{Path, PathBuf};

use super::environments::Listing;
use super::for_git::write_for_git;
use super::plaintext::Place;
use super::{plaintext, seal, shown};
use crate::cli;
use crate::desk::{At, Session, hooks};
use crate::error::{self, Error};
use crate::exit::Exit;
use crate::git::{self, Lacking};
use crate::identity::Identities;
use crate::name::EnvName;
use crate::plaintext::Doubt;
use crate::project::{FOLDER, Project};
use crate::sealed::OpenFile;
use crate::transaction::{self, Recovered};
use crate::words;

/// Finishes or undoes what was interrupted while it was written, before anything is asked.
pub(super) fn recover(root: &Path, session: &Session<'_>) -> Result<(), Error> {
    let folder = &root.join(FOLDER);
    if !transaction::is_interrupted(folder) {
        return Ok(());
    }
    let shown = session.relative(folder);
    let failed = |error: std::io::Error| Error::io("cannot finish an interrupted `init` in", &shown, &error);
    let _lock = session.lock_files(root, "waiting for another senex-env")?;
    match transaction::recover(folder).map_err(failed)? {
        Recovered::Finished => session.ui.note("an interrupted `init` was finished first"),
        Recovered::Undone | Recovered::Nothing => {}
    }
    Ok(())
}

/// What is still to be done.
struct Rest {
    git: Vec<Lacking>,
    hooks: bool,
    /// Plaintext of which everything is sealed.
    plaintext: Vec<PathBuf>,
}

pub(super) fn run(root: &Path, arguments: &cli::Init, session: &Session<'_>) -> Result<Exit, Error> {
    let directory = &session.context.directory;
    let project = Project::load(root).map_err(|error| error.seen_from(directory))?;
    let rest = Rest::of(&project, arguments, session)?;
    if rest.git.is_empty() && !rest.hooks && rest.plaintext.is_empty() {
        return Err(exists(&project, session));
    }
    let doing = rest.told(session);
    if !doing.is_empty() {
        if arguments.dry_run {
            session.ui.line(format!("would {}", words::list(&doing)))?;
        } else {
            session.ui.note("the project exists already; an earlier `init` was interrupted");
            session.ui.confirm(&words::list(&doing))?;
            write_for_git(&rest.git, session)?;
            if rest.hooks {
                hooks::install(&project, session)?;
            }
        }
    }
    if arguments.dry_run {
        for path in &rest.plaintext {
            let shown = session.relative(path);
            session.ui.line(format!("{} is plaintext, and every value in it is sealed", shown.display()))?;
        }
        return Ok(Exit::Ok);
    }
    let plain = seal::remove_plaintext(&project, rest.plaintext, arguments, session)?;
    session.ui.notes(shown::next(&project, &plain, session).lines());
    Ok(Exit::Ok)
}

fn exists(project: &Project, session: &Session<'_>) -> Error {
    let shown = session.relative(&project.file());
    let error = Error::no(format!("{} already exists", shown.display()))
        .hint("`senex-env check` shows what it asks for");
    if session.context.directory == project.root {
        return error;
    }
    error.hint("`senex-env init --here` starts another project, in this folder")
}

impl Rest {
    fn of(project: &Project, arguments: &cli::Init, session: &Session<'_>) -> Result<Self, Error> {
        let is_git = git::top(&project.root).is_some();
        let with_hooks = is_git && !arguments.no_hooks;
        let is_incomplete = || -> Result<bool, Error> {
            Ok(!hooks::setup(project)?.status().map_err(error::git)?.is_installed())
        };
        let plaintext = sealed_plaintext(project, session)?;
        let in_the_clear: Vec<String> = plaintext
            .iter()
            .filter_map(|path| path.strip_prefix(&project.root).ok())
            .map(|path| path.to_string_lossy().into_owned())
            .collect();
        Ok(Self {
            git: git::lacking(&project.root, &in_the_clear, &project.files_for_git()).map_err(error::git)?,
            // Hooks that cannot be installed are no reason to begin again.
            hooks: with_hooks && is_incomplete().unwrap_or(false),
            plaintext,
        })
    }

    /// What would be done before the plaintext goes.
    fn told(&self, session: &Session<'_>) -> Vec<String> {
        let written =
            self.git.iter().map(|lacking| format!("write {}", session.relative(&lacking.path).display()));
        written.chain(self.hooks.then(|| "install the git hooks".to_owned())).collect()
    }
}

/// Plaintext files of the environments whose values are sealed, every one as it stands there.
fn sealed_plaintext(project: &Project, session: &Session<'_>) -> Result<Vec<PathBuf>, Error> {
    let shown = session.relative(&project.root);
    let listing = Listing::of(&project.root).map_err(|error| Error::io("cannot list", &shown, &error))?;
    let names: Vec<EnvName> =
        project.environments.iter().map(|environment| environment.name.clone()).collect();
    let mut identities = session.identities();
    let place = Place { root: &project.root, session, asks: false };
    let mut sealed = Vec::new();
    for (environment, found) in project.environments.iter().zip(listing.given(&names)) {
        let replaced = environment.replaces.iter().map(|replaced| replaced.file.clone());
        let mut files: Vec<PathBuf> = found.plaintext.into_iter().chain(replaced).collect();
        files.retain(|file| project.root.join(file).is_file());
        files.dedup();
        if files.is_empty() {
            continue;
        }
        let Some(open) = open(project, &environment.name, session, &mut identities) else { continue };
        let whole = files.into_iter().map(|file| project.root.join(file));
        sealed.extend(
            whole.filter(|path| !sealed.contains(path) && is_sealed(path, &open, place)).collect::<Vec<_>>(),
        );
    }
    Ok(sealed)
}

/// `None` where there is no file, or no identity that opens it.
fn open(
    project: &Project,
    environment: &EnvName,
    session: &Session<'_>,
    identities: &mut Identities<'_>,
) -> Option<OpenFile> {
    let at = At::new(session, project, environment);
    at.open(at.read().ok()??, identities).ok()
}

fn is_sealed(path: &Path, open: &OpenFile, place: Place<'_>) -> bool {
    let Ok(Some(Ok(imported))) = plaintext::read(path, place) else { return false };
    let is_settled = |doubt: &Doubt| open.get(&doubt.name).is_some_and(|value| doubt.allows(value));
    imported.left_out.is_empty()
        && imported.doubts.iter().all(is_settled)
        && imported
            .entries
            .iter()
            .all(|entry| open.get(&entry.name).is_some_and(|value| value.same_as(&entry.value)))
}
