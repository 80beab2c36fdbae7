//! Whether git has the sealed files, or ever will, and whether its hook still looks at commits.

use super::{Defect, Finding};
use crate::project::{Environment, Lint, Project};
use crate::{file, git};

/// What is sealed and not in git is in one place alone.
pub(super) fn tracked(project: &Project, environment: &Environment) -> Option<Finding> {
    let path = project.sealed_file(&environment.name);
    if !path.exists() {
        return None;
    }
    let name = &environment.name;
    let shown = format!("envs/{name}.env");
    if git::is_ignored(&path) {
        return Some(Finding::new(Defect::IgnoredByGit, name, format!("git ignores {shown}")));
    }
    // A project that is not committed at all is on its way.
    let is_left_out = git::is_in_git(&project.file()) && !git::is_in_git(&path);
    is_left_out.then(|| {
        let message = format!("{shown} was never added to git");
        Finding::new(Lint::NotInGit, name, message).command(format!("git add {shown}"))
    })
}

/// Hooks were installed here, and the one that looks for leaks is not run any more.
pub(super) fn hook(project: &Project, environment: &Environment) -> Option<Finding> {
    let path = git::replaced_hook(&project.root)?;
    let shown = file::relative(&path, &project.root);
    let message = format!("{} is not that of senex-env any more", shown.display());
    Some(Finding::new(Lint::HookReplaced, &environment.name, message).command("senex-env hooks install"))
}
