//! The MAC of SOPS: one SHA-512 over the values, in the order of the file (`sops.go`, `Tree.Encrypt`).
//!
//! It sees neither names nor lengths nor comments; the seal (see [`super::seal`]) covers those.

use sha2::{Digest, Sha512};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// With `mac_only_encrypted`, SOPS begins the hash with SHA-256("sops") so that the flag itself is bound.
const ONLY_ENCRYPTED_PREFIX: [u8; 32] = [
    0x8a, 0x3f, 0xd2, 0xad, 0x54, 0xce, 0x66, 0x52, 0x7b, 0x10, 0x34, 0xf3, 0xd1, 0x47, 0xbe, 0x0b, 0x0b,
    0x97, 0x5b, 0x3b, 0xf4, 0x4f, 0x72, 0xc6, 0xfd, 0xad, 0xec, 0x81, 0x76, 0xf2, 0x7d, 0x69,
];

/// The running hash.
pub(super) struct Mac(Sha512);

impl Mac {
    pub(super) fn new(only_encrypted: bool) -> Self {
        let mut hash = Sha512::new();
        if only_encrypted {
            hash.update(ONLY_ENCRYPTED_PREFIX);
        }
        Self(hash)
    }

    pub(super) fn value(&mut self, value: &str) {
        self.0.update(value.as_bytes());
    }

    /// Upper-case hex, 128 characters. A bare hash of all values: it is wiped and never shown, since a
    /// short secret can be found from it.
    pub(super) fn finish(self) -> Zeroizing<String> {
        let digest = Zeroizing::new(<[u8; 64]>::from(self.0.finalize()));
        let mut text = Zeroizing::new(String::with_capacity(128));
        for byte in digest.iter() {
            for nibble in [byte >> 4, byte & 15] {
                text.push(char::from(b"0123456789ABCDEF"[usize::from(nibble)]));
            }
        }
        text
    }

    /// Whether the hash is the one that the file carries.
    pub(super) fn matches(self, stored: &str) -> bool {
        self.finish().as_bytes().ct_eq(stored.as_bytes()).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_prefix_is_sha256_of_sops() {
        assert_eq!(ONLY_ENCRYPTED_PREFIX.as_slice(), sha2::Sha256::digest("sops").as_slice());
    }

    #[test]
    fn an_empty_file_has_the_hash_of_nothing() {
        // FIPS 180-4, SHA-512 of the empty message.
        assert!(
            Mac::new(false)
                .finish()
                .starts_with("CF83E1357EEFB8BDF1542850D66D8007D620E4050B5715DC83F4A921D36CE9CE")
        );
    }
}
