//! A recipient: the public half, which a data key is wrapped to.

mod parse_error;
mod point;
mod x25519;

use std::fmt;
use std::io::Write as _;

use age::armor::{ArmoredWriter, Format};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::listed::listed;
pub use parse_error::ParseError;

/// An `age1…` X25519 recipient or an `ssh-ed25519 …` line. Other kinds are refused by name.
#[derive(Clone)]
pub struct Recipient {
    text: String,
    key: Key,
}

#[derive(Clone)]
enum Key {
    /// The u-coordinate. age reads the text again where a data key is wrapped, which is seldom.
    X25519([u8; 32]),
    Ssh(age::ssh::Recipient, [u8; 32]),
}

listed! {
    /// What kind of recipient it is.
    pub enum Kind {
        /// The recipient of an age identity.
        X25519 = "age",
        /// The public half of an SSH key.
        SshEd25519 = "ssh-ed25519",
    }
}

impl Kind {
    /// The kind of a text that was read from a file; `None` for what is no recipient of ours.
    fn of(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| text.starts_with(kind.prefix()))
    }

    /// How every recipient of the kind begins.
    const fn prefix(self) -> &'static str {
        match self {
            Self::X25519 => "age1",
            Self::SshEd25519 => "ssh-ed25519 ",
        }
    }

    /// How much of its beginning and end tells one from another.
    const fn ends(self) -> (usize, usize) {
        match self {
            Self::X25519 => (8, 4),
            // The first bytes of every SSH blob are the same; its end tells keys apart.
            Self::SshEd25519 => (16, 8),
        }
    }

    /// Whether its identity is a key of SSH, which has a file of its own.
    pub const fn is_ssh(self) -> bool {
        match self {
            Self::X25519 => false,
            Self::SshEd25519 => true,
        }
    }
}

/// age did not wrap the data key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the data key cannot be wrapped for this recipient")]
pub struct WrapError;

impl Recipient {
    /// Reads one recipient; blanks around it are dropped, the comment of an SSH key is kept.
    ///
    /// # Errors
    /// [`ParseError`] says which kind it is and that it is not taken.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let text = text.trim();
        if text.chars().any(char::is_control) || text.contains(',') {
            return Err(ParseError::Unknown);
        }
        if !text.is_ascii() {
            return Err(ParseError::NotAscii);
        }
        if text.starts_with("AGE-SECRET-KEY-") || text.contains("PRIVATE KEY") {
            return Err(ParseError::PrivateIdentity);
        }
        if text.starts_with("age1pq1") {
            return Err(ParseError::PostQuantum);
        }
        let key = match Kind::of(text) {
            Some(Kind::X25519) => Key::X25519(x25519::parse(text)?),
            Some(Kind::SshEd25519) => ssh(text)?,
            None if text.starts_with("ssh-rsa ") => return Err(ParseError::Rsa),
            None if ["ssh-", "ecdsa-", "sk-"].iter().any(|start| text.starts_with(start)) => {
                return Err(ParseError::OtherSsh);
            }
            None => return Err(ParseError::Unknown),
        };
        Ok(Self { text: text.to_owned(), key })
    }

    /// What kind it is.
    pub fn kind(&self) -> Kind {
        match &self.key {
            Key::X25519(_) => Kind::X25519,
            Key::Ssh(..) => Kind::SshEd25519,
        }
    }

    /// Refuses what [`Self::parse`] has no time for on every command: a point that is an alias of another key.
    /// Asked wherever a recipient is let in or kept.
    ///
    /// # Errors
    /// [`ParseError::NotAKey`].
    pub(crate) fn of_a_private_key(self) -> Result<Self, ParseError> {
        if self.is_of_a_private_key() { Ok(self) } else { Err(ParseError::NotAKey) }
    }

    fn is_of_a_private_key(&self) -> bool {
        match &self.key {
            Key::X25519(bytes) => point::is_x25519_of_a_private_key(bytes),
            Key::Ssh(_, bytes) => point::is_ed25519_of_a_private_key(bytes),
        }
    }

    /// What identifies it: the text, for SSH keys without the comment.
    pub fn identifier(&self) -> &str {
        identifier(&self.text)
    }

    /// Beginning and end, enough for a person to compare: `age1ql3z…ac8p`.
    pub fn short(&self) -> String {
        short(&self.text)
    }

    /// An armored age file that holds `data_key` for this recipient alone.
    ///
    /// # Errors
    /// [`WrapError`], without age's own words.
    pub fn wrap(&self, data_key: &[u8; 32]) -> Result<String, WrapError> {
        if !self.is_of_a_private_key() {
            return Err(WrapError);
        }
        let x25519: age::x25519::Recipient;
        let recipient: &dyn age::Recipient = match &self.key {
            Key::X25519(_) => {
                x25519 = self.text.parse().map_err(|_| WrapError)?;
                &x25519
            }
            Key::Ssh(recipient, _) => recipient,
        };
        let encryptor = age::Encryptor::with_recipients(std::iter::once(recipient)).map_err(|_| WrapError)?;
        let mut armored = Vec::with_capacity(512);
        let write = |armored: &mut Vec<u8>| -> std::io::Result<()> {
            let armor = ArmoredWriter::wrap_output(armored, Format::AsciiArmor)?;
            let mut stream = encryptor.wrap_output(armor)?;
            stream.write_all(data_key)?;
            stream.finish()?.finish()?;
            Ok(())
        };
        write(&mut armored).map_err(|_| WrapError)?;
        String::from_utf8(armored).map_err(|_| WrapError)
    }
}

