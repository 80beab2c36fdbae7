//! `revoke NAME`: out of every environment, with new data keys, and what the person has seen.

use serde::Serialize;

use crate::cli;
use crate::desk::changes::{Changes, environments, person};
use crate::desk::{At, Session};
use crate::error::Error;
use crate::exit::Exit;
use crate::identity::Identities;
use crate::name::{EnvName, KeyName, PersonName};
use crate::project::{Edit, Person, Project};
use crate::recipient::{self, Recipient};
use crate::rotate::{Exposure, History, INCOMPLETE, Past};
use crate::sealed::{OpenFile, SealedFile};
use crate::ui::{style, styled};
use crate::words;

/// Who goes: recipients, and the person whose they are.
struct Leaver<'p> {
    person: Option<&'p Person>,
    recipients: Vec<String>,
}

pub(super) fn run(arguments: &cli::Revoke, env: Option<&str>, session: &Session<'_>) -> Result<Exit, Error> {
    let (project, _lock) = session.locked_project()?;
    let mut identities = session.identities();
    let plan = Plan::new(arguments, env, &project, session, &mut identities)?;
    let (ui, name) = (session.ui, plan.leaver.name());
    if plan.changes_nothing() && !arguments.json {
        ui.note(format!("{name} has no access to revoke"));
        return Ok(Exit::Ok);
    }
    if !arguments.dry_run {
        confirm(&name, &plan.environments(), session)?;
    }
    let seen = plan.seen(&mut identities);
    if arguments.json {
        return ui.json("revoke", &plan.answer(&seen)).map(|()| Exit::Ok);
    }
    let [would, did] = match plan.environments().as_slice() {
        [] => ["would be", "was"].map(|verb| format!("{name} {verb} removed from the project file")),
        names => ["would lose", "lost"].map(|verb| format!("{name} {verb} access to {}", words::list(names))),
    };
    if arguments.dry_run {
        ui.note(format!("{would}; nothing was changed"));
    } else {
        plan.write()?;
        ui.note(format!("{did}: commit envs/ and push"));
    }
    tell(&name, &seen, arguments.dry_run, session)?;
    Ok(Exit::Ok)
}

/// A revocation of which everything is read and nothing is written.
struct Plan<'p> {
    session: &'p Session<'p>,
    project: &'p Project,
    leaver: Leaver<'p>,
    /// The person as the project file is to know them.
    after: Option<Person>,
    /// The files that let the leaver in.
    files: Vec<(At<'p>, OpenFile)>,
}

/// What the leaver has seen of an environment.
type Seen<'p> = (&'p EnvName, Exposure);

impl<'p> Plan<'p> {
    fn new(
        arguments: &cli::Revoke,
        env: Option<&str>,
        project: &'p Project,
        session: &'p Session<'p>,
        identities: &mut Identities<'_>,
    ) -> Result<Self, Error> {
        let leaver = leaver(arguments, project)?;
        let only = environments(session, project, env)?;
        let meant = |name: &EnvName| only.as_ref().is_none_or(|only| only.contains(&name));
        let mut files = Vec::new();
        let names = project.environments.iter().map(|environment| &environment.name);
        for environment in names.filter(|name| meant(name)) {
            let at = At::new(session, project, environment);
            let Some(sealed) = at.read()? else { continue };
            if !leaver.recipients.iter().any(|recipient| sealed.holds(recipient)) {
                continue;
            }
            refuse_last(&leaver, environment, &sealed)?;
            // Every file is opened before any is written: all of them or none.
            files.push((at, at.open(sealed, identities)?));
        }
        if !arguments.myself {
            refuse_self(&leaver, &identities.recipients())?;
        }
        let after = leaver.person.map(|person| without(person, &leaver.recipients, &meant, arguments));
        Ok(Self { session, project, leaver, after, files })
    }

    fn environments(&self) -> Vec<&'p EnvName> {
        self.files.iter().map(|(at, _)| at.name).collect()
    }

    fn changes_nothing(&self) -> bool {
        let is_same = match (self.leaver.person, &self.after) {
            (Some(before), Some(after)) => {
                before.environments == after.environments
                    && before.requests == after.requests
                    && before.recipients == after.recipients
            }
            _ => true,
        };
        self.files.is_empty() && is_same
    }

    /// What the leaver has seen. While the files are open: who revokes themselves cannot open them any more.
    fn seen(&self, identities: &mut Identities<'_>) -> Vec<Seen<'p>> {
        let mut past = Past::everywhere(&self.project.root);
        let mut seen = Vec::new();
        for (at, file) in &self.files {
            let history = History::load(&mut past, self.project, at.name, file, identities);
            if history.is_incomplete {
                self.session.ui.warning(format!("{}: {INCOMPLETE}", at.name));
            }
            seen.push((at.name, history.exposed_to(&self.leaver.recipients)));
        }
        seen
    }

    fn answer<'a>(&'a self, seen: &'a [Seen<'p>]) -> Answer<'a> {
        let exposed = seen.iter().map(|(environment, exposure)| Exposed {
            environment,
            keys: &exposure.keys,
            not_opened: exposure.unknown,
        });
        Answer {
            person: self.leaver.person.map(|person| &person.name),
            recipients: &self.leaver.recipients,
            environments: self.environments(),
            exposed: exposed.collect(),
        }
    }

    fn write(mut self) -> Result<(), Error> {
        let mut changes = Changes::new(self.session);
        let identifiers: Vec<&str> = self.leaver.recipients.iter().map(String::as_str).collect();
        for (at, file) in &mut self.files {
            file.revoke(&identifiers).map_err(|error| at.worded(&error))?;
            changes.sealed(*at, file)?;
        }
        let mut edit = Edit::open(&self.project.file())?;
        if let Some(after) = &self.after {
            edit.set_person(after);
        }
        changes.project(self.project, edit.text())?;
        changes.write(self.project)
    }
}

