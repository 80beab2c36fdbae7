//! A project whose development environment holds a canary, with a runtime folder of its own: what the tests
//! of `run` look at.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::project::TestProject;

/// The value of the key `CANARY`.
pub const CANARY: &str = "canary-7f3a9c";

/// See the module.
pub struct Project {
    project: TestProject,
    root: PathBuf,
    /// In memory, as `run` wants it.
    runtime: tempfile::TempDir,
}

/// A new one.
pub fn project() -> Project {
    let project = TestProject::with(
        "version = 1\nproject = \"p\"\n[environments.development]\n[people.ana]\nrecipients = [\"RECIPIENT\"]\n\
         environments = [\"development\"]\n[keys.CANARY]\nrequired = true\n",
    );
    project.set("development", "CANARY", CANARY);
    let root = project.root();
    Project { project, root, runtime: tempfile::tempdir_in("/dev/shm").expect("a folder in memory") }
}

/// Another program with the environment and working directory of `model`.
pub fn alike(program: &str, model: &Command) -> Command {
    let mut command = Command::new(program);
    if let Some(folder) = model.get_current_dir() {
        command.current_dir(folder);
    }
    for (name, value) in model.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    command
}

/// `command` as `"$@"` of a shell script.
pub fn wrapped(script: &str, command: &Command) -> Command {
    let mut wrapper = alike("sh", command);
    wrapper.args(["-c", script, "sh"]).arg(command.get_program()).args(command.get_args());
    wrapper
}

impl Project {
    /// The repository.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// `$XDG_RUNTIME_DIR`.
    pub fn runtime_dir(&self) -> PathBuf {
        self.runtime.path().into()
    }

    /// `senex-env run -e development -- command`, with the identity in a variable.
    pub fn run(&self, command: &[&str]) -> Command {
        let identity = self.project.path("home/.config/senex-env/identity.txt");
        let mut run = Command::new(env!("CARGO_BIN_EXE_senex-env"));
        run.args(["run", "-e", "development", "--"]).args(command).current_dir(&self.root);
        run.env("XDG_RUNTIME_DIR", self.runtime.path())
            .env("SENEX_ENV_KEY", std::fs::read_to_string(identity).expect("the identity"))
            .env("SENEX_ENV_KEY_FILE", "");
        run
    }
}
