//! AES-256-GCM as SOPS uses it (`aes/cipher.go`): a 32-byte random IV and a 16-byte tag.

use aes_gcm::aead::consts::U32;
use aes_gcm::aead::{AeadInPlace, KeyInit};
use aes_gcm::aes::Aes256;
use aes_gcm::{AesGcm, Nonce, Tag};
use zeroize::Zeroizing;

use super::{DataKey, Error};

/// A text that was encrypted, with what is needed to open it.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Ciphertext {
    pub data: Vec<u8>,
    pub iv: [u8; 32],
    pub tag: [u8; 16],
}

/// The cipher of one file; the key schedule is computed once.
pub(super) struct Cipher(AesGcm<Aes256, U32>);

impl Cipher {
    pub(super) fn new(data_key: &DataKey) -> Self {
        Self(AesGcm::new(data_key.bytes().into()))
    }

    /// Encrypts under a fresh IV.
    pub(super) fn seal(&self, plaintext: &[u8], associated: &[u8]) -> Result<Ciphertext, Error> {
        let mut iv = [0; 32];
        getrandom::fill(&mut iv).map_err(|_| Error::Random)?;
        let mut data = plaintext.to_vec();
        let tag = self
            .0
            .encrypt_in_place_detached(Nonce::from_slice(&iv), associated, &mut data)
            .expect("AES-GCM takes anything under 64 GiB");
        Ok(Ciphertext { data, iv, tag: tag.into() })
    }

    /// Decrypts; `None` when it does not authenticate.
    pub(super) fn open(&self, sealed: &Ciphertext, associated: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let mut data = Zeroizing::new(sealed.data.clone());
        self.0
            .decrypt_in_place_detached(
                Nonce::from_slice(&sealed.iv),
                associated,
                &mut data,
                Tag::from_slice(&sealed.tag),
            )
            .ok()?;
        Some(data)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flipping_any_bit_fails_authentication() {
        let cipher = Cipher::new(&DataKey::generate().expect("random"));
        let sealed = cipher.seal(b"hunter2", b"A:").expect("sealed");
        assert_eq!(cipher.open(&sealed, b"A:").expect("opens").as_slice(), b"hunter2");
        assert!(cipher.open(&sealed, b"B:").is_none());
        for bit in 0..8 {
            let mut flipped = sealed.clone();
            flipped.data[0] ^= 1 << bit;
            assert!(cipher.open(&flipped, b"A:").is_none());
            let mut flipped = sealed.clone();
            flipped.iv[31] ^= 1 << bit;
            assert!(cipher.open(&flipped, b"A:").is_none());
            let mut flipped = sealed.clone();
            flipped.tag[15] ^= 1 << bit;
            assert!(cipher.open(&flipped, b"A:").is_none());
        }
    }
}
