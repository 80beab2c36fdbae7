//! The git side of a project: hooks, drivers, and the lines in `.gitattributes` that call them.

use std::path::{Path, PathBuf};

use git2::Repository;

use super::attributes::{self, ATTRIBUTES};
use super::hooks::{self, Folder, HookState};
use super::ignore;
use super::managers::{ByHand, Configured, Manager, Managers};
use super::text::{read, write};
use super::{Error, drivers};

/// A repository with a work tree, and where senex-env lies.
pub(crate) struct Setup {
    repository: Repository,
    folder: Folder,
    root: PathBuf,
    program: String,
}

/// What [`Setup::install`] or [`Setup::uninstall`] changed.
#[derive(Debug, Default)]
pub(crate) struct Changed {
    /// Names of hooks.
    pub hooks: Vec<&'static str>,
    /// The configuration of the repository.
    pub drivers: bool,
    /// `.gitattributes`.
    pub attributes: bool,
    /// `.gitignore`.
    pub ignored: bool,
    /// Configurations of other managers of hooks.
    pub managers: Vec<(Manager, PathBuf)>,
    /// Those of them that only a person can change.
    pub by_hand: Vec<ByHand>,
}

impl Changed {
    /// Whether nothing is different now.
    pub(crate) fn is_empty(&self) -> bool {
        self.hooks.is_empty()
            && !self.drivers
            && !self.attributes
            && !self.ignored
            && self.managers.is_empty()
    }
}

/// What [`Setup::status`] found.
#[derive(Debug)]
pub(crate) struct Status {
    /// Where hooks are.
    pub folder: PathBuf,
    /// Every hook of ours.
    pub hooks: Vec<(&'static str, HookState)>,
    /// Configurations of other managers of hooks, which would put theirs in the place of ours.
    pub managers: Vec<Configured>,
    /// Whether git knows the merge and diff drivers.
    pub drivers: bool,
    /// Whether `.gitattributes` names them.
    pub attributes: bool,
}

impl Status {
    /// Whether git calls every hook and driver of ours.
    pub(crate) fn is_installed(&self) -> bool {
        self.drivers && self.hooks.iter().all(|(_, state)| *state == HookState::Installed)
    }
}

impl Setup {
    /// For the project at `root`.
    ///
    /// # Errors
    /// [`Error::NoRepository`], or what git says.
    pub(crate) fn new(root: &Path, program: &Path) -> Result<Self, Error> {
        let repository = super::discover(root)?;
        let folder = Folder::of(&repository);
        let program = program.to_str().ok_or(Error::ProgramPath)?.to_owned();
        Ok(Self { repository, folder, root: root.to_owned(), program })
    }

    /// Installs everything that is not there yet. `sealed` are the files that git must take, from the root.
    ///
    /// # Errors
    /// [`Error::SharedHooks`] before anything is changed; [`Error::InTheWay`].
    pub(crate) fn install(&self, sealed: &[String]) -> Result<Changed, Error> {
        if !self.folder.is_own(&self.repository) {
            return Err(Error::SharedHooks(self.folder.path.clone()));
        }
        let mut managers = self.managers()?;
        let mut changed = Changed::default();
        for (hook, written) in hooks::written(&self.folder)? {
            managers.tell(hook, &written, &mut changed.by_hand);
        }
        changed.managers = managers.write()?;
        changed.hooks = hooks::install(&self.folder, &self.program, &managers)?;
        changed.drivers = drivers::register(&self.repository, &self.program)?;
        for lacking in lacking(&self.root, &[], sealed)? {
            lacking.write()?;
            changed.attributes |= lacking.name == ATTRIBUTES_FILE;
            changed.ignored |= lacking.name == IGNORE_FILE;
        }
        Ok(changed)
    }

    /// Takes hooks and drivers away. `.gitattributes` stays: it is committed, others use it, and git takes
    /// a driver that it does not know for its own.
    ///
    /// # Errors
    /// What the system or git says.
    pub(crate) fn uninstall(&self) -> Result<Changed, Error> {
        if !self.folder.is_own(&self.repository) {
            return Err(Error::SharedHooks(self.folder.path.clone()));
        }
        let mut managers = self.managers()?;
        let mut changed = Changed::default();
        for (hook, _) in hooks::written(&self.folder)? {
            managers.untell(hook, &mut changed.by_hand);
        }
        changed.managers = managers.write()?;
        changed.hooks = hooks::uninstall(&self.folder, &managers)?;
        changed.drivers = drivers::unregister(&self.repository)?;
        Ok(changed)
    }

    /// What is there.
    ///
    /// # Errors
    /// What the system or git says.
    pub(crate) fn status(&self) -> Result<Status, Error> {
        let managers = self.managers()?;
        Ok(Status {
            folder: self.folder.path.clone(),
            hooks: hooks::states(&self.folder, &self.program, &managers)?,
            managers: managers.configured(&hooks::written(&self.folder)?),
            drivers: drivers::are_registered(&self.repository),
            attributes: attributes::lacking(
                &read(&self.root.join(ATTRIBUTES_FILE))?.unwrap_or_default(),
                ATTRIBUTES,
            )
            .is_empty(),
        })
    }

