//! References in a value as python-dotenv resolves them (`variables.py`): `${NAME}` and
//! `${NAME:-default}`, whatever the quotes around them.

use crate::plaintext::read::reading::Lookup;
use crate::plaintext::text::{Text, append, buffer_for};

/// Resolves `${NAME}` and `${NAME:-default}`; a name is anything but `}` and `:`, and a variable that is
/// set to nothing does not take the default.
pub(in crate::plaintext) fn interpolate<'a>(text: Text<'a>, lookup: &Lookup<'_>) -> Text<'a> {
    if !text.contains("${") {
        return text;
    }
    let mut value = buffer_for(&text);
    let mut name_ends = Next::new(&text, &['}', ':']);
    let mut closes = Next::new(&text, &['}']);
    let (mut copied, mut at) = (0, 0);
    while let Some(found) = text[at..].find("${") {
        let start = at + found;
        at = start + 1;
        let Some(name_end) = name_ends.from(start + 2) else { break };
        let (default, end) = match &text[name_end..] {
            rest if rest.starts_with('}') => ("", name_end),
            rest if rest.starts_with(":-") => match closes.from(name_end + 2) {
                Some(end) => (&text[name_end + 2..end], end),
                None => break,
            },
            _ => continue,
        };
        append(&mut value, &text[copied..start]);
        append(&mut value, lookup(&text[start + 2..name_end]).as_deref().unwrap_or(default));
        at = end + 1;
        copied = at;
    }
    append(&mut value, &text[copied..]);
    Text::Made(value)
}

/// Finds the next of some characters from ever later places on, looking at each place once.
struct Next<'a> {
    text: &'a str,
    wanted: &'static [char],
    hit: Option<usize>,
}

impl<'a> Next<'a> {
    fn new(text: &'a str, wanted: &'static [char]) -> Self {
        Self { text, wanted, hit: text.find(wanted) }
    }

    fn from(&mut self, place: usize) -> Option<usize> {
        if self.hit? < place {
            self.hit = self.text[place..].find(self.wanted).map(|at| place + at);
        }
        self.hit
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_braced_and_take_a_default_when_unset() {
        let resolved = |text: &'static str| {
            let lookup = |name: &str| match name {
                "A" => Some(Text::Piece("a")),
                "E" => Some(Text::Piece("")),
                "a${b" => Some(Text::Piece("odd")),
                _ => None,
            };
            interpolate(Text::Piece(text), &lookup).to_string()
        };
        assert_eq!(resolved("${A}${E:-d}${N:-d}${N}$A"), "ad$A");
        assert_eq!(resolved("${A:x} ${A:-} ${a${b} ${:-d} ${"), "${A:x} a odd d ${");
        assert_eq!(resolved("${A:${A}"), "${A:a");
    }

    #[test]
    fn parsing_time_is_linear() {
        let text = "${".repeat(200_000);
        assert_eq!(*interpolate(Text::Piece(&text), &|_| None), text);
        let text = format!("{}:", "${".repeat(200_000));
        assert_eq!(*interpolate(Text::Piece(&text), &|_| None), text);
    }
}
