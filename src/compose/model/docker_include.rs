//! How Docker Compose resolves `include` (`loader/include.go` of compose-go): projects of their own, with
//! their own folder and `.env`.

use std::path::{Path, PathBuf};

use super::super::yaml::{Content, Node};
use super::docker::{drop_key, load, remove};
use super::docker_merge::merge;
use super::error::{LoadErrorKind, Stop};
use super::loader::{Loader, Scope};
use super::services::resolve_bare_names;

/// The sections that an included project brings.
const SECTIONS: [&str; 6] = ["services", "volumes", "networks", "secrets", "configs", "models"];

/// Brings in what `include` names: projects of their own, with their own folder and `.env`.
pub(super) fn include(
    loader: &mut Loader<'_>,
    document: &mut Node,
    tagged: &[Vec<String>],
    folder: &Path,
    scope: &Scope,
    included: &[PathBuf],
) -> Result<(), Stop> {
    let Some(list) = document.get("include").filter(|list| !list.is_null()).cloned() else { return Ok(()) };
    let items = list.sequence().ok_or(Stop::At(list.place, LoadErrorKind::NotAMapping))?;
    for item in items {
        if !paths_are_known(item) {
            continue;
        }
        let texts = |name: &str| match item.get(name) {
            Some(Node { content: Content::Sequence(many), .. }) => {
                many.iter().filter_map(Node::text).collect()
            }
            Some(one) => one.text().into_iter().collect(),
            None => Vec::new(),
        };
        let paths = item.text().map_or_else(|| texts("path"), |path| vec![path]);
        let files: Vec<PathBuf> = paths.iter().map(|path| folder.join(path)).collect();
        let Some(main) = files.first() else { continue };
        if included.contains(main) {
            return Err(Stop::At(item.place, LoadErrorKind::IncludeCircle));
        }
        let own = match item.get("project_directory").and_then(Node::text) {
            Some(named) => folder.join(named),
            None => main.parent().unwrap_or(folder).to_owned(),
        };
        let env_files: Vec<PathBuf> = match texts("env_file") {
            none if none.is_empty() => {
                Some(own.join(".env")).filter(|path| path.is_file()).into_iter().collect()
            }
            named => {
                named.iter().filter(|path| **path != "/dev/null").map(|path| folder.join(path)).collect()
            }
        };
        let mut scope = scope.clone();
        let mut layer = std::collections::BTreeMap::new();
        for path in env_files {
            layer.extend(loader.env_file(&path)?);
        }
        scope.layers.push(layer);
        let mut theirs = load(loader, &files, &own, &scope, included)?;
        resolve_bare_names(loader, &mut theirs, Some(&scope));
        if let Some(Node { content: Content::Mapping(services), .. }) = theirs.get_mut("services") {
            services.iter_mut().for_each(|(_, service)| place_env_files(service, &own));
        }
        import(document, theirs, tagged)?;
    }
    drop_key(document, "include");
    Ok(())
}

/// Env files of a service that comes from another folder are looked for there.
pub(super) fn place_env_files(service: &mut Node, folder: &Path) {
    let place = |node: &mut Node| {
        let named = if node.mapping().is_some() { node.get_mut("path") } else { Some(node) };
        if let Some(Node { content: Content::Scalar(scalar), .. }) = named.filter(|node| !node.is_null()) {
            let path = folder.join(scalar.text.as_str());
            *scalar.text = path.to_string_lossy().into_owned();
        }
    };
    match service.get_mut("env_file").map(|node| &mut node.content) {
        Some(Content::Sequence(items)) => items.iter_mut().for_each(place),
        Some(Content::Scalar(_)) => service.get_mut("env_file").into_iter().for_each(place),
        Some(Content::Mapping(_)) | None => {}
    }
}

/// Whether an entry of `include` names files that can be looked for.
fn paths_are_known(item: &Node) -> bool {
    let known =
        |node: &Node| node.is_known() && node.sequence().is_none_or(|many| many.iter().all(Node::is_known));
    ["path", "project_directory", "env_file"].iter().filter_map(|name| item.get(name)).all(known)
        && item.is_known()
}

/// What the including file says about an included thing is merged over it.
fn import(document: &mut Node, theirs: Node, tagged: &[Vec<String>]) -> Result<(), Stop> {
    let mut theirs = theirs;
    let inside: Vec<Vec<String>> = tagged.iter().filter(|path| path.len() > 2).cloned().collect();
    remove(&mut theirs, &inside);
    let Content::Mapping(sections) = theirs.content else { return Ok(()) };
    for (key, section) in sections {
        if !SECTIONS.contains(&key.scalar.text.as_str()) || section.mapping().is_none() {
            continue;
        }
        let mut steps = vec![key.scalar.text.to_string()];
        let Content::Mapping(entries) = &mut document.content else { return Ok(()) };
        let own = entries.iter_mut().find(|(known, _)| *known.scalar.text == *key.scalar.text);
        match own {
            Some((_, node)) if !node.is_null() => {
                let local = std::mem::replace(node, Node::empty_mapping(key.place));
                *node = merge(section, local, &mut steps)?;
            }
            Some((_, node)) => *node = section,
            None => entries.push((key, section)),
        }
    }
    Ok(())
}
