//! `run` changes neither which files are loaded nor which variables arrive, but for those that are sealed.

use super::case::hold;
use super::working_state::{docker, plain, plain_with, run_config, start, tools};
use crate::support::outcome::{refused, succeeded};
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
fn shell_variables_are_left_alone() {
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
            // podman-compose does not look for COMPOSE_FILE in a `.env`.
            assert_eq!(config.text().contains("FROM_EXTRA"), !config.is_podman());
            config.is_kept(&project, &[]);
        }
        let checked = project.run(["check", "--json"]);
        let found: serde_json::Value = serde_json::from_slice(&checked.stdout).expect("JSON");
        let about: Vec<&str> = found["findings"]
            .as_array()
            .expect("a list")
            .iter()
            .filter_map(|one| one["key"].as_str())
            .collect();
        assert!(!about.iter().any(|key| key.starts_with("COMPOSE_")), "{about:?}");
    });
}

#[test]
fn nested_stack_is_not_confused_with_ours() {
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
            let said = refused(&below(&[&["--", "docker", "compose"], down].concat()), 125);
            assert!(
                said.contains("which does not belong to `development`")
                    && said.contains("run -e development"),
                "{said}"
            );
            let from_root = [&["run", "-n", "--", "docker", "compose"], &there[..], down].concat();
            let said = refused(&project.run(from_root), 125);
            assert!(said.contains("apps/web/docker-compose.yml"), "{said}");
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
fn empty_value_is_passed_on() {
    hold("09-empty-value-and-required", |shape| {
        let project = shape.laid_out();
        let before: Vec<_> = tools().iter().map(|tool| plain(&project, tool, &[])).collect();
        start(&project);
        for config in before {
            config.is_kept(&project, &[]);
        }
    });
}

/// A project file by hand, with development as the default environment.
pub fn declared(project: &TestProject, environments: &str) {
    let names =
        environments.lines().filter_map(|line| line.strip_prefix("[environments.")?.strip_suffix(']'));
    let names: Vec<String> = names.map(|name| format!("\"{name}\"")).collect();
    let recipient = succeeded(&project.run(["identity", "show"]));
    let recipient = recipient.split_whitespace().find(|word| word.starts_with("age1")).expect("a recipient");
    let text = format!(
        "version = 1\nproject = \"p\"\ndefault = \"development\"\n{environments}\n[people.ana]\n\
         recipients = [\"{recipient}\"]\nenvironments = [{}]\n",
        names.join(", ")
    );
    project.write("envs/senex-env.toml", text.as_bytes());
}

#[test]
fn committed_dot_env_works_and_is_reported() {
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

#[test]
fn sealed_value_overrides_the_shell_with_one_note() {
    if tools().is_empty() {
        return;
    }
    let shape = "--- compose.yml\nservices:\n  a:\n    image: x:${TAG:-latest}\n    environment: {K: \"${K}\"}\n\
                 --- .env\nK=sealed\n";
    let project = super::shape::Shape::parse(shape).laid_out();
    declared(&project, "[environments.development]\ncompose = [\"compose.yml\"]\n[keys.K]\n[keys.TAG]");
    succeeded(&project.run(["import", "-y", ".env"]));
    std::fs::remove_file(project.root().join(".env")).expect("it was there");
    let run = |k: &str, command: &[&std::ffi::OsStr]| {
        let mut run = project.command();
        run.args(["run", "--"]).args(command).env("K", k).env("TAG", "of the shell");
        let output = run.output().expect("the program starts");
        (succeeded(&output), stderr(&output))
    };
    const SAID: &str = "not passed on from your shell, because the sealed values take precedence: `K`\n";
    let plain: &[&std::ffi::OsStr] = &["sh".as_ref(), "-c".as_ref(), "echo $K $TAG".as_ref()];
    assert_eq!(run("another", plain), ("sealed of the shell\n".to_owned(), SAID.to_owned()));
    // The same value is no news.
    assert_eq!(run("sealed", plain), ("sealed of the shell\n".to_owned(), String::new()));
    for tool in tools() {
        let (config, said) = run("another", &[tool.program.as_os_str(), "config".as_ref()]);
        assert!(config.contains("K: sealed") && config.contains("x:of the shell"), "{config}");
        assert_eq!(said, SAID, "{}", tool.name);
    }
}

#[test]
fn override_file_belongs_to_the_default_environment() {
    if tools().is_empty() {
        return;
    }
    let shape = "--- docker-compose.yml\nservices:\n  a:\n    image: x\n    environment: {K: \"${K-}\"}\n\
                 --- docker-compose.override.yml\nservices:\n  a:\n    labels: {over: ridden}\n\
                 --- sub/file\n--- .env\nK=1\n";
    let project = super::shape::Shape::parse(shape).laid_out();
    let environments = |list: &str| {
        let both =
            ["development", "production"].map(|name| format!("[environments.{name}]\ncompose = [{list}]"));
        declared(&project, &both.join("\n"));
    };
    let listed = "\"docker-compose.yml\", \"docker-compose.override.yml\"";
    for list in ["\"docker-compose.yml\"", listed] {
        environments(list);
        project.run(["import", "-y", ".env"]);
        drop(std::fs::remove_file(project.root().join(".env")));
        for tool in tools() {
            for folder in [".", "sub"] {
                let mut command = project.command();
                command.current_dir(project.root().join(folder));
                command.args(["run", "--"]).arg(&tool.program).arg("config");
                let config = succeeded(&command.output().expect("the program starts"));
                assert!(
                    config.contains("over: ridden")
                        && config.contains("K: '1'") | config.contains("K: \"1\"")
                );
            }
        }
    }
    // Production has what it lists.
    environments("\"docker-compose.yml\"");
    let preview = |environment: &str| {
        succeeded(&project.run(["run", "-n", "-e", environment, "--", "docker", "compose", "up"]))
    };
    project.set("production", "K", "2");
    assert!(preview("production").contains("docker compose -f docker-compose.yml --env-file FILE up"));
    assert!(preview("development").contains("docker compose --env-file FILE up"));
    // A machine without the file is no worse for it.
    environments(listed);
    std::fs::remove_file(project.root().join("docker-compose.override.yml")).expect("it was there");
    assert!(preview("development").contains("docker compose --env-file FILE up"));
    assert!(preview("production").contains("docker compose -f docker-compose.yml --env-file FILE up"));
}

#[test]
fn compose_file_variable_counts_if_the_tool_reads_it() {
    if tools().is_empty() {
        return;
    }
    let shape = "--- compose.yml\nservices:\n  a:\n    image: x\n--- extra.yml\nservices:\n  a:\n    labels: {ex: tra}\n\
                 --- sub/file\n";
    let project = super::shape::Shape::parse(shape).laid_out();
    declared(&project, "[environments.development]\ncompose = [\"compose.yml\"]");
    let config = |folder: &str, tool: &crate::support::compose::ComposeTool, variables: &[(&str, &str)]| {
        let mut command = project.command();
        command.current_dir(project.root().join(folder)).envs(variables.iter().copied());
        command.args(["run", "--"]).arg(&tool.program).arg("config");
        succeeded(&command.output().expect("the program starts"))
    };
    let [docker, podman] = tools() else { return };
    const LIST: &str = "compose.yml:extra.yml";
    project.set("development", "K", "1");
    // In a `.env` that is there, docker compose heeds it, and podman-compose does not.
    project.write(".env", format!("COMPOSE_FILE={LIST}\nCOMPOSE_PROJECT_NAME=mine\n").as_bytes());
    assert!(
        config(".", docker, &[]).starts_with("name: mine\n") && config(".", docker, &[]).contains("ex: tra")
    );
    assert!(!config(".", podman, &[]).contains("ex: tra"));
    std::fs::remove_file(project.root().join(".env")).expect("it was there");
    // Sealed, it means what it meant there, from everywhere.
    project.set("development", "COMPOSE_FILE", LIST);
    project.set("development", "COMPOSE_PROJECT_NAME", "mine");
    for folder in [".", "sub"] {
        let said = config(folder, docker, &[]);
        assert!(said.starts_with("name: mine\n") && said.contains("ex: tra"), "{said}");
        assert!(!config(folder, podman, &[]).contains("ex: tra"));
    }
    // Both heed what is exported, and it counts before what is sealed.
    let exported = [("COMPOSE_FILE", "compose.yml"), ("COMPOSE_PROJECT_NAME", "other")];
    let said = config(".", docker, &exported);
    assert!(said.starts_with("name: other\n") && !said.contains("ex: tra"), "{said}");
    assert!(config(".", podman, &[("COMPOSE_FILE", LIST)]).contains("ex: tra"));
}
