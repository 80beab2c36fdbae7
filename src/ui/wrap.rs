//! Lines that fit the terminal: broken between words, never within one. What stands in back-ticks, to be copied,
//! stays whole wherever it fits on a line of its own.

use unicode_width::UnicodeWidthChar as _;

/// How wide a text is on a terminal: styles and what combines with the character before have no width.
pub(crate) fn columns(text: &str) -> usize {
    let plain = |part: &str| part.chars().map(|c| c.width().unwrap_or(0)).sum::<usize>();
    let mut parts = text.split('\u{1b}');
    let first = parts.next().map_or(0, plain);
    first + parts.map(|part| part.split_once('m').map_or(0, |(_, shown)| plain(shown))).sum::<usize>()
}

/// `line` in lines of at most `width` columns, if there is a width. Those that continue it begin with `indent`
/// blanks. A word that is wider than all of that has a line of its own.
pub(crate) fn wrap(line: &str, width: Option<usize>, indent: usize) -> Vec<String> {
    let Some(width) = width.filter(|width| columns(line) > *width) else { return vec![line.to_owned()] };
    let room = width.saturating_sub(indent);
    let (mut lines, mut current, mut used) = (Vec::new(), String::new(), 0);
    for (blanks, piece) in pieces(line).flat_map(|piece| fitting(piece, room)) {
        let wide = columns(piece);
        let is_empty = current.trim_start().is_empty();
        if !is_empty && used + blanks + wide > width {
            lines.push(std::mem::replace(&mut current, " ".repeat(indent)));
            used = indent;
        } else {
            // What would begin too far to the right begins further left.
            let blanks = if is_empty { blanks.min(width.saturating_sub(wide)) } else { blanks };
            current.push_str(&" ".repeat(blanks));
            used += blanks;
        }
        current.push_str(piece);
        used += wide;
    }
    lines.push(current);
    lines
}

/// Blanks, and what follows them.
type Piece<'l> = (usize, &'l str);

/// The words of a line; what stands in back-ticks counts as one, with all that clings to it.
fn pieces(line: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = line;
    std::iter::from_fn(move || {
        let word = rest.trim_start_matches(' ');
        let blanks = rest.len() - word.len();
        let mut quoted = false;
        let end = word.find(|c: char| {
            quoted ^= c == '`';
            c == ' ' && !quoted
        });
        let (piece, after) = word.split_at(end.unwrap_or(word.len()));
        rest = after;
        (!piece.is_empty()).then_some((blanks, piece))
    })
}

/// A piece, or its words where it is wider than a line.
fn fitting((blanks, piece): Piece<'_>, room: usize) -> Vec<Piece<'_>> {
    if columns(piece) <= room {
        return vec![(blanks, piece)];
    }
    piece.split(' ').enumerate().map(|(at, word)| (if at == 0 { blanks } else { 1 }, word)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrapped(line: &str, width: usize) -> String {
        wrap(line, Some(width), 2).join("\n")
    }

    #[test]
    fn lines_wrap_at_spaces_outside_backticks() {
        assert_eq!(wrapped("aa bb cc", 80), "aa bb cc");
        assert_eq!(wrapped("aa bb cc dd", 5), "aa bb\n  cc\n  dd");
        assert_eq!(wrapped("run `a b c` now", 9), "run\n  `a b c`\n  now");
        assert_eq!(wrapped("", 4), "");
        assert_eq!(wrap("aa bb cc dd", None, 2), ["aa bb cc dd"]);
    }

    #[test]
    fn overlong_command_wraps_between_words() {
        assert_eq!(wrapped("run `git add a b`, now", 10), "run `git\n  add a\n  b`, now");
        assert_eq!(wrapped("a_word_that_is_too_long b", 6), "a_word_that_is_too_long\n  b");
        assert_eq!(wrapped("a lone ` is no quote", 10), "a lone `\n  is no\n  quote");
    }

    #[test]
    fn columns_are_kept() {
        assert_eq!(wrapped("  a  b", 80), "  a  b");
        assert_eq!(wrap("  aa  bb cc", Some(8), 4), ["  aa  bb", "    cc"]);
    }

    #[test]
    fn overindented_text_is_moved_instead_of_cut() {
        assert_eq!(wrapped("        aaaa", 6), "  aaaa");
    }

    #[test]
    fn styles_have_no_width_and_wide_characters_two() {
        assert_eq!(wrapped("\u{1b}[1maaaa\u{1b}[0m bb", 7), "\u{1b}[1maaaa\u{1b}[0m bb");
        assert_eq!(columns("日本"), 4);
        assert_eq!(columns("e\u{301}"), 1);
    }
}
