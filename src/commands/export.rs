//! `export`: the values of an environment in somebody else's format, in plaintext.

use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::cli;
use crate::desk::document::Document;
use crate::desk::{At, Session, known_key};
use crate::error::Error;
use crate::exit::Exit;
use crate::name::KeyName;
use crate::project::Project;
use crate::sealed::OpenFile;
use crate::secret::Secret;
use crate::{file, git, words};

pub(super) fn run(arguments: &cli::Export, env: Option<&str>, session: &Session<'_>) -> Result<Exit, Error> {
    let project = session.project()?;
    let at = At::meant(session, &project, env)?;
    let document = document(arguments, at)?;
    let target = match arguments.output.as_deref().filter(|path| *path != Path::new("-")) {
        Some(path) => Some(Target::new(path, arguments.force, &project, session)?),
        None => None,
    };
    let file = at.read_existing()?;
    let names: Vec<KeyName> = file.entries().map(|entry| entry.name.clone()).collect();
    let chosen = arguments
        .keys
        .iter()
        .map(|given| known_key(given, at.name, names.iter()))
        .collect::<Result<Vec<_>, _>>()?;
    confirm(at, target.as_ref())?;
    let open = at.open(file, &mut session.identities())?;
    let (bytes, count) = written(&document, &open, &chosen)?;
    match target {
        None => session.ui.exact(&bytes)?,
        Some(target) => {
            target.write(&bytes)?;
            let shown = target.shown.display();
            session.ui.note(format!(
                "{shown} contains {} of {} in plaintext, readable only by you: `rm {shown}` when you no \
                 longer need it",
                words::count(count, "value"),
                at.name
            ));
        }
    }
    Ok(Exit::Ok)
}

fn document(arguments: &cli::Export, at: At<'_>) -> Result<Document, Error> {
    let namespace = arguments.namespace.as_deref();
    if arguments.format != cli::Format::K8s && (arguments.name.is_some() || namespace.is_some()) {
        return Err(Error::usage("`--name` and `--namespace` require `--format k8s`"));
    }
    match &arguments.name {
        Some(name) => Document::named(arguments.format, name, at, namespace),
        None => Document::new(arguments.format, at, namespace),
    }
}

/// One question at most: before values are seen on a terminal, a file is replaced, or the environment wants
/// it.
fn confirm(at: At<'_>, target: Option<&Target>) -> Result<(), Error> {
    let (name, ui) = (at.name, at.session.ui);
    let wants = at.declared().is_some_and(|environment| environment.confirm);
    let question = match target {
        Some(target) if target.exists => {
            format!("replace {} with the values of {name}", target.shown.display())
        }
        Some(target) if wants => {
            format!("write the values of {name} to {}", target.shown.display())
        }
        None if wants || ui.shows_on_terminal() => format!("show the values of {name}"),
        _ => return Ok(()),
    };
    ui.confirm(&question)
}

/// The text, and how many values are in it: those that were chosen, or all.
fn written(
    document: &Document,
    open: &OpenFile,
    chosen: &[KeyName],
) -> Result<(Zeroizing<Vec<u8>>, usize), Error> {
    let pairs: Vec<(&KeyName, &Secret)> =
        open.pairs().filter(|(key, _)| chosen.is_empty() || chosen.contains(key)).collect();
    let bytes = document.write(&pairs).map_err(|error| {
        error
            .note("nothing was written")
            .hint("to export only some keys, name them at the end of the command")
    })?;
    Ok((bytes, pairs.len()))
}

/// The file to write.
struct Target {
    path: PathBuf,
    /// As the user would type it.
    shown: PathBuf,
    exists: bool,
}

impl Target {
    /// Refuses a place where plaintext does harm, before any identity is touched. A symbolic link stands
    /// for what it names.
    fn new(given: &Path, force: bool, project: &Project, session: &Session<'_>) -> Result<Self, Error> {
        let path = session.context.directory.join(given);
        let shown = session.relative(&path);
        let real = real_path(&path).map_err(|error| Error::io("cannot write", &shown, &error))?;
        let exists = match std::fs::metadata(&real) {
            Ok(metadata) if metadata.is_file() => true,
            Ok(_) => {
                return Err(Error::usage(format!("{} is not a file", shown.display()))
                    .hint("without `-o` the values go to standard output"));
            }
            Err(_) => false,
        };
        if std::fs::canonicalize(project.folder()).is_ok_and(|folder| real.starts_with(folder)) {
            return Err(Error::usage(format!(
                "{} is in the folder of the sealed files, which must not contain plaintext",
                shown.display()
            )));
        }
        if let Some(tracking) = git::tracking(&real).filter(|_| !force) {
            return Err(tracked(&tracking, &shown, session));
        }
        Ok(Self { path: real, shown, exists })
    }

    fn write(&self, bytes: &[u8]) -> Result<(), Error> {
        file::replace_private(&self.path, bytes)
            .map_err(|error| Error::io("cannot write", &self.shown, &error).note("nothing was written"))
    }
}

/// Without symbolic links; of a file that does not exist, its folder without them.
fn real_path(path: &Path) -> std::io::Result<PathBuf> {
    if std::fs::symlink_metadata(path).is_ok() {
        return std::fs::canonicalize(path);
    }
    let name = path.file_name().ok_or(std::io::ErrorKind::IsADirectory)?;
    Ok(std::fs::canonicalize(path.parent().unwrap_or(path))?.join(name))
}

fn tracked(tracking: &git::Tracking, shown: &Path, session: &Session<'_>) -> Error {
    let shown = shown.display();
    let verb = if tracking.is_tracked { "tracks" } else { "would track" };
    let error = Error::no(format!("git {verb} {shown}, and it would contain secrets in plaintext"))
        .note("nothing was written");
    let tracked = session.relative(&tracking.top.join(&tracking.inside));
    let tracked = words::quoted(&tracked.display().to_string());
    let ignore = session.relative(&tracking.top.join(".gitignore"));
    let (line, ignore) = (tracking.inside.display(), ignore.display());
    let error = if tracking.is_tracked {
        error.hint(format!("`git rm --cached {tracked}` and a line `/{line}` in {ignore} make git ignore it"))
    } else {
        error.hint(format!("`echo '/{line}' >> {ignore}` makes git ignore it"))
    };
    error.hint("`--force` writes it anyway")
}
