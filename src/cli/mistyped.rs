//! A command line that clap does not understand, told without a word of what was typed: a value may stand in the
//! wrong place. Arguments are named by their position.

use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::error::{Error, Id};
use crate::suggest;

/// The error in our words; `None` where those of clap hold nothing that was typed.
pub(crate) fn told(error: &clap::Error, arguments: &[OsString]) -> Option<Error> {
    let name = command_name(arguments);
    let typed = |kind| text(error, kind).and_then(|typed| position(&typed, arguments));
    let told = match error.kind() {
        ErrorKind::UnknownArgument if name == "set" && texts(error, ContextKind::SuggestedArg).is_empty() => {
            let env = if names_environment(arguments) { "-e ENV " } else { "" };
            return Some(
                Error::usage(
                    "`set` accepts no value on the command line, where every user of this machine can read it",
                )
                .of_kind(Id::ValueOnCommandLine)
                .hint(format!("`senex-env set {env}KEY` asks for it; what was typed is now in your shell's history")),
            );
        }
        ErrorKind::UnknownArgument if is_option(error) => Error::usage(format!(
            "{}{} is not one of its options",
            of(&name),
            shown(typed(ContextKind::InvalidArg))
        )),
        ErrorKind::UnknownArgument => {
            Error::usage(format!("{}{} is one too many", of(&name), shown(typed(ContextKind::InvalidArg))))
        }
        ErrorKind::InvalidSubcommand => {
            let at = shown(typed(ContextKind::InvalidSubcommand));
            Error::usage(format!("{}{at} is not a command", of(&name)))
        }
        ErrorKind::TooManyValues => {
            let option = text(error, ContextKind::InvalidArg).unwrap_or_default();
            Error::usage(format!("{}`{option}` accepts no value", of(&name)))
        }
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            let option = text(error, ContextKind::InvalidArg).unwrap_or_default();
            let at = shown(typed(ContextKind::InvalidValue));
            let told = Error::usage(format!("{}{at} is not valid for `{option}`", of(&name)));
            match texts(error, ContextKind::ValidValue).as_slice() {
                [] => told,
                known => told.note(format!("it accepts {}", crate::words::any_of(known))),
            }
        }
        ErrorKind::MissingRequiredArgument => {
            let missing = texts(error, ContextKind::InvalidArg);
            let verb = if missing.len() == 1 { "is" } else { "are" };
            Error::usage(format!("{}{} {verb} missing", of(&name), crate::words::list(&missing)))
        }
        ErrorKind::ArgumentConflict => {
            let option = text(error, ContextKind::InvalidArg).unwrap_or_default();
            let others = texts(error, ContextKind::PriorArg);
            Error::usage(format!(
                "{}`{option}` cannot be used with {}",
                of(&name),
                crate::words::names(&others)
            ))
        }
        _ => return None,
    };
    let nearest = [ContextKind::SuggestedArg, ContextKind::SuggestedSubcommand, ContextKind::SuggestedValue];
    let nearest = nearest.into_iter().flat_map(|kind| texts(error, kind)).collect::<Vec<_>>();
    let given = [ContextKind::InvalidArg, ContextKind::InvalidSubcommand, ContextKind::InvalidValue];
    let given = given.into_iter().find_map(|kind| text(error, kind)).unwrap_or_default();
    let nearest = suggest::nearest(&given, nearest.iter().map(String::as_str));
    let help = if name.is_empty() { "help".to_owned() } else { format!("help {name}") };
    Some(told.did_you_mean(nearest).hint(format!("`senex-env {help}` shows how it is used")))
}

