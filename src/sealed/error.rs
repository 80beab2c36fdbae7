//! What can be wrong with a sealed file. Data only: names, lines, public things, never a value.

use std::fmt;

use crate::name::{KeyName, NameError};

/// A named rule of the strict profile: what `sops` lets pass and senex-env does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StrictRule {
    /// Only age recipients of a kind we can write: X25519 and ssh-ed25519.
    AgeRecipients,
    /// `ENC[…]` exactly as SOPS writes it: anchored, canonical base64, 32-byte IV, 16-byte tag.
    CanonicalValue,
    /// A comment must authenticate like a value.
    CommentAuthenticates,
    /// A rule that depends on the text of comments depends on something nothing protects.
    CommentRule,
    /// Every key once.
    DuplicateKey,
    /// Every metadata line once, and only lines we know.
    KnownMetadata,
    /// List indices run from 0 without gaps.
    ListIndex,
    /// No Shamir groups.
    NoKeyGroups,
    /// Keys are names that every shell and every reader of env files takes.
    PortableKey,
    /// The rule means the same in Go's and in Rust's regular expressions.
    PortableRule,
    /// Text is UTF-8.
    Utf8,
    /// Values are strings.
    ValueType,
    /// What is wrapped for a recipient is a small age file for that one.
    WrappedKey,
}

impl fmt::Display for StrictRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AgeRecipients => "age-recipients",
            Self::CanonicalValue => "canonical-value",
            Self::CommentAuthenticates => "comment-authenticates",
            Self::CommentRule => "comment-rule",
            Self::DuplicateKey => "duplicate-key",
            Self::KnownMetadata => "known-metadata",
            Self::ListIndex => "list-index",
            Self::NoKeyGroups => "no-key-groups",
            Self::PortableKey => "portable-key",
            Self::PortableRule => "portable-rule",
            Self::Utf8 => "utf-8",
            Self::ValueType => "value-type",
            Self::WrappedKey => "wrapped-key",
        })
    }
}

/// Why a file is not a sealed file, or not one that can be trusted. Lines count from 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Larger than [`super::LARGEST`].
    #[error("it is larger than 64 MiB, the limit of a sealed file")]
    TooLarge,
    /// Nothing in it, not even metadata.
    #[error("it is empty")]
    Empty,
    /// It has no `sops_` line at all: plaintext, or another kind of file.
    #[error("it is not sealed: it has no `sops_` lines")]
    NotSealed,
    /// Encrypted values, but no `sops_` line.
    #[error(
        "it contains encrypted values but no `sops_` lines: it was cut off, or is in another SOPS format"
    )]
    NoMetadata,
    /// More than [`super::MOST_LINES`].
    #[error("it has more than a million lines, the limit of a sealed file")]
    TooManyLines,
    /// It would become larger than [`super::LARGEST`], and could not be read again.
    #[error("it would become larger than 64 MiB")]
    Overfull,
    /// Git or an editor turned its line ends into CRLF.
    #[error("its line ends were converted to CRLF, which breaks every checksum in it")]
    CrLf,
    /// An unresolved merge.
    #[error("it contains conflict markers of an unfinished merge")]
    ConflictMarkers {
        /// The first marker.
        line: usize,
    },
    /// A line that is neither a comment nor `NAME=value`.
    #[error("a line is neither a comment nor NAME=value")]
    NotAPair {
        /// Where.
        line: usize,
    },
    /// Something the strict profile refuses.
    #[error("{what}")]
    Strict {
        /// The rule.
        rule: StrictRule,
        /// Where; 0 when it is the file as a whole.
        line: usize,
        /// In words.
        what: String,
    },
    /// A metadata line that must be there and is not, or does not parse.
    #[error("its metadata line `sops_{name}` {problem}")]
    Metadata {
        /// Without the prefix `sops_`.
        name: String,
        /// Where; 0 when the line is missing.
        line: usize,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// A secret that stands there in the clear.
    #[error("`{key}` is secret but stored in plaintext")]
    Plaintext {
        /// The key.
        key: KeyName,
        /// Where.
        line: usize,
    },
    /// A value was changed, moved or belongs to another file.
    #[error("the value of `{key}` was changed, moved, or belongs to another file")]
    Value {
        /// The key.
        key: KeyName,
        /// Where.
        line: usize,
    },
    /// The MAC of SOPS does not match: lines were added, removed, moved or exchanged.
    #[error("its checksum does not match: a line was changed, added, removed or moved without re-sealing")]
    Mac,
    /// The data key that an identity unwrapped is not one of SOPS.
    #[error("its data key is not 32 bytes long")]
    DataKeyLength,
    /// No seal of ours.
    #[error("it was never sealed by senex-env")]
    SealMissing,
    /// A seal of ours that does not fit what the file holds now, or where it lies.
    #[error("it was changed without being re-sealed, or belongs to another environment")]
    SealStale,
    /// A value cannot be kept readable in this format.
    #[error("a value with the two characters `\\n` cannot be kept readable: `{key}` must be secret")]
    ConfigBackslashN {
        /// The key.
        key: KeyName,
    },
    /// A recipient that the data key cannot be wrapped for.
    #[error("the data key cannot be wrapped for {short}")]
    Recipient {
        /// The recipient, shortened.
        short: String,
    },
    /// The random number generator of the system failed.
    #[error("the system's random number generator failed")]
    Random,
}

impl Error {
    pub(super) fn strict(rule: StrictRule, line: usize, what: impl Into<String>) -> Self {
        Self::Strict { rule, line, what: what.into() }
    }

    /// The same complaint about the value of `key`.
    pub(super) fn of_key(self, key: &KeyName) -> Self {
        match self {
            Self::Strict { rule, line, what } => {
                Self::Strict { rule, line, what: format!("`{key}`: {what}") }
            }
            other => other,
        }
    }

    pub(super) fn key_name(line: usize, text: &[u8], error: NameError) -> Self {
        let shown: String =
            String::from_utf8_lossy(text).chars().take(64).flat_map(char::escape_default).collect();
        Self::strict(StrictRule::PortableKey, line, format!("`{shown}` is not a portable key name: {error}"))
    }

    /// The line it is about, from 1; `None` when it is the file as a whole.
    pub fn line(&self) -> Option<usize> {
        match self {
            Self::ConflictMarkers { line }
            | Self::NotAPair { line }
            | Self::Strict { line, .. }
            | Self::Metadata { line, .. }
            | Self::Plaintext { line, .. }
            | Self::Value { line, .. } => (*line > 0).then_some(*line),
            _ => None,
        }
    }
}
