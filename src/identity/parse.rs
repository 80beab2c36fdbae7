//! Reading identities from the text of a file or a variable.

use age::ssh::Identity as SshIdentity;

use super::locked::{Locked, LockedSsh};
use super::plain::{self, ParseError};
use super::{Identity, Kind};
use crate::recipient::Recipient;

/// What a text holds.
pub(super) enum Parsed {
    /// Identities that can be used at once; never empty.
    Open(Vec<Identity>),
    /// Identities behind a passphrase.
    Locked(Locked),
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
    plain::parse(text).map(Parsed::Open)
}

fn trimmed(bytes: &[u8]) -> &[u8] {
    let start = bytes.iter().position(|byte| !byte.is_ascii_whitespace()).unwrap_or(0);
    &bytes[start..]
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
    fn comments_blank_lines_and_crlf_are_ignored() {
        let identity = Identity::generate();
        let line = identity.to_line().expect("x25519");
        let text = format!("# a comment\r\n\r\n  {}  \r\n", line.as_str());
        match parse(text.as_bytes()) {
            Ok(Parsed::Open(found)) => assert_eq!(found[0].recipient(), identity.recipient()),
            _ => panic!("one identity"),
        }
    }

    #[test]
    fn non_identities_are_reported_by_line() {
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
