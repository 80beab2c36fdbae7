//! What a project names outside of its repository, by `..` or by a link, is read by no command, and printed by none.

use crate::support::project::{TestProject, stderr, stdout};

const CANARY: &str = "ghp_canary1234567890";

/// A project with one key that has a value.
fn project(compose: &str) -> TestProject {
    let project = TestProject::with(&format!(
        "version = 1\nproject = \"p\"\ndefault = \"development\"\n[environments.development]\n\
         replaces = [\".env\"]\ncompose = [\"{compose}\"]\n[people.ana]\nrecipients = [\"RECIPIENT\"]\n\
         environments = [\"development\"]\n[keys.K]\n"
    ));
    project.set("development", "K", "v");
    let outside = format!("services:\n  {CANARY}:\n    image: x\n    env_file: .env\n");
    crate::compose_model::write(&project.path("home/compose.yml"), &outside);
    project
}

fn refused(project: &TestProject, arguments: &[&str], code: i32) {
    let output = project.run(arguments);
    let said = stdout(&output) + &stderr(&output);
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
    assert!(said.contains("it is outside the repository, so it is not read"), "{arguments:?}: {said}");
    assert!(!said.contains(CANARY), "{arguments:?}: {said}");
}

fn refused_everywhere(project: &TestProject) {
    refused(project, &["check"], 1);
    refused(project, &["run", "-n", "--", "docker", "compose", "up"], 125);
    refused(project, &["run", "--", "docker", "compose", "up"], 125);
    refused(project, &["push", "podman", "-n", "-o", "out.yml"], 3);
}

#[test]
fn listed_path_leads_out() {
    refused_everywhere(&project("../home/compose.yml"));
}

#[test]
fn link_leads_out() {
    let project = project("compose.yml");
    std::os::unix::fs::symlink(project.path("home/compose.yml"), project.root().join("compose.yml"))
        .expect("a link");
    refused_everywhere(&project);
}

#[test]
fn include_leads_out() {
    let project = project("compose.yml");
    project.write("compose.yml", b"include: [../home/compose.yml]\n");
    refused(&project, &["check"], 1);
    refused(&project, &["run", "--", "docker", "compose", "up"], 125);
}

/// A message would show what it gives.
#[test]
fn env_file_of_an_include_leads_out() {
    let project = project("compose.yml");
    crate::compose_model::write(&project.path("home/values.env"), &format!("CANARY={CANARY}\n"));
    project.write("compose.yml", b"include: [{path: other.yml, env_file: ../home/values.env}]\n");
    project.write("other.yml", b"services: {b: {image: x, env_file: './${CANARY}'}}\n");
    refused(&project, &["check"], 0);
}

#[test]
fn what_the_user_names_is_read_wherever_it_is() {
    let project = project("compose.yml");
    project.write("compose.yml", b"services: {a: {image: x}}\n");
    for arguments in [
        &["run", "-n", "--", "docker", "compose", "-f", "../home/compose.yml", "up"][..],
        &["push", "podman", "-n", "-o", "out.yml", "-f", "../home/compose.yml"],
    ] {
        let output = project.run(arguments);
        let said = stdout(&output) + &stderr(&output);
        assert!(output.status.success() && !said.contains("outside"), "{arguments:?}: {said}");
    }
}

#[test]
fn init_reads_no_compose_file_outside_the_repository() {
    let project = TestProject::empty();
    assert!(project.run(["identity", "new", "--no-passphrase"]).status.success());
    crate::compose_model::write(&project.path("home/compose.yml"), &format!("{CANARY}\n"));
    std::os::unix::fs::symlink(project.path("home/compose.yml"), project.root().join("compose.yml"))
        .expect("a link");
    let output = project.run(["init", "-n", "-y"]);
    let said = stdout(&output) + &stderr(&output);
    assert!(said.contains("it is outside the repository, so it is not read"), "{said}");
    assert!(!said.contains(CANARY), "{said}");
}
