//! The `shell` dialect: `export K='…'` lines that sh, bash and zsh source alike. Between single quotes
//! POSIX gives no character a meaning but the quote itself, which is written `'\''`.

use zeroize::Zeroizing;

use crate::name::KeyName;
use crate::plaintext::write::buffer;
use crate::plaintext::write::escape::escape;
use crate::plaintext::write::format::{Format, WriteError};
use crate::plaintext::write::shell_names;
use crate::secret::Secret;

pub(in crate::plaintext) fn encode(pairs: &[(&KeyName, &Secret)]) -> Result<Zeroizing<Vec<u8>>, WriteError> {
    if let Some((key, _)) = pairs.iter().find(|(key, _)| shell_names::is_kept(key.as_str())) {
        return Err(WriteError::Name { key: (*key).clone(), format: Format::Shell });
    }
    Ok(buffer::exactly(|out| {
        for (key, value) in pairs {
            out.write_all(b"export ")?;
            out.write_all(key.as_str().as_bytes())?;
            out.write_all(b"='")?;
            escape(out, value.expose(), |byte| (byte == b'\'').then_some(r"'\''"))?;
            out.write_all(b"'\n")?;
        }
        Ok(())
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plaintext::awkward::awkward;
    use proptest::prelude::*;

    #[test]
    fn only_the_quote_is_escaped() {
        let key = KeyName::new("K").expect("a name");
        let text = encode(&[(&key, &Secret::new("a'b\n$X \\ \"".to_owned()))]).expect("a free name");
        assert_eq!(text.as_slice(), b"export K='a'\\''b\n$X \\ \"'\n");
    }

    /// What a POSIX shell makes of a word of single-quoted text and `\'`.
    fn unquoted(word: &str) -> Option<String> {
        let mut value = String::new();
        let mut rest = word;
        while !rest.is_empty() {
            if let Some(quoted) = rest.strip_prefix('\'') {
                let (text, after) = quoted.split_once('\'')?;
                value.push_str(text);
                rest = after;
            } else {
                rest = rest.strip_prefix("\\'")?;
                value.push('\'');
            }
        }
        Some(value)
    }

    proptest! {
        #[test]
        fn every_value_is_one_word(value in awkward()) {
            let key = KeyName::new("K").expect("a name");
            let text = encode(&[(&key, &Secret::new(value.clone()))]).expect("a free name");
            let text = std::str::from_utf8(&text).expect("UTF-8");
            let word = text.strip_prefix("export K=").and_then(|text| text.strip_suffix('\n'));
            prop_assert_eq!(word.and_then(unquoted), Some(value));
        }
    }
}
