//! `log`: who changed, granted or rekeyed what, and when.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use crate::cli;
use crate::desk::{At, Session, key_name};
use crate::error::{self, Error};
use crate::exit::Exit;
use crate::git::{Past, Step, Steps};
use crate::identity::Identities;
use crate::name::KeyName;
use crate::project::{Environment, Project};
use crate::recipient;
use crate::sealed::{Class, OpenFile, SealedFile};
use crate::suggest;
use crate::ui::{self, style, styled};
use crate::words;

/// What a shallow clone says of the past.
const INCOMPLETE: &str = "this clone does not have the whole history (`git fetch --unshallow`), so earlier commits are missing here";

/// One line of the log.
#[derive(Serialize)]
struct Entry {
    commit: String,
    time: String,
    author: String,
    environment: String,
    events: Vec<Event>,
}

/// `log --json`.
#[derive(Serialize)]
struct Answer<'a> {
    entries: &'a [Entry],
}

/// One thing that a commit did.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
enum Event {
    /// A key is new. The value is that of config, or was asked for.
    Added { key: KeyName, value: Option<String> },
    /// A key has another value.
    Changed { key: KeyName, value: Option<String> },
    /// A key is gone.
    Removed { key: KeyName },
    /// Another value, or the same one after a rekey: who cannot open both versions does not know.
    Reencrypted { keys: Vec<KeyName> },
    /// A recipient was let in; `person` as the project file names its holder today.
    Granted { recipient: String, person: Option<String> },
    /// A recipient was taken out.
    Revoked { recipient: String, person: Option<String> },
    /// The file is gone.
    FileRemoved,
    /// What was committed is not a sealed file that can be read.
    NotSealed,
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let set =
            |value: &Option<String>| value.as_ref().map(|value| format!(" = {value}")).unwrap_or_default();
        let who = |recipient: &str, person: &Option<String>| {
            person.clone().unwrap_or_else(|| recipient::short(recipient))
        };
        match self {
            Self::Added { key, value } => write!(f, "{key} added{}", set(value)),
            Self::Changed { key, value } => write!(f, "{key} changed{}", set(value)),
            Self::Removed { key } => write!(f, "{key} removed"),
            Self::Reencrypted { keys } => write!(f, "{} re-encrypted", words::names(keys)),
            Self::Granted { recipient, person } => write!(f, "{} granted", who(recipient, person)),
            Self::Revoked { recipient, person } => write!(f, "{} revoked", who(recipient, person)),
            Self::FileRemoved => f.write_str("the file was removed"),
            Self::NotSealed => f.write_str("not a valid sealed file"),
        }
    }
}

impl Entry {
    /// For a person.
    fn line(&self) -> String {
        format!(
            "{} {}  {}  {}: {}",
            styled(style::DIM, &self.commit),
            self.time.replace('T', " ").trim_end_matches('Z'),
            self.author,
            self.environment,
            self.events.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
        )
    }
}

pub(super) fn run(arguments: &cli::Log, env: Option<&str>, session: &Session<'_>) -> Result<Exit, Error> {
    let project = session.project()?;
    let named = env.map(str::to_owned).or_else(|| session.named_by_variable());
    let environments: Vec<&Environment> = match named {
        Some(name) => vec![session.environment(&project, Some(&name))?],
        None => project.environments.iter().collect(),
    };
    let entries = entries(arguments, &environments, &project, session)?;
    if entries.is_empty()
        && let Some(key) = &arguments.key
    {
        return Err(Error::no(format!("no commit changed `{}`", words::clean(key)))
            .did_you_mean(suggest::nearest(key, project.key_names().map(KeyName::as_str))));
    }
    let ui = session.ui;
    let answer = Answer { entries: &entries };
    match (arguments.json, arguments.reveal) {
        (true, true) => ui.reveal_json("log", &answer)?,
        (true, false) => ui.json("log", &answer)?,
        (false, true) => ui.reveal(entries.iter().map(Entry::line))?,
        (false, false) => ui.lines(entries.iter().map(Entry::line))?,
    }
    Ok(Exit::Ok)
}

