//! `identity new | show | import`.

use std::path::Path;

use serde::Serialize;

use crate::cli;
use crate::desk::Session;
use crate::desk::new_identity::{make, store};
use crate::error::{self, Error};
use crate::exit::Exit;
use crate::file;
use crate::identity::{self, Outcome};

/// An identity file is never larger, in bytes.
const LARGEST: u64 = 1024 * 1024;

pub(super) fn run(command: &cli::Identity, session: &Session<'_>) -> Result<Exit, Error> {
    match command {
        cli::Identity::New(arguments) => make(&arguments.home, session).map(|()| Exit::Ok),
        cli::Identity::Show(arguments) => show(arguments, session),
        cli::Identity::Import(arguments) => import(arguments, session),
    }
}

fn import(arguments: &cli::IdentityImport, session: &Session<'_>) -> Result<Exit, Error> {
    let bytes = if arguments.from == Path::new("-") {
        session.ui.input()?
    } else {
        file::read(&arguments.from, LARGEST)
            .map_err(|error| Error::io("cannot read", &arguments.from, &error))?
    };
    let identities = identity::import(&bytes, session.ui)
        .map_err(|error| Error::usage(format!("cannot import {}: {error}", arguments.from.display())))?;
    let recipients: Vec<String> =
        identities.iter().map(|identity| identity.recipient().to_string()).collect();
    store(&identities, &arguments.home, session)?;
    for recipient in recipients {
        session.ui.line(recipient)?;
    }
    Ok(Exit::Ok)
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
                    Outcome::Nothing(_) => (&[][..], false, None),
                    Outcome::Identities(recipients) => (&recipients[..], false, None),
                    Outcome::Locked(recipients) => (recipients.as_deref().unwrap_or_default(), true, None),
                    Outcome::StillLocked(why) => (&[][..], true, Some(why.to_string())),
                    Outcome::Problem(problem) => (&[][..], false, Some(problem.clone())),
                    Outcome::Unusable(error) => (&[][..], false, Some(error.to_string())),
                };
                let recipients = recipients.iter().map(ToString::to_string).collect();
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
            | Outcome::Unusable(_)
            | Outcome::Problem(_)) => {
                session.ui.note(format!("{}: {}", looked.place, error::describe(outcome)));
            }
        }
    }
    if found {
        return Ok(Exit::Ok);
    }
    Err(Error::new(Exit::NoIdentity, "you have no identity yet")
        .hint("`senex-env identity new` creates one")
        .hint("`senex-env identity import FILE` imports one"))
}
