//! A YAML file as far as an edit needs it: what it says, and where its parts begin.

use libyaml_safer::{EventData, MappingStyle, SequenceStyle};

use crate::compose::Events;

/// No configuration of hooks is nested deeper.
const DEEPEST: usize = 50;

/// A value; lines and columns from 0.
pub(super) struct Node {
    pub line: usize,
    pub column: usize,
    content: Content,
}

enum Content {
    Scalar(String),
    Alias(String),
    Sequence { items: Vec<Node>, is_block: bool },
    Mapping { entries: Vec<(Node, Node)>, is_block: bool },
}

/// The one document of a text.
pub(super) fn parse(text: &str) -> Option<Node> {
    let mut open: Vec<(Node, Vec<Node>)> = Vec::new();
    let mut document = None;
    for event in Events::new(text) {
        let event = event.ok()?;
        let line = usize::try_from(event.start_mark.line).ok()?;
        let column = usize::try_from(event.start_mark.column).ok()?;
        let begun = |content| Node { line, column, content };
        let finished = match event.data {
            EventData::Scalar { value, .. } => begun(Content::Scalar(value)),
            EventData::Alias { anchor } => begun(Content::Alias(anchor)),
            EventData::SequenceStart { style, .. } => {
                let is_block = style == SequenceStyle::Block;
                open.push((begun(Content::Sequence { items: Vec::new(), is_block }), Vec::new()));
                continue;
            }
            EventData::MappingStart { style, .. } => {
                let is_block = style == MappingStyle::Block;
                open.push((begun(Content::Mapping { entries: Vec::new(), is_block }), Vec::new()));
                continue;
            }
            EventData::SequenceEnd | EventData::MappingEnd => {
                let (mut node, children) = open.pop()?;
                node.fill(children);
                node
            }
            _ => continue,
        };
        match open.last_mut() {
            Some((_, children)) => children.push(finished),
            None if document.is_some() => return None,
            None => document = Some(finished),
        }
        if open.len() > DEEPEST {
            return None;
        }
    }
    document
}

impl Node {
    fn fill(&mut self, children: Vec<Self>) {
        match &mut self.content {
            Content::Sequence { items, .. } => *items = children,
            Content::Mapping { entries, .. } => {
                let mut children = children.into_iter();
                while let (Some(key), Some(value)) = (children.next(), children.next()) {
                    entries.push((key, value));
                }
            }
            Content::Scalar(_) | Content::Alias(_) => {}
        }
    }

    pub(super) fn scalar(&self) -> Option<&str> {
        match &self.content {
            Content::Scalar(text) => Some(text),
            _ => None,
        }
    }

    /// The entries of a mapping without brackets.
    pub(super) fn block_entries(&self) -> Option<&[(Self, Self)]> {
        match &self.content {
            Content::Mapping { entries, is_block: true } => Some(entries),
            _ => None,
        }
    }

    /// The items of a list without brackets.
    pub(super) fn block_items(&self) -> Option<&[Self]> {
        match &self.content {
            Content::Sequence { items, is_block: true } => Some(items),
            _ => None,
        }
    }

    /// A key of a mapping, and its value.
    pub(super) fn entry(&self, name: &str) -> Option<(&Self, &Self)> {
        let Content::Mapping { entries, .. } = &self.content else { return None };
        entries.iter().find(|(key, _)| key.scalar() == Some(name)).map(|(key, value)| (key, value))
    }

    /// Whether a mapping has these entries and no others.
    pub(super) fn is(&self, wanted: &[(&str, &str)]) -> bool {
        let Content::Mapping { entries, .. } = &self.content else { return false };
        let found = entries.iter().map(|(key, value)| Some((key.scalar()?, value.scalar()?)));
        found.eq(wanted.iter().map(|entry| Some(*entry)))
    }

    /// What it says, without places.
    pub(super) fn words(&self) -> Vec<String> {
        let mut words = Vec::new();
        self.say(&mut words);
        words
    }

    fn say(&self, words: &mut Vec<String>) {
        match &self.content {
            Content::Scalar(text) => words.push(format!("\"{text}")),
            Content::Alias(name) => words.push(format!("*{name}")),
            Content::Sequence { items, .. } => {
                words.push("[".to_owned());
                items.iter().for_each(|item| item.say(words));
                words.push("]".to_owned());
            }
            Content::Mapping { entries, .. } => {
                words.push("{".to_owned());
                entries.iter().for_each(|(key, value)| {
                    key.say(words);
                    value.say(words);
                });
                words.push("}".to_owned());
            }
        }
    }
}
