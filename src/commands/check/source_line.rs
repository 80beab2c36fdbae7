//! The line that a finding is about, where it can be shown: a compose file may hold a secret in the clear, so of
//! its lines only those that hold nothing but a reference or a declared name are.

use crate::check::Finding;
use crate::file;
use crate::project::Project;
use crate::words;

/// A compose file is never larger, in bytes.
const LARGEST: u64 = 4 * 1024 * 1024;
/// Longer lines are cut, in characters.
const WIDEST: usize = 72;

/// With its number, cut to the width of a page.
pub(super) fn source_line(finding: &Finding, project: &Project) -> Option<String> {
    let place = finding.place.as_ref()?;
    let line = if let Some(line) = project.source_line(place) {
        line.clone()
    } else {
        let mut listed = project.environments.iter().flat_map(|environment| &environment.compose);
        let is_compose = listed.any(|path| project.root.join(path) == place.path);
        let bytes = is_compose.then(|| {
            file::is_below(&place.path, &project.root).then(|| file::read_regular(&place.path, LARGEST))
        })??;
        let text = String::from_utf8_lossy(&bytes.ok()?).into_owned();
        let line = text.lines().nth(place.line.checked_sub(1)?)?;
        let is_declared = |name: &str| project.key(name).is_some();
        is_harmless(line, &is_declared).then(|| line.to_owned())?
    };
    let line = words::clean(line.trim_end());
    let cut = match line.char_indices().nth(WIDEST) {
        Some((at, _)) => format!("{}…", &line[..at]),
        None => line,
    };
    Some(format!("{} | {cut}", place.line))
}

/// Whether a line is `KEY: ${NAME}`, `- KEY=${NAME:?}` and the like, without a default and without other text;
/// the name of a declared key; or the name of a container.
fn is_harmless(line: &str, is_declared: &dyn Fn(&str) -> bool) -> bool {
    let line = line.trim();
    let line = unquoted(line.strip_prefix('-').map_or(line, str::trim_start));
    if let Some(name) = line.strip_prefix("container_name:") {
        return is_word(unquoted(name.trim()));
    }
    if is_declared(unquoted(line.strip_suffix(':').unwrap_or(line))) {
        return true;
    }
    let Some(at) = line.find([':', '=']) else { return false };
    is_word(unquoted(line[..at].trim())) && is_reference(unquoted(line[at + 1..].trim()))
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || "_.-".contains(c))
}

/// `$NAME`, `${NAME}`, `${NAME:?}`, `${NAME-}`: nothing behind the operator.
fn is_reference(text: &str) -> bool {
    let Some(name) = text.strip_prefix('$') else { return false };
    let name = match name.strip_prefix('{').map(|inside| inside.strip_suffix('}')) {
        None => name,
        Some(None) => return false,
        Some(Some(inside)) => {
            let operators = [":?", ":-", "?", "-"];
            operators.iter().find_map(|operator| inside.strip_suffix(*operator)).unwrap_or(inside)
        }
    };
    !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_')
}

/// Without the quotes around it.
fn unquoted(text: &str) -> &str {
    let inside =
        |quote: char| text.strip_prefix(quote)?.strip_suffix(quote).filter(|inside| !inside.contains(quote));
    inside('"').or_else(|| inside('\'')).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn source_lines_with_literal_text_are_hidden() {
        let shows = |line: &str| is_harmless(line, &|name| name == "SECRET_KEY");
        for shown in [
            "  A: ${B}",
            "- A=${B:?}",
            "  - \"A=$B\"",
            "A: ${B:-}",
            "A: \"${B?}\"",
            "'A': '$B'",
            "    container_name: senex_web",
            "  - SECRET_KEY",
            "  SECRET_KEY:",
        ] {
            assert!(shows(shown), "{shown}");
        }
        for hidden in [
            "A: ${B:-hunter2}",
            "A: hunter2",
            "A: x${B}",
            "A: ${B} # hunter2",
            "A: ${B:?hunter2}",
            "- A=b",
            "- hunter2",
            "hunter2",
            "hunter2:",
            "A: ${B",
            "A: ${B:-}${C}",
            "container_name: a b",
            "",
        ] {
            assert!(!shows(hidden), "{hidden}");
        }
    }
}
