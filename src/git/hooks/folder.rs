//! The folder in which git looks for hooks.

use std::path::{Path, PathBuf};

use git2::Repository;

/// The folder of the hooks.
pub(in crate::git) struct Folder {
    pub(in crate::git) path: PathBuf,
    /// `core.hooksPath` names it, so that other repositories may use it too.
    pub(super) configured: bool,
    /// Husky's: its own hooks call the files of the same names one folder up, which are the project's and committed.
    /// There, a line is added; a file of ours in husky's folder would be gone with the next `npm install`.
    pub(in crate::git) is_huskys: bool,
}

impl Folder {
    /// As git finds it: `core.hooksPath`, from the top of the work tree, else `hooks` in the folder that all
    /// work trees share.
    pub(in crate::git) fn of(repository: &Repository) -> Self {
        let configured = repository.config().and_then(|config| config.get_path("core.hooksPath")).ok();
        let Some(path) = configured else {
            return Self { path: repository.commondir().join("hooks"), configured: false, is_huskys: false };
        };
        let path = repository.workdir().unwrap_or_else(|| repository.path()).join(path);
        match path.parent() {
            Some(parent) if path.file_name().is_some_and(|name| name == "_") && path.join("h").exists() => {
                Self { path: parent.to_owned(), configured: true, is_huskys: true }
            }
            _ => Self { path, configured: true, is_huskys: false },
        }
    }

    /// Whether the folder belongs to this repository: its hooks run nowhere else.
    pub(in crate::git) fn is_own(&self, repository: &Repository) -> bool {
        let real = |path: &Path| std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let mut folders = vec![real(repository.commondir())];
        folders.extend(repository.workdir().map(real));
        let path = real(&self.path);
        !self.configured || folders.iter().any(|folder| path.starts_with(folder))
    }
}
