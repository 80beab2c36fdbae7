//! Colours for the few words that get one. `anstream` takes them out where they do not belong.

use std::fmt::Display;

use anstyle::{AnsiColor, Style};
use serde::Serialize;

/// The word `error`, and what is gravely wrong.
pub(crate) const ERROR: Style = AnsiColor::Red.on_default().bold();
/// Warnings.
pub(crate) const WARNING: Style = AnsiColor::Yellow.on_default().bold();
/// The word `hint`, and what is well.
pub(crate) const GOOD: Style = AnsiColor::Green.on_default();
/// Names.
pub(crate) const NAME: Style = Style::new().bold();
/// What matters less.
pub(crate) const DIM: Style = Style::new().dimmed();

/// `text` in a style.
pub(crate) fn styled(style: Style, text: impl Display) -> String {
    format!("{style}{text}{style:#}")
}

/// The escape sequence that a text begins with, if it is one of those that [`styled`] writes.
pub(super) fn sequence(text: &str) -> Option<&str> {
    let is_ours = |code: &str| {
        let starts = [ERROR, WARNING, GOOD, NAME, DIM].map(|style| style.render().to_string());
        code == ERROR.render_reset().to_string() || starts.iter().any(|start| start == code)
    };
    // Bold red is two sequences, one after the other.
    let ends = text.match_indices('m').take(2).map(|(at, m)| at + m.len());
    ends.map(|end| &text[..end]).filter(|code| is_ours(code)).last()
}

/// What became of a key, as every command shows it before the name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Mark {
    /// It is new.
    Added,
    /// It has another value.
    Changed,
    /// It is gone.
    Removed,
    /// It has the value that it had.
    Same,
}

impl Mark {
    /// One sign in its colour.
    pub(crate) fn shown(self) -> String {
        let (sign, style) = match self {
            Self::Added => ("+", GOOD),
            Self::Changed => ("~", WARNING),
            Self::Removed => ("-", ERROR),
            Self::Same => ("=", DIM),
        };
        styled(style, sign)
    }
}
