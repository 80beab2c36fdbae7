//! The values of an env file that a tool reads by itself: a `.env`, the `env_file:` of an `include:`.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use zeroize::Zeroizing;

use super::{Reader, read_as};
use crate::file;
use crate::secret;

/// What `reader` takes out of a file, in a process that has no variables of its own.
///
/// # Errors
/// When the file cannot be read, is not a regular one, or is one that the reader refuses.
pub(crate) fn file_values(reader: Reader, path: &Path) -> io::Result<BTreeMap<String, Zeroizing<String>>> {
    let bytes = file::read_regular(path, secret::LARGEST)?;
    let reading = read_as(reader, &bytes, &|_| None)
        .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error.to_string()))?;
    let named = reading.entries.iter().filter(|entry| reading.counts(entry));
    let pairs = named.filter_map(|entry| {
        let value = entry.value.as_ref()?;
        Some((entry.name.clone(), Zeroizing::new(value.expose().to_owned())))
    });
    Ok(pairs.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn last_value_wins_and_a_refused_file_is_an_error() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join(".env");
        let values = |text: &str| {
            file::replace(&path, text.as_bytes(), 0o600).expect("written");
            file_values(Reader::Compose, &path)
        };
        let read = values("A=1\nB=\nA='2 3'\nC\n").expect("read");
        let pairs: Vec<_> = read.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(pairs, [("A", "2 3"), ("B", "")]);
        assert_eq!(values("A='open").expect_err("refused").kind(), io::ErrorKind::InvalidData);
        assert!(file_values(Reader::Compose, folder.path()).is_err());
    }
}
