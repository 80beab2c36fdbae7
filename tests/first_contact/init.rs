//! What `init` makes of what lies there.

use super::case::hold;
use super::working_state::{plain, start, tools};
use crate::support::outcome::succeeded;
use crate::support::project::{TestProject, stderr, stdout, with_input};
use crate::support::tools::tool;

#[test]
fn no_password_becomes_readable() {
    hold("01-password-names-readable", |shape| {
        let project = shape.laid_out();
        succeeded(&project.run(["init", "-y", "--no-hooks"]));
        let sealed = project.read("envs/development.env");
        let names = shape.files[0].1.lines().filter_map(|line| line.split_once('=')).map(|(name, _)| name);
        let readable: Vec<&str> = names.filter(|name| !sealed.contains(&format!("\n{name}=ENC["))).collect();
        assert!(readable.is_empty(), "readable: {readable:?}");
    });
}

/// The environments that `init` proposes.
fn environments(project: &TestProject) -> Vec<String> {
    let text = succeeded(&project.run(["init", "-n"]));
    let names = text.lines().filter_map(|line| line.strip_prefix("[environments.")?.strip_suffix(']'));
    names.map(str::to_owned).collect()
}

#[test]
fn service_env_file_is_not_an_environment() {
    hold("11-env-file-of-a-service-is-no-environment", |shape| {
        let project = shape.laid_out();
        let names = environments(&project);
        assert!(names.iter().all(|name| ["development", "production"].contains(&name.as_str())), "{names:?}");
        let before: Vec<_> = tools().iter().map(|tool| plain(&project, tool, &[])).collect();
        start(&project);
        for config in before {
            config.is_kept(&project, &[]);
        }
    });
}

#[test]
fn backup_files_are_not_environments() {
    hold("12-backups-and-variants-are-no-environments", |shape| {
        let names = environments(&shape.laid_out());
        assert!(names.contains(&"development".to_owned()), "{names:?}");
        assert!(names.iter().all(|name| ["development", "production"].contains(&name.as_str())), "{names:?}");
    });
}

#[test]
fn name_alone_does_not_determine_a_type() {
    hold("13-type-guessed-without-a-value", |shape| {
        let project = shape.laid_out();
        std::fs::remove_file(project.root().join("legitimate-values.txt")).expect("it was there");
        succeeded(&project.run(["init", "-y", "--no-hooks"]));
        let (_, values) =
            shape.files.iter().find(|(path, _)| path == "legitimate-values.txt").expect("the values");
        let mut refused = Vec::new();
        for (key, value) in values.lines().filter_map(|line| line.split_once('=')) {
            let output = with_input(project.command().args(["set", "-y", key]), value.as_bytes());
            if !output.status.success() {
                refused
                    .push(format!("{key}={value}: {}", stderr(&output).lines().next().unwrap_or_default()));
            }
        }
        // Four that are fairly refused: a password that everybody tries first, and three that are not what
        // a name that means one thing says.
        assert!(refused.len() <= 4, "{}", refused.join("\n"));
    });
}

#[test]
fn a_page_may_name_the_domain_and_the_time_zone() {
    hold("20-timezone-and-domain-are-secrets", |shape| {
        let project = shape.laid_out();
        std::fs::remove_file(project.root().join("page.md")).expect("it was there");
        start(&project);
        project.write(
            "page.md",
            shape.files.iter().find(|(path, _)| path == "page.md").expect("it").1.as_bytes(),
        );
        project.git(["add", "page.md"]);
        let commit =
            project.hermetic("git").args(["commit", "-q", "-m", "page"]).output().expect("git starts");
        assert!(commit.status.success(), "{}", stderr(&commit));
        // The password is still looked for.
        project.write("leak.md", b"hunter2hunter2");
        project.git(["add", "leak.md"]);
        let commit =
            project.hermetic("git").args(["commit", "-q", "-m", "leak"]).output().expect("git starts");
        assert!(!commit.status.success(), "the password was committed");
    });
}

#[test]
fn dot_env_local_overrides_are_reported() {
    hold("21-dotenv-local-beats-dotenv", |shape| {
        let project = shape.laid_out();
        let output = project.run(["init", "-y"]);
        succeeded(&output);
        let said = stderr(&output);
        assert!(!said.contains("from-local") && !said.contains("from-dotenv"), "{said}");
        let named = said.lines().any(|line| line.contains(".env.local") && line.contains("`K`"));
        let kept = stdout(&project.run(["get", "K"])) == "from-dotenv";
        assert!(named || kept, "{said}");
    });
}

#[test]
fn linked_dot_env_is_imported() {
    hold("22-dotenv-is-a-link", |shape| {
        let project = shape.laid_out();
        let before: Vec<_> = tools().iter().map(|tool| plain(&project, tool, &[])).collect();
        let said = start(&project);
        assert_eq!(stdout(&project.run(["get", "K"])), "1234567890", "{said}");
        for config in before {
            config.is_kept(&project, &[]);
        }
    });
}

#[test]
fn project_without_a_base_compose_file_works() {
    hold("23-no-base-file", |shape| {
        let project = shape.laid_out();
        let text = succeeded(&project.run(["init", "-n"]));
        for name in
            ["docker-compose.local.yml", "docker-compose.production.yml", "POSTGRES_PASSWORD", "REDIS_URL"]
        {
            assert!(text.contains(name), "{name} is not found: {text}");
        }
        succeeded(&project.run(["init", "-y"]));
        project.git(["add", "-f", ".envs/.production/.django"]);
        let commit = project.hermetic("git").args(["commit", "-q", "-m", "x"]).output().expect("git starts");
        assert!(!commit.status.success(), "a plaintext env file was committed");
        for name in ["podman-compose.yaml", "container-compose.yml"] {
            let project = TestProject::empty();
            succeeded(&project.run(["identity", "new", "--no-passphrase"]));
            project.write(name, b"services:\n  a:\n    image: x\n    environment:\n      K: ${K:?}\n");
            let text = succeeded(&project.run(["init", "-n"]));
            assert!(text.contains(name) && text.contains("[keys.K]"), "{name}: {text}");
        }
    });
}

/// Compose files that need no value at all start before `init`, and after it.
#[test]
fn a_project_without_a_single_value_still_starts() {
    let project = TestProject::empty();
    succeeded(&project.run(["identity", "new", "--no-passphrase"]));
    project.write("compose.yml", b"services: {web: {image: 'app:${TAG:-latest}', ports: ['8080:80']}}\n");
    let before: Vec<_> = tools().iter().map(|tool| plain(&project, tool, &[])).collect();
    start(&project);
    for config in before {
        config.is_kept(&project, &[]);
    }
    succeeded(&project.run(["check"]));
    succeeded(&project.run(["list"]));
    if let Some(sops) = tool("bin/sops") {
        let mut sops = project.hermetic(sops);
        sops.env("SOPS_AGE_KEY_FILE", project.path("home/.config/senex-env/identity.txt"));
        succeeded(&sops.args(["decrypt", "envs/development.env"]).output().expect("sops starts"));
    }
    succeeded(&project.run_with(["set", "--new", "TAG"], b"1.2"));
    assert_eq!(succeeded(&project.run(["get", "TAG"])), "1.2");
}
