//! [`Scratch`]: a plaintext file in memory for an editor, gone when this value is, or this process.

use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::child::{self, Outcome, Plan};
use super::error::RunError;
use super::guardian::Guardian;
use super::runtime_dir::{RuntimeDir, sweep};
use super::signals::Signals;
use crate::file;

/// A file that a command may change. As long as it lives no signal ends this process.
pub(crate) struct Scratch {
    // Dropped in this order: the directory goes first, then the guardian may, then signals count again.
    directory: RuntimeDir,
    _guardian: Guardian,
    signals: Signals,
    name: String,
}

impl Scratch {
    /// Makes the directory that will hold the file.
    ///
    /// # Errors
    /// [`RunError`]; then nothing is there.
    pub(crate) fn new(name: &str) -> Result<Self, RunError> {
        let signals = Signals::install().map_err(RunError::io("install signal handlers"))?;
        let mut guardian = Guardian::start()?;
        sweep();
        guardian.ready()?;
        let directory = RuntimeDir::create(|path| guardian.announce(path))?;
        Ok(Self { directory, _guardian: guardian, signals, name: name.to_owned() })
    }

    /// Where the file is.
    pub(crate) fn path(&self) -> PathBuf {
        self.directory.path().join(&self.name)
    }

    /// Gives the file this content.
    ///
    /// # Errors
    /// [`RunError::File`].
    pub(crate) fn write(&self, content: &[u8]) -> Result<(), RunError> {
        let path = self.path();
        match std::fs::remove_file(&path) {
            Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
                return Err(RunError::File { directory: self.directory.path(), source });
            }
            _ => {}
        }
        self.directory.create_file(&self.name, content).map(drop)
    }

    /// The content now, at most `limit` bytes; `None` when the file is gone.
    ///
    /// # Errors
    /// [`RunError::File`].
    pub(crate) fn read(&self, limit: u64) -> Result<Option<Zeroizing<Vec<u8>>>, RunError> {
        match file::read_regular(&self.path(), limit) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(RunError::File { directory: self.directory.path(), source }),
        }
    }

    /// Runs a command on the file and waits for its end.
    ///
    /// # Errors
    /// [`RunError`] when it could not be started; [`RunError::Signalled`] when a signal asked this process to
    /// end before or meanwhile.
    pub(crate) fn run(&mut self, make_plan: impl FnOnce(&Path) -> Plan) -> Result<Outcome, RunError> {
        let plan = make_plan(&self.path());
        child::attend(plan, &mut self.signals)
    }
}
