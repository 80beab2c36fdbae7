//! Which compose tools count in a new project: `init` is run on machines that have different ones.

use std::os::unix::fs::PermissionsExt;

use crate::support::project::{TestProject, stderr, stdout};

#[test]
fn proposed_tools_are_those_that_the_project_calls() {
    let line = |files: &[(&str, &str)], installed: &[&str]| {
        let project = TestProject::empty();
        assert!(project.run(["identity", "new", "--no-passphrase"]).status.success());
        project.write("compose.yml", b"services: {a: {image: x}}\n");
        for (path, text) in files {
            project.write(path, text.as_bytes());
        }
        let machine = project.path("machine");
        std::fs::create_dir(&machine).expect("a folder");
        for program in installed {
            let path = machine.join(program);
            crate::compose_model::write(&path, "#!/bin/sh\n");
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).expect("a mode");
        }
        let output =
            project.command().env("PATH", &machine).args(["init", "-n"]).output().expect("it starts");
        assert!(output.status.success(), "{}", stderr(&output));
        stdout(&output).lines().find(|line| line.starts_with("tools = ")).map(str::to_owned)
    };
    let docker = Some("tools = [\"docker compose\"]".to_owned());
    let both = ["docker", "podman-compose"];
    for file in
        ["Makefile", "README.md", "bin/up", ".gitlab-ci.yml", "docs/INSTALL.md", ".github/workflows/ci.yml"]
    {
        for installed in [&both[..], &both[..1], &[]] {
            assert_eq!(line(&[(file, "docker compose up -d\n")], installed), docker, "{file} {installed:?}");
        }
    }
    let called = ("Makefile", "up:\n\tdocker compose up\n");
    assert_eq!(line(&[called], &both[1..]), None, "this machine has the other one alone");
    assert_eq!(line(&[called, ("README.md", "or `podman-compose up`\n")], &both[..1]), None);
    assert_eq!(line(&[("README.md", "see docker-compose.yml\n")], &both), None);
    let installed = line(&[], &both[..1]).expect("the one that is installed");
    assert!(
        installed.starts_with("tools = [\"docker compose\"] # the only one on the machine"),
        "{installed}"
    );
}
