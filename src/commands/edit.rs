//! `edit`: the values of an environment in an editor, in memory, sealed when they are right.

mod editor;
mod text;

use crate::check;
use crate::cli;
use crate::desk::{At, Session};
use crate::error::Error;
use crate::exit::Exit;
use crate::name::KeyName;
use crate::run::{RunError, Scratch};
use crate::sealed::{self, Difference, OpenFile};
use crate::ui::Mark;
use crate::words;
use editor::Editor;
use text::{Edited, Entry, Mistake, Text};

pub(super) fn run(arguments: &cli::Edit, env: Option<&str>, session: &Session<'_>) -> Result<Exit, Error> {
    let project = session.project()?;
    let at = At::meant(session, &project, env)?;
    let editor = Editor::choose(at)?;
    let file = at.read()?;
    let missing: Vec<KeyName> = check::missing(&project, at.name, file.as_ref())
        .iter()
        .map(|missing| missing.key.name.clone())
        .collect();
    at.confirm("show and change the values")?;
    let mut identities = session.identities();
    let base = match file {
        Some(file) => Some(at.open(file, &mut identities)?),
        None => None,
    };
    let text = Text::of(base.as_ref(), at.name, &missing)?;
    let rules =
        |edited: &Edited| if arguments.force { Vec::new() } else { broken(at, base.as_ref(), edited) };
    let edited = match let_edit(text, &editor, at, &rules) {
        Ok(Some(edited)) => edited,
        Ok(None) => {
            session.ui.note(format!("nothing was changed in {}", at.name));
            return Ok(Exit::Ok);
        }
        Err(Stop::NotStarted(why)) => return editor.not_started(&why, at),
        Err(Stop::Refused(error)) => return Err(error),
    };
    at.update_with(&mut identities, |current| take_over(current, base.as_ref(), edited, at))?;
    Ok(Exit::Ok)
}

/// Why there is nothing to seal.
enum Stop {
    NotStarted(RunError),
    Refused(Error),
}

impl From<RunError> for Stop {
    fn from(error: RunError) -> Self {
        Self::NotStarted(error)
    }
}

/// The editor, until the file is right. `None` when nothing was changed.
fn let_edit(
    mut text: Text,
    editor: &Editor,
    at: At<'_>,
    rules: &dyn Fn(&Edited) -> Vec<Mistake>,
) -> Result<Option<Edited>, Stop> {
    let mut scratch = Scratch::new(&format!("{}.env", at.name))?;
    loop {
        scratch.write(text.bytes())?;
        let outcome = scratch.run(|path| editor.plan(path))?;
        if outcome.exit_code() != 0 {
            let code = outcome.exit_code();
            let message = format!("the editor ended with {code}; nothing was changed");
            return Err(Stop::Refused(Error::no(message)));
        }
        let Some(bytes) = scratch.read(sealed::LARGEST)? else { return Ok(None) };
        if *bytes == *text.bytes() || text.is_blank(&bytes) {
            return Ok(None);
        }
        let mistakes = match text.read(&bytes, at.name) {
            Ok(edited) => match rules(&edited) {
                none if none.is_empty() => return Ok(Some(edited)),
                mistakes => mistakes,
            },
            Err(mistake) => vec![mistake],
        };
        // Without a person before it, the editor would make the same mistake for ever.
        if !at.session.ui.can_prompt() {
            let mut error = Error::no(format!("the edited text cannot be sealed in `{}`", at.name));
            for mistake in &mistakes {
                error = error.note(mistake.to_string());
            }
            return Err(Stop::Refused(error.note("nothing was changed")));
        }
        text = text.with_mistakes(&bytes, &mistakes);
    }
}

/// New and changed values that break a rule of their key.
fn broken(at: At<'_>, base: Option<&OpenFile>, edited: &Edited) -> Vec<Mistake> {
    let mut mistakes = Vec::new();
    for entry in &edited.entries {
        let same =
            base.and_then(|base| base.get(&entry.name)).is_some_and(|old| old.same_as(entry.value.secret()));
        let Some(key) = at.project.key(entry.name.as_str()).filter(|_| !same) else { continue };
        let found = check::broken(key, at.name, entry.value.secret()).into_iter();
        mistakes.extend(found.map(|broken| Mistake::at(entry.line, broken.message)));
    }
    mistakes
}

/// Puts what was edited into the file as it is now. Whether there is anything to write.
fn take_over(
    current: &mut OpenFile,
    base: Option<&OpenFile>,
    edited: Edited,
    at: At<'_>,
) -> Result<bool, Error> {
    let ui = at.session.ui;
    let ours = edited.difference(base);
    let theirs = base.map_or_else(|| added(current), |base| current.difference(base));
    if theirs.is_empty() {
        current.arrange(edited.into_pieces());
    } else {
        let twice: Vec<&KeyName> =
            keys(&ours).filter(|key| keys(&theirs).any(|other| other == *key)).collect();
        if !twice.is_empty() {
            let names = words::names(&twice);
            ui.confirm(&format!("overwrite somebody else's changes to {names}"))?;
        }
        ui.note("somebody else changed the file in the meantime: their other changes are kept");
        for Entry { name, value, .. } in edited.entries {
            if ours.added.iter().chain(&ours.changed).any(|key| *key == name) {
                value.put(current, &name);
            }
        }
        for name in &ours.removed {
            current.unset(name);
        }
    }
    tell(&ours, at)?;
    Ok(true)
}

fn added(current: &OpenFile) -> Difference {
    Difference { added: current.pairs().map(|(name, _)| name.clone()).collect(), ..Difference::default() }
}

fn keys(difference: &Difference) -> impl Iterator<Item = &KeyName> {
    difference.added.iter().chain(&difference.changed).chain(&difference.removed)
}

fn tell(ours: &Difference, at: At<'_>) -> Result<(), Error> {
    for (mark, keys) in
        [(Mark::Added, &ours.added), (Mark::Changed, &ours.changed), (Mark::Removed, &ours.removed)]
    {
        for key in keys {
            at.session.ui.line(format!("{} {key}", mark.shown()))?;
        }
    }
    if ours.is_empty() {
        at.session.ui.note(format!("comments or the order of keys changed in {}", at.name));
    }
    Ok(())
}
