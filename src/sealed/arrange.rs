//! An open file as a whole: what stands in it in order, and giving it another order and content.

use std::collections::HashMap;

use super::open::{OpenFile, OpenItem};
use super::rule::Class;
use super::stored::Stored;
use crate::name::KeyName;
use crate::secret::Secret;

/// A comment or a key, as it stands in a file.
pub enum Piece<'a> {
    /// What follows the `#`.
    Comment(&'a Secret),
    /// A key and its value.
    Pair(&'a KeyName, &'a Secret),
}

/// A comment or a key for [`OpenFile::arrange`].
pub enum NewPiece {
    /// What follows the `#`; one line.
    Comment(Secret),
    /// A key and its value. No key comes twice.
    Pair(KeyName, Secret),
}

impl OpenFile {
    /// Comments and keys in the order of the file, without the seal.
    pub fn pieces(&self) -> impl Iterator<Item = Piece<'_>> {
        self.items.iter().map(|item| match item {
            OpenItem::Comment { text, .. } => Piece::Comment(text),
            OpenItem::Pair { name, value, .. } => Piece::Pair(name, value),
        })
    }

    /// Gives the file this content. Values and comments that were there before keep their bytes.
    pub fn arrange(&mut self, pieces: Vec<NewPiece>) {
        let mut pairs: HashMap<KeyName, (Secret, Option<(Class, Stored)>)> = HashMap::new();
        let mut comments: Vec<(Secret, Option<Stored>)> = Vec::new();
        for item in self.items.drain(..) {
            match item {
                OpenItem::Comment { text, stored } => comments.push((text, stored)),
                OpenItem::Pair { name, value, stored } => {
                    pairs.insert(name, (value, stored));
                }
            }
        }
        for piece in pieces {
            self.items.push(match piece {
                NewPiece::Comment(text) => {
                    let known = comments.iter().position(|(known, _)| known.same_as(&text));
                    let stored = known.and_then(|at| comments.remove(at).1);
                    OpenItem::Comment { text, stored }
                }
                NewPiece::Pair(name, value) => {
                    let known = pairs.remove(&name).filter(|(known, _)| known.same_as(&value));
                    let stored = known.and_then(|(_, stored)| stored);
                    OpenItem::Pair { name, value, stored }
                }
            });
        }
    }
}
