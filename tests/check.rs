//! `check`: what is missing, told without any identity, with the place that asks for it.

use senex_env::testing::file::create;

use crate::said_as_before;
use crate::support::compose::strategy;
use crate::support::picture::{assert_picture, prompt};
use crate::support::project::{TestProject, stdout};

/// The strategy's three files to the letter, and the project file that `init` makes of them.
fn strategy_project() -> TestProject {
    let project = TestProject::empty();
    for name in ["docker-compose.yml", "docker-compose.dev.yml", "docker-compose.prod.yml"] {
        project.write(name, &std::fs::read(strategy().join(name)).expect("a fixture"));
    }
    assert!(project.run(["identity", "new", "--no-passphrase"]).status.success());
    // Both tools count where both are installed.
    let programs = project.path("programs");
    for name in ["docker", "podman-compose"] {
        create(&programs.join(name), b"#!/bin/sh\n", 0o755).expect("written");
    }
    let path = format!("{}:{}", programs.display(), std::env::var("PATH").unwrap_or_default());
    let mut init = project.command();
    init.args(["init", "-y", "--project", "senex-trader", "--person", "ana"]).env("PATH", path);
    assert!(init.output().expect("the program starts").status.success());
    project
}

fn check(project: &TestProject, arguments: &[&str]) -> (Option<i32>, String) {
    let output = project
        .command()
        // No identity is needed, nor looked for.
        .env("HOME", "/nonexistent")
        .arg("check")
        .args(arguments)
        .output()
        .expect("the program starts");
    (output.status.code(), stdout(&output))
}

#[test]
fn init_proposes_for_the_strategy_files_what_is_shipped() {
    let file = strategy_project().read("envs/senex-env.toml");
    let shipped = include_str!("../envs/senex-env.toml").replace("examples/senex-trader/", "");
    // All but who is let in.
    let parts = |text: &str| {
        let start = text.find("version = 1").expect("a version");
        let people = text.find("[people.").expect("people");
        let keys = text.find("# Django").expect("keys");
        (text[start..people].to_owned(), text[keys..].to_owned())
    };
    assert_eq!(parts(&file), parts(&shipped));
}

#[test]
fn check_finds_the_known_problems_of_the_strategy_files() {
    let project = strategy_project();
    let (code, said) = check(&project, &["--all"]);
    assert_eq!(code, Some(1));
    // podman-compose cannot merge an unquoted boolean over a string; a container name has several replicas; secrets
    // are in git; keys are missing.
    said_as_before!("check_the_strategy_files", &said);
}

#[test]
fn missing_keys_are_reported_with_their_place() {
    let project = strategy_project();
    for key in [
        "SECRET_KEY",
        "FIELD_ENCRYPTION_KEY",
        "WS_ALLOWED_ORIGINS",
        "APP_BASE_URL",
        "TASTYTRADE_CLIENT_ID",
        "TASTYTRADE_CLIENT_SECRET",
        "TASTYTRADE_BASE_URL",
    ] {
        project.set("production", key, "x");
    }
    let (code, said) = check(&project, &["-e", "production", "--json"]);
    assert_eq!(code, Some(1));
    let findings: serde_json::Value = serde_json::from_str(&said).expect("JSON");
    assert_eq!((&findings["version"], &findings["kind"]), (&1.into(), &"check".into()));
    let findings = findings["findings"].clone();
    let missing: Vec<&str> = findings
        .as_array()
        .expect("a list")
        .iter()
        .filter(|finding| finding["kind"] == "missing")
        .map(|finding| finding["key"].as_str().expect("a key"))
        .collect();
    assert_eq!(missing, ["ALLOWED_HOSTS", "DB_PASSWORD"]);
    for finding in findings.as_array().expect("a list").iter().filter(|finding| finding["kind"] == "missing")
    {
        assert!(finding["path"] == "envs/senex-env.toml" && finding["line"].is_u64());
        assert!(finding["fix"].as_str().expect("a fix").starts_with("senex-env set -e production "));
    }
}

