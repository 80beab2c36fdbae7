//! Which podman-compose this is, found beside the program where possible: starting it costs a third of a
//! second.

use std::ffi::OsStr;
use std::io::Read;
use std::path::{Path, PathBuf};

use crate::program::Program;

/// A version of podman-compose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Version(pub u32, pub u32, pub u32);

impl Version {
    /// The numbers at the beginning of a text; what follows them (`.dev1`, `rc2`) is ignored.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('.').map(|part| {
            let digits = part.find(|c: char| !c.is_ascii_digit()).unwrap_or(part.len());
            part[..digits].parse().ok()
        });
        let (major, minor) = (parts.next()??, parts.next()??);
        Some(Self(major, minor, parts.next().flatten().unwrap_or(0)))
    }
}

/// How much of a script is read: the whole of podman-compose as a single file is 200 KB.
const SCRIPT: u64 = 1 << 20;

/// The version of the podman-compose at `program`: from the package installed beside it, else from its
/// own text, else from its interpreter's packages, else by asking it.
pub(super) fn of_script(program: &Path) -> Option<Version> {
    let text = beginning(program).unwrap_or_default();
    installed(&program.canonicalize().ok()?)
        .or_else(|| assigned(&text))
        .or_else(|| installed(&interpreter(&text)?))
        .or_else(|| installed(program))
        .or_else(|| ask(Program::probe(program).args(["--version"])))
}

/// The version of the module that `python -m podman_compose` runs.
pub(super) fn of_module(python: &Path) -> Option<Version> {
    installed(python).or_else(|| ask(Program::probe(python).args(["-m", "podman_compose", "--version"])))
}

fn beginning(program: &Path) -> Option<String> {
    let mut bytes = Vec::new();
    std::fs::File::open(program).ok()?.take(SCRIPT).read_to_end(&mut bytes).ok()?;
    bytes.starts_with(b"#!").then(|| String::from_utf8_lossy(&bytes).into_owned())
}

/// The Python that the first line names, if by its path.
fn interpreter(text: &str) -> Option<PathBuf> {
    let line = text.lines().next()?.strip_prefix("#!")?.trim();
    let program = Path::new(line.split_whitespace().next()?);
    starts(program.file_name()?, "python").then(|| program.to_owned())
}

/// The one version that the package folders under a program's prefix speak of; none when two differ.
fn installed(program: &Path) -> Option<Version> {
    let folders = packages(program.parent()?.parent()?);
    let mut versions = folders.iter().filter_map(|folder| in_packages(folder));
    let first = versions.next()?;
    versions.all(|other| other == first).then_some(first)
}

/// `lib/python3*/{site,dist}-packages` under a prefix; Debian's packages lie in `lib/python3`.
fn packages(prefix: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(prefix.join("lib")) else { return Vec::new() };
    let pythons = entries.flatten().filter(|entry| starts(&entry.file_name(), "python3"));
    pythons.flat_map(|p| ["site-packages", "dist-packages"].map(|name| p.path().join(name))).collect()
}

fn in_packages(folder: &Path) -> Option<Version> {
    let mut entries = std::fs::read_dir(folder).ok()?.flatten();
    entries.find_map(|entry| {
        let name = entry.file_name();
        let rest = name.to_str()?.strip_prefix("podman_compose-")?;
        (rest.ends_with(".dist-info") || rest.ends_with(".egg-info")).then(|| Version::parse(rest))?
    })
}

fn starts(name: &OsStr, with: &str) -> bool {
    name.to_str().is_some_and(|name| name.starts_with(with))
}

/// `__version__ = "1.6.0"` in podman-compose as a single file.
fn assigned(text: &str) -> Option<Version> {
    let line = text.lines().find_map(|line| line.strip_prefix("__version__"))?;
    Version::parse(line.trim_start_matches([' ', '=']).trim_start_matches(['"', '\'']))
}

