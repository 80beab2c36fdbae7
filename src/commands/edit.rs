//! `edit`: the values of an environment in an editor, in memory, sealed when they are right.

mod document;
mod editor;

use crate::check;
use crate::cli;
use crate::desk::Session;
use crate::error::Error;
use crate::exit::Exit;
use crate::name::KeyName;
use crate::project::{Environment, Project};
use crate::run::Scratch;
use crate::sealed::{self, Difference, OpenFile};
use crate::ui::Mark;
use crate::words;
use document::{Document, Edited, Entry, Mistake};
use editor::Editor;

pub(super) fn run(arguments: &cli::Edit, env: Option<&str>, session: &Session<'_>) -> Result<Exit, Error> {
    let project = session.project()?;
    let environment = session.environment(&project, env)?;
    let name = &environment.name;
    let editor = Editor::choose(session)?;
    let file = session.read(&project, name)?;
    let missing: Vec<KeyName> = check::missing(&project, name, file.as_ref())
        .iter()
        .map(|missing| missing.key.name.clone())
        .collect();
    session.confirm(environment, "show and change the values")?;
    let mut identities = session.identities();
    let base = match file {
        Some(file) => Some(session.open(&project, name, file, &mut identities)?),
        None => None,
    };
    let document = Document::of(base.as_ref(), name, &missing)?;
    let rules = |edited: &Edited| match arguments.force {
        true => Vec::new(),
        false => broken(&project, environment, base.as_ref(), edited),
    };
    let Some(edited) = let_edit(document, &editor, environment, &rules, session)? else {
        session.ui.note(format!("nothing was changed in {name}"));
        return Ok(Exit::Ok);
    };
    session.update_with(&project, name, &mut identities, |current| {
        take_over(current, base.as_ref(), edited, environment, session)
    })?;
    Ok(Exit::Ok)
}

/// The editor, until the file is right. `None` when nothing was changed.
fn let_edit(
    mut document: Document,
    editor: &Editor,
    environment: &Environment,
    rules: &dyn Fn(&Edited) -> Vec<Mistake>,
    session: &Session<'_>,
) -> Result<Option<Edited>, Error> {
    let worded = |error| editor::worded(&error, editor);
    let mut scratch = Scratch::new(&format!("{}.env", environment.name)).map_err(worded)?;
    loop {
        scratch.write(document.bytes()).map_err(worded)?;
        let outcome = scratch.run(|path| editor.plan(path)).map_err(worded)?;
        if outcome.exit_code() != 0 {
            return Err(Error::no(format!(
                "the editor ended with {}; nothing was changed",
                outcome.exit_code()
            )));
        }
        let Some(bytes) = scratch.read(sealed::LARGEST).map_err(worded)? else { return Ok(None) };
        if *bytes == *document.bytes() || document.is_blank(&bytes) {
            return Ok(None);
        }
        let mistakes = match document.read(&bytes) {
            Ok(edited) => match rules(&edited) {
                none if none.is_empty() => return Ok(Some(edited)),
                mistakes => mistakes,
            },
            Err(mistake) => vec![mistake],
        };
        // Without a person before it, the editor would make the same mistake for ever.
        if !session.ui.can_prompt() {
            let mut error =
                Error::no(format!("what the editor left cannot be sealed in `{}`", environment.name));
            for mistake in &mistakes {
                error = error.note(mistake.to_string());
            }
            return Err(error.note("nothing was changed"));
        }
        document = document.with_mistakes(&bytes, &mistakes);
    }
}

/// New and changed values that break a rule of their key.
fn broken(
    project: &Project,
    environment: &Environment,
    base: Option<&OpenFile>,
    edited: &Edited,
) -> Vec<Mistake> {
    let mut mistakes = Vec::new();
    for entry in &edited.entries {
        let same =
            base.and_then(|base| base.get(&entry.name)).is_some_and(|old| old.same_as(entry.value.secret()));
        let Some(key) = project.key(entry.name.as_str()).filter(|_| !same) else { continue };
        let found = check::broken(key, &environment.name, entry.value.secret()).into_iter();
        mistakes.extend(found.map(|broken| Mistake::at(entry.line, broken.message)));
    }
    mistakes
}

/// Puts what was edited into the file as it is now. Whether there is anything to write.
fn take_over(
    current: &mut OpenFile,
    base: Option<&OpenFile>,
    edited: Edited,
    environment: &Environment,
    session: &Session<'_>,
) -> Result<bool, Error> {
    let ours = edited.difference(base);
    let theirs = base.map_or_else(|| added(current), |base| current.difference(base));
    if theirs.is_empty() {
        current.arrange(edited.into_pieces());
    } else {
        let twice: Vec<&KeyName> =
            keys(&ours).filter(|key| keys(&theirs).any(|other| other == *key)).collect();
        if !twice.is_empty() {
            let names = words::names(&twice);
            session.ui.confirm(&format!("replace {names}, changed by somebody else meanwhile"))?;
        }
        session.ui.note("somebody else changed the file meanwhile: their other changes stay");
        for Entry { name, value, .. } in edited.entries {
            if ours.added.iter().chain(&ours.changed).any(|key| *key == name) {
                value.put(current, &name);
            }
        }
        for name in &ours.removed {
            current.unset(name);
        }
    }
    tell(&ours, environment, session)?;
    Ok(true)
}

fn added(current: &OpenFile) -> Difference {
    Difference { added: current.pairs().map(|(name, _)| name.clone()).collect(), ..Difference::default() }
}

fn keys(difference: &Difference) -> impl Iterator<Item = &KeyName> {
    difference.added.iter().chain(&difference.changed).chain(&difference.removed)
}

fn tell(ours: &Difference, environment: &Environment, session: &Session<'_>) -> Result<(), Error> {
    for (mark, keys) in
        [(Mark::Added, &ours.added), (Mark::Changed, &ours.changed), (Mark::Removed, &ours.removed)]
    {
        for key in keys {
            session.ui.line(format!("{} {key}", mark.shown()))?;
        }
    }
    if ours.is_empty() {
        session.ui.note(format!("comments or the order of keys changed in {}", environment.name));
    }
    Ok(())
}
