//! [`At`]: one environment of a project, and its sealed file: read, opened, saved.

use std::io::ErrorKind;
use std::path::PathBuf;

use zeroize::Zeroizing;

use crate::desk::value::Slot;
use crate::desk::{Session, mending};
use crate::error::{self, Error, Id, Kept};
use crate::exit::Exit;
use crate::file;
use crate::git;
use crate::identity::{Identities, UnlockError};
use crate::name::{EnvName, KeyName};
use crate::project::{Environment, Project};
use crate::sealed::{self, Binding, DataKey, OpenFile, SealedFile};

/// One environment of a project, as a command means it.
#[derive(Clone, Copy)]
pub(crate) struct At<'a> {
    pub session: &'a Session<'a>,
    pub project: &'a Project,
    pub name: &'a EnvName,
}

impl<'a> At<'a> {
    pub(crate) fn new(session: &'a Session<'a>, project: &'a Project, name: &'a EnvName) -> Self {
        Self { session, project, name }
    }

    /// The environment that is meant by `given`, by `SENEX_ENV`, or by the project's default.
    pub(crate) fn meant(
        session: &'a Session<'a>,
        project: &'a Project,
        given: Option<&str>,
    ) -> Result<Self, Error> {
        let environment = session.environment(project, given)?;
        Ok(Self::new(session, project, &environment.name))
    }

    /// What the project file says of it; a merge may speak of one that is in the project file of the other side
    /// alone.
    pub(crate) fn declared(&self) -> Option<&'a Environment> {
        self.project.environment(self.name.as_str())
    }

    /// The compose files of the environment, from the root of the project.
    pub(crate) fn compose(&self) -> impl Iterator<Item = &'a PathBuf> {
        self.declared().into_iter().flat_map(|environment| &environment.compose)
    }

    /// Asks before a command shows or changes an environment that wants it.
    pub(crate) fn confirm(&self, doing: &str) -> Result<(), Error> {
        if self.declared().is_some_and(|environment| environment.confirm) {
            self.session.ui.confirm(&format!("{doing} of {}", self.name))?;
        }
        Ok(())
    }

    /// Where a value of the key goes.
    pub(crate) fn slot(&self, key: &'a KeyName) -> Slot<'a> {
        Slot { environment: self.name, key }
    }

    /// The sealed file.
    pub(crate) fn path(&self) -> PathBuf {
        self.project.sealed_file(self.name)
    }

    /// The sealed file as the user would type it.
    pub(crate) fn shown(&self) -> PathBuf {
        self.session.relative(&self.path())
    }

    /// What the seal of the file is bound to.
    pub(crate) fn binding(&self) -> Binding {
        self.project.binding(self.name)
    }

    /// What is wrong with the sealed file, in words.
    pub(crate) fn worded(&self, error: &sealed::Error) -> Error {
        error::sealed(error, &self.shown(), self.name, self.kept(mending::is_of_a_merge(error)))
    }

    /// What git keeps of the file; `may_be_merged` where a merge may have made what is wrong with it.
    fn kept(&self, may_be_merged: bool) -> Kept {
        let path = self.path();
        let is_merged = || git::merges_of(&path).is_ok_and(|merges| !merges.is_empty());
        Kept { last_commit: git::last_commit(&path), may_be_merged: may_be_merged && is_merged() }
    }

    /// How the file is had back as it was.
    pub(crate) fn restore(&self) -> String {
        self.kept(false).restore(&self.shown())
    }

    /// Reads the sealed file; `None` when there is none yet. Needs no identity.
    pub(crate) fn read(&self) -> Result<Option<SealedFile>, Error> {
        let bytes = self.content()?;
        bytes.map(|bytes| SealedFile::parse(&bytes).map_err(|error| self.worded(&error))).transpose()
    }

    /// The same, where a file must be there.
    pub(crate) fn read_existing(&self) -> Result<SealedFile, Error> {
        self.read()?.ok_or_else(|| self.no_file())
    }

    /// The bytes of a sealed file that must be there, whatever they are.
    pub(crate) fn bytes(&self) -> Result<Zeroizing<Vec<u8>>, Error> {
        self.content()?.ok_or_else(|| self.no_file())
    }

    fn content(&self) -> Result<Option<Zeroizing<Vec<u8>>>, Error> {
        let path = self.path();
        let error = match file::read_regular(&path, sealed::LARGEST) {
            Ok(bytes) => return Ok(Some(bytes)),
            Err(error) => error,
        };
        let shown = self.shown();
        Err(match error.kind() {
            ErrorKind::NotFound if path.is_symlink() => {
                Error::new(Exit::Io, format!("{} is a dangling symlink", shown.display()))
                    .hint(format!("`readlink {}` shows its target", shown.display()))
            }
            ErrorKind::NotFound => return Ok(None),
            ErrorKind::FileTooLarge => self.worded(&sealed::Error::TooLarge),
            ErrorKind::PermissionDenied => Error::io("cannot read", &shown, &error),
            _ => Error::io("cannot read", &shown, &error)
                .hint(format!("`ls -ld {}` shows what it is", shown.display())),
        })
    }

    fn no_file(&self) -> Error {
        let (name, shown) = (self.name, self.shown());
        Error::new(Exit::Io, format!("`{name}` has no sealed file yet: {} does not exist", shown.display()))
            .of_kind(Id::NoFile)
            .hint(format!("`senex-env set -e {name} KEY` or `senex-env import -e {name} FILE` creates it"))
    }

    /// The data key of a file.
    pub(crate) fn unlock(
        &self,
        file: &SealedFile,
        identities: &mut Identities<'_>,
    ) -> Result<DataKey, Error> {
        let data_key = identities.data_key(file.wrapped_keys());
        data_key.map_err(|error| self.locked(&error))
    }

    /// Why nothing opens the file, in words.
    pub(crate) fn locked(&self, error: &UnlockError) -> Error {
        error::unlock(error, &self.shown(), self.name, self.project, || self.restore())
    }

    /// Opens a file: identity, MAC and seal.
    pub(crate) fn open(&self, file: SealedFile, identities: &mut Identities<'_>) -> Result<OpenFile, Error> {
        let data_key = self.unlock(&file, identities)?;
        file.open(data_key, &self.binding()).map_err(|error| self.worded(&error))
    }

    /// Reads and opens the file, which must be there.
    pub(crate) fn open_existing(&self, identities: &mut Identities<'_>) -> Result<OpenFile, Error> {
        self.open(self.read_existing()?, identities)
    }

    /// The bytes of a file in its new state, sealed.
    pub(crate) fn close(&self, open: &OpenFile) -> Result<Vec<u8>, Error> {
        open.close(&self.binding(), &self.project.rule()).map_err(|error| self.worded(&error))
    }

    /// Seals and writes a file, and what is generated beside it. The caller holds the lock.
    pub(crate) fn save(&self, open: &OpenFile) -> Result<(), Error> {
        let bytes = self.close(open)?;
        file::replace(&self.path(), &bytes, 0o644)
            .map_err(|error| Error::io("cannot write", &self.shown(), &error).note("nothing was changed"))?;
        self.session.write_sops_yaml(self.project)
    }
}
