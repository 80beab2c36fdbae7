//! What the README and the other papers say is true: its commands run, its transcripts are real.

use crate::support::pages;
use crate::support::project::{TestProject, stderr};

const README: &str = include_str!("../README.md");

fn blocks(kind: &str) -> Vec<(String, String)> {
    pages::blocks(README, kind)
}

fn run(project: &TestProject, script: &str) {
    pages::run(project, script, &[]);
}

#[test]
fn the_commands_of_start_and_every_day_run() {
    let project = TestProject::empty();
    project.write(".env", b"SECRET_KEY='made up'\n");
    project.write("compose.yml", b"services:\n  web:\n    image: x\n");
    project.write("compose.production.yml", b"services:\n  web:\n    restart: always\n");
    let blocks = blocks("sh");
    let of = |heading: &str| {
        let found = blocks.iter().find(|(under, _)| under == heading);
        found.unwrap_or_else(|| panic!("no commands under {heading}")).1.clone()
    };
    // Without a terminal nobody can be asked.
    let start = "senex-env identity new --no-passphrase\nsenex-env init -y --remove-plaintext";
    run(&project, &of("Start").replace("senex-env init", start));
    assert!(!project.root().join(".env").exists());
    project.write(
        "envs/senex-env.toml",
        (project.read("envs/senex-env.toml") + "\n[keys.DB_PASSWORD]\n").as_bytes(),
    );
    run(&project, &of("Every day").replace("cat {}", "cat {} > /dev/null"));
}

#[test]
fn the_commands_of_the_team_run() {
    let project = TestProject::with(
        "version = 1\nproject = \"demo\"\ndefault = \"production\"\n[environments.production]\n[people.ana]\n\
         recipients = [\"RECIPIENT\"]\nenvironments = [\"production\"]\n[keys.SECRET_KEY]\ntype = \"django-secret-key\"\n",
    );
    project.set("production", "SECRET_KEY", "x");
    let (_, team) = blocks("sh").into_iter().find(|(under, _)| under == "The team").expect("commands");
    // One machine plays both people, and nobody is there to answer.
    let bob = senex_env::testing::identity::Identity::generate();
    let team = team
        .replace("join bob", &format!("join bob --recipient {}", bob.recipient()))
        .replace("grant bob", "grant -y bob")
        .replace("revoke bob", "revoke -y bob")
        .replace("senex-env rotate", "senex-env rotate -y");
    run(&project, &team);
}

#[test]
fn the_commands_of_the_engines_run() {
    let project = TestProject::new();
    for key in ["SECRET_KEY", "DB_PASSWORD"] {
        project.set("production", key, "x");
    }
    project.write(
        "compose.yml",
        b"services:\n  db:\n    environment: [PASSWORD_FILE=/run/secrets/DB_PASSWORD]\n",
    );
    for folder in ["engine/secrets", "engine/inspect", "programs"] {
        std::fs::create_dir_all(project.path(folder)).expect("a folder");
    }
    for program in ["docker", "podman"] {
        let path = project.path("programs").join(program);
        senex_env::testing::file::create(&path, include_bytes!("push/engine.sh"), 0o755).expect("written");
    }
    let (_, engines) =
        blocks("sh").into_iter().find(|(under, _)| under == "Beyond one machine").expect("commands");
    let state = format!("export ENGINE_STATE={}\n", project.path("engine").display());
    let engines = engines
        .replace("push podman", "push podman --prefix other -f compose.yml")
        .replace("push swarm -e production -o", "push swarm --prune -e production -o")
        // There is a push to go back from.
        .replace("senex-env push swarm -e production --rollback", "printf y | senex-env set -qy -e production DB_PASSWORD\nsenex-env push swarm -e production -o secrets.yml\nsenex-env push swarm -e production --rollback");
    run(&project, &(state + &engines));
}

#[test]
fn readme_begins_with_the_two_commands() {
    let commands: Vec<String> = blocks("sh").into_iter().map(|(_, text)| text).collect();
    assert_eq!(commands[0], "cargo run --release -- demo\n");
    assert_eq!(commands[1], "tests/run\n");
}

#[test]
fn changelog_has_this_version() {
    let changelog = include_str!("../CHANGELOG.md");
    let first = changelog.lines().find(|line| line.starts_with("## [")).expect("a version");
    assert!(first.starts_with(&format!("## [{}]", env!("CARGO_PKG_VERSION"))), "{first}");
}

#[test]
fn readme_transcripts_match_real_output() {
    let project = TestProject::with(
        "version = 1\nproject = \"demo\"\n[environments.production]\n[people.ana]\nrecipients = [\"RECIPIENT\"]\n\
         environments = [\"production\"]\n[keys.A]\nrequired = true\n[keys.B]\nrequired = true\n[keys.C]\nrequired = true\n\
         [keys.D]\nrequired = true\n\n\n\n\n\n\n\n\n\n[keys.TASTYTRADE_CLIENT_SECRET]\nrequired = true\n",
    );
    for key in ["A", "B", "C", "D"] {
        project.set("production", key, "x");
    }
    let said = |project: &TestProject| {
        stderr(&project.run(["run", "-e", "production", "--", "podman-compose", "up", "-d"]))
    };
    let transcripts: Vec<String> = blocks("console").into_iter().map(|(_, text)| text).collect();
    let expected = |index: usize| transcripts[index].split_once('\n').expect("a command first").1.to_owned();
    assert_eq!(said(&project), expected(0));
    project.set("production", "TASTYTRADE_CLIENT_SECRET", "x");
    // An empty value added: `sops` would not notice.
    project.write("envs/production.env", format!("E=\n{}", project.read("envs/production.env")).as_bytes());
    assert_eq!(said(&project), expected(1));
}
