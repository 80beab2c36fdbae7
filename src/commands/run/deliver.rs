//! How the values reach the child: by a file that is gone afterwards, or by its process environment.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::files::Files;
use super::own_files::{OwnFiles, Reading};
use super::podman;
use super::served::{self, Served};
use super::values::Values;
use crate::cli;
use crate::compose::is_of_the_machine;
use crate::desk::At;
use crate::desk::document::Document;
use crate::error::{self, Error};
use crate::exit::Exit;
use crate::invocation::{self, EnvFileSupport, EnvFiles, Invocation};
use crate::name::KeyName;
use crate::plaintext::{DOLLAR_HELPER, Format, Reader, UNSET_HELPER, read_as};
use crate::run::{self, Outcome, Plan};
use crate::sealed::OpenFile;
use crate::secret::Secret;
use crate::words;

/// Everything about a run but the values.
pub(super) struct Delivery<'a> {
    pub at: At<'a>,
    pub invocation: &'a Invocation,
    document: Document,
    pub files: Files,
    own: OwnFiles,
    served: Option<Served>,
    /// The names of the keys that have a value.
    sealed: BTreeSet<String>,
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
    /// Decides on the way, and refuses what cannot work.
    pub(super) fn new(
        arguments: &cli::Run,
        at: At<'a>,
        values: &Values<'_>,
        invocation: &'a Invocation,
        files: Files,
    ) -> Result<Self, Error> {
        // What has no value here is not ours to decide.
        let sealed: BTreeSet<String> = values.names().map(ToString::to_string).collect();
        let way = Way::of(invocation);
        // Where the values go through the process environment, a `.env` would beat them.
        let override_dotenv = arguments.override_dotenv && way != Way::Environment;
        let own = Reading { at, values, override_dotenv }.read(invocation, &files.add)?;
        refuse_wrappers(invocation, &sealed)?;
        let served = match way {
            Way::OneFile | Way::LastFile => Served::find(at, values, invocation, &files, &own)?,
            Way::Placeholder | Way::Environment => None,
        };
        let format = arguments.format.unwrap_or(cli::Format::Dialect(Format::Compose));
        let document = Document::new(format, at, None)?;
        Ok(Self { at, invocation, document, files, own, served, sealed })
    }

    /// The command line and the compose files it is about, for `--dry-run`; says what is taken out.
    pub(super) fn preview(&self) -> (Vec<OsString>, &[PathBuf]) {
        drop(self.taken_out(None));
        (self.command_line(Path::new("FILE"), Some(Path::new("ENV_FILES"))), &self.files.loaded)
    }

    /// Writes the values, starts the child, waits for it. Returns the child's end as our own. Nothing of the values is
    /// left in our memory while the child runs.
    pub(super) fn run(mut self, open: OpenFile) -> Result<Exit, Error> {
        let pairs: Vec<(&KeyName, &Secret)> = open.pairs().collect();
        if self.invocation.front_end().is_podman_compose() {
            podman::warn_of_values(&pairs, self.at.session);
            podman::warn_of_scales(self.invocation, self.at.session);
        }
        let remove = self.taken_out(Some(&open));
        if Way::of(self.invocation) == Way::Environment {
            let argv = self.command_line(Path::new(""), None);
            let set = pairs.iter().map(|(key, value)| ((*key).clone(), value.duplicate())).collect();
            return error::run(&run::with_environment(&plan(argv, set, remove)), self.at.name);
        }
        let mut files = vec![(self.document.file_name(), self.content(&pairs)?)];
        files.extend(self.served.as_ref().map(|served| (served::FILE, served.text())));
        drop(open);
        self.own.text = Zeroizing::default();
        let outcome = run::with_files(files, |paths| {
            let argv = self.command_line(&paths[0], paths.get(1).map(PathBuf::as_path));
            plan(argv, Vec::new(), remove)
        });
        match outcome {
            Ok(Outcome::Exited(code)) => Ok(Exit::Child(code)),
            Ok(Outcome::Signalled(signal)) => Ok(Exit::Signal(signal)),
            Err(error) => error::run(&error, self.at.name),
        }
    }

    /// The command with our file in its place, and behind its compose files the one that serves `env_file:`.
    fn command_line(&self, path: &Path, served: Option<&Path>) -> Vec<OsString> {
        let Self { invocation, files, own, .. } = self;
        let behind = self.served.as_ref().and(served);
        // One more file is added to files that are named, so what the tool would find by itself is as well.
        let before = if behind.is_some() { &files.explicit } else { &files.add };
        let add = invocation::Files { before, behind };
        let env_files = match Way::of(invocation) {
            Way::Placeholder => EnvFiles::InPlace(path),
            Way::OneFile => EnvFiles::One(path),
            Way::LastFile => EnvFiles::Several { theirs: &own.paths, ours: path },
            Way::Environment => EnvFiles::Unchanged,
        };
        invocation.with(add, env_files)
    }

    /// The names to remove from the child's process environment, where an exported value would beat the file. What
    /// a sealed value puts aside is said; with the values, only where it is another one.
    fn taken_out(&self, open: Option<&OpenFile>) -> Vec<OsString> {
        let is_compose = self.invocation.front_end().is_compose();
        if Way::of(self.invocation) == Way::Placeholder && !is_compose {
            return Vec::new();
        }
        let ours = || self.sealed.iter().filter(|name| !is_of_the_machine(name));
        let differs = |name: &str, exported: OsString| {
            let Some(open) = open else { return true };
            let value = KeyName::new(name).ok().and_then(|key| Some(open.get(&key)?.duplicate()));
            let exported = exported.into_string().ok().map(Secret::new);
            !matches!((value, exported), (Some(value), Some(exported)) if value.same_as(&exported))
        };
        let exported: Vec<&String> = ours()
            .filter(|name| {
                let exported = self.at.session.context.raw_variable(name);
                exported.is_some_and(|exported| differs(name, exported))
            })
            .collect();
        if !exported.is_empty() {
            self.at.session.ui.note(format!(
                "not passed on from your shell, because the sealed values take precedence: {}",
                words::names(&exported)
            ));
        }
        if Way::of(self.invocation) == Way::Environment {
            return Vec::new();
        }
        let helpers = [UNSET_HELPER, DOLLAR_HELPER].map(OsString::from);
        ours().map(OsString::from).chain(helpers).collect()
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
            "{} contains a line that would swallow sealed values, perhaps an unclosed quote",
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
            "the command line sets {} itself, which would override the sealed values",
            words::names(&beaten)
        ))
        .hint("remove it from the command line"));
    }
    if way == Way::Environment
        && let Some(dropped) = invocation.drops_environment()
        && managed.iter().any(|key| !dropped.keeps(key))
    {
        let program = dropped.program;
        let error = Error::usage(format!("`{program}` clears the environment, so the values would be lost"));
        return Err(match program {
            "sudo" => error.hint("put senex-env after it: `sudo senex-env run -- …`, or use `sudo -E`"),
            _ => error.hint(format!("put senex-env after it: `{program} senex-env run -- …`")),
        });
    }
    if way != Way::Environment
        && let Some(user) = invocation.switches_to_user()
    {
        return Err(Error::usage(format!(
            "the env file is readable only by you, not by `{}`",
            user.to_string_lossy()
        ))
        .hint(format!("put senex-env after it: `sudo -u {} senex-env run -- …`", user.to_string_lossy())));
    }
    Ok(())
}
