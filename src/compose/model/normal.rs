//! The two ways to write a list of pairs, made one: `[A=b, C]` becomes `{A: b, C: null}`.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use zeroize::Zeroizing;

use super::super::tool::Tool;
use super::super::yaml::{Content, Key, Node, Scalar, Tag};

/// Turns a list of `KEY=value` and `KEY` into a mapping; a mapping stays, and so does everything else.
pub(super) fn pairs_as_mapping(node: &mut Node) {
    let Content::Sequence(items) = &mut node.content else { return };
    let mut entries: Vec<(Key, Node)> = Vec::with_capacity(items.len());
    let mut known: HashMap<String, usize> = HashMap::with_capacity(items.len());
    for item in items.drain(..) {
        let place = item.place;
        let Content::Scalar(scalar) = item.content else { continue };
        let (key, value) = split(scalar);
        let content = Content::Scalar(value.unwrap_or(Scalar { plain: true, ..Scalar::default() }));
        let value = Node { place, tag: Tag::None, content };
        // The last one of a name counts, where the first one stands.
        let entry = (Key { place, scalar: key }, value);
        match known.entry(entry.0.scalar.text.to_string()) {
            Entry::Occupied(earlier) => entries[*earlier.get()] = entry,
            Entry::Vacant(free) => {
                free.insert(entries.len());
                entries.push(entry);
            }
        }
    }
    node.content = Content::Mapping(entries);
}

fn split(scalar: Scalar) -> (Scalar, Option<Scalar>) {
    let part = |text: &str, dollars: &[_]| Scalar {
        text: Zeroizing::new(text.to_owned()),
        plain: false,
        dollars: dollars.to_vec(),
        uses: scalar.uses.clone(),
        is_known: scalar.is_known,
    };
    let Some((key, value)) = scalar.text.split_once('=') else {
        return (part(&scalar.text, &scalar.dollars), None);
    };
    let in_key = key.bytes().filter(|byte| *byte == b'$').count().min(scalar.dollars.len());
    let (before, after) = scalar.dollars.split_at(in_key);
    (part(key, before), Some(part(value, after)))
}

/// The other way round, as podman-compose does with `build.args`.
pub(super) fn mapping_as_pairs(node: &mut Node, tool: Tool) {
    let Content::Mapping(entries) = &mut node.content else { return };
    let items = entries.drain(..).map(|(key, value)| {
        let (mut pair, place) = (key.scalar, key.place);
        if let Content::Scalar(value) = value.content
            && !value.is_null()
        {
            let text = value.read(tool).1;
            pair.text = Zeroizing::new([pair.text.as_str(), "=", &text].concat());
            pair.dollars.extend(value.dollars);
            pair.uses.extend(value.uses);
            pair.is_known &= value.is_known;
        }
        pair.plain = false;
        Node { place, tag: Tag::None, content: Content::Scalar(pair) }
    });
    node.content = Content::Sequence(items.collect());
}

/// A lone scalar becomes a list of one; null and everything else stay.
pub(super) fn scalar_as_list(node: &mut Node) {
    if node.text().is_some() && node.tag == Tag::None {
        let place = node.place;
        let item =
            std::mem::replace(node, Node { place, tag: Tag::None, content: Content::Sequence(Vec::new()) });
        node.content = Content::Sequence(vec![item]);
    }
}

/// A list of names becomes a mapping from each to an empty mapping, a lone name as well.
pub(super) fn names_as_mapping(node: &mut Node) {
    scalar_as_list(node);
    let Content::Sequence(items) = &mut node.content else { return };
    let entries = items.drain(..).filter_map(|item| {
        let place = item.place;
        let Content::Scalar(scalar) = item.content else { return None };
        Some((Key { place, scalar }, Node::empty_mapping(place)))
    });
    node.content = Content::Mapping(entries.collect());
}

/// A lone scalar becomes a mapping with one key: `build: .` is `build: {context: .}`.
pub(super) fn scalar_as_mapping(node: &mut Node, key: &str) {
    if node.text().is_some() && node.tag == Tag::None {
        let place = node.place;
        let value = std::mem::replace(node, Node::empty_mapping(place));
        let text = Zeroizing::new(key.to_owned());
        let key = Key { place, scalar: Scalar { text, ..Scalar::default() } };
        node.content = Content::Mapping(vec![(key, value)]);
    }
}
