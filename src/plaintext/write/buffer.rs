//! Output buffers that never grow: a buffer that grows leaves copies of its content behind, unwiped.

use std::io::{self, Write};

use zeroize::Zeroizing;

/// Runs `encode` twice: once to learn the length, once to fill a buffer of exactly that length.
pub(in crate::plaintext) fn exactly(encode: impl Fn(&mut dyn Write) -> io::Result<()>) -> Zeroizing<Vec<u8>> {
    let mut length = Length(0);
    encode(&mut length).expect("counting takes every write");
    let mut bytes = Zeroizing::new(Vec::with_capacity(length.0));
    encode(&mut *bytes).expect("memory takes every write");
    debug_assert_eq!(bytes.len(), length.0);
    bytes
}

struct Length(usize);

impl Write for Length {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
