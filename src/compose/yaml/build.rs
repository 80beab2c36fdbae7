//! The tree out of the parser's events, with every bound checked before memory is spent.

use std::collections::HashMap;

use saphyr_parser::{Event, Parser, ScalarStyle, Span, Tag as ParserTag};
use zeroize::Zeroizing;

use super::super::tool::Tool;
use super::merge_keys::tidy;
use super::source::Source;
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
    let mut builder = Builder {
        tool,
        source: Source::new(text, file),
        open: Vec::new(),
        anchors: HashMap::new(),
        size: Size::default(),
        documents: Vec::new(),
    };
    for event in Parser::new_from_str(text) {
        let (event, span) =
            event.map_err(|error| (builder.source.place(error.marker()), YamlError::Syntax))?;
        let place = builder.source.place(&span.start);
        builder.take(event, span).map_err(|fault| (fault.at.unwrap_or(place), fault.kind))?;
    }
    match (tool, builder.documents.get(1)) {
        (Tool::PodmanCompose, Some(second)) => Err((second.place, YamlError::Documents)),
        _ => Ok(builder.documents),
    }
}

struct Builder<'t> {
    tool: Tool,
    source: Source<'t>,
    open: Vec<Open>,
    /// Finished anchors and the size of each.
    anchors: HashMap<usize, (Node, Size)>,
    size: Size,
    documents: Vec<Node>,
}

/// What is wrong, and where, if not at the event that shows it.
pub(super) struct Fault {
    pub at: Option<Place>,
    pub kind: YamlError,
}

impl From<YamlError> for Fault {
    fn from(kind: YamlError) -> Self {
        Self { at: None, kind }
    }
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
    anchor: usize,
    /// The key that waits for its value.
    key: Option<Key>,
    /// How much there was before it.
    before: Size,
}

