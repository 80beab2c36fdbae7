//! Commands that stand in Markdown, run as they stand there.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Stdio;

use super::project::{TestProject, stderr, stdout};

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
