//! What everything goes through before it is printed: nothing moves the cursor or turns the text, and no private
//! key is shown, whatever a name, a path or a message holds.

use std::borrow::Cow;

use super::style;
use crate::words::{escaped, is_hidden};

/// Begins of private keys in one word, as age writes them.
const IDENTITIES: [&str; 2] = ["AGE-SECRET-KEY-", "AGE-PLUGIN-"];
/// Shorter is prose about them.
const SHORTEST: usize = 12;
const REDACTED: &str = "[a private key]";

/// One line, as it may be shown: [`cleaned`], and without the private keys that it holds.
pub(super) fn one_line(text: &str) -> String {
    cleaned(&without_private_keys(text))
}

/// One line in which everything that is not plain text is escaped, line ends too, except for the sequences of our
/// own styles.
pub(super) fn cleaned(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(is_hidden) {
        let (before, from) = rest.split_at(at);
        safe.push_str(before);
        rest = if let Some(sequence) = style::sequence(from) {
            safe.push_str(sequence);
            &from[sequence.len()..]
        } else {
            let next = from.chars().next().map_or(0, char::len_utf8);
            safe.extend(from.chars().take(1).flat_map(escaped));
            &from[next..]
        };
    }
    safe + rest
}

/// A text without the private keys that it holds.
pub(super) fn without_private_keys(text: &str) -> Cow<'_, str> {
    let mut found: Vec<(usize, usize)> = identities(text).chain(pem_blocks(text)).collect();
    if found.is_empty() {
        return Cow::Borrowed(text);
    }
    found.sort_unstable();
    let (mut safe, mut done) = (String::with_capacity(text.len()), 0);
    for (start, end) in found.into_iter().filter(|(start, end)| start < end) {
        if start >= done {
            safe.push_str(&text[done..start]);
            safe.push_str(REDACTED);
        }
        done = done.max(end);
    }
    Cow::Owned(safe + &text[done..])
}

/// Where identities of age stand, in upper or lower case.
fn identities(text: &str) -> impl Iterator<Item = (usize, usize)> {
    let is_inside = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'-';
    // Bytes: a text is searched at every position, and most have none.
    text.bytes().enumerate().filter(|(_, byte)| byte.eq_ignore_ascii_case(&b'A')).filter_map(
        move |(at, _)| {
            let rest = &text.as_bytes()[at..];
            let begin = IDENTITIES.iter().find(|begin| {
                rest.get(..begin.len()).is_some_and(|bytes| bytes.eq_ignore_ascii_case(begin.as_bytes()))
            })?;
            let length = rest.iter().take_while(|byte| is_inside(byte)).count();
            (length >= begin.len() + SHORTEST).then_some((at, at + length))
        },
    )
}

/// Where private keys in PEM stand: to the end that they name, or as far as such text goes.
fn pem_blocks(text: &str) -> impl Iterator<Item = (usize, usize)> {
    const BEGIN: &str = "-----BEGIN ";
    const KEY: &str = "PRIVATE KEY-----";
    const LONGEST_KIND: usize = 32;
    text.match_indices(BEGIN).filter_map(|(start, _)| {
        let label = start + BEGIN.len();
        let begun = label + text[label..].find(KEY).filter(|at| *at <= LONGEST_KIND)? + KEY.len();
        let end = match text[begun..].find(KEY) {
            Some(at) => begun + at + KEY.len(),
            None => begun + text[begun..].find(|c| !is_of_pem(c)).unwrap_or(text.len() - begun),
        };
        Some((start, end))
    })
}

fn is_of_pem(c: char) -> bool {
    c.is_ascii_alphanumeric() || c.is_ascii_whitespace() || "+/=\\:,-.".contains(c)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::{style::WARNING, styled};

    #[test]
    fn only_our_styles_emit_control_sequences() {
        assert_eq!(one_line("a\u{1b}[2Jb\u{202e}c\n\u{7}"), "a\\u{1b}[2Jb\\u{202e}c\\n\\u{7}");
        assert_eq!(one_line("\u{1b}[8mhidden\u{1b}[0m"), "\\u{1b}[8mhidden\u{1b}[0m");
        let ours = styled(WARNING, "care") + " " + &styled(style::DIM, "näher");
        assert_eq!(one_line(&ours), ours);
        assert_eq!(one_line("\u{1b}"), "\\u{1b}");
    }

    #[test]
    fn no_private_key_is_shown() {
        let key = "AGE-SECRET-KEY-1QQQSYQCYQ5RQWZQFPG9SCRGWPUGPZYSNZS23V9CCRYDPK8QARC0JQGFZYVJZ";
        for key in [key, &key.to_lowercase(), "AGE-PLUGIN-YUBIKEY-1QQQQQQQQQQQQ"] {
            assert_eq!(one_line(&format!("a/{key}: no")), "a/[a private key]: no");
        }
        assert_eq!(one_line("AGE-SECRET-KEY-1… is one"), "AGE-SECRET-KEY-1… is one");
        let pem = "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXk\n-----END OPENSSH PRIVATE KEY-----";
        assert_eq!(one_line(&format!("x {pem} y")), "x [a private key] y");
        assert_eq!(one_line(&pem.replace('\n', "\\n")), "[a private key]");
        let begun = &pem[..50];
        assert_eq!(without_private_keys(&format!("{{\"a\":\"{begun}\"}}")), "{\"a\":\"[a private key]\"}");
        let public = "-----BEGIN PUBLIC KEY-----\nMIIB";
        assert_eq!(without_private_keys(public), public);
    }
}
