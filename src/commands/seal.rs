//! `seal`: take over what `sops`, a merge or a hand edit left, after showing by key what changed.

mod changes;

use crate::cli;
use crate::desk::{At, Session, mending};
use crate::error::Error;
use crate::exit::Exit;
use crate::git;
use crate::identity::Identities;
use crate::recipient;
use crate::sealed::{self, OpenFile, SealState, SealedFile, Side};
use crate::words;
use changes::Changes;

pub(super) fn run(arguments: &cli::Seal, env: Option<&str>, session: &Session<'_>) -> Result<Exit, Error> {
    let project = session.project()?;
    let at = At::meant(session, &project, env)?;
    let (name, shown) = (at.name, at.shown());
    let _lock = session.lock(&project)?;
    let mut identities = session.identities();
    let mut open = open(arguments, at, &mut identities)?;
    // Sealing blesses the recipients, so each must be one whom the project file lets in.
    let strangers: Vec<String> = at.strangers(&open, None).map(str::to_owned).collect();
    if !arguments.without_strangers {
        at.refuse_strangers(&open, None).map_err(|error| {
            let without = format!("`senex-env seal -e {name} --without-strangers`");
            error.hint(format!("{without} removes it, while the file is not sealed"))
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
    session.ui.confirm(&format!("seal {} with this content", shown.display()))?;
    open.revoke(&strangers.iter().map(String::as_str).collect::<Vec<_>>())
        .map_err(|error| at.worded(&error))?;
    at.save(&open)?;
    session.ui.note(format!("{} is sealed", shown.display()));
    Ok(Exit::Ok)
}

/// The file, or what it should be if a merge left it: see [`mending`].
fn open(arguments: &cli::Seal, at: At<'_>, identities: &mut Identities<'_>) -> Result<OpenFile, Error> {
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
        Ok(open) => Ok(open),
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
            Ok(mended.file)
        }
    }
}

/// The usual hint about such a file is this command, which could not help.
fn alone(at: At<'_>, error: Error) -> Error {
    let restore = format!("`git restore {}` restores the last committed version", at.shown().display());
    let again = format!("then make the change with `senex-env set -e {} KEY`", at.name);
    error.note("git has no sealed versions that it could have been merged from").with_hints([restore, again])
}
