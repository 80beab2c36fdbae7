//! What the pages in `docs/` say is what the program does.

mod index;
mod project_file;
mod run;

use senex_env::testing::plaintext::Format;
use senex_env::testing::project::ValueType;

use crate::support::outcome::succeeded;
use crate::support::project::TestProject;

const TYPES: &str = include_str!("../docs/types.md");

#[test]
fn types_are_documented() {
    for kind in ValueType::ALL {
        assert!(TYPES.contains(&format!("| `{kind}` | ")), "{kind}");
    }
    let lines = TYPES.split("| `type` | a valid value").nth(1).expect("a table").matches("\n| `").count();
    assert_eq!(lines, ValueType::ALL.len());
}

#[test]
fn every_format_has_its_line() {
    let page = include_str!("../docs/export.md");
    for format in Format::ALL.map(Format::as_str).into_iter().chain(["k8s"]) {
        assert!(page.contains(&format!("\n| `{format}` | ")), "{format}");
    }
}

#[test]
fn json_fields_are_documented() {
    let page = include_str!("../docs/json.md");
    let project = TestProject::new();
    project.set("development", "SECRET_KEY", "made up");
    project.commit("first");
    project.set("development", "SECRET_KEY", "another");
    // Bob opens what he has been granted, and asks to open it with a second identity as well.
    let bob = |recipient| succeeded(&project.run(["join", "bob", "--recipient", recipient]));
    bob("age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p");
    succeeded(&project.run(["grant", "bob", "-y"]));
    bob("age1lggyhqrw2nlhcxprm67z43rta597azn8gknawjehu9d9dl0jq3yqqvfafg");
    let mut seen = 0;
    for row in page.lines().filter(|line| line.starts_with("| `") && line.contains(" --json")) {
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

#[test]
fn error_ids_are_documented() {
    let page = include_str!("../docs/json.md");
    let listed = page.split("| `id` | what it means |").nth(1).expect("a list");
    for id in senex_env::testing::error::Id::ALL {
        assert!(listed.contains(&format!("\n| `{}` | ", id.as_str())), "{}", id.as_str());
    }
    assert_eq!(listed.matches("\n| `").count(), senex_env::testing::error::Id::ALL.len());
    let project = TestProject::new();
    project.set("production", "SECRET_KEY", "x");
    for (line, id, exit) in [
        ("list --json -e prod", "unknown-environment", 2),
        ("list --json K V", "usage", 2),
        ("run --json -n -- true", "no-file", 125),
        ("-C / list --json", "no-project", 3),
        ("-C /nonexistent list --json", "io", 6),
        ("run --json -n -e production -- true", "missing-key", 125),
        ("log --json K=V", "value-on-command-line", 2),
        ("diff --json --reveal -e production", "integrity", 5),
    ] {
        if id == "integrity" {
            let sealed = project.read("envs/production.env");
            project.commit("sealed");
            project
                .write("envs/production.env", sealed.replace("SECRET_KEY=ENC", "OTHER_KEY=ENC").as_bytes());
        }
        let output = project.run(line.split(' '));
        let said = String::from_utf8_lossy(&output.stderr);
        let last = said.lines().last().unwrap_or_default();
        let error: serde_json::Value =
            serde_json::from_str(last).unwrap_or_else(|_| panic!("{line}: {said}"));
        assert_eq!((&error["version"], &error["kind"]), (&1.into(), &"error".into()), "{line}");
        assert_eq!((&error["id"], &error["exit"]), (&id.into(), &exit.into()), "{line}: {said}");
        assert_eq!(output.status.code(), Some(exit), "{line}");
        assert!(output.stdout.is_empty(), "{line}");
    }
}
