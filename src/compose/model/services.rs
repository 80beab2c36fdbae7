//! What is in the merged project: its services, and the variables they take by name.

use std::path::PathBuf;

use crate::secret::Secret;

use super::super::tool::Tool;
use super::super::yaml::{Content, Mapping, Node, Place, Scalar};
use super::loader::{Loader, Scope};
use super::uses::Form;

/// A service of the merged project.
pub struct Service {
    /// Its name.
    pub name: String,
    /// Where it was last written.
    pub place: Place,
    /// `image`.
    pub image: Option<String>,
    /// `container_name`, and where.
    pub container_name: Option<(String, Place)>,
    /// `deploy.replicas`, where it is a number.
    pub replicas: Option<u64>,
    /// `profiles`: it is started only with one of them. Without any, always.
    pub profiles: Vec<String>,
    /// `environment`, in the order of the files. What `env_files` hold comes below it.
    pub environment: Vec<EnvironmentEntry>,
    /// `env_file`, the weakest first.
    pub env_files: Vec<EnvFileReference>,
    /// `extends`, which podman-compose resolves in the merged project: what it adds comes first in every list.
    pub extends: Option<Extends>,
}

/// What a service extends.
pub struct Extends {
    /// The name of the other service.
    pub service: String,
    /// It is in another file.
    pub from_file: bool,
}

/// An entry of a service's `environment`.
pub struct EnvironmentEntry {
    /// The name that the container sees.
    pub key: String,
    /// Where it stands.
    pub place: Place,
    /// What the container gets; nothing for a bare name that has no value.
    pub value: Option<Secret>,
    /// Where that comes from.
    pub source: Source,
}

/// Where a value comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// It is written in the file.
    Literal,
    /// References in the file made it.
    Interpolated,
    /// The variable of the same name.
    PassThrough,
}

/// A file of `env_file`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnvFileReference {
    /// The path as written, after interpolation. It begins at the project's folder.
    pub path: PathBuf,
    /// Whether the tool fails without it.
    pub required: bool,
    /// `format: raw`.
    pub raw: bool,
    /// Whether the path is what the tool would see: no variable whose value nobody knows is in it.
    pub is_known: bool,
    /// Where it stands.
    pub place: Place,
}

/// Notes every variable that is read by its bare name, and gives the entry its value. With a `scope`, only
/// what that scope has: an included project's own `.env`.
pub(super) fn resolve_bare_names(loader: &mut Loader<'_>, project: &mut Node, scope: Option<&Scope>) {
    let nothing = Scope::default();
    let within = scope.unwrap_or(&nothing);
    let resolves = |name: &str| scope.is_none_or(|scope| scope.get(name).is_some());
    if let Some(Node { content: Content::Mapping(services), .. }) = project.get_mut("services") {
        for (key, service) in services {
            let mut steps =
                vec!["services".to_owned(), key.scalar.text.to_string(), "environment".to_owned()];
            if let Some(Node { content: Content::Mapping(entries), .. }) = service.get_mut("environment") {
                resolve_entries(loader, entries, &resolves, &steps, within);
            }
            "build".clone_into(&mut steps[2]);
            match service
                .get_mut("build")
                .and_then(|build| build.get_mut("args"))
                .map(|args| &mut args.content)
            {
                Some(Content::Mapping(entries)) => {
                    resolve_entries(loader, entries, &resolves, &steps, within);
                }
                Some(Content::Sequence(items)) => {
                    for item in items {
                        let place = item.place;
                        let Content::Scalar(scalar) = &mut item.content else { continue };
                        if !scalar.text.contains('=') && resolves(&scalar.text) {
                            let name = scalar.text.to_string();
                            scalar.uses.push(loader.bare(&name, Form::PassThrough, place, &steps, within));
                        }
                    }
                }
                _ => {}
            }
        }
    }
    if scope.is_some() {
        return;
    }
    for section in ["secrets", "configs"] {
        let Some(Node { content: Content::Mapping(entries), .. }) = project.get_mut(section) else {
            continue;
        };
        for (_, entry) in entries {
            let Some(named) = entry.get_mut("environment") else { continue };
            let place = named.place;
            if let Content::Scalar(scalar) = &mut named.content {
                let name = scalar.text.to_string();
                scalar.uses.push(loader.bare(&name, Form::SecretOrConfig, place, &[], within));
            }
        }
    }
}

