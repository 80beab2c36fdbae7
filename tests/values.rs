//! What only values tell: types and rules, values that everybody knows, values in two environments.

use crate::said_as_before;
use crate::support::outcome::{refused, succeeded};
use crate::support::project::{TestProject, stderr, stdout};

const PROJECT: &str = r#"version = 1
project = "demo"
default = "development"

[environments.development]
[environments.production]
confirm = true

[people.ana]
recipients = ["RECIPIENT"]
environments = ["development", "production"]

[keys.FIELD_ENCRYPTION_KEY]
required = true
type = "fernet-key"
[keys.DB_PASSWORD]
required = ["production"]
[keys.API_TOKEN]
required = ["production"]
[keys.BASE_URL]
secret = false
type = "url"
[keys.BASE_URL.development]
one_of = ["https://sandbox.example"]
[keys.BASE_URL.production]
not_one_of = ["https://sandbox.example"]
"#;
const FERNET: &str = "x8eP-fWpgL1vC_lcwakLrUPYXAlxnE90KrH76fxAikA=";

fn force(project: &TestProject, environment: &str, key: &str, value: &str) {
    let set = ["set", "-y", "--force", "--new", "-e", environment, key];
    succeeded(&project.run_with(set, format!("{value}\n").as_bytes()));
}

/// Production lacks two keys, has half a Fernet key, and would trade in the sandbox.
fn crooked() -> TestProject {
    let project = TestProject::with(PROJECT);
    force(&project, "production", "FIELD_ENCRYPTION_KEY", &FERNET[..22]);
    force(&project, "production", "BASE_URL", "https://sandbox.example");
    project
}

#[test]
fn without_an_identity_the_names_are_checked_and_with_one_the_values_too() {
    let project = crooked();
    let without = project.command().env("HOME", "/nonexistent").args(["check", "-e", "production"]).output();
    let without = without.expect("it starts");
    assert_eq!(without.status.code(), Some(1));
    let (names, all) = (stdout(&without), project.run(["check", "-e", "production"]));
    assert_eq!(all.status.code(), Some(1));
    let all = stdout(&all);
    // Config is readable by everybody.
    said_as_before!("check_values_without_an_identity", &names);
    said_as_before!("check_values", &all);
}

#[test]
fn a_value_of_the_wrong_type_stops_a_run_before_it_starts() {
    let project = crooked();
    force(&project, "production", "DB_PASSWORD", "x");
    force(&project, "production", "API_TOKEN", "x");
    let run = project.run(["run", "-e", "production", "--", "touch", "started"]);
    let said = refused(&run, 125);
    assert_eq!(
        said,
        "error: 2 values of `production` do not satisfy the rules in the project file\n  \
         envs/senex-env.toml:15  `FIELD_ENCRYPTION_KEY` is not a valid `fernet-key`: it is not 44 characters long\n  \
         envs/senex-env.toml:26  `BASE_URL` has a value that is not allowed in `production`\n\
         hint: `senex-env set -e production FIELD_ENCRYPTION_KEY` asks for the value on the terminal\n"
    );
    assert!(!project.root().join("started").exists());
}

#[test]
fn set_refuses_what_run_would_refuse() {
    let project = TestProject::with(PROJECT);
    let said = refused(&project.run_with(["set", "BASE_URL"], b"https://live.example\n"), 1);
    assert_eq!(
        said,
        "error: `BASE_URL` must be `https://sandbox.example` in `development`\n  --> \
         envs/senex-env.toml:24:1\n  24 | one_of = [\"https://sandbox.example\"]\n  nothing was changed\n\
         hint: `senex-env set -e development --force BASE_URL` sets it anyway\n"
    );
    assert!(!project.root().join("envs/development.env").exists());
    succeeded(&project.run_with(["set", "BASE_URL"], b"https://sandbox.example\n"));
    succeeded(&project.run_with(["set", "--force", "FIELD_ENCRYPTION_KEY"], b"x\n"));
}

#[test]
fn what_an_import_would_change_is_told_without_a_question() {
    let project = TestProject::with(PROJECT);
    let import = |dry: &[&str]| {
        let input = b"API_TOKEN=made-up\n";
        project.run_with([&["import", "-e", "production"], dry, &["-"]].concat(), input)
    };
    assert_eq!(succeeded(&import(&["-n"])), "+ API_TOKEN\n");
    refused(&import(&[]), 1);
    assert!(!project.root().join("envs/production.env").exists());
}

