//! What a command begins with: where it runs, the terminal, the project, the environment that is meant.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::context::Context;
use crate::error::{self, Error, Id};
use crate::exit::Exit;
use crate::file;
use crate::git;
use crate::identity::{Identities, Passphrase};
use crate::invocation::{Invocation, Surroundings};
use crate::lock::Lock;
use crate::name::EnvName;
use crate::project::{Environment, FOLDER, Project, sops_yaml};
use crate::secret::LARGEST;
use crate::transaction::{self, Recovered};
use crate::trust::Trust;
use crate::ui::Ui;
use crate::{suggest, words};

/// Asks nobody.
pub(crate) struct NoPassphrase;

impl Passphrase for NoPassphrase {
    fn ask(&self, _: &str) -> Option<Zeroizing<String>> {
        None
    }

    fn wrong(&self, _: &str) {}
}

/// Surroundings and terminal of one command.
pub(crate) struct Session<'a> {
    pub context: &'a Context,
    pub ui: &'a Ui,
}

impl<'a> Session<'a> {
    pub(crate) fn new(context: &'a Context, ui: &'a Ui) -> Self {
        Self { context, ui }
    }

    /// A path as the user would type it.
    pub(crate) fn relative(&self, path: &Path) -> PathBuf {
        file::relative(path, &self.context.directory)
    }

    /// A child command, understood as it would be here.
    pub(crate) fn invocation(&self, argv: &[OsString]) -> Invocation {
        let variable = |name: &str| self.context.raw_variable(name);
        Invocation::parse(argv, Surroundings { cwd: &self.context.directory, variable: &variable })
    }

    /// What the person at this machine has allowed.
    pub(crate) fn trust(&self) -> Result<Trust, Error> {
        Trust::load(self.context).map_err(|error| {
            Error::new(Exit::Io, format!("the list of trusted commands cannot be read: {error}"))
        })
    }

    /// The project around the working directory, with whatever was interrupted in it finished or undone.
    pub(crate) fn project(&self) -> Result<Project, Error> {
        let directory = &self.context.directory;
        let project = Project::find(directory).map_err(|error| error.seen_from(directory))?;
        if !transaction::is_interrupted(&project.folder()) {
            return Ok(project);
        }
        drop(self.lock(&project)?);
        Ok(Project::load(&project.root).map_err(|error| error.seen_from(directory))?)
    }

    /// The project, read under the lock, for commands that change the project file itself.
    pub(crate) fn locked_project(&self) -> Result<(Project, Lock), Error> {
        let project = self.project()?;
        let lock = self.lock(&project)?;
        let again = Project::load(&project.root).map_err(|error| error.seen_from(&self.context.directory))?;
        Ok((again, lock))
    }

