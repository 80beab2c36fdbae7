//! Programs that get their values through the process environment: podman-compose 1.0.3, which has no
//! `--env-file`, `docker stack deploy`, and everything that is no compose program.

use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use crate::support::project::{TestProject, stderr, stdout};
use crate::support::tools::tool;

const COMPOSE: &[u8] = b"services:\n  s:\n    image: none\n    environment:\n      SECRET_KEY: ${SECRET_KEY}\n      OTHER: ${OTHER}\n";

fn project() -> TestProject {
    let project = TestProject::with(
        "version = 1\nproject = \"p\"\n[environments.development]\ncompose = [\"compose.yml\"]\n\
         [people.ana]\nrecipients = [\"RECIPIENT\"]\nenvironments = [\"development\"]\n[keys.SECRET_KEY]\nrequired = true\n",
    );
    project.write("compose.yml", COMPOSE);
    project.set("development", "SECRET_KEY", "pa$$ ${HOME} #\"'x");
    project
}

/// A program that shows what it was given.
fn recorder(project: &TestProject, name: &str) -> PathBuf {
    let path = project.path("bin").join(name);
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    let script = "#!/bin/sh\nprintf 'arguments:'; printf ' %s' \"$@\"; printf '\\n'; env\n";
    let mut file = std::fs::File::create(&path).expect("a file");
    std::io::Write::write_all(&mut file, script.as_bytes()).expect("written");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).expect("executable");
    path
}

#[test]
fn podman_compose_1_0_3_gets_the_values_through_its_environment() {
    let Some(old) = tool("podman-compose/1.0.3/bin/podman-compose") else { return };
    let project = project();
    let output =
        project.run(["run".as_ref(), "--".as_ref(), old.as_os_str(), "--dry-run".as_ref(), "up".as_ref()]);
    let said = stdout(&output) + &stderr(&output);
    assert!(
        said.contains("SECRET_KEY=pa$$ ${HOME} #\"'x"),
        "the value is not on podman's command line: {said}"
    );
    // Its `.env` would beat the environment, so there is no way to let the sealed values win.
    project.write(".env", b"SECRET_KEY=a lie\n");
    let arguments = ["run", "--override-dotenv", "--", old.to_str().expect("text"), "--dry-run", "up"];
    let refused = project.run(arguments);
    assert_eq!(refused.status.code(), Some(125));
    assert!(
        stderr(&refused).contains(".env is a plaintext file that defines `SECRET_KEY`"),
        "{}",
        stderr(&refused)
    );
}

#[test]
fn ignored_scale_options_are_reported() {
    let project = project();
    let podman_compose = recorder(&project, "podman-compose");
    let up = |scales: &[&str]| {
        let mut arguments = vec!["run", "--", podman_compose.to_str().expect("text"), "up", "-d"];
        arguments.extend(scales);
        stderr(&project.run(arguments))
    };
    let said = up(&["--scale", "web=3", "--scale", "worker=4"]);
    assert!(
        said.contains("heeds only the last `--scale` of a command, not `web=3`: use one command for each"),
        "{said}"
    );
    let said = up(&["--scale", "web=3"]);
    assert!(
        !said.contains("heeds only the last") && said.contains("`down --remove-orphans` removes them"),
        "{said}"
    );
    assert!(!up(&[]).contains("--remove-orphans"));
}

#[test]
fn docker_stack_deploy_gets_the_values_through_its_environment_and_its_arguments_untouched() {
    let project = project();
    let docker = recorder(&project, "docker");
    let arguments =
        ["run", "--", docker.to_str().expect("text"), "stack", "deploy", "-c", "compose.yml", "senex"];
    let said = stdout(&project.run(arguments));
    assert!(said.starts_with("arguments: stack deploy -c compose.yml senex\n"), "{said}");
    assert!(said.contains("SECRET_KEY=pa$$ ${HOME} #\"'x\n"), "{said}");
}

#[test]
fn wrapper_that_clears_the_environment_is_refused_with_a_hint() {
    let project = project();
    let docker = recorder(&project, "docker");
    let docker = docker.to_str().expect("text");
    for wrapper in [&["sudo"][..], &["env", "-i"][..]] {
        let arguments =
            [&["run", "--"][..], wrapper, &[docker, "stack", "deploy", "-c", "compose.yml", "senex"][..]]
                .concat();
        let refused = project.run(arguments);
        assert_eq!(refused.status.code(), Some(125), "{wrapper:?}");
        assert!(stderr(&refused).contains("clears the environment"), "{}", stderr(&refused));
        assert!(stderr(&refused).contains("hint: "), "{}", stderr(&refused));
    }
}

#[test]
fn other_commands_get_values_over_exported_ones() {
    let project = project();
    let output = project
        .command()
        .env("SECRET_KEY", "a lie from the shell")
        .args(["run", "--", "sh", "-c", "printf %s \"$SECRET_KEY\""])
        .output()
        .expect("the program starts");
    assert_eq!(stdout(&output), "pa$$ ${HOME} #\"'x");
}

#[test]
fn a_placeholder_becomes_the_path_of_a_file_in_each_format() {
    let project = project();
    let cat = |format: &str| stdout(&project.run(["run", "--format", format, "--", "cat", "{}"]));
    assert_eq!(cat("raw"), "SECRET_KEY=pa$$ ${HOME} #\"'x\n");
    let json: serde_json::Value = serde_json::from_str(&cat("json")).expect("JSON");
    assert_eq!(json["SECRET_KEY"], "pa$$ ${HOME} #\"'x");
    assert_eq!(cat("shell"), "export SECRET_KEY='pa$$ ${HOME} #\"'\\''x'\n");
    assert!(cat("compose").starts_with("SECRET_KEY=\""));
    let part = stdout(&project.run(["run", "--", "sh", "-c", "echo $0", "--settings={}"]));
    assert!(part.starts_with("--settings=/") && part.ends_with("/env\n"), "{part}");
    let path = part.trim_start_matches("--settings=").trim_end();
    assert!(!std::path::Path::new(path).exists(), "{path} is still there");
    let useless = project.run(["run", "--format", "json", "--", "true"]);
    assert_eq!(useless.status.code(), Some(125));
}

#[test]
fn a_required_key_that_is_missing_or_empty_stops_run_before_any_identity_is_touched() {
    let project = project();
    for state in ["missing", "empty"] {
        match state {
            "missing" => drop(project.run(["unset", "-y", "SECRET_KEY"])),
            _ => project.set("development", "SECRET_KEY", ""),
        }
        let marker = project.path("started");
        let output = project
            .command()
            // An identity that cannot be read would be an error of its own, had it been touched.
            .env("SENEX_ENV_KEY_FILE", "/nonexistent")
            .env("HOME", "/nonexistent")
            .args(["run", "--", "touch", marker.to_str().expect("text")])
            .output()
            .expect("the program starts");
        let message = stderr(&output);
        assert_eq!(output.status.code(), Some(125), "{message}");
        assert!(message.contains("`development` is missing 1 of 1 required key"), "{message}");
        assert!(message.contains("SECRET_KEY  envs/senex-env.toml:8"), "{message}");
        assert!(message.contains("senex-env set -e development SECRET_KEY"), "{message}");
        assert!(!marker.exists(), "the command was started");
        let check = project.run(["check"]);
        assert_eq!(check.status.code(), Some(1));
        let said = stdout(&check);
        assert!(
            said.contains("envs/senex-env.toml:8")
                && said.contains("senex-env set -e development SECRET_KEY"),
            "{said}"
        );
    }
}
