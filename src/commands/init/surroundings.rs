//! What lies in the repository: compose files, plaintext files, and the environments that their names tell of.

use std::path::Path;

use super::plaintext;
use crate::name::EnvName;

const BASES: [&str; 4] = ["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"];

/// The compose files that lie there: the base, and what overrides it in an environment.
pub(super) fn compose_files(root: &Path, environment: &EnvName) -> Vec<String> {
    let Some(base) = base(root) else { return Vec::new() };
    let over = overrides(root, base).into_iter().find(|(_, of)| of == environment);
    std::iter::once(base.to_owned()).chain(over.map(|(file, _)| file)).collect()
}

/// The environments that names of files tell of, development first and production last; where none does,
/// these two, or development alone for a `.env`.
pub(super) fn environments(root: &Path) -> Vec<EnvName> {
    let files = plaintext::files(root);
    let words = files.iter().filter_map(|(_, word)| plaintext::environment(word.as_deref()?));
    let named_by_compose = base(root).map(|base| overrides(root, base)).unwrap_or_default();
    let mut found: Vec<EnvName> = words.chain(named_by_compose.into_iter().map(|(_, name)| name)).collect();
    let plain = |name: &str| EnvName::new(name).expect("a name");
    if found.is_empty() && files.is_empty() {
        found.push(plain("production"));
    }
    // What is passed around as `.env` is somebody's development.
    if !found.iter().any(|name| name.as_str() == "development") {
        found.push(plain("development"));
    }
    found.sort_by_key(|name| match name.as_str() {
        "development" => (0, String::new()),
        "production" => (2, String::new()),
        other => (1, other.to_owned()),
    });
    found.dedup();
    found
}

fn base(root: &Path) -> Option<&'static str> {
    BASES.into_iter().find(|name| root.join(name).is_file())
}

/// `docker-compose.prod.yml` and the like. What compose itself adds, `….override.yml`, is of no environment.
fn overrides(root: &Path, base: &str) -> Vec<(String, EnvName)> {
    let (stem, extension) = base.rsplit_once('.').unwrap_or((base, "yml"));
    let mut found = Vec::new();
    for entry in std::fs::read_dir(root).into_iter().flatten().flatten() {
        let Ok(name) = entry.file_name().into_string() else { continue };
        let word = name.strip_prefix(stem).and_then(|rest| rest.strip_suffix(extension));
        let Some(word) = word.and_then(|word| word.strip_prefix('.')?.strip_suffix('.')) else { continue };
        if word != "override"
            && let Some(environment) = plaintext::environment(word)
        {
            found.push((name, environment));
        }
    }
    found.sort();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(files: &[&str]) -> Vec<String> {
        let folder = tempfile::tempdir().expect("a folder");
        for file in files {
            crate::file::create(&folder.path().join(file), b"A=b\n", 0o600).expect("written");
        }
        environments(folder.path()).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn names_of_files_tell_of_environments() {
        assert_eq!(told(&[]), ["development", "production"]);
        assert_eq!(told(&["compose.yml"]), ["development", "production"]);
        assert_eq!(told(&[".env", "compose.yml"]), ["development"]);
        assert_eq!(told(&[".env", ".env.prod", ".env.example", ".env.keys"]), ["development", "production"]);
        assert_eq!(
            told(&["compose.yml", "compose.staging.yml", "compose.override.yml", "prod.env"]),
            ["development", "staging", "production"]
        );
        assert_eq!(
            told(&["docker-compose.yml", "docker-compose.dev.yml", "compose.prod.yml"]),
            ["development"]
        );
    }
}
