//! The tree out of the parser's events, with every bound checked before memory is spent.

use std::collections::{HashMap, HashSet};

use libyaml_safer::{Event, EventData, MappingStyle, ScalarStyle, SequenceStyle};
use zeroize::Zeroizing;

use super::super::tool::Tool;
use super::fault::Fault;
use super::guard::Events;
use super::merge_keys::tidy;
use super::source::Source;
use super::strict;
use super::{Content, Key, Node, Place, Scalar, Tag, Type, YamlError};

/// The largest file that is read, in bytes.
pub(in super::super) const LARGEST: usize = 4 << 20;
/// The deepest nesting.
pub(super) const DEEPEST: usize = 100;
/// The most nodes, those that aliases repeat included. Docker Compose has the same bound.
pub(super) const MOST: usize = 100_000;

/// The documents of a file, as `tool` reads them.
///
/// # Errors
/// A place and a [`YamlError`].
pub(in super::super) fn parse(
    bytes: &[u8],
    file: usize,
    tool: Tool,
) -> Result<Vec<Node>, (Place, YamlError)> {
    let top = Place { file, line: 1, column: 1 };
    if bytes.len() > LARGEST {
        return Err((top, YamlError::Large));
    }
    let text = std::str::from_utf8(bytes).map_err(|_| (top, YamlError::NotUtf8))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    strict::characters(text, file)?;
    let mut builder = Builder::new(text, file, tool);
    for event in Events::new(text) {
        let event = event.map_err(|stopped| builder.source.error(&stopped))?;
        let place = builder.source.place(&event.start_mark);
        builder.take(event).map_err(|fault| (fault.at.unwrap_or(place), fault.kind))?;
    }
    match (tool, builder.documents.get(1)) {
        (Tool::PodmanCompose, Some(second)) => Err((second.place, YamlError::Documents)),
        _ => Ok(builder.documents),
    }
}

struct Builder<'t> {
    tool: Tool,
    source: Source<'t>,
    /// The walk that looks for tabs.
    gaps: Source<'t>,
    open: Vec<Open>,
    /// Finished anchors and the size of each.
    anchors: HashMap<String, (Node, Size)>,
    /// Anchors whose node is being read.
    pending: HashSet<String>,
    size: Size,
    documents: Vec<Node>,
}

/// How much there is of something.
#[derive(Clone, Copy, Default)]
struct Size {
    nodes: usize,
    /// The bytes of its texts.
    text: usize,
}

/// A collection whose end has not come yet.
struct Open {
    node: Node,
    anchor: Option<String>,
    tag: Option<String>,
    /// The key that waits for its value.
    key: Option<Key>,
    /// How much there was before it.
    before: Size,
    /// Whether it is in brackets.
    is_flow: bool,
}

impl<'t> Builder<'t> {
    fn new(text: &'t str, file: usize, tool: Tool) -> Self {
        Self {
            tool,
            source: Source::new(text, file),
            gaps: Source::new(text, file),
            open: Vec::new(),
            anchors: HashMap::new(),
            pending: HashSet::new(),
            size: Size::default(),
            documents: Vec::new(),
        }
    }

    fn take(&mut self, event: Event) -> Result<(), Fault> {
        let place = self.source.place(&event.start_mark);
        let is_flow = self.open.last().is_some_and(|open| open.is_flow);
        strict::event(&mut self.gaps, &event, is_flow, self.tool)?;
        let Event { data, start_mark, end_mark, .. } = event;
        match data {
            EventData::Scalar { anchor, tag, value, style, .. } => {
                let dollars = self.source.dollars(&start_mark, &end_mark, &value);
                let before = self.size;
                self.announce(anchor.as_deref())?;
                let plain = style == ScalarStyle::Plain;
                let scalar = Scalar { text: Zeroizing::new(value), plain, dollars, ..Scalar::default() };
                self.count(Size { nodes: 1, text: scalar.text.len() })?;
                let node = Node { place, tag: Tag::None, content: Content::Scalar(scalar) };
                self.finish(node, anchor, tag.as_deref(), before)
            }
            EventData::SequenceStart { anchor, tag, style, .. } => {
                self.begin(place, anchor, tag, Content::Sequence(Vec::new()), style == SequenceStyle::Flow)
            }
            EventData::MappingStart { anchor, tag, style, .. } => {
                self.begin(place, anchor, tag, Content::Mapping(Vec::new()), style == MappingStyle::Flow)
            }
            EventData::SequenceEnd | EventData::MappingEnd => {
                let Some(Open { mut node, anchor, tag, before, .. }) = self.open.pop() else {
                    return Err(YamlError::Syntax.into());
                };
                if let Content::Mapping(entries) = &mut node.content {
                    tidy(entries, self.tool)?;
                }
                self.finish(node, anchor, tag.as_deref(), before)
            }
            EventData::Alias { anchor } => {
                let node = self.alias(&anchor, place)?;
                self.add(node)
            }
            EventData::DocumentStart { version_directive, .. } => {
                strict::version(version_directive, self.tool).map_err(Fault::from)
            }
            EventData::DocumentEnd { .. } | EventData::StreamStart { .. } | EventData::StreamEnd => Ok(()),
        }
    }

