//! Which compose files a command is about: those that it would load without us, but for an environment that
//! lists others.

use std::path::{Path, PathBuf};

use super::values::Values;
use crate::desk::At;
use crate::error::Error;
use crate::file;
use crate::invocation::discovery::{Found, is_override};
use crate::invocation::{Invocation, OwnEnvFile};
use crate::plaintext::{Reader, file_values};
use crate::project::Project;
use crate::words;

/// See the module.
#[derive(Default)]
pub(super) struct Files {
    /// To be added by `-f`, as the user would type them.
    pub add: Vec<PathBuf>,
    /// The same as [`Self::loaded`], as the user would type them.
    pub explicit: Vec<PathBuf>,
    /// What the tool will load, absolute.
    pub loaded: Vec<PathBuf>,
}

/// The compose files of an environment, links followed where they exist.
pub(super) fn compose_files(at: At<'_>) -> Vec<PathBuf> {
    let absolute = at.compose().map(|file| at.project.root.join(file));
    absolute.map(|path| path.canonicalize().unwrap_or(path)).collect()
}

impl Files {
    /// What the command is about. `is_named`: the environment is, by `-e`.
    ///
    /// # Errors
    /// When it would take away what belongs to another project than the environment's.
    pub(super) fn choose(
        at: At<'_>,
        invocation: &Invocation,
        is_named: bool,
        values: &Values<'_>,
    ) -> Result<Self, Error> {
        let named: Vec<PathBuf> = invocation.files().iter().map(|file| file.path.clone()).collect();
        if !invocation.front_end().is_compose() || invocation.gives_files() || !named.is_empty() {
            return Ok(Self::untouched(invocation, named));
        }
        let listed = compose_files(at);
        let found = invocation.found_files();
        if let Some(found) =
            found.as_ref().filter(|found| !is_named && is_another(at, invocation, found, &listed))
        {
            say_whose(at, invocation, found, &listed)?;
            return Ok(Self::untouched(invocation, found.files.clone()));
        }
        if let Some(files) = of_compose_file(at, invocation, values) {
            return Ok(files);
        }
        if listed.is_empty()
            || found.as_ref().is_some_and(|found| is_default(at) && matches(&found.files, &listed))
        {
            return Ok(Self::untouched(invocation, found.map(|found| found.files).unwrap_or_default()));
        }
        let at_root = invocation.found_in(&at.project.root);
        if is_default(at) && matches(&at_root, &listed) {
            return Ok(Self::added(invocation, at_root));
        }
        // A list may name an override that a machine does not have.
        let there = listed.into_iter().filter(|file| !is_override(file) || file.exists());
        Ok(Self::added(invocation, there.collect()))
    }

    /// The folders outside of which no compose file is read: the repository, and where files are that the user named
    /// or the tool found. What the project file lists is in the repository.
    pub(super) fn bounds(&self, project: &Project) -> Vec<PathBuf> {
        let own = if self.add.is_empty() { self.loaded.as_slice() } else { &[] };
        let folders = own.iter().filter_map(|file| file.parent()).map(Path::to_owned);
        folders.chain([project.repository().to_owned()]).collect()
    }

    fn untouched(invocation: &Invocation, loaded: Vec<PathBuf>) -> Self {
        let explicit = relative(invocation, &loaded);
        Self { add: Vec::new(), explicit, loaded }
    }

    fn added(invocation: &Invocation, loaded: Vec<PathBuf>) -> Self {
        let explicit = relative(invocation, &loaded);
        Self { add: explicit.clone(), explicit, loaded }
    }
}

fn relative(invocation: &Invocation, files: &[PathBuf]) -> Vec<PathBuf> {
    files.iter().map(|path| file::relative(path, invocation.cwd())).collect()
}

/// The environment that is meant when nobody says which.
fn is_default(at: At<'_>) -> bool {
    match &at.project.default {
        Some(name) => name == at.name,
        None => at.project.environments.len() == 1,
    }
}

