//! `{}` in a command stands for the path of the env file.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};

/// Whether an argument is `{}`, or has it inside a word made of what paths and options are made of:
/// `--env-file={}`, `{}:/run/env:ro`. `f({})` and `{"a":{}}` are somebody's program text.
pub(super) fn is_in(argument: &OsStr) -> bool {
    let bytes = argument.as_bytes();
    let plain = |b: &u8| b.is_ascii_alphanumeric() || b"-_./:,=@+%{}".contains(b) || !b.is_ascii();
    let braces = bytes.iter().filter(|b| matches!(b, b'{' | b'}')).count();
    let pairs = bytes.windows(2).filter(|pair| *pair == b"{}").count();
    pairs > 0 && braces == 2 * pairs && bytes.iter().all(plain)
}

/// The argument with every `{}` replaced.
pub(super) fn fill(argument: &OsStr, path: &OsStr) -> OsString {
    let bytes = argument.as_bytes();
    let mut filled = Vec::with_capacity(bytes.len() + path.len());
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at..].starts_with(b"{}") {
            filled.extend_from_slice(path.as_bytes());
            at += 2;
        } else {
            filled.push(bytes[at]);
            at += 1;
        }
    }
    OsString::from_vec(filled)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_placeholder_is_an_argument_or_part_of_an_option() {
        for yes in ["{}", "--env-file={}", "{}:/run/env:ro", "@{}", "src={},dst=/x", "{}{}", "/proc/{}/x"] {
            assert!(is_in(OsStr::new(yes)), "{yes}");
        }
        for no in ["", "{", "}", "{.Names}", "{{}}", "{{.Env}}", "f({})", "{\"a\":{}}", "a {} b", "a; {}"] {
            assert!(!is_in(OsStr::new(no)), "{no}");
        }
    }

    #[test]
    fn every_placeholder_is_filled() {
        assert_eq!(fill(OsStr::new("a={},b={}"), OsStr::new("/x")), "a=/x,b=/x");
    }
}
