//! The keys of a mapping: none twice, and `<<` resolved.

use std::collections::HashMap;

use super::super::tool::Tool;
use super::fault::Fault;
use super::{Content, Key, Mapping, YamlError};

/// Checks a mapping's keys and resolves its merge keys: what is written in the mapping itself wins, then
/// the earlier of the merged ones.
pub(super) fn tidy(entries: &mut Mapping, tool: Tool) -> Result<(), Fault> {
    let twice = |key: &Key| Fault { at: Some(key.place), kind: YamlError::DuplicateKey };
    let mut seen: HashMap<String, usize> = HashMap::with_capacity(entries.len());
    let mut own: Mapping = Vec::with_capacity(entries.len());
    let mut merged = Vec::new();
    for (key, value) in entries.drain(..) {
        if key.scalar.plain && *key.scalar.text == "<<" {
            if !merged.is_empty() && tool == Tool::DockerCompose {
                return Err(twice(&key));
            }
            let place = value.place;
            match value.content {
                Content::Mapping(_) => merged.push(value),
                Content::Sequence(items) => merged.extend(items),
                Content::Scalar(_) => return Err(Fault { at: Some(place), kind: YamlError::MergeKey }),
            }
            continue;
        }
        match seen.get(key.scalar.text.as_str()) {
            Some(_) if tool == Tool::DockerCompose => return Err(twice(&key)),
            // PyYAML: the last one wins, in the place of the first.
            Some(index) => own[*index] = (key, value),
            None => {
                seen.insert(key.scalar.text.to_string(), own.len());
                own.push((key, value));
            }
        }
    }
    for mapping in merged {
        let Content::Mapping(more) = mapping.content else {
            return Err(Fault { at: Some(mapping.place), kind: YamlError::MergeKey });
        };
        for (key, value) in more {
            if !seen.contains_key(key.scalar.text.as_str()) {
                seen.insert(key.scalar.text.to_string(), own.len());
                own.push((key, value));
            }
        }
    }
    *entries = own;
    Ok(())
}