/// `revoke --dry-run --json`.
#[derive(Serialize)]
struct Answer<'a> {
    person: Option<&'a PersonName>,
    recipients: &'a [String],
    environments: Vec<&'a EnvName>,
    exposed: Vec<Exposed<'a>>,
}

/// Values of an environment that the leaver has seen and that are in use.
#[derive(Serialize)]
struct Exposed<'a> {
    environment: &'a EnvName,
    keys: &'a [KeyName],
    /// Earlier versions that may hold more, and that the caller cannot open.
    not_opened: usize,
}

fn tell(name: &str, seen: &[Seen<'_>], dry_run: bool, session: &Session<'_>) -> Result<(), Error> {
    for (environment, exposure) in seen {
        if exposure.keys.is_empty() && exposure.unknown == 0 {
            continue;
        }
        session.ui.line(format!("{name} has seen these values of {environment}, which are still in use:"))?;
        for key in &exposure.keys {
            session.ui.line(format!("  {} {key}", styled(style::WARNING, "!")))?;
        }
        if exposure.unknown > 0 {
            let versions = words::count(exposure.unknown, "earlier version");
            session.ui.line(format!("  ? {versions} that you cannot open may contain more"))?;
        }
        if !dry_run {
            session.ui.note(format!("`senex-env rotate -e {environment} --exposed` goes through the list"));
        }
    }
    Ok(())
}

fn confirm(name: &str, names: &[&EnvName], session: &Session<'_>) -> Result<(), Error> {
    session.ui.confirm(&if names.is_empty() {
        format!("remove {name} from the project file (they have access to no sealed file)")
    } else {
        format!("revoke the access of {name} to {}, with new data keys", words::list(names))
    })
}

impl Leaver<'_> {
    fn name(&self) -> String {
        match (self.person, self.recipients.as_slice()) {
            (Some(person), [one]) if person.recipients.len() > 1 => {
                format!("{} ({})", person.name, recipient::short(one))
            }
            (Some(person), _) => person.name.to_string(),
            (None, recipients) => {
                words::list(&recipients.iter().map(|text| recipient::short(text)).collect::<Vec<_>>())
            }
        }
    }
}

fn leaver<'p>(arguments: &cli::Revoke, project: &'p Project) -> Result<Leaver<'p>, Error> {
    let identifiers =
        |all: &[Recipient]| all.iter().map(|known| known.identifier().to_owned()).collect::<Vec<_>>();
    if arguments.recipient.is_none()
        && let Ok(stranger) = Recipient::parse(&arguments.name)
    {
        // A recipient by itself: nobody's, or that of somebody.
        let person = project.person_with(stranger.identifier());
        return Ok(Leaver { person, recipients: vec![stranger.identifier().to_owned()] });
    }
    let who = person(project, &arguments.name)?;
    let Some(wanted) = &arguments.recipient else {
        // Former ones too: a file from before a merge may still let them in.
        let recipients = [identifiers(&who.recipients), identifiers(&who.former)].concat();
        return Ok(Leaver { person: Some(who), recipients });
    };
    let found = who
        .recipients
        .iter()
        .find(|known| known.short() == *wanted || known.identifier() == recipient::identifier(wanted));
    let found = found.ok_or_else(|| {
        let known: Vec<String> = who.recipients.iter().map(Recipient::short).collect();
        Error::usage(format!("that is not a recipient of `{}`", who.name)).note(format!(
            "they have {}",
            if known.is_empty() { "none".to_owned() } else { words::list(&known) }
        ))
    })?;
    Ok(Leaver { person: Some(who), recipients: identifiers(std::slice::from_ref(found)) })
}

/// The person as the project file is to know them. Recipients that open nothing more become former ones.
fn without(
    person: &Person,
    gone: &[String],
    meant: &impl Fn(&EnvName) -> bool,
    arguments: &cli::Revoke,
) -> Person {
    let mut after = person.clone();
    let stays = |known: &Recipient| !gone.iter().any(|gone| gone == known.identifier());
    let one_of_several = arguments.recipient.is_some() && person.recipients.iter().any(stays);
    if !one_of_several {
        after.environments.retain(|name| !meant(name));
        after.requests.retain(|name| !meant(name));
    }
    if one_of_several || after.environments.is_empty() {
        let (recipients, gone): (Vec<_>, Vec<_>) = after.recipients.into_iter().partition(stays);
        after.recipients = recipients;
        after.former.extend(gone);
    }
    after
}

fn refuse_last(leaver: &Leaver<'_>, environment: &EnvName, sealed: &SealedFile) -> Result<(), Error> {
    let goes = |text: &str| leaver.recipients.iter().any(|gone| gone == recipient::identifier(text));
    if sealed.wrapped_keys().iter().any(|wrapped| !goes(&wrapped.recipient)) {
        return Ok(());
    }
    Err(Error::no(format!("`{}` is the last person who can open `{environment}`", leaver.name()))
        .note("nothing was changed")
        .hint(format!("grant somebody else access first: `senex-env grant NAME -e {environment}`")))
}

fn refuse_self(leaver: &Leaver<'_>, own: &[Recipient]) -> Result<(), Error> {
    let is_own = |gone: &String| own.iter().any(|own| own.identifier() == gone);
    if !leaver.recipients.iter().any(is_own) {
        return Ok(());
    }
    Err(Error::no(format!("`{}` is you: you could not open anything written from now on", leaver.name()))
        .note("nothing was changed")
        .hint("`--myself` confirms that you mean it")
        .hint(
            "to replace your identity: `senex-env join NAME --recipient age1…` with the new one, have it granted, \
            then have the old one revoked",
        ))
}
