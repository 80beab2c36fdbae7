//! What a compose file with one more word in its name (`docker-compose.dev.yml`) is to the one without: something on
//! top of it, or a stack of its own.

use std::path::Path;

use super::tool::Tool;
use super::yaml::{self, Content, Node};
use crate::file;

/// What a file is to the base.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Variant {
    /// Merged over it.
    Over,
    /// The same stack once more, in another form: started in its place.
    Instead,
    /// Other services, which start without it.
    Beside,
}

/// What `file` is to `base`. What cannot be read is taken for something on top.
pub(crate) fn variant(base: &Path, file: &Path) -> Variant {
    let (Some(base), Some(file)) = (services(base), services(file)) else { return Variant::Over };
    if !is_whole(&base) || !is_whole(&file) {
        return Variant::Over;
    }
    let shared: Vec<(&Node, &Node)> = file
        .iter()
        .filter_map(|(name, service)| Some((service, &base.iter().find(|(known, _)| known == name)?.1)))
        .collect();
    if shared.is_empty() {
        return Variant::Beside;
    }
    let repeating = shared.iter().filter(|(one, other)| repeats(one, other)).count();
    if repeating * 2 >= shared.len() { Variant::Instead } else { Variant::Over }
}

fn services(path: &Path) -> Option<Vec<(String, Node)>> {
    let bytes = file::read_regular(path, yaml::LARGEST as u64).ok()?;
    let documents = yaml::parse(&bytes, 0, Tool::DockerCompose).ok()?;
    let services = documents.first()?.get("services")?.mapping()?;
    let services: Vec<_> =
        services.iter().map(|(name, node)| (name.scalar.text.to_string(), node.clone())).collect();
    (!services.is_empty()).then_some(services)
}

/// Every service says what it is made of, and waits for none that is elsewhere.
fn is_whole(services: &[(String, Node)]) -> bool {
    let is_here = |name: &str| services.iter().any(|(known, _)| known == name);
    services.iter().all(|(_, service)| {
        ["image", "build", "extends"].iter().any(|key| service.get(key).is_some())
            && items(service, "depends_on").into_iter().all(is_here)
    })
}

/// Something on top of a service does not say again what is there.
fn repeats(one: &Node, other: &Node) -> bool {
    let text = |service: &Node, key: &str| service.get(key).and_then(Node::text).map(str::to_owned);
    let is_same = |key: &&str| text(one, key).is_some_and(|text_| Some(text_) == text(other, key));
    let has_same = |key: &&str| items(one, key).iter().any(|item| items(other, key).contains(item));
    ["image", "build"].iter().any(is_same) || ["volumes", "depends_on", "ports"].iter().any(has_same)
}

/// The texts of a list, or the keys of a mapping.
fn items<'n>(service: &'n Node, key: &str) -> Vec<&'n str> {
    match service.get(key).map(|node| &node.content) {
        Some(Content::Sequence(items)) => items.iter().filter_map(Node::text).collect(),
        Some(Content::Mapping(entries)) => entries.iter().map(|(key, _)| key.scalar.text.as_str()).collect(),
        Some(Content::Scalar(_)) | None => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASE: &str = "services:
  web: {image: app, depends_on: [db]}
  db: {image: 'postgres:16', volumes: ['data:/var/lib/postgresql/data']}
";

    #[track_caller]
    fn is(base: &str, file: &str, expected: Variant) {
        let folder = tempfile::tempdir().expect("a folder");
        let write = |name: &str, text: &str| {
            let path = folder.path().join(name);
            file::replace(&path, text.as_bytes(), 0o644).expect("written");
            path
        };
        assert_eq!(variant(&write("base", base), &write("file", file)), expected, "{file}");
    }

    #[test]
    fn what_needs_the_base_or_changes_it_goes_on_top() {
        for file in [
            "services:\n  web: {ports: ['8000:8000']}\n",
            "services:\n  web: {build: ., volumes: ['.:/app']}\n",
            "services:\n  web: {build: .}\n  mail: {image: mailpit, depends_on: [db]}\n",
            "services:\n  db: {image: 'postgres:17'}\n",
            "not: [yaml",
            "services: {}\n",
        ] {
            is(BASE, file, Variant::Over);
        }
        // The base is no stack by itself.
        is("services:\n  web: {ports: ['1:1']}\n", BASE, Variant::Over);
    }

    #[test]
    fn what_repeats_the_base_is_started_in_its_place() {
        for file in [
            "services:\n  db: {image: 'postgres:16', ports: ['127.0.0.1:5432:5432']}\n  cache: {image: redis}\n",
            "services:\n  web: {build: ., depends_on: {db: {condition: service_started}}}\n  db: {image: 'postgres:17'}\n",
        ] {
            is(BASE, file, Variant::Instead);
        }
        is(BASE, "services:\n  mail: {image: mailpit}\n", Variant::Beside);
    }
}
