//! Which env files a compose tool reads by itself, and how another one joins them.
//!
//! Every tool stops reading its `.env` as soon as `--env-file` is given, so whoever adds one has to hand
//! the `.env` over as well.

use std::path::{Path, PathBuf};

use super::Invocation;
use super::engine::Engine;
use super::front_end::FrontEnd;
use super::version::Version;

/// The first podman-compose with `--env-file`: 1.0.6 among the released ones, a 1.0.4 in its history.
pub(super) const FIRST_WITH_OPTION: Version = Version(1, 0, 4);

/// How a program takes env files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EnvFileSupport {
    /// Any number, each by its own `--env-file`; the last one wins (Docker Compose).
    Several,
    /// One: of several `--env-file` only the last is read, and the others are dropped silently
    /// (podman-compose). What the user gave has to be written in front of ours.
    One,
    /// None: values go through the process environment.
    No,
}

/// The env files to pass, for [`Invocation::with`].
#[derive(Debug, Clone, Copy)]
pub(crate) enum EnvFiles<'a> {
    /// With [`EnvFileSupport::Several`]: the user's in their order, then ours, which wins.
    Several {
        /// What [`Invocation::own_env_files`] found.
        theirs: &'a [PathBuf],
        /// Ours.
        ours: &'a Path,
    },
    /// With [`EnvFileSupport::One`]: ours, which begins with the text of theirs.
    One(&'a Path),
    /// With placeholders: ours, in the place of each.
    InPlace(&'a Path),
    /// The command line keeps what it has.
    Unchanged,
}

/// An env file that the invocation reads without our doing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OwnEnvFile {
    /// Its absolute path.
    pub path: PathBuf,
    /// Whether the user named it (`--env-file`, `COMPOSE_ENV_FILES`); else it is a `.env` that the tool
    /// finds by itself. A named file may be missing, a found one exists.
    pub named: bool,
}

impl Invocation {
    /// How the program takes env files.
    pub(crate) fn env_file_support(&self) -> EnvFileSupport {
        match self.front_end() {
            FrontEnd::DockerStackDeploy | FrontEnd::Other => EnvFileSupport::No,
            FrontEnd::PodmanCompose { .. }
            | FrontEnd::DockerComposeV2
            | FrontEnd::DockerComposeV1
            | FrontEnd::PodmanComposePlugin { .. } => match self.front_end().engine() {
                Some(Engine::DockerCompose) => EnvFileSupport::Several,
                Some(Engine::PodmanCompose(Some(version))) if version < FIRST_WITH_OPTION => {
                    EnvFileSupport::No
                }
                // One file is understood by every provider of `podman compose`.
                Some(Engine::PodmanCompose(_) | Engine::DockerComposeV1) | None => EnvFileSupport::One,
            },
        }
    }

    /// The plaintext env files that the program would read by itself, the weakest first. `add_files` are
    /// the compose files that will be added: they move the project's directory, and with it the `.env`.
    pub(crate) fn own_env_files(&self, add_files: &[PathBuf]) -> Vec<OwnEnvFile> {
        let files: Vec<&Path> = if self.gives_files() || add_files.is_empty() {
            self.files().iter().map(|file| file.given.as_path()).collect()
        } else {
            add_files.iter().map(PathBuf::as_path).collect()
        };
        let first = files.first().map(|file| self.cwd().join(file));
        match self.front_end() {
            FrontEnd::DockerStackDeploy | FrontEnd::Other => Vec::new(),
            FrontEnd::PodmanCompose { .. }
            | FrontEnd::DockerComposeV2
            | FrontEnd::DockerComposeV1
            | FrontEnd::PodmanComposePlugin { .. } => match self.front_end().engine() {
                Some(Engine::PodmanCompose(version)) => self.of_podman_compose(version, first.as_deref()),
                Some(Engine::DockerComposeV1) => self.of_docker_compose_v1(first.as_deref()),
                Some(Engine::DockerCompose) | None => {
                    let added = !self.gives_files() && !add_files.is_empty();
                    self.of_docker_compose(first.as_deref(), added)
                }
            },
        }
    }

    /// `--env-file` in full, else `COMPOSE_ENV_FILES`, else `.env` in the project's directory. Without
    /// `-f`, Docker Compose looks twice: in the working directory, then where it found the compose file,
    /// for what is still unset (`ToProject` in its `cmd/compose/compose.go`).
    fn of_docker_compose(&self, first: Option<&Path>, added: bool) -> Vec<OwnEnvFile> {
        if !self.env_files().is_empty() {
            return self.env_files().iter().map(|file| named(self.cwd().join(file))).collect();
        }
        if self.dot_env_disabled {
            return Vec::new();
        }
        let beside = |file: &Path| file.parent().map(Path::to_owned);
        let folders = match (self.project_directory(), first) {
            (Some(folder), _) => vec![self.cwd().join(folder)],
            (None, Some(file)) if self.gives_files() || added => beside(file).into_iter().collect(),
            (None, Some(file)) => beside(file).into_iter().chain([self.cwd().to_owned()]).collect(),
            (None, None) if self.gives_files() => vec![self.cwd().to_owned()],
            (None, None) => {
                let found = self.found_files().map(|found| found.folder);
                found.into_iter().chain([self.cwd().to_owned()]).collect()
            }
        };
        found(folders)
    }

    fn of_docker_compose_v1(&self, first: Option<&Path>) -> Vec<OwnEnvFile> {
        if let Some(last) = self.env_files().last().filter(|last| !last.as_os_str().is_empty()) {
            return vec![named(self.cwd().join(last))];
        }
        let folder = self.project_directory().map(|folder| self.cwd().join(folder));
        let folder = folder.or_else(|| first?.parent().map(Path::to_owned));
        found([folder.unwrap_or_else(|| self.cwd().to_owned())])
    }

    /// The last `--env-file`, else `.env`: until 1.0.x beside the first compose file, in 1.1.x in the
    /// working directory, since 1.2.0 both, the working directory's winning. A literal `--env-file .env`
    /// is the default spelled out.
    fn of_podman_compose(&self, version: Option<Version>, first: Option<&Path>) -> Vec<OwnEnvFile> {
        let before = |minor| version.is_some_and(|version| version < Version(1, minor, 0));
        let follows_links = before(3);
        let first = match first.and_then(|file| file.canonicalize().ok()) {
            Some(real) if follows_links => Some(real),
            _ => first.map(Path::to_owned),
        };
        let beside = first.as_deref().and_then(Path::parent).unwrap_or(self.cwd()).to_owned();
        match self.env_files().last() {
            Some(last) if last.as_os_str().is_empty() => return Vec::new(),
            Some(last) if last != Path::new(".env") => {
                let base = if before(1) { &beside } else { self.cwd() };
                return vec![named(base.join(last))];
            }
            _ => {}
        }
        if before(1) {
            return found([beside]);
        }
        if before(2) { found([self.cwd().to_owned()]) } else { found([beside, self.cwd().to_owned()]) }
    }
}

fn named(path: PathBuf) -> OwnEnvFile {
    OwnEnvFile { path, named: true }
}

/// The `.env` files in `folders`; one that stands there twice counts where it is stronger.
fn found(folders: impl IntoIterator<Item = PathBuf>) -> Vec<OwnEnvFile> {
    let mut paths: Vec<PathBuf> = Vec::new();
    for folder in folders {
        let path = folder.canonicalize().unwrap_or(folder).join(".env");
        if path.is_file() {
            paths.retain(|before| *before != path);
            paths.push(path);
        }
    }
    paths.into_iter().map(|path| OwnEnvFile { path, named: false }).collect()
}
