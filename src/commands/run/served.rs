//! `env_file:` is served: a service that reads a plaintext file which the environment replaces gets its keys under
//! `environment:`, by one more compose file behind the others. It holds names and paths, never a value.
//!
//! The keys are handed on as `${KEY}`, which every tool carries exactly and which leaves the hash that it takes
//! of a service the same from run to run; a path of the runtime folder under `env_file:` would not.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::files::Files;
use super::own_files::OwnFiles;
use super::values::Values;
use crate::compose::Tool;
use crate::compose::model::{EnvFileReference, LoadErrorKind, Project as Compose, Request, Service};
use crate::desk::At;
use crate::error::{self, Error};
use crate::file;
use crate::invocation::{Engine, Invocation, Version};
use crate::plaintext::{Reader, file_values};
use crate::project::Replaced;
use crate::secret::LARGEST;
use crate::words;

/// What the file is called.
pub(super) const FILE: &str = "env-files.yml";

/// The text of the file.
pub(super) struct Served(String);

/// What a service gets instead of its `env_file:`.
struct Instead<'a> {
    service: &'a str,
    keys: BTreeSet<&'a str>,
    /// The files that it reads besides.
    rest: Vec<&'a EnvFileReference>,
    /// The files that are replaced.
    replaced: Vec<PathBuf>,
}

impl Served {
    /// What the services need; `None` when no service reads a file that is replaced.
    ///
    /// # Errors
    /// When a file that is needed is gone, and the tool is too old to be told so.
    pub(super) fn find(
        at: At<'_>,
        values: &Values<'_>,
        invocation: &Invocation,
        files: &Files,
        own: &OwnFiles,
    ) -> Result<Option<Self>, Error> {
        let replaces = at.declared().map(|environment| environment.replaces.as_slice()).unwrap_or_default();
        if replaces.is_empty() || files.loaded.is_empty() {
            return Ok(None);
        }
        let plain = own.values();
        let lookup =
            |name: &str| values.or_stand_in(name).or_else(|| plain.get(name).map(|text| text.as_str()));
        let compose = Compose::load(&Request {
            tool: invocation.front_end().tool(),
            files: &files.loaded,
            bounds: &files.bounds(at.project),
            project_directory: invocation.project_directory(),
            project_name: None,
            lookup: &lookup,
            is_stand_in: &|name| values.is_stand_in(name),
            env_file: &|path| file_values(Reader::Compose, path),
        });
        let compose = match compose {
            Ok(compose) => compose,
            // The tool reads it, and says nothing: what its services get would be missing without a word.
            Err(error) if matches!(error.kind, LoadErrorKind::Outside) => {
                return Err(error::compose(
                    invocation.front_end().tool(),
                    error,
                    &at.session.context.directory,
                ));
            }
            // What else is wrong with the files is the tool's to say.
            Err(_) => return Ok(None),
        };
        let folder = folder(invocation, files);
        let reader = invocation.front_end().reader();
        let loaded = files.loaded.as_slice();
        let asked = Needs { at, values, replaces, compose: &compose, reader, loaded, folder: &folder };
        let needs: Vec<Instead<'_>> =
            compose.services.iter().filter_map(|service| asked.of(service)).collect();
        asked.refuse_what_cannot_be_served()?;
        if needs.is_empty() {
            return Ok(None);
        }
        if !knows_tags(invocation) {
            return refuse_old(at, &needs).map(|()| None);
        }
        let list = values.get(FILES).filter(|_| compose.tool == Tool::PodmanCompose);
        Ok(Some(Self(text(&needs, compose.tool, &folder, list))))
    }

    /// The text, for a file.
    pub(super) fn text(&self) -> Zeroizing<Vec<u8>> {
        Zeroizing::new(self.0.clone().into_bytes())
    }
}

/// Where the paths of `env_file:` begin.
fn folder(invocation: &Invocation, files: &Files) -> PathBuf {
    let named = invocation.project_directory().map(|folder| invocation.cwd().join(folder));
    named.or_else(|| files.loaded[0].parent().map(Path::to_owned)).unwrap_or_default()
}

struct Needs<'a> {
    at: At<'a>,
    values: &'a Values<'a>,
    replaces: &'a [Replaced],
    compose: &'a Compose,
    reader: Reader,
    loaded: &'a [PathBuf],
    folder: &'a Path,
}

