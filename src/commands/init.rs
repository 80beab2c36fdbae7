//! `init`: start a project in this repository, with what lies there: compose files and plaintext env files.

mod dot_env;
mod environments;
mod finish;
mod for_git;
mod gather;
mod person;
mod plaintext;
mod repeated;
mod schema;
mod seal;
mod shown;
mod tools;

use std::path::{Path, PathBuf};

use crate::cli;
use crate::desk::{Session, hooks};
use crate::error::{self, Error};
use crate::exit::Exit;
use crate::git::{self, Lacking};
use crate::name::EnvName;
use crate::project::{FILE, FOLDER, Project, Proposal, ProposedEnvironment, ProposedKey, Replaced};
use crate::words;
use environments::{Found, Listing};
use for_git::{in_the_clear, write_for_git};
use gather::Gathered;
use plaintext::Place;

pub(super) fn run(arguments: &cli::Init, session: &Session<'_>) -> Result<Exit, Error> {
    let directory = &session.context.directory;
    let root = root(directory, arguments, session);
    finish::recover(&root, session)?;
    if root.join(FOLDER).join(FILE).symlink_metadata().is_ok() {
        return finish::run(&root, arguments, session);
    }
    if git::top(directory).is_none() {
        session
            .ui
            .warning("this is not a git repository: sealed files are meant to be committed (`git init`)");
    }
    let environments = gather(&root, arguments, session)?;
    let plan = Plan::new(&root, environments, arguments, session)?;
    if arguments.dry_run {
        return plan.print(&root, session).map(|()| Exit::Ok);
    }
    plan.carry_out(&root, arguments, session).map(|()| Exit::Ok)
}

/// A project that is there, or else a new one: in the folder of the compose project that a tool finds here, or else at
/// the top of the repository.
fn root(directory: &Path, arguments: &cli::Init, session: &Session<'_>) -> PathBuf {
    if arguments.here {
        return directory.to_owned();
    }
    if let Some(root) = Project::root(directory) {
        return root;
    }
    match git::top(directory) {
        Some(top) if top != *directory => {
            let Some(base) = Listing::of(directory).ok().and_then(|listing| listing.base()) else {
                return top;
            };
            session.ui.note(format!(
                "this folder has a {base} of its own, so the project starts here; `senex-env -C {} init` \
                 starts one at the top of the repository",
                session.relative(&top).display()
            ));
            directory.to_owned()
        }
        Some(top) => top,
        None => directory.to_owned(),
    }
}

/// What would be written.
struct Plan {
    environments: Vec<Gathered>,
    keys: Vec<ProposedKey>,
    /// The project file.
    text: String,
    git: Vec<Lacking>,
}

impl Plan {
    fn new(
        root: &Path,
        environments: Vec<Gathered>,
        arguments: &cli::Init,
        session: &Session<'_>,
    ) -> Result<Self, Error> {
        let person = person::name(arguments, session)?;
        let recipient = person::recipient(arguments, session)?;
        let folder = || root.file_name().map(|name| name.to_string_lossy().into_owned());
        let name = arguments.project.clone().or_else(folder).unwrap_or_else(|| "project".to_owned());
        let mut keys = schema::keys(root, &environments);
        repeated::keep_secret(&mut keys, &name, &environments);
        let proposed: Vec<ProposedEnvironment> = environments.iter().map(proposed).collect();
        let (person, recipient) = (&person, recipient.as_ref());
        let is_composed = environments.iter().any(|environment| !environment.compose.is_empty());
        let tool = if is_composed { tools::tools(root) } else { None };
        let text =
            Proposal { name: &name, tool, environments: &proposed, person, recipient, keys: &keys }.text();
        let sealed: Vec<String> = [FILE, ".sops.yaml"]
            .into_iter()
            .map(str::to_owned)
            .chain(environments.iter().map(|environment| format!("{}.env", environment.name)))
            .map(|name| format!("{FOLDER}/{name}"))
            .collect();
        let git = git::lacking(root, &in_the_clear(&environments), &sealed).map_err(error::git)?;
        Ok(Self { environments, keys, text, git })
    }

    fn print(&self, root: &Path, session: &Session<'_>) -> Result<(), Error> {
        let shown = |path: &Path| session.relative(path);
        let project_file = root.join(FOLDER).join(FILE);
        session.ui.verbatim(&format!("# {}\n{}\n", shown(&project_file).display(), self.text))?;
        for lacking in &self.git {
            session.ui.verbatim(&format!("# {}\n{}\n", shown(&lacking.path).display(), lacking.text))?;
        }
        shown::warn(root, &self.environments, session);
        Ok(())
    }