/// What happened to these environments, the newest first.
fn entries(
    arguments: &cli::Log,
    environments: &[&Environment],
    project: &Project,
    session: &Session<'_>,
) -> Result<Vec<Entry>, Error> {
    let key = arguments.key.as_deref().map(|key| key_name(key, None)).transpose()?;
    let mut identities = session.identities();
    let mut past = Past::of_head(&project.root).map_err(error::git)?;
    let mut entries: Vec<(i64, Entry)> = Vec::new();
    for environment in environments {
        if arguments.reveal {
            At::new(session, project, &environment.name).confirm("show past values")?;
        }
        let path = project.sealed_file(&environment.name);
        let mut teller = Teller { project, key: key.as_ref(), reveal: arguments.reveal };
        let found = past.steps(&path);
        if found.is_incomplete {
            session.ui.warning(format!("{}: {INCOMPLETE}", environment.name));
        }
        for step in &found.steps {
            let events = teller.events(&found, step, &mut identities);
            if !events.is_empty() {
                let entry = Entry {
                    time: ui::time(step.commit.time),
                    commit: step.commit.id.clone(),
                    author: step.commit.author.clone(),
                    environment: environment.name.to_string(),
                    events,
                };
                entries.push((step.commit.time, entry));
            }
        }
    }
    entries.sort_by_key(|(seconds, _)| std::cmp::Reverse(*seconds));
    Ok(entries.into_iter().map(|(_, entry)| entry).collect())
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
    fn events(&mut self, found: &Steps<'_>, step: &Step, identities: &mut Identities<'_>) -> Vec<Event> {
        let Some(after) = step.after.first() else { return vec![Event::FileRemoved] };
        let Some(after) = self.version(&found.bytes(*after), identities) else {
            return if self.key.is_none() { vec![Event::NotSealed] } else { Vec::new() };
        };
        let mut before: Vec<Version> =
            step.before.iter().filter_map(|number| self.version(&found.bytes(*number), identities)).collect();
        if before.is_empty() {
            before.push(Version { recipients: Vec::new(), keys: BTreeMap::new(), open: None });
        }
        // What a merge took over from one parent was done on that side, and is told there.
        let mut events: Option<Vec<Event>> = None;
        for before in &before {
            let new = self.compare(before, &after);
            events = Some(match events {
                None => new,
                Some(known) => known.into_iter().filter(|event| new.contains(event)).collect(),
            });
        }
        events.unwrap_or_default()
    }

    fn compare(&self, before: &Version, after: &Version) -> Vec<Event> {
        let mut events = Vec::new();
        let is_wanted = |name: &KeyName| self.key.is_none_or(|key| key == name);
        let mut unknown = Vec::new();
        for (name, (text, shown)) in after.keys.iter().filter(|(name, _)| is_wanted(name)) {
            let (key, value) = (name.clone(), shown.clone());
            match before.keys.get(name) {
                None => events.push(Event::Added { key, value }),
                Some((old, _)) => match self.is_changed(name, old, text, before, after) {
                    Some(true) => events.push(Event::Changed { key, value }),
                    Some(false) => {}
                    None => unknown.push(key),
                },
            }
        }
        let removed = before.keys.keys().filter(|name| is_wanted(name) && !after.keys.contains_key(*name));
        events.extend(removed.map(|name| Event::Removed { key: name.clone() }));
        if !unknown.is_empty() {
            events.push(Event::Reencrypted { keys: unknown });
        }
        if self.key.is_none() {
            let holder = |recipient: &str| Some(self.project.person_with(recipient)?.name.to_string());
            let only = |one: &Version, other: &Version| -> Vec<(String, Option<String>)> {
                let gone = one.recipients.iter().filter(|known| !other.recipients.contains(known));
                gone.map(|recipient| (recipient.clone(), holder(recipient))).collect()
            };
            let granted = only(after, before).into_iter();
            events.extend(granted.map(|(recipient, person)| Event::Granted { recipient, person }));
            let revoked = only(before, after).into_iter();
            events.extend(revoked.map(|(recipient, person)| Event::Revoked { recipient, person }));
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
