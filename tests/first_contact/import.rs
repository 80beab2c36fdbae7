//! Which files are taken over, and what is said of those that are not.

use std::process::Command;

use super::case::hold;
use super::run::declared;
use crate::support::outcome::{refused, succeeded};
use crate::support::project::{TestProject, stderr, stdout};

const DEVELOPMENT: &str = "[environments.development]";

#[test]
fn import_refuses_invalid_values() {
    hold("14-import-takes-what-rules-forbid", |shape| {
        let project = shape.laid_out();
        declared(
            &project,
            "[environments.development]\ncompose = [\"compose.yml\"]\n[keys.WEB_PORT]\ntype = \"port\"",
        );
        let said = refused(&project.run(["import", "-y", "to-import.txt"]), 1);
        assert!(said.contains("WEB_PORT") && said.contains("--force"), "{said}");
        assert!(!project.root().join("envs/development.env").exists(), "something was sealed");
        succeeded(&project.run(["import", "-y", "--force", "to-import.txt"]));
        assert_eq!(stdout(&project.run(["get", "WEB_PORT"])), "127.0.0.1:80");
    });
}

#[test]
fn unused_parsers_cannot_block_an_import() {
    hold("15-dotenvy-has-a-veto", |shape| {
        let project = shape.laid_out();
        declared(&project, DEVELOPMENT);
        succeeded(&project.run(["import", "-n", ".env"]));
        succeeded(&project.run(["import", "-y", ".env"]));
        assert_eq!(stdout(&project.run(["get", "NAME"])), "O'Brien");
        assert_eq!(stdout(&project.run(["get", "HOSTS"])), "[\"http://es:9200\"]");
        assert_eq!(stdout(&project.run(["get", "DSN"])), "Server=db;User Id=sa");
        assert_eq!(stdout(&project.run(["get", "PEM"])), "-----BEGIN KEY-----\\nabc\\n");
    });
}

#[test]
fn utf16_file_is_reported_as_such() {
    hold("26-utf16-dotenv", |shape| {
        let project = shape.laid_out();
        let units: Vec<u16> = std::iter::once(0xfeff).chain(shape.files[0].1.encode_utf16()).collect();
        let bytes: Vec<u8> = units.iter().flat_map(|unit| unit.to_le_bytes()).collect();
        project.write(".env", &bytes);
        declared(&project, DEVELOPMENT);
        let output = project.run(["import", "-y", ".env"]);
        let said = stderr(&output);
        assert!(output.status.success() || said.contains("UTF-16"), "{said}");
        assert!(!said.contains("needs quotes"), "{said}");
    });
}

#[test]
fn fifo_does_not_block() {
    hold("27-import-waits-on-a-fifo", |shape| {
        let project = shape.laid_out();
        declared(&project, DEVELOPMENT);
        let made = Command::new("mkfifo").arg(project.root().join(".env")).status().expect("mkfifo starts");
        assert!(made.success());
        let mut command = project.hermetic("timeout");
        command.arg("10").arg(env!("CARGO_BIN_EXE_senex-env")).args(["import", ".env"]);
        let output = command.output().expect("timeout starts");
        assert_ne!(output.status.code(), Some(124), "it waits for ever");
        let said = stderr(&output);
        assert!(!output.status.success() && said.contains(".env"), "{said}");
    });
}

/// What a hook manager does to the hooks that it finds.
fn taken_over(project: &TestProject, name: &str) {
    let hooks = project.root().join(".git/hooks");
    std::fs::rename(hooks.join("pre-commit"), hooks.join(name)).expect("the hook was installed");
    let script = "#!/bin/sh\nexit 0\n";
    project.write(".git/hooks/pre-commit", script.as_bytes());
    let mut mode = Command::new("chmod");
    assert!(mode.arg("+x").arg(hooks.join("pre-commit")).status().expect("chmod starts").success());
}

#[test]
fn hook_removed_by_a_hook_manager_is_detected() {
    hold("25-hook-managers", |shape| {
        let project = shape.laid_out();
        succeeded(&project.run(["init", "-y"]));
        std::fs::remove_file(project.root().join(".env")).expect("it was there");
        project.git(["add", "-A"]);
        project.git(["commit", "-q", "-m", "sealed"]);
        taken_over(&project, "pre-commit.old");
        let check = project.run(["check"]);
        let run = project.run(["run", "--", "true"]);
        for (what, said) in [("check", stdout(&check) + &stderr(&check)), ("run", stderr(&run))] {
            assert!(said.contains("hook"), "{what} is silent: {said}");
        }
        succeeded(&project.run(["hooks", "install"]));
        project.write("leak.txt", b"hunter2hunter2");
        project.git(["add", "leak.txt"]);
        let commit =
            project.hermetic("git").args(["commit", "-q", "-m", "leak"]).output().expect("git starts");
        assert!(!commit.status.success(), "the leak was committed");
    });
}

#[test]
fn uninstall_leaves_no_blocking_hook() {
    hold("25-hook-managers/uninstall", |shape| {
        let project = shape.laid_out();
        succeeded(&project.run(["init", "-y"]));
        // `pre-commit install` keeps what it finds under this name, and runs it.
        taken_over(&project, "pre-commit.legacy");
        succeeded(&project.run(["hooks", "uninstall"]));
        assert!(!project.root().join(".git/hooks/pre-commit.legacy").exists());
    });
}

#[test]
fn other_encodings_come_with_a_command_that_converts_them() {
    let project = TestProject::empty();
    succeeded(&project.run(["identity", "new", "--no-passphrase"]));
    declared(&project, DEVELOPMENT);
    project.write("old.env", b"NAME=gr\xfcn\n");
    let said = refused(&project.run(["import", "-y", "old.env"]), 1);
    let hint = "iconv -f LATIN1 -t UTF-8 old.env | senex-env import -y -e development -";
    assert!(said.contains("Latin-1") && said.contains(hint), "{said}");
    let mut shell = project.hermetic("sh");
    let folder = std::path::Path::new(env!("CARGO_BIN_EXE_senex-env")).parent().expect("a folder");
    let path = format!("{}:{}", folder.display(), std::env::var("PATH").unwrap_or_default());
    succeeded(&shell.args(["-c", hint]).env("PATH", path).output().expect("sh starts"));
    assert_eq!(stdout(&project.run(["get", "NAME"])), "grün");
    project.write("config.json", b"{\"A\": 1}\n");
    let said = refused(&project.run(["import", "-y", "config.json"]), 1);
    assert!(said.contains("it is JSON, not an env file"), "{said}");
}

#[test]
fn a_file_of_another_environment_is_not_imported_into_the_default_one() {
    let project = TestProject::empty();
    succeeded(&project.run(["identity", "new", "--no-passphrase"]));
    declared(&project, "[environments.development]\n[environments.production]");
    for name in [".env.production", ".env.production.local", "production.env"] {
        project.write(name, b"A=1\n");
        let said = refused(&project.run(["import", "-y", name]), 2);
        assert!(said.contains("is named after `production`"), "{said}");
        assert!(!project.root().join("envs/development.env").exists(), "something was sealed");
    }
    succeeded(&project.run(["import", "-y", "-e", "production", ".env.production"]));
    succeeded(&project.run(["import", "-y", "-e", "development", ".env.production"]));
    project.write(".env.development", b"A=1\n");
    succeeded(&project.run(["import", "-y", ".env.development"]));
}
