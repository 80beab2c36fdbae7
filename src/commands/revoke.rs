//! `revoke NAME`: out of every environment, with new data keys, and what the person has seen.

use crate::cli;
use crate::desk::changes::{Changes, environments, person};
use crate::desk::{At, Session};
use crate::error::Error;
use crate::exit::Exit;
use crate::name::EnvName;
use crate::project::{Edit, Person, Project};
use crate::recipient::{self, Recipient};
use crate::rotate::{History, INCOMPLETE, Past};
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
    let leaver = leaver(arguments, &project)?;
    let only = environments(session, &project, env)?;
    let meant = |name: &EnvName| only.as_ref().is_none_or(|only| only.contains(&name));
    let mut identities = session.identities();
    let mut files: Vec<(At<'_>, OpenFile)> = Vec::new();
    for environment in project.environments.iter().map(|environment| &environment.name) {
        if !meant(environment) {
            continue;
        }
        let at = At::new(session, &project, environment);
        let Some(sealed) = at.read()? else { continue };
        if !leaver.recipients.iter().any(|recipient| sealed.holds(recipient)) {
            continue;
        }
        refuse_last(&leaver, environment, &sealed)?;
        // Every file is opened before any is written: all of them or none.
        files.push((at, at.open(sealed, &mut identities)?));
    }
    if !arguments.myself {
        refuse_self(&leaver, &identities.recipients())?;
    }
    let after = leaver.person.map(|person| without(person, &leaver.recipients, &meant, arguments));
    let unchanged = match (leaver.person, &after) {
        (Some(before), Some(after)) => {
            before.environments == after.environments
                && before.requests == after.requests
                && before.recipients == after.recipients
        }
        _ => true,
    };
    let name = leaver.name();
    if files.is_empty() && unchanged {
        session.ui.note(format!("{name} can open nothing that is asked for"));
        return Ok(Exit::Ok);
    }
    let names: Vec<&EnvName> = files.iter().map(|(at, _)| at.name).collect();
    if !arguments.dry_run {
        confirm(&name, &names, session)?;
    }
    let mut changes = Changes::new(session);
    let mut seen = Vec::new();
    let mut past = Past::everywhere(&project.root);
    for (at, file) in &mut files {
        // While it is open: who revokes themselves cannot open it any more.
        let history = History::load(&mut past, &project, at.name, file, &mut identities);
        if history.is_incomplete {
            session.ui.warning(format!("{}: {INCOMPLETE}", at.name));
        }
        seen.push((at.name, history.exposed_to(&leaver.recipients)));
        let identifiers: Vec<&str> = leaver.recipients.iter().map(String::as_str).collect();
        file.revoke(&identifiers).map_err(|error| at.worded(&error))?;
        changes.sealed(*at, file)?;
    }
    let mut edit = Edit::open(&project.file())?;
    if let Some(after) = &after {
        edit.set_person(after);
    }
    changes.project(&project, edit.text())?;
    let out_of = if names.is_empty() { "the project file".to_owned() } else { words::list(&names) };
    if arguments.dry_run {
        session.ui.note(format!("{name} would be out of {out_of}; nothing was changed"));
    } else {
        changes.write(&project)?;
        session.ui.note(format!("{name} is out of {out_of}: commit envs/ and push"));
    }
    for (environment, exposure) in &seen {
        if exposure.keys.is_empty() && exposure.unknown == 0 {
            continue;
        }
        session.ui.line(format!("{name} has seen these values of {environment}, which are still in use:"))?;
        for key in &exposure.keys {
            session.ui.line(format!("  {} {key}", styled(style::WARNING, "!")))?;
        }
        if exposure.unknown > 0 {
            let versions = words::count(exposure.unknown, "earlier version");
            session.ui.line(format!("  ? {versions} that you cannot open may hold more"))?;
        }
        if !arguments.dry_run {
            session.ui.note(format!("`senex-env rotate -e {environment} --exposed` walks the list"));
        }
    }
    Ok(Exit::Ok)
}

fn confirm(name: &str, names: &[&EnvName], session: &Session<'_>) -> Result<(), Error> {
    session.ui.confirm(&if names.is_empty() {
        format!("take {name} out of the project file (no sealed file lets them in)")
    } else {
        format!("take {name} out of {}, with new data keys", words::list(names))
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
        Error::usage(format!("that is no recipient of `{}`", who.name)).note(format!(
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
    Err(Error::no(format!("`{}` is the last who can open `{environment}`", leaver.name()))
        .note("nothing was changed")
        .hint(format!("let somebody else in first: `senex-env grant NAME -e {environment}`")))
}

fn refuse_self(leaver: &Leaver<'_>, own: &[Recipient]) -> Result<(), Error> {
    let is_own = |gone: &String| own.iter().any(|own| own.identifier() == gone);
    if !leaver.recipients.iter().any(is_own) {
        return Ok(());
    }
    Err(Error::no(format!("`{}` is you: you would open nothing that is written from now on", leaver.name()))
        .note("nothing was changed")
        .hint("`--myself` says that it is meant")
        .hint("to exchange your identity: `senex-env join` with the new one, be granted, and have the old one revoked"))
}