/// Production lacks two keys, has a Fernet key that is none, and would trade in the sandbox.
#[test]
fn mistakes_are_reported_as_far_as_access_allows() {
    let project = strategy_project();
    // As shipped, the compose files load in both tools.
    for name in ["docker-compose.yml", "docker-compose.dev.yml", "docker-compose.prod.yml"] {
        let example =
            std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/senex-trader").join(name);
        project.write(name, &std::fs::read(example).expect("an example"));
    }
    for (key, value) in [
        ("SECRET_KEY", "x8eP-fWpgL1vC_lcwakLrUPYXAlxnE90KrH76fxAikA=abcdef"),
        ("FIELD_ENCRYPTION_KEY", "bWFkZS11cC1ieS1zb21lYm9keQ=="),
        ("ALLOWED_HOSTS", "senex.example.test,localhost"),
        ("WS_ALLOWED_ORIGINS", "https://senex.example.test"),
        ("APP_BASE_URL", "https://senex.example.test"),
        ("TASTYTRADE_CLIENT_ID", "made-up-client"),
        ("TASTYTRADE_BASE_URL", "https://api.cert.tastyworks.com"),
    ] {
        project.set("production", key, value);
    }
    let (code, without) = check(&project, &["-e", "production"]);
    assert_eq!(code, Some(1));
    let shown = crate::support::terminal::on_terminal(
        project.command().args(["check", "-e", "production"]).env("TERM", "xterm-256color"),
        &[],
    );
    let with = project.run(["check", "-e", "production"]);
    assert_eq!(with.status.code(), Some(1));
    let with = stdout(&with);
    // Config is readable: nobody needs an identity to see where production would trade.
    said_as_before!("check_four_mistakes_without_an_identity", &without);
    said_as_before!("check_four_mistakes", &with);
    if let Some(shown) = shown {
        let said = prompt("senex-env check -e production") + &stdout(&shown);
        assert_picture("check", &said);
    }
}

#[test]
fn broken_pipe_keeps_the_exit_code() {
    let project = strategy_project();
    // `doctor` misses it.
    std::fs::remove_file(project.path("home/.config/senex-env/identity.txt")).expect("removed");
    for line in ["check", "check --json", "check --format github", "doctor"] {
        assert_eq!(project.run_unread(line), (Some(1), String::new()), "{line}");
    }
}

#[test]
fn removed_env_file_is_reported() {
    let project = TestProject::with(
        "version = 1\nproject = \"p\"\n[environments.development]\ncompose = [\"compose.yml\"]\n",
    );
    let compose = "services:\n  web:\n    image: x\n    env_file:\n      - .env\n      - path: more.env\n        required: false\n";
    project.write("compose.yml", compose.as_bytes());
    let (code, said) = check(&project, &[]);
    assert_eq!(code, Some(1));
    assert!(
        said.contains("`web` reads .env (`env_file:`), which does not exist: docker compose and podman-compose stop [compose-env-file]\n  --> compose.yml:5:9\n"),
        "{said}"
    );
    assert!(!said.contains("more.env"), "{said}");
    project.write(".env", b"OTHER=1\n");
    assert_eq!(check(&project, &[]).0, Some(0));
}

#[test]
fn a_lint_is_switched_off_by_its_name() {
    let project = strategy_project();
    let before = check(&project, &["-e", "development"]).1;
    assert!(before.contains("[literal-secret]"), "{before}");
    let file = project.read("envs/senex-env.toml");
    project.write("envs/senex-env.toml", format!("{file}\n[lints]\nliteral-secret = \"off\"\n").as_bytes());
    let after = check(&project, &["-e", "development"]).1;
    assert!(!after.contains("[literal-secret]"), "{after}");
    project.write("envs/senex-env.toml", format!("{file}\n[lints]\nliteral-secrets = \"off\"\n").as_bytes());
    let refused = project.run(["check"]);
    assert_eq!(refused.status.code(), Some(3));
}

