//! A file as it was in earlier commits.

use std::path::Path;

use git2::{Oid, Repository, Sort};

/// A version of a file, as a commit holds it.
pub struct Version {
    /// Abbreviated id of the newest commit that holds it.
    pub commit: String,
    /// The bytes.
    pub bytes: Vec<u8>,
}

/// The distinct versions of the file at `path`, the newest first, from HEAD backwards. Each is given to
/// `visit` until that returns `true`. Whether it did; `false` where there is no repository or no history.
pub fn versions(path: &Path, visit: &mut dyn FnMut(Version) -> bool) -> bool {
    walk(path, visit).unwrap_or(false)
}

fn walk(path: &Path, visit: &mut dyn FnMut(Version) -> bool) -> Result<bool, git2::Error> {
    let path = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let repository = Repository::discover(path.parent().unwrap_or(&path))?;
    let workdir = repository.workdir().ok_or_else(|| git2::Error::from_str("a bare repository"))?;
    let workdir = std::fs::canonicalize(workdir).unwrap_or_else(|_| workdir.to_owned());
    let Ok(inside) = path.strip_prefix(&workdir) else { return Ok(false) };
    let mut commits = repository.revwalk()?;
    commits.set_sorting(Sort::TOPOLOGICAL | Sort::TIME)?;
    commits.push_head()?;
    let mut last: Option<Oid> = None;
    for id in commits {
        let commit = repository.find_commit(id?)?;
        let Ok(entry) = commit.tree()?.get_path(inside) else { continue };
        if last.replace(entry.id()) == Some(entry.id()) {
            continue;
        }
        let Ok(blob) = repository.find_blob(entry.id()) else { continue };
        let commit = commit.as_object().short_id()?.as_str().unwrap_or("?").to_owned();
        if visit(Version { commit, bytes: blob.content().to_vec() }) {
            return Ok(true);
        }
    }
    Ok(false)
}
