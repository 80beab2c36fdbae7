//! Tokens that tell whether a value changed, and nothing about the value.

use std::path::Path;

use git2::Repository;
use hmac::{Hmac, Mac as _};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::file;

/// Where the key of a clone lies, in its git folder: it is never pushed.
const FILE: &str = "senex-env/diff-tokens";

/// Makes tokens under a random key of this clone. Who does not have it learns from two tokens whether their
/// values are the same, and cannot try guesses; git compares texts, so it needs that much.
pub struct Tokens(Zeroizing<[u8; 32]>);

impl Tokens {
    /// Of the repository around `directory`; the key is made when it is not there. Where it cannot be kept,
    /// tokens of two processes differ even for the same value.
    ///
    /// # Errors
    /// When the system gives no random numbers.
    pub fn of_clone(directory: &Path) -> std::io::Result<Self> {
        let folder = Repository::discover(directory).map(|repository| repository.commondir().to_owned());
        if let Ok(folder) = &folder
            && let Some(tokens) = Self::read(&folder.join(FILE))
        {
            return Ok(tokens);
        }
        let mut key = Zeroizing::new([0; 32]);
        getrandom::fill(&mut *key).map_err(|_| std::io::ErrorKind::Other)?;
        let Ok(folder) = folder else { return Ok(Self(key)) };
        // Two processes may do this at once: whoever was first counts.
        drop(file::create(&folder.join(FILE), &*key, 0o600));
        Ok(Self::read(&folder.join(FILE)).unwrap_or(Self(key)))
    }

    fn read(path: &Path) -> Option<Self> {
        let bytes = file::read(path, 32).ok()?;
        Some(Self(Zeroizing::new(<[u8; 32]>::try_from(bytes.as_slice()).ok()?)))
    }

    /// 40 bits, in hex.
    pub fn token(&self, name: &str, value: &str) -> String {
        let mut hmac = Hmac::<Sha256>::new_from_slice(&*self.0).expect("HMAC takes a key of any length");
        for field in [name, value] {
            hmac.update(&(field.len() as u64).to_be_bytes());
            hmac.update(field.as_bytes());
        }
        hmac.finalize().into_bytes().iter().take(5).map(|byte| format!("{byte:02x}")).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clone_keeps_its_key_and_another_clone_has_another() {
        let folder = tempfile::tempdir().expect("a folder");
        let (one, other) = (folder.path().join("one"), folder.path().join("other"));
        Repository::init(&one).expect("a repository");
        Repository::init(&other).expect("a repository");
        let token = |path: &Path, value| Tokens::of_clone(path).expect("tokens").token("A", value);
        assert_eq!(token(&one, "hunter2"), token(&one, "hunter2"));
        assert_ne!(token(&one, "hunter2"), token(&one, "hunter3"));
        assert_ne!(token(&one, "hunter2"), token(&other, "hunter2"));
    }
}