#[test]
fn the_shipped_environments_have_no_error() {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_senex-env"))
        .arg("check")
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("the program starts");
    let said = stdout(&output);
    assert!(output.status.success(), "{said}");
    assert!(!said.contains("error:"), "{said}");
    // What is left is what the README explains.
    let explained = ["secret-on-command-line", "silently-empty", "empty-variable", "default-on-secret"];
    let kinds =
        said.lines().filter_map(|line| line.strip_suffix(']')?.rsplit_once('[')).map(|(_, kind)| kind);
    for kind in kinds {
        assert!(explained.contains(&kind), "{kind} in\n{said}");
        assert!(include_str!("../README.md").contains(kind), "{kind}");
    }
}

#[test]
fn a_report_on_a_hundred_keys_fits_the_terminal() {
    let keys: String = (0..100)
        .map(|n| format!("[keys.A_RATHER_LONG_NAME_OF_A_KEY_NUMBER_{n}]\nrequired = {}\n", n % 50 == 0))
        .collect();
    let environments: String = (0..12).map(|n| format!("[environments.environment-{n}]\n")).collect();
    let project = TestProject::with(&format!("version = 1\nproject = \"p\"\n{environments}{keys}"));
    let (_, said) = check(&project, &[]);
    let (table, _) = said.split_once("\n\n").expect("a table and findings");
    assert!(table.lines().all(|line| line.chars().count() <= 80), "{table}");
    assert!(table.contains("98 more keys OK (--all shows them)"), "{table}");
    // Six tables of environments with the two keys that matter, in full, and the line about the others.
    assert!(
        table.lines().count() <= 19 && table.contains("A_RATHER_LONG_NAME_OF_A_KEY_NUMBER_50  "),
        "{table}"
    );
    assert!(said.contains("and 4 more (--all shows them)"), "{said}");
    let (_, all) = check(&project, &["--all"]);
    assert!(all.matches("A_RATHER_LONG_NAME_OF_A_K").count() > 100, "{all}");
}

#[test]
fn finding_shows_the_source_line() {
    let project = TestProject::new();
    project.set("development", "ALLOWED_HOSTS", "x");
    let (_, said) = check(&project, &["-e", "development"]);
    let expected = "error: development: `SECRET_KEY` is required and missing [missing]\n  --> envs/senex-env.toml:12:7\n  12 | [keys.SECRET_KEY]\n  fix: `senex-env set -e development SECRET_KEY`\n";
    assert!(said.contains(expected), "{said}");
    let (code, annotations) = check(&project, &["-e", "development", "--format", "github"]);
    assert_eq!(code, Some(1));
    assert_eq!(
        annotations,
        "::error file=envs/senex-env.toml,line=12,col=7,title=senex-env missing::development: `SECRET_KEY` is required and missing (fix: senex-env set -e development SECRET_KEY)\n"
    );
}

const THREE: &str = "version = 1\nproject = \"p\"\ndefault = \"development\"\n\
    [environments.development]\ncompose = [\"compose.yml\"]\n\
    [environments.staging]\ncompose = [\"compose.yml\"]\n\
    [environments.production]\ncompose = [\"compose.yml\"]\n\
    [people.ana]\nrecipients = [\"RECIPIENT\"]\n\
    environments = [\"development\", \"staging\", \"production\"]\n";

#[test]
fn shared_finding_is_shown_once() {
    let project = TestProject::with(&format!(
        "{THREE}[keys.A]\nrequired = true\n[keys.B]\nrequired = [\"development\"]\n[keys.C]\nsecret = false\n"
    ));
    project.write(
        "compose.yml",
        b"services:\n  web:\n    image: x\n    environment:\n      A: ${A}\n      B: ${B}\n      C: ${C:-}\n",
    );
    for environment in ["development", "staging", "production"] {
        project.set(environment, "A", environment);
        project.set(environment, "B", environment);
    }
    let (code, said) = check(&project, &[]);
    assert_eq!(code, Some(0), "{said}");
    said_as_before!("check_what_several_environments_share", &said);
    // One key that is expected to be so is told no more, the others are.
    let file = project.read("envs/senex-env.toml");
    project.write(
        "envs/senex-env.toml",
        file.replace("[keys.A]", "[keys.A]\nallow = [\"secret-on-command-line\"]").as_bytes(),
    );
    let (_, said) = check(&project, &[]);
    assert!(said.contains("creates the container: `B` [secret-on-command-line]"), "{said}");
    let (_, json) = check(&project, &["--json"]);
    let report: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    let environments: Vec<usize> = report["findings"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|finding| finding["environments"].as_array().expect("a list").len())
        .collect();
    assert_eq!(environments, [3, 3, 1, 3]);
}

