//! What the pages in `docs/` say is what the program does.

use senex_env::testing::project::ValueType;

use crate::support::pages::{blocks, run, stand_in};
use crate::support::project::TestProject;
use crate::support::tools::tool;

const TYPES: &str = include_str!("../docs/types.md");

#[test]
fn every_type_has_its_line() {
    for kind in ValueType::ALL {
        assert!(TYPES.contains(&format!("| `{kind}` | ")), "{kind}");
    }
    let lines = TYPES.split("| `type` | a value").nth(1).expect("a table").matches("\n| `").count();
    assert_eq!(lines, ValueType::ALL.len());
}

/// Nobody is there to answer, and no keyring.
const INIT: &str =
    "senex-env identity new --no-passphrase\nsenex-env init -y --environments development,production";

fn commands(page: &str) -> Vec<String> {
    blocks(page, "sh").into_iter().map(|(_, text)| text.replace("senex-env init", INIT)).collect()
}

#[test]
fn the_commands_of_the_start_run() {
    let project = TestProject::empty();
    project.write(".env", b"SECRET_KEY='made up'\n");
    for block in commands(include_str!("../docs/start.md")) {
        run(&project, &block, &[]);
    }
    assert_eq!(project.git(["log", "--format=%s"]), "seal the environments\n");
}

#[test]
fn the_commands_of_every_day_run() {
    let project = TestProject::new();
    for environment in ["development", "production"] {
        project.set(environment, "SECRET_KEY", &format!("made up for {environment}"));
        project.set(environment, "DB_PASSWORD", &format!("made up for {environment}"));
    }
    for block in commands(include_str!("../docs/daily.md")) {
        // It says no where there is a difference.
        run(
            &project,
            &block
                .replace("senex-env diff development production", "! senex-env diff development production"),
            &[],
        );
    }
}

#[test]
fn the_commands_of_ci_run() {
    let project = TestProject::new();
    for environment in ["development", "production"] {
        project.set(environment, "SECRET_KEY", &format!("made up for {environment}"));
        project.set(environment, "DB_PASSWORD", &format!("made up for {environment}"));
    }
    for block in commands(include_str!("../docs/ci.md")) {
        run(&project, &block, &[]);
    }
    let key = std::fs::read_to_string(project.root().join("identity.txt")).expect("an identity");
    assert!(key.starts_with("AGE-SECRET-KEY-1"));
    let mut job = project.command();
    job.args(["run", "--", "sh", "-c", "test -n \"$SECRET_KEY\" && test -z \"$SENEX_ENV_KEY\""]);
    job.env("HOME", "/nonexistent").env("SENEX_ENV_KEY", key.trim());
    assert!(job.status().expect("it starts").success());
}

#[test]
fn the_commands_of_a_production_host_run() {
    let project = TestProject::new();
    for key in ["SECRET_KEY", "DB_PASSWORD"] {
        project.set("production", key, "made up for production");
    }
    // The holder is somewhere else than the host.
    let holder = project.path("holder.txt");
    std::fs::rename(project.path("home/.config/senex-env/identity.txt"), &holder).expect("moved");
    let blocks = commands(include_str!("../docs/production.md"));
    let [on_host, by_holder, then_on] = blocks.as_slice() else { panic!("three blocks") };
    run(&project, on_host, &[]);
    run(&project, by_holder, &[("SENEX_ENV_KEY_FILE", &holder)]);
    run(&project, then_on, &[]);
}

