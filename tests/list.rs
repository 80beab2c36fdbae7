//! The table of `list`: names and states, never a value.

use crate::support::outcome::succeeded;
use crate::support::project::TestProject;

#[test]
fn list_distinguishes_key_states() {
    let project = TestProject::new();
    for (key, value) in [("ALLOWED_HOSTS", "a.test"), ("UNKNOWN_EMPTY", ""), ("UNKNOWN", "x")] {
        project.set("development", key, value);
    }
    let table = succeeded(&project.run(["list"]));
    let rows: Vec<Vec<&str>> = table.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(
        rows,
        [
            &["ALLOWED_HOSTS", "config"][..],
            &["UNKNOWN_EMPTY", "secret", "empty", "not", "declared"],
            &["UNKNOWN", "secret", "not", "declared"],
            &["SECRET_KEY", "secret", "missing"],
        ]
    );
    assert!(!table.contains("a.test"));
    let json: serde_json::Value =
        serde_json::from_str(&succeeded(&project.run(["list", "--json"]))).expect("JSON");
    assert_eq!(json["keys"][1]["key"], "UNKNOWN_EMPTY");
    assert_eq!((&json["keys"][1]["set"], &json["keys"][1]["declared"]), (&false.into(), &false.into()));
    assert_eq!((&json["keys"][3]["key"], &json["keys"][3]["required"]), (&"SECRET_KEY".into(), &true.into()));
}