#[test]
fn shared_secret_is_reported_until_allowed() {
    let project = TestProject::with(PROJECT);
    for environment in ["development", "production"] {
        force(&project, environment, "FIELD_ENCRYPTION_KEY", FERNET);
        force(&project, environment, "BASE_URL", "https://sandbox.example");
    }
    force(&project, "development", "DB_PASSWORD", "correct horse battery");
    force(&project, "production", "API_TOKEN", "correct horse battery");
    let said = stdout(&project.run(["check"]));
    for finding in [
        "warning: production: `FIELD_ENCRYPTION_KEY` has the same value as in `development` [shared-value]",
        "warning: production: `API_TOKEN` has the same value as `DB_PASSWORD` in `development` [shared-value]",
    ] {
        assert!(said.contains(finding), "{said}");
    }
    assert!(!said.contains("`BASE_URL` has the same"), "{said}");
    let file = project.read("envs/senex-env.toml");
    let expected = file.replace("[keys.API_TOKEN]", "[keys.API_TOKEN]\nallow = [\"shared-value\"]");
    project.write("envs/senex-env.toml", expected.as_bytes());
    let said = stdout(&project.run(["check"]));
    assert!(!said.contains("`API_TOKEN` has") && said.contains("`FIELD_ENCRYPTION_KEY` has"), "{said}");
    let off = format!("{expected}\n[lints]\nshared-value = \"off\"\n");
    project.write("envs/senex-env.toml", off.as_bytes());
    assert!(!stdout(&project.run(["check"])).contains("shared-value"));
}

#[test]
fn well_known_value_is_an_error_if_it_matters() {
    let project = TestProject::with(PROJECT);
    for environment in ["development", "production"] {
        force(&project, environment, "API_TOKEN", "ChangeMe");
    }
    let said = stdout(&project.run(["check"]));
    for finding in [
        "warning: development: `API_TOKEN` has a value from a tutorial",
        "error: production: `API_TOKEN` has a value from a tutorial",
    ] {
        assert!(said.contains(finding), "{said}");
    }
    assert!(!said.contains("ChangeMe"), "{said}");
}

#[test]
fn damaged_file_is_a_finding_and_check_continues() {
    let project = TestProject::with(PROJECT);
    force(&project, "development", "API_TOKEN", "one");
    force(&project, "production", "API_TOKEN", "two");
    let copied = project.read("envs/development.env");
    project.write("envs/production.env", copied.as_bytes());
    let output = project.run(["check", "--json"]);
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    let report: serde_json::Value = serde_json::from_str(&stdout(&output)).expect("JSON");
    let findings = report["findings"].as_array().expect("a list");
    let found = findings.iter().find(|finding| finding["kind"] == "integrity").expect("found");
    assert_eq!(
        (&found["environments"], &found["fix"]),
        (&serde_json::json!(["production"]), &"senex-env seal -e production".into())
    );
    assert_eq!(report["environments"][1]["values_checked"], false);
    assert_eq!(report["environments"][1]["values_unchecked_because"], "broken-file");
    assert_eq!(report["environments"][0]["values_checked"], true);
    assert_eq!(
        report["errors"].as_u64(),
        Some(findings.iter().filter(|f| f["severity"] == "error").count() as u64)
    );
}

#[test]
fn check_prompts_only_with_unlock() {
    let project = crooked();
    let identity = project.path("home/.config/senex-env/identity.txt");
    let key = project.path("home/.ssh/id_ed25519");
    std::fs::create_dir_all(key.parent().expect("a folder")).expect("a folder");
    let Some(keygen) = crate::support::tools::program("ssh-keygen") else { return };
    let made =
        project.hermetic(keygen).args(["-q", "-t", "ed25519", "-N", "swordfish", "-f"]).arg(&key).status();
    assert!(made.expect("it starts").success());
    std::fs::remove_file(identity).expect("removed");
    let public = std::fs::read_to_string(key.with_extension("pub")).expect("a key");
    let file = project.read("envs/senex-env.toml");
    let start = file.find("recipients = ").expect("a line");
    let end = start + file[start..].find('\n').expect("a line end");
    let file = file.replace(&file[start..end], &format!("recipients = [\"{}\"]", public.trim()));
    project.write("envs/senex-env.toml", file.as_bytes());
    std::fs::remove_file(project.root().join("envs/production.env")).expect("removed");
    force(&project, "production", "API_TOKEN", "three");
    let said = stdout(&project.run(["check", "-e", "production"]));
    assert!(
        said.contains(
            "values of production not checked: your identity is protected by a passphrase \
            (--unlock)"
        ),
        "{said}"
    );
}