/// A tool that finds these files by itself finds what the environment lists: the same files but for overrides,
/// which are the machine's, and none of its overrides is left out.
fn matches(found: &[PathBuf], listed: &[PathBuf]) -> bool {
    let real = |path: &PathBuf| path.canonicalize().unwrap_or_else(|_| path.clone());
    let found: Vec<PathBuf> = found.iter().map(real).collect();
    let plain = |files: &[PathBuf]| -> Vec<PathBuf> {
        files.iter().filter(|file| !is_override(file)).cloned().collect()
    };
    let overrides = listed.iter().filter(|file| is_override(file) && file.exists());
    !found.is_empty()
        && plain(&found) == plain(listed)
        && overrides.into_iter().all(|file| found.contains(file))
}

/// The tool finds a project that has a folder of its own, and the environment lists none of its files.
fn is_another(at: At<'_>, invocation: &Invocation, found: &Found, listed: &[PathBuf]) -> bool {
    let root = at.project.root.canonicalize().unwrap_or_else(|_| at.project.root.clone());
    let is_apart = found.folder.starts_with(&root) || invocation.project_directory().is_some();
    let is_ours = |file: &PathBuf| listed.contains(&file.canonicalize().unwrap_or_else(|_| file.clone()));
    is_apart && found.folder != root && !listed.is_empty() && !found.files.iter().any(is_ours)
}

/// Nothing is added to a project that is not the environment's; nor is it taken down by mistake.
fn say_whose(at: At<'_>, invocation: &Invocation, found: &Found, listed: &[PathBuf]) -> Result<(), Error> {
    let shown = |files: &[PathBuf]| -> Vec<String> {
        files.iter().map(|path| at.session.relative(path).display().to_string()).collect()
    };
    let (theirs, ours) = (words::list(&shown(&found.files)), words::list(&shown(listed)));
    let name = at.name;
    if !invocation.is_destructive() {
        at.session.ui.note(format!(
            "{theirs} was found here but does not belong to `{name}`, so no compose file was added (`-e \
             {name}` uses {ours})"
        ));
        return Ok(());
    }
    let command = invocation.subcommand().unwrap_or_default().to_string_lossy();
    Err(Error::usage(format!("`{command}` would apply to {theirs}, which does not belong to `{name}`"))
        .hint(format!("`senex-env run -e {name} -- …` uses {ours}"))
        .hint(format!("`-f {}` before `{command}` uses the file found here", shown(&found.files)[0])))
}

/// `COMPOSE_FILE` in an env file, for a tool that heeds it there: a sealed one is meant from the root, as one in
/// the `.env` there was; that of a `.env` is left to the tool. Another tool goes by what it finds.
fn of_compose_file(at: At<'_>, invocation: &Invocation, values: &Values<'_>) -> Option<Files> {
    let root = &at.project.root;
    if let Some(list) = values.get("COMPOSE_FILE").filter(|list| !list.is_empty()) {
        if !invocation.heeds_compose_file_in_env_files() {
            let at_root = invocation.found_in(root);
            let found = invocation.found_files().map(|found| found.files).unwrap_or_default();
            return match at_root.is_empty() {
                true => None,
                false if found == at_root => Some(Files::untouched(invocation, at_root)),
                false => Some(Files::added(invocation, at_root)),
            };
        }
        let separator = values.get("COMPOSE_PATH_SEPARATOR").filter(|separator| !separator.is_empty());
        let files = list.split(separator.unwrap_or(":")).map(|file| root.join(file));
        return Some(Files::added(invocation, files.collect()));
    }
    if !invocation.heeds_compose_file_in_env_files() {
        return None;
    }
    let read = |own: &OwnEnvFile| {
        let values = file_values(Reader::Compose, &own.path).ok()?;
        let list = values.get("COMPOSE_FILE").filter(|list| !list.is_empty())?;
        let separator = values.get("COMPOSE_PATH_SEPARATOR").map_or(":", |separator| separator.as_str());
        Some(list.split(separator).map(|file| invocation.cwd().join(file)).collect())
    };
    // One that is found counts where the tool is started.
    let counts = |own: &&OwnEnvFile| own.named || own.path.parent() == Some(&real_folder(invocation.cwd()));
    let own = invocation.own_env_files(&[]);
    let files = own.iter().rev().filter(counts).find_map(read)?;
    Some(Files::untouched(invocation, files))
}

fn real_folder(folder: &Path) -> PathBuf {
    folder.canonicalize().unwrap_or_else(|_| folder.to_owned())
}
