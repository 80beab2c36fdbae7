//! `$X`, `${X}`, `${X:-default}`: variables in compose files.
//!
//! Both tools have one grammar: `$$`, `$NAME`, `${NAME}`, `${NAME<op>operand}` with `:-` `-` `:?` `?`
//! `:+` `+`; the operand is interpolated itself, and only when it is used. They differ in how they find the
//! closing brace: Docker Compose by a regular expression that stays on one line (`template/template.go`
//! of compose-go), podman-compose by counting braces (`var_interpolate`).

use zeroize::Zeroizing;

use super::tool::Tool;

/// What a reference does with a variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Operator {
    /// `$X`, `${X}`: the value, empty when unset.
    Value,
    /// `${X-d}`, `${X:-d}`: `d` when unset (or empty).
    Default,
    /// `${X?e}`, `${X:?e}`: an error when unset (or empty).
    Required,
    /// `${X+r}`, `${X:+r}`: `r` when set (and not empty).
    Alternative,
}

/// A reference to a variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reference<'t> {
    /// The variable.
    pub name: &'t str,
    /// What it does.
    pub operator: Operator,
    /// Whether an empty value counts as unset: the operator has a colon.
    pub empty_is_unset: bool,
    /// What follows the operator.
    pub operand: &'t str,
    /// Where the `$` stands in the text, in bytes.
    pub at: usize,
}

/// A `${` that is no reference, and where it stands in the text, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("`${{` begins no reference to a variable: write `$$` for a dollar sign")]
pub struct Malformed {
    /// Where the `$` stands.
    pub at: usize,
}

/// A piece of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part<'t> {
    /// Text that stays. `$$` is the text `$`.
    Text(&'t str),
    /// A reference.
    Reference(Reference<'t>),
}

/// Operands inside operands, at most. Every level may read the rest of the text again.
const DEEPEST: usize = 50;

/// What [`evaluate`] came upon.
pub enum Event<'t> {
    /// A reference, and whether it counts: operands that are not used do not.
    Reference {
        /// The reference.
        reference: Reference<'t>,
        /// Whether the tool evaluates it.
        evaluated: bool,
    },
    /// An evaluated [`Operator::Required`] without a value: the tool stops here.
    Missing(Reference<'t>),
    /// No reference: the tool stops here.
    Malformed(Malformed),
}

/// The text with every reference replaced, and every reference reported. After [`Event::Missing`] it goes
/// on, so that all of them are found; after [`Event::Malformed`] the text ends.
pub fn evaluate<'t, 'v>(
    text: &'t str,
    tool: Tool,
    lookup: &dyn Fn(&str) -> Option<&'v str>,
    report: &mut dyn FnMut(Event<'t>),
) -> Zeroizing<String> {
    let mut out = Zeroizing::new(String::with_capacity(text.len()));
    Evaluation { tool, lookup, report }.text(text, 0, 0, &mut out);
    out
}

struct Evaluation<'e, 't, 'v> {
    tool: Tool,
    lookup: &'e dyn Fn(&str) -> Option<&'v str>,
    report: &'e mut dyn FnMut(Event<'t>),
}

impl<'t> Evaluation<'_, 't, '_> {
    /// Appends `text`, which begins at `base` in the whole.
    fn text(&mut self, text: &'t str, base: usize, depth: usize, out: &mut Zeroizing<String>) {
        let parts = match parts(text, self.tool) {
            Ok(parts) if depth < DEEPEST => parts,
            Ok(_) => return (self.report)(Event::Malformed(Malformed { at: base })),
            Err(Malformed { at }) => return (self.report)(Event::Malformed(Malformed { at: base + at })),
        };
        for part in parts {
            match part {
                Part::Text(text) => push(out, text),
                Part::Reference(reference) => {
                    let operand_at = base + offset(text, reference.operand);
                    let reference = Reference { at: base + reference.at, ..reference };
                    (self.report)(Event::Reference { reference, evaluated: true });
                    self.reference(reference, operand_at, depth, out);
                }
            }
        }
    }

