//! What can be wrong with a repository.

use std::io;
use std::path::PathBuf;

/// Why git's side of something could not be done.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// No repository around the project.
    #[error("this is not a git repository")]
    NoRepository,
    /// Its objects, references or extensions are of a kind that libgit2 does not read.
    #[error("this kind of git repository cannot be read: {0}")]
    Unsupported(String),
    /// `core.hooksPath` names a folder that other repositories use too.
    #[error("core.hooksPath names a folder outside of this repository: {}", .0.display())]
    SharedHooks(PathBuf),
    /// A file of git's that is a link, which git itself does not read.
    #[error("{} is a symbolic link, which git does not follow", .0.file_name().unwrap_or_default().display())]
    Link(PathBuf),
    /// A hook that was set aside earlier is still there.
    #[error("{} is in the way", .0.display())]
    InTheWay(PathBuf),
    /// Hooks are text.
    #[error("the path of senex-env is not UTF-8")]
    ProgramPath,
    /// Not the name of a commit.
    #[error("unknown revision `{0}`")]
    Revision(String),
    /// A file cannot be read or written.
    #[error("{}: {}", .0.display(), .1)]
    Io(PathBuf, #[source] io::Error),
    /// What git says of its own files; never of content.
    #[error("git: {}", .0.message())]
    Git(#[from] git2::Error),
}
