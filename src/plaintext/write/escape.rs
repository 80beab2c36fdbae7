//! Writing a text with some of its characters replaced.

use std::io::{self, Write};

/// Writes `text`, each ASCII byte for which `replacement` has an answer replaced, the rest verbatim.
pub(in crate::plaintext) fn escape<'r>(
    out: &mut dyn Write,
    text: &str,
    replacement: impl Fn(u8) -> Option<&'r str>,
) -> io::Result<()> {
    let mut written = 0;
    for (at, byte) in text.bytes().enumerate() {
        if let Some(instead) = replacement(byte) {
            out.write_all(&text.as_bytes()[written..at])?;
            out.write_all(instead.as_bytes())?;
            written = at + 1;
        }
    }
    out.write_all(&text.as_bytes()[written..])
}
