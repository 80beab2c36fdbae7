//! What most commands begin with: the project, the environment, the sealed file, opened.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::context::Context;
use crate::desk::access::refuse_strangers;
use crate::error::{self, Error};
use crate::exit::Exit;
use crate::file::{self, Lock};
use crate::identity::{Identities, Passphrase};
use crate::name::{EnvName, KeyName};
use crate::project::{Environment, Project, sops_yaml};
use crate::rotate::FernetKeys;
use crate::sealed::{self, DataKey, OpenFile, SealedFile};
use crate::secret::LARGEST;
use crate::transaction::{self, Recovered};
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

    /// The environment that is meant: the given name, else SENEX_ENV, else the project's default.
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
                        return Err(Error::usage("which environment? the project names no default")
                            .hint(format!("add `-e NAME`: {}", words::list(&environment_names(project)))));
                    }
                },
            },
        };
        project.environment(&name).ok_or_else(|| {
            let known = environment_names(project);
            let message = match from {
                Some(from) => format!("{from} an environment that does not exist: `{name}`"),
                None => format!("there is no environment `{name}`"),
            };
            Error::usage(message)
                .note(format!("the project has {}", words::names(&known)))
                .did_you_mean(suggest::nearest(&name, known.iter().map(String::as_str)))
        })
    }

    /// The environment that SENEX_ENV names.
    pub(crate) fn named_by_variable(&self) -> Option<String> {
        self.context.variable("SENEX_ENV").map(|name| name.to_string_lossy().into_owned())
    }

    /// Asks before a command shows or changes an environment that wants it.
    pub(crate) fn confirm(&self, environment: &Environment, doing: &str) -> Result<(), Error> {
        if environment.confirm {
            self.ui.confirm(&format!("{doing} of {}", environment.name))?;
        }
        Ok(())
    }

    /// The sealed file as the user would type it.
    pub(crate) fn shown(&self, project: &Project, environment: &EnvName) -> PathBuf {
        file::relative(&project.sealed_file(environment), &self.context.directory)
    }

    /// The bytes of a sealed file that must be there, whatever they are.
    pub(crate) fn bytes(
        &self,
        project: &Project,
        environment: &EnvName,
    ) -> Result<Zeroizing<Vec<u8>>, Error> {
        self.content(project, environment)?.ok_or_else(|| self.no_file(project, environment))
    }

    /// Reads the sealed file of an environment; `None` when there is none yet. Needs no identity.
    pub(crate) fn read(&self, project: &Project, environment: &EnvName) -> Result<Option<SealedFile>, Error> {
        let shown = self.shown(project, environment);
        self.content(project, environment)?
            .map(|bytes| {
                SealedFile::parse(&bytes).map_err(|error| error::sealed(&error, &shown, environment))
            })
            .transpose()
    }

    /// The same, where a file must be there.
    pub(crate) fn read_existing(
        &self,
        project: &Project,
        environment: &EnvName,
    ) -> Result<SealedFile, Error> {
        self.read(project, environment)?.ok_or_else(|| self.no_file(project, environment))
    }

    fn content(&self, project: &Project, environment: &EnvName) -> Result<Option<Zeroizing<Vec<u8>>>, Error> {
        let path = project.sealed_file(environment);
        let shown = self.shown(project, environment);
        let error = match file::read_regular(&path, sealed::LARGEST) {
            Ok(bytes) => return Ok(Some(bytes)),
            Err(error) => error,
        };
        Err(match error.kind() {
            ErrorKind::NotFound if path.is_symlink() => {
                Error::new(Exit::Io, format!("{} is a link to nowhere", shown.display()))
                    .hint(format!("`readlink {}` says where", shown.display()))
            }
            ErrorKind::NotFound => return Ok(None),
            ErrorKind::FileTooLarge => error::sealed(&sealed::Error::TooLarge, &shown, environment),
            ErrorKind::PermissionDenied => Error::io("cannot read", &shown, &error),
            _ => Error::io("cannot read", &shown, &error)
                .hint(format!("`ls -ld {}` shows what lies there", shown.display())),
        })
    }

    fn no_file(&self, project: &Project, environment: &EnvName) -> Error {
        let shown = self.shown(project, environment);
        Error::new(
            Exit::Io,
            format!("`{environment}` has no sealed file yet: {} does not exist", shown.display()),
        )
        .hint(format!(
            "`senex-env set -e {environment} KEY` or `senex-env import -e {environment} .env` makes it"
        ))
    }

    /// A plaintext env file, or standard input for `-`.
    pub(crate) fn plaintext(&self, path: &Path) -> Result<Zeroizing<Vec<u8>>, Error> {
        if path == Path::new("-") {
            return self.ui.input();
        }
        file::read(path, LARGEST).map_err(|error| Error::io("cannot read", path, &error))
    }

    /// The data key of a file.
    pub(crate) fn unlock(
        &self,
        project: &Project,
        environment: &EnvName,
        file: &SealedFile,
        identities: &mut Identities<'_>,
    ) -> Result<DataKey, Error> {
        identities
            .data_key(file.wrapped_keys())
            .map_err(|error| error::unlock(&error, &self.shown(project, environment), environment, project))
    }

    /// Opens a file: identity, MAC and seal.
    pub(crate) fn open(
        &self,
        project: &Project,
        environment: &EnvName,
        file: SealedFile,
        identities: &mut Identities<'_>,
    ) -> Result<OpenFile, Error> {
        let data_key = self.unlock(project, environment, &file, identities)?;
        file.open(data_key, &project.binding(environment))
            .map_err(|error| error::sealed(&error, &self.shown(project, environment), environment))
    }

    /// Changes the sealed file of an environment under a lock, or makes it. `change` says whether there
    /// is anything to write.
    pub(crate) fn update(
        &self,
        project: &Project,
        environment: &EnvName,
        change: impl FnOnce(&mut OpenFile) -> Result<bool, Error>,
    ) -> Result<(), Error> {
        self.update_with(project, environment, &mut self.identities(), change)
    }

    /// The same with identities that are open perhaps, so that no passphrase is asked for twice.
    pub(crate) fn update_with(
        &self,
        project: &Project,
        environment: &EnvName,
        identities: &mut Identities<'_>,
        change: impl FnOnce(&mut OpenFile) -> Result<bool, Error>,
    ) -> Result<(), Error> {
        let _lock = self.lock(project)?;
        // Who is let in may have changed while this command waited for a value or for the lock.
        let directory = &self.context.directory;
        let project = &Project::load(&project.root).map_err(|error| error.seen_from(directory))?;
        let (mut open, new_for) = match self.read(project, environment)? {
            Some(file) => (self.open(project, environment, file, identities)?, None),
            None => self.fresh(project, environment).map(|(open, holders)| (open, Some(holders)))?,
        };
        refuse_exposure(project, environment, &open)?;
        refuse_strangers(project, environment, &open, None)?;
        let before = FernetKeys::of(project, environment, &open);
        if !change(&mut open)? {
            return Ok(());
        }
        self.confirm_loss(&before, &FernetKeys::of(project, environment, &open), environment)?;
        self.save(project, environment, &open)?;
        if let Some(holders) = new_for {
            let shown = self.shown(project, environment);
            self.ui.note(format!("new: {}, for {}", shown.display(), words::list(&holders)));
        }
        Ok(())
    }

    /// A Fernet key that goes takes with it what the application has encrypted, for good.
    fn confirm_loss(
        &self,
        before: &FernetKeys,
        after: &FernetKeys,
        environment: &EnvName,
    ) -> Result<(), Error> {
        let losing = before.losing(after);
        if losing.is_empty() {
            return Ok(());
        }
        let names = words::names(&losing);
        self.ui.warning(format!(
            "a Fernet key leaves {names} of {environment}: what the application has encrypted with it can be read no more"
        ));
        self.ui.confirm(&format!("let the previous key of {names} go"))
    }

    /// Nobody else changes a file of the project while this is held.
    pub(crate) fn lock(&self, project: &Project) -> Result<Lock, Error> {
        let folder = project.folder();
        let shown = file::relative(&folder, &self.context.directory);
        let waiting = || self.ui.note("waiting for another senex-env, which is changing the same files");
        let lock =
            Lock::acquire(&folder, waiting).map_err(|error| Error::io("cannot lock", &shown, &error))?;
        let recovered = transaction::recover(&folder);
        match recovered.map_err(|error| {
            let pending = shown.join(transaction::PENDING);
            Error::io("cannot finish an interrupted change in", &shown, &error)
                .hint(format!("`ls -la {}` shows what was to be written", pending.display()))
                .hint(format!("`rm -r {}` forgets it; `git diff` shows what was written", pending.display()))
        })? {
            Recovered::Nothing => {}
            Recovered::Finished => self.ui.note("an interrupted change of several files was finished first"),
            Recovered::Undone => self.ui.note("an interrupted change of several files was undone first"),
        }
        Ok(lock)
    }

    /// Seals and writes a file, and what is generated beside it.
    pub(crate) fn save(
        &self,
        project: &Project,
        environment: &EnvName,
        open: &OpenFile,
    ) -> Result<(), Error> {
        let shown = self.shown(project, environment);
        let bytes = open
            .close(&project.binding(environment), &project.rule())
            .map_err(|error| error::sealed(&error, &shown, environment))?;
        file::replace(&project.sealed_file(environment), &bytes, 0o644)
            .map_err(|error| Error::io("cannot write", &shown, &error).note("nothing was changed"))?;
        self.write_sops_yaml(project)
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
        let shown = file::relative(&path, &self.context.directory);
        if path.is_symlink() {
            // It may have come with the repository, and name a file of yours that lies elsewhere.
            return Err(Error::new(Exit::Io, format!("{} is a symbolic link", shown.display()))
                .note("it is generated, and nothing is written through a link")
                .hint(format!("`rm {}`, and try again", shown.display())));
        }
        file::replace(&path, text.as_bytes(), 0o644)
            .map_err(|error| Error::io("cannot write", &shown, &error))
    }
}

