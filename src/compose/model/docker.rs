//! A project as Docker Compose loads it (`loader/` of compose-go): every file is interpolated by itself,
//! then its includes and extensions are resolved, then it is merged into the files before it.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::super::yaml::{Content, Mapping, Node, Place, Tag};
use super::casts::matches;
use super::docker_include::{include, place_env_files};
use super::docker_merge::{PAIRS, enforce_unicity, merge, positions};
use super::docker_shapes;
use super::error::{LoadErrorKind, ProblemKind, Stop};
use super::loader::{Loader, Scope};
use super::normal;

/// Services that extend each other in a longer row go in a circle.
const LONGEST_ROW: usize = 100;

/// The merged project of `files`, which stand in `folder`.
pub(super) fn load(
    loader: &mut Loader<'_>,
    files: &[PathBuf],
    folder: &Path,
    scope: &Scope,
    included: &[PathBuf],
) -> Result<Node, Stop> {
    let mut project = Node::empty_mapping(Place { file: 0, line: 1, column: 1 });
    for file in files {
        for document in loader.read(file)? {
            project = one(loader, project, document, file, folder, scope, included)?;
        }
    }
    Ok(project)
}

/// Merges one document into what is there.
fn one(
    loader: &mut Loader<'_>,
    mut project: Node,
    document: Node,
    file: &Path,
    folder: &Path,
    scope: &Scope,
    included: &[PathBuf],
) -> Result<Node, Stop> {
    let (mut document, tagged) = prepare(loader, document, scope)?;
    if !tagged.is_empty() {
        loader.spend(tagged.len() * project.nodes());
    }
    loader.check_work(document.place)?;
    let mut included = included.to_vec();
    included.push(file.to_owned());
    include(loader, &mut document, &tagged, folder, scope, &included)?;
    remove(&mut project, &tagged);
    extend_services(loader, &mut document, &tagged, file, folder, scope)?;
    let mut project = merge(project, document, &mut Vec::new())?;
    enforce_unicity(&mut project, &mut Vec::new());
    docker_shapes::check(&project)?;
    Ok(project)
}

/// Takes the tags out, interpolates, and writes pairs in one way. Answers the paths that were tagged.
fn prepare(
    loader: &mut Loader<'_>,
    mut document: Node,
    scope: &Scope,
) -> Result<(Node, Vec<Vec<String>>), Stop> {
    if document.mapping().is_none() {
        return Err(Stop::At(document.place, LoadErrorKind::NotAMapping));
    }
    let mut tagged = Vec::new();
    take_tags(&mut document, &mut Vec::new(), &mut tagged);
    loader.interpolate(&mut document, &mut Vec::new(), scope);
    docker_shapes::check_pairs(&document, &mut Vec::new())?;
    unify_pairs(&mut document, &mut Vec::new());
    if let Some(services) = document.get("services").filter(|services| !services.is_null()) {
        let entries = services.mapping().ok_or(Stop::At(services.place, LoadErrorKind::NotAMapping))?;
        if let Some((_, odd)) =
            entries.iter().find(|(_, service)| service.mapping().is_none() && !service.is_null())
        {
            return Err(Stop::At(odd.place, LoadErrorKind::NotAMapping));
        }
    }
    Ok((document, tagged))
}

/// `!reset` goes with its key, `!override` keeps its value; both are remembered.
fn take_tags(node: &mut Node, steps: &mut Vec<String>, tagged: &mut Vec<Vec<String>>) {
    let mut keeps =
        |node: &mut Node, steps: &mut Vec<String>| match std::mem::replace(&mut node.tag, Tag::None) {
            Tag::Reset => {
                tagged.push(steps.clone());
                false
            }
            Tag::Override => {
                tagged.push(steps.clone());
                true
            }
            Tag::None | Tag::Unknown => {
                take_tags(node, steps, tagged);
                true
            }
        };
    match &mut node.content {
        Content::Mapping(entries) => entries.retain_mut(|(key, value)| {
            steps.push(key.scalar.text.to_string());
            let kept = keeps(value, steps);
            steps.pop();
            kept
        }),
        Content::Sequence(items) => {
            steps.push("[]".to_owned());
            items.retain_mut(|item| keeps(item, steps));
            steps.pop();
        }
        Content::Scalar(_) => {}
    }
}

fn unify_pairs(node: &mut Node, steps: &mut Vec<String>) {
    if PAIRS.iter().any(|pattern| matches(pattern, steps)) {
        return normal::pairs_as_mapping(node);
    }
    if let Content::Mapping(entries) = &mut node.content {
        for (key, value) in entries {
            steps.push(key.scalar.text.to_string());
            unify_pairs(value, steps);
            steps.pop();
        }
    }
}

/// Takes what stands at the tagged paths out of an earlier file.
pub(super) fn remove(node: &mut Node, tagged: &[Vec<String>]) {
    for path in tagged {
        let Some((last, parents)) = path.split_last() else { continue };
        let parent = parents.iter().try_fold(&mut *node, |node, step| node.get_mut(step));
        if let Some(Node { content: Content::Mapping(entries), .. }) = parent {
            entries.retain(|(key, _)| *key.scalar.text != *last);
        }
    }
}

fn extend_services(
    loader: &mut Loader<'_>,
    document: &mut Node,
    tagged: &[Vec<String>],
    file: &Path,
    folder: &Path,
    scope: &Scope,
) -> Result<(), Stop> {
    let Some(Node { content: Content::Mapping(services), .. }) = document.get_mut("services") else {
        return Ok(());
    };
    let names = positions(services);
    for index in 0..services.len() {
        let name = services[index].0.scalar.text.to_string();
        let from = Origin { services, names: &names, tagged, file, folder };
        if let Some(service) = extended(loader, &name, &from, tagged, scope, &mut Vec::new())? {
            services[index].1 = service;
        }
    }
    Ok(())
}

