//! What a sealed file says of the versions before it: how many there were, and which data keys they had.
//!
//! A *mark* is derived from a data key; whoever knows the mark learns nothing of the key. A file carries the
//! marks of the data keys that its own replaced, newest first, encrypted under its own. So whoever opens it
//! can tell whether it descends from a version with a given data key, and nobody can make one that descends
//! from a data key he never had: its mark is in no file that he can open.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hkdf::Hkdf;
use sha2::Sha256;

use super::DataKey;

/// HKDF's `info` of a mark.
const CONTEXT: &[u8] = b"senex-env lineage v1";
/// In bytes: it is compared with a handful of others, so a collision is no concern.
const LENGTH: usize = 16;
/// A file carries no more marks: the data keys of years.
const MOST: usize = 16;
/// The text of a lineage without marks.
const NONE: &str = "-";

/// What stands for a data key where the key itself must not be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mark([u8; LENGTH]);

impl Mark {
    /// The mark of a data key: HKDF-SHA-256 without a salt.
    pub(super) fn of(data_key: &DataKey) -> Self {
        let mut mark = [0; LENGTH];
        Hkdf::<Sha256>::new(None, data_key.bytes())
            .expand(CONTEXT, &mut mark)
            .expect("16 bytes are a valid length for SHA-256");
        Self(mark)
    }
}

/// The place of a version among the others of its file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Provenance {
    /// Counts up with every write; 0 for a file that was never written.
    pub generation: u64,
    /// The marks of earlier data keys, newest first.
    marks: Vec<Mark>,
}

impl Provenance {
    /// That of the version written next.
    pub(super) fn next(&self) -> Self {
        Self { generation: self.generation.saturating_add(1), marks: self.marks.clone() }
    }

    /// Notes that a data key is replaced by another.
    pub(super) fn replaced(&mut self, data_key: &DataKey) {
        self.add(Mark::of(data_key));
    }

    /// That of a merge, whose data key is `own`; each side with its data key.
    pub(super) fn merged(own: &DataKey, sides: [(&Self, &DataKey); 2]) -> Self {
        let generation = sides.iter().map(|(side, _)| side.generation).max().unwrap_or(0);
        let mut merged = Self { generation, marks: Vec::new() };
        // The oldest first, so that the newest of both end up in front.
        for distance in (0..MOST).rev() {
            for (side, _) in sides.iter().rev() {
                side.marks.get(distance).into_iter().for_each(|mark| merged.add(*mark));
            }
        }
        for (_, data_key) in sides.iter().rev().filter(|(_, data_key)| !data_key.same_as(own)) {
            merged.add(Mark::of(data_key));
        }
        merged
    }

    /// Whether a data key with this mark came before.
    pub(super) fn holds(&self, mark: Mark) -> bool {
        self.marks.contains(&mark)
    }

    /// The marks as text: base64url, `-` for none.
    pub(super) fn marks_text(&self) -> String {
        if self.marks.is_empty() {
            return NONE.to_owned();
        }
        URL_SAFE_NO_PAD.encode(self.marks.iter().flat_map(|mark| mark.0).collect::<Vec<u8>>())
    }

    /// Reads the two fields; `None` for anything that is not written here.
    pub(super) fn parse(generation: &str, text: &str) -> Option<Self> {
        let number: u64 = generation.parse().ok()?;
        let bytes = if text == NONE { Vec::new() } else { URL_SAFE_NO_PAD.decode(text).ok()? };
        let (marks, rest) = bytes.as_chunks::<LENGTH>();
        let marks: Vec<Mark> = marks.iter().copied().map(Mark).collect();
        let read = Self { generation: number, marks };
        let is_canonical = number.to_string() == generation && read.marks_text() == *text;
        (is_canonical && rest.is_empty() && read.marks.len() <= MOST).then_some(read)
    }

    fn add(&mut self, mark: Mark) {
        self.marks.retain(|known| *known != mark);
        self.marks.insert(0, mark);
        self.marks.truncate(MOST);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(byte: u8) -> DataKey {
        DataKey::from_bytes(vec![byte; 32]).expect("32 bytes")
    }

    fn after(keys: &[u8]) -> Provenance {
        let mut provenance = Provenance::default();
        keys.iter().for_each(|byte| provenance.replaced(&key(*byte)));
        provenance
    }

    #[test]
    fn lineage_round_trips() {
        for keys in [&[][..], &[1], &[1, 2, 3]] {
            let provenance = Provenance { generation: 41, ..after(keys) }.next();
            let read = Provenance::parse("42", &provenance.marks_text());
            assert_eq!(read, Some(provenance));
        }
        for (generation, marks) in
            [("", "-"), ("+1", "-"), ("01", "-"), ("-1", "-"), ("1", ""), ("1", "AAAA"), ("1", "%")]
        {
            assert_eq!(Provenance::parse(generation, marks), None, "{generation} {marks}");
        }
    }

    #[test]
    fn file_descends_only_from_its_earlier_data_keys() {
        let provenance = after(&[1, 2]);
        assert!(provenance.holds(Mark::of(&key(1))) && provenance.holds(Mark::of(&key(2))));
        assert!(!provenance.holds(Mark::of(&key(3))));
        let long: Vec<u8> = (0..40).collect();
        let long = after(&long);
        assert!(long.holds(Mark::of(&key(39))) && !long.holds(Mark::of(&key(20))));
        assert!(Provenance::parse("0", &long.marks_text()).is_some());
    }

    #[test]
    fn a_merge_descends_from_both_sides() {
        let (ours, theirs) = (after(&[1, 2]), Provenance { generation: 9, ..after(&[1, 3]) });
        let merged = Provenance::merged(&key(4), [(&ours, &key(4)), (&theirs, &key(5))]);
        assert_eq!(merged.generation, 9);
        for byte in [1, 2, 3, 5] {
            assert!(merged.holds(Mark::of(&key(byte))), "{byte}");
        }
        assert!(!merged.holds(Mark::of(&key(4))));
    }
}
