//! The `yaml` dialect: one mapping of names to strings. Every value stands between double quotes, where
//! YAML 1.1 and 1.2 agree on every escape that is used.

use std::io::{self, Write};

use libyaml_safer::{Encoding, Event, EventData, Parser};
use zeroize::Zeroizing;

use crate::name::KeyName;
use crate::plaintext::write::buffer;
use crate::plaintext::write::format::WriteError;
use crate::plaintext::write::verify;
use crate::secret::Secret;

pub(in crate::plaintext) fn encode(pairs: &[(&KeyName, &Secret)]) -> Result<Zeroizing<Vec<u8>>, WriteError> {
    let bytes = buffer::exactly(|out| {
        if pairs.is_empty() {
            return out.write_all(b"{}\n");
        }
        for (key, value) in pairs {
            write_key(out, key)?;
            out.write_all(b": ")?;
            write_string(out, value.expose())?;
            out.write_all(b"\n")?;
        }
        Ok(())
    });
    verify::same("YAML", pairs_of(&scalars(&bytes)), pairs)?;
    Ok(bytes)
}

/// A name: between quotes where YAML 1.1 would take it for a boolean or nothing.
pub(in crate::plaintext) fn write_key(out: &mut dyn Write, key: &KeyName) -> io::Result<()> {
    const WORDS: [&str; 9] = ["y", "n", "yes", "no", "on", "off", "true", "false", "null"];
    let name = key.as_str();
    if WORDS.iter().any(|word| word.eq_ignore_ascii_case(name)) {
        return write!(out, "\"{name}\"");
    }
    out.write_all(name.as_bytes())
}

/// A text between double quotes, on one line.
pub(in crate::plaintext) fn write_string(out: &mut dyn Write, text: &str) -> io::Result<()> {
    out.write_all(b"\"")?;
    let mut written = 0;
    for (at, c) in text.char_indices().filter(|(_, c)| !is_verbatim(*c)) {
        out.write_all(&text.as_bytes()[written..at])?;
        written = at + c.len_utf8();
        match c {
            '"' | '\\' => write!(out, "\\{c}"),
            '\n' => out.write_all(b"\\n"),
            '\r' => out.write_all(b"\\r"),
            '\t' => out.write_all(b"\\t"),
            c if u32::from(c) <= 0xff => write!(out, "\\x{:02X}", u32::from(c)),
            c if u32::from(c) <= 0xffff => write!(out, "\\u{:04X}", u32::from(c)),
            c => write!(out, "\\U{:08X}", u32::from(c)),
        }?;
    }
    out.write_all(&text.as_bytes()[written..])?;
    out.write_all(b"\"")
}

/// What YAML calls printable, without line ends and byte order marks. Beyond the first plane, only what no
/// parser has doubts about.
fn is_verbatim(c: char) -> bool {
    match c {
        '"' | '\\' | '\u{2028}' | '\u{2029}' | '\u{feff}' => false,
        ' '..='~' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..='\u{10ffff}' => true,
        _ => false,
    }
}

/// The scalars of a document in their order, as an independent parser finds them: of a mapping, a name and
/// a value in turn. Nothing of a text that it does not understand.
pub(in crate::plaintext) fn scalars(bytes: &[u8]) -> Vec<Zeroizing<String>> {
    let mut parser = Parser::new();
    parser.set_encoding(Encoding::Utf8);
    parser.set_input(bytes);
    let scalar = |event: libyaml_safer::Result<Event>| match event.map(|event| event.data) {
        Ok(EventData::Scalar { value, .. }) => Some(Ok(Zeroizing::new(value))),
        Ok(_) => None,
        Err(_) => Some(Err(())),
    };
    parser.filter_map(scalar).collect::<Result<_, _>>().unwrap_or_default()
}

/// Scalars as pairs.
pub(in crate::plaintext) fn pairs_of(scalars: &[Zeroizing<String>]) -> impl Iterator<Item = (&str, &str)> {
    scalars.chunks(2).map(|pair| (pair[0].as_str(), pair.get(1).map_or("", |value| value.as_str())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plaintext::awkward::awkward;
    use proptest::prelude::*;

    fn text(pairs: &[(&str, &str)]) -> String {
        let owned: Vec<_> = pairs
            .iter()
            .map(|(key, value)| (KeyName::new(key).expect("a name"), Secret::new((*value).to_owned())))
            .collect();
        let pairs: Vec<_> = owned.iter().map(|(key, value)| (key, value)).collect();
        String::from_utf8(encode(&pairs).expect("every value can be written").to_vec()).expect("UTF-8")
    }

    #[test]
    fn values_are_strings_whatever_they_look_like() {
        assert_eq!(
            text(&[("A", "yes"), ("B", "0x1f # é"), ("C", "\"\\\n\r\t\u{1}\u{85}\u{2028}😀\u{feff}")]),
            "A: \"yes\"\nB: \"0x1f # é\"\nC: \"\\\"\\\\\\n\\r\\t\\x01\\x85\\u2028😀\\uFEFF\"\n"
        );
        assert_eq!(text(&[]), "{}\n");
    }

    #[test]
    fn boolean_looking_name_is_quoted() {
        assert_eq!(
            text(&[("NO", ""), ("y", ""), ("Null", ""), ("NOT", "")]),
            "\"NO\": \"\"\n\"y\": \"\"\n\"Null\": \"\"\nNOT: \"\"\n"
        );
    }

    proptest! {
        #[test]
        fn every_value_is_read_back(value in awkward()) {
            prop_assert_eq!(text(&[("K", &value)]).lines().count(), 1);
        }
    }
}
