//! How podman-compose resolves `extends` (`resolve_extends`): once, in the merged project.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use super::super::yaml::{self, Content, Mapping, Node, Place};
use super::docker_merge::positions;
use super::error::{LoadErrorKind, Stop};
use super::loader::{Loader, Scope};
use super::podman::normalize;
use super::podman_merge::merge;

/// `resolve_extends`: from the services without dependencies up, so that what is extended is resolved
/// before.
pub(super) fn resolve(loader: &mut Loader<'_>, project: &mut Node) -> Result<(), Stop> {
    let Some(Node { content: Content::Mapping(services), .. }) = project.get_mut("services") else {
        return Ok(());
    };
    let names = positions(services);
    let known = Known { awaited: awaited(services, &names), names };
    let mut resolved = HashSet::new();
    for index in 0..services.len() {
        extend(loader, services, index, &known, &mut resolved, &mut Vec::new())?;
    }
    Ok(())
}

/// What is known of the services by where they are.
struct Known {
    names: HashMap<String, usize>,
    awaited: Vec<bool>,
}

fn extend(
    loader: &mut Loader<'_>,
    services: &mut Mapping,
    index: usize,
    known: &Known,
    resolved: &mut HashSet<usize>,
    row: &mut Vec<usize>,
) -> Result<(), Stop> {
    let Some(extends) = services[index].1.get("extends").filter(|extends| !extends.is_null()).cloned() else {
        return Ok(());
    };
    let Some(other) = extends.get("service").and_then(Node::text) else { return Ok(()) };
    if !resolved.insert(index) {
        return if row.contains(&index) {
            Err(Stop::At(extends.place, LoadErrorKind::ExtendsCircle))
        } else {
            Ok(())
        };
    }
    row.push(index);
    let mut base = match extends.get("file").and_then(Node::text) {
        // Which file it is, nobody knows.
        Some(_) if !extends.get("file").is_none_or(Node::is_known) => Node::empty_mapping(extends.place),
        Some(path) => from_file(loader, Path::new(path), other)?,
        None => {
            let Some(base) = known.names.get(other).copied() else {
                return Err(Stop::At(extends.place, LoadErrorKind::ExtendsUnknown));
            };
            if known.awaited[index] {
                return Err(Stop::At(extends.place, LoadErrorKind::ExtendsDependents));
            }
            extend(loader, services, base, known, resolved, row)?;
            let mut base = services[base].1.clone();
            if let Content::Mapping(fields) = &mut base.content {
                fields.retain(|(key, _)| *key.scalar.text != "extends");
            }
            base
        }
    };
    row.pop();
    loader.spend(base.weight());
    loader.check_work(extends.place)?;
    merge(&mut base, services[index].1.clone())?;
    services[index].1 = base;
    Ok(())
}

/// A service of another file: all of that file's services are interpolated, then this one is brought to
/// form. What does not exist is empty.
fn from_file(loader: &mut Loader<'_>, path: &Path, name: &str) -> Result<Node, Stop> {
    let top = Place { file: loader.files.len(), line: 1, column: 1 };
    let empty = Node::empty_mapping(top);
    let mut content = loader.read(path)?.pop().unwrap_or_else(|| empty.clone());
    let mut steps = Vec::new();
    if let Some(services) = content.get("services") {
        content = services.clone();
        steps.push("services".to_owned());
    }
    loader.interpolate(&mut content, &mut steps, &Scope::default());
    let Some(service) = content.mapping().and_then(|services| yaml::find(services, name)) else {
        return Ok(empty);
    };
    let mut service = service.clone();
    if service.is_null() {
        return Ok(empty);
    }
    normalize(&mut service)?;
    Ok(service)
}

/// Which services others depend on, link to or extend. podman-compose notes that in a set in the service,
/// and cannot merge two sets: such a service cannot extend another of its own file, which has one as well.
fn awaited(services: &Mapping, names: &HashMap<String, usize>) -> Vec<bool> {
    let mut awaited = vec![false; services.len()];
    for (index, (_, service)) in services.iter().enumerate() {
        let extended = service.get("extends").and_then(|extends| extends.get("service")).and_then(Node::text);
        let others: Vec<&str> = match extended {
            Some(name) => vec![name],
            None => {
                let depends =
                    service.get("depends_on").and_then(Node::mapping).map(Vec::as_slice).unwrap_or_default();
                let links = service.get("links").and_then(Node::sequence).unwrap_or_default();
                let links =
                    links.iter().filter_map(Node::text).map(|link| link.split(':').next().unwrap_or(link));
                depends.iter().map(|(key, _)| key.scalar.text.as_str()).chain(links).collect()
            }
        };
        others
            .into_iter()
            .filter_map(|name| names.get(name))
            .filter(|other| **other != index)
            .for_each(|other| awaited[*other] = true);
    }
    awaited
}
