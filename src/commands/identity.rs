//! `identity new | show | import`.

use std::path::{Path, PathBuf};

use serde::Serialize;
use zeroize::Zeroizing;

use crate::cli;
use crate::desk::Session;
use crate::error::{self, Error};
use crate::exit::Exit;
use crate::file;
use crate::identity::{self, Identity, Keyring, Outcome};
use crate::recipient::Recipient;
use crate::secret::Secret;

/// An identity file is never larger, in bytes.
const LARGEST: u64 = 1024 * 1024;

pub(super) fn run(command: &cli::Identity, session: &Session<'_>) -> Result<Exit, Error> {
    match command {
        cli::Identity::New(arguments) => new(&arguments.home, session),
        cli::Identity::Show(arguments) => show(arguments, session),
        cli::Identity::Import(arguments) => import(arguments, session),
    }
}

fn new(home: &cli::Home, session: &Session<'_>) -> Result<Exit, Error> {
    let identity = Identity::generate();
    let recipient = identity.recipient().to_string();
    store(&[identity], home, session)?;
    // The recipient is the answer, alone on standard output.
    session.ui.line(recipient)?;
    Ok(Exit::Ok)
}

/// A new identity where one is looked for first, and its recipient as it is found there.
pub(super) fn made(session: &Session<'_>) -> Result<Recipient, Error> {
    new(&cli::Home { file: None, no_passphrase: false }, session)?;
    let own = session.identities().recipients();
    let found = own.iter().find(|text| text.starts_with("age1")).and_then(|text| Recipient::parse(text).ok());
    found.ok_or_else(|| Error::new(Exit::NoIdentity, "the new identity cannot be found again"))
}

fn import(arguments: &cli::IdentityImport, session: &Session<'_>) -> Result<Exit, Error> {
    let bytes = if arguments.from == Path::new("-") {
        session.ui.input()?
    } else {
        file::read(&arguments.from, LARGEST)
            .map_err(|error| Error::io("cannot read", &arguments.from, &error))?
    };
    let identities = identity::import(&bytes, session.ui)
        .map_err(|error| Error::usage(format!("{} is not imported: {error}", arguments.from.display())))?;
    let recipients: Vec<String> =
        identities.iter().map(|identity| identity.recipient().to_string()).collect();
    store(&identities, &arguments.home, session)?;
    for recipient in recipients {
        session.ui.line(recipient)?;
    }
    Ok(Exit::Ok)
}

/// Into the keyring; where there is none, or a file is asked for, into a file.
fn store(identities: &[Identity], home: &cli::Home, session: &Session<'_>) -> Result<(), Error> {
    let text = identity::text_of(identities);
    if home.file.is_none() && !home.no_passphrase {
        match keep_in_keyring(&text) {
            Ok(()) => {
                session.ui.note("kept in the system keyring");
                return Ok(());
            }
            Err(Some(error)) => return Err(error),
            Err(None) => session.ui.note("no system keyring here; it goes into a file"),
        }
    }
    let path = match &home.file {
        Some(path) => session.context.directory.join(path),
        None => identity::default_file(session.context).ok_or_else(|| {
            Error::usage("there is no home directory").hint("`--file PATH` says where it goes")
        })?,
    };
    write_file(&path, &text, home, identities, session)
}

/// `Err(None)` when there is no keyring to use.
fn keep_in_keyring(text: &str) -> Result<(), Option<Error>> {
    let there = Keyring::read().map_err(|_| None)?;
    if there.is_some() {
        return Err(Some(
            Error::no("the system keyring holds an identity of yours already")
                .hint("`senex-env identity show` shows its recipient")
                .hint("`--file PATH` puts another one elsewhere"),
        ));
    }
    Keyring::write(text).map_err(|error| {
        Some(
            Error::new(Exit::Io, format!("the system keyring: {error}"))
                .hint("`--file PATH` puts it into a file"),
        )
    })
}

