//! How the values reach the child: by a file that is gone afterwards, or by its process environment.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::compose_files;
use super::own_files::{OwnFiles, Reading};
use super::podman;
use crate::cli;
use crate::desk::document::Document;
use crate::desk::{At, Session};
use crate::error::{self, Error};
use crate::exit::Exit;
use crate::invocation::{EnvFileSupport, EnvFiles, Invocation};
use crate::name::KeyName;
use crate::plaintext::{DOLLAR_HELPER, Format, Reader, UNSET_HELPER, read_as};
use crate::run::{self, Outcome, Plan};
use crate::sealed::{OpenFile, SealedFile};
use crate::secret::Secret;
use crate::{file, words};

/// Everything about a run that is known before a value is.
pub(super) struct Delivery<'a> {
    pub at: At<'a>,
    pub invocation: &'a Invocation,
    document: Document,
    /// Compose files to add, as the user would type them.
    add_files: Vec<PathBuf>,
    own: OwnFiles,
    /// Taken out of the child's process environment.
    remove: Vec<OsString>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    /// A file in the place of `{}`.
    Placeholder,
    /// An env file among the compose options, the only one.
    OneFile,
    /// The same, after those of the user.
    LastFile,
    /// The process environment.
    Environment,
}

impl Way {
    fn of(invocation: &Invocation) -> Self {
        match (invocation.has_placeholder(), invocation.env_file_support()) {
            (true, _) => Self::Placeholder,
            (false, EnvFileSupport::No) => Self::Environment,
            (false, EnvFileSupport::One) => Self::OneFile,
            (false, EnvFileSupport::Several) => Self::LastFile,
        }
    }
}

impl<'a> Delivery<'a> {
    /// Decides on the way, and refuses what cannot work, before any identity is touched.
    pub(super) fn new(
        arguments: &cli::Run,
        at: At<'a>,
        sealed: &SealedFile,
        invocation: &'a Invocation,
    ) -> Result<Self, Error> {
        // What the schema names and what the file holds: both are ours to decide, also by being unset.
        let mut managed: BTreeSet<String> = at.project.key_names().map(ToString::to_string).collect();
        managed.extend(sealed.entries().map(|entry| entry.name.to_string()));
        let is_compose = invocation.front_end().is_compose();
        let names_none = invocation.files().is_empty() && !invocation.gives_files();
        let add_files: Vec<PathBuf> = match is_compose && names_none {
            true => compose_files(at).iter().map(|path| file::relative(path, invocation.cwd())).collect(),
            false => Vec::new(),
        };
        let by_file = Way::of(invocation) != Way::Environment;
        // Where the values go through the process environment, a `.env` would beat them.
        let override_dotenv = arguments.override_dotenv && by_file;
        let own = Reading { at, managed: &managed, override_dotenv }.read(invocation, &add_files)?;
        refuse_wrappers(invocation, &managed)?;
        let remove = match is_compose && by_file {
            true => taken_out(&managed, at.session),
            false => Vec::new(),
        };
        let format = arguments.format.unwrap_or(cli::Format::Dialect(Format::Compose));
        let document = Document::new(format, at, None)?;
        Ok(Self { at, invocation, document, add_files, own, remove })
    }

    /// The command line, with the env file at this path.
    pub(super) fn command_line(&self, path: &Path) -> Vec<OsString> {
        let env_files = match Way::of(self.invocation) {
            Way::Placeholder => EnvFiles::InPlace(path),
            Way::OneFile => EnvFiles::One(path),
            Way::LastFile => EnvFiles::Several { theirs: &self.own.paths, ours: path },
            Way::Environment => EnvFiles::Unchanged,
        };
        self.invocation.with(&self.add_files, env_files)
    }

    /// The compose files that it is about.
    pub(super) fn compose_files(&self) -> Vec<PathBuf> {
        match self.invocation.files() {
            [] => self.add_files.iter().map(|file| self.invocation.cwd().join(file)).collect(),
            named => named.iter().map(|file| file.path.clone()).collect(),
        }
    }

