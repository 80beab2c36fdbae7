//! The compose tool that a project uses, as far as its own files tell, and where they do not, this machine.

use std::path::{Path, PathBuf};

use crate::compose::{Only, Tool};
use crate::file;
use crate::project::Project;
use crate::run;

/// A file that calls something is never larger, in bytes.
const LARGEST: u64 = 256 * 1024;

/// The one tool that counts in `check`; `None` where both do.
pub(super) fn tools(root: &Path) -> Option<Only> {
    let texts: Vec<String> = callers(root)
        .into_iter()
        .filter_map(|path| file::read_regular(&path, LARGEST).ok())
        .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
        .collect();
    Tool::only(&texts, &is_installed)
}

/// Folders of which every file starts things: scripts, and what a CI service runs.
const STARTING: [&str; 7] = [
    "bin",
    "script",
    "scripts",
    ".github/workflows",
    ".gitea/workflows",
    ".forgejo/workflows",
    ".woodpecker",
];
/// Files that start things, or tell people how to, in other folders.
const NAMES: [&str; 17] = [
    "Makefile",
    "makefile",
    "GNUmakefile",
    "justfile",
    "Justfile",
    ".justfile",
    "package.json",
    "pyproject.toml",
    "mise.toml",
    "Jenkinsfile",
    ".gitlab-ci.yml",
    ".travis.yml",
    ".drone.yml",
    ".woodpecker.yml",
    ".circleci/config.yml",
    "azure-pipelines.yml",
    "bitbucket-pipelines.yml",
];
/// How names of others of them begin and end.
const BEGINNINGS: [&str; 4] = ["Taskfile.", "README", "CONTRIBUTING", "INSTALL"];
const ENDS: [&str; 3] = [".sh", ".mk", ".service"];

/// Files in which a project calls its tools, or says how they are called.
fn callers(root: &Path) -> Vec<PathBuf> {
    let paths = |folder: &str| {
        let entries = std::fs::read_dir(root.join(folder)).into_iter().flatten().flatten();
        entries.map(|entry| entry.path()).collect::<Vec<_>>()
    };
    let is_caller = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        BEGINNINGS.iter().any(|beginning| name.starts_with(beginning))
            || ENDS.iter().any(|end| name.ends_with(end))
    };
    let mut found: Vec<PathBuf> = NAMES.iter().map(|name| root.join(name)).collect();
    found.extend(["", "docs", "deploy"].into_iter().flat_map(paths).filter(is_caller));
    found.extend(STARTING.into_iter().flat_map(paths));
    found.retain(|path| file::is_below(path, Project::repository_of(root)));
    found
}

fn is_installed(tool: Tool) -> bool {
    let programs: &[&str] = match tool {
        Tool::DockerCompose => &["docker", "docker-compose"],
        Tool::PodmanCompose => &["podman-compose"],
    };
    programs.iter().any(|program| run::find_program(program).is_some())
}
