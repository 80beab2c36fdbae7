//! `rotate KEY`: a new value, the old one kept where the application looks for it; `--finish` retires it.

mod command;
mod preview;
mod walk;

use crate::cli;
use crate::desk::{NewValue, Session, key_name};
use crate::error::Error;
use crate::exit::Exit;
use crate::name::KeyName;
use crate::project::{Environment, Key, Project};
use crate::rotate::{Generator, GeneratorError, fallback, is_fernet};
use crate::secret::Secret;
use crate::trust::RepositoryCommand;
use crate::words;

pub(super) fn run(arguments: &cli::Rotate, env: Option<&str>, session: &Session<'_>) -> Result<Exit, Error> {
    let project = session.project()?;
    let environment = session.environment(&project, env)?;
    if arguments.due || arguments.exposed {
        return walk::run(arguments, &project, environment, session);
    }
    let given = arguments.key.as_deref();
    let given = given.ok_or_else(|| Error::usage("which key? `rotate KEY`, or `--due`, or `--exposed`"))?;
    let key = key_name(given)?;
    let Some(declared) = project.key(key.as_str()) else {
        let known = project.key_names().map(KeyName::as_str);
        return Err(Error::usage(format!(
            "`{key}` is not declared in the project file, so nothing is known of it"
        ))
        .did_you_mean(crate::suggest::nearest(key.as_str(), known))
        .hint(format!("`senex-env set -e {} {key}` gives it another value", environment.name)));
    };
    if arguments.dry_run {
        return preview::show(arguments.finish, &project, environment, declared, session);
    }
    session.confirm(environment, &format!("rotate {key}"))?;
    if arguments.finish {
        finish(&project, environment, declared, session)
    } else {
        one(&project, environment, declared, session)
    }
}

/// A new value for one key.
fn one(
    project: &Project,
    environment: &Environment,
    key: &Key,
    session: &Session<'_>,
) -> Result<Exit, Error> {
    // Before anything changes: an application that is not told would be left with a password that is none.
    command::refuse_untrusted(project, key, session)?;
    let new = new_value(project, environment, key, session)?;
    new.refuse_broken(key, environment, project, session)?;
    let mut kept = None;
    session.update(project, &environment.name, |open| {
        let old = open.get(&key.name).filter(|old| !old.is_empty()).map(Secret::duplicate);
        if old.as_ref().is_some_and(|old| fallback::newest(old).same_as(new.secret())) {
            return Err(Error::no(format!("that is the value that `{}` has already", key.name)));
        }
        if key.keep_previous_in.is_some() {
            refuse_comma(new.secret(), "new", &key.name)?;
            // A list that is the key itself holds commas, and rightly.
            if let Some(old) = old.as_ref().filter(|_| key.keep_previous_in.as_ref() != Some(&key.name)) {
                refuse_comma(old, "previous", &key.name)?;
            }
        }
        match (&key.keep_previous_in, old) {
            (Some(list), Some(old)) if *list == key.name => {
                let all = fallback::with_previous(Some(&old), new.secret());
                NewValue::new(list, all)?.put(open, list);
                kept = Some(list.clone());
            }
            (Some(list), Some(old)) => {
                let previous = fallback::with_previous(open.get(list), &old);
                NewValue::new(list, previous)?.put(open, list);
                new.duplicate().put(open, &key.name);
                kept = Some(list.clone());
            }
            (None, Some(_)) if is_fernet(key, &environment.name) => return Err(refuse_loss(key)),
            _ => {
                new.duplicate().put(open, &key.name);
            }
        }
        Ok(true)
    })?;
    session.ui.note(format!("{} rotated in {}", key.name, environment.name));
    command::after(project, environment, key, new.secret(), session)?;
    if let Some(list) = kept {
        session.ui.note(format!("the previous value stays in {list}; when the application has started with the new one everywhere:"));
        session.ui.note(format!("  `senex-env rotate -e {} {} --finish`", environment.name, key.name));
    }
    Ok(Exit::Ok)
}

fn refuse_loss(key: &Key) -> Error {
    Error::no(format!(
        "a new `{0}` alone could not read what the application has encrypted with the present one",
        key.name
    ))
    .at(key.place.clone(), None)
    .note("nothing was changed")
    .hint(format!(
        "`keep_previous_in = \"{}\"` in the project file keeps a list there, the newest first",
        key.name
    ))
    .hint(format!("`senex-env set {}` replaces it all the same", key.name))
}

fn refuse_comma(value: &Secret, which: &str, key: &KeyName) -> Result<(), Error> {
    if fallback::fits(value) {
        return Ok(());
    }
    Err(Error::no(format!(
        "the {which} value of `{key}` holds a comma, which separates the values that are kept"
    ))
    .note("nothing was changed")
    .hint(format!("`senex-env set {key}` gives it a value without keeping the previous one")))
}

/// The previous values go.
fn finish(
    project: &Project,
    environment: &Environment,
    key: &Key,
    session: &Session<'_>,
) -> Result<Exit, Error> {
    let Some(list) = &key.keep_previous_in else {
        return Err(Error::usage(format!(
            "`{}` keeps no previous value: there is nothing to finish",
            key.name
        ))
        .at(key.place.clone(), None)
        .hint("`keep_previous_in = \"…\"` in the project file says where one is kept"));
    };
    let mut retired = 0;
    session.update(project, &environment.name, |open| {
        let Some(value) = open.get(list).map(Secret::duplicate) else { return Ok(false) };
        let own = *list == key.name;
        retired = fallback::count(&value).saturating_sub(usize::from(own));
        if retired == 0 {
            return Ok(false);
        }
        // What is lost with a Fernet key is said, and asked, when it is written.
        if !is_fernet(key, &environment.name) {
            session.ui.confirm(&format!(
                "retire {} of {}, which the application accepts until then",
                words::count(retired, "older value"),
                key.name
            ))?;
        }
        if own {
            NewValue::new(list, fallback::newest(&value))?.put(open, list);
        } else {
            open.unset(list);
        }
        Ok(true)
    })?;
    if retired == 0 {
        session.ui.note(format!("{} keeps no previous value in {}", key.name, environment.name));
    } else {
        session.ui.note(format!("{} retired in {}", words::count(retired, "older value"), environment.name));
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

fn new_value(
    project: &Project,
    environment: &Environment,
    key: &Key,
    session: &Session<'_>,
) -> Result<NewValue, Error> {
    match Source::of(key)? {
        Source::Command(command) => command::new_value(project, environment, &command, session),
        Source::Generator(generator) => {
            let made = generator.generate().map_err(|error| no_generator(key, error))?;
            NewValue::new(&key.name, made)
        }
        Source::Person => NewValue::of_person(&key.name, "new value", session)?
            .filter(|given| !given.secret().is_empty())
            .ok_or_else(|| nothing_given(key)),
    }
}

fn nothing_given(key: &Key) -> Error {
    Error::usage(format!("`{}` has no generator, and no new value was given", key.name))
        .at(key.place.clone(), None)
        .hint("`generate = \"password:32\"` in the project file makes one")
}

fn no_generator(key: &Key, error: GeneratorError) -> Error {
    Error::new(Exit::Project, format!("`{}` has no such generator: {error}", key.name))
        .at(key.place.clone(), None)
}