/// Starts the program and reads `podman-compose version 1.6.0` (1.0.3 says `podman-composer version`).
fn ask(program: Program) -> Option<Version> {
    said(&program.answer()?)
}

fn said(text: &str) -> Option<Version> {
    let rest = text.lines().find_map(|line| line.strip_prefix("podman-compose"))?;
    let number = rest.find(|c: char| c.is_ascii_digit())?;
    Version::parse(&rest[number..])
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    fn file(path: &Path, text: &str) {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::io::Write::write_all(&mut std::fs::File::create(path).unwrap(), text.as_bytes()).unwrap();
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
    }

    #[test]
    fn versions_are_read_as_python_writes_them() {
        for (text, version) in [
            ("1.6.0", Some(Version(1, 6, 0))),
            ("1.0.7.dev1", Some(Version(1, 0, 7))),
            ("1.2rc1", Some(Version(1, 2, 0))),
            ("2.0", Some(Version(2, 0, 0))),
            ("1", None),
            ("", None),
            ("x.y", None),
            ("99999999999.1", None),
        ] {
            assert_eq!(Version::parse(text), version, "{text}");
        }
    }

    #[test]
    fn version_output_is_parsed() {
        for text in [
            "podman-compose version 1.0.6\npodman version 4.3.1",
            "podman-compose version: 1.0.6\nusing podman version: 4.3.1",
            "podman-composer version  1.0.6",
        ] {
            assert_eq!(said(text), Some(Version(1, 0, 6)), "{text}");
        }
        assert_eq!(said("podman version 4.3.1"), None);
    }

    #[test]
    fn version_comes_from_the_package_beside_the_program() {
        let folder = tempfile::tempdir().unwrap();
        let venv = folder.path().join("venv");
        file(&venv.join("bin/podman-compose"), "#!/nowhere/bin/python3\nimport sys\n");
        file(&venv.join("lib/python3.11/site-packages/podman_compose-1.1.0.dist-info/METADATA"), "");
        assert_eq!(of_script(&venv.join("bin/podman-compose")), Some(Version(1, 1, 0)));
        assert_eq!(of_module(&venv.join("bin/python3")), Some(Version(1, 1, 0)));
    }

    #[test]
    fn version_comes_from_the_package_beside_the_interpreter() {
        let folder = tempfile::tempdir().unwrap();
        let prefix = folder.path().join("usr");
        let program = folder.path().join("bin/podman-compose");
        file(&program, &format!("#!{}\n", prefix.join("bin/python3").display()));
        file(&prefix.join("lib/python3/dist-packages/podman_compose-1.0.3.egg-info/PKG-INFO"), "");
        assert_eq!(of_script(&program), Some(Version(1, 0, 3)));
    }

    #[test]
    fn version_is_found_through_a_link() {
        let folder = tempfile::tempdir().unwrap();
        let cellar = folder.path().join("cellar");
        file(&cellar.join("bin/podman-compose"), "#!/usr/bin/python3\n");
        file(&cellar.join("lib/python3.13/site-packages/podman_compose-1.5.0.dist-info/METADATA"), "");
        let link = folder.path().join("podman-compose");
        std::os::unix::fs::symlink(cellar.join("bin/podman-compose"), &link).unwrap();
        assert_eq!(of_script(&link), Some(Version(1, 5, 0)));
    }

    #[test]
    fn version_comes_from_a_single_file_script() {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("x/bin/podman_compose.py");
        file(&program, "#!/usr/bin/env python3\n__version__ = \"1.4.1\"\n");
        assert_eq!(of_script(&program), Some(Version(1, 4, 1)));
    }

    #[test]
    fn version_falls_back_to_running_the_program() {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("x/shims/podman-compose");
        file(&program, "#!/bin/sh\n[ \"$1\" = --version ] && echo podman-compose version 1.2.0\n");
        assert_eq!(of_script(&program), Some(Version(1, 2, 0)));
        assert_eq!(of_script(&folder.path().join("missing")), None);
    }
}