    pub(crate) fn identities(&self) -> Identities<'a> {
        Identities::new(self.context, self.ui)
    }

    /// Those that open without a passphrase: nothing is asked in the middle of a command of git's.
    pub(crate) fn quiet_identities(&self) -> Identities<'a> {
        Identities::new(self.context, &NoPassphrase)
    }

    /// The environment that is meant: the given name, else `SENEX_ENV`, else the project's default.
    pub(crate) fn environment<'p>(
        &self,
        project: &'p Project,
        given: Option<&str>,
    ) -> Result<&'p Environment, Error> {
        let (name, from) = match given {
            Some(name) => (name.to_owned(), None),
            None => match self.named_by_variable() {
                Some(name) => (name, Some("SENEX_ENV names")),
                None => match (&project.default, project.environments.as_slice()) {
                    (Some(name), _) => (name.to_string(), None),
                    (None, [only]) => (only.name.to_string(), None),
                    (None, _) => {
                        return Err(Error::usage("no environment given, and the project has no default")
                            .hint(format!("add `-e NAME`: {}", words::list(&environment_names(project)))));
                    }
                },
            },
        };
        project.environment(&name).ok_or_else(|| {
            let known = environment_names(project);
            // What is not a name may be a value in the wrong place.
            let shown =
                EnvName::new(&name).map_or_else(|_| "of that name".to_owned(), |name| format!("`{name}`"));
            let message = match from {
                Some(from) => format!("{from} an environment that does not exist: {shown}"),
                None => format!("there is no environment {shown}"),
            };
            Error::usage(message)
                .of_kind(Id::UnknownEnvironment)
                .note(format!("the project has {}", words::names(&known)))
                .did_you_mean(suggest::nearest(&name, known.iter().map(String::as_str)))
        })
    }

    /// The environment that `SENEX_ENV` names.
    pub(crate) fn named_by_variable(&self) -> Option<String> {
        self.context.variable("SENEX_ENV").map(|name| name.to_string_lossy().into_owned())
    }

    /// A plaintext env file, or standard input for `-`.
    pub(crate) fn plaintext(&self, path: &Path) -> Result<Zeroizing<Vec<u8>>, Error> {
        if path == Path::new("-") {
            return self.ui.input();
        }
        file::read(path, LARGEST).map_err(|error| Error::io("cannot read", path, &error))
    }

    /// Nobody else changes a file of the project while this is held.
    pub(crate) fn lock(&self, project: &Project) -> Result<Lock, Error> {
        let folder = project.folder();
        let shown = self.relative(&folder);
        let lock = self
            .lock_files(&project.root, "waiting for another senex-env, which is changing the same files")?;
        self.refuse_links_out(project)?;
        let recovered = transaction::recover(&folder);
        match recovered.map_err(|error| {
            let pending = shown.join(transaction::PENDING);
            Error::io("cannot finish an interrupted change in", &shown, &error)
                .hint(format!("`ls -la {}` shows what was to be written", pending.display()))
                .hint(format!("`rm -r {}` discards it; `git diff` shows what was written", pending.display()))
        })? {
            Recovered::Nothing => {}
            Recovered::Finished => self.ui.note("an interrupted change of several files was finished first"),
            Recovered::Undone => self.ui.note("an interrupted change of several files was undone first"),
        }
        Ok(lock)
    }

    /// The lock of [`Self::lock`], for the files of a project at `root` that cannot be read yet.
    pub(crate) fn lock_files(&self, root: &Path, waiting: &str) -> Result<Lock, Error> {
        let folder = root.join(FOLDER);
        // Among git's own files, so that one that a killed process leaves is in nobody's way.
        let of_git = git::folder(root);
        let places: Vec<&Path> = of_git.iter().chain([&folder]).map(PathBuf::as_path).collect();
        let lock = Lock::acquire(&places, || self.ui.note(waiting));
        lock.map_err(|error| error::lock(error, &self.relative(&folder)))
    }

    /// What a repository names as its own and lies elsewhere is somebody else's file: nothing is written there.
    fn refuse_links_out(&self, project: &Project) -> Result<(), Error> {
        let folder = project.folder();
        let inside = std::fs::read_dir(&folder).into_iter().flatten().flatten().map(|entry| entry.path());
        // A device or a pipe is refused by whoever reads it.
        let leads_out = |path: &PathBuf| {
            path.is_symlink()
                && (path.is_file() || path.is_dir())
                && !file::is_below(path, project.repository())
        };
        let Some(path) = std::iter::once(folder.clone()).chain(inside).find(leads_out) else { return Ok(()) };
        let shown = self.relative(&path);
        Err(Error::new(Exit::Io, format!("{} leads out of the repository", shown.display()))
            .note("nothing is written through such a link")
            .hint(format!("`readlink -f {}` shows where it leads", shown.display())))
    }

    /// Writes `envs/.sops.yaml`, if it is not what it should be.
    pub(crate) fn write_sops_yaml(&self, project: &Project) -> Result<(), Error> {
        let path = project.folder().join(".sops.yaml");
        let text = sops_yaml(project);
        let same =
            file::read_regular(&path, 1024 * 1024).is_ok_and(|bytes| bytes.as_slice() == text.as_bytes());
        if same {
            return Ok(());
        }
        let shown = self.relative(&path);
        if path.is_symlink() {
            // It may have come with the repository, and name a file of yours that lies elsewhere.
            return Err(Error::new(Exit::Io, format!("{} is a symbolic link", shown.display()))
                .note("it is generated, and symbolic links are not followed")
                .hint(format!("`rm {}`, and try again", shown.display())));
        }
        file::replace(&path, text.as_bytes(), 0o644)
            .map_err(|error| Error::io("cannot write", &shown, &error))
    }
}

fn environment_names(project: &Project) -> Vec<String> {
    project.environments.iter().map(|environment| environment.name.to_string()).collect()
}
