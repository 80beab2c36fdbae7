//! Three-way merge of keys and comments, blind to what a text is: a value in the clear or a ciphertext.
//!
//! A comment belongs to the key below it. Both directions give the same result, because the caller names
//! the sides in an order that does not depend on which of them is merged into which.

use std::collections::{HashMap, HashSet};

use crate::name::KeyName;

/// A value or comment that can be compared with another.
pub(super) trait Text: Copy {
    fn same(self, other: Self) -> bool;
}

/// A key, its value, and the comments above it.
pub(super) struct Block<'a, T> {
    pub name: &'a KeyName,
    pub value: T,
    pub comments: Vec<T>,
}

/// A file as a list of keys; `tail` is what stands below the last one.
pub(super) struct Document<'a, T> {
    pub blocks: Vec<Block<'a, T>>,
    pub tail: Vec<T>,
}

impl<'a, T: Text> Document<'a, T> {
    /// From the lines of a file: a comment, or a key and its value.
    pub(super) fn new(lines: impl IntoIterator<Item = (Option<&'a KeyName>, T)>) -> Self {
        let mut document = Self { blocks: Vec::new(), tail: Vec::new() };
        for (name, text) in lines {
            match name {
                None => document.tail.push(text),
                Some(name) => {
                    let comments = std::mem::take(&mut document.tail);
                    document.blocks.push(Block { name, value: text, comments });
                }
            }
        }
        document
    }

    fn by_name(&self) -> HashMap<&'a KeyName, &Block<'a, T>> {
        self.blocks.iter().map(|block| (block.name, block)).collect()
    }

    fn names(&self) -> Vec<&'a KeyName> {
        self.blocks.iter().map(|block| block.name).collect()
    }
}

/// What became of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome<T> {
    Value(T),
    /// Both sides changed it, and not to the same; `None` is a side that took it out.
    Conflict {
        first: Option<T>,
        second: Option<T>,
    },
}

/// A key of the result.
pub(super) struct MergedBlock<'a, T> {
    pub name: &'a KeyName,
    pub outcome: Outcome<T>,
    pub comments: Vec<T>,
}

/// The result.
pub(super) struct Merged<'a, T> {
    pub blocks: Vec<MergedBlock<'a, T>>,
    pub tail: Vec<T>,
}

/// Whose changes are not accepted without a question: those of a side whose data key the other side replaced,
/// so that they may come from somebody whose access was revoked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Doubt {
    pub first: bool,
    pub second: bool,
}

/// Merges what two sides made of `base`. Without a base, both added everything.
pub(super) fn merge<'a, T: Text>(
    base: &Document<'a, T>,
    first: &Document<'a, T>,
    second: &Document<'a, T>,
    doubt: Doubt,
) -> Merged<'a, T> {
    let (in_base, in_first, in_second) = (base.by_name(), first.by_name(), second.by_name());
    let mut merged = Merged { blocks: Vec::new(), tail: Vec::new() };
    for name in order(&base.names(), &first.names(), &second.names()) {
        let (b, f, s) = (in_base.get(name), in_first.get(name), in_second.get(name));
        let value = |block: Option<&&Block<'a, T>>| block.map(|block| block.value);
        let Some(outcome) = outcome(value(b), value(f), value(s), doubt) else { continue };
        let comments = match (f, s) {
            (Some(f), Some(s)) => lines(b.map_or(&[][..], |b| &b.comments), &f.comments, &s.comments),
            (Some(only), None) | (None, Some(only)) => only.comments.clone(),
            (None, None) => Vec::new(),
        };
        merged.blocks.push(MergedBlock { name, outcome, comments });
    }
    merged.tail = lines(&base.tail, &first.tail, &second.tail);
    merged
}

fn outcome<T: Text>(
    base: Option<T>,
    first: Option<T>,
    second: Option<T>,
    doubt: Doubt,
) -> Option<Outcome<T>> {
    if same(first, second) || same(base, second) && !doubt.first {
        first.map(Outcome::Value)
    } else if same(base, first) && !doubt.second {
        second.map(Outcome::Value)
    } else {
        Some(Outcome::Conflict { first, second })
    }
}

fn same<T: Text>(one: Option<T>, other: Option<T>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => one.same(other),
        (None, None) => true,
        _ => false,
    }
}

/// Comments never conflict: what either side took out is out, what either added is in.
fn lines<T: Text>(base: &[T], first: &[T], second: &[T]) -> Vec<T> {
    let all_same = |a: &[T], b: &[T]| a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.same(*b));
    if all_same(first, second) || all_same(base, second) {
        return first.to_vec();
    }
    if all_same(base, first) {
        return second.to_vec();
    }
    let has = |list: &[T], text: T| list.iter().any(|known| known.same(text));
    let gone = |text: T| has(base, text) && !(has(first, text) && has(second, text));
    let mut merged: Vec<T> = first.iter().copied().filter(|text| !gone(*text)).collect();
    merged.extend(second.iter().copied().filter(|text| !has(first, *text) && !has(base, *text)));
    merged
}

