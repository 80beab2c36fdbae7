//! The lines of a hook: ours among others, and words that a shell reads.

pub(super) fn is_ours(text: &str) -> bool {
    text.contains(super::MARK)
}

/// In a file of husky's, which everybody has: wherever senex-env lies.
pub(super) fn line(name: &str) -> String {
    format!("senex-env git-hook {name} \"$@\"")
}

/// `text` without a line; `None` if nothing is left.
pub(super) fn without(text: &str, line: &str) -> Option<String> {
    let left: String = text.split_inclusive('\n').filter(|known| known.trim_end() != line).collect();
    (!left.is_empty()).then_some(left)
}

/// As a word of a shell; as it is where nothing needs quotes.
pub(in crate::git) fn shell_quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', "'\\''"))
}