fn ssh(text: &str) -> Result<Key, ParseError> {
    let recipient: age::ssh::Recipient = text.parse().map_err(|_| ParseError::Damaged)?;
    let canonical = recipient.to_string();
    // One blank between the parts: others would be dropped by one reader and kept by the next.
    if identifier(text) != canonical || text[canonical.len()..].contains("  ") {
        return Err(ParseError::Spelling { canonical });
    }
    match ssh_bytes(&canonical) {
        Some(bytes) if point::is_plain_ed25519(&bytes) => Ok(Key::Ssh(recipient, bytes)),
        _ => Err(ParseError::NotAKey),
    }
}

/// The public key in an `ssh-ed25519 …` text without a comment (RFC 8709, 4: two fields with their lengths).
fn ssh_bytes(text: &str) -> Option<[u8; 32]> {
    const FIELDS: &[u8] = b"\0\0\0\x0bssh-ed25519\0\0\0\x20";
    let blob = STANDARD.decode(text.strip_prefix("ssh-ed25519 ")?).ok()?;
    blob.strip_prefix(FIELDS)?.try_into().ok()
}

/// See [`Recipient::identifier`]; for texts that were read from a file.
pub fn identifier(text: &str) -> &str {
    let text = text.trim();
    match Kind::of(text) {
        Some(kind @ Kind::SshEd25519) => {
            let start = kind.prefix().len();
            let blob = text[start..].split(' ').next().unwrap_or_default();
            &text[..start + blob.len()]
        }
        Some(Kind::X25519) | None => text,
    }
}

/// See [`Recipient::short`]; for texts that were read from a file.
pub fn short(text: &str) -> String {
    let text = identifier(text);
    if text.len() <= 24 || !text.is_ascii() {
        return text.to_owned();
    }
    let (head, tail) = Kind::of(text).unwrap_or(Kind::X25519).ends();
    format!("{}…{}", &text[..head], &text[text.len() - tail..])
}

impl fmt::Display for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl PartialEq for Recipient {
    fn eq(&self, other: &Self) -> bool {
        self.identifier() == other.identifier()
    }
}

impl Eq for Recipient {}

#[cfg(test)]
mod tests {
    use super::*;

    const AGE: &str = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";
    const SSH: &str =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFddJfGuboLeUQNhcgpSDZPD+LtCHt/gLh2lw8OdX1zl ana@laptop";

    #[test]
    fn the_page_about_identities_names_each_kind() {
        let page = include_str!("../docs/identities.md");
        for kind in Kind::ALL {
            assert!(page.contains(&format!("`{}…`", kind.prefix())), "{kind}");
        }
    }

    #[test]
    fn the_comment_of_an_ssh_key_is_kept_but_does_not_identify_it() {
        let with = Recipient::parse(SSH).expect("a key");
        let without = Recipient::parse(SSH.trim_end_matches(" ana@laptop")).expect("a key");
        assert_eq!(with.to_string(), SSH);
        assert_eq!(with, without);
    }

