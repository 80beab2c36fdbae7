//! The comments of an env file, by line.

use crate::plaintext::read::reading::{utf8, without_bom};
use crate::secret::Secret;

/// The lines that are comments, unless a value covers them.
pub(in crate::plaintext) struct Comments<'a>(Vec<(usize, &'a str)>);

impl<'a> Comments<'a> {
    pub(in crate::plaintext) fn of(bytes: &'a [u8]) -> Self {
        let text = without_bom(utf8(bytes).unwrap_or_default());
        let comment = |(line, number): (&'a str, usize)| Some((number, line.trim().strip_prefix('#')?));
        Self(text.split('\n').zip(1..).filter_map(comment).collect())
    }

    /// The comments after one line and before another.
    pub(in crate::plaintext) fn between(&self, after: usize, before: usize) -> Vec<Secret> {
        let start = self.0.partition_point(|(line, _)| *line <= after);
        let comments = self.0[start..].iter().take_while(|(line, _)| *line < before);
        comments.map(|(_, text)| Secret::new((*text).to_owned())).collect()
    }
}