    fn reference(
        &mut self,
        reference: Reference<'t>,
        operand_at: usize,
        depth: usize,
        out: &mut Zeroizing<String>,
    ) {
        let value = (self.lookup)(reference.name);
        let present = value.is_some_and(|value| !(reference.empty_is_unset && value.is_empty()));
        let mut operand = |this: &mut Self, used: bool| {
            if used {
                this.text(reference.operand, operand_at, depth + 1, out);
            } else {
                this.unused(reference.operand, operand_at, depth + 1);
                push(out, value.filter(|_| reference.operator != Operator::Alternative).unwrap_or_default());
            }
        };
        match reference.operator {
            Operator::Value => push(out, value.unwrap_or_default()),
            Operator::Default => operand(self, !present),
            Operator::Alternative => operand(self, present),
            Operator::Required if present => operand(self, false),
            Operator::Required => {
                // The message is interpolated too, but goes into no text.
                self.text(reference.operand, operand_at, depth + 1, &mut Zeroizing::new(String::new()));
                (self.report)(Event::Missing(reference));
            }
        }
    }

    /// Reports the references of an operand that is not used. What is malformed there stays unread.
    fn unused(&mut self, text: &'t str, base: usize, depth: usize) {
        let Ok(parts) = parts(text, self.tool) else { return };
        for part in parts {
            let Part::Reference(reference) = part else { continue };
            let operand_at = base + offset(text, reference.operand);
            let reference = Reference { at: base + reference.at, ..reference };
            (self.report)(Event::Reference { reference, evaluated: false });
            if depth < DEEPEST {
                self.unused(reference.operand, operand_at, depth + 1);
            }
        }
    }
}

/// Appends without leaving a copy behind where the buffer has to grow.
fn push(out: &mut Zeroizing<String>, text: &str) {
    if out.capacity() - out.len() < text.len() {
        let mut larger = Zeroizing::new(String::with_capacity((out.len() + text.len()) * 2));
        larger.push_str(out);
        *out = larger;
    }
    out.push_str(text);
}

/// Where `part` begins in `text`, of which it is a slice.
fn offset(text: &str, part: &str) -> usize {
    (part.as_ptr() as usize).saturating_sub(text.as_ptr() as usize)
}

/// Takes a text apart, operands left whole.
///
/// # Errors
/// [`Malformed`], at the first `${` that is no reference.
pub fn parts(text: &str, tool: Tool) -> Result<Vec<Part<'_>>, Malformed> {
    let bytes = text.as_bytes();
    let (mut parts, mut start, mut at) = (Vec::new(), 0, 0);
    while let Some(dollar) = bytes[at..].iter().position(|b| *b == b'$').map(|found| at + found) {
        let next = bytes.get(dollar + 1).copied();
        at = match next {
            Some(b'$') => {
                parts.push(Part::Text(&text[start..=dollar]));
                dollar + 2
            }
            // podman-compose passes over what the text ends in.
            Some(b'{') if tool == Tool::PodmanCompose && dollar + 2 == text.len() => {
                parts.push(Part::Text(&text[start..dollar]));
                dollar + 2
            }
            Some(b'{') => {
                let (reference, end) = braced(text, dollar, tool)?;
                parts.push(Part::Text(&text[start..dollar]));
                parts.push(Part::Reference(reference));
                end
            }
            Some(b) if b.is_ascii_alphabetic() || b == b'_' => {
                let name = name(&text[dollar + 1..]);
                parts.push(Part::Text(&text[start..dollar]));
                let operand = &text[dollar + 1 + name.len()..][..0];
                let operator = Operator::Value;
                parts.push(Part::Reference(Reference {
                    name,
                    operator,
                    empty_is_unset: false,
                    operand,
                    at: dollar,
                }));
                dollar + 1 + name.len()
            }
            // A lone dollar is text.
            _ => {
                at = dollar + 1;
                continue;
            }
        };
        start = at;
    }
    parts.push(Part::Text(&text[start..]));
    Ok(parts)
}

fn name(text: &str) -> &str {
    let end = text.bytes().position(|b| !(b.is_ascii_alphanumeric() || b == b'_')).unwrap_or(text.len());
    &text[..end]
}

