//! Reading identities from the text of a file or a variable.

use age::ssh::Identity as SshIdentity;

use super::locked::{Locked, LockedSsh};
use super::{Identity, Kind};
use crate::recipient::Recipient;

/// What a text holds.
pub(super) enum Parsed {
    /// Identities that can be used at once; never empty.
    Open(Vec<Identity>),
    /// Identities behind a passphrase.
    Locked(Locked),
}

/// Why a text holds no identity. Nothing of the text itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ParseError {
    /// Only comments and empty lines.
    #[error("it holds no identity")]
    Empty,
    /// A line that is not an identity.
    #[error("line {0} is not an identity")]
    Line(usize),
    /// A recipient, where an identity belongs.
    #[error("line {0} is a public recipient; the private identity belongs here")]
    Recipient(usize),
    /// `AGE-SECRET-KEY-PQ-1…`, `AGE-PLUGIN-…`.
    #[error("line {0} is an identity of a kind that is not supported yet")]
    Kind(usize),
    /// An SSH key that is not ed25519.
    #[error("it is an SSH key of a kind that is not taken; ssh-ed25519 is")]
    SshKind,
    /// An SSH key that does not parse.
    #[error("it is a damaged SSH key, or one in an old format")]
    Ssh,
    /// Not UTF-8.
    #[error("it is not text")]
    NotText,
}

/// Reads an age identity file, plain or protected by a passphrase, or an OpenSSH private key.
pub(super) fn parse(bytes: &[u8]) -> Result<Parsed, ParseError> {
    if bytes.starts_with(b"age-encryption.org/")
        || trimmed(bytes).starts_with(b"-----BEGIN AGE ENCRYPTED FILE-----")
    {
        return Ok(Parsed::Locked(Locked::age(bytes.to_vec())));
    }
    let text = std::str::from_utf8(bytes).map_err(|_| ParseError::NotText)?;
    if text.trim_start().starts_with("-----BEGIN ") {
        return ssh(text);
    }
    let mut identities = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        match line.parse::<age::x25519::Identity>() {
            Ok(identity) => identities.push(Identity::x25519(identity)),
            Err(_) => return Err(not_an_identity(line, index + 1)),
        }
    }
    if identities.is_empty() { Err(ParseError::Empty) } else { Ok(Parsed::Open(identities)) }
}

fn trimmed(bytes: &[u8]) -> &[u8] {
    let start = bytes.iter().position(|byte| !byte.is_ascii_whitespace()).unwrap_or(0);
    &bytes[start..]
}

fn not_an_identity(line: &str, number: usize) -> ParseError {
    use crate::recipient::ParseError as Refused;
    match Recipient::parse(line) {
        Ok(_)
        | Err(
            Refused::PostQuantum
            | Refused::Plugin
            | Refused::Rsa
            | Refused::OtherSsh
            | Refused::Damaged
            | Refused::Spelling { .. }
            | Refused::NotAKey,
        ) => ParseError::Recipient(number),
        Err(Refused::PrivateIdentity | Refused::Unknown)
            if line.starts_with("AGE-SECRET-KEY-PQ-") || line.starts_with("AGE-PLUGIN-") =>
        {
            ParseError::Kind(number)
        }
        Err(Refused::PrivateIdentity | Refused::NotAscii | Refused::Unknown) => ParseError::Line(number),
    }
}

fn ssh(text: &str) -> Result<Parsed, ParseError> {
    let identity =
        SshIdentity::from_buffer(text.trim_start().as_bytes(), None).map_err(|_| ParseError::Ssh)?;
    if matches!(identity, SshIdentity::Unsupported(_)) {
        return Err(ParseError::SshKind);
    }
    // The public half lies in the clear in an OpenSSH key, whether it is encrypted or not.
    let public = age::ssh::Recipient::try_from(identity.clone()).map_err(|_| ParseError::SshKind)?;
    let recipient = Recipient::parse(&public.to_string()).map_err(|_| ParseError::SshKind)?;
    Ok(match identity {
        SshIdentity::Encrypted(key) => Parsed::Locked(Locked::ssh(LockedSsh { key, recipient })),
        open => Parsed::Open(vec![Identity { kind: Kind::Ssh(Box::new(open)), recipient }]),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> ParseError {
        parse(text.as_bytes()).err().expect("refused")
    }

    #[test]
    fn comments_blanks_and_crlf_do_not_disturb() {
        let identity = Identity::generate();
        let line = identity.to_line().expect("x25519");
        let text = format!("# a comment\r\n\r\n  {}  \r\n", line.as_str());
        match parse(text.as_bytes()) {
            Ok(Parsed::Open(found)) => assert_eq!(found[0].recipient(), identity.recipient()),
            _ => panic!("one identity"),
        }
    }

    #[test]
    fn what_is_there_instead_is_named_by_line() {
        assert_eq!(error(""), ParseError::Empty);
        assert_eq!(error("# only\n\n"), ParseError::Empty);
        assert_eq!(error("# x\nhunter2"), ParseError::Line(2));
        assert_eq!(
            error("age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"),
            ParseError::Recipient(1)
        );
        assert_eq!(error("AGE-PLUGIN-YUBIKEY-1QQ"), ParseError::Kind(1));
        assert_eq!(error("-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n"), ParseError::Ssh);
        assert_eq!(parse(&[0xff, 0xfe]).err(), Some(ParseError::NotText));
    }
}