#[test]
fn quiet_check_shows_only_findings() {
    let project = TestProject::new();
    let quiet = |project: &TestProject| stdout(&project.run(["-q", "check", "-e", "development"]));
    project.set("development", "ALLOWED_HOSTS", "x");
    let said = quiet(&project);
    assert!(
        said.starts_with("error: development: `SECRET_KEY` is required and missing [missing]\n"),
        "{said}"
    );
    assert!(!said.contains("ALLOWED_HOSTS") && !said.contains(" errors"), "{said}");
    for key in ["SECRET_KEY", "DB_PASSWORD"] {
        project.set("development", key, &format!("made up for {key}"));
    }
    assert_eq!(quiet(&project), "");
}

#[test]
fn plaintext_file_is_reported_for_its_environment() {
    let project = TestProject::with(&format!("{THREE}[keys.A]\n[keys.B]\n"));
    project.write(
        "compose.yml",
        b"services:\n  web:\n    image: x\n    environment:\n      A: ${A:?}\n      B: ${B:?}\n",
    );
    for environment in ["development", "staging", "production"] {
        project.set(environment, "A", &format!("made up for {environment}"));
        project.set(environment, "B", &format!("made up too for {environment}"));
    }
    project.write(".env", b"A='made up for development'\nOTHER=1\n");
    project.write(".env.production", b"A=another\n");
    let beside = |arguments: &[&str]| {
        let output = project.run([&["check", "--json"], arguments].concat());
        let report: serde_json::Value = serde_json::from_str(&stdout(&output)).expect("JSON");
        let findings = report["findings"].as_array().expect("a list").clone();
        let findings = findings.into_iter().filter(|finding| finding["kind"] == "plaintext-beside");
        findings
            .map(|finding| {
                let text = |field: &str| finding[field].as_str().expect("a text").to_owned();
                format!(
                    "{} | {} | {}",
                    finding["environments"][0].as_str().expect("a name"),
                    text("message"),
                    text("fix")
                )
            })
            .collect::<Vec<_>>()
    };
    // The same value is there twice; another one would overwrite what is sealed, so it is looked at first.
    let production = "production | .env.production is plaintext, and defines `A` | senex-env import -n -e production .env.production";
    assert_eq!(beside(&[]), ["development | .env is plaintext, and repeats `A` | rm .env", production]);
    assert_eq!(beside(&["-e", "production"]), [production]);
    // Nobody opened it: whether the value is the same is not known.
    assert_eq!(
        beside(&["-e", "development", "--names"]),
        ["development | .env is plaintext, and defines `A` | senex-env import -n -e development .env"]
    );
    assert!(project.run(["unset", "-y", "-e", "development", "A"]).status.success());
    assert_eq!(
        beside(&["-e", "development"]),
        ["development | .env is plaintext, and defines `A` | senex-env import -e development .env"]
    );
}

#[test]
fn the_fix_for_a_secret_in_a_compose_file_changes_the_compose_file() {
    let project = TestProject::with(&format!("{THREE}[keys.TOKEN]\n[keys.PDF_URL]\n"));
    let compose = "services:\n  web:\n    image: x\n    environment:\n      TOKEN: made-up\n      PDF_URL: http://pdf:3000\n";
    project.write("compose.yml", compose.as_bytes());
    let (_, said) = check(&project, &[]);
    let expected = "warning: development, staging and production: `TOKEN` is written in the compose file in plaintext, for `web` [literal-secret]\n  --> compose.yml:5:7\n  fix: write `TOKEN: ${TOKEN:?}` in its place, then set a new value: git keeps the old one\n";
    assert!(said.contains(expected), "{said}");
    // An address is none, whatever the project file says of a key that has no value yet.
    assert!(!said.contains("`PDF_URL` is written"), "{said}");
}