#[test]
fn the_commands_of_the_ways_from_elsewhere_run() {
    let blocks = commands(include_str!("../docs/migrate.md"));
    let [plaintext, sops, dotenvx, git_crypt] = blocks.as_slice() else { panic!("four blocks") };
    let value = |project: &TestProject| {
        let get = ["get", "-y", "-e", "production", "DB_PASSWORD"];
        assert_eq!(crate::support::outcome::succeeded(&project.run(get)), "made up and long");
    };

    let project = TestProject::empty();
    project.write(".env.production", b"DB_PASSWORD='made up and long'\n");
    run(&project, plaintext, &[]);
    value(&project);

    if let Some(program) = tool("bin/sops") {
        let project = TestProject::empty();
        std::fs::create_dir_all(project.path("programs")).expect("a folder");
        std::os::unix::fs::symlink(program, project.path("programs/sops")).expect("a link");
        let identity = senex_env::testing::identity::Identity::generate();
        project.write("plain.env", b"DB_PASSWORD=made up and long\n");
        let encrypt = format!(
            "mkdir secrets; sops encrypt --age {} plain.env > secrets/production.env; rm plain.env",
            identity.recipient()
        );
        run(&project, &encrypt, &[]);
        let key = project.path("home/.config/senex-env/identity.txt");
        let text = senex_env::testing::identity::text_of(&[identity]);
        senex_env::testing::file::create(&key, text.as_bytes(), 0o600).expect("written");
        // The identity that sops had goes on to be used.
        let sops = sops.replace("senex-env identity new --no-passphrase\n", "");
        run(&project, &sops, &[("SOPS_AGE_KEY_FILE", &key)]);
        value(&project);
    }

    for (script, name, says) in
        [(dotenvx, "dotenvx", "echo \"DB_PASSWORD='made up and long'\""), (git_crypt, "git-crypt", "exit 0")]
    {
        let project = TestProject::empty();
        project.write("deploy/production.env", b"DB_PASSWORD='made up and long'\n");
        project.write(".env.production", b"DB_PASSWORD=\"encrypted:BKqv\"\n");
        stand_in(&project, name, says);
        run(&project, script, &[]);
        value(&project);
    }
}

#[test]
fn pages_and_pictures_that_are_linked_are_there() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let pages = std::fs::read_dir(root.join("docs")).expect("a folder").flatten().map(|entry| entry.path());
    let pages = pages.filter(|path| path.extension().is_some_and(|extension| extension == "md"));
    let mut links = 0;
    for page in pages.chain([root.join("README.md")]) {
        let text = std::fs::read_to_string(&page).expect("a page");
        for link in text.split("](").skip(1).filter_map(|rest| rest.split([')', '#']).next()) {
            if link.starts_with("http") || !(link.ends_with(".md") || link.ends_with(".svg")) {
                continue;
            }
            links += 1;
            assert!(page.with_file_name("").join(link).exists(), "{link} in {}", page.display());
        }
    }
    assert!(links > 10, "{links}");
}

#[test]
fn every_field_of_json_has_its_word() {
    let page = include_str!("../docs/json.md");
    let project = TestProject::new();
    project.set("development", "SECRET_KEY", "made up");
    project.commit("first");
    project.set("development", "SECRET_KEY", "another");
    let mut seen = 0;
    for row in page.lines().filter(|line| line.starts_with("| `") && line.contains(" --json` | ")) {
        let line = row.split('`').nth(1).expect("a command");
        let output = project.run(line.split(' '));
        let printed: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
        assert_eq!(printed["version"], 1, "{line}");
        assert_eq!(printed["kind"], line.split(' ').next().expect("a command"), "{line}");
        for field in fields(&printed).iter().filter(|field| !["version", "kind"].contains(&field.as_str())) {
            assert!(row.contains(&format!("`{field}`")) || line == "log --json", "{field} of {line}");
            assert!(page.contains(&format!("`{field}`")), "{field} of {line}");
            seen += 1;
        }
    }
    assert!(seen > 40, "{seen}");
}

/// The names of the fields of an object, and of those within it.
fn fields(value: &serde_json::Value) -> std::collections::BTreeSet<String> {
    match value {
        serde_json::Value::Object(object) => {
            object.iter().flat_map(|(name, inner)| fields(inner).into_iter().chain([name.clone()])).collect()
        }
        serde_json::Value::Array(items) => items.iter().flat_map(fields).collect(),
        _ => std::collections::BTreeSet::new(),
    }
}
