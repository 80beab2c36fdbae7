//! The line that a finding is about, where it can be shown: a compose file may hold a secret in the clear, so of
//! its lines only those that hold nothing but a reference are.

use std::sync::LazyLock;

use regex::Regex;

use crate::check::Finding;
use crate::file;
use crate::project::Project;
use crate::words;

/// A compose file is never larger, in bytes.
const LARGEST: u64 = 4 * 1024 * 1024;
/// Longer lines are cut, in characters.
const WIDEST: usize = 72;

/// `KEY: ${NAME}`, `- KEY=${NAME:?}` and the like, without a default and without other text.
static REFERENCE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"^\s*(- *)?["']?[\w.-]+["']?\s*[:=]\s*["']?\$(\w+|\{\w+(:?\?|:?-)?\})["']?\s*$"#)
        .expect("a pattern")
});
/// A bare name, or the name of a container.
static NAME: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^\s*(- *)?(container_name:\s*)?[\w.-]+:?\s*$").expect("a pattern"));

/// With its number, cut to the width of a page.
pub(super) fn source_line(finding: &Finding, project: &Project) -> Option<String> {
    let place = finding.place.as_ref()?;
    let line = match project.source_line(place) {
        Some(line) => line.to_owned(),
        None => {
            let is_compose = project
                .environments
                .iter()
                .flat_map(|e| &e.compose)
                .any(|path| project.root.join(path) == place.path);
            let bytes = is_compose.then(|| file::read_regular(&place.path, LARGEST).ok())??;
            let text = String::from_utf8_lossy(&bytes);
            let line = text.lines().nth(place.line.checked_sub(1)?)?;
            (REFERENCE.is_match(line) || NAME.is_match(line)).then(|| line.to_owned())?
        }
    };
    let line = words::clean(line.trim_end());
    let cut = match line.char_indices().nth(WIDEST) {
        Some((at, _)) => format!("{}…", &line[..at]),
        None => line,
    };
    Some(format!("{} | {cut}", place.line))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_with_anything_else_than_a_reference_is_not_shown() {
        for shown in ["  A: ${B}", "- A=${B:?}", "  - \"A=$B\"", "A: ${B:-}"] {
            assert!(REFERENCE.is_match(shown), "{shown}");
        }
        for hidden in
            ["A: ${B:-hunter2}", "A: hunter2", "A: x${B}", "A: ${B} # hunter2", "A: ${B:?hunter2}", "- A=b"]
        {
            assert!(!REFERENCE.is_match(hidden) && !NAME.is_match(hidden), "{hidden}");
        }
        assert!(NAME.is_match("    container_name: senex_web") && NAME.is_match("  - SECRET_KEY"));
    }
}
