//! Plaintext env files that lie in the repository, and the environments that they are for.

use std::path::{Path, PathBuf};

use crate::file;
use crate::name::EnvName;
use crate::plaintext::{self, ImportError, Imported, Reader, read_as};

/// Files for people, and the private keys of dotenvx.
const NOT_MEANT: [&str; 7] = ["example", "sample", "template", "dist", "defaults", "keys", "vault"];

/// A file that can be taken over.
pub(super) struct Plaintext {
    pub path: PathBuf,
    pub environment: EnvName,
    pub imported: Imported,
}

/// A file that cannot, with what is in the way.
pub(super) struct Refused {
    pub path: PathBuf,
    pub environment: EnvName,
    pub why: Why,
    /// The names that it defines, where a tool has written it. In a file that cannot be read, what looks like a
    /// name may be a piece of a value.
    pub names: Vec<String>,
}

/// What is in the way of taking a file over.
pub(super) enum Why {
    Import(ImportError),
    /// Its values are sealed by another tool, which is named.
    SealedBy(&'static str),
}

/// The files at the top of a repository by their names: `.env`, `.env.production`, `production.env`; with
/// the word that names their environment, if there is one.
pub(super) fn files(root: &Path) -> Vec<(PathBuf, Option<String>)> {
    let mut found: Vec<(PathBuf, Option<String>)> = Vec::new();
    let entries = std::fs::read_dir(root).into_iter().flatten().flatten();
    for entry in entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file())) {
        let Ok(name) = entry.file_name().into_string() else { continue };
        let word = match (name.strip_prefix(".env."), name.strip_suffix(".env")) {
            _ if name == ".env" => None,
            (Some("local"), _) => None,
            (Some(word), _) | (None, Some(word)) => Some(word.trim_end_matches(".local").to_owned()),
            (None, None) => continue,
        };
        if word
            .as_deref()
            .is_none_or(|word| !word.split(['.', '-', '_']).any(|part| NOT_MEANT.contains(&part)))
        {
            found.push((entry.path(), word));
        }
    }
    found.sort();
    found
}

/// The name of an environment for a word in the name of a file.
pub(super) fn environment(word: &str) -> Option<EnvName> {
    EnvName::new(match word {
        "dev" | "development" => "development",
        "prod" | "production" => "production",
        "stage" | "staging" => "staging",
        other => other,
    })
    .ok()
}

/// Reads a file that is there. `None` for one without a definition.
pub(super) fn read(
    path: &Path,
    environment: &EnvName,
) -> std::io::Result<Option<Result<Plaintext, Refused>>> {
    let bytes = file::read_regular(path, crate::secret::LARGEST)?;
    let refused =
        |why, names| Refused { path: path.to_owned(), environment: environment.clone(), why, names };
    let text = String::from_utf8_lossy(&bytes);
    let holds = |marks: &[&str]| marks.iter().any(|mark| text.contains(mark));
    let sealed_by = [
        ("git-crypt", bytes.starts_with(b"\0GITCRYPT")),
        ("sops", holds(&["\nsops_mac=", "\nsops_version="])),
        ("dotenvx", holds(&["=\"encrypted:", "=encrypted:", "='encrypted:"])),
    ];
    if let Some((tool, _)) = sealed_by.into_iter().find(|(_, is)| *is) {
        return Ok(Some(Err(refused(Why::SealedBy(tool), names(&bytes)))));
    }
    Ok(match plaintext::import(&bytes, None) {
        Ok(imported) if imported.entries.is_empty() => None,
        Ok(imported) => {
            Some(Ok(Plaintext { path: path.to_owned(), environment: environment.clone(), imported }))
        }
        Err(error) => Some(Err(refused(Why::Import(error), Vec::new()))),
    })
}

/// The names of keys, without those that a tool puts beside them.
fn names(bytes: &[u8]) -> Vec<String> {
    let reading = read_as(Reader::Python, bytes, &|_: &str| None);
    let entries = reading.map(|reading| reading.entries).unwrap_or_default();
    let names = entries.into_iter().map(|entry| entry.name);
    names.filter(|name| !["sops_", "DOTENV_PUBLIC_KEY"].iter().any(|start| name.starts_with(start))).collect()
}
