//! What a scan found.

use super::{Hit, Needle, Origin, Search, is_plaintext_env};

/// One thing in one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Leak {
    /// Which file, and since which commit.
    pub origin: Origin,
    /// What it is.
    pub kind: Kind,
}

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The value with this number, or a private identity.
    Hit(Hit),
    /// The file is a plaintext env file.
    PlaintextEnv,
}

/// Everything that is wrong with one content.
pub(crate) fn look_at(search: &Search, origin: &Origin, bytes: &[u8]) -> Vec<Leak> {
    let leak = |kind| Leak { origin: origin.clone(), kind };
    let mut leaks: Vec<Leak> = search.find(bytes).into_iter().map(|hit| leak(Kind::Hit(hit))).collect();
    // Of a file full of values, that it is one is all there is to say.
    if is_plaintext_env(&origin.path, bytes) && !is_sealed(bytes) {
        leaks.retain(|leak| matches!(leak.kind, Kind::Hit(Hit { needle: Needle::AgeIdentity, .. })));
        leaks.push(leak(Kind::PlaintextEnv));
    }
    leaks
}

fn is_sealed(bytes: &[u8]) -> bool {
    memchr::memmem::find(bytes, b"sops_mac=ENC[").is_some()
}