fn write_file(
    path: &Path,
    text: &str,
    home: &cli::Home,
    identities: &[Identity],
    session: &Session<'_>,
) -> Result<(), Error> {
    let shown = PathBuf::from(session.context.shown(path));
    if path.exists() {
        return Err(Error::no(format!("{} is there already", shown.display()))
            .hint("`senex-env identity show` shows its recipient")
            .hint("`--file PATH` puts another one elsewhere"));
    }
    let bytes = if home.no_passphrase {
        Zeroizing::new(text.as_bytes().to_vec())
    } else {
        let passphrase = new_passphrase(session)?;
        let protected = identity::protect(text, passphrase.expose());
        Zeroizing::new(protected.map_err(|error| Error::io("cannot write", &shown, &error))?)
    };
    file::create(path, &bytes, 0o600).map_err(|error| Error::io("cannot write", &shown, &error))?;
    if !home.no_passphrase {
        // Public: lets the search know, without asking, whether the passphrase could help.
        let public: String =
            identities.iter().map(|identity| format!("{}\n", identity.recipient())).collect();
        file::replace(&path.with_extension("pub"), public.as_bytes(), 0o644)
            .map_err(|error| Error::io("cannot write", &shown.with_extension("pub"), &error))?;
    }
    session.ui.note(format!("kept in {}", shown.display()));
    Ok(())
}

fn new_passphrase(session: &Session<'_>) -> Result<Secret, Error> {
    let ask = |question| {
        session.ui.hidden(question).map_err(|error| {
            error.hint("`--no-passphrase` makes a file without one, for machines").exiting(Exit::Usage)
        })
    };
    let passphrase = ask("a passphrase for the new identity")?;
    if passphrase.is_empty() {
        return Err(
            Error::no("an empty passphrase protects nothing").hint("`--no-passphrase` says so openly")
        );
    }
    if !ask("once more")?.same_as(&passphrase) {
        return Err(Error::no("the two answers differ; nothing was made"));
    }
    Ok(passphrase)
}

/// `identity show --json`.
#[derive(Serialize)]
struct Answer {
    places: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    place: String,
    recipients: Vec<String>,
    passphrase: bool,
    problem: Option<String>,
}

fn show(arguments: &cli::IdentityShow, session: &Session<'_>) -> Result<Exit, Error> {
    let mut identities = session.identities();
    let looked = identities.look_everywhere();
    if arguments.json {
        let places = looked
            .iter()
            .map(|looked| {
                let (recipients, passphrase, problem) = match &looked.outcome {
                    Outcome::Nothing(_) => (Vec::new(), false, None),
                    Outcome::Identities(recipients) => (recipients.clone(), false, None),
                    Outcome::Locked(recipients) => (recipients.clone().unwrap_or_default(), true, None),
                    Outcome::StillLocked(why) => (Vec::new(), true, Some(why.to_string())),
                    Outcome::Problem(problem) => (Vec::new(), false, Some(problem.clone())),
                };
                Row { place: looked.place.clone(), recipients, passphrase, problem }
            })
            .collect();
        session.ui.json("identity", &Answer { places })?;
        return Ok(Exit::Ok);
    }
    let mut found = false;
    for looked in looked {
        match &looked.outcome {
            Outcome::Identities(recipients) | Outcome::Locked(Some(recipients)) => {
                found = true;
                for recipient in recipients {
                    session.ui.line(format!("{recipient}  {}", looked.place))?;
                }
            }
            outcome @ (Outcome::Nothing(_)
            | Outcome::Locked(None)
            | Outcome::StillLocked(_)
            | Outcome::Problem(_)) => {
                session.ui.note(format!("{}: {}", looked.place, error::describe(outcome)))
            }
        }
    }
    if found {
        return Ok(Exit::Ok);
    }
    Err(Error::new(Exit::NoIdentity, "you have no identity yet")
        .hint("`senex-env identity new` makes one")
        .hint("`senex-env identity import FILE` takes one over"))
}
