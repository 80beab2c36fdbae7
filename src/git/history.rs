//! A file as it was in earlier commits.

use std::path::{Path, PathBuf};

use git2::{Commit, Delta, Oid, Repository, Sort};

/// A version of a file, and the commit that brought it in.
pub(crate) struct Version {
    /// Abbreviated id of the commit.
    pub commit: String,
    /// The bytes.
    pub bytes: Vec<u8>,
}

/// The versions of the file at `path` that lead to what is checked out, the newest first. Each is given to
/// `visit` until that returns `true`. Whether it did; `false` where there is no repository or no
/// history.
pub(crate) fn versions(path: &Path, visit: &mut dyn FnMut(Version) -> bool) -> bool {
    walk(path, visit).unwrap_or(false)
}

fn walk(path: &Path, visit: &mut dyn FnMut(Version) -> bool) -> Result<bool, git2::Error> {
    let path = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let repository = Repository::discover(path.parent().unwrap_or(&path))?;
    let workdir = repository.workdir().ok_or_else(|| git2::Error::from_str("a bare repository"))?;
    let workdir = std::fs::canonicalize(workdir).unwrap_or_else(|_| workdir.to_owned());
    let Ok(inside) = path.strip_prefix(&workdir) else { return Ok(false) };
    let mut inside = inside.to_owned();
    let mut commits = repository.revwalk()?;
    commits.set_sorting(Sort::TOPOLOGICAL | Sort::TIME)?;
    commits.push_head()?;
    let mut run: Option<(Oid, Commit<'_>)> = None;
    for id in commits {
        let commit = repository.find_commit(id?)?;
        let tree = commit.tree()?;
        let mut blob = tree.get_path(&inside).ok().map(|entry| entry.id());
        if blob.is_none()
            && let Some((_, introduced)) = &run
            && let Some(earlier) = renamed_from(&repository, introduced, &inside)?
        {
            inside = earlier;
            blob = tree.get_path(&inside).ok().map(|entry| entry.id());
        }
        match (&mut run, blob) {
            // Older, and the same: the version came in with this commit, or with one before it.
            (Some((same, introduced)), Some(blob)) if *same == blob => *introduced = commit,
            (_, blob) => {
                if let Some((blob, introduced)) = run.take()
                    && visit_version(&repository, blob, &introduced, visit)?
                {
                    return Ok(true);
                }
                run = blob.map(|blob| (blob, commit));
            }
        }
    }
    match run {
        Some((blob, introduced)) => visit_version(&repository, blob, &introduced, visit),
        None => Ok(false),
    }
}

/// The path that a file had before the commit that brought it to this one.
fn renamed_from(
    repository: &Repository,
    commit: &Commit<'_>,
    path: &Path,
) -> Result<Option<PathBuf>, git2::Error> {
    let Ok(parent) = commit.parent(0) else { return Ok(None) };
    let mut diff = repository.diff_tree_to_tree(Some(&parent.tree()?), Some(&commit.tree()?), None)?;
    diff.find_similar(None)?;
    let renamed = diff
        .deltas()
        .find(|delta| delta.new_file().path() == Some(path) && delta.old_file().path() != Some(path));
    Ok(renamed
        .filter(|delta| delta.status() == Delta::Renamed)
        .and_then(|delta| delta.old_file().path().map(Path::to_owned)))
}

fn visit_version(
    repository: &Repository,
    blob: Oid,
    commit: &Commit<'_>,
    visit: &mut dyn FnMut(Version) -> bool,
) -> Result<bool, git2::Error> {
    let Ok(blob) = repository.find_blob(blob) else { return Ok(false) };
    Ok(visit(Version {
        commit: commit.as_object().short_id()?.as_str().unwrap_or("?").to_owned(),
        bytes: blob.content().to_vec(),
    }))
}
