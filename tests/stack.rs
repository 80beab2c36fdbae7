//! The real stack: `examples/senex-trader/` under real podman, brought up from the sealed files of this
//! repository. The checks themselves are in `examples/senex-trader/smoke.sh`, which a person runs as well.

use std::path::Path;
use std::process::Command;

/// What `smoke.sh` ends with where the machine cannot run the stack (no root, no podman).
const CANNOT: i32 = 77;

fn smoke(mode: &str) {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR"));
    let output = Command::new(repository.join("examples/senex-trader/smoke.sh"))
        .arg(mode)
        .env("SENEX_ENV_BIN", env!("CARGO_BIN_EXE_senex-env"))
        .env_remove("SENEX_ENV_KEY_FILE")
        .output()
        .expect("smoke.sh starts");
    let said = String::from_utf8_lossy(&output.stdout);
    if output.status.code() == Some(CANNOT) {
        let required = std::env::var_os("SENEX_ENV_REQUIRE_TOOLS").is_some_and(|value| value == "1");
        assert!(!required, "the stack cannot run here, and it is required: {said}");
        eprintln!("SKIPPED: the real stack cannot run here: {said}");
        return;
    }
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
    assert!(said.trim_end().ends_with("PASS"), "{said}");
    let checks = said.lines().filter(|line| line.contains("] ok ")).count();
    println!("{mode}: {checks} checks of the real stack passed");
}

#[test]
fn production_comes_up_from_its_sealed_file_and_leaves_nothing() {
    smoke("prod");
}

#[test]
fn development_comes_up_from_its_sealed_file_and_leaves_nothing() {
    smoke("dev");
}
