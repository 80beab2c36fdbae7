//! The compose files that a tool finds by itself, where neither `-f` nor `COMPOSE_FILE` names any.

use std::path::{Path, PathBuf};

use super::Invocation;
use super::engine::Engine;

/// What a tool found by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    /// Where.
    pub folder: PathBuf,
    /// The files, absolute, in the order in which they are merged.
    pub files: Vec<PathBuf>,
}

/// `DefaultFileNames` of compose-go: the first that is there.
const DOCKER: [&str; 4] = ["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"];
/// `DefaultOverrideFileNames`: the first that is there beside it.
const DOCKER_OVERRIDES: [&str; 4] = [
    "compose.override.yml",
    "compose.override.yaml",
    "docker-compose.override.yml",
    "docker-compose.override.yaml",
];
/// `SUPPORTED_FILENAMES` of docker-compose 1.29.2.
const DOCKER_V1: [&str; 4] = ["docker-compose.yml", "docker-compose.yaml", "compose.yml", "compose.yaml"];
/// `DEFAULT_OVERRIDE_FILENAMES` of docker-compose 1.29.2.
const DOCKER_V1_OVERRIDES: [&str; 4] = [
    "docker-compose.override.yml",
    "docker-compose.override.yaml",
    "compose.override.yml",
    "compose.override.yaml",
];
/// `COMPOSE_DEFAULT_LS` of podman-compose, the same from 1.0.3 to 1.6.0: all that are there.
const PODMAN: [&str; 14] = [
    "compose.yaml",
    "compose.yml",
    "compose.override.yaml",
    "compose.override.yml",
    "podman-compose.yaml",
    "podman-compose.yml",
    "docker-compose.yml",
    "docker-compose.yaml",
    "docker-compose.override.yml",
    "docker-compose.override.yaml",
    "container-compose.yml",
    "container-compose.yaml",
    "container-compose.override.yml",
    "container-compose.override.yaml",
];

impl Invocation {
    /// What the program would load, did nobody name a file.
    pub(crate) fn found_files(&self) -> Option<Found> {
        let start = match self.project_directory() {
            Some(folder) => self.cwd().join(folder),
            None => self.cwd().to_owned(),
        };
        let start = start.canonicalize().unwrap_or(start);
        let folders = if self.looks_above() { start.ancestors().collect() } else { vec![start.as_path()] };
        folders.into_iter().find_map(|folder| {
            let files = self.found_in(folder);
            (!files.is_empty()).then(|| Found { folder: folder.to_owned(), files })
        })
    }

    /// What the program would load, were it started in this folder.
    pub(crate) fn found_in(&self, folder: &Path) -> Vec<PathBuf> {
        let there = |names: &[&str]| -> Vec<PathBuf> {
            names.iter().map(|name| folder.join(name)).filter(|path| path.is_file()).collect()
        };
        let (bases, overrides) = match self.front_end().engine() {
            Some(Engine::PodmanCompose(_)) => return there(&PODMAN),
            Some(Engine::DockerComposeV1) => (there(&DOCKER_V1), there(&DOCKER_V1_OVERRIDES)),
            Some(Engine::DockerCompose) | None => (there(&DOCKER), there(&DOCKER_OVERRIDES)),
        };
        match bases.into_iter().next() {
            Some(base) => std::iter::once(base).chain(overrides.into_iter().next()).collect(),
            None => Vec::new(),
        }
    }

    /// Docker Compose goes up to the first folder with a compose file.
    fn looks_above(&self) -> bool {
        match self.front_end().engine() {
            Some(Engine::PodmanCompose(_)) => false,
            Some(Engine::DockerCompose | Engine::DockerComposeV1) | None => true,
        }
    }

    /// `COMPOSE_FILE` in an env file counts for it as in the process environment; podman-compose looks only
    /// there.
    pub(crate) fn heeds_compose_file_in_env_files(&self) -> bool {
        match self.front_end().engine() {
            Some(Engine::DockerCompose | Engine::DockerComposeV1) => true,
            Some(Engine::PodmanCompose(_)) | None => false,
        }
    }

    /// The subcommand takes containers or volumes away.
    pub(crate) fn is_destructive(&self) -> bool {
        self.subcommand().is_some_and(|command| command == "down" || command == "rm")
    }
}

/// Whether a tool adds this file by itself to the one beside it.
pub(crate) fn is_override(path: &Path) -> bool {
    path.file_name().is_some_and(|name| {
        let known = DOCKER_OVERRIDES.iter().chain(&PODMAN);
        known.filter(|known| known.contains(".override.")).any(|known| name == *known)
    })
}
