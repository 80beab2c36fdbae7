//! Our seal: a keyed manifest of everything that the MAC of SOPS leaves open.
//!
//! HMAC-SHA-256, under a key that HKDF-SHA-256 derives from the data key, over project, environment,
//! rule, version, generation, lineage, recipients with what is wrapped for each, and the ordered list of
//! names, values and comments, each field with its length. It rides in the file as an encrypted comment,
//! which `sops` carries along through `set` and `edit`: generation, lineage and tag, with a blank between.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hkdf::Hkdf;
use hmac::{Hmac, Mac as _};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use super::lineage::Provenance;
use super::rule::{Class, Rule};
use super::{DataKey, WrappedKey};
use crate::name::EnvName;

/// How the comment of any seal begins, after the `#`.
const ANY: &str = " senex-env seal ";
/// How that of this one begins.
const PREFIX: &str = " senex-env seal v2 ";
/// HKDF's `info`, and the first field of the manifest.
const CONTEXT: &str = "senex-env seal v2";

/// Where a file belongs. Bound by the seal, so that a development file copied over production is seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binding {
    /// The `project` of the project file.
    pub project: String,
    /// The environment.
    pub environment: EnvName,
}

/// What the seal binds of a file besides its lines.
pub(super) struct Head<'a> {
    pub binding: &'a Binding,
    pub rule: &'a Rule,
    pub wrapped_keys: &'a [WrappedKey],
    /// `sops_version`.
    pub version: &'a str,
    pub provenance: &'a Provenance,
}

/// The manifest of one file, being computed.
pub(super) struct Seal(Hmac<Sha256>);

