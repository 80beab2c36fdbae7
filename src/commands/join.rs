//! `join NAME`: write a request into the project file. Nothing is granted by it.

use super::identity as identity_command;
use super::session::Session;
use super::team::{Changes, person_name};
use crate::cli;
use crate::error::Error;
use crate::exit::Exit;
use crate::file;
use crate::identity::{Identity, Outcome};
use crate::name::EnvName;
use crate::project::Edit;
use crate::recipient::Recipient;
use crate::words;

pub fn run(arguments: &cli::Join, env: Option<&str>, session: &Session<'_>) -> Result<Exit, Error> {
    let name = person_name(&arguments.name)?;
    let (project, _lock) = session.locked_project()?;
    let environment = session.environment(&project, env)?;
    let machine = arguments.for_ci.then(Identity::generate);
    let recipient = match &machine {
        Some(identity) => identity.recipient().clone(),
        None => recipient(arguments, session)?,
    };
    if let Some(holder) = project.person_with(recipient.identifier()).filter(|holder| holder.name != name) {
        return Err(Error::usage(format!(
            "the recipient {} is that of `{}`",
            recipient.short(),
            holder.name
        ))
        .hint(format!("`senex-env join {}`", holder.name)));
    }
    let known = project.person(name.as_str());
    let mut recipients: Vec<Recipient> = known.map(|person| person.recipients.clone()).unwrap_or_default();
    if !recipients.contains(&recipient) {
        recipients.push(recipient.clone());
    }
    let granted: Vec<&EnvName> = known.iter().flat_map(|person| &person.environments).collect();
    let mut requests: Vec<&EnvName> = known.iter().flat_map(|person| &person.requests).collect();
    if !requests.contains(&&environment.name) {
        requests.push(&environment.name);
    }
    let mut edit = Edit::open(&project.file())?;
    edit.set_person(&name, &recipients, &granted, &requests);
    let mut changes = Changes::new(session);
    changes.project(&project, &edit)?;
    changes.write(&project)?;
    match machine.as_ref().and_then(Identity::to_line) {
        // The one time that a private identity is printed: it goes into the secret store of the machine.
        Some(line) => {
            session.ui.exact(format!("{}\n", line.as_str()).as_bytes())?;
            session.ui.note("this private identity is kept nowhere: put it into the machine's secret store, as SENEX_ENV_KEY");
        }
        None => session.ui.line(recipient.to_string())?,
    }
    let holders: Vec<String> =
        project.people_of(&environment.name).map(|person| person.name.to_string()).collect();
    session.ui.note(format!("{name} asks to open {}; nothing is granted yet", environment.name));
    session.ui.note(format!(
        "next: commit envs/senex-env.toml, and have {} run `senex-env grant {name} -e {}`",
        if holders.is_empty() { "a holder".to_owned() } else { words::list(&holders) },
        environment.name
    ));
    Ok(Exit::Ok)
}

/// The given recipient, else that of the first identity, else of a new one.
fn recipient(arguments: &cli::Join, session: &Session<'_>) -> Result<Recipient, Error> {
    let parse = |text: &str| {
        Recipient::parse(text).map_err(|error| Error::usage(format!("the recipient is refused: {error}")))
    };
    if let Some(text) = &arguments.recipient {
        return parse(text);
    }
    if arguments.ssh {
        return ssh(session);
    }
    let own = || {
        let mut identities = session.identities();
        identities.look_everywhere().iter().find_map(|looked| match &looked.outcome {
            Outcome::Identities(recipients) | Outcome::Locked(Some(recipients)) => {
                recipients.first().cloned()
            }
            _ => None,
        })
    };
    if let Some(text) = own() {
        return parse(&text);
    }
    let home = cli::Home { file: None, no_passphrase: false };
    identity_command::run(&cli::Identity::New(cli::IdentityNew { home }), session)?;
    let text = own().ok_or_else(|| Error::new(Exit::NoIdentity, "the new identity cannot be found again"))?;
    parse(&text)
}

/// The public half of the person's SSH key, with its comment.
fn ssh(session: &Session<'_>) -> Result<Recipient, Error> {
    let home = session.context.home().ok_or_else(|| Error::usage("there is no home directory"))?;
    let path = home.join(".ssh/id_ed25519.pub");
    let shown = std::path::PathBuf::from(session.context.shown(&path));
    let bytes = file::read_regular(&path, 64 * 1024).map_err(|error| {
        Error::io("cannot read", &shown, &error).hint("`ssh-keygen -t ed25519` makes a key")
    })?;
    Recipient::parse(&String::from_utf8_lossy(&bytes))
        .map_err(|error| Error::usage(format!("the key in {} is refused: {error}", shown.display())))
}
