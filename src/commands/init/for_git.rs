//! What git is told: which plaintext must not get into it, and the files that say so.

use super::gather::{Gathered, Left};
use super::plaintext::Obstacle;
use crate::desk::Session;
use crate::error::{self, Error};
use crate::git::Lacking;

/// Plaintext that must not get into git, from the root.
pub(super) fn in_the_clear(environments: &[Gathered]) -> Vec<String> {
    let mut paths: Vec<String> = Vec::new();
    for environment in environments {
        let taken =
            environment.taken.iter().flat_map(|file| [Some(&file.path), file.target.as_ref()]).flatten();
        let broken = environment.left.iter().filter(|(_, left)| {
            matches!(
                left,
                Left::Obstacle(Obstacle::Import(_))
                    | Left::Contradicts(_)
                    | Left::HasNames(_)
                    | Left::Doubtful(_)
                    | Left::OfProduction
            )
        });
        for path in taken.chain(broken.map(|(path, _)| path)) {
            let path = path.to_string_lossy().into_owned();
            if !paths.contains(&path) {
                paths.push(path);
            }
        }
    }
    paths
}

/// Writes `.gitattributes` and `.gitignore`.
pub(super) fn write_for_git(files: &[Lacking], session: &Session<'_>) -> Result<(), Error> {
    for lacking in files {
        lacking.write().map_err(error::git)?;
        let shown = session.relative(&lacking.path);
        session.ui.note(format!("wrote {}", shown.display()));
    }
    Ok(())
}
