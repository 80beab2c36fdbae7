//! A place in a file that people write, to point at.

use std::fmt;
use std::path::{Path, PathBuf};

/// File, line and column, both from 1; the column counts characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The file.
    pub path: PathBuf,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
}

impl Place {
    /// The place of a byte offset in the text of a file.
    pub fn at(path: &Path, text: &str, offset: usize) -> Self {
        let before = &text.as_bytes()[..offset.min(text.len())];
        let line = before.iter().filter(|&&byte| byte == b'\n').count() + 1;
        let start = before.iter().rposition(|&byte| byte == b'\n').map_or(0, |newline| newline + 1);
        let column = String::from_utf8_lossy(&before[start..]).chars().count() + 1;
        Self { path: path.to_owned(), line, column }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.path.display(), self.line, self.column)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters() {
        let text = "one\n  zwölf = 1\n";
        let offset = text.find('=').expect("there");
        assert_eq!(Place::at(Path::new("a"), text, offset).to_string(), "a:2:9");
        assert_eq!(Place::at(Path::new("a"), text, 0).to_string(), "a:1:1");
        assert_eq!(Place::at(Path::new("a"), text, 999).line, 3);
    }
}
