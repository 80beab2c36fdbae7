//! What the pages in `docs/` say is what the program does.

mod index;
mod project_file;
mod run;

use senex_env::testing::project::ValueType;

use crate::support::project::TestProject;

const TYPES: &str = include_str!("../docs/types.md");

#[test]
fn every_type_has_its_line() {
    for kind in ValueType::ALL {
        assert!(TYPES.contains(&format!("| `{kind}` | ")), "{kind}");
    }
    let lines = TYPES.split("| `type` | a valid value").nth(1).expect("a table").matches("\n| `").count();
    assert_eq!(lines, ValueType::ALL.len());
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
