//! Why a text is not a recipient.

/// Why a text is not a recipient that senex-env accepts.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParseError {
    /// `AGE-SECRET-KEY-…` or a private SSH key, where a public one belongs.
    #[error("it is a private identity; only the public recipient belongs here")]
    PrivateIdentity,
    /// `age1pq1…`.
    #[error("post-quantum recipients are not supported yet")]
    PostQuantum,
    /// `age1<plugin>1…`.
    #[error("recipients of age plugins are not supported yet")]
    Plugin,
    /// `ssh-rsa …`.
    #[error("RSA keys are not supported; use an ssh-ed25519 key or an age identity")]
    Rsa,
    /// Some other SSH key type.
    #[error("this type of SSH key is not supported; use ssh-ed25519")]
    OtherSsh,
    /// Spoiled in copying: wrong checksum, length or case.
    #[error("it is damaged: its checksum does not match")]
    Damaged,
    /// Another text for a key that has one text: whoever compares texts would take it for another key.
    #[error("it is not in its canonical form, which is `{canonical}`")]
    Spelling {
        /// The text that age prints for this key.
        canonical: String,
    },
    /// A letter, blank or sign beyond ASCII, which may look like another.
    #[error("it contains a non-ASCII character; leave out the comment of an SSH key")]
    NotAscii,
    /// A point that no private key has: of small order, or an alias of another key.
    #[error("it is not a valid public key: no private key corresponds to it")]
    NotAKey,
    /// Nothing like a recipient.
    #[error("it is neither an age1… recipient nor an ssh-ed25519 key")]
    Unknown,
}
