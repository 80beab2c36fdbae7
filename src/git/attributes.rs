//! The lines that a repository with sealed files wants in `.gitattributes`.

use std::path::{Path, PathBuf};

use git2::Repository;

/// Sealed files keep their bytes (a conversion of line ends breaks every checksum in them), and are compared
/// and merged key by key. Git takes a driver that is not registered for its own.
/// What is generated for `sops` is merged with them.
pub(super) const ATTRIBUTES: &[&str] =
    &["envs/*.env -text diff=senex-env merge=senex-env", "envs/.sops.yaml merge=senex-env"];

/// The top folder of the work tree around `from`; `None` outside a repository.
pub(crate) fn top(from: &Path) -> Option<PathBuf> {
    let repository = Repository::discover(from).ok()?;
    std::fs::canonicalize(repository.workdir()?).ok()
}

/// Where git keeps its own files about the work tree around `from`; `None` outside a repository.
pub(crate) fn folder(from: &Path) -> Option<PathBuf> {
    Some(Repository::discover(from).ok()?.path().to_owned())
}

/// The `wanted` lines that a text lacks.
pub(super) fn lacking(text: &str, wanted: &[&str]) -> Vec<String> {
    let present = |line: &str| text.lines().any(|known| known.split_whitespace().eq(line.split_whitespace()));
    wanted.iter().filter(|line| !present(line)).map(|line| (*line).to_owned()).collect()
}

/// `text` with the `wanted` lines that it lacks added at the end; `None` when it has them all.
pub(super) fn with_lines(text: &str, wanted: &[&str]) -> Option<String> {
    let lacking = lacking(text, wanted);
    (!lacking.is_empty()).then(|| with(text, &lacking))
}

/// `text` with lines at its end.
pub(super) fn with(text: &str, lines: &[String]) -> String {
    let mut text = text.to_owned();
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    for line in lines {
        text.push_str(line);
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_missing_lines_are_added() {
        assert_eq!(with_lines("", &["a", "b"]).as_deref(), Some("a\nb\n"));
        assert_eq!(with_lines("x\na", &["a", "b"]).as_deref(), Some("x\na\nb\n"));
        assert_eq!(with_lines("a\nb\n", &["a", "b"]), None);
        assert_eq!(with_lines("envs/*.env   -text\n", &["envs/*.env -text"]), None);
    }
}
