//! The real tools, as `tests/tools/install` lays them out.

use std::path::PathBuf;

/// The folder of the tools.
pub fn folder() -> PathBuf {
    match std::env::var_os("SENEX_ENV_TOOLS") {
        Some(path) => PathBuf::from(path),
        None => PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("target/tools"),
    }
}

/// A tool by its path in that folder. One that is missing is a loud skip, and a failure where tools are
/// required.
pub fn tool(path: &str) -> Option<PathBuf> {
    let full = folder().join(path);
    if full.exists() { Some(full) } else { missing(path) }
}

/// One tool of each version in a folder, under the same rule.
pub fn tools(folder: &str, path: &str) -> Vec<PathBuf> {
    let versions = std::fs::read_dir(self::folder().join(folder)).into_iter().flatten();
    let tools: Vec<_> = versions.flatten().map(|version| version.path().join(path)).collect();
    if tools.is_empty() {
        missing(folder);
    }
    tools
}

/// A program on the PATH that the tests can do without: where it is missing, they say so.
pub fn optional(name: &str) -> Option<PathBuf> {
    let found = on_path(name);
    if found.is_none() {
        eprintln!("SKIPPED: no {name} here");
    }
    found
}

/// A program on the PATH, under the same rule.
pub fn program(name: &str) -> Option<PathBuf> {
    on_path(name).or_else(|| missing(name))
}

fn on_path(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|path| path.is_file())
}

/// Says so; fails where tools are required.
pub fn missing(name: &str) -> Option<PathBuf> {
    skip(&format!("{name} is missing: tests/tools/install brings it"));
    None
}

/// A test cannot be run here: said aloud, and a failure where everything must run.
pub fn skip(why: &str) {
    let required = std::env::var_os("SENEX_ENV_REQUIRE_TOOLS").is_some_and(|value| value == "1");
    assert!(!required, "{why}; it is required here");
    eprintln!("SKIPPED: {why}");
}
