//! YAML as compose files use it: a tree with places, merge keys and the tags `!reset` and `!override`,
//! within bounds.
//!
//! The parser is a port of libyaml, which go-yaml is a port of as well and whose author wrote `PyYAML`: it is as
//! lenient as they are. Where one of them is stricter, `strict` is. `tests/compose_yaml.rs` holds all of it
//! against both tools.

mod build;
mod fault;
mod guard;
mod merge_keys;
mod scalar;
mod source;
mod strict;
mod tags;
#[cfg(test)]
mod tests;

use zeroize::Zeroizing;

pub(super) use build::{LARGEST, parse};
pub(crate) use guard::Events;
pub(super) use scalar::Type;

/// Where something stands: lines and columns from 1, columns in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// Which file of the project.
    pub file: usize,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

/// A node of the tree. It has no `Debug`: compose files hold literal secrets.
#[derive(Clone)]
pub(super) struct Node {
    pub place: Place,
    pub tag: Tag,
    pub content: Content,
}

#[derive(Clone)]
pub(super) enum Content {
    Scalar(Scalar),
    Sequence(Vec<Node>),
    Mapping(Mapping),
}

/// Entries in the order of the file.
pub(super) type Mapping = Vec<(Key, Node)>;

#[derive(Clone)]
pub(super) struct Key {
    pub place: Place,
    pub scalar: Scalar,
}

#[derive(Clone)]
pub(super) struct Scalar {
    pub text: Zeroizing<String>,
    /// Not quoted, not a block: it may be a number, a boolean or null.
    pub plain: bool,
    /// The places of the `$` in the text, where they are known.
    pub dollars: Vec<Place>,
    /// The uses of variables that made the text, once it is interpolated.
    pub uses: Vec<usize>,
    /// Whether the text is what the tool would see: no variable whose value nobody knows is in it.
    pub is_known: bool,
}

impl Default for Scalar {
    fn default() -> Self {
        Self {
            text: Zeroizing::default(),
            plain: false,
            dollars: Vec::new(),
            uses: Vec::new(),
            is_known: true,
        }
    }
}

/// The tag of a node, as far as compose tools care.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tag {
    None,
    /// `!reset`: the value of an earlier file is dropped.
    Reset,
    /// `!override`: the value of an earlier file is replaced.
    Override,
    /// Any other, which Docker Compose ignores and podman-compose refuses.
    Unknown,
}

/// What is wrong with a YAML file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum YamlError {
    /// The text is no YAML.
    #[error("this is not valid YAML")]
    Syntax,
    /// A tab where only spaces can stand.
    #[error("a tab where YAML needs spaces")]
    Tab,
    /// A control character, or one that `PyYAML` does not call printable.
    #[error("the file contains a control character")]
    Character,
    /// The same anchor twice.
    #[error("duplicate anchor")]
    Anchor,
    /// An alias of nothing.
    #[error("an alias of an anchor that does not exist")]
    Alias,
    /// A key that is a number, a boolean or null.
    #[error("unquoted, this key is not text to it; quote it")]
    KeyType,
    /// The file is larger than any compose file.
    #[error("the file is larger than {} MiB", LARGEST >> 20)]
    Large,
    /// Not UTF-8.
    #[error("the file is not UTF-8")]
    NotUtf8,
    /// More levels than any compose file has.
    #[error("more than {} levels of nesting", build::DEEPEST)]
    Deep,
    /// More nodes or text than any compose file has, aliases counted where they are used.
    #[error("more than {} values or {} MiB of text, aliases included", build::MOST, LARGEST >> 20)]
    Many,
    /// The same key twice in one mapping.
    #[error("duplicate key")]
    DuplicateKey,
    /// A key that is a list or a mapping.
    #[error("a key is not text")]
    Key,
    /// `<<` with something that is no mapping.
    #[error("`<<` merges something that is not a mapping")]
    MergeKey,
    /// An alias inside the value that it names.
    #[error("an alias inside the value that it names")]
    Cycle,
    /// A tag that podman-compose refuses.
    #[error("a tag that it does not know")]
    Tag,
    /// A value that the tool cannot pass on: infinity (Docker Compose), a date (podman-compose).
    #[error("unquoted, this is infinity or a date to it, which it cannot pass on; quote it")]
    Value,
    /// podman-compose reads one document a file.
    #[error("it reads one document a file")]
    Documents,
}

impl Node {
    pub(super) fn mapping(&self) -> Option<&Mapping> {
        match &self.content {
            Content::Mapping(entries) => Some(entries),
            _ => None,
        }
    }

    pub(super) fn sequence(&self) -> Option<&[Node]> {
        match &self.content {
            Content::Sequence(items) => Some(items),
            _ => None,
        }
    }

    pub(super) fn scalar(&self) -> Option<&Scalar> {
        match &self.content {
            Content::Scalar(scalar) => Some(scalar),
            _ => None,
        }
    }

    /// The text of a scalar that is not null.
    pub(super) fn text(&self) -> Option<&str> {
        self.scalar().filter(|scalar| !scalar.is_null()).map(|scalar| scalar.text.as_str())
    }

    /// Whether the text of a scalar is known.
    pub(super) fn is_known(&self) -> bool {
        self.scalar().is_none_or(|scalar| scalar.is_known)
    }

    pub(super) fn is_null(&self) -> bool {
        self.scalar().is_some_and(Scalar::is_null)
    }

    /// The value of a key in a mapping; the last one where there are two.
    pub(super) fn get(&self, key: &str) -> Option<&Node> {
        self.mapping().and_then(|entries| find(entries, key))
    }

    pub(super) fn get_mut(&mut self, key: &str) -> Option<&mut Node> {
        match &mut self.content {
            Content::Mapping(entries) => {
                entries.iter_mut().rev().find(|(k, _)| *k.scalar.text == key).map(|(_, value)| value)
            }
            _ => None,
        }
    }

    /// About how many bytes it takes up.
    pub(super) fn weight(&self) -> usize {
        const NODE: usize = 100;
        let inside: usize = match &self.content {
            Content::Scalar(scalar) => scalar.text.len(),
            Content::Sequence(items) => items.iter().map(Node::weight).sum(),
            Content::Mapping(entries) => {
                entries.iter().map(|(key, value)| key.scalar.text.len() + value.weight()).sum()
            }
        };
        NODE + inside
    }

    /// How many nodes it is, keys not counted.
    pub(super) fn nodes(&self) -> usize {
        let inside: usize = match &self.content {
            Content::Scalar(_) => 0,
            Content::Sequence(items) => items.iter().map(Node::nodes).sum(),
            Content::Mapping(entries) => entries.iter().map(|(_, value)| value.nodes()).sum(),
        };
        1 + inside
    }

    pub(super) fn empty_mapping(place: Place) -> Self {
        Self { place, tag: Tag::None, content: Content::Mapping(Vec::new()) }
    }
}

pub(super) fn find<'n>(entries: &'n Mapping, key: &str) -> Option<&'n Node> {
    entries.iter().rev().find(|(k, _)| *k.scalar.text == key).map(|(_, value)| value)
}
