//! `log`: what became of a file, under every name that it had.

use crate::support::outcome::succeeded;
use crate::support::project::{TestProject, stderr};

/// A project whose environment was called `development` when its first value was committed, and is `dev` now.
fn renamed() -> TestProject {
    let project = TestProject::new();
    project.set("development", "SECRET_KEY", "the first value");
    project.set("development", "DB_PASSWORD", "the password");
    project.commit("start");
    project.git(["mv", "envs/development.env", "envs/dev.env"]);
    let file = project.read("envs/senex-env.toml").replace("development", "dev");
    project.write("envs/senex-env.toml", file.as_bytes());
    succeeded(&project.run(["seal", "-y", "-e", "dev"]));
    project.commit("another name");
    project.set("dev", "SECRET_KEY", "the second value");
    project.commit("another value");
    project
}

/// The last columns of each line: who did what.
fn told(log: &str) -> Vec<&str> {
    log.lines().map(|line| line.split("  ").last().expect("a column")).collect()
}

#[test]
fn log_follows_renames() {
    let project = renamed();
    let log = succeeded(&project.run(["log", "-e", "dev"]));
    assert_eq!(
        told(&log),
        ["dev: SECRET_KEY changed", "dev: DB_PASSWORD added, SECRET_KEY added, ana granted"],
        "{log}"
    );
    // `log` and `status` mean the same commit, and write it in the same way.
    let status = succeeded(&project.run(["status", "-e", "dev", "--json"]));
    let status: serde_json::Value = serde_json::from_str(&status).expect("JSON");
    let newest = log.split(' ').next().expect("an id");
    assert!(project.git(["rev-parse", "HEAD"]).starts_with(newest) && newest.len() == 10, "{newest}");
    assert!(status.to_string().contains(&format!("\"{newest}\"")), "{status}");
}

#[test]
fn shallow_clone_is_reported() {
    let project = renamed();
    let from = format!("file://{}", project.root().display());
    let clone = project.path("clone");
    project.git(["clone", "-q", "--depth", "1", &from, clone.to_str().expect("text")]);
    let mut command = project.command();
    let output = command.current_dir(&clone).args(["log", "-e", "dev"]).output().expect("it starts");
    assert_eq!(told(&succeeded(&output)), ["dev: DB_PASSWORD added, SECRET_KEY added, ana granted"]);
    let said = stderr(&output);
    assert!(said.contains("dev: this clone does not have the whole history"), "{said}");
}
