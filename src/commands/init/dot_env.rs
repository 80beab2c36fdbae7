//! Which compose file the `.env` is for, where none of them is loaded without being named: compose reads it beside
//! each, so for the one that reads most of it.

use std::path::Path;

use zeroize::Zeroizing;

use crate::file;
use crate::secret::LARGEST;

/// The first of the files that read most of the names in `.env`; none, if no file reads any.
pub(super) fn reader(root: &Path, files: &[String]) -> Option<String> {
    let text = |name: &str| -> Option<Zeroizing<String>> {
        let bytes = file::read_regular(&root.join(name), LARGEST).ok()?;
        Some(Zeroizing::new(String::from_utf8_lossy(&bytes).into_owned()))
    };
    let dot_env = text(".env")?;
    let names: Vec<&str> =
        dot_env.lines().filter_map(|line| line.split_once('=')).map(|(name, _)| name).collect();
    let mut most = (0, None);
    for file in files {
        let Some(text) = text(file) else { continue };
        let read =
            names.iter().filter(|name| reads(&text, name.trim_start_matches("export ").trim())).count();
        if read > most.0 {
            most = (read, Some(file.clone()));
        }
    }
    most.1
}

/// `$NAME`, `${NAME}`, `${NAME:-…}`
fn reads(text: &str, name: &str) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    !name.is_empty()
        && text.match_indices(name).any(|(at, _)| {
            text[..at].trim_end_matches('{').ends_with('$') && !text[at + name.len()..].starts_with(is_part)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_that_reads_most_of_it_is_meant() {
        let folder = tempfile::tempdir().expect("a folder");
        let write = |name: &str, text: &str| {
            file::replace(&folder.path().join(name), text.as_bytes(), 0o644).expect("written");
        };
        write(".env", "# A\nDOMAIN=example.org\nexport EMAIL=a@example.org\nDB=x\n");
        write("local", "image: a:${DB_VERSION}\n");
        write("production", "- ${DOMAIN}\n- $EMAIL\n");
        write("light", "- ${DOMAIN:-x}\n");
        let reader =
            |files: &[&str]| reader(folder.path(), &files.iter().map(|&f| f.to_owned()).collect::<Vec<_>>());
        assert_eq!(reader(&["local", "light", "production"]).as_deref(), Some("production"));
        assert_eq!(reader(&["light", "missing"]).as_deref(), Some("light"));
        assert_eq!(reader(&["local"]), None);
    }
}
