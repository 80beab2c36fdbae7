//! Conflicts as git and editors know them: the two lines of a key between markers.
//!
//! Nothing reads a file that holds them: see [`super::super::line`].

use crate::name::KeyName;

/// The lines of one key. That of ours, if there is one, stands in the file already; if there is none, that
/// of theirs does.
pub(super) struct Conflict<'a> {
    pub key: &'a KeyName,
    pub has_ours: bool,
    /// With its line end; empty if they took the key out.
    pub theirs: String,
}

/// Puts markers around the lines of every conflict.
pub(super) fn insert(bytes: &[u8], conflicts: &[Conflict<'_>]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len() + conflicts.len() * 256);
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        let name = line.split(|byte| *byte == b'=').next().unwrap_or_default();
        let Some(conflict) = conflicts.iter().find(|conflict| conflict.key.as_str().as_bytes() == name)
        else {
            out.extend_from_slice(line);
            continue;
        };
        out.extend_from_slice(b"<<<<<<< ours\n");
        if conflict.has_ours {
            out.extend_from_slice(line);
        }
        out.extend_from_slice(b"=======\n");
        out.extend_from_slice(conflict.theirs.as_bytes());
        out.extend_from_slice(b">>>>>>> theirs\n");
    }
    out
}

/// Both files whole, where nothing better can be said.
pub(crate) fn both(ours: &[u8], theirs: &[u8]) -> Vec<u8> {
    let mut out = b"<<<<<<< ours\n".to_vec();
    let mut add = |bytes: &[u8]| {
        out.extend_from_slice(bytes);
        if !bytes.is_empty() && !bytes.ends_with(b"\n") {
            out.push(b'\n');
        }
    };
    add(ours);
    add(b"=======\n");
    add(theirs);
    add(b">>>>>>> theirs\n");
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sealed::{Error, SealedFile};

    #[test]
    fn conflict_markers_surround_both_lines_and_make_the_file_unreadable() {
        let key = KeyName::new("A").expect("a name");
        let conflict = Conflict { key: &key, has_ours: true, theirs: "A=2\n".to_owned() };
        let text = insert(b"A=1\nB=1\n", &[conflict]);
        assert_eq!(text, b"<<<<<<< ours\nA=1\n=======\nA=2\n>>>>>>> theirs\nB=1\n");
        // Whatever else is in the file: its metadata stands below.
        let with_metadata = |text: &[u8]| [text, b"sops_version=3.9.0\n"].concat();
        let refused = SealedFile::parse(&with_metadata(&text)).map(drop);
        assert_eq!(refused, Err(Error::ConflictMarkers { line: 1 }));
        let refused = SealedFile::parse(&with_metadata(&both(b"A=1", b"A=2\n"))).map(drop);
        assert_eq!(refused, Err(Error::ConflictMarkers { line: 1 }));
    }
}
