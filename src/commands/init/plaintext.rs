//! One plaintext env file: what it holds, or what is in the way of taking it over.

use std::path::Path;

use crate::desk::{Session, taking_over};
use crate::error::Error;
use crate::file;
use crate::plaintext::{ImportError, Imported, Reader, read_as};

/// What is in the way of taking a file over.
pub(super) enum Obstacle {
    /// It cannot be read as an env file, or not without a doubt.
    Import(ImportError),
    /// Its values are sealed by another tool.
    SealedBy {
        /// Which.
        tool: &'static str,
        /// The names that it defines: the tool has written them. In a file that cannot be read, what looks like a
        /// name may be a piece of a value.
        names: Vec<String>,
    },
}

/// Where a file is read, and whether somebody is asked about what is doubtful in it.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    pub root: &'a Path,
    pub session: &'a Session<'a>,
    pub asks: bool,
}

/// Reads a file that is there. `None` for one without a definition.
pub(super) fn read(path: &Path, at: Place<'_>) -> Result<Option<Result<Imported, Obstacle>>, Error> {
    let shown = at.session.relative(path);
    let bytes = file::read_regular(path, crate::secret::LARGEST);
    let bytes = bytes.map_err(|error| Error::io("cannot read", &shown, &error))?;
    let text = String::from_utf8_lossy(&bytes);
    let holds = |marks: &[&str]| marks.iter().any(|mark| text.contains(mark));
    let sealed_by = [
        ("git-crypt", bytes.starts_with(b"\0GITCRYPT")),
        ("sops", holds(&["\nsops_mac=", "\nsops_version="])),
        ("dotenvx", holds(&["=\"encrypted:", "=encrypted:", "='encrypted:"])),
    ];
    if let Some((tool, _)) = sealed_by.into_iter().find(|(_, is)| *is) {
        return Ok(Some(Err(Obstacle::SealedBy { tool, names: names(&bytes) })));
    }
    let choice = taking_over::deciding(path.parent().unwrap_or(at.root), at.root);
    Ok(match taking_over::read(&bytes, &shown, choice, at.asks, at.session)? {
        Ok(imported) if imported.entries.is_empty() && imported.doubts.is_empty() => None,
        Ok(imported) => Some(Ok(imported)),
        Err(error) => Some(Err(Obstacle::Import(error))),
    })
}

/// The names of keys, without those that a tool puts beside them.
fn names(bytes: &[u8]) -> Vec<String> {
    let reading = read_as(Reader::Python, bytes, &|_: &str| None);
    let entries = reading.map(|reading| reading.entries).unwrap_or_default();
    let names = entries.into_iter().map(|entry| entry.name);
    names.filter(|name| !["sops_", "DOTENV_PUBLIC_KEY"].iter().any(|start| name.starts_with(start))).collect()
}
