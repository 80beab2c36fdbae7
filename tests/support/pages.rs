//! Commands that stand in Markdown, run as they stand there.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use super::project::{TestProject, stderr, stdout};

/// The top of the repository.
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// A file of the repository.
pub fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The README and every page of `docs`, by their paths.
pub fn pages() -> Vec<String> {
    let folder = std::fs::read_dir(root().join("docs")).expect("a folder").flatten();
    let names = folder.map(|entry| entry.file_name().into_string().expect("text"));
    let mut pages: Vec<String> =
        names.filter(|name| name.ends_with(".md")).map(|name| format!("docs/{name}")).collect();
    pages.push("README.md".to_owned());
    pages.sort();
    pages
}

/// Holds a file against what the program makes of it. With `SENEX_ENV_WRITE_DOCS=1` it is written instead.
#[track_caller]
pub fn written_or_equal(path: &Path, expected: &str) {
    if std::env::var_os("SENEX_ENV_WRITE_DOCS").is_some() {
        senex_env::testing::file::replace(path, expected.as_bytes(), 0o644).expect("written");
    }
    let known = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        known == expected,
        "{} is not what the program says; `SENEX_ENV_WRITE_DOCS=1 cargo test --test integration` writes it:\n{expected}",
        path.display()
    );
}

/// The fenced blocks of a kind, with the heading they stand under.
pub fn blocks(page: &str, kind: &str) -> Vec<(String, String)> {
    let mut blocks = Vec::new();
    let (mut heading, mut open): (String, Option<String>) = (String::new(), None);
    let mut other = false;
    for line in page.lines() {
        match &mut open {
            None if other => other = line != "```",
            None if line.starts_with('#') => heading = line.trim_start_matches(['#', ' ']).to_owned(),
            None if line == format!("```{kind}") => open = Some(String::new()),
            None if line.starts_with("```") => other = true,
            Some(text) if line == "```" => {
                blocks.push((heading.clone(), std::mem::take(text)));
                open = None;
            }
            Some(text) => {
                text.push_str(line);
                text.push('\n');
            }
            None => {}
        }
    }
    blocks
}

/// A program that stands in for what is not ours: a script of the shell.
pub fn stand_in(project: &TestProject, name: &str, script: &str) {
    let path = project.path("programs").join(name);
    let text = format!("#!/bin/sh\n{script}\n");
    senex_env::testing::file::replace(&path, text.as_bytes(), 0o755)
        .or_else(|_| senex_env::testing::file::create(&path, text.as_bytes(), 0o755))
        .expect("written");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).expect("a mode");
}

/// Runs a script in the repository, as a shell does that stops at the first failure.
pub fn run(project: &TestProject, script: &str, variables: &[(&str, &Path)]) {
    for name in ["podman-compose", "python3"] {
        if !project.path("programs").join(name).exists() {
            stand_in(project, name, "exit 0");
        }
    }
    let senex = Path::new(env!("CARGO_BIN_EXE_senex-env")).parent().expect("a folder");
    let path = std::env::var("PATH").unwrap_or_default();
    let output = project
        .hermetic("sh")
        .args(["-e", "-c", script])
        .env("PATH", format!("{}:{}:{path}", project.path("programs").display(), senex.display()))
        .env("NEW_PASSWORD", "another made-up password")
        .envs(variables.iter().copied())
        .stdin(Stdio::null())
        .output()
        .expect("sh starts");
    assert!(output.status.success(), "{script}\n{}{}", stdout(&output), stderr(&output));
}
