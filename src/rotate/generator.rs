//! New values, by the type of a key.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use zeroize::Zeroizing;

use super::alphabet::{Alphabet, AlphabetError};
use crate::identity::Identity;
use crate::project::Key;
use crate::secret::Secret;

/// How a new value is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Generator {
    /// Django's own: 50 characters of its alphabet.
    DjangoSecretKey,
    /// 32 bytes in URL-safe base64.
    FernetKey,
    /// This many characters of an alphabet.
    Password(usize, Alphabet),
    /// This many bytes in hexadecimal.
    Hex(usize),
    /// This many bytes in base64.
    Base64(usize),
    /// A random UUID.
    Uuid,
    /// A private age identity.
    AgeIdentity,
}

/// Why a generator is not one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum GeneratorError {
    /// No such generator.
    #[error(
        "the generators are `django-secret-key`, `fernet-key`, `password:LENGTH`, \
         `password:LENGTH:ALPHABET`, `hex:BYTES`, `base64:BYTES`, `uuid` and `age-identity`"
    )]
    Unknown,
    /// A length that makes no secret.
    #[error("the length must be from 8 to 1024")]
    Length,
    /// An alphabet that is none.
    #[error(transparent)]
    Alphabet(#[from] AlphabetError),
    /// The system gave no random numbers.
    #[error("the system's random number generator failed")]
    Random,
}

/// `get_random_secret_key` of Django draws from these.
const DJANGO: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789!@#$%^&*(-_=+)";

impl Generator {
    /// The generator of a key: by `generate`, else by its type. `None` for values that somebody issues.
    ///
    /// # Errors
    /// [`GeneratorError`] when `generate` names none.
    pub(crate) fn of(key: &Key) -> Result<Option<Self>, GeneratorError> {
        match (&key.generate, &key.rules.kind) {
            (Some(text), _) => Self::parse(text).map(Some),
            (None, Some(kind)) => Ok(Self::parse(kind.value.as_str()).ok()),
            (None, None) => Ok(None),
        }
    }

    /// Reads `password:40`, `password:20:lowercase` and the like.
    ///
    /// # Errors
    /// [`GeneratorError`].
    pub(crate) fn parse(text: &str) -> Result<Self, GeneratorError> {
        let mut parts = text.splitn(3, ':'); // a colon may be in the alphabet
        let name = parts.next().unwrap_or_default();
        let length = parts.next().map(str::parse::<usize>).transpose().map_err(|_| GeneratorError::Length)?;
        let alphabet = parts.next();
        if length.is_some_and(|length| !(8..=1024).contains(&length)) {
            return Err(GeneratorError::Length);
        }
        Ok(match (name, length, alphabet) {
            ("django-secret-key", None, None) => Self::DjangoSecretKey,
            ("fernet-key", None, None) => Self::FernetKey,
            ("password", length, alphabet) => {
                let alphabet = alphabet.map(Alphabet::parse).transpose()?.unwrap_or_default();
                Self::Password(length.unwrap_or(32), alphabet)
            }
            ("hex", length, None) => Self::Hex(length.unwrap_or(32)),
            ("base64", length, None) => Self::Base64(length.unwrap_or(32)),
            ("uuid", None, None) => Self::Uuid,
            ("age-identity", None, None) => Self::AgeIdentity,
            _ => return Err(GeneratorError::Unknown),
        })
    }

    /// A new value.
    ///
    /// # Errors
    /// [`GeneratorError::Random`].
    pub(crate) fn generate(&self) -> Result<Secret, GeneratorError> {
        let encoded = |text: String| Ok(Secret::new(text));
        match self {
            Self::DjangoSecretKey => draw(DJANGO, 50),
            Self::FernetKey => encoded(URL_SAFE.encode(&*random(32)?)),
            Self::Password(length, alphabet) => draw(alphabet.characters(), *length),
            Self::Hex(bytes) => encoded(random(*bytes)?.iter().map(|byte| format!("{byte:02x}")).collect()),
            Self::Base64(bytes) => encoded(STANDARD.encode(&*random(*bytes)?)),
            Self::Uuid => uuid(),
            Self::AgeIdentity => {
                let line = Identity::generate().to_line().ok_or(GeneratorError::Random)?;
                encoded(line.as_str().to_owned())
            }
        }
    }
}