/// What clap says of the other errors, in one line.
pub(crate) fn summary(error: &clap::Error) -> Error {
    let text = error.render().to_string();
    let first = text.split("\n\n").next().unwrap_or_default().trim_start_matches("error: ");
    Error::usage(first.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// Whether `-e` is given: what it names is not repeated, as it may be a value in the wrong place.
fn names_environment(arguments: &[OsString]) -> bool {
    let begins = |word: &OsString| {
        word.to_str().is_some_and(|word| word.starts_with("-e") || word.starts_with("--env"))
    };
    arguments.iter().any(begins)
}

fn is_option(error: &clap::Error) -> bool {
    text(error, ContextKind::InvalidArg).is_some_and(|text| text.starts_with('-'))
}

fn of(name: &str) -> String {
    if name.is_empty() { String::new() } else { format!("`{name}`: ") }
}

fn shown(position: Option<usize>) -> String {
    position.map_or_else(|| "an argument".to_owned(), |position| format!("argument {position}"))
}

fn text(error: &clap::Error, kind: ContextKind) -> Option<String> {
    texts(error, kind).into_iter().next()
}

fn texts(error: &clap::Error, kind: ContextKind) -> Vec<String> {
    match error.get(kind) {
        Some(ContextValue::String(text)) => vec![text.clone()],
        Some(ContextValue::Strings(texts)) => texts.clone(),
        _ => Vec::new(),
    }
}

/// Which argument it is, counted from 1 after the name of the program.
fn position(typed: &str, arguments: &[OsString]) -> Option<usize> {
    let mut words = arguments.iter().enumerate().skip(1).map(|(at, word)| (at, word.to_string_lossy()));
    let same = words.clone().find(|(_, word)| word == typed);
    let begins = words.find(|(_, word)| {
        let (option, value) = word.split_once('=').unwrap_or((word, ""));
        option == typed || !typed.is_empty() && value == typed
    });
    same.or(begins).map(|(at, _)| at)
}

/// The command and those within it, `identity new` for example.
fn command_name(arguments: &[OsString]) -> String {
    const WITH_VALUE: [&str; 4] = ["-e", "--env", "-C", "--color"];
    let mut command = super::command();
    let (mut names, mut words) = (Vec::new(), arguments.iter().skip(1));
    while let Some(word) = words.next().map(|word| word.to_string_lossy()) {
        if word.starts_with('-') {
            if WITH_VALUE.contains(&&*word) {
                words.next();
            }
            continue;
        }
        let Some(inner) = command.find_subcommand(&*word).cloned() else { break };
        names.push(inner.get_name().to_owned());
        command = inner;
    }
    names.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(line: &str) -> String {
        let arguments: Vec<OsString> = line.split(' ').map(OsString::from).collect();
        let error = crate::cli::parse(&arguments).err().expect("an error");
        let told = told(&error, &arguments).unwrap_or_else(|| summary(&error));
        [told.message, told.notes.join("\n"), told.hints.join("\n")].join("\n")
    }

    #[test]
    fn errors_never_repeat_an_argument() {
        for line in [
            "senex-env set KEY canary",
            "senex-env set --force=canary KEY",
            "senex-env set KEY --canary",
            "senex-env rotate KEY canary",
            "senex-env get KEY canary",
            "senex-env edit KEY=canary",
            "senex-env list KEY=canary",
            "senex-env check KEY=canary",
            "senex-env status canary",
            "senex-env unset KEY canary",
            "senex-env diff a b canary",
            "senex-env export --format canary",
            "senex-env push canary",
            "senex-env push swarm --rollback=canary",
            "senex-env -e production canary",
            "senex-env identity canary",
            "senex-env identity new canary",
            "senex-env --canary=canary set KEY",
        ] {
            assert!(!said(line).contains("canary"), "{line}: {}", said(line));
        }
    }

    #[test]
    fn arguments_are_named_by_position_and_the_nearest_is_suggested() {
        assert!(said("senex-env rotate KEY v").starts_with("`rotate`: argument 3 is one too many\n"));
        assert!(said("senex-env chek").contains("argument 1 is not a command\n"));
        assert!(said("senex-env chek").contains("did you mean `check`?"));
        assert!(said("senex-env sett").contains("did you mean `set`?"));
        let option = said("senex-env -e x check --al");
        assert!(
            option.starts_with("`check`: argument 4 is not one of its options") && option.contains("`--all`")
        );
        assert!(said("senex-env identity new x").contains("`senex-env help identity new`"));
        assert!(said("senex-env set --force=x K").starts_with("`set`: `--force` accepts no value"));
        assert!(said("senex-env check --format=x").contains("it accepts text, json or github"));
        assert!(said("senex-env get").starts_with("`get`: <KEY> is missing\n"));
        assert!(
            said("senex-env join ana --ssh --for-ci")
                .starts_with("`join`: `--ssh` cannot be used with `--for-ci`\n")
        );
    }
}
