//! `rotate --dry-run`: what would be done, from what the project file says.

use serde::Serialize;

use super::Source;
use crate::cli;
use crate::desk::At;
use crate::error::Error;
use crate::exit::Exit;
use crate::name::{EnvName, KeyName};
use crate::project::Key;
use crate::words;

/// `rotate --dry-run --json`.
#[derive(Serialize)]
struct Answer<'a> {
    environment: &'a EnvName,
    /// Whether previous values would go, in place of a new one that comes.
    finish: bool,
    keys: Vec<Step<'a>>,
}

#[derive(Serialize)]
struct Step<'a> {
    key: &'a KeyName,
    /// Where the new value would come from; `None` for a key that is not declared, and to finish.
    source: Option<&'static str>,
    /// The key that keeps the previous values.
    keep_previous_in: Option<&'a KeyName>,
    /// Whether the key's `after_rotate` would be given the new value.
    after_rotate: bool,
}

/// One key.
pub(super) fn show(arguments: &cli::Rotate, key: &Key, at: At<'_>) -> Result<Exit, Error> {
    at.read_existing()?;
    let ui = at.session.ui;
    let step = if arguments.finish { Step::finish(key) } else { Step::new(key)? };
    if arguments.json {
        let keys = vec![step];
        let answer = Answer { environment: at.name, finish: arguments.finish, keys };
        return ui.json("rotate", &answer).map(|()| Exit::Ok);
    }
    ui.notes(step.sentences(at.name));
    Ok(Exit::Ok)
}

/// The keys of `--due` and `--exposed`.
pub(super) fn show_all(arguments: &cli::Rotate, keys: &[KeyName], at: At<'_>) -> Result<Exit, Error> {
    let ui = at.session.ui;
    if arguments.json {
        let steps = keys.iter().map(|key| match at.project.key(key.as_str()) {
            Some(declared) => Step::new(declared),
            None => Ok(Step { key, source: None, keep_previous_in: None, after_rotate: false }),
        });
        let answer = Answer { environment: at.name, finish: false, keys: steps.collect::<Result<_, _>>()? };
        return ui.json("rotate", &answer).map(|()| Exit::Ok);
    }
    ui.note(format!("would be rotated in {}: {}", at.name, words::names(keys)));
    Ok(Exit::Ok)
}

impl<'a> Step<'a> {
    fn new(key: &'a Key) -> Result<Self, Error> {
        let source = match Source::of(key)? {
            Source::Command(_) => "command",
            Source::Generator(_) => "generator",
            Source::Person => "prompt",
        };
        Ok(Self {
            key: &key.name,
            source: Some(source),
            keep_previous_in: key.keep_previous_in.as_ref(),
            after_rotate: key.after_rotate.is_some(),
        })
    }

    fn finish(key: &'a Key) -> Self {
        let keep_previous_in = key.keep_previous_in.as_ref();
        Self { key: &key.name, source: None, keep_previous_in, after_rotate: false }
    }

    /// For a person.
    fn sentences(&self, environment: &EnvName) -> Vec<String> {
        let key = self.key;
        let Some(source) = self.source else {
            return vec![match self.keep_previous_in {
                Some(list) => {
                    format!("the previous values of {key} in {list} of {environment} would be removed")
                }
                None => format!("{key} keeps no previous value: there is nothing to finish"),
            }];
        };
        let from = match source {
            "prompt" => "a prompt or standard input",
            "command" => "its `command`",
            _ => "its generator",
        };
        let mut lines = vec![format!("{key} of {environment} would get a new value, from {from}")];
        if let Some(list) = self.keep_previous_in {
            lines.push(format!("the current one would be kept in {list}"));
        }
        if self.after_rotate {
            lines.push("its `after_rotate` would be given the new one".to_owned());
        }
        lines
    }
}
