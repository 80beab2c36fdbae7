//! The `compose` dialect: one encoding that Docker Compose (compose-go) and podman-compose
//! (python-dotenv, every version) read alike, for every value without NUL.
//!
//! Most values are written between single quotes, verbatim. The rest go between double quotes, where
//! three things need care:
//!
//! * a `$` has no escape that both readers know: `\$` and `$$` are wrong in python-dotenv, and single
//!   quotes do not stop its `${}`. What both turn into a lone `$` is the default of a variable that is
//!   never set: `${__senex_env_unset:-$}`;
//! * a backslash at the end would be written `\\"`, which python-dotenv up to 1.2.2 takes for an escaped
//!   quote; an empty expansion keeps the two apart;
//! * compose-go takes quadratic time over many `${…:-…}` in one line, so from some size on the `$` comes
//!   from a helper variable that the file defines first.

use std::io::{self, Write};

use zeroize::Zeroizing;

use crate::name::KeyName;
use crate::plaintext::helpers::DOLLAR_HELPER;
use crate::plaintext::write::buffer;
use crate::plaintext::write::escape::escape;
use crate::secret::Secret;

/// From this product of `$` characters and line length on, compose-go's time over a line is felt (64 KiB
/// with 700 of them: seven seconds).
const FELT: usize = 1_000_000;

/// The pairs in this dialect, one statement a line; no key is a helper and no value holds NUL.
pub(in crate::plaintext) fn encode(pairs: &[(&KeyName, &Secret)]) -> Zeroizing<Vec<u8>> {
    let forms: Vec<_> = pairs.iter().map(|(key, value)| Form::of(key, value.expose())).collect();
    buffer::exactly(|out| {
        if forms.contains(&Form::Double { dollar: Dollar::Variable }) {
            writeln!(out, "{DOLLAR_HELPER}='$'")?;
        }
        for ((key, value), form) in pairs.iter().zip(&forms) {
            out.write_all(key.as_str().as_bytes())?;
            quoted(out, value.expose(), *form)?;
        }
        Ok(())
    })
}

fn quoted(out: &mut dyn Write, value: &str, form: Form) -> io::Result<()> {
    match form {
        Form::Single => {
            out.write_all(b"='")?;
            out.write_all(value.as_bytes())?;
            out.write_all(b"'\n")
        }
        Form::Double { dollar } => {
            out.write_all(b"=\"")?;
            escape(out, value, |byte| replacement(byte, dollar))?;
            if value.ends_with('\\') {
                out.write_all(TAIL.as_bytes())?;
            }
            out.write_all(b"\"\n")
        }
    }
}

/// An expansion to nothing.
const TAIL: &str = "${__senex_env_unset:-}";

fn replacement(byte: u8, dollar: Dollar) -> Option<&'static str> {
    match byte {
        b'\\' => Some("\\\\"),
        b'"' => Some("\\\""),
        b'\n' => Some("\\n"),
        b'\r' => Some("\\r"),
        b'$' => Some(dollar.text()),
        _ => None,
    }
}

/// How one value is quoted.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Single,
    Double { dollar: Dollar },
}

/// What stands for a `$` between double quotes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Dollar {
    /// The default of a variable that is never set.
    Default,
    /// The helper variable.
    Variable,
}

impl Dollar {
    fn text(self) -> &'static str {
        match self {
            Self::Default => "${__senex_env_unset:-$}",
            Self::Variable => "${__SENEX_DOLLAR}",
        }
    }
}

impl Form {
    fn of(key: &KeyName, value: &str) -> Self {
        if is_single_safe(value) {
            return Self::Single;
        }
        let mut length = key.as_str().len() + "=\"\"\n".len();
        let mut dollars = 0;
        for byte in value.bytes() {
            dollars += usize::from(byte == b'$');
            length += replacement(byte, Dollar::Default).map_or(1, str::len);
        }
        let dollar = if dollars * length > FELT { Dollar::Variable } else { Dollar::Default };
        Self::Double { dollar }
    }
}

/// Whether every reader takes the value verbatim between single quotes.
pub(in crate::plaintext) fn is_single_safe(value: &str) -> bool {
    let mut before = 0;
    for byte in value.bytes() {
        match (before, byte) {
            (_, b'\'' | b'\r') | (b'$', b'{') | (b'\\', b'\\') => return false,
            _ => before = byte,
        }
    }
    before != b'\\'
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plaintext::helpers::UNSET_HELPER;

    fn line(value: &str) -> String {
        let key = KeyName::new("K").expect("a name");
        let bytes = encode(&[(&key, &Secret::new(value.to_owned()))]);
        String::from_utf8(bytes.to_vec()).expect("UTF-8 in, UTF-8 out")
    }

    #[test]
    fn usual_values_are_verbatim_in_single_quotes() {
        for value in
            ["", "a b", "x#y #z", "\"q\"", "$HOME $$ $1", "a\\nb", "-----BEGIN\nAA==\n", "é\u{2028}😀"]
        {
            assert_eq!(line(value), format!("K='{value}'\n"));
        }
    }

    #[test]
    fn other_values_are_escaped_in_double_quotes() {
        assert_eq!(line("it's"), "K=\"it's\"\n");
        assert_eq!(line("a\rb\n"), "K=\"a\\rb\\n\"\n");
        assert_eq!(line("${X}\""), "K=\"${__senex_env_unset:-$}{X}\\\"\"\n");
        assert_eq!(line("\\\\x"), "K=\"\\\\\\\\x\"\n");
    }

    #[test]
    fn a_final_backslash_is_kept_apart_from_the_closing_quote() {
        assert_eq!(line("a\\"), "K=\"a\\\\${__senex_env_unset:-}\"\n");
    }

    #[test]
    fn many_dollars_in_a_long_line_come_from_the_helper() {
        let value = format!("'{}", "$".repeat(1_000));
        let text = line(&value);
        assert!(text.starts_with("__SENEX_DOLLAR='$'\nK=\"'${__SENEX_DOLLAR}"), "helper first");
        assert!(!text.contains(UNSET_HELPER));
        assert!(!line("'$").contains(DOLLAR_HELPER));
    }
}
