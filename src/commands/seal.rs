//! `seal`: take over what `sops`, a merge or a hand edit left, after showing by key what changed.

mod changes;

use crate::cli;
use crate::desk::access::{Granted, to_compare};
use crate::desk::{At, Session, mending};
use crate::error::{Error, Id};
use crate::exit::Exit;
use crate::git;
use crate::identity::Identities;
use crate::project::Person;
use crate::recipient::{self, Recipient};
use crate::sealed::{self, OpenFile, SealState, SealedFile, Side};
use crate::words;
use changes::Changes;

pub(super) fn run(arguments: &cli::Seal, env: Option<&str>, session: &Session<'_>) -> Result<Exit, Error> {
    let project = session.project()?;
    let at = At::meant(session, &project, env)?;
    let (name, shown) = (at.name, at.shown());
    let _lock = session.lock(&project)?;
    let mut identities = session.identities();
    let (mut open, is_mended) = open(arguments, at, &mut identities)?;
    // Sealing blesses the recipients, so each must be one whom the project file lets in.
    let strangers: Vec<String> = at.strangers(&open, None).map(str::to_owned).collect();
    if !arguments.without_strangers {
        at.refuse_strangers(&open, None).map_err(|error| {
            // A grant or a revoke needs a file that is sealed.
            let log = error.hints.first().cloned();
            let without = format!(
                "`senex-env seal -e {name} --without-strangers` removes it, while the file is not sealed"
            );
            error.with_hints(log.into_iter().chain([without]))
        })?;
    }

    let rule = project.rule();
    let state = open.seal_state(&at.binding());
    if state == SealState::Good && *open.rule() == rule && strangers.is_empty() {
        if arguments.json {
            return session.ui.json("seal", &Changes::none(name)).map(|()| Exit::Ok);
        }
        session.ui.note(format!("{} is already sealed", shown.display()));
        return session.write_sops_yaml(&project).map(|()| Exit::Ok);
    }
    let mut changes = Changes::of(at, &open, &mut identities);
    changes.recipients_removed.extend(strangers.iter().cloned());
    if arguments.json {
        return session.ui.json("seal", &changes).map(|()| Exit::Ok);
    }
    session.ui.lines(changes.lines(at))?;
    if !changes.exposed.is_empty() {
        session.ui.warning(format!("{} would become readable in the file", words::names(&changes.exposed)));
    }
    if arguments.dry_run {
        return Ok(Exit::Ok);
    }
    for stranger in &strangers {
        session.ui.line(format!("without {}, and with a new data key", recipient::short(stranger)))?;
    }
    // A merge took its recipients from two sealed files; here, somebody's hand may have written them, but for those
    // with which the file has just been opened.
    let own = identities.recipients();
    let mut unproven = changes.recipients_added.clone();
    unproven.retain(|text| !is_mended && !own.iter().any(|it| it.identifier() == text));
    let new = newcomers(at, &unproven, &mut identities)?;
    confirm(at, &new)?;
    open.rewrap(&unproven).map_err(|error| at.worded(&error))?;
    open.revoke(&strangers.iter().map(String::as_str).collect::<Vec<_>>())
        .map_err(|error| at.worded(&error))?;
    at.save(&open)?;
    session.ui.note(format!("{} is sealed", shown.display()));
    Ok(Exit::Ok)
}

/// Those of the recipients that would be let in by this: none that opens another environment.
fn newcomers<'p>(
    at: At<'p>,
    unproven: &[String],
    identities: &mut Identities<'_>,
) -> Result<Vec<(&'p Person, &'p Recipient)>, Error> {
    if unproven.is_empty() {
        return Ok(Vec::new());
    }
    let granted = Granted::of(at.session, at.project, identities);
    let is_new =
        |it: &Recipient| unproven.iter().any(|text| text == it.identifier()) && granted.opens(it).is_empty();
    let people =
        at.project.people.iter().flat_map(|person| person.recipients.iter().map(move |it| (person, it)));
    let new: Vec<_> = people.filter(|(_, it)| is_new(it)).collect();
    // What `grant` asks about is not answered by a `-y` that was meant for something else.
    if let Some((person, _)) = new.first()
        && (at.session.ui.yes || !at.session.ui.can_prompt())
    {
        let (name, shown) = (at.name, at.shown());
        let of = words::count(new.len(), "recipient");
        return Err(Error::no(format!(
            "{} has {of} whom nobody granted access, of {}",
            shown.display(),
            person.name
        ))
        .of_kind(Id::NotConfirmed)
        .note("neither `-y` nor a script lets anybody in")
        .hint(format!("`senex-env seal -e {name}`, at a terminal, shows each recipient and asks"))
        .hint(at.restore()));
    }
    Ok(new)
}

/// The question of `seal`, with what `grant` shows of everybody who would be let in.
fn confirm(at: At<'_>, new: &[(&Person, &Recipient)]) -> Result<(), Error> {
    let lines = new.iter().flat_map(|(person, recipient)| to_compare(&person.name, recipient, &[]));
    let matter: Vec<String> = lines.collect();
    let mut names: Vec<&str> = new.iter().map(|(person, _)| person.name.as_str()).collect();
    names.dedup();
    let grant = match names.len() {
        0 => String::new(),
        _ => format!(", and grant {} access, with what is above", words::list(&names)),
    };
    at.session.ui.confirm_about(&matter, &format!("seal {} with this content{grant}", at.shown().display()))
}

/// The file, or what it should be if a merge left it (see [`mending`]), and whether it is the latter.
fn open(
    arguments: &cli::Seal,
    at: At<'_>,
    identities: &mut Identities<'_>,
) -> Result<(OpenFile, bool), Error> {
    let opened = match SealedFile::parse(&at.bytes()?) {
        Ok(file) => {
            // Without the seal's word, a merge that git still knows is a better witness than the file.
            let in_conflict = git::is_in_conflict(&at.path());
            at.unlock(&file, identities).map(|data_key| {
                file.open_unsealed(data_key).and_then(|open| {
                    let is_good = open.seal_state(&at.binding()) == SealState::Good;
                    if in_conflict && !is_good { Err(sealed::Error::SealStale) } else { Ok(open) }
                })
            })?
        }
        Err(error) => Err(error),
    };
    match opened {
        Ok(open) => Ok((open, false)),
        Err(error) => {
            let worded = at.worded(&error);
            if !mending::is_of_a_merge(&error) {
                return Err(worded);
            }
            let take = match (arguments.ours, arguments.theirs) {
                (true, _) => Some(Side::Ours),
                (_, true) => Some(Side::Theirs),
                _ => None,
            };
            let worded = if matches!(
                error,
                sealed::Error::Mac
                    | sealed::Error::Value { .. }
                    | sealed::Error::SealStale
                    | sealed::Error::ConflictMarkers { .. }
            ) {
                alone(at, worded)
            } else {
                worded
            };
            let mended = mending::mend(at, take, worded, identities)?;
            at.session.ui.note(format!("rebuilt from {}", mended.from));
            Ok((mended.file, true))
        }
    }
}

/// The usual hint about such a file is this command, which could not help.
fn alone(at: At<'_>, error: Error) -> Error {
    let restore = at.restore();
    let again = format!("then make the change with `senex-env set -e {} KEY`", at.name);
    error.note("git has no sealed versions that it could have been merged from").with_hints([restore, again])
}
