//! A private identity on its way to where it is kept: the system keyring, or a file behind a passphrase.

use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::cli;
use crate::desk::Session;
use crate::error::Error;
use crate::exit::Exit;
use crate::file;
use crate::identity::{self, Identity, Keyring};
use crate::recipient::Recipient;
use crate::secret::Secret;

/// Makes an identity and keeps it. Its recipient is the answer, alone on standard output.
pub(crate) fn make(home: &cli::Home, session: &Session<'_>) -> Result<(), Error> {
    let identity = Identity::generate();
    let recipient = identity.recipient().to_string();
    store(&[identity], home, session)?;
    session.ui.line(recipient)
}

/// A new identity where one is looked for first, and its recipient as it is found there.
pub(crate) fn made(session: &Session<'_>) -> Result<Recipient, Error> {
    make(&cli::Home { file: None, no_passphrase: false }, session)?;
    let own = session.identities().recipients();
    let found = own.into_iter().find(|own| !own.kind().is_ssh());
    found.ok_or_else(|| Error::new(Exit::NoIdentity, "cannot read the new identity back"))
}

/// Into the keyring; where there is none, or a file is asked for, into a file.
pub(crate) fn store(identities: &[Identity], home: &cli::Home, session: &Session<'_>) -> Result<(), Error> {
    let text = identity::text_of(identities);
    if home.file.is_none() && !home.no_passphrase {
        match keep_in_keyring(&text) {
            Ok(()) => {
                session.ui.note("stored in the system keyring");
                return Ok(());
            }
            Err(Some(error)) => return Err(error),
            Err(None) => session.ui.note("no system keyring here, so it is stored in a file"),
        }
    }
    let path = match &home.file {
        Some(path) => session.context.directory.join(path),
        None => identity::default_file(session.context).ok_or_else(|| {
            Error::usage("there is no home directory").hint("`--file PATH` sets where to store it")
        })?,
    };
    write_file(&path, &text, home, identities, session)
}

/// `Err(None)` when there is no keyring to use.
fn keep_in_keyring(text: &str) -> Result<(), Option<Error>> {
    let there = Keyring::read().map_err(|_| None)?;
    if there.is_some() {
        return Err(Some(
            Error::no("the system keyring already contains an identity of yours")
                .hint("`senex-env identity show` shows its recipient")
                .hint("`--file PATH` stores another one elsewhere"),
        ));
    }
    Keyring::write(text).map_err(|error| {
        Some(
            Error::new(Exit::Io, format!("the system keyring: {error}"))
                .hint("`--file PATH` stores it in a file"),
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
        return Err(Error::no(format!("{} already exists", shown.display()))
            .hint("`senex-env identity show` shows its recipient")
            .hint("`--file PATH` stores another one elsewhere"));
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
    session.ui.note(format!("stored in {}", shown.display()));
    Ok(())
}

fn new_passphrase(session: &Session<'_>) -> Result<Secret, Error> {
    let ask = |question| {
        session.ui.hidden(question).map_err(|error| {
            error.hint("`--no-passphrase` creates a file without one, for machines").exiting(Exit::Usage)
        })
    };
    let passphrase = ask("a passphrase for the new identity")?;
    if passphrase.is_empty() {
        return Err(Error::no("an empty passphrase protects nothing")
            .hint("`--no-passphrase` creates one without a passphrase"));
    }
    if !ask("once more")?.same_as(&passphrase) {
        return Err(Error::no("the two entries differ; nothing was created"));
    }
    Ok(passphrase)
}
