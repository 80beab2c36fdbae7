//! Findings of `scan` that are meant to be there.

/// A line of `[scan.allow]`: `"docs/*.md" = ["EXAMPLE_KEY"]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allowed {
    /// A path from the top of the repository; `*` stands for any text, also for folders.
    pub path: String,
    /// Keys, or kinds of findings: `private-identity`, `plaintext-env`; `*` is all of them.
    pub what: Vec<String>,
}

impl Allowed {
    /// Whether it allows `what` (a key or a kind) in the file at `path`.
    pub fn covers(&self, path: &str, what: &str) -> bool {
        self.what.iter().any(|known| known == "*" || known == what) && fits(&self.path, path)
    }
}

fn fits(pattern: &str, path: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == path,
        Some((start, rest)) => path.strip_prefix(start).is_some_and(|path| {
            path.char_indices().map(|(at, _)| at).chain([path.len()]).any(|at| fits(rest, &path[at..]))
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn star_matches_any_text() {
        for (pattern, path) in
            [("a.md", "a.md"), ("docs/*", "docs/x/y.md"), ("*.pem", "tests/k.pem"), ("a*b*c", "abxc")]
        {
            assert!(fits(pattern, path), "{pattern} {path}");
        }
        for (pattern, path) in [("a.md", "b/a.md"), ("docs/*.md", "docs/x.txt"), ("*.pem", "k.pem.txt")] {
            assert!(!fits(pattern, path), "{pattern} {path}");
        }
    }
}
