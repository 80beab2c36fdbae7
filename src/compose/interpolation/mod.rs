//! `$X`, `${X}`, `${X:-default}`: variables in compose files.
//!
//! Both tools have one grammar: `$$`, `$NAME`, `${NAME}`, `${NAME<op>operand}` with `:-` `-` `:?` `?`
//! `:+` `+`; the operand is interpolated itself, and only when it is used. They differ in how they find the
//! closing brace: Docker Compose by a regular expression that stays on one line (`template/template.go`
//! of compose-go), podman-compose by counting braces (`var_interpolate`).

mod grammar;

use zeroize::Zeroizing;

pub(crate) use grammar::parts;

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
pub(crate) struct Reference<'t> {
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
#[error("`${{` does not start a valid variable reference: write `$$` for a dollar sign")]
pub(crate) struct Malformed {
    /// Where the `$` stands.
    pub at: usize,
}

/// A piece of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part<'t> {
    /// Text that stays. `$$` is the text `$`.
    Text(&'t str),
    /// A reference.
    Reference(Reference<'t>),
}

/// Operands inside operands, at most. Every level may read the rest of the text again.
const DEEPEST: usize = 20;
/// The most bytes that one text may become.
const LONGEST: usize = 16 << 20;

/// What [`evaluate`] came upon.
pub(crate) enum Event<'t> {
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
    /// The text becomes longer than 16 MiB.
    TooLong,
}

/// The text with every reference replaced, and every reference reported. After [`Event::Missing`] it goes
/// on, so that all of them are found; after [`Event::Malformed`] the text ends.
pub(crate) fn evaluate<'t, 'v>(
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
            if out.len() > LONGEST {
                return (self.report)(Event::TooLong);
            }
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

#[cfg(test)]
mod tests;
