//! `check` knows what the tools know: it stops where they stop, and nowhere else.

use super::case::hold;
use super::run::declared;
use super::working_state::{checked, docker, plain, start, tools};
use crate::support::outcome::succeeded;
use crate::support::project::{TestProject, stderr, stdout};

#[test]
fn flow_style_is_read_as_the_tools_read_it() {
    hold("07-closing-bracket-at-key-indent", |shape| {
        let project = shape.laid_out();
        let before: Vec<_> = tools().iter().map(|tool| plain(&project, tool, &[])).collect();
        start(&project);
        let text = project.read("envs/senex-env.toml");
        assert!(text.contains("[keys.DB_URL]\nrequired = true"), "{text}");
        for config in before {
            config.is_kept(&project, &[]);
        }
        checked(&project);
        let continued = TestProject::empty();
        succeeded(&continued.run(["identity", "new", "--no-passphrase"]));
        let file = shape.files.iter().find(|(path, _)| path == "quoted-continuation.yml").expect("it is one");
        continued.write("compose.yml", file.1.as_bytes());
        start(&continued);
        checked(&continued);
    });
}

#[test]
fn a_compose_file_that_cannot_be_read_is_named_by_init() {
    hold("07-closing-bracket-at-key-indent/init", |shape| {
        let project = shape.laid_out();
        project.write("compose.yml", b"services:\n  web: [\n");
        let said = stderr(&project.run(["init", "-y"]));
        assert!(said.contains("compose.yml cannot be read"), "{said}");
    });
}

/// The project counts what docker compose says alone.
fn docker_compose_alone(project: &TestProject) {
    let text = project.read("envs/senex-env.toml");
    let lines = text.lines().filter(|line| !line.starts_with("tools = "));
    let kept: String = lines.map(|line| format!("{line}\n")).collect();
    let text = kept.replacen("version = 1\n", "version = 1\ntools = [\"docker compose\"]\n", 1);
    project.write("envs/senex-env.toml", text.as_bytes());
}

#[test]
fn included_files_count() {
    hold("10-include-brings-its-env-file", |shape| {
        let project = shape.laid_out();
        let before = plain(&project, docker(), &[]);
        start(&project);
        let text = project.read("envs/senex-env.toml");
        for name in ["PG_VERSION", "PG_PASS"] {
            let section = text.split("[keys.").find(|section| section.starts_with(&format!("{name}]")));
            assert!(!section.is_some_and(|section| section.contains("required")), "{text}");
        }
        before.is_kept(&project, &[]);
        docker_compose_alone(&project);
        project.commit("tools");
        checked(&project);
        let undeclared = project.read("envs/senex-env.toml");
        let undeclared =
            undeclared.replace("[keys.PG_VERSION]\nsecret = false\n", "").replace("[keys.PG_PASS]\n", "");
        project.write("envs/senex-env.toml", undeclared.as_bytes());
        checked(&project);
    });
}

const WITH_COMPOSE: &str = "[environments.development]\ncompose = [\"compose.yml\"]";

#[test]
fn variable_in_an_env_file_path_is_not_a_missing_file() {
    hold("16-variable-in-the-path-of-env-file", |shape| {
        let project = shape.laid_out();
        let before: Vec<_> = tools().iter().map(|tool| plain(&project, tool, &[])).collect();
        start(&project);
        for config in before {
            config.is_kept(&project, &[]);
        }
        checked(&project);
        let said = stdout(&project.run(["check"]));
        assert!(!said.contains("conf/"), "{said}");
    });
}

#[test]
fn variable_in_an_include_path_is_not_a_missing_file() {
    hold("17-variable-in-the-path-of-include", |shape| {
        let project = shape.laid_out();
        let before = plain(&project, docker(), &[]);
        start(&project);
        before.is_kept(&project, &[]);
        checked(&project);
    });
}

#[test]
fn refusal_of_one_tool_is_named_and_not_held_against_the_other() {
    hold("19-errors-of-the-other-tool", |shape| {
        let project = shape.laid_out();
        plain(&project, docker(), &[]);
        declared(&project, &WITH_COMPOSE.replace("compose.yml", "compose.yaml"));
        succeeded(&project.run(["import", "-y", ".env"]));
        std::fs::remove_file(project.root().join(".env")).expect("it was there");
        project.commit("started");
        let said = stdout(&project.run(["check"]));
        let stops: Vec<&str> = said.lines().filter(|line| line.contains("[compose-load]")).collect();
        assert!(!stops.is_empty() && stops.iter().all(|line| line.contains("podman-compose")), "{said}");
        docker_compose_alone(&project);
        project.commit("tools");
        checked(&project);
        let said = stdout(&project.run(["check"]));
        assert!(!said.contains("podman-compose"), "{said}");
    });
}

#[test]
fn advice_for_conflicting_names_works() {
    hold("24-names-with-dots-and-dashes", |shape| {
        let project = shape.laid_out();
        let output = project.run(["init", "-y"]);
        succeeded(&output);
        let said = stderr(&output);
        // One name is kept, the others are left out by name.
        assert_eq!(stdout(&project.run(["get", "lower_case"])), "ok", "{said}");
        assert!(said.contains("my-key") && said.contains("spring.datasource.url"), "{said}");
        let output = project.run(["check"]);
        let said = stdout(&output) + &stderr(&output);
        assert!(!said.contains("set my-key") && !said.contains("set spring.datasource.url"), "{said}");
    });
}

#[test]
fn an_unset_variable_that_stops_compose_is_an_error() {
    const VALUES: [(&str, &str); 6] =
        [("N", "name"), ("DATA", "./data"), ("P", "80:80"), ("M", "64m"), ("G", "10s"), ("I", "5s")];
    hold("28-unset-variable-that-stops-compose", |shape| {
        let project = shape.laid_out();
        declared(&project, WITH_COMPOSE);
        for (key, value) in VALUES {
            project.set("development", key, value);
        }
        project.commit("started");
        docker_compose_alone(&project);
        checked(&project);
        for (key, value) in VALUES {
            succeeded(&project.run(["unset", "-y", key]));
            let mut tool = project.command();
            tool.args(["run", "--"]).arg(&docker().program).arg("config");
            let stops = !tool.output().expect("the program starts").status.success();
            let output = project.run(["check"]);
            let said = stdout(&output);
            assert_eq!(
                output.status.code(),
                Some(i32::from(stops)),
                "{key}, which stops compose: {stops}: {said}"
            );
            assert!(!stops || said.contains(&format!("`{key}`")), "{key}: {said}");
            project.set("development", key, value);
        }
    });
}
