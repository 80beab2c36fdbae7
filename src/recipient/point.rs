//! Whether a public key is one that some private key has.
//!
//! Several points give the same shared secret with one private key: those that differ by a point of small order
//! (RFC 7748, 6.1 and 7). Such an alias of a revoked recipient has another text and can be opened with the
//! same private key, so only points of the prime-order subgroup are accepted: what key generation makes.

use curve25519_dalek::edwards::CompressedEdwardsY;
use curve25519_dalek::montgomery::MontgomeryPoint;
use curve25519_dalek::traits::IsIdentity;

/// The field's prime, 2^255 - 19, little-endian.
const PRIME: [u8; 32] = {
    let mut prime = [0xff; 32];
    prime[0] = 0xed;
    prime[31] = 0x7f;
    prime
};

/// The u-coordinates of small order on Curve25519 and its twist (RFC 7748, 7; the two of order 8 are from
/// <https://cr.yp.to/ecdh.html#validate>), reduced modulo the prime.
const SMALL_ORDER: [[u8; 32]; 5] = [
    [0; 32],
    {
        let mut one = [0; 32];
        one[0] = 1;
        one
    },
    [
        0xe0, 0xeb, 0x7a, 0x7c, 0x3b, 0x41, 0xb8, 0xae, 0x16, 0x56, 0xe3, 0xfa, 0xf1, 0x9f, 0xc4, 0x6a, 0xda,
        0x09, 0x8d, 0xeb, 0x9c, 0x32, 0xb1, 0xfd, 0x86, 0x62, 0x05, 0x16, 0x5f, 0x49, 0xb8, 0x00,
    ],
    [
        0x5f, 0x9c, 0x95, 0xbc, 0xa3, 0x50, 0x8c, 0x24, 0xb1, 0xd0, 0xb1, 0x55, 0x9c, 0x83, 0xef, 0x5b, 0x04,
        0x44, 0x5c, 0xc4, 0x58, 0x1c, 0x8e, 0x86, 0xd8, 0x22, 0x4e, 0xdd, 0xd0, 0x9f, 0x11, 0x57,
    ],
    {
        let mut minus_one = PRIME;
        minus_one[0] = 0xec;
        minus_one
    },
];

/// What can be told of an X25519 public key without arithmetic: it is reduced, and not of small order.
pub(super) fn is_plain_x25519(bytes: &[u8; 32]) -> bool {
    is_reduced(bytes) && !SMALL_ORDER.contains(bytes)
}

/// Whether an X25519 public key is in the prime-order subgroup. Some 50 microseconds.
pub(super) fn is_x25519_of_a_private_key(bytes: &[u8; 32]) -> bool {
    let point = MontgomeryPoint(*bytes).to_edwards(0);
    is_plain_x25519(bytes) && point.is_some_and(|point| point.is_torsion_free() && !point.is_identity())
}

/// What can be told of an Ed25519 public key cheaply: its y-coordinate is reduced, and it is not of small order.
pub(super) fn is_plain_ed25519(bytes: &[u8; 32]) -> bool {
    let mut y = *bytes;
    y[31] &= 0x7f;
    let point = CompressedEdwardsY(*bytes).decompress();
    is_reduced(&y) && point.is_some_and(|point| !point.is_small_order())
}

/// Whether an Ed25519 public key is in the prime-order subgroup. Some 50 microseconds.
pub(super) fn is_ed25519_of_a_private_key(bytes: &[u8; 32]) -> bool {
    let point = CompressedEdwardsY(*bytes).decompress();
    is_plain_ed25519(bytes) && point.is_some_and(|point| point.is_torsion_free())
}

/// Whether the little-endian number is less than the prime.
fn is_reduced(bytes: &[u8; 32]) -> bool {
    bytes.iter().rev().lt(PRIME.iter().rev())
}

#[cfg(test)]
mod tests {
    use super::*;
    use curve25519_dalek::constants::{ED25519_BASEPOINT_POINT, EIGHT_TORSION};
    use curve25519_dalek::scalar::Scalar;

    #[test]
    fn points_of_small_order_are_refused() {
        for torsion in EIGHT_TORSION {
            let u = torsion.to_montgomery().to_bytes();
            assert!(!is_plain_x25519(&u), "{u:02x?}");
            assert!(!is_plain_ed25519(&torsion.compress().to_bytes()));
        }
    }

    #[test]
    fn aliased_recipient_does_not_match_a_private_key() {
        let key = ED25519_BASEPOINT_POINT * Scalar::from(123_456_789_u64);
        assert!(is_x25519_of_a_private_key(&key.to_montgomery().to_bytes()));
        assert!(is_ed25519_of_a_private_key(&key.compress().to_bytes()));
        for torsion in EIGHT_TORSION.into_iter().filter(|torsion| !torsion.is_identity()) {
            let alias = key + torsion;
            assert!(!is_x25519_of_a_private_key(&alias.to_montgomery().to_bytes()));
            assert!(!is_ed25519_of_a_private_key(&alias.compress().to_bytes()));
        }
    }

    #[test]
    fn non_canonical_points_are_refused() {
        let mut high = (ED25519_BASEPOINT_POINT * Scalar::from(7_u64)).to_montgomery().to_bytes();
        assert!(is_plain_x25519(&high));
        high[31] |= 0x80;
        assert!(!is_plain_x25519(&high));
        assert!(!is_plain_x25519(&PRIME) && !is_plain_ed25519(&PRIME));
        // A point of the twist, which no private key leads to.
        let mut twist = [0; 32];
        twist[0] = 2;
        assert!(is_plain_x25519(&twist) && !is_x25519_of_a_private_key(&twist));
    }
}
