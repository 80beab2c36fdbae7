//! The scripts of `examples/senex-trader/`, which a person runs as well. They wait for each other.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::project::{stderr, stdout};
use super::tools::skip;

/// What a script ends with where the machine cannot run it (no root, no podman, no dockerd).
const CANNOT: i32 = 77;

/// A file of the example.
pub fn example(inside: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/senex-trader").join(inside)
}

/// Runs a script, and says what it counted and how long it took by itself.
pub fn script(name: &str, arguments: &[&str]) {
    let output = Command::new(example(name))
        .args(arguments)
        .env("SENEX_ENV_BIN", env!("CARGO_BIN_EXE_senex-env"))
        .env_remove("SENEX_ENV_KEY_FILE")
        .output()
        .expect("the script starts");
    let said = stdout(&output);
    if output.status.code() == Some(CANNOT) {
        return skip(&format!("{name} cannot run here: {said}"));
    }
    assert!(output.status.success(), "{said}\n{}", stderr(&output));
    assert!(said.trim_end().ends_with("] PASS"), "{said}");
    let checks = said.lines().filter(|line| line.contains("] ok ")).count();
    println!("{name} {}: {checks} checks passed", arguments.join(" "));
    let told = ["] figures: ", "requests lost", "requests answered", "] PASS"];
    for line in said.lines().filter(|line| told.iter().any(|part| line.contains(part))) {
        println!("{line}");
    }
}
