//! The `systemd` dialect: what a unit's `EnvironmentFile=` reads (systemd.exec(5); `parse_env_file` in
//! systemd's `env-file.c`). Between double quotes a backslash and the quote are escaped, and everything
//! else is itself: line ends too, and `$`, which is not expanded.

use zeroize::Zeroizing;

use crate::name::KeyName;
use crate::plaintext::text::{Text, append, buffer_for};
use crate::plaintext::write::buffer;
use crate::plaintext::write::escape::escape;
use crate::plaintext::write::format::{Format, WriteError};
use crate::plaintext::write::verify;
use crate::secret::Secret;

/// Linux starts no program with a longer `KEY=value` (`MAX_ARG_STRLEN`, which counts a final NUL), and so
/// systemd no service.
const LONGEST: usize = 131_071;

pub(in crate::plaintext) fn encode(pairs: &[(&KeyName, &Secret)]) -> Result<Zeroizing<Vec<u8>>, WriteError> {
    Format::Systemd.limit_lines(pairs, LONGEST)?;
    let bytes = buffer::exactly(|out| {
        for (key, value) in pairs {
            write!(out, "{key}=\"")?;
            escape(out, value.expose(), |byte| match byte {
                b'\\' => Some("\\\\"),
                b'"' => Some("\\\""),
                _ => None,
            })?;
            out.write_all(b"\"\n")?;
        }
        Ok(())
    });
    let text = std::str::from_utf8(&bytes).unwrap_or_default();
    verify::same("systemd", read(text), pairs)?;
    Ok(bytes)
}

/// What systemd makes of the text, as far as it holds nothing but names and values between double quotes:
/// the first line that is anything else ends it.
fn read(text: &str) -> Vec<(&str, Text<'_>)> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some((name, quoted)) = rest.split_once("=\"") {
        if name.contains(['\n', '\r', '#', ';', ' ', '\t', '"', '\'', '\\', '=']) {
            break;
        }
        let mut value = buffer_for(quoted);
        let Some(length) = unquote(quoted, &mut value) else { break };
        let Some(after) = quoted[length..].strip_prefix("\"\n") else { break };
        found.push((name, Text::Made(value)));
        rest = after;
    }
    found
}

/// Decodes up to the closing quote; where that is. A backslash keeps its place before anything that needs no
/// escape, and is gone together with a line feed.
fn unquote(quoted: &str, value: &mut Zeroizing<String>) -> Option<usize> {
    let mut copied = 0;
    let mut bytes = quoted.bytes().enumerate();
    while let Some((at, byte)) = bytes.next() {
        if byte == b'"' {
            append(value, &quoted[copied..at]);
            return Some(at);
        }
        if byte == b'\\' {
            append(value, &quoted[copied..at]);
            copied = match bytes.next()?.1 {
                b'"' | b'\\' | b'`' | b'$' => at + 1,
                b'\n' => at + 2,
                _ => at,
            };
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plaintext::awkward::awkward;
    use proptest::prelude::*;

    fn encoded(value: &str) -> Result<Vec<u8>, WriteError> {
        let key = KeyName::new("K").expect("a name");
        encode(&[(&key, &Secret::new(value.to_owned()))]).map(|bytes| bytes.to_vec())
    }

    #[test]
    fn only_backslash_and_quote_are_escaped() {
        assert_eq!(
            encoded("a\\ \"b\" $X\n\r'").as_deref(),
            Ok(b"K=\"a\\\\ \\\"b\\\" $X\n\r'\"\n".as_slice())
        );
    }

    /// As `load_env_file` of systemd 252 does.
    #[test]
    fn escapes_match_systemd() {
        for (quoted, value) in [
            ("\\a", "\\a"),
            ("\\\"", "\""),
            ("\\$ \\`", "$ `"),
            ("a\\\nb", "ab"),
            ("\\\\n", "\\n"),
            ("\\é", "\\é"),
        ] {
            let text = format!("K=\"{quoted}\"\n");
            let found = read(&text);
            assert!(matches!(found.as_slice(), [("K", found)] if **found == *value), "{quoted}");
        }
    }

    #[test]
    fn value_beyond_the_argument_limit_is_refused() {
        assert!(encoded(&"x".repeat(131_069)).is_ok());
        assert!(matches!(encoded(&"x".repeat(131_070)), Err(WriteError::TooLong { limit: 131_071, .. })));
    }

    proptest! {
        #[test]
        fn every_value_is_read_back(value in awkward()) {
            prop_assert!(encoded(&value).is_ok());
        }
    }
}
