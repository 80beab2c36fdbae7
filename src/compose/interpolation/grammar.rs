//! Texts taken apart into what stays and what is a reference.

use super::super::tool::Tool;
use super::{Malformed, Operator, Part, Reference};

/// Takes a text apart, operands left whole.
///
/// # Errors
/// [`Malformed`], at the first `${` that is no reference.
pub(crate) fn parts(text: &str, tool: Tool) -> Result<Vec<Part<'_>>, Malformed> {
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
