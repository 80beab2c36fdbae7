//! The `raw` dialect: what `docker run --env-file` and `podman run --env-file` read. No quotes, no
//! escapes, no expansion: a value is the rest of its line.

use zeroize::Zeroizing;

use crate::name::KeyName;
use crate::plaintext::write::buffer;
use crate::plaintext::write::format::{Format, WriteError};
use crate::secret::Secret;

/// Both tools read lines with Go's `bufio.Scanner`, whose buffer takes 65,536 bytes, line feed included.
const LONGEST_LINE: usize = 65_535;

pub(in crate::plaintext) fn encode(pairs: &[(&KeyName, &Secret)]) -> Result<Zeroizing<Vec<u8>>, WriteError> {
    for (key, value) in pairs {
        let value = value.expose();
        if value.contains('\n') {
            return Err(WriteError::LineFeed { key: (*key).clone(), format: Format::Raw });
        }
        if value.ends_with('\r') {
            return Err(WriteError::TrailingCarriageReturn { key: (*key).clone(), format: Format::Raw });
        }
    }
    Format::Raw.limit_lines(pairs, LONGEST_LINE)?;
    Ok(buffer::exactly(|out| {
        for (key, value) in pairs {
            out.write_all(key.as_str().as_bytes())?;
            out.write_all(b"=")?;
            out.write_all(value.expose().as_bytes())?;
            out.write_all(b"\n")?;
        }
        Ok(())
    }))
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
    fn a_value_is_the_rest_of_its_line() {
        for value in ["", "  x  ", "'q'", "\"", "#", "$X ${X}", "\\", "a\rb", "=", "é"] {
            assert_eq!(encoded(value), Ok(format!("K={value}\n").into_bytes()));
        }
    }

    #[test]
    fn multi_line_value_is_refused() {
        assert!(matches!(encoded("a\nb"), Err(WriteError::LineFeed { .. })));
        assert!(matches!(encoded("a\r"), Err(WriteError::TrailingCarriageReturn { .. })));
    }

    #[test]
    fn a_line_ends_before_65_536_bytes() {
        assert!(encoded(&"x".repeat(65_533)).is_ok());
        assert!(matches!(encoded(&"x".repeat(65_534)), Err(WriteError::TooLong { limit: 65_535, .. })));
    }

    proptest! {
        #[test]
        fn values_are_exact_or_refused(value in awkward()) {
            let carried = !value.contains('\n') && !value.ends_with('\r');
            let expected = carried.then(|| format!("K={value}\n").into_bytes());
            prop_assert_eq!(encoded(&value).ok(), expected);
        }
    }
}
