//! The sealed file: a SOPS dotenv file with age recipients, read strictly.
//!
//! [`SealedFile`] is what anybody sees: names, which are secret, who can open it. It needs no identity.
//! [`OpenFile`] is the only holder of plaintext; it comes from [`SealedFile::open`], which verifies every
//! value, the MAC of SOPS and our seal. What SOPS accepts and this module refuses is listed in [`StrictRule`].
//!
//! Nothing here knows where a data key comes from: the caller unwraps it and hands it over.

mod access;
mod arrange;
mod cipher;
mod data_key;
mod error;
mod file;
mod fingerprint;
mod line;
mod lineage;
mod mac;
mod merge;
mod metadata;
mod open;
mod rule;
mod seal;
mod stored;
mod value;

pub(crate) use arrange::{NewPiece, Piece};
pub use data_key::DataKey;
pub(crate) use data_key::WrappedKey;
pub use error::Error;
pub(crate) use error::StrictRule;
pub(crate) use file::Entry;
pub use file::SealedFile;
pub use merge::{Base, merge};
pub(crate) use merge::{ClosedMerge, Conflict, Merge, MergeError, Side, both_with_markers, merge_closed};
pub(crate) use open::{Change, Difference};
pub use open::{OpenFile, SealState};
pub use rule::{Class, Rule};
pub use seal::Binding;

/// A sealed file is never larger; something else was given instead. In bytes.
pub(crate) const LARGEST: u64 = 64 * 1024 * 1024;
/// A sealed file never has more lines.
pub(crate) const MOST_LINES: usize = 1 << 20;
