//! `rotate KEY`: a new value, the old one kept where the application looks for it; `--finish` retires it.

mod command;
mod preview;
mod walk;

use crate::cli;
use crate::desk::{At, NewValue, Session, key_name};
use crate::error::Error;
use crate::exit::Exit;
use crate::name::KeyName;
use crate::project::Key;
use crate::rotate::{Generator, GeneratorError, fallback, is_fernet};
use crate::secret::Secret;
use crate::trust::RepositoryCommand;
use crate::words;

pub(super) fn run(arguments: &cli::Rotate, env: Option<&str>, session: &Session<'_>) -> Result<Exit, Error> {
    let project = session.project()?;
    let at = At::meant(session, &project, env)?;
    if arguments.due || arguments.exposed {
        return walk::run(arguments, at);
    }
    let given = arguments.key.as_deref();
    let given =
        given.ok_or_else(|| Error::usage("no key given: use `rotate KEY`, `--due` or `--exposed`"))?;
    let key = key_name(given, Some(at.name))?;
    let Some(declared) = project.key(key.as_str()) else {
        let known = project.key_names().map(KeyName::as_str);
        return Err(Error::usage(format!(
            "`{key}` is not declared in the project file, so nothing is known about it"
        ))
        .did_you_mean(crate::suggest::nearest(key.as_str(), known))
        .hint(format!("`senex-env set -e {} {key}` sets another value", at.name)));
    };
    if arguments.dry_run {
        return preview::show(arguments, declared, at);
    }
    at.confirm(&format!("rotate {key}"))?;
    if arguments.finish { finish(declared, at) } else { one(declared, at) }
}

/// A new value for one key.
fn one(key: &Key, at: At<'_>) -> Result<Exit, Error> {
    // Before anything changes: an application that is not told would be left with a password that is none.
    command::refuse_untrusted(key, at)?;
    let new = new_value(key, at)?;
    at.refuse_value(key, &new)?;
    let mut kept = None;
    at.update(|open| {
        let old = open.get(&key.name).filter(|old| !old.is_empty()).map(Secret::duplicate);
        if old.as_ref().is_some_and(|old| fallback::newest(old).same_as(new.secret())) {
            return Err(Error::no(format!("that is already the value of `{}`", key.name)));
        }
        if key.keep_previous_in.is_some() {
            refuse_comma(new.secret(), "new", &key.name, at)?;
            // A list that is the key itself holds commas, and rightly.
            if let Some(old) = old.as_ref().filter(|_| key.keep_previous_in.as_ref() != Some(&key.name)) {
                refuse_comma(old, "previous", &key.name, at)?;
            }
        }
        match (&key.keep_previous_in, old) {
            (Some(list), Some(old)) if *list == key.name => {
                let all = fallback::with_previous(Some(&old), new.secret());
                at.slot(list).text(all)?.put(open, list);
                kept = Some(list.clone());
            }
            (Some(list), Some(old)) => {
                let previous = fallback::with_previous(open.get(list), &old);
                at.slot(list).text(previous)?.put(open, list);
                new.duplicate().put(open, &key.name);
                kept = Some(list.clone());
            }
            (None, Some(_)) if is_fernet(key, at.name) => return Err(refuse_loss(key, at)),
            _ => {
                new.duplicate().put(open, &key.name);
            }
        }
        Ok(true)
    })?;
    let ui = at.session.ui;
    ui.note(format!("{} rotated in {}", key.name, at.name));
    command::after(key, new.secret(), at)?;
    if let Some(list) = kept {
        ui.note(format!(
            "the previous value stays in {list}; once the application runs with the new one \
            everywhere:"
        ));
        ui.note(format!("  `senex-env rotate -e {} {} --finish`", at.name, key.name));
    }
    Ok(Exit::Ok)
}

fn refuse_loss(key: &Key, at: At<'_>) -> Error {
    Error::no(format!(
        "with a new `{0}` alone, data that the application has encrypted with the current one becomes \
         unreadable",
        key.name
    ))
    .at(key.place.clone(), None)
    .note("nothing was changed")
    .hint(format!(
        "`keep_previous_in = \"{}\"` in the project file keeps previous values there, newest first",
        key.name
    ))
    .hint(format!("`senex-env set -e {} {}` replaces it anyway", at.name, key.name))
}

fn refuse_comma(value: &Secret, which: &str, key: &KeyName, at: At<'_>) -> Result<(), Error> {
    if fallback::fits(value) {
        return Ok(());
    }
    Err(Error::no(format!(
        "the {which} value of `{key}` contains a comma, which separates the values that are kept"
    ))
    .note("nothing was changed")
    .hint(format!("`senex-env set -e {} {key}` sets a value without keeping the previous one", at.name)))
}

/// The previous values go.
fn finish(key: &Key, at: At<'_>) -> Result<Exit, Error> {
    let Some(list) = &key.keep_previous_in else {
        return Err(Error::usage(format!(
            "`{}` keeps no previous value: there is nothing to finish",
            key.name
        ))
        .at(key.place.clone(), None)
        .hint("`keep_previous_in = \"…\"` in the project file sets where one is kept"));
    };
    let (ui, mut retired) = (at.session.ui, 0);
    at.update(|open| {
        let Some(value) = open.get(list).map(Secret::duplicate) else { return Ok(false) };
        let own = *list == key.name;
        retired = fallback::count(&value).saturating_sub(usize::from(own));
        if retired == 0 {
            return Ok(false);
        }
        // What is lost with a Fernet key is said, and asked, when it is written.
        if !is_fernet(key, at.name) {
            ui.confirm(&format!(
                "retire {} of {}, which the application accepts until then",
                words::count(retired, "older value"),
                key.name
            ))?;
        }
        if own {
            at.slot(list).text(fallback::newest(&value))?.put(open, list);
        } else {
            open.unset(list);
        }
        Ok(true)
    })?;
    if retired == 0 {
        ui.note(format!("{} keeps no previous value in {}", key.name, at.name));
    } else {
        ui.note(format!("{} retired in {}", words::count(retired, "older value"), at.name));
    }
    Ok(Exit::Ok)
}

/// Where a new value comes from.
enum Source {
    Command(RepositoryCommand),
    Generator(Generator),
    /// The terminal or standard input.
    Person,
}

impl Source {
    fn of(key: &Key) -> Result<Self, Error> {
        if let Some(command) = command::named(key, "command", key.command.as_ref()) {
            return Ok(Self::Command(command));
        }
        let generator = Generator::of(key).map_err(|error| no_generator(key, error))?;
        Ok(generator.map_or(Self::Person, Self::Generator))
    }
}

fn new_value(key: &Key, at: At<'_>) -> Result<NewValue, Error> {
    match Source::of(key)? {
        Source::Command(command) => command::new_value(&command, at),
        Source::Generator(generator) => {
            let made = generator.generate().map_err(|error| no_generator(key, error))?;
            at.slot(&key.name).text(made)
        }
        Source::Person => at
            .slot(&key.name)
            .person("new value", at.session)?
            .filter(|given| !given.secret().is_empty())
            .ok_or_else(|| nothing_given(key)),
    }
}

fn nothing_given(key: &Key) -> Error {
    Error::usage(format!("`{}` has no generator, and no new value was given", key.name))
        .at(key.place.clone(), None)
        .hint("`generate = \"password:32\"` in the project file generates one")
}

fn no_generator(key: &Key, error: GeneratorError) -> Error {
    Error::new(Exit::Project, format!("invalid `generate` of `{}`: {error}", key.name))
        .at(key.place.clone(), None)
}
