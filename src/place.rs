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
        Lines::of(text).place(path, offset)
    }
}

/// Where the lines of a text begin: for more than one place in it.
pub(crate) struct Lines<'a> {
    text: &'a str,
    starts: Vec<usize>,
}

impl<'a> Lines<'a> {
    /// Of a text.
    pub(crate) fn of(text: &'a str) -> Self {
        let ends = text.bytes().zip(1..).filter(|(byte, _)| *byte == b'\n').map(|(_, after)| after);
        Self { text, starts: std::iter::once(0).chain(ends).collect() }
    }

    /// The place of a byte offset.
    pub(crate) fn place(&self, path: &Path, offset: usize) -> Place {
        let offset = offset.min(self.text.len());
        let line = self.starts.partition_point(|start| *start <= offset);
        let before = &self.text.as_bytes()[self.starts[line - 1]..offset];
        let column = String::from_utf8_lossy(before).chars().count() + 1;
        Place { path: path.to_owned(), line, column }
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
