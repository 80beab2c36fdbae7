//! A compose project: its files read, interpolated and merged as each tool does it, and what that says
//! about variables.

mod casts;
mod docker;
mod docker_include;
mod docker_merge;
mod docker_shapes;
mod error;
mod interpolate;
mod loader;
mod normal;
mod podman;
mod podman_extends;
mod podman_merge;
mod services;
mod shape;
mod uses;

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

pub(crate) use error::{LoadError, LoadErrorKind, Problem, ProblemKind};
pub(crate) use services::{EnvFileReference, EnvironmentEntry, Service, Source};
pub use uses::{Form, Requirement, Use};

use super::tool::Tool;
use super::yaml::{Node, Place};
use error::Stop;
use loader::{Loader, Scope};

/// Reads an env file that a compose file includes, as compose reads one.
pub(crate) type EnvFileReader<'a> = &'a dyn Fn(&Path) -> std::io::Result<BTreeMap<String, Zeroizing<String>>>;

/// What to load, and with which variables.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    /// As which tool.
    pub tool: Tool,
    /// The compose files, in the order of `-f`.
    pub files: &'a [PathBuf],
    /// The folders outside of which nothing is read; without any, everything is.
    pub bounds: &'a [PathBuf],
    /// `--project-directory`; without it, the folder of the first file.
    pub project_directory: Option<&'a Path>,
    /// `-p` or `COMPOSE_PROJECT_NAME`; without it, the folder's name.
    pub project_name: Option<&'a str>,
    /// The variables: the env file and the process environment, whichever wins.
    pub lookup: &'a dyn Fn(&str) -> Option<&'a str>,
    /// Whether what `lookup` answers for a variable is a stand-in: it is set, to nobody knows what. Nothing
    /// is said then about what only the value can tell.
    pub is_stand_in: &'a dyn Fn(&str) -> bool,
    /// Reads the env files of `include` (Docker Compose).
    pub env_file: EnvFileReader<'a>,
}

/// A compose project, merged.
pub struct Project {
    /// The tool it was loaded as.
    pub tool: Tool,
    /// Every file that was read; [`Place::file`] counts them.
    pub files: Vec<PathBuf>,
    /// Every use of a variable, in the order in which the tool comes to them.
    pub uses: Vec<Use>,
    /// What the tool would stop at. It would name the first only.
    pub problems: Vec<Problem>,
    /// The services, profiles or not.
    pub services: Vec<Service>,
}

impl Project {
    /// Loads a project.
    ///
    /// # Errors
    /// [`LoadError`], for what leaves nothing to look at. Missing variables are no such thing: they are
    /// among [`Project::problems`].
    pub fn load(request: &Request<'_>) -> Result<Self, LoadError> {
        let mut loader = Loader::new(request);
        match load(&mut loader, request) {
            Ok(project) => {
                let services = services::services(&loader, &project);
                let Loader { tool, files, uses, mut problems, .. } = loader;
                problems.sort_by_key(|problem| problem.place);
                Ok(Self { tool, files, uses: without_repetitions(uses), problems, services })
            }
            Err(stop) => Err(explain(stop, &loader)),
        }
    }

    /// How much the project depends on each variable that it names.
    pub fn requirements(&self) -> BTreeMap<&str, Requirement> {
        let mut all = BTreeMap::new();
        for found in &self.uses {
            let most = all.entry(found.variable.as_str()).or_insert(Requirement::Unused);
            *most = found.requirement().max(*most);
        }
        all
    }

    /// The path of the file that a place is in.
    pub fn path(&self, place: Place) -> &Path {
        self.files.get(place.file).map_or(Path::new(""), PathBuf::as_path)
    }
}

fn load(loader: &mut Loader<'_>, request: &Request<'_>) -> Result<Node, Stop> {
    let nothing = || Stop::File(PathBuf::new(), LoadErrorKind::NoFile);
    let first = request.files.first().ok_or_else(nothing)?;
    let folder = request.project_directory.or_else(|| first.parent()).unwrap_or(Path::new(""));
    provide(loader, request, folder);
    let mut project = match request.tool {
        Tool::DockerCompose => {
            let project = docker::load(loader, request.files, folder, &Scope::default(), &[])?;
            if project.mapping().is_none_or(Vec::is_empty) {
                return Err(Stop::File(first.clone(), LoadErrorKind::Empty));
            }
            project
        }
        Tool::PodmanCompose => podman::load(loader, request.files)?,
    };
    services::resolve_bare_names(loader, &mut project, None);
    if request.tool == Tool::DockerCompose {
        if request.project_name.is_some() {
            docker::drop_key(&mut project, "name"); // it is not looked at
        }
        docker::check_services(loader, &project);
    }
    services::mark_survivors(loader, &project);
    Ok(project)
}

/// The variables that a tool sets itself.
fn provide(loader: &mut Loader<'_>, request: &Request<'_>, folder: &Path) {
    let name = request.project_name.map_or_else(
        || {
            let folder = folder.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
            let kept =
                folder.chars().filter(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "_-".contains(*c));
            kept.collect::<String>().trim_start_matches(['_', '-']).to_owned()
        },
        str::to_owned,
    );
    loader.provided.insert("COMPOSE_PROJECT_NAME", name);
    if request.tool == Tool::PodmanCompose {
        let files: Vec<_> = request.files.iter().map(|file| file.to_string_lossy()).collect();
        loader.provided.insert("COMPOSE_PROJECT_DIR", folder.to_string_lossy().into_owned());
        loader.provided.insert("COMPOSE_FILE", files.join(":"));
        loader.provided.insert("COMPOSE_PATH_SEPARATOR", ":".to_owned());
    }
}

/// A file that several services extend is read for each of them: its uses are the same ones.
fn without_repetitions(uses: Vec<Use>) -> Vec<Use> {
    let mut kept: Vec<Use> = Vec::with_capacity(uses.len());
    let mut known: HashMap<(Place, String, Form, Option<String>), usize> = HashMap::new();
    for found in uses {
        let identity = (found.place, found.variable.clone(), found.form, found.service.clone());
        if let Some(at) = known.get(&identity) {
            let earlier = &mut kept[*at];
            earlier.survives |= found.survives;
            earlier.evaluated |= found.evaluated;
            earlier.fails_without |= found.fails_without;
            earlier.breaks_field |= found.breaks_field;
            earlier.has_own_value &= found.has_own_value;
        } else {
            known.insert(identity, kept.len());
            kept.push(found);
        }
    }
    kept
}

fn explain(stop: Stop, loader: &Loader<'_>) -> LoadError {
    let path = |place: Place| loader.files.get(place.file).cloned().unwrap_or_default();
    match stop {
        Stop::At(place, kind) => LoadError { path: path(place), place: Some(place), kind },
        Stop::File(path, kind) => LoadError { path, place: None, kind },
        Stop::Merge { here, earlier } => {
            let earlier = (path(earlier), earlier.line, earlier.column);
            let kind = LoadErrorKind::Merge { earlier };
            LoadError { path: path(here), place: Some(here), kind }
        }
    }
}

#[cfg(test)]
mod tests;
