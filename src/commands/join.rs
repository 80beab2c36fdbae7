//! `join NAME`: write a request into the project file. Nothing is granted by it.

use crate::cli;
use crate::desk::Session;
use crate::desk::changes::{Changes, environments, person_name};
use crate::desk::new_identity::made;
use crate::error::Error;
use crate::exit::Exit;
use crate::file;
use crate::identity::Identity;
use crate::name::{EnvName, PersonName};
use crate::project::{Edit, Person, Project};
use crate::recipient::Recipient;
use crate::words;

pub(super) fn run(arguments: &cli::Join, env: Option<&str>, session: &Session<'_>) -> Result<Exit, Error> {
    let name = person_name(&arguments.name)?;
    // Before the lock: a passphrase may be asked for.
    let machine = arguments.for_ci.then(Identity::generate);
    let recipient = match &machine {
        Some(identity) => identity.recipient().clone(),
        None => match known(arguments, session)? {
            Some(recipient) => recipient,
            None if arguments.dry_run => {
                session.ui.note(format!(
                    "a new identity would be created, and {name} would request access with it"
                ));
                return Ok(Exit::Ok);
            }
            None => made(session)?,
        },
    };
    let (project, _lock) = session.locked_project()?;
    let asked = match environments(session, &project, env)? {
        Some(asked) => asked,
        None => vec![&session.environment(&project, None)?.name],
    };
    refuse_taken(&project, &recipient, name.as_str(), arguments, &asked)?;
    let person = with_request(&project, name, &recipient, &asked);
    let mut edit = Edit::open(&project.file())?;
    edit.set_person(&person);
    let mut changes = Changes::new(session);
    changes.project(&project, edit.text())?;
    if arguments.dry_run {
        session.ui.note(format!(
            "{} would request access to {}, with {recipient}; nothing was changed",
            person.name,
            words::list(&asked)
        ));
        return Ok(Exit::Ok);
    }
    changes.write(&project)?;
    match machine.as_ref().and_then(Identity::to_line) {
        // The one time that it is shown; it is kept nowhere.
        Some(identity) => session.ui.exact(format!("{}\n", identity.as_str()).as_bytes())?,
        None => session.ui.line(recipient.to_string())?,
    }
    say_next(session, &project, &person, &recipient, &asked, machine.is_some());
    Ok(Exit::Ok)
}

/// The person as the project file is to know them.
fn with_request(project: &Project, name: PersonName, recipient: &Recipient, asked: &[&EnvName]) -> Person {
    let mut person = match project.person(name.as_str()) {
        Some(known) => known.clone(),
        None => Person {
            name,
            recipients: Vec::new(),
            former: Vec::new(),
            environments: Vec::new(),
            requests: Vec::new(),
            place: project.environments[0].place.clone(),
        },
    };
    let is_new = !person.recipients.contains(recipient);
    if is_new {
        person.recipients.push(recipient.clone());
    }
    for environment in asked.iter().copied() {
        let has_it = person.environments.contains(environment) && !is_new;
        if !has_it && !person.requests.contains(environment) {
            person.requests.push(environment.clone());
        }
    }
    person
}

fn say_next(
    session: &Session<'_>,
    project: &Project,
    person: &Person,
    recipient: &Recipient,
    asked: &[&EnvName],
    is_machine: bool,
) {
    let (name, environments) = (&person.name, words::list(asked));
    if is_machine {
        session.ui.note(
            "the line above is the private identity of the machine, shown only once and stored \
                nowhere:",
        );
        session.ui.note("  put it into the secret store of your CI, as SENEX_ENV_KEY");
        session.ui.note(format!("its recipient is {recipient}"));
    }
    session.ui.note(format!("{name} has requested access to {environments}; nothing is granted yet"));
    let mut holders: Vec<String> = Vec::new();
    for holder in asked.iter().flat_map(|environment| project.people_of(environment)) {
        if holder.name != *name && !holders.contains(&holder.name.to_string()) {
            holders.push(holder.name.to_string());
        }
    }
    session.ui.note(format!(
        "next: commit envs/ and push, and have {} run `senex-env grant {name}`",
        if holders.is_empty() { "a holder".to_owned() } else { words::any_of(&holders) },
    ));
    session.ui.note(
        "tell them your recipient over another channel as well: they will compare it before granting \
            access",
    );
}

