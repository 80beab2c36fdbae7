//! The `dotenvy` dialect: what the Rust crate dotenvy reads. Between single quotes it takes everything
//! verbatim, but splits the file into lines as if a backslash escaped the quote there; between double
//! quotes it knows `\\`, `\"`, `\$` and `\n`, and takes a carriage return as it is.

use zeroize::Zeroizing;

use crate::name::KeyName;
use crate::plaintext::read::dotenvy;
use crate::plaintext::write::buffer;
use crate::plaintext::write::compose::is_single_safe;
use crate::plaintext::write::escape::escape;
use crate::plaintext::write::format::WriteError;
use crate::plaintext::write::verify;
use crate::secret::Secret;

pub(in crate::plaintext) fn encode(pairs: &[(&KeyName, &Secret)]) -> Result<Zeroizing<Vec<u8>>, WriteError> {
    let bytes = buffer::exactly(|out| {
        for (key, value) in pairs {
            let value = value.expose();
            let (quote, escapes) = if is_single_safe(value) { ('\'', false) } else { ('"', true) };
            write!(out, "{key}={quote}")?;
            escape(out, value, |byte| if escapes { replacement(byte) } else { None })?;
            writeln!(out, "{quote}")?;
        }
        Ok(())
    });
    let text = std::str::from_utf8(&bytes).unwrap_or_default();
    let reading = dotenvy::read(text, &|_| None);
    let found = reading.entries.iter().map(|entry| {
        let value = entry.value.as_ref().filter(|_| entry.unresolved.is_none());
        (entry.name.as_str(), value.map_or("", Secret::expose))
    });
    verify::same("dotenvy", found, pairs)?;
    Ok(bytes)
}

fn replacement(byte: u8) -> Option<&'static str> {
    match byte {
        b'\\' => Some("\\\\"),
        b'"' => Some("\\\""),
        b'$' => Some("\\$"),
        b'\n' => Some("\\n"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plaintext::awkward::awkward;
    use proptest::prelude::*;

    fn text(values: &[&str]) -> Vec<u8> {
        let owned: Vec<_> = values
            .iter()
            .enumerate()
            .map(|(i, value)| {
                (KeyName::new(&format!("K{i}")).expect("a name"), Secret::new((*value).to_owned()))
            })
            .collect();
        let pairs: Vec<_> = owned.iter().map(|(key, value)| (key, value)).collect();
        encode(&pairs).expect("every value can be written").to_vec()
    }

    #[test]
    fn single_quotes_if_possible_and_escapes_otherwise() {
        let written = text(&["$X\n#\"", "it's $X\r\n", "a\\"]);
        assert_eq!(written, b"K0='$X\n#\"'\nK1=\"it's \\$X\r\\n\"\nK2=\"a\\\\\"\n");
    }

    proptest! {
        #[test]
        fn every_value_is_read_back(values in proptest::collection::vec(awkward(), 0..8)) {
            let values: Vec<&str> = values.iter().map(String::as_str).collect();
            let found: Vec<_> = ::dotenvy::from_read_iter(&*text(&values)).map(|pair| pair.expect("a pair").1).collect();
            prop_assert_eq!(found, values);
        }
    }
}
