//! Who starts the project, with which recipient.

use crate::cli;
use crate::desk::Session;
use crate::desk::new_identity::made;
use crate::error::Error;
use crate::exit::Exit;
use crate::name::PersonName;
use crate::recipient::Recipient;

pub(super) fn name(arguments: &cli::Init, session: &Session<'_>) -> Result<PersonName, Error> {
    let given = arguments.person.clone();
    let login = || ["USER", "LOGNAME"].iter().find_map(|name| session.context.variable(name));
    let text = given
        .or_else(|| login().map(|name| name.to_string_lossy().into_owned()))
        .unwrap_or_else(|| "me".to_owned());
    PersonName::new(&text).map_err(|error| {
        Error::usage(format!("`{text}` is not a valid name for a person: {error}"))
            .hint("`--person NAME` gives another")
    })
}

/// The given recipient, else that of the first identity that is found, else that of a new one. `None` where nothing
/// is to be written, and there is no identity.
pub(super) fn recipient(arguments: &cli::Init, session: &Session<'_>) -> Result<Option<Recipient>, Error> {
    if let Some(text) = &arguments.recipient {
        let parsed = Recipient::parse(text);
        return parsed.map(Some).map_err(|error| Error::usage(format!("invalid recipient: {error}")));
    }
    if let Some(own) = session.identities().recipients().into_iter().next() {
        return Ok(Some(own));
    }
    if arguments.dry_run {
        return Ok(None);
    }
    session.ui.confirm("you have no identity yet; create one").map_err(|_| no_identity())?;
    made(session).map(Some)
}

fn no_identity() -> Error {
    Error::new(Exit::NoIdentity, "you have no identity yet")
        .hint("`senex-env identity new` creates one, then `senex-env init`")
}
