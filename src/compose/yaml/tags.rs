//! What tags do to a node.

use super::super::tool::Tool;
use super::{Content, Node, Tag, Type, YamlError};

/// How the tags of YAML itself begin.
const CORE: &str = "tag:yaml.org,2002:";

impl Node {
    /// Gives a node its tag, or the type that the tag says.
    pub(super) fn apply(&mut self, tag: Option<&str>, tool: Tool) -> Result<(), YamlError> {
        let podman = tool == Tool::PodmanCompose;
        match tag {
            None | Some("!") => {}
            Some("!reset") => self.tag = Tag::Reset,
            Some("!override") => self.tag = Tag::Override,
            Some(tag) => match (tag.strip_prefix(CORE), &mut self.content) {
                (Some("str"), Content::Scalar(scalar)) => scalar.plain = false,
                (Some(kind @ ("int" | "float" | "bool" | "null")), Content::Scalar(scalar)) => {
                    scalar.plain = true;
                    let fits = match scalar.read(tool).0 {
                        Type::Integer => matches!(kind, "int" | "float"),
                        Type::Float => kind == "float",
                        Type::Boolean => kind == "bool",
                        Type::Null => kind == "null",
                        Type::Text | Type::Unusable => false,
                    };
                    if !fits {
                        return Err(YamlError::Tag);
                    }
                }
                (Some("seq"), Content::Sequence(_)) | (Some("map"), Content::Mapping(_)) => {}
                _ if podman => return Err(YamlError::Tag),
                (Some(_), _) => {}
                (None, content) => {
                    if let Content::Scalar(scalar) = content {
                        scalar.plain = false;
                    }
                    self.tag = Tag::Unknown;
                }
            },
        }
        match &self.content {
            Content::Scalar(scalar) if scalar.read(tool).0 == Type::Unusable => Err(YamlError::Value),
            _ => Ok(()),
        }
    }
}
