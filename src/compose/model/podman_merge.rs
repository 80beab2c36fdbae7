//! How podman-compose merges one file into another (`rec_merge`): values of two types do not mix, lists
//! grow.

use super::super::tool::Tool;
use super::super::yaml::{Content, Key, Mapping, Node, Tag, Type};
use super::docker_merge::positions;
use super::error::{LoadErrorKind, Stop};

/// Merges `source` into `target`, two mappings.
pub(super) fn merge(target: &mut Node, source: Node) -> Result<(), Stop> {
    let place = source.place;
    let (Content::Mapping(entries), Content::Mapping(more)) = (&mut target.content, source.content) else {
        return Err(Stop::At(place, LoadErrorKind::NotAMapping));
    };
    // What only the target has loses its tag: the file that brought it had nothing to override.
    let before = entries.len();
    let mut touched = vec![false; before];
    let known = positions(entries);
    for (key, value) in more {
        match known.get(key.scalar.text.as_str()).copied() {
            None => entries.push((key, value)),
            Some(index) => {
                touched[index] = true;
                both(&mut entries[index], key, value)?;
            }
        }
    }
    for (entry, _) in entries.iter_mut().zip(touched).filter(|(_, touched)| !touched) {
        if entry.1.tag == Tag::Override {
            entry.1 = raw(entry.1.clone())?;
        }
    }
    let mut at = 0;
    entries.retain(|(_, value)| {
        at += 1;
        value.tag != Tag::Reset || at > before
    });
    Ok(())
}

/// Merges the value of a key that both have. One that is to go is left behind with the tag.
fn both(entry: &mut (Key, Node), key: Key, value: Node) -> Result<(), Stop> {
    let (known, target) = entry;
    if target.tag == Tag::Reset || value.tag == Tag::Reset {
        target.tag = Tag::Reset;
        return Ok(());
    }
    if target.tag == Tag::Override {
        *target = raw(target.clone())?;
        return Ok(());
    }
    let name = key.scalar.text.to_string();
    if value.tag == Tag::Override || name == "command" || name == "entrypoint" {
        let value = if value.tag == Tag::Override { raw(value)? } else { value };
        *entry = (key, value);
        return Ok(());
    }
    if target.is_null() && value.mapping().is_some() {
        *target = Node::empty_mapping(target.place);
    }
    let (here, earlier) = (value.place, target.place);
    match (&mut target.content, value.content) {
        (Content::Mapping(_), content @ Content::Mapping(_)) => {
            return merge(target, Node { place: here, tag: Tag::None, content });
        }
        (Content::Sequence(items), Content::Sequence(more)) => {
            if name == "volumes" {
                drop_replaced_mounts(items, &more);
            }
            items.extend(more);
        }
        (Content::Scalar(old), Content::Scalar(new)) => {
            let [old, fresh] = [&*old, &new].map(|scalar| scalar.read(Tool::PodmanCompose).0);
            // In Python a boolean is an integer.
            if old != fresh && !(old == Type::Integer && fresh == Type::Boolean) {
                return Err(Stop::Merge { here, earlier });
            }
            *target = Node { place: here, tag: Tag::None, content: Content::Scalar(new) };
            *known = key;
        }
        _ => return Err(Stop::Merge { here, earlier }),
    }
    Ok(())
}

/// A mount at the same place in the container is dropped. Only the short form is looked at.
fn drop_replaced_mounts(items: &mut Vec<Node>, more: &[Node]) {
    let target = |node: &Node| node.text().and_then(|text| text.split(':').nth(1).map(str::to_owned));
    let replaced: std::collections::HashSet<String> = more.iter().filter_map(target).collect();
    items.retain(|item| target(item).is_none_or(|own| !replaced.contains(&own)));
}

/// What `!override` keeps: the raw text of scalars, of lists of them, and of mappings to either
/// (`OverrideTag`). Anything deeper breaks it.
pub(super) fn raw(node: Node) -> Result<Node, Stop> {
    let place = node.place;
    let here = |place| Stop::At(place, LoadErrorKind::TagHere);
    let text = |mut node: Node| {
        if let Content::Scalar(scalar) = &mut node.content {
            scalar.plain = false;
        }
        node
    };
    let flat = |items: Vec<Node>| -> Result<Vec<Node>, Stop> {
        let odd = items.iter().find(|item| item.scalar().is_none()).map(|item| item.place);
        odd.map_or_else(|| Ok(items.into_iter().map(text).collect()), |place| Err(here(place)))
    };
    let content = match node.content {
        Content::Sequence(items) => Content::Sequence(flat(items)?),
        Content::Mapping(entries) => {
            let entry = |(key, value): (Key, Node)| {
                let value = match value.content {
                    Content::Sequence(items) => Node { content: Content::Sequence(flat(items)?), ..value },
                    Content::Scalar(_) => text(value),
                    Content::Mapping(_) => return Err(here(value.place)),
                };
                Ok((key, value))
            };
            Content::Mapping(entries.into_iter().map(entry).collect::<Result<Mapping, Stop>>()?)
        }
        Content::Scalar(scalar) if scalar.text.is_empty() => Content::Sequence(Vec::new()),
        Content::Scalar(_) => return Err(here(place)),
    };
    Ok(Node { place, tag: Tag::None, content })
}
