//! References in a value as compose-go 2.16 resolves them (`template/template.go`): `$NAME`, `${NAME}`,
//! `${NAME-default}`, `${NAME:-default}`, `+` and `?` likewise, and `$$` for a `$`.
//!
//! The original matches `${NAME:-(.*)}` with a greedy regular expression, then counts braces to see how
//! much of it was meant. This says the same in one pass.

use zeroize::Zeroizing;

use crate::plaintext::read::reading::{Lookup, Problem};
use crate::plaintext::text::{Text, append, buffer_for};

/// Deeper nesting of references in the defaults of others is refused, so that no file can exhaust the
/// stack.
const DEEPEST: usize = 64;

/// `text` with its references resolved.
pub(in crate::plaintext) fn interpolate<'a>(
    text: Text<'a>,
    lookup: &Lookup<'_>,
) -> Result<Text<'a>, Problem> {
    if !text.contains('$') {
        return Ok(text);
    }
    let mut value = buffer_for(&text);
    expand(&text, lookup, &mut value, DEEPEST)?;
    Ok(Text::Made(value))
}

fn expand(
    template: &str,
    lookup: &Lookup<'_>,
    value: &mut Zeroizing<String>,
    depth: usize,
) -> Result<(), Problem> {
    let mut braces = LastBrace { template, line_end: 0, last: None };
    let mut at = 0;
    while let Some(found) = template[at..].find('$') {
        let dollar = at + found;
        append(value, &template[at..dollar]);
        let after = &template[dollar + 1..];
        let taken = if after.starts_with('$') {
            append(value, "$");
            1
        } else if after.starts_with('{') {
            let last = braces.after(dollar).ok_or(Problem::Reference)?;
            let reference = Reference::parse(&template[dollar + 1..=last])?;
            reference.resolve(lookup, value, depth)?;
            reference.length
        } else {
            let name = name_at(after);
            if name.is_empty() {
                append(value, "$");
            } else if let Some(text) = lookup(name) {
                append(value, &text);
            }
            name.len()
        };
        at = dollar + 1 + taken;
    }
    append(value, &template[at..]);
    Ok(())
}

/// `{NAME}` or `{NAME` operator operand `}`.
struct Reference<'a> {
    name: &'a str,
    operation: Option<Operation>,
    operand: &'a str,
    length: usize,
}

/// What is done when the variable is missing (`-`, `?`) or there (`+`); with a colon, an empty one counts
/// as missing.
#[derive(Clone, Copy)]
struct Operation {
    sign: u8,
    colon: bool,
}

impl<'a> Reference<'a> {
    /// `text` begins with `{` and ends with the last `}` of its line.
    fn parse(text: &'a str) -> Result<Self, Problem> {
        let name = name_at(&text[1..]);
        if name.is_empty() {
            return Err(Problem::Reference);
        }
        let after_name = 1 + name.len();
        let rest = &text.as_bytes()[after_name..];
        if rest.starts_with(b"}") {
            return Ok(Self { name, operation: None, operand: "", length: after_name + 1 });
        }
        let colon = rest.starts_with(b":");
        let operand = after_name + usize::from(colon) + 1;
        match rest.get(usize::from(colon)) {
            Some(sign @ (b'-' | b'+' | b'?')) => {
                let end = closing_brace(text).unwrap_or(text.len() - 1);
                Ok(Self {
                    name,
                    operation: Some(Operation { sign: *sign, colon }),
                    operand: &text[operand..end],
                    length: end + 1,
                })
            }
            _ => Err(Problem::Reference),
        }
    }

    fn resolve(
        &self,
        lookup: &Lookup<'_>,
        value: &mut Zeroizing<String>,
        depth: usize,
    ) -> Result<(), Problem> {
        let found = lookup(self.name);
        let Some(Operation { sign, colon }) = self.operation else {
            append(value, found.as_deref().unwrap_or(""));
            return Ok(());
        };
        let there = found.filter(|text| !(colon && text.is_empty()));
        match (sign, there) {
            (b'-', None) | (b'+', Some(_)) => {
                let depth = depth.checked_sub(1).ok_or(Problem::TooDeep)?;
                expand(self.operand, lookup, value, depth)
            }
            (b'+', None) => Ok(()),
            (_, Some(text)) => {
                append(value, &text);
                Ok(())
            }
            (_, None) => Err(Problem::Required),
        }
    }
}

