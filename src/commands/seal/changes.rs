//! What `seal` would bless: the file beside the newest version that git has of it and that is sealed.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::desk::At;
use crate::git::Past;
use crate::identity::Identities;
use crate::name::{EnvName, KeyName};
use crate::recipient;
use crate::sealed::{Class, Difference, OpenFile, SealedFile};
use crate::ui::Mark;
use crate::words;

/// `seal --dry-run --json`, and what is shown to a person.
#[derive(Serialize)]
pub(super) struct Changes<'a> {
    environment: &'a EnvName,
    /// The commit of the version it is compared with; `None` where git has no sealed one.
    since: Option<String>,
    added: Vec<KeyName>,
    changed: Vec<KeyName>,
    removed: Vec<KeyName>,
    pub recipients_added: Vec<String>,
    pub recipients_removed: Vec<String>,
    /// Whether other keys are readable than before.
    rule: bool,
    comments: bool,
    /// Keys that are encrypted and would become readable.
    pub exposed: Vec<KeyName>,
    /// What changed of config, which everybody can read in both versions.
    #[serde(skip)]
    readable: BTreeMap<KeyName, String>,
}

impl<'a> Changes<'a> {
    /// Nothing is to be sealed.
    pub(super) fn none(environment: &'a EnvName) -> Self {
        Self {
            environment,
            since: None,
            added: Vec::new(),
            changed: Vec::new(),
            removed: Vec::new(),
            recipients_added: Vec::new(),
            recipients_removed: Vec::new(),
            rule: false,
            comments: false,
            exposed: Vec::new(),
            readable: BTreeMap::new(),
        }
    }

    pub(super) fn of(at: At<'a>, open: &OpenFile, identities: &mut Identities<'_>) -> Self {
        let rule = at.project.rule();
        let exposed = open.exposed_by(&rule).into_iter().cloned().collect();
        let Some((commit, earlier)) = last_sealed(at, identities) else {
            let added = open.pairs().map(|(key, _)| key.clone()).collect();
            return Self { added, exposed, recipients_added: recipients(open), ..Self::none(at.name) };
        };
        let Difference { added, changed, removed } = open.difference(&earlier);
        let (before, now) = (recipients(&earlier), recipients(open));
        let without = |all: &[String], others: &[String]| {
            all.iter().filter(|one| !others.contains(one)).cloned().collect::<Vec<_>>()
        };
        Self {
            environment: at.name,
            since: Some(commit),
            added,
            changed,
            removed,
            recipients_added: without(&now, &before),
            recipients_removed: without(&before, &now),
            rule: open.rule() != earlier.rule() || *open.rule() != rule,
            comments: !same_comments(open, &earlier),
            exposed,
            readable: readable(&earlier, open),
        }
    }

    /// For a person.
    pub(super) fn lines(&self, at: At<'_>) -> Vec<String> {
        let mut lines = vec![if let Some(commit) = &self.since {
            format!("since the sealed version in {commit}:")
        } else {
            let keys = words::count(self.added.len(), "key");
            format!("no sealed version in git to compare with; it has {keys}")
        }];
        let rule = at.project.rule();
        for (mark, keys) in
            [(Mark::Added, &self.added), (Mark::Changed, &self.changed), (Mark::Removed, &self.removed)]
        {
            for key in keys {
                let class = if rule.class(key) == Class::Config { " (config)" } else { "" };
                let readable = self.readable.get(key).map_or(String::new(), |change| format!(" {change}"));
                lines.push(format!("  {} {key}{class}{readable}", mark.shown()));
            }
        }
        for (mark, recipients) in
            [(Mark::Added, &self.recipients_added), (Mark::Removed, &self.recipients_removed)]
        {
            for recipient in recipients {
                lines.push(format!("  {} recipient {}", mark.shown(), recipient::short(recipient)));
            }
        }
        for (is_changed, what) in [(self.rule, "which keys are readable"), (self.comments, "comments")] {
            if is_changed {
                lines.push(format!("  {} {what}", Mark::Changed.shown()));
            }
        }
        let no_key = self.added.is_empty() && self.changed.is_empty() && self.removed.is_empty();
        if no_key && !self.comments {
            lines.push("  no key changed".to_owned());
        }
        lines
    }
}

/// How config changed, old value and new: somebody's hand may have moved bytes from one value to another.
fn readable(earlier: &OpenFile, open: &OpenFile) -> BTreeMap<KeyName, String> {
    const MOST: usize = 60;
    let value = |file: &OpenFile, key: &KeyName| {
        let is_config = file.rule().class(key) == Class::Config;
        let value = file.get(key).filter(|_| is_config)?;
        let shown: String = value.expose().chars().take(MOST).collect();
        let more = if shown.len() < value.len() { "…" } else { "" };
        Some(format!("`{}{more}`", words::clean(&shown)))
    };
    let mut readable = BTreeMap::new();
    for key in earlier.pairs().chain(open.pairs()).map(|(key, _)| key) {
        if let (Some(old), Some(new)) = (value(earlier, key), value(open, key)) {
            readable.insert(key.clone(), format!("{old} → {new}"));
        }
    }
    readable
}

fn recipients(file: &OpenFile) -> Vec<String> {
    let all = file.wrapped_keys().iter();
    all.map(|wrapped| recipient::identifier(&wrapped.recipient).to_owned()).collect()
}

fn same_comments(one: &OpenFile, other: &OpenFile) -> bool {
    let (mut one, mut other) = (one.comments(), other.comments());
    loop {
        match (one.next(), other.next()) {
            (None, None) => return true,
            (Some(one), Some(other)) if one.same_as(other) => {}
            _ => return false,
        }
    }
}

/// The newest version in git that is sealed and that the caller can open, and its commit.
fn last_sealed(at: At<'_>, identities: &mut Identities<'_>) -> Option<(String, OpenFile)> {
    let mut past = Past::of_head(&at.project.root).ok()?;
    let found = past.steps(&at.path());
    found.steps.iter().find_map(|step| {
        let file = SealedFile::parse(&found.bytes(*step.after.first()?)).ok()?;
        let data_key = identities.data_key(file.wrapped_keys()).ok()?;
        Some((step.commit.id.clone(), file.open(data_key, &at.binding()).ok()?))
    })
}
