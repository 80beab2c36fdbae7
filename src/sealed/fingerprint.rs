//! Fingerprints of values, by which somebody who can open the file sees whether a copy elsewhere is current.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hkdf::Hkdf;
use hmac::{Hmac, Mac as _};
use sha2::Sha256;
use zeroize::Zeroizing;

use super::{Binding, OpenFile};
use crate::name::KeyName;
use crate::secret::Secret;

/// HKDF's `info`, and the first field of what is authenticated.
const CONTEXT: &str = "senex-env fingerprint v1";
/// In bytes: nobody who lacks the key can look for collisions, so half of the tag is plenty.
const LENGTH: usize = 16;

impl OpenFile {
    /// HMAC-SHA-256 of one key's value, cut to 128 bits, in base64url, under a key that HKDF derives from the
    /// data key. Equal values of two keys, environments or projects have different fingerprints, and nobody
    /// without the data key can test a guess. A new data key makes new fingerprints, on purpose: whoever was
    /// revoked could test guesses against the old ones.
    ///
    /// # Panics
    /// Never: both lengths are constants that HKDF and HMAC allow.
    pub fn fingerprint(&self, binding: &Binding, key: &KeyName, value: &Secret) -> String {
        let mut derived = Zeroizing::new([0; 32]);
        Hkdf::<Sha256>::new(None, self.data_key.bytes())
            .expand(CONTEXT.as_bytes(), &mut *derived)
            .expect("32 bytes are a valid length for SHA-256");
        let mut hmac = Hmac::<Sha256>::new_from_slice(&*derived).expect("HMAC takes a key of any length");
        for field in [CONTEXT, &binding.project, binding.environment.as_str(), key.as_str(), value.expose()] {
            hmac.update(&(field.len() as u64).to_be_bytes());
            hmac.update(field.as_bytes());
        }
        URL_SAFE_NO_PAD.encode(&hmac.finalize().into_bytes()[..LENGTH])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::name::EnvName;
    use crate::sealed::{DataKey, Rule};

    fn of(data_key: u8, project: &str, environment: &str, key: &str, value: &str) -> String {
        let data_key = DataKey::from_bytes(vec![data_key; 32]).expect("32 bytes");
        let file = OpenFile::new(data_key, Vec::new(), Rule::config_keys([]));
        let environment = EnvName::new(environment).expect("a name");
        let binding = Binding { project: project.to_owned(), environment };
        file.fingerprint(&binding, &KeyName::new(key).expect("a name"), &Secret::new(value.to_owned()))
    }

    /// Computed by an independent implementation (Python's hmac and a hand-written HKDF).
    #[test]
    fn fingerprint_is_stable() {
        assert_eq!(of(7, "p", "production", "A", "hunter2"), "MvPEmcsU3DCnhpd2Zw37dw");
    }

    #[test]
    fn fingerprint_depends_on_every_input() {
        let one = of(7, "p", "a", "A", "x");
        assert_eq!(one, of(7, "p", "a", "A", "x"));
        for other in [
            of(8, "p", "a", "A", "x"),
            of(7, "q", "a", "A", "x"),
            of(7, "p", "b", "A", "x"),
            of(7, "p", "a", "B", "x"),
            of(7, "p", "a", "A", "y"),
            of(7, "p", "a", "AX", ""),
        ] {
            assert_ne!(one, other);
        }
    }
}
