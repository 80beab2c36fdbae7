//! `check` on compose files: it knows what `run` knows, and says which tool stops.

use crate::support::project::{TestProject, stdout};

/// A project with one environment, `tools = …` if any, and compose files.
fn project(tools: &str, files: &[(&str, &str)]) -> TestProject {
    let project = TestProject::with(&format!(
        "version = 1\nproject = \"p\"\ndefault = \"development\"\n{tools}\n[environments.development]\n\
         compose = [\"compose.yml\"]\n[people.ana]\nrecipients = [\"RECIPIENT\"]\n\
         environments = [\"development\"]\n[keys.STAGE]\nsecret = false\n[keys.TAG]\n[keys.PG_PASS]\n"
    ));
    for (name, text) in files {
        project.write(name, text.as_bytes());
    }
    project
}

fn check(project: &TestProject) -> (Option<i32>, String) {
    let output = project.run(["check", "--names"]);
    (output.status.code(), stdout(&output))
}

/// The lines of the findings.
fn findings(said: &str) -> Vec<&str> {
    said.lines().filter(|line| line.starts_with("error:") || line.starts_with("warning:")).collect()
}

#[test]
fn bare_name_is_never_missing() {
    let compose =
        "services:\n  web:\n    image: x\n    environment:\n      - LOG_LEVEL\n      - HTTP_PROXY\n";
    let (code, said) = check(&project("", &[("compose.yml", compose)]));
    assert_eq!((code, findings(&said)), (Some(0), Vec::new()), "{said}");
}

const INCLUDES: &str = "include:\n  - ./db/compose.yml\nservices:\n  a:\n    image: x\n";
const INCLUDED: &str =
    "services:\n  db:\n    image: pg:${PG_VERSION:?need}\n    environment:\n      P: ${PG_PASS:?}\n";

#[test]
fn included_variables_are_not_missing() {
    let files =
        [("compose.yml", INCLUDES), ("db/compose.yml", INCLUDED), ("db/.env", "PG_VERSION=16\nPG_PASS=x\n")];
    let docker = project("tools = [\"docker compose\"]", &files);
    assert_eq!(check(&docker).0, Some(0), "{}", check(&docker).1);
    assert_eq!(findings(&check(&docker).1), Vec::<&str>::new());
    // podman-compose reads no `.env` there: it stops, which is an error where the project uses it.
    let podman = project("tools = [\"podman-compose\"]", &files);
    let (code, said) = check(&podman);
    assert_eq!(code, Some(1), "{said}");
    assert!(
        said.contains("`PG_PASS` is required by `db`, and not set: podman-compose stops [compose-required]"),
        "{said}"
    );
    // And where nobody knows, one tool is enough.
    let (code, said) = check(&project("", &files));
    assert_eq!(code, Some(0), "{said}");
    assert!(
        said.contains(
            "warning: development: `PG_VERSION` is required by `db`, and not set: podman-compose stops"
        ),
        "{said}"
    );
    let explicit =
        "include:\n  - path: db/compose.yml\n    env_file: [a.env, b.env]\nservices: {a: {image: x}}\n";
    let files = [
        ("compose.yml", explicit),
        ("db/compose.yml", INCLUDED),
        ("a.env", "PG_VERSION=16\n"),
        ("b.env", "PG_PASS=x\n"),
    ];
    let (code, said) = check(&project("tools = [\"docker compose\"]", &files));
    assert_eq!((code, findings(&said)), (Some(0), Vec::new()), "{said}");
}

#[test]
fn values_of_a_plain_dotenv_and_of_the_shell_count_as_they_do_for_run() {
    let compose = "services:\n  a:\n    image: x:${VERSION:?}\n    environment:\n      H: ${HOME}/x\n      P: ${PORT}\n";
    let project = project("", &[("compose.yml", compose)]);
    let (code, said) = check(&project);
    assert_eq!(code, Some(1));
    assert!(
        said.contains("`VERSION` is required by `a`, and not set: docker compose and podman-compose stop"),
        "{said}"
    );
    assert!(said.contains("`PORT` is read by `a`") && !said.contains("HOME"), "{said}");
    project.write(".env", b"VERSION=1.2\nPORT=80\n");
    let (code, said) = check(&project);
    assert_eq!((code, findings(&said)), (Some(0), Vec::new()), "{said}");
    std::fs::remove_file(project.root().join(".env")).expect("removed");
    let output = project.command().args(["check", "--names"]).env("VERSION", "3").env("PORT", "80").output();
    let output = output.expect("the program starts");
    assert_eq!(findings(&stdout(&output)), Vec::<&str>::new(), "{}", stdout(&output));
}

#[test]
fn shell_variables_are_never_suggested_for_sealing() {
    let compose = "services:\n  a:\n    image: x\n    user: ${UID}:${GID}\n";
    let project = project("tools = [\"docker compose\"]", &[("compose.yml", compose)]);
    project.set("development", "COMPOSE_PROFILES", "full");
    let (_, said) = check(&project);
    assert!(
        said.contains("`UID` is read by `a`, and not set: it would be empty; the shell must export it"),
        "{said}"
    );
    assert!(
        !said.contains("set -e development UID") && !said.contains("COMPOSE_PROFILES [compose-unused]"),
        "{said}"
    );
    assert!(!said.contains("no compose file of the environment reads"), "{said}");
}