/// The reference at `dollar`, where `${` stands, and where the text goes on behind it.
fn braced(text: &str, dollar: usize, tool: Tool) -> Result<(Reference<'_>, usize), Malformed> {
    let malformed = Malformed { at: dollar };
    let inside = dollar + 2;
    let name = name(&text[inside..]);
    if name.starts_with(|c: char| c.is_ascii_digit()) || name.is_empty() {
        return Err(malformed);
    }
    let after = inside + name.len();
    let rest = &text[after..];
    const OPERATORS: [(&str, Operator, bool); 6] = [
        (":-", Operator::Default, true),
        ("-", Operator::Default, false),
        (":?", Operator::Required, true),
        ("?", Operator::Required, false),
        (":+", Operator::Alternative, true),
        ("+", Operator::Alternative, false),
    ];
    let found = OPERATORS.iter().find(|(written, ..)| rest.starts_with(written));
    let Some((written, operator, empty_is_unset)) = found.copied() else {
        let reference = Reference {
            name,
            operator: Operator::Value,
            empty_is_unset: false,
            operand: &rest[..0],
            at: dollar,
        };
        return if rest.starts_with('}') { Ok((reference, after + 1)) } else { Err(malformed) };
    };
    let closing = match tool {
        Tool::DockerCompose => closing_of_docker_compose(text, dollar, after + written.len()),
        Tool::PodmanCompose => closing_by_counting(text, inside),
    };
    let end = closing.ok_or(malformed)?;
    let operand = &text[after + written.len()..end];
    Ok((Reference { name, operator, empty_is_unset, operand, at: dollar }, end + 1))
}

/// The brace that balances the one before `inside`.
fn closing_by_counting(text: &str, inside: usize) -> Option<usize> {
    let mut level = 1;
    for (at, byte) in text.bytes().enumerate().skip(inside) {
        match byte {
            b'{' => level += 1,
            b'}' if level == 1 => return Some(at),
            b'}' => level -= 1,
            _ => {}
        }
    }
    None
}

