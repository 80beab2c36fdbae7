//! Our seal: a keyed manifest of everything that the MAC of SOPS leaves open.
//!
//! HMAC-SHA-256, under a key that HKDF-SHA-256 derives from the data key, over project, environment,
//! rule, recipients and the ordered list of names, values and comments, each field with its length. It
//! rides in the file as an encrypted comment, which `sops` carries along through `set` and `edit`.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hkdf::Hkdf;
use hmac::{Hmac, Mac as _};
use sha2::Sha256;
use zeroize::Zeroizing;

use super::rule::{Class, Rule};
use super::{DataKey, WrappedKey};
use crate::name::EnvName;

/// How the comment begins, after the `#`.
const PREFIX: &str = " senex-env seal v1 ";
/// HKDF's `info`, and the first field of the manifest.
const CONTEXT: &str = "senex-env seal v1";

/// Where a file belongs. Bound by the seal, so that a development file copied over production is seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binding {
    /// The `project` of the project file.
    pub project: String,
    /// The environment.
    pub environment: EnvName,
}

/// The manifest of one file, being computed.
pub(super) struct Seal(Hmac<Sha256>);

impl Seal {
    pub(super) fn new(
        data_key: &DataKey,
        binding: &Binding,
        rule: &Rule,
        wrapped_keys: &[WrappedKey],
    ) -> Self {
        let mut key = Zeroizing::new([0; 32]);
        Hkdf::<Sha256>::new(None, data_key.bytes())
            .expand(CONTEXT.as_bytes(), &mut *key)
            .expect("32 bytes are a valid length for SHA-256");
        let hmac = Hmac::new_from_slice(&*key).expect("HMAC takes a key of any length");
        let mut seal = Self(hmac);
        for field in
            [CONTEXT, &binding.project, binding.environment.as_str(), rule.metadata_name(), rule.text()]
        {
            seal.field(field);
        }
        // A set: `sops updatekeys` and a merge may reorder it, which changes nothing.
        let mut recipients: Vec<&str> =
            wrapped_keys.iter().map(|wrapped| wrapped.recipient.as_str()).collect();
        recipients.sort_unstable();
        seal.length(recipients.len());
        for recipient in recipients {
            seal.field(recipient);
        }
        seal
    }

    pub(super) fn pair(&mut self, name: &str, class: Class, value: &str) {
        self.field(match class {
            Class::Secret => "secret",
            Class::Config => "config",
        });
        self.field(name);
        self.field(value);
    }

    pub(super) fn comment(&mut self, text: &str) {
        self.field("comment");
        self.field(text);
    }

    /// The text of the comment that carries the seal.
    pub(super) fn to_comment(&self) -> String {
        let tag = self.0.clone().finalize().into_bytes();
        format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(tag))
    }

    /// Whether `comment` carries this very seal; compared in constant time.
    pub(super) fn matches(self, comment: &str) -> bool {
        comment
            .strip_prefix(PREFIX)
            .and_then(|text| URL_SAFE_NO_PAD.decode(text).ok())
            .is_some_and(|tag| self.0.verify_slice(&tag).is_ok())
    }

    fn field(&mut self, text: &str) {
        self.length(text.len());
        self.0.update(text.as_bytes());
    }

    fn length(&mut self, length: usize) {
        self.0.update(&(length as u64).to_be_bytes());
    }
}

/// Whether a comment is a seal, good or bad.
pub(super) fn is_seal(comment: &str) -> bool {
    comment.starts_with(PREFIX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn binding(environment: &str) -> Binding {
        Binding { project: "p".to_owned(), environment: EnvName::new(environment).expect("a name") }
    }

    /// Computed by an independent implementation (Python's hmac and a hand-written HKDF).
    #[test]
    fn the_seal_has_this_value_for_ever() {
        let data_key = DataKey::from_bytes((0..32).collect()).expect("32 bytes");
        let wrapped = [WrappedKey { recipient: "age1x".to_owned(), armored: String::new() }];
        let mut seal = Seal::new(&data_key, &binding("production"), &Rule::config_keys([]), &wrapped);
        seal.comment(" hello");
        seal.pair("A", Class::Secret, "1");
        seal.pair("B", Class::Config, "");
        assert_eq!(seal.to_comment(), " senex-env seal v1 H2kIGekqVhWavWfdWXJdDEpc7qt_vxFp1YS72EelfWU");
    }

    #[test]
    fn moving_a_byte_between_fields_changes_it() {
        let data_key = DataKey::from_bytes(vec![7; 32]).expect("32 bytes");
        let tag = |name: &str, value: &str, class| {
            let mut seal = Seal::new(&data_key, &binding("a"), &Rule::config_keys([]), &[]);
            seal.pair(name, class, value);
            seal.to_comment()
        };
        let one = tag("AB", "C", Class::Secret);
        assert_ne!(one, tag("A", "BC", Class::Secret));
        assert_ne!(one, tag("AB", "C", Class::Config));
    }
}
