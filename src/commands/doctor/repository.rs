//! The project: its file, the sealed files, and the side of git.

use super::{Line, State};
use crate::desk::{At, Session, hooks};
use crate::error;
use crate::file;
use crate::git;
use crate::project::{Project, sops_yaml};
use crate::words;

/// The project file.
pub(super) fn project(session: &Session<'_>, lines: &mut Vec<Line>) -> Option<Project> {
    match session.project() {
        Ok(project) => {
            let keys = words::count(project.keys.len(), "key");
            let environments = words::count(project.environments.len(), "environment");
            let shown = session.relative(&project.file());
            lines.push(Line::ok("project", format!("{}: {environments}, {keys}", shown.display())));
            Some(project)
        }
        Err(error) => {
            let place = error.place.map_or(String::new(), |(place, _)| format!("{place}: "));
            let fix = error.hints.into_iter().next().unwrap_or_else(|| "correct the line".to_owned());
            lines.push(Line::problem("project", format!("{place}{}", error.message), fix));
            None
        }
    }
}

/// The sealed files, as far as nobody's identity is needed, and what is generated beside them.
pub(super) fn files(project: &Project, session: &Session<'_>, lines: &mut Vec<Line>) {
    for environment in &project.environments {
        let at = At::new(session, project, &environment.name);
        let shown = at.shown();
        match at.read() {
            Ok(None) => lines.push(Line::note("file", format!("{} does not exist yet", shown.display()))),
            Ok(Some(file)) => {
                let keys = words::count(file.entries().count(), "key");
                lines.push(Line::ok("file", format!("{}: {keys}", shown.display())));
            }
            Err(error) => {
                let fix = error
                    .hints
                    .into_iter()
                    .next()
                    .unwrap_or_else(|| format!("git log -p -- {}", shown.display()));
                lines.push(Line::problem("file", error.message, fix));
            }
        }
    }
    let path = project.folder().join(".sops.yaml");
    let current =
        file::read_regular(&path, 1024 * 1024).is_ok_and(|bytes| *bytes == *sops_yaml(project).as_bytes());
    lines.push(match current {
        true => Line::ok("sops", "envs/.sops.yaml names the same recipients and rule"),
        false => Line::problem(
            "sops",
            "envs/.sops.yaml does not match the project file",
            "`senex-env seal` regenerates it",
        ),
    });
}

/// Attributes, ignored files, hooks.
pub(super) fn git(project: &Project, lines: &mut Vec<Line>) {
    if git::top(&project.root).is_none() {
        lines.push(Line::problem("git", "this is not a git repository", "git init"));
        return;
    }
    git_files(project, lines);
    match hooks::setup(project).and_then(|setup| setup.status().map_err(error::git)) {
        Ok(status) => {
            let are_told = status.managers.iter().all(|configured| configured.is_complete);
            lines.push(match status.is_installed() && are_told {
                true => Line::ok("git", "hooks and drivers are installed"),
                false => Line {
                    state: State::Note,
                    ..Line::problem("git", "hooks or drivers are not installed", "senex-env hooks install")
                },
            });
        }
        Err(error) => lines.push(Line::note("git", error.message)),
    }
}

/// What git is told about env files, and whether it has the sealed ones.
fn git_files(project: &Project, lines: &mut Vec<Line>) {
    let lacking = match git::lacking(&project.root, &[], &project.files_for_git()) {
        Ok(lacking) => lacking,
        Err(error) => return lines.push(Line::note("git", error::git(error).message)),
    };
    for (name, state, why) in [
        (".gitattributes", State::Problem, "a change of line ends would break sealed files"),
        (".gitignore", State::Note, "a plaintext env file could be committed"),
    ] {
        let Some(lacking) = lacking.iter().find(|lacking| lacking.name == name) else {
            lines.push(Line::ok("git", format!("{name} has the lines")));
            continue;
        };
        let hides = lacking.lines.iter().any(|line| line.starts_with('!'));
        let (state, why) = if hides { (State::Problem, "git ignores sealed files") } else { (state, why) };
        let message = format!("{name} is missing `{}`: {why}", lacking.lines.join("`, `"));
        lines.push(Line { state, ..Line::problem("git", message, format!("add it to {name}")) });
    }
    for environment in &project.environments {
        let path = project.sealed_file(&environment.name);
        if path.exists()
            && git::is_in_git(&project.file())
            && !git::is_in_git(&path)
            && !git::is_ignored(&path)
        {
            let shown = format!("envs/{}.env", environment.name);
            lines.push(Line::problem("git", format!("{shown} was never added"), format!("git add {shown}")));
        }
    }
}
