//! What the pages in `docs/` say is what the program does.

use senex_env::check::LINTS;
use senex_env::project::ValueType;

const TYPES: &str = include_str!("../docs/types.md");
const CHECK: &str = include_str!("../docs/check.md");

#[test]
fn every_type_has_its_line() {
    for kind in ValueType::ALL {
        assert!(TYPES.contains(&format!("| `{kind}` | ")), "{kind}");
    }
    let lines = TYPES.split("| `type` | a value").nth(1).expect("a table").matches("\n| `").count();
    assert_eq!(lines, ValueType::ALL.len());
}

#[test]
fn every_lint_has_its_line_and_its_reason() {
    for (name, reason) in LINTS {
        assert!(CHECK.contains(&format!("| `{name}` | {reason} |\n")), "{name}");
    }
}