impl Seal {
    pub(super) fn new(data_key: &DataKey, head: &Head<'_>) -> Self {
        let mut key = Zeroizing::new([0; 32]);
        Hkdf::<Sha256>::new(None, data_key.bytes())
            .expand(CONTEXT.as_bytes(), &mut *key)
            .expect("32 bytes are a valid length for SHA-256");
        let hmac = Hmac::new_from_slice(&*key).expect("HMAC takes a key of any length");
        let mut seal = Self(hmac);
        let Head { binding, rule, wrapped_keys, version, provenance } = head;
        for field in [
            CONTEXT,
            &binding.project,
            binding.environment.as_str(),
            rule.metadata_name(),
            rule.text(),
            version,
            &provenance.generation.to_string(),
            &provenance.marks_text(),
        ] {
            seal.field(field);
        }
        // A set: a merge may reorder it, which changes nothing.
        let mut recipients: Vec<&WrappedKey> = wrapped_keys.iter().collect();
        recipients.sort_unstable_by_key(|wrapped| &wrapped.recipient);
        seal.length(recipients.len());
        for wrapped in recipients {
            seal.field(&wrapped.recipient);
            seal.0.update(&Sha256::digest(&wrapped.armored));
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
    pub(super) fn to_comment(&self, provenance: &Provenance) -> String {
        let tag = URL_SAFE_NO_PAD.encode(self.0.clone().finalize().into_bytes());
        format!("{PREFIX}{} {} {tag}", provenance.generation, provenance.marks_text())
    }

    /// Whether `sealed` carries this very seal; compared in constant time.
    pub(super) fn matches(self, sealed: &Sealed) -> bool {
        self.0.verify_slice(&sealed.tag).is_ok()
    }

    fn field(&mut self, text: &str) {
        self.length(text.len());
        self.0.update(text.as_bytes());
    }

    fn length(&mut self, length: usize) {
        self.0.update(&(length as u64).to_be_bytes());
    }
}

/// What a seal's comment says, true or not.
pub(super) struct Sealed {
    pub provenance: Provenance,
    tag: Vec<u8>,
}

impl Sealed {
    /// `None` for a comment that is not written by [`Seal::to_comment`].
    pub(super) fn parse(comment: &str) -> Option<Self> {
        let mut fields = comment.strip_prefix(PREFIX)?.split(' ');
        let provenance = Provenance::parse(fields.next()?, fields.next()?)?;
        let tag = URL_SAFE_NO_PAD.decode(fields.next()?).ok()?;
        fields.next().is_none().then_some(Self { provenance, tag })
    }
}

/// Whether a comment is a seal, good or bad, of whatever version.
pub(super) fn is_seal(comment: &str) -> bool {
    comment.starts_with(ANY)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::name::KeyName;

    fn binding(environment: &str) -> Binding {
        Binding { project: "p".to_owned(), environment: EnvName::new(environment).expect("a name") }
    }

    fn tag(data_key: u8, head: &Head<'_>, fill: impl FnOnce(&mut Seal)) -> String {
        let mut seal = Seal::new(&DataKey::from_bytes(vec![data_key; 32]).expect("32 bytes"), head);
        fill(&mut seal);
        seal.to_comment(head.provenance)
    }

    /// Computed by an independent implementation (Python's hmac and a hand-written HKDF).
    #[test]
    fn seal_is_stable() {
        let wrapped = [WrappedKey { recipient: "age1x".to_owned(), armored: "armor\n".to_owned() }];
        let mut provenance = (0..41).fold(Provenance::default(), |it, _| it.next());
        provenance.replaced(&DataKey::from_bytes(vec![9; 32]).expect("32 bytes"));
        let rule = Rule::config_keys([]);
        let head = Head {
            binding: &binding("production"),
            rule: &rule,
            wrapped_keys: &wrapped,
            version: "3.9.0",
            provenance: &provenance,
        };
        let comment = tag(7, &head, |seal| {
            seal.comment(" hello");
            seal.pair("A", Class::Secret, "1");
            seal.pair("B", Class::Config, "");
        });
        assert_eq!(
            comment,
            " senex-env seal v2 41 ib8QkzWX-ZAlYex2n-cBiQ 6hjWJo8Di8tLGHTHnFvu1HlpItCaebIqe580t-iFea8"
        );
        assert!(is_seal(&comment) && Sealed::parse(&comment).is_some_and(|it| it.provenance == provenance));
    }

    #[test]
    fn seal_depends_on_every_field() {
        let wrapped = |recipient: &str, armored: &str| {
            [WrappedKey { recipient: recipient.to_owned(), armored: armored.to_owned() }]
        };
        let (good, other, garbage) = (wrapped("age1x", "a"), wrapped("age1y", "a"), wrapped("age1x", "b"));
        let (first, second) = (Provenance::default(), Provenance::default().next());
        let (none, some) =
            (Rule::config_keys([]), Rule::config_keys([KeyName::new("A").expect("a name")].iter()));
        let (here, there) = (binding("a"), binding("b"));
        let head = |binding, rule, wrapped_keys, version, provenance| {
            tag(7, &Head { binding, rule, wrapped_keys, version, provenance }, |_| {})
        };
        let one = head(&here, &none, &good, "3.9.0", &first);
        for changed in [
            head(&there, &none, &good, "3.9.0", &first),
            head(&here, &some, &good, "3.9.0", &first),
            head(&here, &none, &other, "3.9.0", &first),
            head(&here, &none, &garbage, "3.9.0", &first),
            head(&here, &none, &good, "3.9.1", &first),
            head(&here, &none, &good, "3.9.0", &second),
        ] {
            let end = |comment: &str| comment.rsplit(' ').next().map(str::to_owned);
            assert_ne!(end(&one), end(&changed));
        }
    }

    #[test]
    fn moving_a_byte_between_fields_changes_the_seal() {
        let (rule, provenance, binding) = (Rule::config_keys([]), Provenance::default(), binding("a"));
        let head = Head {
            binding: &binding,
            rule: &rule,
            wrapped_keys: &[],
            version: "3.9.0",
            provenance: &provenance,
        };
        let with = |name: &str, value: &str, class| tag(7, &head, |seal| seal.pair(name, class, value));
        let one = with("AB", "C", Class::Secret);
        assert_ne!(one, with("A", "BC", Class::Secret));
        assert_ne!(one, with("AB", "C", Class::Config));
    }
}
