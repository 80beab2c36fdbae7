//! `run` changes neither which files are loaded nor which variables arrive, but for those that are sealed.

use super::expected::hold;
use super::working_state::{docker, plain, plain_with, run_config, start, tools};
use crate::support::outcome::succeeded;
use crate::support::project::{TestProject, stderr, stdout};

#[test]
fn an_exported_variable_without_a_sealed_value_counts() {
    hold("02-exported-tag-is-dropped", |shape| {
        let project = shape.laid_out();
        start(&project);
        for tool in tools() {
            let mut command = project.command();
            command.args(["run", "--"]).arg(&tool.program).arg("config").env("TAG", "abc123");
            let output = command.output().expect("the program starts");
            assert!(succeeded(&output).contains("registry.example.com/app:abc123"), "{}", stdout(&output));
            // Nothing was held back, so nothing is said of it.
            assert!(!stderr(&output).contains("TAG"), "{}", stderr(&output));
        }
    });
}

#[test]
fn variables_of_the_shell_are_the_shells() {
    const SHELL: [(&str, &str); 7] = [
        ("PWD", "/somewhere"),
        ("UID", "1000"),
        ("GID", "1000"),
        ("DISPLAY", ":0"),
        ("SSH_AUTH_SOCK", "/run/agent"),
        ("TERM", "xterm"),
        ("XDG_RUNTIME_DIR", "/dev/shm"),
    ];
    hold("03-shell-variables-required", |shape| {
        let project = shape.laid_out();
        let before: Vec<_> = tools().iter().map(|tool| plain_with(&project, tool, &[], &SHELL)).collect();
        let mut init = project.command();
        let output = init.args(["init", "-y"]).envs(SHELL).output().expect("the program starts");
        succeeded(&output);
        std::fs::remove_file(project.root().join(".env")).expect("it was there");
        for config in before {
            config.is_kept_with(&project, &[], &SHELL);
        }
        let declared = project.read("envs/senex-env.toml");
        for name in ["HOME", "PWD", "UID", "GID", "DISPLAY", "SSH_AUTH_SOCK", "TERM"] {
            assert!(!declared.contains(&format!("[keys.{name}]")), "{declared}");
        }
    });
}

#[test]
fn an_override_file_is_loaded() {
    hold("04-override-file-dropped", |shape| {
        let project = shape.laid_out();
        let before: Vec<_> = tools().iter().map(|tool| plain(&project, tool, &[])).collect();
        start(&project);
        for config in before {
            assert!(config.text().contains("FROM_OVERRIDE"));
            config.is_kept(&project, &[]);
        }
    });
}

#[test]
fn compose_file_of_a_dot_env_keeps_its_meaning() {
    hold("05-compose-file-in-dotenv", |shape| {
        let project = shape.laid_out();
        let before: Vec<_> = tools().iter().map(|tool| plain(&project, tool, &[])).collect();
        start(&project);
        for config in before {
            assert!(config.text().contains("FROM_EXTRA"));
            config.is_kept(&project, &[]);
        }
        let said = stdout(&project.run(["check"]));
        assert!(!said.contains("COMPOSE_FILE") && !said.contains("COMPOSE_PROJECT_NAME"), "{said}");
    });
}

#[test]
fn another_stack_in_a_subfolder_is_never_mistaken_for_ours() {
    hold("06-other-stack-in-a-subfolder", |shape| {
        let project = shape.laid_out();
        start(&project);
        let below = |arguments: &[&str]| {
            let mut command = project.command();
            let folder = project.root().join("apps/web");
            command
                .current_dir(folder)
                .args(["run", "-n"])
                .args(arguments)
                .output()
                .expect("the program starts")
        };
        let there = ["--project-directory", "apps/web"];
        for down in [&["down", "-v"][..], &["rm", "-f"], &["--profile", "x", "down"]] {
            let output = below(&[&["--", "docker", "compose"], down].concat());
            let said = stdout(&output) + &stderr(&output);
            assert!(!output.status.success() && !said.contains("../../docker-compose.yml"), "{said}");
            let from_root = [&["run", "-n", "--", "docker", "compose"], &there[..], down].concat();
            let output = project.run(from_root);
            let said = stdout(&output) + &stderr(&output);
            assert!(!output.status.success() && !said.contains("-f docker-compose.yml"), "{said}");
        }
        // What destroys nothing goes ahead, as the tool itself would, and that is said.
        let output = below(&["--", "docker", "compose", "up", "-d"]);
        assert!(!succeeded(&output).contains("docker-compose.yml"), "{}", stdout(&output));
        assert!(stderr(&output).contains("docker-compose.yml"), "nothing is said: {}", stderr(&output));
        // Who says what is meant is believed.
        let output = below(&["-e", "development", "--", "docker", "compose", "down", "-v"]);
        assert!(succeeded(&output).contains("-f ../../docker-compose.yml"), "{}", stdout(&output));
        let output = below(&["--", "docker", "compose", "-f", "docker-compose.yml", "down", "-v"]);
        assert!(succeeded(&output).contains("-f docker-compose.yml"), "{}", stdout(&output));
    });
}

#[test]
fn bare_names_are_passed_on_when_they_are_set() {
    hold("08-bare-names-are-optional", |shape| {
        let project = shape.laid_out();
        let before: Vec<_> = tools().iter().map(|tool| plain(&project, tool, &[])).collect();
        start(&project);
        for config in before {
            config.is_kept(&project, &[]);
        }
        let tool = docker();
        let mut command = project.command();
        command.args(["run", "--"]).arg(&tool.program).arg("config").env("LOG_LEVEL", "debug");
        assert!(succeeded(&command.output().expect("the program starts")).contains("LOG_LEVEL: debug"));
    });
}

#[test]
fn an_empty_value_is_a_value() {
    hold("09-empty-value-and-required", |shape| {
        let project = shape.laid_out();
        let before: Vec<_> = tools().iter().map(|tool| plain(&project, tool, &[])).collect();
        start(&project);
        for config in before {
            config.is_kept(&project, &[]);
        }
    });
}

/// Two environments, of which development is the default.
pub fn declared(project: &TestProject, environments: &str) {
    let recipient = succeeded(&project.run(["identity", "show"]));
    let recipient = recipient.split_whitespace().find(|word| word.starts_with("age1")).expect("a recipient");
    let text = format!(
        "version = 1\nproject = \"p\"\ndefault = \"development\"\n{environments}\n[people.ana]\n\
         recipients = [\"{recipient}\"]\nenvironments = [\"development\"]\n"
    );
    project.write("envs/senex-env.toml", text.as_bytes());
}

#[test]
fn a_committed_dot_env_beside_sealed_values_works_and_check_knows() {
    hold("18-plain-config-in-a-committed-dotenv", |shape| {
        let project = shape.laid_out();
        declared(
            &project,
            "[environments.development]\ncompose = [\"compose.yml\"]\n[keys.K]\nrequired = true",
        );
        succeeded(&project.run(["import", "-y", "to-seal.env"]));
        std::fs::remove_file(project.root().join("to-seal.env")).expect("it was there");
        project.commit("started");
        for tool in tools() {
            let config = succeeded(&run_config(&project, tool, &[]));
            assert!(config.contains("x:1.2") && config.contains("realpassword"), "{config}");
        }
        super::working_state::checked(&project);
    });
}
