//! The git side of a project: hooks, drivers, and the lines in `.gitattributes` that call them.

use std::io;
use std::path::{Path, PathBuf};

use git2::Repository;

use super::attributes::{ATTRIBUTES, with_lines};
use super::hooks::{self, Folder, HookState};
use super::{Error, drivers};
use crate::file;

/// `.gitattributes` is never larger, in bytes.
const LARGEST: u64 = 1024 * 1024;

/// A repository with a work tree, and where senex-env lies.
pub(crate) struct Setup {
    repository: Repository,
    folder: Folder,
    attributes: PathBuf,
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
        Ok(Self { repository, folder, attributes: root.join(".gitattributes"), program })
    }

    /// Installs everything that is not there yet.
    ///
    /// # Errors
    /// [`Error::SharedHooks`] before anything is changed; [`Error::InTheWay`].
    pub(crate) fn install(&self) -> Result<Changed, Error> {
        if !self.folder.is_own(&self.repository) {
            return Err(Error::SharedHooks(self.folder.path.clone()));
        }
        let hooks = hooks::install(&self.folder, &self.program)?;
        let drivers = drivers::register(&self.repository, &self.program)?;
        let text = self.attributes()?;
        let wanted = with_lines(&text, ATTRIBUTES);
        if let Some(text) = &wanted {
            file::replace(&self.attributes, text.as_bytes(), 0o644).map_err(|error| self.io(error))?;
        }
        Ok(Changed { hooks, drivers, attributes: wanted.is_some() })
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
        Ok(Changed { hooks, drivers: drivers::unregister(&self.repository)?, attributes: false })
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
            attributes: with_lines(&self.attributes()?, ATTRIBUTES).is_none(),
        })
    }

    fn attributes(&self) -> Result<String, Error> {
        match file::read(&self.attributes, LARGEST) {
            Ok(bytes) => Ok(String::from_utf8_lossy(&bytes).into_owned()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(String::new()),
            Err(error) => Err(self.io(error)),
        }
    }

    fn io(&self, error: io::Error) -> Error {
        Error::Io(self.attributes.clone(), error)
    }
}