/// Where the brace that opens `text` closes, as `getFirstBraceClosingIndex` counts: the character after
/// each `{` is passed over unseen.
fn closing_brace(text: &str) -> Option<usize> {
    let mut open = 0_usize;
    let mut bytes = text.bytes().enumerate();
    while let Some((at, byte)) = bytes.next() {
        match byte {
            b'{' => {
                open += 1;
                bytes.next();
            }
            b'}' if open == 1 => return Some(at),
            b'}' => open = open.saturating_sub(1),
            _ => {}
        }
    }
    None
}

/// The name that `text` begins with, or nothing. The original's `(?i:[_a-z][_a-z0-9]*)` folds case as
/// Unicode does, so two characters beyond ASCII are among its letters.
fn name_at(text: &str) -> &str {
    if text.starts_with(|c: char| c.is_ascii_digit()) {
        return "";
    }
    let is_part = |c: char| c == '_' || c.is_ascii_alphanumeric() || matches!(c, '\u{17f}' | '\u{212a}');
    let end = text.find(|c| !is_part(c)).unwrap_or(text.len());
    &text[..end]
}

/// Finds the last `}` of a line once for all the references on it.
struct LastBrace<'a> {
    template: &'a str,
    line_end: usize,
    last: Option<usize>,
}

impl LastBrace<'_> {
    /// The last `}` on the line of `place`, if it lies after it.
    fn after(&mut self, place: usize) -> Option<usize> {
        if place >= self.line_end {
            let rest = &self.template[place..];
            let length = rest.find('\n').unwrap_or(rest.len());
            self.line_end = place + length;
            self.last = rest[..length].rfind('}').map(|at| place + at);
        }
        self.last.filter(|last| *last > place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolved(template: &str) -> Result<String, Problem> {
        let lookup = |name: &str| match name {
            "A" => Some(Text::Piece("a")),
            "E" => Some(Text::Piece("")),
            _ => None,
        };
        interpolate(Text::Piece(template), &lookup).map(|text| text.to_string())
    }

    #[test]
    fn operators_do_what_a_shell_does() {
        for (template, expected) in [
            ("$A ${A} $$A $ $1 $E|$N", "a a $A $ $1 |"),
            ("${N-d} ${N:-d} ${E-d} ${E:-d} ${A-d} ${A:-d}", "d d  d a a"),
            ("${N+d} ${N:+d} ${E+d} ${E:+d} ${A+d} ${A:+d}", "  d  d d"),
            ("${A?m} ${A:?m} ${E?m}", "a a "),
        ] {
            assert_eq!(resolved(template).as_deref(), Ok(expected), "{template}");
        }
        assert_eq!(resolved("${E:?m}"), Err(Problem::Required));
        assert_eq!(resolved("${N?m}"), Err(Problem::Required));
    }

    #[test]
    fn operands_nest_and_are_resolved_only_when_used() {
        assert_eq!(resolved("${N:-${N:-${A}}x}y}").as_deref(), Ok("axy}"));
        assert_eq!(resolved("${A:-${!}}").as_deref(), Ok("a"));
        assert_eq!(resolved("${N:-${!}}"), Err(Problem::Reference));
        assert_eq!(resolved("${N:-$$}").as_deref(), Ok("$"));
    }

    #[test]
    fn brace_matching_follows_the_original() {
        assert_eq!(resolved("${N:-{x}}-").as_deref(), Ok("{x}-"));
        assert_eq!(resolved("${N:-{}}-}").as_deref(), Ok("{}}-"));
        assert_eq!(resolved("${N:-{}}-").as_deref(), Ok("{}-"));
    }

    #[test]
    fn malformed_references_are_refused() {
        for template in ["${", "${}", "${1}", "${A", "${A.b}", "${A:b}", "${A^^}", "${A:-x\n}", "${N:-x} ${"]
        {
            assert_eq!(resolved(template), Err(Problem::Reference), "{template}");
        }
    }

    #[test]
    fn deep_nesting_does_not_exhaust_the_stack() {
        let deep = format!("{}x{}", "${N:-".repeat(100_000), "}".repeat(100_000));
        assert_eq!(resolved(&deep), Err(Problem::TooDeep));
    }

    #[test]
    fn parsing_time_is_linear() {
        let template = "${N:-$} $A ${A} ".repeat(20_000);
        assert_eq!(resolved(&template).map(|text| text.len()), Ok("$ a a ".len() * 20_000));
    }
}