/// The regular expression takes the line up to its last brace; inside, `getFirstBraceClosingIndex` looks
/// for the one that balances, passing over the character behind every opening one. Without such a brace
/// everything up to the last one is the operand.
fn closing_of_docker_compose(text: &str, dollar: usize, operand: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut level = 0;
    let mut at = dollar;
    while let Some(byte) = bytes.get(at).filter(|byte| **byte != b'\n') {
        match byte {
            b'}' if level == 1 && at >= operand => return Some(at),
            b'}' => level -= 1,
            b'{' => {
                level += 1;
                at += 1;
                if bytes.get(at) == Some(&b'\n') {
                    break;
                }
            }
            _ => {}
        }
        at += 1;
    }
    let line = &bytes[operand..at.min(bytes.len())];
    line.iter().rposition(|byte| *byte == b'}').map(|last| operand + last)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lookup<'v>(name: &str) -> Option<&'v str> {
        match name {
            "SET" => Some("s"),
            "EMPTY" => Some(""),
            "DOLLAR" => Some("$SET ${SET} $$"),
            _ => None,
        }
    }

    /// The text, or what was wrong: `missing NAME`, `malformed`.
    fn eval(text: &str, tool: Tool) -> String {
        let mut wrong = None;
        let out = evaluate(text, tool, &lookup, &mut |event| {
            let found = match event {
                Event::Missing(reference) => format!("missing {}", reference.name),
                Event::Malformed(_) => "malformed".to_owned(),
                Event::Reference { .. } => return,
            };
            wrong.get_or_insert(found);
        });
        wrong.unwrap_or_else(|| out.to_string())
    }

    #[test]
    fn both_tools_read_the_common_grammar_alike() {
        for (text, expected) in [
            ("", ""),
            ("text", "text"),
            ("$SET", "s"),
            ("$SET.x", "s.x"),
            ("$SETx", ""),
            ("a${SET}b", "asb"),
            ("$NOPE|", "|"),
            ("$$SET", "$SET"),
            ("$${SET}", "${SET}"),
            ("$$$SET", "$s"),
            ("$", "$"),
            ("a$", "a$"),
            ("$5 $-x $.", "$5 $-x $."),
            ("${NOPE:-d}", "d"),
            ("${NOPE-d}", "d"),
            ("${EMPTY:-d}", "d"),
            ("${EMPTY-d}", ""),
            ("${SET:-d}", "s"),
            ("${NOPE:-}", ""),
            ("${NOPE-}", ""),
            ("${SET:?e}", "s"),
            ("${SET?}", "s"),
            ("${NOPE:?e}", "missing NOPE"),
            ("${NOPE?}", "missing NOPE"),
            ("${EMPTY:?}", "missing EMPTY"),
            ("${EMPTY?}", ""),
            ("${SET:+r}", "r"),
            ("${SET+r}", "r"),
            ("${EMPTY:+r}", ""),
            ("${EMPTY+r}", "r"),
            ("${NOPE+r}", ""),
            ("${NOPE:-${SET}}", "s"),
            ("${NOPE:-a${NOPE:-b${SET}c}d}", "abscd"),
            ("${NOPE:-$$}", "$"),
            ("${NOPE:-$SET}", "s"),
            ("${NOPE:-a:-b-c?d}", "a:-b-c?d"),
            ("${NOPE:-{\"a\":1}}", "{\"a\":1}"),
            ("${SET:-${NOPE:?}}", "s"),
            ("${SET:-${}}", "s"),
            ("${NOPE:-${}}", "malformed"),
            ("${SET:+${NOPE:?}}", "missing NOPE"),
            ("${NOPE:?${SET}}", "missing NOPE"),
            ("${SET} and ${NOPE:-b} and ${NOPE-c}", "s and b and c"),
            ("$DOLLAR ${DOLLAR} ${NOPE:-$DOLLAR}", "$SET ${SET} $$ $SET ${SET} $$ $SET ${SET} $$"),
            ("${}", "malformed"),
            ("${1A}", "malformed"),
            ("${A.b}", "malformed"),
            ("${A^^}", "malformed"),
            ("${A", "malformed"),
            ("${A:0:1}", "malformed"),
            ("${A:-b", "malformed"),
            ("${ SET}", "malformed"),
            ("${SET }", "malformed"),
            ("é${SET}é", "ésé"),
            ("${NOPE:-é}", "é"),
        ] {
            for tool in Tool::ALL {
                assert_eq!(eval(text, tool), expected, "{text} in {tool}");
            }
        }
    }

    #[test]
    fn the_tools_find_the_closing_brace_each_in_its_own_way() {
        // Text, Docker Compose, podman-compose. Taken from the tools themselves.
        for (text, docker, podman) in [
            ("${NOPE:-a\nb}", "malformed", "a\nb"),
            ("${NOPE:-{}", "{", "malformed"),
            ("${NOPE:-{}}", "{}", "{}"),
            ("${NOPE:-{ }", "{ ", "malformed"),
            ("${SET:-${NOPE}", "s", "malformed"),
            ("${SET:-{} ${SET}", "s", "malformed"),
            ("${NOPE:-{a} ${SET}", "malformed", "malformed"),
            ("a${", "malformed", "a"),
            ("${NOPE:-}}", "}", "}"),
            ("${NOPE:-a}b}", "ab}", "ab}"),
            ("${NOPE:-{{.X}}}", "{{.X}}", "{{.X}}"),
        ] {
            assert_eq!(eval(text, Tool::DockerCompose), docker, "{text}");
            assert_eq!(eval(text, Tool::PodmanCompose), podman, "{text}");
        }
    }

    #[test]
    fn every_reference_is_reported_with_its_place_and_whether_it_counts() {
        let mut seen = Vec::new();
        let text = "é$A ${B:-x${C:?${D}}} ${SET:-${E}}";
        evaluate(text, Tool::DockerCompose, &lookup, &mut |event| {
            if let Event::Reference { reference, evaluated } = event {
                assert!(text[reference.at..].starts_with('$'));
                seen.push((reference.name, reference.operator, reference.at, evaluated));
            }
        });
        let expected = [
            ("A", Operator::Value, 2, true),
            ("B", Operator::Default, 5, true),
            ("C", Operator::Required, 11, true),
            ("D", Operator::Value, 16, true),
            ("SET", Operator::Default, 23, true),
            ("E", Operator::Value, 30, false),
        ];
        assert_eq!(seen, expected);
    }

    #[test]
    fn nesting_and_length_are_no_trap() {
        let deep = format!("{}{}", "${A:-".repeat(100_000), "}".repeat(100_000));
        let open = "${A:-{".repeat(100_000) + "}";
        let wide = "${A:-x}".repeat(100_000);
        for tool in Tool::ALL {
            assert_eq!(eval(&deep, tool), "malformed");
            eval(&open, tool);
            assert_eq!(eval(&wide, tool).len(), 100_000);
        }
    }
}
