//! `seal`: take over what `sops`, a merge or a hand edit left, after showing by key what changed.

use crate::cli;
use crate::desk::{At, Session, mending};
use crate::error::Error;
use crate::exit::Exit;
use crate::git;
use crate::identity::Identities;
use crate::recipient;
use crate::sealed::{self, Class, Difference, OpenFile, SealState, SealedFile, Side};
use crate::ui::Mark;
use crate::words;

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
            error.hint(format!("`senex-env seal -e {name} --without-strangers`, while it is not sealed"))
        })?;
    }

    let rule = project.rule();
    let state = open.seal_state(&at.binding());
    if state == SealState::Good && *open.rule() == rule && strangers.is_empty() {
        session.ui.note(format!("{} is sealed already", shown.display()));
        return session.write_sops_yaml(&project).map(|()| Exit::Ok);
    }
    show_changes(at, &open, &mut identities)?;
    let exposed = open.exposed_by(&rule);
    if !exposed.is_empty() {
        session.ui.warning(format!("{} would become readable in the file", words::names(&exposed)));
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
            let mended = mending::mend(at, take, worded, identities)?;
            at.session.ui.note(format!("made again from {}", mended.from));
            Ok(mended.file)
        }
    }
}

fn show_changes(at: At<'_>, open: &OpenFile, identities: &mut Identities<'_>) -> Result<(), Error> {
    let (project, ui) = (at.project, at.session.ui);
    let Some((commit, earlier)) = last_sealed(at, identities) else {
        let keys: Vec<_> = open.pairs().map(|(key, _)| key).collect();
        ui.line(format!(
            "no sealed version in git to compare with; it holds {}",
            words::count(keys.len(), "key")
        ))?;
        for key in keys {
            ui.line(format!("  {} {key}", Mark::Added.shown()))?;
        }
        return Ok(());
    };
    let Difference { added, changed, removed } = open.difference(&earlier);
    ui.line(format!("since the sealed version in {commit}:"))?;
    for (mark, keys) in [(Mark::Added, &added), (Mark::Changed, &changed), (Mark::Removed, &removed)] {
        for key in keys {
            let class = if project.rule().class(key) == Class::Config { " (config)" } else { "" };
            ui.line(format!("  {} {key}{class}", mark.shown()))?;
        }
    }
    let recipients = |file: &OpenFile| -> Vec<String> {
        file.wrapped_keys()
            .iter()
            .map(|wrapped| recipient::identifier(&wrapped.recipient).to_owned())
            .collect()
    };
    let (before, now) = (recipients(&earlier), recipients(open));
    for recipient in now.iter().filter(|recipient| !before.contains(recipient)) {
        ui.line(format!("  {} recipient {}", Mark::Added.shown(), recipient::short(recipient)))?;
    }
    for recipient in before.iter().filter(|recipient| !now.contains(recipient)) {
        ui.line(format!("  {} recipient {}", Mark::Removed.shown(), recipient::short(recipient)))?;
    }
    if open.rule() != earlier.rule() || *open.rule() != project.rule() {
        ui.line(format!("  {} which keys are readable", Mark::Changed.shown()))?;
    }
    let comments = |file: &OpenFile| file.comments().map(|c| c.duplicate()).collect::<Vec<_>>();
    let (before, now) = (comments(&earlier), comments(open));
    let same = before.len() == now.len() && before.iter().zip(&now).all(|(a, b)| a.same_as(b));
    if !same {
        ui.line(format!("  {} comments", Mark::Changed.shown()))?;
    }
    if added.is_empty() && changed.is_empty() && removed.is_empty() && same {
        ui.line("  no key changed")?;
    }
    Ok(())
}

/// The newest version in git that is sealed and that the caller can open, and its commit.
fn last_sealed(at: At<'_>, identities: &mut Identities<'_>) -> Option<(String, OpenFile)> {
    let mut past = git::Past::of_head(&at.project.root).ok()?;
    let found = past.steps(&at.path());
    found.steps.iter().find_map(|step| {
        let file = SealedFile::parse(&found.bytes(*step.after.first()?)).ok()?;
        let data_key = identities.data_key(file.wrapped_keys()).ok()?;
        Some((step.commit.id.clone(), file.open(data_key, &at.binding()).ok()?))
    })
}
