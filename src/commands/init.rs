//! `init`: start a project in this repository.

mod schema;

use std::path::{Path, PathBuf};

use super::hooks;
use super::identity as identity_command;
use super::session::Session;
use crate::cli;
use crate::error::Error;
use crate::exit::Exit;
use crate::file;
use crate::git;
use crate::name::{EnvName, PersonName};
use crate::project::{FILE, FOLDER, Project, proposal};
use crate::recipient::Recipient;
use schema::Schema;

/// A text file that gets lines added is never larger, in bytes.
const LARGEST: u64 = 1024 * 1024;

pub fn run(arguments: &cli::Init, session: &Session<'_>) -> Result<Exit, Error> {
    let directory = &session.context.directory;
    let root = git::top(directory).unwrap_or_else(|| directory.clone());
    let path = root.join(FOLDER).join(FILE);
    let shown = |path: &Path| file::relative(path, directory);
    if path.exists() {
        return Err(Error::no(format!("{} is there already", shown(&path).display()))
            .hint("`senex-env check` shows what it asks for"));
    }
    if git::top(directory).is_none() {
        session
            .ui
            .warning("this is not a git repository: sealed files are meant to be committed (`git init`)");
    }
    let environments = environments(&arguments.environments)?;
    let person = person(arguments, session)?;
    let recipient = recipient(arguments, session)?;
    let name = match &arguments.project {
        Some(name) => name.clone(),
        None => {
            root.file_name().map_or_else(|| "project".to_owned(), |name| name.to_string_lossy().into_owned())
        }
    };
    let compose_files = compose_files(&root);
    let mut schema = Schema::default();
    for environment in &environments {
        schema.add(environment, &root, &compose_files(environment));
    }
    let text = proposal(&name, &environments, &person, &recipient, &compose_files, &schema.keys());

    let mut files: Vec<(PathBuf, String)> = vec![(path.clone(), text)];
    for (name, wanted) in [(".gitattributes", git::ATTRIBUTES), (".gitignore", git::IGNORED)] {
        let path = root.join(name);
        let old = read_text(&path).map_err(|error| Error::io("cannot read", &shown(&path), &error))?;
        files.extend(git::with_lines(&old, wanted).map(|text| (path, text)));
    }
    for (path, text) in &files {
        if arguments.dry_run {
            session.ui.line(format!("# {}\n{text}", shown(path).display()))?;
            continue;
        }
        write(path, text).map_err(|error| Error::io("cannot write", &shown(path), &error))?;
        session.ui.note(format!("wrote {}", shown(path).display()));
    }
    if arguments.dry_run {
        return Ok(Exit::Ok);
    }
    let project = Project::load(&root)?;
    session.write_sops_yaml(&project)?;
    if git::top(directory).is_some()
        && let Err(error) = hooks::install(&project, session)
    {
        session.ui.warning(format!("the hooks are not installed: {}", error.message));
    }
    let first = &environments[0];
    session.ui.note(format!(
        "next: `senex-env import -e {first} .env` or `senex-env set -e {first} KEY`, then `senex-env check`"
    ));
    Ok(Exit::Ok)
}

fn environments(given: &[String]) -> Result<Vec<EnvName>, Error> {
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
    if names.is_empty() {
        return Err(Error::usage("a project needs an environment"));
    }
    Ok(names)
}

fn person(arguments: &cli::Init, session: &Session<'_>) -> Result<PersonName, Error> {
    let given = arguments.person.clone();
    let login = || ["USER", "LOGNAME"].iter().find_map(|name| session.context.variable(name));
    let text = given
        .or_else(|| login().map(|name| name.to_string_lossy().into_owned()))
        .unwrap_or_else(|| "me".to_owned());
    PersonName::new(&text).map_err(|error| {
        Error::usage(format!("`{text}` is not a name for a person: {error}"))
            .hint("`--person NAME` gives another one")
    })
}

/// The given recipient, else that of the first identity that is found, else that of a new one.
fn recipient(arguments: &cli::Init, session: &Session<'_>) -> Result<Recipient, Error> {
    let parse = |text: &str| {
        Recipient::parse(text).map_err(|error| Error::usage(format!("the recipient is refused: {error}")))
    };
    if let Some(text) = &arguments.recipient {
        return parse(text);
    }
    let own = |session: &Session<'_>| session.identities().recipients().into_iter().next();
    if let Some(text) = own(session) {
        return parse(&text);
    }
    if arguments.dry_run {
        return Err(no_identity());
    }
    session.ui.confirm("you have no identity yet; make one").map_err(|_| no_identity())?;
    let home = cli::Home { file: None, no_passphrase: false };
    identity_command::run(&cli::Identity::New(cli::IdentityNew { home }), session)?;
    own(session).map_or_else(|| Err(no_identity()), |text| parse(&text))
}

fn no_identity() -> Error {
    Error::new(Exit::NoIdentity, "you have no identity yet")
        .hint("`senex-env identity new` makes one, then `senex-env init`")
}

/// The compose files that lie there: the base, and what overrides it in an environment of each name.
fn compose_files(root: &Path) -> impl Fn(&EnvName) -> Vec<String> + '_ {
    const BASES: [&str; 4] = ["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"];
    move |environment| {
        let Some(base) = BASES.into_iter().find(|name| root.join(name).is_file()) else { return Vec::new() };
        let (stem, extension) = base.rsplit_once('.').unwrap_or((base, "yml"));
        let name = environment.as_str();
        let short = match name {
            "development" => "dev",
            "production" => "prod",
            other => other,
        };
        let candidates = [name, short].map(|part| format!("{stem}.{part}.{extension}"));
        let over = candidates.into_iter().find(|name| root.join(name).is_file());
        std::iter::once(base.to_owned()).chain(over).collect()
    }
}

fn read_text(path: &Path) -> std::io::Result<String> {
    match file::read_regular(path, LARGEST) {
        Ok(bytes) => Ok(String::from_utf8_lossy(&bytes).into_owned()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(String::new()),
        Err(error) => Err(error),
    }
}

fn write(path: &Path, text: &str) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    file::replace(path, text.as_bytes(), 0o644)
}
