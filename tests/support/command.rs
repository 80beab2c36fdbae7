//! A command of a test: whatever hints its answer holds are followed.

use std::ffi::OsStr;
use std::io;
use std::ops::{Deref, DerefMut};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use super::hints;

/// As `std::process::Command`, but [`TestCommand::output`] follows the hints.
pub struct TestCommand(Command);

impl TestCommand {
    pub fn new(program: impl AsRef<OsStr>) -> Self {
        Self(Command::new(program))
    }

    pub fn arg(&mut self, argument: impl AsRef<OsStr>) -> &mut Self {
        self.0.arg(argument);
        self
    }

    pub fn args<S: AsRef<OsStr>>(&mut self, arguments: impl IntoIterator<Item = S>) -> &mut Self {
        self.0.args(arguments);
        self
    }

    pub fn env(&mut self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> &mut Self {
        self.0.env(name, value);
        self
    }

    pub fn envs<N: AsRef<OsStr>, V: AsRef<OsStr>>(
        &mut self,
        variables: impl IntoIterator<Item = (N, V)>,
    ) -> &mut Self {
        self.0.envs(variables);
        self
    }

    pub fn env_clear(&mut self) -> &mut Self {
        self.0.env_clear();
        self
    }

    pub fn current_dir(&mut self, folder: impl AsRef<Path>) -> &mut Self {
        self.0.current_dir(folder);
        self
    }

    pub fn stdin(&mut self, stream: impl Into<Stdio>) -> &mut Self {
        self.0.stdin(stream);
        self
    }

    pub fn stdout(&mut self, stream: impl Into<Stdio>) -> &mut Self {
        self.0.stdout(stream);
        self
    }

    pub fn stderr(&mut self, stream: impl Into<Stdio>) -> &mut Self {
        self.0.stderr(stream);
        self
    }

    /// Runs it, and follows the hints in its answer.
    pub fn output(&mut self) -> io::Result<Output> {
        let output = self.0.output()?;
        hints::follow(&self.0, &output);
        Ok(output)
    }
}

impl Deref for TestCommand {
    type Target = Command;

    fn deref(&self) -> &Command {
        &self.0
    }
}

impl DerefMut for TestCommand {
    fn deref_mut(&mut self) -> &mut Command {
        &mut self.0
    }
}