/// Every key of both sides: in the order of the side that moved keys around, the additions of the other
/// below the key that they stood below.
fn order<'a>(base: &[&'a KeyName], first: &[&'a KeyName], second: &[&'a KeyName]) -> Vec<&'a KeyName> {
    let only_first_moved = moved(base, first) && !moved(base, second);
    let (skeleton, other) = if only_first_moved { (first, second) } else { (second, first) };
    let placed: HashSet<&KeyName> = skeleton.iter().copied().collect();
    let mut below: HashMap<Option<&KeyName>, Vec<&'a KeyName>> = HashMap::new();
    let mut anchor = None;
    for name in other {
        if placed.contains(name) {
            anchor = Some(*name);
        } else {
            below.entry(anchor).or_default().push(name);
        }
    }
    let mut ordered = below.remove(&None).unwrap_or_default();
    for name in skeleton {
        ordered.push(name);
        ordered.extend(below.remove(&Some(*name)).unwrap_or_default());
    }
    ordered
}

fn moved(base: &[&KeyName], side: &[&KeyName]) -> bool {
    let (in_base, in_side): (HashSet<_>, HashSet<_>) = (base.iter().collect(), side.iter().collect());
    let before = base.iter().filter(|name| in_side.contains(name));
    !before.eq(side.iter().filter(|name| in_base.contains(name)))
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Text for &str {
        fn same(self, other: Self) -> bool {
            self == other
        }
    }

    fn merged(base: &str, first: &str, second: &str) -> String {
        let names: Vec<KeyName> =
            ["A", "B", "C", "D", "E"].iter().map(|n| KeyName::new(n).expect("name")).collect();
        let document = |text: &'static str| {
            Document::new(text.split_whitespace().map(|line| match line.split_once('=') {
                Some((name, value)) => (names.iter().find(|known| known.as_str() == name), value),
                None => (None, line),
            }))
        };
        let leak = |text: &str| -> &'static str { Box::leak(text.to_owned().into_boxed_str()) };
        let merged =
            merge(&document(leak(base)), &document(leak(first)), &document(leak(second)), Doubt::default());
        let mut words: Vec<String> = Vec::new();
        for block in &merged.blocks {
            words.extend(block.comments.iter().map(ToString::to_string));
            words.push(match block.outcome {
                Outcome::Value(value) => format!("{}={value}", block.name),
                Outcome::Conflict { first, second } => {
                    format!("{}={}|{}", block.name, first.unwrap_or("-"), second.unwrap_or("-"))
                }
            });
        }
        words.extend(merged.tail.iter().map(ToString::to_string));
        words.join(" ")
    }

    #[test]
    fn change_of_one_side_wins() {
        assert_eq!(merged("A=1 B=1", "A=2 B=1", "A=1 B=2"), "A=2 B=2");
        assert_eq!(merged("A=1 B=1", "B=1", "A=1 B=1 C=1"), "B=1 C=1");
        assert_eq!(merged("A=1", "A=2", "A=2"), "A=2");
        assert_eq!(merged("A=1", "", ""), "");
    }

    #[test]
    fn only_different_changes_of_one_key_conflict() {
        assert_eq!(merged("A=1 B=1", "A=2 B=2", "A=3 B=1"), "A=2|3 B=2");
        assert_eq!(merged("A=1", "", "A=2"), "A=-|2");
        assert_eq!(merged("", "A=1", "A=2"), "A=1|2");
    }

    #[test]
    fn additions_keep_their_position() {
        assert_eq!(merged("A=1 B=1", "A=1 C=1 B=1", "A=1 B=1 D=1"), "A=1 C=1 B=1 D=1");
        assert_eq!(merged("A=1", "A=1 C=1", "A=1 D=1"), "A=1 C=1 D=1");
        assert_eq!(merged("A=1 B=1", "B=1 A=1", "A=1 B=1 D=1"), "B=1 D=1 A=1");
    }

    #[test]
    fn comments_go_with_their_key() {
        assert_eq!(merged("#a A=1 B=1", "B=1", "#a A=1 B=2"), "B=2");
        assert_eq!(merged("#a A=1", "#b A=1", "#a #c A=1"), "#b #c A=1");
        assert_eq!(merged("A=1 #t", "A=1 #t B=1", "A=1 #t #u"), "A=1 #t B=1 #u");
    }
}
