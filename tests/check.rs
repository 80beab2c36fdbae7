//! `check`: what is missing, told without any identity, with the place that asks for it.

use crate::support::compose::strategy;
use crate::support::project::{TestProject, stdout};

/// The strategy's three files to the letter, and the project file that `init` makes of them.
fn strategy_project() -> TestProject {
    let project = TestProject::empty();
    for name in ["docker-compose.yml", "docker-compose.dev.yml", "docker-compose.prod.yml"] {
        project.write(name, &std::fs::read(strategy().join(name)).expect("a fixture"));
    }
    assert!(project.run(["identity", "new", "--no-passphrase"]).status.success());
    assert!(project.run(["init", "--project", "senex-trader", "--person", "ana"]).status.success());
    project
}

fn check(project: &TestProject, arguments: &[&str]) -> (Option<i32>, String) {
    let output = project
        .command()
        // No identity is needed, nor looked for.
        .env("HOME", "/nonexistent")
        .arg("check")
        .args(arguments)
        .output()
        .expect("the program starts");
    (output.status.code(), stdout(&output))
}

#[test]
fn init_declares_every_variable_of_the_compose_files() {
    let project = strategy_project();
    let file = project.read("envs/senex-env.toml");
    assert!(file.contains("compose = [\"docker-compose.yml\", \"docker-compose.prod.yml\"]"), "{file}");
    let shipped = include_str!("../envs/senex-env.toml");
    let declared = |text: &str| {
        let mut keys: Vec<String> = text
            .lines()
            .filter_map(|line| Some(line.strip_prefix("[keys.")?.trim_end_matches(']').to_owned()))
            .collect();
        keys.retain(|key| !key.contains('.'));
        keys.sort();
        keys
    };
    // The shipped file also has the one key that the strategy's own files do not name.
    let shipped: Vec<String> =
        declared(shipped).into_iter().filter(|key| key != "SECRET_KEY_FALLBACKS").collect();
    assert_eq!(declared(&file), shipped);
    // What is required, and what may be read, as the shipped file has it.
    for key in ["SECRET_KEY", "FIELD_ENCRYPTION_KEY", "DB_PASSWORD", "TASTYTRADE_CLIENT_SECRET"] {
        let section = file.split(&format!("[keys.{key}]\n")).nth(1).expect("declared");
        let section = section.split('[').next().expect("a section").to_owned() + section;
        assert!(section.starts_with("required = "), "{key}");
    }
    assert!(file.contains("[keys.ALLOWED_HOSTS]\nrequired = [\"production\"]\nsecret = false\n"), "{file}");
}

#[test]
fn the_strategy_files_are_seen_through() {
    let project = strategy_project();
    let (code, said) = check(&project, &[]);
    assert_eq!(code, Some(1));
    for expected in [
        // podman-compose cannot merge an unquoted boolean over a string.
        "error: development: podman-compose cannot merge this with the value at",
        "--> docker-compose.dev.yml:44:28",
        "--> docker-compose.prod.yml:28:28",
        // A container name and replicas.
        "production: `web` has a container name and several replicas: docker compose refuses it [container-name]",
        "--> docker-compose.prod.yml:16:21",
        // Secrets in git.
        "development: `SECRET_KEY` is written in the compose file in the clear, for `web`, `celery_worker` and `celery_beat` [literal-secret]",
        "--> docker-compose.dev.yml:25:7",
        "production: `TASTYTRADE_CLIENT_SECRET` is required and missing [missing]",
    ] {
        assert!(said.contains(expected), "{expected} is not in\n{said}");
    }
}

#[test]
fn a_production_file_that_lacks_two_keys_is_told_by_key_and_place() {
    let project = strategy_project();
    for key in [
        "SECRET_KEY",
        "FIELD_ENCRYPTION_KEY",
        "WS_ALLOWED_ORIGINS",
        "APP_BASE_URL",
        "TASTYTRADE_CLIENT_ID",
        "TASTYTRADE_CLIENT_SECRET",
    ] {
        project.set("production", key, "x");
    }
    let (code, said) = check(&project, &["-e", "production", "--json"]);
    assert_eq!(code, Some(1));
    let findings: serde_json::Value = serde_json::from_str(&said).expect("JSON");
    let missing: Vec<&str> = findings
        .as_array()
        .expect("a list")
        .iter()
        .filter(|finding| finding["kind"] == "missing")
        .map(|finding| finding["key"].as_str().expect("a key"))
        .collect();
    assert_eq!(missing, ["DB_PASSWORD", "ALLOWED_HOSTS"]);
    for finding in findings.as_array().expect("a list").iter().filter(|finding| finding["kind"] == "missing")
    {
        assert!(finding["place"].as_str().expect("a place").starts_with("envs/senex-env.toml:"));
        assert!(finding["fix"].as_str().expect("a fix").starts_with("senex-env set -e production "));
    }
}

#[test]
fn a_lint_is_switched_off_by_its_name() {
    let project = strategy_project();
    let before = check(&project, &["-e", "development"]).1;
    assert!(before.contains("[literal-secret]"), "{before}");
    let file = project.read("envs/senex-env.toml");
    project.write("envs/senex-env.toml", format!("{file}\n[lints]\nliteral-secret = \"off\"\n").as_bytes());
    let after = check(&project, &["-e", "development"]).1;
    assert!(!after.contains("[literal-secret]"), "{after}");
    project.write("envs/senex-env.toml", format!("{file}\n[lints]\nliteral-secrets = \"off\"\n").as_bytes());
    let refused = project.run(["check"]);
    assert_eq!(refused.status.code(), Some(3));
}

#[test]
fn the_shipped_environments_have_no_error() {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_senex-env"))
        .arg("check")
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("the program starts");
    let said = stdout(&output);
    assert!(output.status.success(), "{said}");
    assert!(!said.contains("error:"), "{said}");
}
