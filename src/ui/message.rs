//! Errors and what is said aside, as lines: a word in colour, the message, its place, what to do.

use super::net::{cleaned, one_line};
use super::style::{self, styled};
use super::wrap::wrap;
use crate::error::Error;

/// What continues a line is so far to the right of where it began.
const HANGING: usize = 2;

/// One line that is told, safe and broken where it does not fit.
pub(super) fn told(text: &str, width: Option<usize>) -> String {
    broken(&one_line(text), width)
}

/// A line that shows values, as was asked for.
pub(super) fn revealed(text: &str, width: Option<usize>) -> String {
    broken(&cleaned(text), width)
}

fn broken(line: &str, width: Option<usize>) -> String {
    let indent = line.len() - line.trim_start_matches(' ').len() + HANGING;
    wrap(line, width, indent).join("\n") + "\n"
}

/// The text of an error: message, place with its line, details, hints.
pub(crate) fn render(error: &Error, width: Option<usize>) -> String {
    let mut text = told(&format!("{}: {}", styled(style::ERROR, "error"), error.message), width);
    if let Some((place, source_line)) = &error.place {
        text.push_str(&told(&format!("  {} {place}", styled(style::DIM, "-->")), width));
        if let Some(line) = source_line.as_deref().filter(|line| !line.trim().is_empty()) {
            // As it stands in the file: not broken.
            let shown = one_line(&format!("{} | {}", place.line, line.trim_end()));
            text.push_str(&format!("  {}\n", styled(style::DIM, shown)));
        }
    }
    for note in &error.notes {
        text.push_str(&told(&format!("  {note}"), width));
    }
    for hint in &error.hints {
        text.push_str(&told(&format!("{}: {hint}", styled(style::GOOD, "hint")), width));
    }
    text
}