impl Builder<'_> {
    fn take(&mut self, event: Event<'_>, span: Span) -> Result<(), Fault> {
        let place = self.source.place(&span.start);
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let string_tag = tag.as_ref().is_some_and(|t| t.is_yaml_core_schema() && t.suffix == "str");
                let plain = style == ScalarStyle::Plain && !string_tag;
                let dollars = self.source.dollars(&span, &text);
                let scalar =
                    Scalar { text: Zeroizing::new(text.into_owned()), plain, dollars, ..Scalar::default() };
                let size = Size { nodes: 1, text: scalar.text.len() };
                self.count(size)?;
                if scalar.read(self.tool).0 == Type::Unusable {
                    return Err(YamlError::Value.into());
                }
                let node = Node { place, tag: self.tag(tag.as_deref())?, content: Content::Scalar(scalar) };
                Ok(self.finish(node, anchor, size)?)
            }
            Event::SequenceStart(anchor, tag) => {
                Ok(self.begin(place, anchor, tag.as_deref(), Content::Sequence(Vec::new()))?)
            }
            Event::MappingStart(anchor, tag) => {
                Ok(self.begin(place, anchor, tag.as_deref(), Content::Mapping(Vec::new()))?)
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let Some(Open { mut node, anchor, before, .. }) = self.open.pop() else {
                    return Err(YamlError::Syntax.into());
                };
                if let Content::Mapping(entries) = &mut node.content {
                    tidy(entries, self.tool)?;
                }
                let size = Size { nodes: self.size.nodes - before.nodes, text: self.size.text - before.text };
                Ok(self.finish(node, anchor, size)?)
            }
            Event::Alias(anchor) => {
                let (node, size) = self.anchors.get(&anchor).ok_or(YamlError::Cycle)?;
                let (mut node, size) = (node.clone(), *size);
                self.count(size)?;
                // What an alias brings keeps the place where it was written, except for its own root.
                if !matches!(node.content, Content::Scalar(_)) {
                    node.place = place;
                }
                Ok(self.finish(node, 0, size)?)
            }
            Event::DocumentEnd
            | Event::DocumentStart(_)
            | Event::StreamStart
            | Event::StreamEnd
            | Event::Nothing => Ok(()),
        }
    }

    fn count(&mut self, more: Size) -> Result<(), YamlError> {
        self.size.nodes += more.nodes;
        self.size.text += more.text;
        if self.size.nodes > MOST || self.size.text > LARGEST { Err(YamlError::Many) } else { Ok(()) }
    }

    fn tag(&self, tag: Option<&ParserTag>) -> Result<Tag, YamlError> {
        match tag {
            None => Ok(Tag::None),
            Some(tag) if tag.is_yaml_core_schema() => Ok(Tag::None),
            Some(tag) if tag.handle == "!" && tag.suffix == "reset" => Ok(Tag::Reset),
            Some(tag) if tag.handle == "!" && tag.suffix == "override" => Ok(Tag::Override),
            Some(tag) if tag.handle == "!" && tag.suffix.is_empty() => Ok(Tag::None),
            Some(_) if self.tool == Tool::PodmanCompose => Err(YamlError::Tag),
            Some(_) => Ok(Tag::Unknown),
        }
    }

    fn begin(
        &mut self,
        place: Place,
        anchor: usize,
        tag: Option<&ParserTag>,
        content: Content,
    ) -> Result<(), YamlError> {
        if self.open.len() >= DEEPEST {
            return Err(YamlError::Deep);
        }
        let before = self.size;
        self.count(Size { nodes: 1, text: 0 })?;
        let node = Node { place, tag: self.tag(tag)?, content };
        self.open.push(Open { node, anchor, key: None, before });
        Ok(())
    }

    fn finish(&mut self, node: Node, anchor: usize, size: Size) -> Result<(), YamlError> {
        if anchor > 0 {
            self.anchors.insert(anchor, (node.clone(), size));
        }
        let Some(parent) = self.open.last_mut() else {
            self.documents.push(node);
            return Ok(());
        };
        match (&mut parent.node.content, parent.key.take()) {
            (Content::Sequence(items), _) => items.push(node),
            (Content::Mapping(entries), Some(key)) => entries.push((key, node)),
            (Content::Mapping(_), None) => match node.content {
                Content::Scalar(scalar) => parent.key = Some(Key { place: node.place, scalar }),
                _ => return Err(YamlError::Key),
            },
            (Content::Scalar(_), _) => return Err(YamlError::Syntax),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Node, YamlError> {
        parse(text.as_bytes(), 0, Tool::DockerCompose).map(|mut d| d.remove(0)).map_err(|(_, kind)| kind)
    }

    /// Every `$` with its line and column.
    fn dollars(node: &Node) -> Vec<(usize, usize)> {
        match &node.content {
            Content::Scalar(scalar) => scalar.dollars.iter().map(|p| (p.line, p.column)).collect(),
            Content::Sequence(items) => items.iter().flat_map(dollars).collect(),
            Content::Mapping(entries) => entries.iter().flat_map(|(_, value)| dollars(value)).collect(),
        }
    }

    #[test]
    fn line_ends_of_windows_count_as_one() {
        assert_eq!(dollars(&read("a: x\r\nb: |\r\n  1\r\n  é$X\r\nc: $Y\r\n").unwrap()), [(4, 4), (5, 4)]);
    }

    #[test]
    fn every_dollar_has_its_place() {
        let text = concat!(
            "plain: a ${X} $Y\n",
            "single: '${X} é $Y'\n",
            "double: \"\\n${X} $Y\"\n",
            "block: | # costs $5\n  one ${X}\n  $Y\n",
            "folded: >-\n    é ${X}\n    $Y\n\n",
            "multi: one\n  ${X}\n  $Y\n",
            "list: [ '$X', $Y ]\n",
        );
        let node = read(text).unwrap();
        let expected = [
            (1, 10),
            (1, 15),
            (2, 10),
            (2, 17),
            (3, 12),
            (3, 17),
            (5, 7),
            (6, 3),
            (8, 7),
            (9, 5),
            (12, 3),
            (13, 3),
            (14, 10),
            (14, 15),
        ];
        assert_eq!(dollars(&node), expected);
        assert_eq!(dollars(&read("a: \"\\x24X\"").unwrap()), []);
    }

    fn texts(node: &Node) -> String {
        match &node.content {
            Content::Scalar(scalar) => scalar.text.to_string(),
            Content::Sequence(items) => {
                format!("[{}]", items.iter().map(texts).collect::<Vec<_>>().join(","))
            }
            Content::Mapping(entries) => {
                let entry = |(key, value): &(Key, Node)| format!("{}:{}", *key.scalar.text, texts(value));
                format!("{{{}}}", entries.iter().map(entry).collect::<Vec<_>>().join(","))
            }
        }
    }

    #[test]
    fn merge_keys_give_way_to_what_is_written() {
        let base = "a: &a {x: 1, y: 1}\nb: &b {y: 2, z: 2}\n";
        let merged = |more: &str| texts(read(&format!("{base}c: {more}")).unwrap().get("c").unwrap());
        assert_eq!(merged("{<<: *a, y: 3}"), "{y:3,x:1}");
        assert_eq!(merged("{y: 3, <<: [*a, *b]}"), "{y:3,x:1,z:2}");
        assert_eq!(merged("{'<<': 1}"), "{<<:1}");
    }

    #[test]
    fn a_merge_key_wants_a_mapping() {
        for text in ["a: &a [1]\nb: {<<: *a}", "b: {<<: 1}", "b: {<<: [1]}", "b: {<<: [[{a: 1}]]}"] {
            assert_eq!(read(text).err(), Some(YamlError::MergeKey), "{text}");
        }
    }

    #[test]
    fn a_key_twice_is_an_error_to_one_tool_and_the_last_to_the_other() {
        assert_eq!(read("a: 1\na: 2").err(), Some(YamlError::DuplicateKey));
        let podman = parse(b"a: 1\nb: 2\na: 3", 0, Tool::PodmanCompose).unwrap();
        assert_eq!(texts(&podman[0]), "{a:3,b:2}");
    }

    #[test]
    fn bounds_end_in_an_error() {
        let laughs: String = (1..9).fold("a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned(), |text, n| {
            let last = format!("*a{}", n - 1);
            format!("{text}a{n}: &a{n} [{}]\n", [last.as_str(); 9].join(","))
        });
        assert_eq!(read(&laughs).err(), Some(YamlError::Many));
        let long = format!("a: &a '{}'\nb: [{}]\n", "x".repeat(1 << 20), "*a, ".repeat(50_000));
        assert_eq!(read(&long).err(), Some(YamlError::Many));
        let one_line = format!("[{}]", "'$X', ".repeat(90_000));
        assert_eq!(dollars(&read(&one_line).unwrap()).len(), 90_000);
        assert_eq!(read(&"- ".repeat(500_000)).err(), Some(YamlError::Deep));
        for flow in ["[", "{a: "] {
            let refused = read(&flow.repeat(500_000)).err();
            assert!(matches!(refused, Some(YamlError::Deep | YamlError::Syntax)), "{flow}");
        }
        assert_eq!(read(&"a: b\n".repeat(1_000_000)).err(), Some(YamlError::Large));
        assert_eq!(read(&"- x\n".repeat(200_000)).err(), Some(YamlError::Many));
    }

    #[test]
    fn broken_files_are_errors_with_a_place() {
        for (text, kind) in [
            ("a: [", YamlError::Syntax),
            ("a: *nowhere", YamlError::Syntax),
            ("a: &a [*a]", YamlError::Cycle),
            ("? [a]\n: b", YamlError::Key),
            ("a: 'open", YamlError::Syntax),
        ] {
            assert_eq!(read(text).err(), Some(kind), "{text}");
        }
        let (place, _) = parse(b"a: 1\nb: *nowhere\n", 3, Tool::DockerCompose).err().unwrap();
        assert_eq!((place.file, place.line), (3, 2));
    }

    #[test]
    fn tags_are_known_or_refused_as_each_tool_does() {
        let tag = |text: &str| read(text).unwrap().get("a").unwrap().tag;
        assert_eq!(tag("a: !reset null"), Tag::Reset);
        assert_eq!(tag("a: !override [x]"), Tag::Override);
        assert_eq!(tag("a: !other x"), Tag::Unknown);
        assert_eq!(tag("a: !!str 5"), Tag::None);
        let refused = parse(b"a: !other x", 0, Tool::PodmanCompose).err().map(|(_, kind)| kind);
        assert_eq!(refused, Some(YamlError::Tag));
    }

    #[test]
    fn documents_are_counted_for_podman_compose() {
        assert_eq!(parse(b"a: 1\n---\nb: 2\n", 0, Tool::DockerCompose).map(|d| d.len()).ok(), Some(2));
        let refused = parse(b"a: 1\n---\nb: 2\n", 0, Tool::PodmanCompose).err().map(|(_, kind)| kind);
        assert_eq!(refused, Some(YamlError::Documents));
    }
}
