//! `log`: who changed, granted or rekeyed what, and when.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;

use super::hooks::worded;
use crate::cli;
use crate::desk::Session;
use crate::error::Error;
use crate::exit::Exit;
use crate::git::{self, Step};
use crate::identity::Identities;
use crate::name::KeyName;
use crate::project::{Environment, Project};
use crate::recipient;
use crate::sealed::{Class, OpenFile, SealedFile};
use crate::suggest;
use crate::ui::{self, style, styled};
use crate::words;

/// One line of the log.
#[derive(Serialize)]
struct Entry {
    commit: String,
    time: String,
    author: String,
    environment: String,
    events: Vec<String>,
}

pub(super) fn run(arguments: &cli::Log, env: Option<&str>, session: &Session<'_>) -> Result<Exit, Error> {
    let project = session.project()?;
    let named = env.map(str::to_owned).or_else(|| session.named_by_variable());
    let environments: Vec<&Environment> = match named {
        Some(name) => vec![session.environment(&project, Some(&name))?],
        None => project.environments.iter().collect(),
    };
    let mut identities = session.identities();
    let mut entries: Vec<(i64, Entry)> = Vec::new();
    for environment in environments {
        if arguments.reveal {
            session.confirm(environment, "show the values of the past")?;
        }
        let key = arguments.key.as_deref().map(crate::desk::key_name).transpose()?;
        let path = project.sealed_file(&environment.name);
        let mut teller = Teller { project: &project, key: key.as_ref(), reveal: arguments.reveal };
        git::steps(&path, &mut |step| {
            let events = teller.events(&step, &mut identities);
            if !events.is_empty() {
                let entry = Entry {
                    time: Timestamp::from_second(step.seconds).unwrap_or(Timestamp::UNIX_EPOCH).to_string(),
                    commit: step.commit,
                    author: step.author,
                    environment: environment.name.to_string(),
                    events,
                };
                entries.push((step.seconds, entry));
            }
            true
        })
        .map_err(worded)?;
    }
    if entries.is_empty()
        && let Some(key) = &arguments.key
    {
        return Err(Error::no(format!("no commit changed `{}`", words::clean(key)))
            .did_you_mean(suggest::nearest(key, project.key_names().map(KeyName::as_str))));
    }
    entries.sort_by_key(|(seconds, _)| std::cmp::Reverse(*seconds));
    let entries: Vec<Entry> = entries.into_iter().map(|(_, entry)| entry).collect();
    if arguments.json {
        session.ui.line(ui::json(&entries)?)?;
        return Ok(Exit::Ok);
    }
    for entry in entries {
        session.ui.line(format!(
            "{} {}  {}  {}: {}",
            styled(style::DIM, &entry.commit),
            entry.time.replace('T', " ").trim_end_matches('Z'),
            words::clean(&entry.author),
            entry.environment,
            words::clean(&entry.events.join(", "))
        ))?;
    }
    Ok(Exit::Ok)
}

/// A version, as far as it can be read.
struct Version {
    recipients: Vec<String>,
    /// What can be compared, and what may be shown.
    keys: BTreeMap<KeyName, (String, Option<String>)>,
    open: Option<OpenFile>,
}

struct Teller<'a> {
    project: &'a Project,
    key: Option<&'a KeyName>,
    reveal: bool,
}

impl Teller<'_> {
    fn events(&mut self, step: &Step, identities: &mut Identities<'_>) -> Vec<String> {
        let Some(after) = &step.after else { return vec!["the file was removed".to_owned()] };
        let Some(after) = self.version(after, identities) else {
            return if self.key.is_none() { vec!["not a good sealed file".to_owned()] } else { Vec::new() };
        };
        let mut before: Vec<Version> =
            step.before.iter().filter_map(|bytes| self.version(bytes, identities)).collect();
        if before.is_empty() {
            before.push(Version { recipients: Vec::new(), keys: BTreeMap::new(), open: None });
        }
        // What a merge took over from one parent was done on that side, and is told there.
        let mut events: Option<Vec<String>> = None;
        for before in &before {
            let new = self.compare(before, &after);
            events = Some(match events {
                None => new,
                Some(known) => known.into_iter().filter(|event| new.contains(event)).collect(),
            });
        }
        events.unwrap_or_default()
    }

    fn compare(&self, before: &Version, after: &Version) -> Vec<String> {
        let mut events = Vec::new();
        let is_wanted = |name: &KeyName| self.key.is_none_or(|key| key == name);
        let mut unknown = Vec::new();
        for (name, (text, shown)) in after.keys.iter().filter(|(name, _)| is_wanted(name)) {
            let value = shown.as_ref().map(|shown| format!(" = {shown}")).unwrap_or_default();
            match before.keys.get(name) {
                None => events.push(format!("{name} added{value}")),
                Some((old, _)) => match self.is_changed(name, old, text, before, after) {
                    Some(true) => events.push(format!("{name} changed{value}")),
                    Some(false) => {}
                    None => unknown.push(name),
                },
            }
        }
        let removed = before.keys.keys().filter(|name| is_wanted(name) && !after.keys.contains_key(*name));
        events.extend(removed.map(|name| format!("{name} removed")));
        if !unknown.is_empty() {
            // Another value, or the same one after a rekey: who cannot open both does not know.
            events.push(format!("{} encrypted anew", words::names(&unknown)));
        }
        if self.key.is_none() {
            let who = |recipient: &String| match self.project.person_with(recipient) {
                Some(person) => person.name.to_string(),
                None => recipient::short(recipient),
            };
            let only = |one: &Version, other: &Version| -> Vec<String> {
                one.recipients.iter().filter(|known| !other.recipients.contains(known)).map(who).collect()
            };
            events.extend(only(after, before).iter().map(|who| format!("{who} granted")));
            events.extend(only(before, after).iter().map(|who| format!("{who} revoked")));
        }
        events
    }

    /// `None` for another ciphertext whose value is not known.
    fn is_changed(
        &self,
        name: &KeyName,
        old: &str,
        new: &str,
        before: &Version,
        after: &Version,
    ) -> Option<bool> {
        if let (Some(before), Some(after)) = (&before.open, &after.open) {
            return Some(!before.get(name)?.same_as(after.get(name)?));
        }
        let same_key = before.open.is_none() == after.open.is_none();
        match old == new {
            true => Some(false),
            false if same_key && !old.starts_with("<sealed") => Some(true),
            false => None,
        }
    }

    fn version(&self, bytes: &[u8], identities: &mut Identities<'_>) -> Option<Version> {
        let file = SealedFile::parse(bytes).ok()?;
        let recipients =
            file.wrapped_keys().iter().map(|key| recipient::identifier(&key.recipient).to_owned()).collect();
        let open = identities
            .data_key(file.wrapped_keys())
            .ok()
            .and_then(|key| SealedFile::parse(bytes).ok()?.open_unsealed(key).ok());
        let keys = file
            .public_texts()
            .map(|(name, text)| {
                let shown = match (file.rule().class(name), &open) {
                    (Class::Config, _) => Some(text.clone()),
                    (Class::Secret, Some(open)) if self.reveal => {
                        open.get(name).map(|value| value.expose().to_owned())
                    }
                    _ => None,
                };
                (name.clone(), (text, shown))
            })
            .collect();
        Some(Version { recipients, keys, open })
    }
}
