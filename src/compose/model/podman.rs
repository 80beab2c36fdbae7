//! A project as podman-compose 1.6.0 loads it (`_parse_compose_file`): every file is brought to one form,
//! interpolated, merged into the files before it; included files come behind all others; services extend
//! each other at the end.

use std::path::{Path, PathBuf};

use super::super::tool::Tool;
use super::super::yaml::{Content, Node, Place, Tag, Type, YamlError};
use super::error::{LoadErrorKind, Stop};
use super::loader::{Loader, Scope};
use super::normal;
use super::podman_extends;
use super::podman_merge::{merge, raw};

/// The merged project.
pub(super) fn load(loader: &mut Loader<'_>, files: &[PathBuf]) -> Result<Node, Stop> {
    let mut project = Node::empty_mapping(Place { file: 0, line: 1, column: 1 });
    let mut files: Vec<PathBuf> = files.to_vec();
    let mut at = 0;
    while let Some(file) = files.get(at).cloned() {
        let mut content = document(loader, &file)?;
        loader.interpolate(&mut content, &mut Vec::new(), &Scope::default());
        loader.check_work(content.place)?;
        place_extended_files(&mut content, &file);
        merge(&mut project, content)?;
        files.extend(take_includes(&mut project, &file)?);
        at += 1;
    }
    podman_extends::resolve(loader, &mut project)?;
    Ok(project)
}

fn document(loader: &mut Loader<'_>, file: &Path) -> Result<Node, Stop> {
    let top = Place { file: loader.files.len(), line: 1, column: 1 };
    let mut content = loader.read(file)?.pop().unwrap_or(Node {
        place: top,
        tag: Tag::None,
        content: Content::Sequence(Vec::new()),
    });
    if content.mapping().is_none() {
        return Err(Stop::At(content.place, LoadErrorKind::NotAMapping));
    }
    if let Some(services) = content.get_mut("services").filter(|services| !services.is_null()) {
        let place = services.place;
        if services.tag != Tag::None {
            return Err(Stop::At(place, LoadErrorKind::TagHere));
        }
        let Content::Mapping(entries) = &mut services.content else {
            return Err(Stop::At(place, LoadErrorKind::NotAMapping));
        };
        for (name, service) in entries {
            if name.scalar.read(Tool::PodmanCompose).0 != Type::Text {
                return Err(Stop::At(name.place, YamlError::KeyType.into()));
            }
            normalize(service)?;
        }
    }
    Ok(content)
}

/// `normalize_service`.
pub(super) fn normalize(service: &mut Node) -> Result<(), Stop> {
    match service.tag {
        Tag::Reset => return Ok(()),
        Tag::Override => *service = Node { tag: Tag::Override, ..raw(service.clone())? },
        Tag::None | Tag::Unknown => {}
    }
    let place = service.place;
    let Content::Mapping(fields) = &mut service.content else {
        return Err(Stop::At(place, LoadErrorKind::NotAMapping));
    };
    for (key, value) in fields {
        let tagged = value.tag != Tag::None;
        match key.scalar.text.as_str() {
            "environment" | "labels" | "build" if tagged => {
                return Err(Stop::At(value.place, LoadErrorKind::TagHere));
            }
            "volumes" | "depends_on" | "profiles" if value.is_null() => {
                return Err(Stop::At(value.place, LoadErrorKind::NotAList));
            }
            name if !tagged => refuse(name, value)?,
            _ => {}
        }
        match key.scalar.text.as_str() {
            "environment" | "labels" => {
                let items = value.sequence().unwrap_or_default();
                if let Some(odd) = items.iter().find(|item| !is_text(item)) {
                    return Err(Stop::At(odd.place, LoadErrorKind::NotText));
                }
                normal::scalar_as_list(value);
                normal::pairs_as_mapping(value);
            }
            "build" => {
                normal::scalar_as_mapping(value, "context");
                for name in ["args", "additional_contexts"] {
                    if let Some(pairs) = value.get_mut(name) {
                        normal::mapping_as_pairs(pairs, Tool::PodmanCompose);
                    }
                }
            }
            // Both become lists of words; what matters here is that they replace each other.
            "env_file" | "security_opt" | "volumes" if !tagged => normal::scalar_as_list(value),
            "depends_on" if !tagged => normal::names_as_mapping(value),
            "extends" => normal::scalar_as_mapping(value, "service"),
            _ => {}
        }
    }
    Ok(())
}