/// The file a service stands in, while its extensions are resolved.
struct Origin<'o> {
    services: &'o Mapping,
    /// Where in `services` each name is.
    names: &'o HashMap<String, usize>,
    tagged: &'o [Vec<String>],
    file: &'o Path,
    /// Where the paths of `extends` begin.
    folder: &'o Path,
}

impl Origin<'_> {
    fn service(&self, name: &str) -> Option<&Node> {
        self.names.get(name).map(|at| &self.services[*at].1)
    }
}

/// A service with everything that it extends; none when it is null.
fn extended(
    loader: &mut Loader<'_>,
    name: &str,
    from: &Origin<'_>,
    tagged: &[Vec<String>],
    scope: &Scope,
    row: &mut Vec<(PathBuf, String)>,
) -> Result<Option<Node>, Stop> {
    let Some(service) = from.service(name).filter(|service| !service.is_null()) else {
        return Ok(None);
    };
    let Some(extends) = service.get("extends").filter(|extends| !extends.is_null()) else {
        return Ok(Some(service.clone()));
    };
    let place = extends.place;
    let unknown = || Stop::At(place, LoadErrorKind::ExtendsUnknown);
    let link = (from.file.to_owned(), name.to_owned());
    if row.contains(&link) || row.len() > LONGEST_ROW {
        return Err(Stop::At(place, LoadErrorKind::ExtendsCircle));
    }
    row.push(link);

    let other = extends.text().or_else(|| extends.get("service")?.text()).ok_or_else(unknown)?;
    let base = match extends.get("file").and_then(Node::text) {
        // Which file it is, nobody knows.
        Some(_) if !extends.get("file").is_none_or(Node::is_known) => None,
        Some(path) => {
            let path = from.folder.join(path);
            let folder = path.parent().unwrap_or(from.folder).to_owned();
            let (document, theirs) = last_document(loader, &path, scope)?;
            let services = document.get("services").and_then(Node::mapping).ok_or_else(unknown)?;
            let names = positions(services);
            let there = Origin { services, names: &names, tagged: &theirs, file: &path, folder: &folder };
            there.service(other).ok_or_else(unknown)?;
            let mut base = extended(loader, other, &there, &theirs, scope, row)?;
            base.iter_mut().for_each(|base| place_env_files(base, &folder));
            base
        }
        None => {
            from.service(other).ok_or_else(unknown)?;
            extended(loader, other, from, from.tagged, scope, row)?
        }
    };
    row.pop();

    if let Some(base) = &base {
        loader.spend(base.weight() + tagged.len());
        loader.check_work(place)?;
    }
    let mut service = service.clone();
    let Some(base) = base else { return Ok(Some(service)) };
    // What this file tags is taken out of the base first, by the path of the service that extends.
    let below: Vec<Vec<String>> = tagged
        .iter()
        .filter(|path| path.len() > 2 && path[0] == "services" && path[1] == name)
        .map(|path| path[2..].to_vec())
        .collect();
    let mut base = base;
    remove(&mut base, &below);
    drop_key(&mut service, "extends");
    drop_key(&mut base, "extends");
    merge(base, service, &mut vec!["services".to_owned(), name.to_owned()]).map(Some)
}

/// The file that a service extends, its documents merged.
fn last_document(
    loader: &mut Loader<'_>,
    path: &Path,
    scope: &Scope,
) -> Result<(Node, Vec<Vec<String>>), Stop> {
    let mut whole = Node::empty_mapping(Place { file: 0, line: 1, column: 1 });
    let mut tagged = Vec::new();
    for document in loader.read(path)? {
        let (document, theirs) = prepare(loader, document, scope)?;
        remove(&mut whole, &theirs);
        whole = merge(whole, document, &mut Vec::new())?;
        tagged = theirs;
    }
    Ok((whole, tagged))
}

pub(super) fn drop_key(node: &mut Node, key: &str) {
    if let Content::Mapping(entries) = &mut node.content {
        entries.retain(|(known, _)| *known.scalar.text != *key);
    }
}

/// What Docker Compose checks in the merged project that depends on variables.
pub(super) fn check_services(loader: &mut Loader<'_>, project: &Node) {
    let Some(services) = project.get("services").and_then(Node::mapping) else { return };
    for (_, service) in services {
        let replicas = service.get("deploy").and_then(|deploy| deploy.get("replicas")).and_then(Node::text);
        let several = replicas.and_then(|text| text.parse::<u64>().ok()).is_some_and(|replicas| replicas > 1);
        if let Some(name) = service.get("container_name").filter(|_| several) {
            loader.problem(name.place, ProblemKind::ContainerName);
        }
        let image = service.get("image");
        let uses = image.and_then(Node::scalar).map(|scalar| scalar.uses.clone()).unwrap_or_default();
        if service.get("build").is_some_and(|build| !build.is_null()) {
            uses.iter().for_each(|at| loader.uses[*at].breaks_field = false);
        } else if let Some(image) = image.filter(|image| image.text() == Some("") && !uses.is_empty()) {
            let variables = uses.iter().map(|at| loader.uses[*at].variable.clone()).collect();
            loader.problem(image.place, ProblemKind::NoImage { variables });
        }
    }
}