    fn count(&mut self, more: Size) -> Result<(), YamlError> {
        self.size.nodes += more.nodes;
        self.size.text += more.text;
        if self.size.nodes > MOST || self.size.text > LARGEST { Err(YamlError::Many) } else { Ok(()) }
    }

    /// An anchor whose node follows. `PyYAML` has each name once.
    fn announce(&mut self, name: Option<&str>) -> Result<(), YamlError> {
        let Some(name) = name else { return Ok(()) };
        if self.tool == Tool::PodmanCompose && self.anchors.contains_key(name) {
            return Err(YamlError::Anchor);
        }
        self.pending.insert(name.to_owned());
        Ok(())
    }

    fn alias(&mut self, name: &str, place: Place) -> Result<Node, YamlError> {
        if self.pending.contains(name) {
            return Err(YamlError::Cycle);
        }
        let (_, size) = self.anchors.get(name).ok_or(YamlError::Alias)?;
        self.count(*size)?;
        let (node, _) = self.anchors.get(name).ok_or(YamlError::Alias)?;
        let mut node = node.clone();
        // What an alias brings keeps the place where it was written, except for its own root.
        if !matches!(node.content, Content::Scalar(_)) {
            node.place = place;
        }
        Ok(node)
    }

    fn begin(
        &mut self,
        place: Place,
        anchor: Option<String>,
        tag: Option<String>,
        content: Content,
        is_flow: bool,
    ) -> Result<(), Fault> {
        if self.open.len() >= DEEPEST {
            return Err(YamlError::Deep.into());
        }
        self.announce(anchor.as_deref())?;
        let before = self.size;
        self.count(Size { nodes: 1, text: 0 })?;
        let node = Node { place, tag: Tag::None, content };
        self.open.push(Open { node, anchor, tag, key: None, before, is_flow });
        Ok(())
    }

    /// A node is complete.
    fn finish(
        &mut self,
        mut node: Node,
        anchor: Option<String>,
        tag: Option<&str>,
        before: Size,
    ) -> Result<(), Fault> {
        let place = node.place;
        node.apply(tag, self.tool).map_err(|kind| Fault { at: Some(place), kind })?;
        if let Some(name) = anchor {
            let size = Size { nodes: self.size.nodes - before.nodes, text: self.size.text - before.text };
            self.pending.remove(&name);
            self.anchors.insert(name, (node.clone(), size));
        }
        self.add(node)
    }

    /// Adds a node to the collection around it.
    fn add(&mut self, node: Node) -> Result<(), Fault> {
        let Some(parent) = self.open.last_mut() else {
            self.documents.push(node);
            return Ok(());
        };
        match (&mut parent.node.content, parent.key.take()) {
            (Content::Sequence(items), _) => items.push(node),
            (Content::Mapping(entries), Some(key)) => entries.push((key, node)),
            (Content::Mapping(_), None) => parent.key = Some(key(node, self.tool)?),
            (Content::Scalar(_), _) => return Err(YamlError::Syntax.into()),
        }
        Ok(())
    }
}

/// A node as a key. Docker Compose wants text.
fn key(node: Node, tool: Tool) -> Result<Key, Fault> {
    let place = node.place;
    match node.content {
        Content::Scalar(scalar) if tool == Tool::DockerCompose && scalar.read(tool).0 != Type::Text => {
            Err(Fault { at: Some(place), kind: YamlError::KeyType })
        }
        Content::Scalar(scalar) => Ok(Key { place, scalar }),
        _ => Err(Fault { at: Some(place), kind: YamlError::Key }),
    }
}
