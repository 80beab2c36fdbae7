//! What Docker Compose's schema expects of a field: text, a list, a mapping. Unquoted numbers and booleans are
//! not text to it, and what is left empty is null. Fields that are not listed are not looked at: a later version may
//! have more of them.

use super::super::tool::Tool;
use super::super::yaml::{Content, Node, Type};
use super::casts::matches;
use super::docker_merge::PAIRS;
use super::error::{LoadErrorKind, Stop};
use super::shape::Shape;

impl Shape {
    /// The node that is not as it has to be.
    fn misfit(self, node: &Node) -> Option<&Node> {
        let texts = |items: &'_ [Node]| items.iter().position(|item| !is_text(item));
        let fits = match (self, &node.content) {
            (Self::Text, _) => is_text(node),
            (Self::Value, Content::Scalar(_)) => !node.is_null(),
            (Self::List, Content::Sequence(items)) => return items.iter().find(|item| item.is_null()),
            (Self::Texts | Self::TextOrTexts | Self::Command, Content::Sequence(items)) => {
                return texts(items).map(|at| &items[at]);
            }
            (Self::TextOrTexts | Self::TextOrMapping, Content::Scalar(_)) => is_text(node),
            (Self::Settings, Content::Scalar(_)) => node.is_null(),
            (Self::Command, Content::Scalar(_)) => is_text(node) || node.is_null(),
            (Self::Pairs, Content::Sequence(_)) => true,
            (Self::Pairs | Self::Mapping | Self::Settings | Self::TextOrMapping, Content::Mapping(_)) => true,
            (
                Self::Value
                | Self::List
                | Self::Texts
                | Self::TextOrTexts
                | Self::Command
                | Self::Pairs
                | Self::Mapping
                | Self::Settings
                | Self::TextOrMapping,
                _,
            ) => false,
        };
        (!fits).then_some(node)
    }
}

fn is_text(node: &Node) -> bool {
    node.scalar().is_some_and(|scalar| scalar.read(Tool::DockerCompose).0 == Type::Text)
}

/// The fields of a service.
const FIELDS: &[(&str, Shape)] = &[
    ("annotations", Shape::Pairs),
    ("blkio_config", Shape::Mapping),
    ("build", Shape::TextOrMapping),
    ("cap_add", Shape::Texts),
    ("cap_drop", Shape::Texts),
    ("cgroup_parent", Shape::Text),
    ("command", Shape::Command),
    ("configs", Shape::List),
    ("container_name", Shape::Text),
    ("cpuset", Shape::Text),
    ("credential_spec", Shape::Mapping),
    ("depends_on", Shape::Pairs),
    ("deploy", Shape::Settings),
    ("develop", Shape::Settings),
    ("devices", Shape::List),
    ("dns", Shape::TextOrTexts),
    ("dns_opt", Shape::Texts),
    ("dns_search", Shape::TextOrTexts),
    ("domainname", Shape::Text),
    ("entrypoint", Shape::Command),
    ("environment", Shape::Pairs),
    ("expose", Shape::List),
    ("extends", Shape::TextOrMapping),
    ("external_links", Shape::Texts),
    ("extra_hosts", Shape::Pairs),
    ("group_add", Shape::List),
    ("healthcheck", Shape::Mapping),
    ("hostname", Shape::Text),
    ("image", Shape::Text),
    ("init", Shape::Value),
    ("ipc", Shape::Text),
    ("label_file", Shape::TextOrTexts),
    ("labels", Shape::Pairs),
    ("links", Shape::Texts),
    ("logging", Shape::Mapping),
    ("mac_address", Shape::Text),
    ("mem_limit", Shape::Value),
    ("network_mode", Shape::Text),
    ("networks", Shape::Pairs),
    ("pid", Shape::Text),
    ("platform", Shape::Text),
    ("ports", Shape::List),
    ("privileged", Shape::Value),
    ("profiles", Shape::Texts),
    ("pull_policy", Shape::Text),
    ("restart", Shape::Text),
    ("runtime", Shape::Text),
    ("secrets", Shape::List),
    ("security_opt", Shape::Texts),
    ("shm_size", Shape::Value),
    ("stop_grace_period", Shape::Text),
    ("stop_signal", Shape::Text),
    ("storage_opt", Shape::Mapping),
    ("sysctls", Shape::Pairs),
    ("tmpfs", Shape::TextOrTexts),
    ("tty", Shape::Value),
    ("ulimits", Shape::Mapping),
    ("user", Shape::Text),
    ("userns_mode", Shape::Text),
    ("uts", Shape::Text),
    ("volumes", Shape::List),
    ("volumes_from", Shape::Texts),
    ("working_dir", Shape::Text),
];

/// The sections beside the services, and each entry of them.
const SECTIONS: &[(&str, Shape)] = &[
    ("networks", Shape::Settings),
    ("volumes", Shape::Settings),
    ("secrets", Shape::Mapping),
    ("configs", Shape::Mapping),
];

/// Holds a merged project against the schema.
pub(super) fn check(project: &Node) -> Result<(), Stop> {
    wants(project.get("version"), Shape::Text)?;
    wants(project.get("name"), Shape::Text)?;
    for (section, shape) in SECTIONS {
        let section = project.get(section);
        wants(section, Shape::Mapping)?;
        let entries = section.and_then(Node::mapping).into_iter().flatten();
        entries.map(|(_, entry)| entry).try_for_each(|entry| wants(Some(entry), *shape))?;
    }
    let services = project.get("services");
    wants(services, Shape::Mapping)?;
    for (name, service) in services.and_then(Node::mapping).into_iter().flatten() {
        let fits = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
        if !name.scalar.text.chars().all(fits) {
            return Err(Stop::At(name.place, LoadErrorKind::ServiceName));
        }
        check_service(service)?;
    }
    Ok(())
}

fn check_service(service: &Node) -> Result<(), Stop> {
    wants(Some(service), Shape::Mapping)?;
    for (field, shape) in FIELDS {
        wants(service.get(field), *shape)?;
    }
    wants(service.get("healthcheck").and_then(|healthcheck| healthcheck.get("test")), Shape::TextOrTexts)?;
    // A list in it may name files with `path:`.
    let named = service.get("env_file").filter(|node| node.sequence().is_none());
    wants(named, Shape::Text)?;
    let mut values = service.get("environment").and_then(Node::mapping).into_iter().flatten();
    match values.find(|(_, value)| value.scalar().is_none()) {
        Some((_, value)) => Err(misfit(value, Shape::Value)),
        None => Ok(()),
    }
}

fn wants(node: Option<&Node>, shape: Shape) -> Result<(), Stop> {
    node.and_then(|node| shape.misfit(node)).map_or(Ok(()), |node| Err(misfit(node, shape)))
}

fn misfit(node: &Node, shape: Shape) -> Stop {
    Stop::At(node.place, LoadErrorKind::Shape(shape))
}

/// Holds the lists of `KEY=value` in a file against the schema, before they become mappings.
pub(super) fn check_pairs(node: &Node, steps: &mut Vec<String>) -> Result<(), Stop> {
    if PAIRS.iter().any(|pattern| matches(pattern, steps)) {
        let items = node.sequence().unwrap_or_default();
        return items
            .iter()
            .find(|item| !is_text(item))
            .map_or(Ok(()), |item| Err(misfit(item, Shape::Text)));
    }
    for (key, value) in node.mapping().into_iter().flatten() {
        steps.push(key.scalar.text.to_string());
        check_pairs(value, steps)?;
        steps.pop();
    }
    Ok(())
}
