//! The words of what is wrong with a repository.

use super::Error;
use crate::exit::Exit;
use crate::git;

/// Words a trouble with the repository.
pub(crate) fn git(error: git::Error) -> Error {
    let message = error.to_string();
    match error {
        git::Error::Revision(_) => Error::usage(message).hint("`git log --oneline --all` shows the commits"),
        git::Error::NoRepository => Error::new(Exit::Io, message).hint("`git init` creates one"),
        git::Error::Unsupported(_) => Error::new(Exit::Io, message)
            .note("hooks, `scan` and `log` need a repository with SHA-1 objects and references in files; \
                everything else works here"),
        git::Error::SharedHooks(_) => Error::new(Exit::Io, message)
            .note("hooks in it run in every repository that uses it; nothing was changed")
            .hint("call `senex-env git-hook pre-commit \"$@\"` from the pre-commit hook there (likewise post-merge and post-checkout)")
            .hint("or `git config core.hooksPath .git/hooks`, for this repository alone"),
        git::Error::InTheWay(_) => {
            Error::new(Exit::Io, message).hint("it is the previous hook: rename or remove it")
        }
        git::Error::Link(ref path) => {
            let shown = path.file_name().unwrap_or_default().display();
            Error::new(Exit::Io, message)
                .note("nothing is written through it")
                .hint(format!("`cp --remove-destination \"$(readlink -f {shown})\" {shown}` puts a copy in its place"))
        }
        git::Error::Io(path, error) => Error::io("cannot use", &path, &error),
        git::Error::ProgramPath | git::Error::Git(_) => Error::new(Exit::Io, message),
    }
}
