//! Where things are in the text of a file.

use libyaml_safer::Mark;

use super::guard::Stopped;
use super::{Place, YamlError};

/// A walk through the text of a file, which knows line and column. What it is asked for comes in the order of
/// the file, so that one walk finds it all.
pub(super) struct Source<'t> {
    text: &'t str,
    /// What the walk has come to, in bytes.
    index: usize,
    at: Place,
}

impl<'t> Source<'t> {
    pub(super) fn new(text: &'t str, file: usize) -> Self {
        Self { text, index: 0, at: Place { file, line: 1, column: 1 } }
    }

    pub(super) fn place(&self, mark: &Mark) -> Place {
        Place { file: self.at.file, line: number(mark.line) + 1, column: number(mark.column) + 1 }
    }

    /// What the parser refuses. Its own words are not passed on.
    pub(super) fn error(&self, stopped: &Stopped) -> (Place, YamlError) {
        let mark = match stopped {
            Stopped::Refused(error) => error.problem_mark().unwrap_or_default(),
            Stopped::Panicked => return (self.at, YamlError::Syntax),
        };
        let is_tab = self.text.as_bytes().get(number(mark.index)) == Some(&b'\t');
        (self.place(&mark), if is_tab { YamlError::Tab } else { YamlError::Syntax })
    }

    /// The places of the `$` of a scalar. The n-th in its text is the n-th in the file, unless an escape
    /// (`"\x24"`) wrote one: then none are known. A block's header may have some of its own in a comment.
    pub(super) fn dollars(&mut self, start: &Mark, end: &Mark, text: &str) -> Vec<Place> {
        let wanted = text.bytes().filter(|byte| *byte == b'$').count();
        if wanted == 0 {
            return Vec::new();
        }
        self.walk(start, |_, _| ());
        let mut found = Vec::with_capacity(wanted);
        self.walk(end, |character, place| {
            if character == '$' {
                found.push(place);
            }
        });
        if found.len() < wanted { Vec::new() } else { found.split_off(found.len() - wanted) }
    }

    /// Walks to a mark past the characters before it.
    pub(super) fn walk(&mut self, to: &Mark, mut past: impl FnMut(char, Place)) {
        let end = number(to.index).min(self.text.len());
        for character in self.text.get(self.index..end).unwrap_or_default().chars() {
            past(character, self.at);
            self.at = match character {
                '\n' => Place { line: self.at.line + 1, column: 1, ..self.at },
                _ => Place { column: self.at.column + 1, ..self.at },
            };
        }
        self.index = self.index.max(end);
    }
}

fn number(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX - 1)
}
