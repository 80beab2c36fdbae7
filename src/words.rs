//! Grammar: "1 key", "2 keys", "`A`, `B` and `C`".

use std::fmt::Display;

/// "1 key", "2 keys".
pub(crate) fn count(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

/// "a", "a and b", "a, b and c".
pub(crate) fn list<T: Display>(items: &[T]) -> String {
    match items {
        [] => String::new(),
        [one] => one.to_string(),
        [first @ .., last] => {
            let first: Vec<String> = first.iter().map(ToString::to_string).collect();
            format!("{} and {last}", first.join(", "))
        }
    }
}

/// "a", "a or b", "a, b or c".
pub(crate) fn any_of<T: Display>(items: &[T]) -> String {
    match list(items).rsplit_once(" and ") {
        Some((first, last)) => format!("{first} or {last}"),
        None => list(items),
    }
}

/// [`list`] in back-ticks, for names: "`A`, `B` and 3 more" when there are more than eight.
pub(crate) fn names<T: Display>(items: &[T]) -> String {
    const MOST: usize = 8;
    let mut shown: Vec<String> = items.iter().take(MOST).map(|item| format!("`{item}`")).collect();
    if items.len() > MOST {
        shown.push(format!("{} more", items.len() - MOST));
    }
    list(&shown)
}

/// A word as it is pasted into a shell.
pub(crate) fn quoted(word: &str) -> String {
    shlex::try_quote(word).map_or_else(|_| word.to_owned(), std::borrow::Cow::into_owned)
}

/// Text from outside, safe for a terminal: control and direction-changing characters are escaped.
pub(crate) fn clean(text: &str) -> String {
    text.chars().flat_map(escaped).collect()
}

/// A character as it may be shown: itself, or how it is written in an escape.
pub(crate) fn escaped(c: char) -> impl Iterator<Item = char> {
    let (hidden, shown) = if is_hidden(c) { (Some(c.escape_default()), None) } else { (None, Some(c)) };
    hidden.into_iter().flatten().chain(shown)
}

/// Whether a character would move the cursor, or change how those after it are read.
pub(crate) fn is_hidden(c: char) -> bool {
    c.is_control() && c != '\t'
        || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200b}'..='\u{200f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_lists_read_as_english() {
        assert_eq!(count(1, "key"), "1 key");
        assert_eq!(count(0, "key"), "0 keys");
        assert_eq!(list(&["a", "b", "c"]), "a, b and c");
        assert_eq!(any_of(&["a", "b", "c"]), "a, b or c");
        assert_eq!(names(&["A", "B"]), "`A` and `B`");
        assert_eq!(names(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]).matches('`').count(), 16);
    }

    #[test]
    fn names_cannot_inject_control_or_bidi_characters() {
        assert_eq!(clean("a\u{1b}[2Jb\u{202e}c\n"), "a\\u{1b}[2Jb\\u{202e}c\\n");
    }
}
