//! The program behind `podman compose`.
//!
//! podman looks for it as `cmd/podman/compose.go` of podman 4.7 and later does: the variable
//! `PODMAN_COMPOSE_PROVIDER`, else `compose_providers` of `containers.conf`, whose default begins with
//! Docker's plugin folders and ends with `podman-compose`.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use super::engine::{Engine, is_python};
use super::starter::Starter;
use super::variables::View;
use super::version;

const DEFAULTS: &[&str] = &[
    "$HOME/.docker/cli-plugins/docker-compose",
    "/opt/homebrew/lib/docker/cli-plugins/docker-compose",
    "/usr/local/lib/docker/cli-plugins/docker-compose",
    "/usr/local/libexec/docker/cli-plugins/docker-compose",
    "/usr/lib/docker/cli-plugins/docker-compose",
    "/usr/libexec/docker/cli-plugins/docker-compose",
    "docker-compose",
    "podman-compose",
];

/// The provider that podman would choose, if it is one we know.
pub(super) fn find(view: &View<'_>) -> Option<Engine> {
    let found = match view.get("PODMAN_COMPOSE_PROVIDER") {
        Some(chosen) => view.program(&chosen),
        None => configured(view)
            .unwrap_or_else(|| DEFAULTS.iter().map(OsString::from).collect())
            .iter()
            .find_map(|candidate| view.program(&expand_home(candidate, view))),
    };
    engine(&found?)
}

fn expand_home(candidate: &OsStr, view: &View<'_>) -> OsString {
    match candidate.to_str().and_then(|text| text.strip_prefix("$HOME/")) {
        Some(rest) => view.get("HOME").map_or_else(PathBuf::new, PathBuf::from).join(rest).into(),
        None => candidate.to_owned(),
    }
}

fn engine(program: &Path) -> Option<Engine> {
    match Starter::of(program.file_name()?.to_str()?)? {
        Starter::PodmanCompose => Some(Engine::PodmanCompose(version::of_script(program))),
        Starter::DockerCompose if is_python(program) => Some(Engine::DockerComposeV1),
        Starter::DockerCompose => Some(Engine::DockerCompose),
        Starter::Docker | Starter::Podman => None,
    }
}

/// `compose_providers` of the first `containers.conf` that names some: the user's wins.
fn configured(view: &View<'_>) -> Option<Vec<OsString>> {
    let user = view.get("XDG_CONFIG_HOME").map(PathBuf::from);
    let user = user.or_else(|| Some(PathBuf::from(view.get("HOME")?).join(".config")));
    let user = user.map(|folder| folder.join("containers/containers.conf"));
    let system = ["/etc/containers/containers.conf", "/usr/share/containers/containers.conf"];
    user.into_iter().chain(system.map(PathBuf::from)).find_map(|path| {
        let text = std::fs::read_to_string(path).ok()?;
        let document: toml_edit::DocumentMut = text.parse().ok()?;
        let listed = document.get("engine")?.get("compose_providers")?.as_array()?;
        Some(listed.iter().filter_map(|item| item.as_str()).map(OsString::from).collect())
    })
}