/// A key of the schema or the file that is meant, or an error that names the nearest.
pub(crate) fn known_key<'n>(
    given: &str,
    environment: &EnvName,
    names: impl Iterator<Item = &'n KeyName> + Clone,
) -> Result<KeyName, Error> {
    let key = key_name(given)?;
    if names.clone().any(|name| *name == key) {
        return Ok(key);
    }
    Err(Error::no(format!("`{environment}` has no key `{key}`"))
        .did_you_mean(suggest::nearest(given, names.map(KeyName::as_str))))
}

/// A name as given on the command line.
pub(crate) fn key_name(given: &str) -> Result<KeyName, Error> {
    KeyName::new(given).map_err(|error| {
        // `KEY=value`: the value must not be repeated.
        let (name, has_value) = match given.split_once('=') {
            Some((name, _)) => (name, true),
            None => (given, false),
        };
        if has_value {
            return Error::usage(format!("`{name}=…`: values are not taken from the command line, where every user of the machine can read them"))
                .hint(format!("`senex-env set {name}` asks for it; what was typed is now in the shell's history"));
        }
        Error::usage(format!("`{name}` is not a name that every reader of env files takes: {error}"))
            .hint("letters, digits and `_`, not beginning with a digit or `sops_`")
    })
}

fn environment_names(project: &Project) -> Vec<String> {
    project.environments.iter().map(|environment| environment.name.to_string()).collect()
}

/// The project file must not be able to turn a secret into plaintext by itself: that is asked for.
fn refuse_exposure(project: &Project, environment: &EnvName, open: &OpenFile) -> Result<(), Error> {
    let exposed = open.exposed_by(&project.rule());
    let Some(first) = exposed.first() else { return Ok(()) };
    let error = Error::new(
        Exit::Project,
        format!(
            "{} would become readable in envs/{environment}.env: the project file says `secret = false`",
            words::names(&exposed)
        ),
    )
    .hint(format!("`senex-env seal -e {environment}` shows it and asks"));
    Err(match project.key(first.as_str()) {
        Some(key) => error.at(key.place.clone(), None),
        None => error,
    })
}
