//! The compose tool that a project uses, as far as its scripts and this machine tell.

use std::path::{Path, PathBuf};

use crate::compose::Tool;
use crate::file;
use crate::run;

/// A script is never larger, in bytes.
const LARGEST: u64 = 256 * 1024;

/// The one tool that counts in `check`; `None` where both do.
pub(super) fn tools(root: &Path) -> Option<Tool> {
    let texts: Vec<String> = scripts(root)
        .into_iter()
        .filter_map(|path| file::read_regular(&path, LARGEST).ok())
        .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
        .collect();
    match Tool::used(&texts, &is_installed).as_slice() {
        [only] => Some(*only),
        _ => None,
    }
}

/// Files that start things.
fn scripts(root: &Path) -> Vec<PathBuf> {
    const NAMES: [&str; 6] = ["Makefile", "makefile", "GNUmakefile", "justfile", "Justfile", "package.json"];
    let folders = ["", "scripts", "bin", ".github/workflows"].map(|folder| root.join(folder));
    let entries = folders.iter().flat_map(|folder| std::fs::read_dir(folder).into_iter().flatten().flatten());
    let is_script = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let is_workflow = path.parent().is_some_and(|folder| folder.ends_with("workflows"));
        NAMES.contains(&name.as_ref())
            || name.ends_with(".sh")
            || name.starts_with("Taskfile.")
            || is_workflow && (name.ends_with(".yml") || name.ends_with(".yaml"))
    };
    let mut found: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(is_script).collect();
    found.sort();
    found
}

fn is_installed(tool: Tool) -> bool {
    let programs: &[&str] = match tool {
        Tool::DockerCompose => &["docker", "docker-compose"],
        Tool::PodmanCompose => &["podman-compose"],
    };
    programs.iter().any(|program| run::find_program(program).is_some())
}
