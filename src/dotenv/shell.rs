//! The `shell` dialect: `export K='…'` lines that sh, bash and zsh source alike. Between single quotes
//! POSIX gives no character a meaning but the quote itself, which is written `'\''`.

use zeroize::Zeroizing;

use super::buffer;
use super::escape::escape;
use crate::name::KeyName;
use crate::secret::Secret;

pub(super) fn encode(pairs: &[(&KeyName, &Secret)]) -> Zeroizing<Vec<u8>> {
    buffer::exactly(|out| {
        for (key, value) in pairs {
            out.write_all(b"export ")?;
            out.write_all(key.as_str().as_bytes())?;
            out.write_all(b"='")?;
            escape(out, value.expose(), |byte| (byte == b'\'').then_some(r"'\''"))?;
            out.write_all(b"'\n")?;
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_quote_is_escaped() {
        let key = KeyName::new("K").expect("a name");
        let text = encode(&[(&key, &Secret::new("a'b\n$X \\ \"".to_owned()))]);
        assert_eq!(text.as_slice(), b"export K='a'\\''b\n$X \\ \"'\n");
    }
}
