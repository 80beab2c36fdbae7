//! Where in a file the `$` of its scalars are.

use saphyr_parser::{Marker, Span};

use super::Place;

/// The text of a file, for places. Scalars come in the order of the file, so that one walk finds them all.
pub(super) struct Source<'t> {
    /// What the walk has not come to yet.
    rest: std::str::Chars<'t>,
    /// How many characters it has come past, and where it is.
    index: usize,
    at: Place,
}

impl<'t> Source<'t> {
    pub(super) fn new(text: &'t str, file: usize) -> Self {
        Self { rest: text.chars(), index: 0, at: Place { file, line: 1, column: 1 } }
    }

    pub(super) fn place(&self, marker: &Marker) -> Place {
        Place { file: self.at.file, line: marker.line().max(1), column: marker.col() + 1 }
    }

    /// The places of the `$` of a scalar. The n-th in its text is the n-th in the file, unless an escape
    /// (`"\x24"`) wrote one: then none are known. A block's header may have some of its own in a comment.
    pub(super) fn dollars(&mut self, span: &Span, text: &str) -> Vec<Place> {
        let wanted = text.bytes().filter(|byte| *byte == b'$').count();
        if wanted == 0 {
            return Vec::new();
        }
        while self.index < span.start.index() && self.next().is_some() {}
        let mut found = Vec::with_capacity(wanted);
        while self.index < span.end.index() {
            let at = self.at;
            match self.next() {
                Some('$') => found.push(at),
                Some(_) => {}
                None => break,
            }
        }
        if found.len() < wanted { Vec::new() } else { found.split_off(found.len() - wanted) }
    }

    fn next(&mut self) -> Option<char> {
        let character = self.rest.next()?;
        self.index += 1;
        self.at = match character {
            '\n' => Place { line: self.at.line + 1, column: 1, ..self.at },
            _ => Place { column: self.at.column + 1, ..self.at },
        };
        Some(character)
    }
}