    fn carry_out(self, root: &Path, arguments: &cli::Init, session: &Session<'_>) -> Result<(), Error> {
        let Self { environments, keys, text, git } = self;
        let directory = &session.context.directory;
        let project = Project::parse(root, &text).map_err(|error| error.seen_from(directory))?;
        seal::refuse_sealed(&project, &environments, session)?;
        session.ui.notes(shown::table(&project, &keys, &environments).trim_end().lines());
        shown::warn(root, &environments, session);
        let with_hooks = !arguments.no_hooks && git::top(directory).is_some();
        let and_hooks = if with_hooks { ", and install the git hooks" } else { "" };
        session.ui.confirm(&match environments.iter().map(Gathered::values).sum() {
            0 => format!("write envs/{and_hooks}"),
            values => format!("write envs/ and seal {}{and_hooks}", words::count(values, "value")),
        })?;
        let taken = seal::taken(root, &environments);
        seal::write(&project, &text, environments, session)?;
        write_for_git(&git, session)?;
        if with_hooks && let Err(error) = hooks::install(&project, session) {
            session.ui.warning(format!("the hooks are not installed: {}", error.message));
        }
        let plain = seal::remove_plaintext(&project, taken, arguments, session)?;
        session.ui.notes(shown::next(&project, &plain, session).lines());
        Ok(())
    }
}

fn gather(root: &Path, arguments: &cli::Init, session: &Session<'_>) -> Result<Vec<Gathered>, Error> {
    let shown = session.relative(root);
    let listing = Listing::of(root).map_err(|error| Error::io("cannot list", &shown, &error))?;
    let found: Vec<Found> = if arguments.environments.is_empty() {
        listing.environments()
    } else {
        listing.given(&named(&arguments.environments)?)
    };
    let others = listing.others(&found);
    let named: Vec<PathBuf> = found.iter().flat_map(|found| found.plaintext.clone()).collect();
    let place = Place { root, session, asks: !arguments.dry_run };
    let mut environments = Vec::new();
    for found in found {
        environments.push(Gathered::new(place, found, &named)?);
    }
    if arguments.environments.is_empty() {
        drop_a_mere_guess(&mut environments);
    }
    let is_known = |path: &PathBuf| environments.iter().any(|environment| environment.knows(path));
    for path in others.iter().filter(|path| !is_known(path)) {
        let shown = session.relative(&root.join(path));
        session.ui.note(format!(
            "{} does not belong to an environment of the project; it is left as it is",
            shown.display()
        ));
    }
    for environment in &mut environments {
        let out = environment.take_out_what_is_the_shells();
        if !out.is_empty() {
            session.ui.note(format!(
                "not sealed, because the shell sets it for every program: {}",
                words::names(&out)
            ));
        }
    }
    Ok(environments)
}

/// Production was proposed because nothing told of an environment; but services do have values here.
fn drop_a_mere_guess(environments: &mut Vec<Gathered>) {
    let [first, second] = environments.as_slice() else { return };
    let is_bare =
        second.taken.is_empty() && second.compose.len() <= 1 && first.compose.starts_with(&second.compose);
    if first.name.as_str() == "development"
        && second.name.as_str() == "production"
        && first.values() > 0
        && is_bare
        && first.taken.iter().all(|file| !file.services.is_empty())
    {
        environments.pop();
    }
}

/// The environments of the command line.
fn named(given: &[String]) -> Result<Vec<EnvName>, Error> {
    let mut names = Vec::new();
    for text in given {
        let name = EnvName::new(text).map_err(|error| {
            Error::usage(format!("`{text}` is not a valid name for an environment: {error}"))
                .hint("lower-case letters, digits, `-` and `_`")
        })?;
        if names.contains(&name) {
            return Err(Error::usage(format!("duplicate environment `{name}`")));
        }
        names.push(name);
    }
    Ok(names)
}

fn proposed(environment: &Gathered) -> ProposedEnvironment {
    let names = |file: &gather::Taken| {
        let mut names: Vec<_> = file.imported.entries.iter().map(|entry| entry.name.clone()).collect();
        names.sort();
        names
    };
    let mut all: Vec<_> = environment.taken.iter().flat_map(names).collect();
    all.sort();
    all.dedup();
    let own = environment.taken.iter().filter(|file| !file.services.is_empty()).map(|file| {
        let in_order = || file.imported.entries.iter().map(|entry| entry.name.clone()).collect();
        Replaced { file: file.path.clone(), keys: (names(file) != all).then(in_order) }
    });
    // Of a file that another environment takes over, this one has all that it has.
    let elsewhere =
        environment.taken_elsewhere.iter().map(|file| Replaced { file: file.clone(), keys: None });
    let replaces = own.chain(elsewhere);
    ProposedEnvironment {
        name: environment.name.clone(),
        compose: environment.compose.clone(),
        replaces: replaces.collect(),
    }
}
