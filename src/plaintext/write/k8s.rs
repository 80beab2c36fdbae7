//! A Kubernetes Secret: a YAML manifest whose `data` holds every value in base64.

use base64::Engine as _;
use base64::display::Base64Display;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use crate::name::KeyName;
use crate::plaintext::write::buffer;
use crate::plaintext::write::format::{WriteError, refuse_what_no_format_carries};
use crate::plaintext::write::verify;
use crate::plaintext::write::yaml;
use crate::secret::Secret;

/// All values together, in bytes (`MaxSecretSize` in the Kubernetes API).
const LARGEST: usize = 1024 * 1024;
/// A member of `data` is named like a file in a volume.
const LONGEST_KEY: usize = 253;

/// Where a Secret goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretManifest {
    name: String,
    namespace: Option<String>,
}

/// A name that Kubernetes does not take for an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ObjectNameError {
    /// The name of the Secret is no RFC 1123 subdomain.
    #[error(
        "the name of a Secret is up to 253 lower-case letters, digits, `-` and `.`, and begins and ends each part with a letter or digit"
    )]
    Name,
    /// The namespace is no RFC 1123 label.
    #[error(
        "a namespace is up to 63 lower-case letters, digits and `-`, and begins and ends with a letter or digit"
    )]
    Namespace,
}

impl SecretManifest {
    /// For a Secret of this name, in a namespace or in the one that `kubectl` chooses.
    ///
    /// # Errors
    /// [`ObjectNameError`] says what a name must look like.
    pub fn new(name: &str, namespace: Option<&str>) -> Result<Self, ObjectNameError> {
        if name.len() > 253 || !name.split('.').all(is_label) {
            return Err(ObjectNameError::Name);
        }
        if namespace.is_some_and(|namespace| namespace.len() > 63 || !is_label(namespace)) {
            return Err(ObjectNameError::Namespace);
        }
        Ok(Self { name: name.to_owned(), namespace: namespace.map(str::to_owned) })
    }

    /// The manifest with these values, wiped on drop. Every value is carried exactly or refused; the order
    /// is kept.
    ///
    /// # Errors
    /// [`WriteError`] names the key and the reason, never the value.
    pub fn write(&self, pairs: &[(&KeyName, &Secret)]) -> Result<Zeroizing<Vec<u8>>, WriteError> {
        refuse_what_no_format_carries(pairs)?;
        let mut size = 0;
        for (key, value) in pairs {
            size += value.len();
            if key.as_str().len() > LONGEST_KEY {
                return Err(WriteError::LongName { key: (*key).clone(), limit: LONGEST_KEY });
            }
            if size > LARGEST {
                return Err(WriteError::TooMuch { key: (*key).clone(), limit: LARGEST });
            }
        }
        let bytes = buffer::exactly(|out| {
            writeln!(out, "apiVersion: v1\nkind: Secret\nmetadata:\n  name: \"{}\"", self.name)?;
            if let Some(namespace) = &self.namespace {
                writeln!(out, "  namespace: \"{namespace}\"")?;
            }
            let empty = if pairs.is_empty() { " {}" } else { "" };
            writeln!(out, "type: Opaque\ndata:{empty}")?;
            for (key, value) in pairs {
                out.write_all(b"  ")?;
                yaml::write_key(out, key)?;
                // Between quotes: `null` and `1234` are base64, too.
                writeln!(out, ": \"{}\"", Base64Display::new(value.expose().as_bytes(), &STANDARD))?;
            }
            Ok(())
        });
        self.reads_back(&bytes, pairs)?;
        Ok(bytes)
    }

    fn reads_back(&self, bytes: &[u8], pairs: &[(&KeyName, &Secret)]) -> Result<(), WriteError> {
        let mut head = vec!["apiVersion", "v1", "kind", "Secret", "metadata", "name", &self.name];
        head.extend(self.namespace.iter().flat_map(|namespace| ["namespace", namespace.as_str()]));
        head.extend(["type", "Opaque", "data"]);
        let scalars = yaml::scalars(bytes);
        let is_head = scalars.iter().map(|text| text.as_str()).take(head.len()).eq(head.iter().copied());
        let data = if is_head { &scalars[head.len()..] } else { &[] };
        let decoded: Vec<(&str, Secret)> = yaml::pairs_of(data)
            .filter_map(|(name, text)| Some((name, Secret::from_utf8(STANDARD.decode(text).ok()?).ok()?)))
            .collect();
        verify::same("Kubernetes", decoded.iter().map(|(name, value)| (*name, value.expose())), pairs)
    }
}

/// RFC 1123, in lower case.
fn is_label(text: &str) -> bool {
    let is_inner = |byte: u8| byte == b'-' || byte.is_ascii_lowercase() || byte.is_ascii_digit();
    !text.is_empty() && text.bytes().all(is_inner) && !text.starts_with('-') && !text.ends_with('-')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plaintext::awkward::awkward;
    use proptest::prelude::*;

    fn manifest(pairs: &[(&str, &str)]) -> Result<String, WriteError> {
        let owned: Vec<_> = pairs
            .iter()
            .map(|(key, value)| (KeyName::new(key).expect("a name"), Secret::new((*value).to_owned())))
            .collect();
        let pairs: Vec<_> = owned.iter().map(|(key, value)| (key, value)).collect();
        let bytes = SecretManifest::new("a.b-1", Some("web")).expect("names").write(&pairs)?;
        Ok(String::from_utf8(bytes.to_vec()).expect("UTF-8"))
    }

    #[test]
    fn manifest_is_a_valid_kubernetes_secret() {
        assert_eq!(
            manifest(&[("A", "a\n"), ("NO", "")]).as_deref(),
            Ok(
                "apiVersion: v1\nkind: Secret\nmetadata:\n  name: \"a.b-1\"\n  namespace: \"web\"\ntype: Opaque\ndata:\n  A: \"YQo=\"\n  \"NO\": \"\"\n"
            )
        );
        assert!(manifest(&[]).is_ok_and(|text| text.ends_with("data: {}\n")));
    }

    #[test]
    fn secret_names_are_dns_names() {
        for name in ["", "A", "a_b", "-a", "a.", "a..b", &"a".repeat(254)] {
            assert!(SecretManifest::new(name, None).is_err(), "{name}");
        }
        assert!(SecretManifest::new("a", Some("a.b")).is_err());
        assert!(SecretManifest::new("a", Some(&"a".repeat(64))).is_err());
    }

    #[test]
    fn oversized_kubernetes_secret_is_refused() {
        let half = "x".repeat(LARGEST / 2);
        assert!(manifest(&[("A", &half), ("B", &half)]).is_ok());
        let error = manifest(&[("A", &half), ("B", &half), ("C", "x")]).expect_err("too much");
        assert!(matches!(error, WriteError::TooMuch { key, .. } if key.as_str() == "C"));
        assert!(matches!(manifest(&[(&"K".repeat(254), "")]), Err(WriteError::LongName { .. })));
        assert!(matches!(manifest(&[("K", "\0")]), Err(WriteError::Nul { .. })));
    }

    proptest! {
        #[test]
        fn every_value_is_read_back(value in awkward()) {
            prop_assert!(manifest(&[("K", &value)]).is_ok());
        }
    }
}