/// What podman-compose fails at, field by field.
fn refuse(field: &str, value: &Node) -> Result<(), Stop> {
    let kind = value.scalar().map(|scalar| scalar.read(Tool::PodmanCompose).0);
    let nulls = |items: &[Node]| items.iter().find(|item| item.is_null()).map(|item| item.place);
    let (place, wanted) = match (field, kind) {
        ("links" | "security_opt", Some(Type::Null)) => (value.place, LoadErrorKind::NotAList),
        ("deploy" | "extends", Some(Type::Null)) => (value.place, LoadErrorKind::NotAMapping),
        ("build", Some(kind)) if kind != Type::Text => (value.place, LoadErrorKind::NotText),
        ("ports", Some(Type::Integer)) => (value.place, LoadErrorKind::NotAList),
        ("ports", None) => match value.sequence().map(nulls) {
            None => (value.place, LoadErrorKind::NotAList),
            Some(Some(place)) => (place, LoadErrorKind::NotText),
            Some(None) => return Ok(()),
        },
        _ => return Ok(()),
    };
    Err(Stop::At(place, wanted))
}

/// What is no text in a list of `KEY=value`, podman-compose fails to split, unless Python takes it for false.
fn is_text(node: &Node) -> bool {
    node.scalar().is_some_and(|scalar| {
        let (kind, text) = scalar.read(Tool::PodmanCompose);
        match kind {
            Type::Text | Type::Null => true,
            Type::Integer | Type::Float | Type::Boolean => {
                matches!(text.as_str(), "0" | "0.0" | "-0.0" | "False")
            }
            Type::Unusable => false,
        }
    })
}

/// A file that a service extends is looked for beside the file that names it.
fn place_extended_files(content: &mut Node, file: &Path) {
    let folder = file.parent().unwrap_or(Path::new(""));
    let Some(Node { content: Content::Mapping(services), .. }) = content.get_mut("services") else { return };
    for (_, service) in services.iter_mut().filter(|(_, service)| service.tag == Tag::None) {
        let named = service.get_mut("extends").and_then(|extends| extends.get_mut("file"));
        if let Some(Node { content: Content::Scalar(scalar), .. }) = named {
            let path = folder.join(scalar.text.as_str());
            *scalar.text = path.to_string_lossy().into_owned();
        }
    }
}

/// The included files, which are read behind all others.
fn take_includes(project: &mut Node, file: &Path) -> Result<Vec<PathBuf>, Stop> {
    let Some(list) = project.get("include").cloned() else { return Ok(Vec::new()) };
    let stop = |place| Stop::At(place, LoadErrorKind::NotAMapping);
    let folder = file.parent().unwrap_or(Path::new(""));
    let mut paths = Vec::new();
    for item in list.sequence().unwrap_or_default() {
        let path = if item.mapping().is_some() { item.get("path") } else { Some(item) };
        match path {
            Some(path) if path.sequence().is_some() => return Err(stop(path.place)),
            Some(path) if !path.is_known() => {}
            Some(path) => paths.extend(path.text().map(|text| folder.join(text))),
            None => {}
        }
    }
    if list.sequence().is_none() && !list.is_null() {
        return Err(stop(list.place));
    }
    if let Content::Mapping(entries) = &mut project.content {
        entries.retain(|(key, _)| *key.scalar.text != "include");
    }
    Ok(paths)
}