fn resolve_entries(
    loader: &mut Loader<'_>,
    entries: &mut Mapping,
    resolves: &dyn Fn(&str) -> bool,
    steps: &[String],
    scope: &Scope,
) {
    for (key, value) in entries {
        let name = key.scalar.text.to_string();
        if !value.is_null() || !resolves(&name) {
            continue;
        }
        let using = loader.bare(&name, Form::PassThrough, key.place, steps, scope);
        let found = loader.value(&name, scope).map(str::to_owned);
        let plain = found.is_none();
        let is_known = !loader.is_unknown(&name);
        let text = zeroize::Zeroizing::new(found.unwrap_or_default());
        value.content =
            Content::Scalar(Scalar { text, plain, is_known, dollars: Vec::new(), uses: vec![using] });
    }
}

/// Marks the uses of which something is left in the project.
pub(super) fn mark_survivors(loader: &mut Loader<'_>, node: &Node) {
    let mut mark = |scalar: &Scalar| scalar.uses.iter().for_each(|at| loader.uses[*at].survives = true);
    match &node.content {
        Content::Scalar(scalar) => mark(scalar),
        Content::Sequence(items) => items.iter().for_each(|item| mark_survivors(loader, item)),
        Content::Mapping(entries) => {
            for (key, value) in entries {
                key.scalar.uses.iter().for_each(|at| loader.uses[*at].survives = true);
                mark_survivors(loader, value);
            }
        }
    }
}

/// The services of the merged project.
pub(super) fn services(loader: &Loader<'_>, project: &Node) -> Vec<Service> {
    let entries = project.get("services").and_then(Node::mapping).map(Vec::as_slice).unwrap_or_default();
    let named = entries.iter().filter(|(_, node)| node.mapping().is_some());
    named.map(|(key, node)| service(loader, &key.scalar.text, key.place, node)).collect()
}

fn service(loader: &Loader<'_>, name: &str, place: Place, node: &Node) -> Service {
    let text = |name: &str| node.get(name).and_then(Node::text).map(str::to_owned);
    let replicas = node.get("deploy").and_then(|deploy| deploy.get("replicas")).and_then(Node::text);
    let items = |name: &str| match node.get(name) {
        Some(Node { content: Content::Sequence(items), .. }) => items.iter().collect(),
        Some(one) if one.text().is_some() => vec![one],
        _ => Vec::new(),
    };
    let environment = node.get("environment").and_then(Node::mapping).map(Vec::as_slice).unwrap_or_default();
    Service {
        name: name.to_owned(),
        place,
        image: text("image"),
        container_name: node.get("container_name").and_then(|n| Some((n.text()?.to_owned(), n.place))),
        replicas: replicas.and_then(|text| text.parse().ok()),
        profiles: items("profiles").into_iter().filter_map(|item| item.text().map(str::to_owned)).collect(),
        environment: environment
            .iter()
            .filter_map(|(key, value)| entry(loader, &key.scalar, key.place, value))
            .collect(),
        env_files: items("env_file").into_iter().filter_map(env_file).collect(),
        extends: node.get("extends").and_then(extends),
    }
}

fn extends(node: &Node) -> Option<Extends> {
    let service = node.text().or_else(|| node.get("service").and_then(Node::text))?;
    Some(Extends { service: service.to_owned(), from_file: node.get("file").is_some() })
}

fn entry(loader: &Loader<'_>, key: &Scalar, place: Place, value: &Node) -> Option<EnvironmentEntry> {
    let scalar = value.scalar()?;
    let passes = |at: &usize| loader.uses[*at].form == Form::PassThrough;
    let source = match scalar.uses.as_slice() {
        [] => Source::Literal,
        uses if uses.iter().any(passes) => Source::PassThrough,
        _ => Source::Interpolated,
    };
    let value = (!scalar.is_null()).then(|| Secret::new(scalar.read(loader.tool).1));
    Some(EnvironmentEntry { key: key.text.to_string(), place, value, source })
}

fn env_file(node: &Node) -> Option<EnvFileReference> {
    let named = if node.scalar().is_some() { node } else { node.get("path")? };
    let path = named.text()?;
    let is = |name: &str, wanted: &str| node.get(name).and_then(Node::text) == Some(wanted);
    let optional = node
        .get("required")
        .and_then(Node::scalar)
        .is_some_and(|required| required.plain && required.read(Tool::DockerCompose).1 == "false");
    Some(EnvFileReference {
        path: path.into(),
        required: !optional,
        raw: is("format", "raw"),
        is_known: named.is_known(),
        place: node.place,
    })
}