    /// Writes the values, starts the child, waits for it. Returns the child's end as our own.
    pub(super) fn run(mut self, open: &OpenFile) -> Result<Exit, Error> {
        let pairs: Vec<(&KeyName, &Secret)> = open.pairs().collect();
        if self.invocation.front_end().is_podman_compose() {
            podman::warn_of_values(&pairs, self.at.session);
            podman::warn_of_scales(self.invocation, self.at.session);
        }
        let remove = std::mem::take(&mut self.remove);
        if Way::of(self.invocation) == Way::Environment {
            let argv = self.invocation.with(&self.add_files, EnvFiles::Unchanged);
            let set = pairs.iter().map(|(key, value)| ((*key).clone(), value.duplicate())).collect();
            return error::run(&run::with_environment(&plan(argv, set, remove)));
        }
        let content = self.content(&pairs)?;
        let outcome = run::with_file(self.document.file_name(), content, |path| {
            plan(self.command_line(path), Vec::new(), remove)
        });
        match outcome {
            Ok(Outcome::Exited(code)) => Ok(Exit::Child(code)),
            Ok(Outcome::Signalled(signal)) => Ok(Exit::Signal(signal)),
            Err(error) => error::run(&error),
        }
    }

    /// The text of the file; with a tool that takes only one env file, the user's own comes before ours.
    fn content(&self, pairs: &[(&KeyName, &Secret)]) -> Result<Zeroizing<Vec<u8>>, Error> {
        let ours = self.document.write(pairs)?;
        if Way::of(self.invocation) != Way::OneFile || self.own.text.is_empty() {
            return Ok(ours);
        }
        let mut all = Zeroizing::new(Vec::with_capacity(self.own.text.len() + ours.len()));
        all.extend_from_slice(&self.own.text);
        all.extend_from_slice(&ours);
        // An open quote in theirs would swallow lines of ours.
        let process = |_: &str| None;
        let whole = read_as(Reader::Python, &all, &process).ok();
        let intact = pairs.iter().all(|(key, value)| {
            let entry = whole.as_ref().and_then(|reading| reading.get(key.as_str()));
            entry.and_then(|entry| entry.value.as_ref()).is_some_and(|read| read.same_as(value))
        });
        if intact {
            return Ok(all);
        }
        let shown: Vec<String> =
            self.own.paths.iter().map(|path| self.at.session.relative(path).display().to_string()).collect();
        Err(Error::no(format!(
            "{} holds a line that would swallow sealed values, perhaps an open quote",
            words::list(&shown)
        )))
    }
}

fn plan(mut argv: Vec<OsString>, set: Vec<(KeyName, Secret)>, remove: Vec<OsString>) -> Plan {
    let args = argv.split_off(1.min(argv.len()));
    Plan { program: argv.pop().unwrap_or_default(), args, set, remove }
}

/// `sudo`, `env` and the like in front of the command can undo what is done here.
fn refuse_wrappers(invocation: &Invocation, managed: &BTreeSet<String>) -> Result<(), Error> {
    let way = Way::of(invocation);
    let beaten: Vec<String> = invocation
        .assigned_variables()
        .iter()
        .map(|name| name.to_string_lossy().into_owned())
        .filter(|name| managed.contains(name))
        .collect();
    if !beaten.is_empty() {
        return Err(Error::usage(format!(
            "the command line sets {} itself, which would beat the sealed values",
            words::names(&beaten)
        ))
        .hint("take it out of the command line"));
    }
    if way == Way::Environment
        && let Some(dropped) = invocation.drops_environment()
        && managed.iter().any(|key| !dropped.keeps(key))
    {
        let program = dropped.program;
        let error =
            Error::usage(format!("`{program}` takes the environment away, so the values would not arrive"));
        return Err(match program {
            "sudo" => error.hint("put it in front: `sudo senex-env run -- …`, or use `sudo -E`"),
            _ => error.hint(format!("put it in front: `{program} senex-env run -- …`")),
        });
    }
    if way != Way::Environment
        && let Some(user) = invocation.switches_to_user()
    {
        return Err(Error::usage(format!(
            "the env file is readable by you alone, not by `{}`",
            user.to_string_lossy()
        ))
        .hint(format!("put it in front: `sudo -u {} senex-env run -- …`", user.to_string_lossy())));
    }
    Ok(())
}

/// The managed keys and helper names to remove: an exported value would beat the file.
fn taken_out(managed: &BTreeSet<String>, session: &Session<'_>) -> Vec<OsString> {
    let exported: Vec<&String> =
        managed.iter().filter(|name| session.context.raw_variable(name).is_some()).collect();
    if !exported.is_empty() {
        session.ui.note(format!(
            "not passed on from your shell, so that the sealed values count: {}",
            words::names(&exported)
        ));
    }
    let helpers = [UNSET_HELPER, DOLLAR_HELPER].map(OsString::from);
    managed.iter().map(OsString::from).chain(helpers).collect()
}