impl<'a> Needs<'a> {
    fn of(&self, service: &'a Service) -> Option<Instead<'a>> {
        let (mut keys, mut rest, mut replaced) = (BTreeSet::new(), Vec::new(), Vec::new());
        for reference in self.own(service) {
            let path = self.folder.join(&reference.path);
            if let Some(found) = self.replaced(&path) {
                keys.extend(self.keys(found));
                replaced.push(path);
            } else {
                // What a later file says counts more.
                let stronger = names(&path, reference.raw, self.reader);
                keys.retain(|key| !stronger.contains(*key));
                rest.push(reference);
            }
        }
        // What the service says itself counts most.
        for entry in &service.environment {
            keys.remove(entry.key.as_str());
        }
        (!replaced.is_empty()).then_some(Instead { service: &service.name, keys, rest, replaced })
    }

    /// The files that one more compose file can change for a service: not what podman-compose adds later, when it
    /// comes to `extends`.
    fn own(&self, service: &'a Service) -> &'a [EnvFileReference] {
        let all = service.env_files.as_slice();
        &all[self.inherited(service).min(all.len())..]
    }

    fn inherited(&self, service: &Service) -> usize {
        match &service.extends {
            Some(extends) if self.compose.tool == Tool::PodmanCompose => {
                let is_foreign = |file: &&EnvFileReference| !self.is_loaded(file);
                match self.compose.services.iter().find(|other| other.name == extends.service) {
                    Some(other) if !extends.from_file => other.env_files.len(),
                    _ => service.env_files.iter().take_while(is_foreign).count(),
                }
            }
            _ => 0,
        }
    }

    fn is_loaded(&self, file: &EnvFileReference) -> bool {
        self.loaded.iter().any(|loaded| loaded == self.compose.path(file.place))
    }

    /// podman-compose takes the `env_file:` of a service that is extended in another file as it is.
    fn refuse_what_cannot_be_served(&self) -> Result<(), Error> {
        let of_files =
            |service: &&'a Service| service.extends.as_ref().is_some_and(|extends| extends.from_file);
        for service in self.compose.services.iter().filter(of_files) {
            let inherited = service.env_files.iter().take(self.inherited(service));
            let mut paths = inherited.map(|file| self.folder.join(&file.path));
            if let Some(path) = paths.find(|path| self.replaced(path).is_some() && !path.exists()) {
                let error = Error::usage(format!(
                    "the service `{}` inherits {} (`env_file:`) from a file that it extends, and `{}` \
                     replaces it: podman-compose cannot override it",
                    words::clean(&service.name),
                    self.at.session.relative(&path).display(),
                    self.at.name
                ));
                return Err(
                    error.hint("name it under `env_file:` of the service itself, or use Docker Compose")
                );
            }
        }
        Ok(())
    }

    fn replaced(&self, path: &Path) -> Option<&'a Replaced> {
        self.replaces.iter().find(|replaced| replaced.is_file(&self.at.project.root, path))
    }

    /// The keys that a file gave, as far as they have a value.
    fn keys(&self, replaced: &'a Replaced) -> impl Iterator<Item = &'a str> {
        let names = self
            .values
            .names()
            .filter(move |name| replaced.keys.as_ref().is_none_or(|keys| keys.contains(name)));
        names.map(|key| key.as_str())
    }
}

/// The names that a file defines; none, if it cannot be read.
fn names(path: &Path, raw: bool, reader: Reader) -> BTreeSet<String> {
    if !raw {
        return file_values(reader, path).unwrap_or_default().into_keys().collect();
    }
    let bytes = file::read_regular(path, LARGEST).unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    text.lines().map(|line| line.split('=').next().unwrap_or(line).trim().to_owned()).collect()
}

/// `!override` is known to Docker Compose from 2.24 on, and to podman-compose from 1.4.0 on.
fn knows_tags(invocation: &Invocation) -> bool {
    match invocation.front_end().engine() {
        Some(Engine::PodmanCompose(version)) => version.is_none_or(|version| version >= FIRST_WITH_TAGS),
        Some(Engine::DockerComposeV1) => false,
        Some(Engine::DockerCompose) | None => true,
    }
}

const FIRST_WITH_TAGS: Version = Version(1, 4, 0);

/// Without a way to serve it, a file that is gone would be missed by the tool, or by nobody.
fn refuse_old(at: At<'_>, needs: &[Instead<'_>]) -> Result<(), Error> {
    let missing = needs.iter().find_map(|need| {
        let path = need.replaced.iter().find(|path| !path.exists())?;
        Some((need.service, at.session.relative(path)))
    });
    let Some((service, path)) = missing else { return Ok(()) };
    let error = Error::usage(format!(
        "the service `{}` reads {} (`env_file:`), which `{}` replaces, and this compose tool is too old to \
         override it",
        words::clean(service),
        path.display(),
        at.name
    ));
    Err(error.hint("Docker Compose 2.24 and podman-compose 1.4.0 can"))
}

/// podman-compose sets it to what it loads, this file included.
const FILES: &str = "COMPOSE_FILE";

/// `list` is what stands for [`FILES`], where the tool has its own.
fn text(needs: &[Instead<'_>], tool: Tool, folder: &Path, list: Option<&str>) -> String {
    let mut text = "services:\n".to_owned();
    for need in needs {
        let rest: Vec<String> = need.rest.iter().filter_map(|file| reference(file, tool, folder)).collect();
        text.push_str(&format!(
            "  {}:\n    env_file: !override [{}]\n",
            quoted(need.service),
            rest.join(", ")
        ));
        if !need.keys.is_empty() {
            text.push_str("    environment:\n");
        }
        for key in &need.keys {
            let value = match list.filter(|_| *key == FILES) {
                Some(list) => quoted(&list.replace('$', "$$")),
                None => format!("\"${{{key}}}\""),
            };
            text.push_str(&format!("      {key}: {value}\n"));
        }
    }
    text
}

/// A file as the compose file names it. podman-compose has no tables behind `!override`, and no formats; what is
/// not required is left out there where it is missing.
fn reference(file: &EnvFileReference, tool: Tool, folder: &Path) -> Option<String> {
    let path = file.path.to_string_lossy();
    match tool {
        Tool::DockerCompose => {
            let format = if file.raw { ", format: raw" } else { "" };
            let path = quoted(&path.replace('$', "$$"));
            Some(format!("{{path: {path}, required: {}{format}}}", file.required))
        }
        Tool::PodmanCompose => (file.required || folder.join(&file.path).exists()).then(|| quoted(&path)),
    }
}

/// A text between double quotes: what JSON has there is the same in YAML.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
