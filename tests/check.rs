//! `check`: what is missing, told without any identity, with the place that asks for it.

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
    assert!(project.run(["init", "--project", "senex-trader", "--person", "ana"]).status.success());
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
fn the_strategy_files_are_seen_through() {
    let project = strategy_project();
    let (code, said) = check(&project, &["--all"]);
    assert_eq!(code, Some(1));
    for expected in [
        // podman-compose cannot merge an unquoted boolean over a string.
        "error: development: podman-compose cannot merge this with docker-compose.yml:83:28, which is of another type; quote it",
        "--> docker-compose.dev.yml:44:28",
        "--> docker-compose.prod.yml:28:28",
        // A container name and replicas.
        "production: `web` has a container name and several replicas: docker compose refuses it [container-name]",
        "--> docker-compose.prod.yml:16:21",
        // Secrets in git.
        "development: `SECRET_KEY` is written in the compose file in the clear, for `web`, `celery_worker` and `celery_beat` [literal-secret]",
        "--> docker-compose.dev.yml:25:7",
        "development: in the compose file, `FIELD_ENCRYPTION_KEY` is no `fernet-key`: it is not 44 characters long [literal-value]",
        "--> docker-compose.dev.yml:26:7",
        "production: `DB_PASSWORD` is required and missing; `postgres` reads it at docker-compose.yml:14:26 [missing]",
        "development: `SECRET_KEY` is required and missing; `web` reads it at docker-compose.yml:59:19 [missing]",
    ] {
        assert!(said.contains(expected), "{expected} is not in\n{said}");
    }
}

#[test]
fn a_production_file_that_lacks_two_keys_is_told_by_key_and_place() {
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
fn four_mistakes_in_production_are_told_by_place_as_far_as_each_can_see() {
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
    for (finding, needs_identity) in [
        (
            "`DB_PASSWORD` is required and missing; `postgres` reads it at docker-compose.yml:12:26 [missing]\n  --> envs/senex-env.toml:63:7\n",
            false,
        ),
        (
            "`TASTYTRADE_CLIENT_SECRET` is required and missing; `web` reads it at docker-compose.yml:79:33 [missing]\n  --> envs/senex-env.toml:72:7\n",
            false,
        ),
        // Config is readable: nobody needs an identity to see where production would trade.
        (
            "`TASTYTRADE_BASE_URL` has a value that is not allowed in `production` [not-one-of]\n  --> envs/senex-env.toml:81:1\n",
            false,
        ),
        (
            "`FIELD_ENCRYPTION_KEY` is no `fernet-key`: it is not 44 characters long [type]\n  --> envs/senex-env.toml:33:1\n",
            true,
        ),
    ] {
        assert!(with.contains(finding), "{finding} is not in\n{with}");
        assert_eq!(without.contains(finding), !needs_identity, "{finding}\n{without}");
    }
    assert!(without.contains("\n3 errors, ") && with.contains("\n4 errors, "), "{without}{with}");
    if let Some(shown) = shown {
        let said = prompt("senex-env check -e production") + &stdout(&shown);
        assert_picture("check", &said);
    }
}

#[test]
fn a_reader_that_goes_away_does_not_make_it_well() {
    let project = strategy_project();
    // `doctor` misses it.
    std::fs::remove_file(project.path("home/.config/senex-env/identity.txt")).expect("removed");
    for line in ["check", "check --json", "check --format github", "doctor"] {
        assert_eq!(project.run_unread(line), (Some(1), String::new()), "{line}");
    }
}

#[test]
fn an_env_file_that_went_with_the_plaintext_is_missed() {
    let project = TestProject::with(
        "version = 1\nproject = \"p\"\n[environments.development]\ncompose = [\"compose.yml\"]\n",
    );
    let compose = "services:\n  web:\n    image: x\n    env_file:\n      - .env\n      - path: more.env\n        required: false\n";
    project.write("compose.yml", compose.as_bytes());
    let (code, said) = check(&project, &[]);
    assert_eq!(code, Some(1));
    assert!(
        said.contains("`web` reads .env (`env_file:`), which is not there: compose stops [compose-env-file]\n  --> compose.yml:5:9\n"),
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
    assert!(table.contains("98 keys more in order") || table.contains("98 keys"), "{table}");
    // Three tables of environments with the two keys that matter, and the line about the others.
    assert!(table.lines().count() <= 13, "{table}");
    assert!(said.contains("and 4 more (--all shows them)"), "{said}");
    let (_, all) = check(&project, &["--all"]);
    assert!(all.matches("A_RATHER_LONG_NAME_OF_A_K").count() > 100, "{all}");
}

#[test]
fn a_finding_shows_the_line_that_asks_for_it() {
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