fn random(bytes: usize) -> Result<Zeroizing<Vec<u8>>, GeneratorError> {
    let mut buffer = Zeroizing::new(vec![0; bytes]);
    getrandom::fill(&mut buffer).map_err(|_| GeneratorError::Random)?;
    Ok(buffer)
}

/// Characters drawn evenly: bytes beyond the last whole multiple of the alphabet are thrown away.
fn draw(alphabet: &[u8], length: usize) -> Result<Secret, GeneratorError> {
    let even = 256 / alphabet.len() * alphabet.len();
    let mut text = Zeroizing::new(String::with_capacity(length));
    while text.len() < length {
        for byte in random(64)?.iter().map(|byte| usize::from(*byte)).filter(|byte| *byte < even) {
            if text.len() < length {
                text.push(char::from(alphabet[byte % alphabet.len()]));
            }
        }
    }
    Ok(Secret::new(std::mem::take(&mut *text)))
}

/// RFC 9562, version 4.
fn uuid() -> Result<Secret, GeneratorError> {
    let mut bytes = random(16)?;
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex: Zeroizing<String> = Zeroizing::new(bytes.iter().map(|byte| format!("{byte:02x}")).collect());
    let parts = [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]];
    Ok(Secret::new(parts.join("-")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(text: &str) -> String {
        Generator::parse(text).expect("a generator").generate().expect("random").expose().to_owned()
    }

    #[test]
    fn generators_match_their_names() {
        let django = made("django-secret-key");
        assert!(django.len() == 50 && django.bytes().all(|byte| DJANGO.contains(&byte)));
        assert_eq!(URL_SAFE.decode(made("fernet-key")).expect("base64").len(), 32);
        assert_eq!(made("password:40").len(), 40);
        let pin = made("password:12:digits");
        assert!(pin.len() == 12 && pin.bytes().all(|byte| byte.is_ascii_digit()), "{pin}");
        let own = made("password:30:ACDEFGHJ:-"); // a colon is a character as any
        assert!(own.len() == 30 && own.bytes().all(|byte| b"ACDEFGHJ:-".contains(&byte)), "{own}");
        assert_eq!(made("hex:16").len(), 32);
        assert_eq!(STANDARD.decode(made("base64:24")).expect("base64").len(), 24);
        assert!(made("age-identity").starts_with("AGE-SECRET-KEY-1"));
        let uuid = made("uuid");
        assert_eq!((uuid.len(), uuid.as_bytes()[14], uuid.matches('-').count()), (36, b'4', 4));
        assert_ne!(made("hex"), made("hex"));
    }

    #[test]
    fn characters_are_drawn_evenly() {
        let mut counts = [0_u32; 256];
        for _ in 0..200 {
            made("password:1000").bytes().for_each(|byte| counts[usize::from(byte)] += 1);
        }
        let drawn: Vec<u32> =
            Alphabet::default().characters().iter().map(|byte| counts[usize::from(*byte)]).collect();
        // 200 000 draws over 62 characters: 3226 expected, standard deviation 56.
        assert!(drawn.iter().all(|count| (2900..3550).contains(count)), "{drawn:?}");
    }

    #[test]
    fn invalid_generators_are_refused() {
        assert_eq!(Generator::parse("password:4"), Err(GeneratorError::Length));
        assert_eq!(Generator::parse("password:x"), Err(GeneratorError::Length));
        assert_eq!(Generator::parse("url"), Err(GeneratorError::Unknown));
        assert_eq!(Generator::parse("uuid:9"), Err(GeneratorError::Unknown));
        assert_eq!(Generator::parse("hex:16:digits"), Err(GeneratorError::Unknown));
        assert!(matches!(Generator::parse("password:16:abc"), Err(GeneratorError::Alphabet(_))));
    }
}
