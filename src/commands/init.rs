//! `init`: start a project in this repository, with what lies there: compose files and plaintext env files.

mod known;
mod person;
mod plaintext;
mod schema;
mod seal;
mod shown;
mod surroundings;

use std::path::{Path, PathBuf};

use crate::cli;
use crate::desk::{Session, hooks};
use crate::error::Error;
use crate::exit::Exit;
use crate::file;
use crate::git;
use crate::name::EnvName;
use crate::project::{FILE, FOLDER, Project, proposal};
use crate::words;
use plaintext::{Plaintext, Refused, Why};
use schema::Schema;

/// A text file that gets lines added is never larger, in bytes.
const LARGEST: u64 = 1024 * 1024;

pub(super) fn run(arguments: &cli::Init, session: &Session<'_>) -> Result<Exit, Error> {
    let directory = &session.context.directory;
    let root = git::top(directory).unwrap_or_else(|| directory.clone());
    let path = root.join(FOLDER).join(FILE);
    let shown = |path: &Path| session.relative(path);
    if path.exists() {
        return Err(Error::no(format!("{} is there already", shown(&path).display()))
            .hint("`senex-env check` shows what it asks for"));
    }
    if git::top(directory).is_none() {
        session
            .ui
            .warning("this is not a git repository: sealed files are meant to be committed (`git init`)");
    }
    let environments = if arguments.environments.is_empty() {
        surroundings::environments(&root)
    } else {
        named(&arguments.environments)?
    };
    let (plaintext, refused) = read_plaintext(&root, &environments, session)?;
    let person = person::name(arguments, session)?;
    let recipient = person::recipient(arguments, session)?;
    let name = match &arguments.project {
        Some(name) => name.clone(),
        None => {
            root.file_name().map_or_else(|| "project".to_owned(), |name| name.to_string_lossy().into_owned())
        }
    };
    let compose_files = |environment: &EnvName| surroundings::compose_files(&root, environment);
    let mut schema = Schema::default();
    for environment in &environments {
        schema.add(environment, &root, &compose_files(environment));
    }
    let env_files = std::mem::take(&mut schema.env_files);
    let keys = schema.keys(&root, &plaintext, &refused);
    let text = proposal(&name, &environments, &person, &recipient, &compose_files, &keys);
    let broken = refused.iter().filter(|file| matches!(file.why, Why::Import(_))).map(|file| &file.path);
    let in_the_clear: Vec<&PathBuf> = plaintext.iter().map(|file| &file.path).chain(broken).collect();
    let mut files = added_lines(&root, &in_the_clear, session)?;
    if arguments.dry_run {
        files.insert(0, (path, text));
        for (path, text) in &files {
            session.ui.verbatim(&format!("# {}\n{text}\n", shown(path).display()))?;
        }
        return Ok(Exit::Ok);
    }

    let project = Project::parse(&root, &text).map_err(|error| error.seen_from(directory))?;
    seal::refuse_sealed(&project, &plaintext, session)?;
    let values: usize = plaintext.iter().map(|file| file.imported.entries.len()).sum();
    session.ui.notes(shown::table(&project, &keys, &plaintext, directory).trim_end().lines());
    for file in &refused {
        session.ui.warning(shown::refused(file, directory));
    }
    let with_hooks = !arguments.no_hooks && git::top(directory).is_some();
    let and_hooks = if with_hooks { ", and install the git hooks" } else { "" };
    if values > 0 {
        session.ui.confirm(&format!("write envs/ and seal {}{and_hooks}", words::count(values, "value")))?;
    } else if session.ui.can_prompt() {
        session.ui.confirm(&format!("write envs/{and_hooks}"))?;
    }
    let taken: Vec<PathBuf> = plaintext.iter().map(|file| file.path.clone()).collect();
    seal::write(&project, &text, plaintext, session)?;
    for (path, text) in &files {
        file::replace(path, text.as_bytes(), 0o644)
            .map_err(|error| Error::io("cannot write", &shown(path), &error))?;
        session.ui.note(format!("wrote {}", shown(path).display()));
    }
    if with_hooks && let Err(error) = hooks::install(&project, session) {
        session.ui.warning(format!("the hooks are not installed: {}", error.message));
    }
    let plain = seal::remove_plaintext(taken.clone(), arguments, session)?;
    for (service, path) in env_files.iter().filter(|(_, path)| taken.contains(path)) {
        session.ui.warning(shown::env_file(service, path, directory));
    }
    session.ui.notes(shown::next(&project, &plain, session).lines());
    Ok(Exit::Ok)
}

/// The environments of the command line.
fn named(given: &[String]) -> Result<Vec<EnvName>, Error> {
    let mut names = Vec::new();
    for text in given {
        let name = EnvName::new(text).map_err(|error| {
            Error::usage(format!("`{text}` is not a name for an environment: {error}"))
                .hint("lower-case letters, digits, `-` and `_`")
        })?;
        if names.contains(&name) {
            return Err(Error::usage(format!("the environment `{name}` is named twice")));
        }
        names.push(name);
    }
    Ok(names)
}

fn read_plaintext(
    root: &Path,
    environments: &[EnvName],
    session: &Session<'_>,
) -> Result<(Vec<Plaintext>, Vec<Refused>), Error> {
    let (mut found, mut refused) = (Vec::new(), Vec::new());
    for (path, word) in plaintext::files(root) {
        let environment = match word {
            None => environments.first().cloned(),
            Some(word) => {
                plaintext::environment(&word).filter(|environment| environments.contains(environment))
            }
        };
        let shown = session.relative(&path);
        let Some(environment) = environment else {
            session
                .ui
                .note(format!("{} is of no environment of the project: it stays as it is", shown.display()));
            continue;
        };
        match plaintext::read(&path, &environment)
            .map_err(|error| Error::io("cannot read", &shown, &error))?
        {
            Some(Ok(file)) => found.push(file),
            Some(Err(file)) => refused.push(file),
            None => {}
        }
    }
    Ok((found, refused))
}

/// `.gitattributes` and `.gitignore` with the lines that they lack.
fn added_lines(
    root: &Path,
    in_the_clear: &[&PathBuf],
    session: &Session<'_>,
) -> Result<Vec<(PathBuf, String)>, Error> {
    let names = in_the_clear.iter().filter_map(|path| path.file_name()?.to_str());
    let mut ignored: Vec<String> = git::IGNORED.iter().map(|line| (*line).to_owned()).collect();
    ignored.extend(names.filter(|name| !git::IGNORED.contains(name)).map(|name| format!("/{name}")));
    let ignored: Vec<&str> = ignored.iter().map(String::as_str).collect();
    let mut files = Vec::new();
    for (name, wanted) in [(".gitattributes", git::ATTRIBUTES), (".gitignore", &ignored)] {
        let path = root.join(name);
        let shown = session.relative(&path);
        let old = read_text(&path).map_err(|error| Error::io("cannot read", &shown, &error))?;
        files.extend(git::with_lines(&old, wanted).map(|text| (path, text)));
    }
    Ok(files)
}

fn read_text(path: &Path) -> std::io::Result<String> {
    match file::read_regular(path, LARGEST) {
        Ok(bytes) => Ok(String::from_utf8_lossy(&bytes).into_owned()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(String::new()),
        Err(error) => Err(error),
    }
}
