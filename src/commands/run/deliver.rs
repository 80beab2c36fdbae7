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
use crate::invocation::{EnvFileSupport, EnvFiles, Invocation, Surroundings};
use crate::name::KeyName;
use crate::plaintext::{DOLLAR_HELPER, Format, Reader, UNSET_HELPER, read_as};
use crate::run::{self, Outcome, Plan};
use crate::sealed::{OpenFile, SealedFile};
use crate::secret::Secret;
use crate::{file, words};

/// Everything about a run that is known before a value is.
pub(super) struct Delivery<'a> {
    invocation: &'a Invocation,
    at: At<'a>,
    document: Document,
    way: Way,
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
    /// An env file among the compose options.
    EnvFile(EnvFileSupport),
    /// The process environment.
    Environment,
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
        let way = match (invocation.has_placeholder(), invocation.env_file_support()) {
            (true, _) => Way::Placeholder,
            (false, EnvFileSupport::No) => Way::Environment,
            (false, support) => Way::EnvFile(support),
        };
        let add_files: Vec<PathBuf> = if invocation.front_end().is_compose()
            && invocation.files().is_empty()
            && !invocation.gives_files()
        {
            compose_files(at).iter().map(|path| file::relative(path, invocation.cwd())).collect()
        } else {
            Vec::new()
        };
        let own = Reading {
            at,
            managed: &managed,
            // Where the values go through the process environment, a `.env` would beat them.
            override_dotenv: arguments.override_dotenv && way != Way::Environment,
        }
        .read(invocation, &add_files)?;
        refuse_wrappers(invocation, way, &managed)?;
        let remove = if invocation.front_end().is_compose() && way != Way::Environment {
            taken_out(&managed, at.session)
        } else {
            Vec::new()
        };
        let format = arguments.format.unwrap_or(cli::Format::Dialect(Format::Compose));
        let document = Document::new(format, at, None)?;
        Ok(Self { invocation, at, document, way, add_files, own, remove })
    }

    /// The command line with a stand-in for the file, and the compose files it is about, for
    /// `--dry-run`.
    pub(super) fn preview(&self) -> (Vec<OsString>, Vec<PathBuf>) {
        let stand_in = Path::new("FILE");
        let argv =
            command_line(self.invocation, self.at.session, self.way, &self.add_files, &self.own, stand_in);
        let named: Vec<PathBuf> = self.invocation.files().iter().map(|file| file.path.clone()).collect();
        let added = self.add_files.iter().map(|file| self.invocation.cwd().join(file));
        (argv, if named.is_empty() { added.collect() } else { named })
    }

    /// Writes the values, starts the child, waits for it. Returns the child's end as our own.
    pub(super) fn run(self, open: &OpenFile) -> Result<Exit, Error> {
        let pairs: Vec<(&KeyName, &Secret)> = open.pairs().collect();
        if self.invocation.front_end().is_podman_compose() {
            podman::warn_of_values(&pairs, self.at.session);
            podman::warn_of_scales(self.invocation, self.at.session);
        }
        if self.way == Way::Environment {
            let argv = self.invocation.with(&self.add_files, EnvFiles::Unchanged);
            let set = pairs.iter().map(|(key, value)| ((*key).clone(), value.duplicate())).collect();
            return Err(error::run(&run::with_environment(&plan(argv, set, self.remove))));
        }
        let content = self.content(&pairs)?;
        let name = self.document.file_name();
        let Self { invocation, at, way, add_files, own, remove, .. } = self;
        let outcome = run::with_file(name, content, |path| {
            plan(command_line(invocation, at.session, way, &add_files, &own, path), Vec::new(), remove)
        });
        match outcome {
            Ok(Outcome::Exited(code)) => Ok(Exit::Child(code)),
            Ok(Outcome::Signalled(signal)) => Ok(Exit::Signal(signal)),
            Err(error) => Err(error::run(&error)),
        }
    }

    /// The text of the file; with a tool that takes only one env file, the user's own comes before ours.
    fn content(&self, pairs: &[(&KeyName, &Secret)]) -> Result<Zeroizing<Vec<u8>>, Error> {
        let ours = self.document.write(pairs)?;
        if self.way != Way::EnvFile(EnvFileSupport::One) || self.own.text.is_empty() {
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

fn command_line(
    invocation: &Invocation,
    session: &Session<'_>,
    way: Way,
    add_files: &[PathBuf],
    own: &OwnFiles,
    path: &Path,
) -> Vec<OsString> {
    match way {
        Way::EnvFile(EnvFileSupport::Several) => {
            invocation.with(add_files, EnvFiles::Several { theirs: &own.paths, ours: path })
        }
        Way::EnvFile(_) => invocation.with(add_files, EnvFiles::One(path)),
        Way::Placeholder => {
            let filled = invocation.with_placeholder(path);
            let variable = |name: &str| session.context.raw_variable(name);
            let surroundings = Surroundings { cwd: &session.context.directory, variable: &variable };
            Invocation::parse(&filled, surroundings).with(add_files, EnvFiles::Unchanged)
        }
        Way::Environment => invocation.with(add_files, EnvFiles::Unchanged),
    }
}

fn plan(mut argv: Vec<OsString>, set: Vec<(KeyName, Secret)>, remove: Vec<OsString>) -> Plan {
    let args = argv.split_off(1.min(argv.len()));
    Plan { program: argv.pop().unwrap_or_default(), args, set, remove }
}

/// `sudo`, `env` and the like in front of the command can undo what is done here.
fn refuse_wrappers(invocation: &Invocation, way: Way, managed: &BTreeSet<String>) -> Result<(), Error> {
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