#[test]
fn path_is_checked_only_if_its_value_is_known() {
    let compose = "include:\n  - path: ${STAGE}/compose.yml\nservices:\n  c:\n    image: x\n    env_file: ./conf/app-${STAGE:-dev}.env\n";
    let project = project(
        "tools = [\"docker compose\"]",
        &[("compose.yml", compose), ("dev/compose.yml", "services: {d: {image: y}}\n")],
    );
    // A secret: what it is, nobody knows.
    project.set("development", "TAG", "x");
    project.write("compose.yml", compose.replace("STAGE", "TAG").as_bytes());
    assert_eq!(check(&project).0, Some(0), "{}", check(&project).1);
    // Config that is readable, and the tool's default where there is none.
    project.write("compose.yml", compose.as_bytes());
    project.set("development", "STAGE", "dev");
    let (code, said) = check(&project);
    assert_eq!(code, Some(1), "{said}");
    assert!(
        said.contains(
            "`c` reads ./conf/app-dev.env (`env_file:`), which does not exist: docker compose stops"
        ),
        "{said}"
    );
    project.write("conf/app-dev.env", b"M=1\n");
    let (code, said) = check(&project);
    assert_eq!(code, Some(0), "{said}");
    project.set("development", "STAGE", "prod");
    let (code, said) = check(&project);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("prod/compose.yml"), "{said}");
}

#[test]
fn outside_files_pipes_and_devices_are_not_read() {
    let project = project("", &[("compose.yml", "services: {a: {image: x}}\n")]);
    let outside = project.path("home/token");
    crate::compose_model::write(&outside, "ghp_canary1234567890\n");
    let listed = project.read("envs/senex-env.toml").replace("compose.yml", "../home/token");
    let own = project.read("envs/senex-env.toml");
    project.write("envs/senex-env.toml", listed.as_bytes());
    let (code, said) = check(&project);
    assert_eq!(code, Some(1), "{said}");
    assert!(
        said.contains("it is outside the repository, so it is not read") && !said.contains("ghp_"),
        "{said}"
    );
    project.write("envs/senex-env.toml", own.as_bytes());
    let compose = project.root().join("compose.yml");
    std::fs::remove_file(&compose).expect("removed");
    std::os::unix::fs::symlink(&outside, &compose).expect("a link");
    let (code, said) = check(&project);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("outside the repository") && !said.contains("ghp_"), "{said}");
    std::fs::remove_file(&compose).expect("removed");
    let made = std::process::Command::new("mkfifo").arg(&compose).status().expect("mkfifo starts");
    assert!(made.success());
    let (code, said) = check(&project);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("it is not a regular file"), "{said}");
    std::fs::remove_file(&compose).expect("removed");
    project.write(
        "compose.yml",
        b"services:\n  a:\n    image: x\n    extends: {file: ../home/token, service: b}\n",
    );
    let (_, said) = check(&project);
    assert!(said.contains("outside the repository") && !said.contains("ghp_"), "{said}");
}

#[test]
fn finding_names_the_tool_that_refuses() {
    let compose = "include:\n  - path: [./m.yaml]\nservices:\n  a:\n    image: x\n    environment: {API_VERSION: 2024-01-02}\n";
    let files = [("compose.yml", compose), ("m.yaml", "services: {m: {image: y}}\n")];
    let (code, said) = check(&project("tools = [\"docker compose\"]", &files));
    assert_eq!((code, findings(&said)), (Some(0), Vec::new()), "{said}");
    let (code, said) = check(&project("tools = [\"podman-compose\"]", &files));
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("error: development: podman-compose stops here: "), "{said}");
    let (code, said) = check(&project("", &files));
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("warning: development: podman-compose stops here: "), "{said}");
}

#[test]
fn a_file_of_the_largest_size_is_checked_in_seconds() {
    let lines = |head: &str, count: u32, line: &dyn Fn(u32) -> String| {
        head.to_owned() + &(0..count).map(line).collect::<String>()
    };
    let list = "services:\n  a:\n    image: x\n    environment:\n";
    let base = "services:\n  base:\n    image: x\n";
    for compose in [
        lines(list, 60_000, &|n| format!("      - K{n}=${{V{n}}}\n")),
        lines(list, 90_000, &|n| format!("      - K{n}=${{\n")),
        lines(base, 20_000, &|n| format!("  s{n}:\n    extends: base\n")),
        lines("services:\n  a:\n    image: x\n    env_file:\n", 90_000, &|n| format!("      - f{n}.env\n")),
    ] {
        let project = project("tools = [\"docker compose\"]", &[("compose.yml", &compose)]);
        let begun = std::time::Instant::now();
        let (code, said) = check(&project);
        assert!(code.is_some() && begun.elapsed().as_secs() < 40, "{:?}: {said}", begun.elapsed());
    }
}