/// A recipient has one holder, and one that was revoked none again.
fn refuse_taken(
    project: &Project,
    recipient: &Recipient,
    name: &str,
    arguments: &cli::Join,
    asked: &[&EnvName],
) -> Result<(), Error> {
    let short = recipient.short();
    if let Some(holder) = project.person_formerly_with(recipient.identifier()) {
        return Err(Error::usage(format!("the recipient {short} of `{}` was revoked", holder.name))
            .note(
                "its identity may be in the wrong hands (a lost laptop, a leaked file), so it is never \
                granted access again",
            )
            .hint(
                "`senex-env identity new --file PATH` creates another one; request access with \
                `--recipient age1…`",
            ));
    }
    match project.person_with(recipient.identifier()) {
        Some(holder) if holder.name.as_str() != name => {
            Err(Error::usage(format!("the recipient {short} belongs to `{}`", holder.name))
                .hint(format!("`{}` asks as them", again(holder, arguments, asked))))
        }
        _ => Ok(()),
    }
}

/// The command as it was given, for another person.
fn again(holder: &Person, arguments: &cli::Join, asked: &[&EnvName]) -> String {
    let environments: Vec<&str> = asked.iter().map(|name| name.as_str()).collect();
    let recipient = arguments.recipient.as_ref().map(|text| format!(" --recipient {}", words::quoted(text)));
    let ssh = if arguments.ssh { " --ssh" } else { "" };
    let recipient = recipient.unwrap_or_default();
    format!("senex-env join {} -e {}{ssh}{recipient}", holder.name, environments.join(","))
}

/// The given recipient, else that of the SSH key, or of the first identity. `None`: there is no identity yet.
fn known(arguments: &cli::Join, session: &Session<'_>) -> Result<Option<Recipient>, Error> {
    if let Some(text) = &arguments.recipient {
        return parse(text).map(Some);
    }
    let own = session.identities().recipients();
    let (ssh, age): (Vec<Recipient>, Vec<Recipient>) = own.into_iter().partition(|own| own.kind().is_ssh());
    if arguments.ssh {
        let recipient = ssh.into_iter().next().ok_or_else(|| no_ssh_key(session))?;
        return Ok(Some(with_comment(session, &recipient).unwrap_or(recipient)));
    }
    if age.is_empty() && !ssh.is_empty() {
        session.ui.note("a new identity is created; `--ssh` uses your SSH key instead");
    }
    Ok(age.into_iter().next())
}

/// The same key as its public file has it: with the comment, which tells people whose it is.
fn with_comment(session: &Session<'_>, recipient: &Recipient) -> Option<Recipient> {
    const LARGEST: u64 = 64 * 1024;
    let path = session.context.home()?.join(".ssh/id_ed25519.pub");
    let bytes = file::read_regular(&path, LARGEST).ok()?;
    Recipient::parse(std::str::from_utf8(&bytes).ok()?).ok().filter(|public| public == recipient)
}

fn parse(text: &str) -> Result<Recipient, Error> {
    Recipient::parse(text).and_then(Recipient::of_a_private_key).map_err(|error| {
        Error::usage(format!("invalid recipient: {error}")).hint("`senex-env identity show` prints yours")
    })
}

/// Why there is none: what lies in the usual place may be a key of another kind.
fn no_ssh_key(session: &Session<'_>) -> Error {
    use crate::identity::{Outcome, ParseError};
    let error = Error::new(Exit::NoIdentity, "no ssh-ed25519 key was found");
    let mut identities = session.identities();
    let problem = identities.look_everywhere().iter().find_map(|looked| match &looked.outcome {
        Outcome::Unusable(error @ (ParseError::Ssh | ParseError::SshKind)) => {
            Some(format!("{}: {error}", looked.place))
        }
        Outcome::Unusable(_)
        | Outcome::Problem(_)
        | Outcome::Nothing(_)
        | Outcome::Identities(_)
        | Outcome::Locked(_)
        | Outcome::StillLocked(_) => None,
    });
    let other = session.context.home().map(|home| home.join(".ssh/id_rsa")).filter(|path| path.exists());
    let error = match (problem, other) {
        (Some(problem), _) => error.note(problem),
        (None, Some(path)) => error.note(format!(
            "{}: RSA keys are not supported; use an ssh-ed25519 key or an age identity",
            session.context.shown(&path)
        )),
        (None, None) => error,
    };
    error
        .hint("`ssh-keygen -t ed25519` creates one in ~/.ssh/id_ed25519, where senex-env looks for it")
        .hint("without `--ssh`, an age identity is created for you")
}
