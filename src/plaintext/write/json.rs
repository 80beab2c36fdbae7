//! The `json` dialect: one object, its members in the order of the environment.

use std::io;

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};
use zeroize::Zeroizing;

use crate::name::KeyName;
use crate::plaintext::write::buffer;
use crate::secret::Secret;

pub(in crate::plaintext) fn encode(pairs: &[(&KeyName, &Secret)]) -> Zeroizing<Vec<u8>> {
    buffer::exactly(|out| {
        serde_json::to_writer_pretty(&mut *out, &Members(pairs)).map_err(io::Error::from)?;
        out.write_all(b"\n")
    })
}

struct Members<'a>(&'a [(&'a KeyName, &'a Secret)]);

impl Serialize for Members<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut members = serializer.serialize_map(Some(self.0.len()))?;
        for (key, value) in self.0 {
            members.serialize_entry(key.as_str(), value.expose())?;
        }
        members.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plaintext::awkward::awkward;
    use proptest::prelude::*;

    #[test]
    fn members_keep_their_order_and_their_text() {
        let (b, a) = (KeyName::new("B").expect("a name"), KeyName::new("A").expect("a name"));
        let (first, second) = (Secret::new("1\n\"\u{7f}".to_owned()), Secret::new(String::new()));
        let text = encode(&[(&b, &first), (&a, &second)]);
        assert_eq!(text.as_slice(), b"{\n  \"B\": \"1\\n\\\"\x7f\",\n  \"A\": \"\"\n}\n");
        assert_eq!(encode(&[]).as_slice(), b"{}\n");
    }

    proptest! {
        #[test]
        fn every_value_is_read_back(value in awkward()) {
            let key = KeyName::new("K").expect("a name");
            let text = encode(&[(&key, &Secret::new(value.clone()))]);
            let found: serde_json::Value = serde_json::from_slice(&text).expect("JSON");
            prop_assert_eq!(found, serde_json::json!({ "K": value }));
        }
    }
}
