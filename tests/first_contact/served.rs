//! A service that reads a plaintext file gets from the sealed values what the file gave it.

use super::run::declared;
use super::shape::Shape;
use super::working_state::{Config, plain, run_config, tools};
use crate::support::outcome::{refused, succeeded};
use crate::support::project::{TestProject, stderr, stdout};
use crate::support::tools::tool;

/// A project before, and after these files are sealed and gone.
fn sealed(shape: &str, environment: &str, plaintext: &[&str]) -> (TestProject, Vec<Config>) {
    let project = Shape::parse(shape).laid_out();
    let before = tools().iter().map(|tool| plain(&project, tool, &[])).collect();
    declared(&project, environment);
    for file in plaintext {
        succeeded(&project.run(["import", "-y", file]));
        std::fs::remove_file(project.root().join(file)).expect("it was there");
    }
    (project, before)
}

const DEVELOPMENT: &str = "[environments.development]\ncompose = [\"compose.yml\"]\n";

#[test]
fn replaced_dot_env_gets_every_key() {
    let shape = "--- compose.yml
services:
  list:
    image: x:${TAG}
    env_file: .env
    environment:
      - OWN=1
      - TAG=of its own
      - BARE
  map:
    image: x
    env_file:
      - .env
    environment:
      OWN: ${TAG}-x
  none:
    image: x
  extended:
    extends: {service: map}
  again:
    image: y
    env_file: [./.env]
    profiles: [never]
--- .env
TAG=2
SECRET='a $b \"d\" #e'
BARE=3
EMPTY=
WORD=null
";
    let (project, before) = sealed(shape, &format!("{DEVELOPMENT}replaces = [\".env\"]"), &[".env"]);
    for config in before {
        config.is_kept(&project, &[]);
    }
    // What is set later is given as well, and a hash that a tool takes stays what it is.
    project.set("development", "LATER", "x");
    for tool in tools() {
        let config = || succeeded(&run_config(&project, tool, &[]));
        assert!(config().contains("LATER") && config() == config(), "{}", config());
    }
}

#[test]
fn replaced_file_gives_listed_keys_with_the_usual_precedence() {
    let shape = "--- compose.yml
services:
  web:
    image: x
    env_file: [plain/first.env, web.env, plain/last.env, plain/missing.env]
  db:
    image: pg
    env_file:
      - path: db.env
      - path: plain/missing.env
        required: false
--- plain/first.env
A=first
B=first
--- web.env
B=web
C=web
D=web
--- plain/last.env
C=last
--- plain/missing.env
--- db.env
POSTGRES_PASSWORD='hunter2 hunter2'
";
    let replaces = "replaces = [{ file = \"web.env\", keys = [\"B\", \"C\", \"D\"] }, \
                    { file = \"db.env\", keys = [\"POSTGRES_PASSWORD\"] }]";
    let (project, before) = sealed(shape, &format!("{DEVELOPMENT}{replaces}"), &["web.env", "db.env"]);
    for config in before {
        config.is_kept(&project, &[]);
    }
    let said = succeeded(&project.run(["run", "-n", "--", "docker", "compose", "up"]));
    assert!(said.contains("docker compose -f compose.yml -f ENV_FILES --env-file FILE up"), "{said}");
}

#[test]
fn files_on_the_command_line_come_first() {
    let shape = "--- compose.yml
services:
  web:
    image: x
    env_file: .env
--- dev.yml
services:
  web:
    environment:
      A: of dev
--- .env
A=1
B=2
";
    let project = Shape::parse(shape).laid_out();
    let start = ["-f", "compose.yml", "-f", "dev.yml"].map(str::to_owned);
    let before: Vec<Config> = tools().iter().map(|tool| plain(&project, tool, &start)).collect();
    declared(&project, &format!("{DEVELOPMENT}replaces = [\".env\"]"));
    succeeded(&project.run(["import", "-y", ".env"]));
    std::fs::remove_file(project.root().join(".env")).expect("it was there");
    for config in before {
        config.is_kept(&project, &start);
    }
}

#[test]
fn old_tool_is_refused_if_the_env_file_is_missing() {
    let Some(old) = tool("podman-compose/1.1.0/bin/podman-compose") else { return };
    let shape = "--- compose.yml\nservices:\n  web:\n    image: x\n    env_file: .env\n--- .env\nA=1\n";
    let (project, _) = sealed(shape, &format!("{DEVELOPMENT}replaces = [\".env\"]"), &[".env"]);
    let run = || project.run(["run".as_ref(), "--".as_ref(), old.as_os_str(), "config".as_ref()]);
    let said = refused(&run(), 125);
    assert!(said.contains("the service `web` reads .env (`env_file:`)") && said.contains("1.4.0"), "{said}");
    // Without such a service nothing is missed.
    project.write("compose.yml", b"services:\n  web:\n    image: x:${A}\n");
    let output = run();
    assert!(stdout(&output).contains("x:1"), "{}", stderr(&output));
}

#[test]
fn inherited_env_files_are_served_or_refused() {
    let shape = "--- compose.yml
services:
  web:
    extends: {file: common.yml, service: base}
--- common.yml
services:
  base:
    image: x
    env_file: .env
--- .env
A=1
";
    let (project, before) = sealed(shape, &format!("{DEVELOPMENT}replaces = [\".env\"]"), &[".env"]);
    for (config, tool) in before.iter().zip(tools()) {
        if !tool.is_podman() {
            config.is_kept(&project, &[]);
            continue;
        }
        let said = refused(&run_config(&project, tool, &[]), 125);
        assert!(
            said.contains("the service `web` inherits .env (`env_file:`) from a file that it extends"),
            "{said}"
        );
    }
}