    #[test]
    fn refused_recipients_are_named() {
        let refused = |text: &str| Recipient::parse(text).expect_err("refused");
        assert_eq!(refused("AGE-SECRET-KEY-1QQPQYQ"), ParseError::PrivateIdentity);
        assert_eq!(refused("-----BEGIN OPENSSH PRIVATE KEY-----"), ParseError::PrivateIdentity);
        assert_eq!(refused("age1pq1xyz"), ParseError::PostQuantum);
        assert_eq!(
            refused("age1yubikey1qwt50d05nh5vutpdzmlg5wn80xq5negm4uj9ghv0snvdd3yysf5yw3rhl3t"),
            ParseError::Plugin
        );
        assert_eq!(refused("ssh-rsa AAAA"), ParseError::Rsa);
        assert_eq!(refused("ssh-dss AAAA"), ParseError::OtherSsh);
        assert_eq!(refused(&AGE.replace('z', "q")), ParseError::Damaged);
        assert_eq!(refused(&AGE.to_uppercase()), ParseError::Unknown);
        assert_eq!(refused("hunter2"), ParseError::Unknown);
        assert_eq!(refused(&format!("{AGE},{AGE}")), ParseError::Unknown);
    }

    /// Texts that age reads as the same key, and points that no private key has.
    #[test]
    fn recipient_has_one_spelling() {
        let own = age::x25519::Identity::generate().to_public().to_string();
        let (hrp, bytes) = bech32::decode(&own).expect("bech32");
        let encoded = |bytes: &[u8]| bech32::encode::<bech32::Bech32>(hrp, bytes).expect("encoded");
        assert_eq!(encoded(&bytes), own);
        let mut high = bytes.clone();
        high[31] |= 0x80;
        assert_eq!(Recipient::parse(&encoded(&high)).expect_err("bit 255"), ParseError::NotAKey);
        assert_eq!(Recipient::parse(&encoded(&[0; 32])).expect_err("zero"), ParseError::NotAKey);
        let blob = SSH.split(' ').nth(1).expect("a blob");
        for other in [
            format!("ssh-ed25519 {blob}="),
            format!("ssh-ed25519 {blob}=="),
            format!("ssh-ed25519 {blob}A"),
            format!("ssh-ed25519 {blob}AAAA"),
            format!("ssh-ed25519 {blob}\u{a0}x"),
            format!("ssh-ed25519 {blob}\u{200b}"),
            format!("ssh-ed25519  {blob}"),
            format!("ssh-ed25519 {blob} b\u{f6}b"),
        ] {
            assert!(Recipient::parse(&other).is_err(), "{other:?}");
        }
    }

    #[test]
    fn an_alias_by_padding_bits_is_refused_with_the_canonical_text() {
        // The last data character of 52 carries one bit of padding... that age drops.
        let canonical = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";
        let alias = with_padding_bits(canonical);
        match Recipient::parse(&alias) {
            Err(ParseError::Spelling { canonical: told }) => assert_eq!(told, canonical),
            other => panic!("{alias}: {other:?}"),
        }
    }

    /// The same bytes with the padding bits of the last data character set, and the checksum made anew.
    fn with_padding_bits(text: &str) -> String {
        use bech32::primitives::decode::CheckedHrpstring;
        use bech32::{Bech32, ByteIterExt as _, Fe32, Fe32IterExt as _, Hrp};
        let parsed = CheckedHrpstring::new::<Bech32>(text).expect("bech32");
        let bytes: Vec<u8> = parsed.byte_iter().collect();
        let mut data: Vec<Fe32> = bytes.iter().copied().bytes_to_fes().collect();
        let last = data.pop().expect("data");
        data.push(Fe32::try_from(last.to_u8() | 0b1111).expect("five bits"));
        let hrp = Hrp::parse("age").expect("a prefix");
        data.into_iter().with_checksum::<Bech32>(&hrp).chars().collect()
    }

    #[test]
    fn a_short_form_shows_both_ends() {
        assert_eq!(Recipient::parse(AGE).expect("a recipient").short(), "age1ql3z…ac8p");
        assert_eq!(Recipient::parse(SSH).expect("a key").short(), "ssh-ed25519 AAAA…w8OdX1zl");
    }

    #[test]
    fn kind_of_text_matches_kind_of_recipient() {
        for (text, kind) in [(AGE, Kind::X25519), (SSH, Kind::SshEd25519)] {
            assert_eq!(Recipient::parse(text).expect("a recipient").kind(), kind);
            assert_eq!(Kind::of(text), Some(kind));
        }
        assert_eq!(Kind::of("ssh-rsa AAAA"), None);
    }
}
