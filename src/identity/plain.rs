//! The lines of an age identity file that is not behind a passphrase.

use super::Identity;
use crate::recipient::Recipient;

/// Why a text holds no identity. Nothing of the text itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ParseError {
    /// Only comments and empty lines.
    #[error("it contains no identity")]
    Empty,
    /// A line that is not an identity.
    #[error("line {0} is not an identity")]
    Line(usize),
    /// A recipient, where an identity belongs.
    #[error("line {0} is a public recipient; a private identity is expected")]
    Recipient(usize),
    /// `AGE-SECRET-KEY-PQ-1…`, `AGE-PLUGIN-…`.
    #[error("line {0} is an identity of a kind that is not supported yet")]
    Kind(usize),
    /// An SSH key that is not ed25519.
    #[error("it is an SSH key of a kind that is not supported; use ssh-ed25519")]
    SshKind,
    /// An SSH key that does not parse.
    #[error("it is a damaged SSH key, or one in an old format")]
    Ssh,
    /// Not UTF-8.
    #[error("it is not text")]
    NotText,
}

/// Reads one age identity a line; comments and empty lines are skipped. Never empty.
pub(super) fn parse(text: &str) -> Result<Vec<Identity>, ParseError> {
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
    if identities.is_empty() { Err(ParseError::Empty) } else { Ok(identities) }
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
