//! Which service reads which secret: the one whose `environment` holds the path `/run/secrets/<KEY>`.

use std::path::{Path, PathBuf};

use crate::compose::Tool;
use crate::compose::model::{Project as Compose, Request};
use crate::desk::Session;
use crate::error::{self, Error};
use crate::name::KeyName;
use crate::plaintext::{Reader, file_values};
use crate::push::Mount;

/// Where engines put the secrets of a container.
const FOLDER: &str = "/run/secrets/";

/// Reads the compose files as podman-compose does, but for the one that is about to be written; nothing outside of
/// `bounds`.
pub(super) fn read(
    files: Vec<PathBuf>,
    bounds: &[PathBuf],
    output: Option<&Path>,
    session: &Session<'_>,
) -> Result<Vec<Mount>, Error> {
    let output = output.map(|path| session.context.directory.join(path));
    let is_output = |path: &Path| match &output {
        Some(output) => {
            path == output || path.canonicalize().ok() == output.canonicalize().ok() && path.exists()
        }
        None => false,
    };
    let files: Vec<PathBuf> = files.into_iter().filter(|path| !is_output(path)).collect();
    if files.is_empty() {
        return Err(Error::usage("no compose file given, so it is unknown which services read the secrets")
            .hint("`-f FILE` adds one, as does `compose = […]` in the project file"));
    }
    let compose = Compose::load(&Request {
        tool: Tool::PodmanCompose,
        files: &files,
        bounds,
        project_directory: None,
        project_name: None,
        lookup: &|_| Some("set"),
        is_stand_in: &|_| true,
        env_file: &|path| file_values(Reader::Compose, path),
    })
    .map_err(|error| error::compose(Tool::PodmanCompose, error, &session.context.directory))?;
    let mut mounts = Vec::new();
    for service in &compose.services {
        for entry in &service.environment {
            let path = entry.value.as_ref().map_or("", |value| value.expose());
            if let Some(key) = path.strip_prefix(FOLDER).and_then(|name| KeyName::new(name).ok()) {
                mounts.push(Mount { service: service.name.clone(), key });
            }
        }
    }
    if mounts.is_empty() {
        session.ui.warning(format!(
            "no service of the compose files reads a secret: none has a setting like `KEY_FILE: {FOLDER}KEY`"
        ));
    }
    Ok(mounts)
}
