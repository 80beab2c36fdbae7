//! How Docker Compose merges one file into another (`override/` of compose-go).

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::super::yaml::{Content, Key, Mapping, Node, Tag};
use super::casts::matches;
use super::error::Stop;
use super::normal;

/// Fields that are pairs, in whichever way they are written.
pub(super) const PAIRS: &[&str] = &[
    "services.*.environment",
    "services.*.labels",
    "services.*.annotations",
    "services.*.sysctls",
    "services.*.build.args",
    "services.*.build.labels",
    "services.*.build.additional_contexts",
    "services.*.deploy.labels",
    "networks.*.labels",
    "volumes.*.labels",
];

/// Fields that a later file replaces as a whole.
const REPLACED: &[&str] = &["services.*.command", "services.*.entrypoint", "services.*.healthcheck.test"];

/// Fields that are a list or its only element.
const LISTS: &[&str] = &[
    "services.*.dns",
    "services.*.dns_opt",
    "services.*.dns_search",
    "services.*.env_file",
    "services.*.label_file",
    "services.*.tmpfs",
];

/// Fields that are a list of names or a mapping by name.
const NAMES: &[&str] = &["services.*.depends_on", "services.*.networks", "services.*.models"];

/// Lists in which a later element takes the place of an earlier one that stands for the same thing.
const UNIQUE: &[(&str, Identity)] = &[
    ("services.*.cap_add", Identity::Text),
    ("services.*.cap_drop", Identity::Text),
    ("services.*.configs", Identity::Mount("")),
    ("services.*.devices", Identity::Target),
    ("services.*.dns", Identity::Text),
    ("services.*.dns_opt", Identity::Text),
    ("services.*.dns_search", Identity::Text),
    ("services.*.env_file", Identity::Path),
    ("services.*.expose", Identity::Text),
    ("services.*.links", Identity::Text),
    ("services.*.ports", Identity::Port),
    ("services.*.profiles", Identity::Text),
    ("services.*.secrets", Identity::Mount("/run/secrets/")),
    ("services.*.tmpfs", Identity::Text),
    ("services.*.volumes", Identity::Target),
];

/// What an element of a list stands for.
#[derive(Clone, Copy)]
enum Identity {
    /// Itself, up to a `=`.
    Text,
    /// The path in the container.
    Target,
    /// A file: `path`.
    Path,
    /// A published port.
    Port,
    /// A mounted secret or config, below a folder.
    Mount(&'static str),
}

/// Merges `over` into `base`, both at `steps`.
pub(super) fn merge(base: Node, mut over: Node, steps: &mut Vec<String>) -> Result<Node, Stop> {
    let at = |patterns: &[&str]| patterns.iter().any(|pattern| matches(pattern, steps));
    if at(REPLACED) {
        return Ok(over);
    }
    let mut base = base;
    if at(LISTS) {
        [&mut base, &mut over].into_iter().for_each(normal::scalar_as_list);
    } else if at(NAMES) {
        [&mut base, &mut over].into_iter().for_each(normal::names_as_mapping);
    } else if at(&["services.*.build"]) {
        [&mut base, &mut over].into_iter().for_each(|node| normal::scalar_as_mapping(node, "context"));
    } else if at(&["services.*.logging"]) && other_driver(&base, &over) {
        return Ok(over);
    }
    if over.is_null() && !at(&["services.*.environment.*"]) {
        return Ok(base);
    }
    let (here, earlier) = (over.place, base.place);
    match (&mut base.content, over.content) {
        (Content::Mapping(entries), Content::Mapping(more)) => merge_mappings(entries, more, steps)?,
        (Content::Sequence(items), Content::Sequence(more)) => items.extend(more),
        (Content::Scalar(_), content) => return Ok(Node { place: here, tag: Tag::None, content }),
        _ => return Err(Stop::Merge { here, earlier }),
    }
    Ok(base)
}

fn merge_mappings(entries: &mut Mapping, more: Mapping, steps: &mut Vec<String>) -> Result<(), Stop> {
    let known = positions(entries);
    for (key, value) in more {
        let Some(index) = known.get(key.scalar.text.as_str()).copied() else {
            entries.push((key, value));
            continue;
        };
        steps.push(key.scalar.text.to_string());
        let placeholder = Node::empty_mapping(value.place);
        let base = std::mem::replace(&mut entries[index].1, placeholder);
        entries[index].1 = merge(base, value, steps)?;
        entries[index].0 = Key { place: key.place, ..key };
        steps.pop();
    }
    Ok(())
}

/// Where each key of a mapping stands.
pub(super) fn positions(entries: &Mapping) -> HashMap<String, usize> {
    entries.iter().enumerate().map(|(index, (key, _))| (key.scalar.text.to_string(), index)).collect()
}

fn other_driver(base: &Node, over: &Node) -> bool {
    let driver = |node: &Node| node.get("driver").and_then(|d| d.text().map(str::to_owned));
    matches!((driver(base), driver(over)), (Some(a), Some(b)) if a != b)
}

/// Drops what a later element replaces, everywhere below `node`.
pub(super) fn enforce_unicity(node: &mut Node, steps: &mut Vec<String>) {
    match &mut node.content {
        Content::Mapping(entries) => {
            for (key, value) in entries {
                steps.push(key.scalar.text.to_string());
                enforce_unicity(value, steps);
                steps.pop();
            }
        }
        Content::Sequence(items) => {
            let Some((_, identity)) = UNIQUE.iter().find(|(pattern, _)| matches(pattern, steps)) else {
                return;
            };
            let mut known: HashMap<String, usize> = HashMap::with_capacity(items.len());
            let mut kept: Vec<Node> = Vec::with_capacity(items.len());
            for item in items.drain(..) {
                match known.entry(identity.of(&item)) {
                    Entry::Occupied(earlier) => kept[*earlier.get()] = item,
                    Entry::Vacant(free) => {
                        free.insert(kept.len());
                        kept.push(item);
                    }
                }
            }
            *items = kept;
        }
        Content::Scalar(_) => {}
    }
}

impl Identity {
    fn of(self, item: &Node) -> String {
        let field = |name: &str| item.get(name).and_then(Node::text).unwrap_or_default().to_owned();
        let Some(text) = item.text() else {
            return match self {
                Self::Text | Self::Target => field("target"),
                Self::Path => field("path"),
                Self::Port => {
                    let [host, protocol] =
                        [("host_ip", "0.0.0.0"), ("protocol", "tcp")].map(|(name, usual)| {
                            let given = field(name);
                            if given.is_empty() { usual.to_owned() } else { given }
                        });
                    format!("{host}:{}:{}/{protocol}", field("published"), field("target"))
                }
                Self::Mount(folder) => match field("target") {
                    target if target.is_empty() => format!("{folder}{}", field("source")),
                    target => target,
                },
            };
        };
        match self {
            Self::Text => text.split_once('=').map_or(text, |(key, _)| key).to_owned(),
            Self::Target => text.split(':').nth(1).unwrap_or(text).to_owned(),
            Self::Path => text.to_owned(),
            Self::Port => port(text),
            Self::Mount(folder) => format!("{folder}{text}"),
        }
    }
}

/// `[[host:]published:]target[/protocol]`, in full.
fn port(text: &str) -> String {
    let (text, protocol) = text.split_once('/').unwrap_or((text, "tcp"));
    let (rest, target) = text.rsplit_once(':').unwrap_or(("", text));
    let (host, published) = rest.rsplit_once(':').unwrap_or(("0.0.0.0", rest));
    format!("{host}:{published}:{target}/{protocol}")
}