    /// Those that have a say in the folder of the hooks.
    fn managers(&self) -> Result<Managers, Error> {
        managers(&self.repository, &self.folder, &self.root)
    }
}

/// The hook that looks for leaks, in a repository where hooks were installed and nothing calls ours any more. `None`
/// where all is well, or was never installed.
pub(crate) fn replaced_hook(root: &Path) -> Option<PathBuf> {
    let repository = super::discover(root).ok()?;
    if !drivers::are_registered(&repository) {
        return None;
    }
    let folder = Folder::of(&repository);
    hooks::replaced(&folder, || managers(&repository, &folder, root)).ok()?
}

fn managers(repository: &Repository, folder: &Folder, root: &Path) -> Result<Managers, Error> {
    match repository.workdir() {
        Some(top) if !folder.is_huskys => Managers::of(top, root),
        _ => Ok(Managers::default()),
    }
}

const ATTRIBUTES_FILE: &str = ".gitattributes";
const IGNORE_FILE: &str = ".gitignore";

/// Lines that `.gitattributes` or `.gitignore` of a project lacks.
pub(crate) struct Lacking {
    /// Which of them.
    pub name: &'static str,
    /// Where it is.
    pub path: PathBuf,
    /// The lines.
    pub lines: Vec<String>,
    /// The file with them.
    pub text: String,
}

impl Lacking {
    /// Writes the file with the lines.
    ///
    /// # Errors
    /// What the system says.
    pub(crate) fn write(&self) -> Result<(), Error> {
        write(&self.path, &self.text, 0o644)
    }
}

/// What the project at `root` lacks for its `sealed` files and its `plaintext` ones, both from the root.
///
/// # Errors
/// What the system says.
pub(crate) fn lacking(root: &Path, plaintext: &[String], sealed: &[String]) -> Result<Vec<Lacking>, Error> {
    let mut all = Vec::new();
    for name in [ATTRIBUTES_FILE, IGNORE_FILE] {
        let path = root.join(name);
        if path.is_symlink() {
            return Err(Error::Link(path));
        }
        let text = read(&path)?.unwrap_or_default();
        let lines = match name {
            ATTRIBUTES_FILE => attributes::lacking(&text, ATTRIBUTES),
            _ => ignore::lacking(root, &text, plaintext, sealed),
        };
        if !lines.is_empty() {
            all.push(Lacking { name, path, text: attributes::with(&text, &lines), lines });
        }
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file;

    #[test]
    fn a_hook_is_missed_only_where_it_was_installed_and_nobody_calls_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let root = folder.path();
        let repository = git2::Repository::init(root).expect("a repository");
        let hook = Folder::of(&repository).path.join("pre-commit");
        let put = |path: &Path, text: &str| file::replace(path, text.as_bytes(), 0o755).expect("written");
        std::fs::create_dir_all(hook.parent().expect("a folder")).expect("made");
        assert_eq!(replaced_hook(root), None, "never installed");
        drivers::register(&repository, "/usr/bin/senex-env").expect("registered");
        assert!(replaced_hook(root).is_some(), "removed");
        put(&hook, "#!/bin/sh\nexec senex-env git-hook pre-commit\n");
        assert_eq!(replaced_hook(root), None, "there");
        put(&hook, "#!/bin/sh\nlefthook run pre-commit\n");
        assert!(replaced_hook(root).is_some(), "replaced");
        put(&root.join("lefthook.yml"), "pre-commit:\n  jobs:\n    - run: senex-env git-hook pre-commit\n");
        assert_eq!(replaced_hook(root), None, "called by lefthook");
        put(&root.join("lefthook.yml"), "pre-commit:\n  jobs:\n    - run: senex-env check\n");
        assert!(replaced_hook(root).is_some(), "lefthook runs something else of ours");
        put(&hook, "#!/bin/sh\nnpx lint-staged\n");
        put(&root.join("package.json"), "{\"scripts\": {\"dev\": \"senex-env run -- vite\"}}");
        assert!(replaced_hook(root).is_some(), "a script that is no hook");
        put(&hook, "#!/bin/sh\n# senex-env git-hook pre-commit\nnpx lint-staged\n");
        assert!(replaced_hook(root).is_some(), "a comment");
        put(&hook, "#!/bin/sh\nnpx lint-staged && senex-env git-hook pre-commit\n");
        assert_eq!(replaced_hook(root), None, "called by any hook");
        put(&hook, "# File generated by pre-commit: https://pre-commit.com\n");
        assert!(replaced_hook(root).is_some(), "pre-commit knows nothing of it");
        put(&root.join(".pre-commit-config.yaml"), "repos:\n  - hooks:\n      - id: senex-env\n");
        assert_eq!(replaced_hook(root), None, "named to pre-commit");
        std::fs::remove_file(root.join(".pre-commit-config.yaml")).expect("it was there");
        put(&hook.with_file_name("pre-commit.legacy"), "# Made by `senex-env hooks install`.\n");
        assert_eq!(replaced_hook(root), None, "run first by pre-commit");
    }
}
