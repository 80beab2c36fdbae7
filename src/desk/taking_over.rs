//! A plaintext env file that is taken over: which readers decide what it holds, and what is asked where they do not
//! agree.

use std::path::Path;

use super::Session;
use crate::error::Error;
use crate::file;
use crate::plaintext::{Choice, Doubt, ImportError, Imported, Reader, import};

/// The readers that decide about a file in `folder`: docker compose and podman-compose, and dotenv for Node.js where the
/// package beside the file, or at the root of the project, depends on it.
pub(crate) fn deciding(folder: &Path, root: &Path) -> Choice {
    let mut deciding = vec![Reader::Python];
    if [folder, root].into_iter().any(depends_on_dotenv) {
        deciding.push(Reader::Node);
    }
    Choice { deciding, ..Choice::default() }
}

fn depends_on_dotenv(folder: &Path) -> bool {
    const LARGEST: u64 = 1 << 20;
    let Ok(bytes) = file::read_regular(&folder.join("package.json"), LARGEST) else { return false };
    let Ok(package) = serde_json::from_slice::<serde_json::Value>(&bytes) else { return false };
    ["dependencies", "devDependencies"].iter().any(|kind| package[kind].get("dotenv").is_some())
}

/// Reads the file. Where `asks`, somebody at the terminal says which reader is right about each doubtful key; what is
/// left open stays a doubt.
///
/// # Errors
/// The outer one is that of the question, the inner one that of the file.
pub(crate) fn read(
    bytes: &[u8],
    shown: &Path,
    mut choice: Choice,
    asks: bool,
    session: &Session<'_>,
) -> Result<Result<Imported, ImportError>, Error> {
    let imported = match import(bytes, &choice) {
        Ok(imported) if asks && !imported.doubts.is_empty() => imported,
        read => return Ok(read),
    };
    for doubt in &imported.doubts {
        if let Some(reader) = ask(doubt, shown, session)? {
            choice.of_keys.insert(doubt.name.clone(), reader);
        }
    }
    Ok(import(bytes, &choice))
}

fn ask(doubt: &Doubt, shown: &Path, session: &Session<'_>) -> Result<Option<Reader>, Error> {
    let matter =
        format!("tools read `{}` differently ({}, line {}):", doubt.name, shown.display(), doubt.line);
    let choices: Vec<_> = doubt.choices().collect();
    let told: Vec<String> = choices.iter().map(|opinion| doubt.told(opinion)).collect();
    let chosen = session.ui.choose(&matter, &told)?;
    Ok(chosen.map(|at| choices[at].reader()))
}

/// The options of `import` that settle doubts: what stands there where that is a choice, else what the first reader
/// with a value makes of it.
pub(crate) fn settling(doubts: &[Doubt]) -> String {
    let option = |doubt: &Doubt| {
        let reader =
            |depends: bool| doubt.choices().find(|it| it.depends.is_some() == depends).map(|it| it.reader());
        let reader = reader(false).or_else(|| reader(true)).unwrap_or(Reader::Literal);
        format!("--dialect {}={reader}", doubt.name)
    };
    doubts.iter().map(option).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dotenv_for_node_decides_where_the_package_depends_on_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let package = |text: &str| {
            file::replace(&folder.path().join("package.json"), text.as_bytes(), 0o644).expect("written");
            deciding(&folder.path().join("nowhere"), folder.path()).deciding
        };
        assert_eq!(deciding(folder.path(), folder.path()).deciding, [Reader::Python]);
        for text in ["", "[]", "{\"dependencies\": 1}", "{\"dependencies\": {\"dotenv-x\": \"1\"}}"] {
            assert_eq!(package(text), [Reader::Python], "{text}");
        }
        let text = "{\"devDependencies\": {\"dotenv\": \"^17\"}}";
        assert_eq!(package(text), [Reader::Python, Reader::Node]);
    }
}
