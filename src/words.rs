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

/// Text from outside, safe for a terminal: control and direction-changing characters are escaped.
pub(crate) fn clean(text: &str) -> String {
    text.chars()
        .flat_map(|c| {
            let hidden = c.is_control() && c != '\t'
                || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200b}'..='\u{200f}' | '\u{feff}');
            if hidden { c.escape_default().collect::<Vec<_>>() } else { vec![c] }
        })
        .collect()
}

/// Breaks a line at blanks so that it fits `width` columns; what is continued begins with two blanks. What stands
/// in back-ticks, to be copied, stays in one piece.
pub(crate) fn wrap(line: &str, width: usize) -> String {
    let (mut text, mut column) = (String::with_capacity(line.len()), 0);
    for word in unbroken(line) {
        let length = columns(word);
        if column > 2 && column + 1 + length > width {
            text.push_str("\n  ");
            column = 2;
        } else if column > 0 {
            text.push(' ');
            column += 1;
        }
        text.push_str(word);
        column += length;
    }
    text
}

/// The words of a line, blanks between back-ticks not counted.
fn unbroken(line: &str) -> impl Iterator<Item = &str> {
    let mut quoted = false;
    line.split(move |c: char| {
        quoted ^= c == '`';
        c == ' ' && !quoted
    })
}

/// How wide a text is on a terminal: styles have no width.
fn columns(text: &str) -> usize {
    let mut parts = text.split('\u{1b}');
    let first = parts.next().map_or(0, |part| part.chars().count());
    first
        + parts.map(|part| part.split_once('m').map_or(0, |(_, shown)| shown.chars().count())).sum::<usize>()
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
    fn long_lines_break_at_blanks_but_not_within_what_is_to_be_copied() {
        assert_eq!(wrap("aa bb cc", 80), "aa bb cc");
        assert_eq!(wrap("aa bb cc dd", 5), "aa bb\n  cc\n  dd");
        assert_eq!(wrap("run `a b c` now", 6), "run\n  `a b c`\n  now");
        assert_eq!(wrap("\u{1b}[1maaaa\u{1b}[0m bb", 7), "\u{1b}[1maaaa\u{1b}[0m bb");
        assert_eq!(wrap("a_word_that_is_too_long b", 4), "a_word_that_is_too_long\n  b");
        assert_eq!(wrap("", 4), "");
    }

    #[test]
    fn a_name_cannot_move_the_cursor_or_turn_the_text() {
        assert_eq!(clean("a\u{1b}[2Jb\u{202e}c\n"), "a\\u{1b}[2Jb\\u{202e}c\\n");
    }
}
