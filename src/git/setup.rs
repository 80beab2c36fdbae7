//! The git side of a project: hooks, drivers, and the lines in `.gitattributes` that call them.

use std::io;
use std::path::{Path, PathBuf};

use git2::Repository;

use super::attributes::{self, ATTRIBUTES};
use super::hooks::{self, Folder, HookState};
use super::ignore;
use super::{Error, drivers};
use crate::file;

/// `.gitattributes` and `.gitignore` are never larger, in bytes.
const LARGEST: u64 = 1024 * 1024;

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
}

/// What [`Setup::status`] found.
#[derive(Debug)]
pub(crate) struct Status {
    /// Where hooks are.
    pub folder: PathBuf,
    /// Every hook of ours.
    pub hooks: Vec<(&'static str, HookState)>,
    /// Whether git knows the merge and diff drivers.
    pub drivers: bool,
    /// Whether `.gitattributes` names them.
    pub attributes: bool,
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
        let hooks = hooks::install(&self.folder, &self.program)?;
        let drivers = drivers::register(&self.repository, &self.program)?;
        let mut changed = Changed { hooks, drivers, ..Changed::default() };
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
        let hooks = hooks::uninstall(&self.folder)?;
        Ok(Changed { hooks, drivers: drivers::unregister(&self.repository)?, ..Changed::default() })
    }

    /// What is there.
    ///
    /// # Errors
    /// What the system or git says.
    pub(crate) fn status(&self) -> Result<Status, Error> {
        Ok(Status {
            folder: self.folder.path.clone(),
            hooks: hooks::states(&self.folder, &self.program)?,
            drivers: drivers::are_registered(&self.repository),
            attributes: attributes::lacking(&read(&self.root.join(ATTRIBUTES_FILE))?, ATTRIBUTES).is_empty(),
        })
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
        let written = file::replace(&self.path, self.text.as_bytes(), 0o644);
        written.map_err(|error| Error::Io(self.path.clone(), error))
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
        let text = read(&path)?;
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

/// Nothing where there is no such file.
fn read(path: &Path) -> Result<String, Error> {
    match file::read_regular(path, LARGEST) {
        Ok(bytes) => Ok(String::from_utf8_lossy(&bytes).into_owned()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(String::new()),
        Err(error) => Err(Error::Io(path.to_owned(), error)),
    }
}
