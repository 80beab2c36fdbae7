//! Our hooks in the hooks folder of a repository, in front of which the ones that were there still run.

mod folder;
mod lines;

use std::path::{Path, PathBuf};

use super::Error;
use super::attributes::with_lines;
use super::managers::{self, Managers};
use super::text::{read, remove, rename, write};

pub(super) use folder::Folder;
pub(super) use lines::shell_quoted;
use lines::{is_ours, line, without};

/// Name and text of every hook; `@PROGRAM@` is where senex-env lies.
const HOOKS: [(&str, &str); 4] = [
    ("pre-commit", include_str!("../../../hooks/pre-commit")),
    ("post-merge", include_str!("../../../hooks/post-merge")),
    ("post-checkout", include_str!("../../../hooks/post-checkout")),
    ("post-rewrite", include_str!("../../../hooks/post-rewrite")),
];
/// What a hook that was there is called from now on.
const BEFORE: &str = "before-senex-env";
/// The one that looks for leaks.
const PRE_COMMIT: &str = "pre-commit";
/// A hook with this line is one of ours.
const MARK: &str = "Made by `senex-env hooks install`.";
/// What a manager calls the hook that it finds and runs no more, or runs first.
const KEPT: [&str; 2] = ["legacy", "old"];

/// What became of a hook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HookState {
    /// Ours, as this program would write it.
    Installed,
    /// Ours, of another version or for another path of the program.
    Outdated,
    /// Somebody else's.
    Foreign,
    /// None.
    Absent,
}

/// Writes every hook; one that is there is kept and called first, unless it is of a manager that was told to call
/// ours. Names of the hooks that changed.
pub(super) fn install(
    folder: &Folder,
    program: &str,
    managers: &Managers,
) -> Result<Vec<&'static str>, Error> {
    changed(folder, |hook| hook.install(program, managers))
}

/// Takes our hooks away and puts back what was there. Names of the hooks that changed.
pub(super) fn uninstall(folder: &Folder, managers: &Managers) -> Result<Vec<&'static str>, Error> {
    changed(folder, |hook| hook.uninstall(managers))
}

/// The state of every hook.
pub(super) fn states(
    folder: &Folder,
    program: &str,
    managers: &Managers,
) -> Result<Vec<(&'static str, HookState)>, Error> {
    all(folder).map(|hook| Ok((hook.name, hook.state(program, managers)?))).collect()
}

/// What git runs for a hook, whoever wrote it.
pub(super) fn written(folder: &Folder) -> Result<Vec<(&'static str, String)>, Error> {
    all(folder).map(|hook| Ok((hook.name, read(&hook.path)?.unwrap_or_default()))).collect()
}

/// The hook that looks for leaks, if it is not ours and does not lead to ours. Managers are asked only where it is
/// not ours.
pub(super) fn replaced(
    folder: &Folder,
    managers: impl FnOnce() -> Result<Managers, Error>,
) -> Result<Option<PathBuf>, Error> {
    let Some(hook) = all(folder).find(|hook| hook.name == PRE_COMMIT) else { return Ok(None) };
    let state = match hook.state("", &Managers::default())? {
        HookState::Foreign => hook.state("", &managers()?)?,
        state => state,
    };
    Ok(matches!(state, HookState::Foreign | HookState::Absent).then_some(hook.path))
}

fn changed(
    folder: &Folder,
    mut change: impl FnMut(&Hook<'_>) -> Result<bool, Error>,
) -> Result<Vec<&'static str>, Error> {
    let mut changed = Vec::new();
    for hook in all(folder) {
        if change(&hook)? {
            changed.push(hook.name);
        }
    }
    Ok(changed)
}

fn all(folder: &Folder) -> impl Iterator<Item = Hook<'_>> {
    HOOKS.iter().map(|(name, text)| Hook {
        folder,
        name,
        text,
        path: folder.path.join(name),
        before: folder.path.join(format!("{name}.{BEFORE}")),
    })
}

/// A hook of ours, whether it is there or not.
struct Hook<'f> {
    folder: &'f Folder,
    name: &'static str,
    text: &'static str,
    path: PathBuf,
    /// Where one of others is kept.
    before: PathBuf,
}

impl Hook<'_> {
    fn state(&self, program: &str, managers: &Managers) -> Result<HookState, Error> {
        let Some(known) = read(&self.path)? else { return Ok(HookState::Absent) };
        if self.folder.is_huskys {
            let has_line = known.lines().any(|known| known == line(self.name));
            return Ok(if has_line { HookState::Installed } else { HookState::Foreign });
        }
        Ok(match known {
            text if text == self.text(program) => HookState::Installed,
            text if is_ours(&text) => HookState::Outdated,
            text if managers.call_ours(self.name, &text) => HookState::Installed,
            text if managers::is_pre_commits(&text) && self.is_kept_as("legacy")? => HookState::Installed,
            _ => HookState::Foreign,
        })
    }

    fn install(&self, program: &str, managers: &Managers) -> Result<bool, Error> {
        let state = self.state(program, managers)?;
        let known = read(&self.path)?.unwrap_or_default();
        if self.folder.is_huskys {
            let Some(lines) = with_lines(&known, &[&line(self.name)]) else { return Ok(false) };
            write(&self.path, &lines, 0o644)?;
            return Ok(true);
        }
        // A manager that runs ours needs none of ours in front of its own.
        let theirs = if is_ours(&known) { read(&self.before)?.unwrap_or_default() } else { known.clone() };
        if let Some(now) = managers.rewritten(self.name, &theirs) {
            if now == known {
                return Ok(false);
            }
            write(&self.path, &now, 0o755)?;
            remove(&self.before)?;
            return Ok(true);
        }
        match state {
            HookState::Installed => return Ok(false),
            HookState::Foreign => self.set_aside(&known)?,
            HookState::Outdated | HookState::Absent => {}
        }
        let folder = &self.folder.path;
        std::fs::create_dir_all(folder).map_err(|error| Error::Io(folder.clone(), error))?;
        write(&self.path, &self.text(program), 0o755)?;
        Ok(true)
    }

    fn set_aside(&self, known: &str) -> Result<(), Error> {
        // A manager that writes its hook again writes the same one.
        if read(&self.before)?.is_some_and(|before| before != known) {
            return Err(Error::InTheWay(self.before.clone()));
        }
        rename(&self.path, &self.before)
    }

    fn uninstall(&self, managers: &Managers) -> Result<bool, Error> {
        let Some(known) = read(&self.path)? else { return self.remove_kept("", managers) };
        if self.folder.is_huskys {
            return self.uninstall_line(&known);
        }
        let is_changed = if is_ours(&known) {
            if self.before.exists() {
                rename(&self.before, &self.path)?;
            } else {
                remove(&self.path)?;
            }
            true
        } else {
            strip(&self.path, managers.stripped(self.name, &known))?
        };
        Ok(self.remove_kept(&known, managers)? || is_changed)
    }

    fn uninstall_line(&self, known: &str) -> Result<bool, Error> {
        let line = line(self.name);
        if known.lines().all(|known| known != line) {
            return Ok(false);
        }
        match without(known, &line) {
            Some(text) => write(&self.path, &text, 0o644)?,
            None => remove(&self.path)?,
        }
        Ok(true)
    }

    /// Takes away our hook where another manager keeps it. What was there before ours takes its place, unless it is
    /// the hook of that manager itself.
    fn remove_kept(&self, known: &str, managers: &Managers) -> Result<bool, Error> {
        let mut is_changed = false;
        for kept in KEPT.map(|kept| self.folder.path.join(format!("{}.{kept}", self.name))) {
            let Some(text) = read(&kept)? else { continue };
            if !is_ours(&text) {
                is_changed |= strip(&kept, managers.stripped(self.name, &text))?;
                continue;
            }
            match read(&self.before)? {
                Some(before) if before == known => {
                    remove(&kept)?;
                    remove(&self.before)?;
                }
                Some(_) => rename(&self.before, &kept)?,
                None => remove(&kept)?,
            }
            is_changed = true;
        }
        Ok(is_changed)
    }

    fn is_kept_as(&self, kept: &str) -> Result<bool, Error> {
        let path = self.folder.path.join(format!("{}.{kept}", self.name));
        Ok(read(&path)?.is_some_and(|text| is_ours(&text)))
    }

    fn text(&self, program: &str) -> String {
        self.text.replace("@PROGRAM@", &shell_quoted(program))
    }
}

/// Leaves what a hook of others is without our command: nothing, if that was all. Whether there was one.
fn strip(path: &Path, left: Option<String>) -> Result<bool, Error> {
    match left {
        Some(left) if left.is_empty() => remove(path)?,
        Some(left) => write(path, &left, 0o755)?,
        None => return Ok(false),
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file;

    fn folder() -> (tempfile::TempDir, Folder) {
        let temporary = tempfile::tempdir().expect("a folder");
        let path = temporary.path().join("hooks");
        (temporary, Folder { path, configured: false, is_huskys: false })
    }

    #[test]
    fn installing_twice_changes_nothing_the_second_time() {
        let (_temporary, folder) = folder();
        assert_eq!(
            install(&folder, "/usr/bin/senex-env", &Managers::default()).expect("installed").len(),
            HOOKS.len()
        );
        assert!(install(&folder, "/usr/bin/senex-env", &Managers::default()).expect("installed").is_empty());
    }

    #[test]
    fn uninstall_restores_previous_hooks() {
        let (_temporary, folder) = folder();
        let path = folder.path.join("pre-commit");
        file::create(&path, b"#!/bin/sh\nexit 7\n", 0o755).expect("written");
        install(&folder, "/x y", &Managers::default()).expect("installed");
        install(&folder, "/another", &Managers::default()).expect("installed again, for another path");
        assert!(read(&path).expect("read").is_some_and(|text| text.contains("exec")));
        uninstall(&folder, &Managers::default()).expect("uninstalled");
        assert_eq!(read(&path).expect("read").as_deref(), Some("#!/bin/sh\nexit 7\n"));
        assert_eq!(std::fs::read_dir(&folder.path).expect("a folder").count(), 1);
    }

    #[test]
    fn a_manager_that_took_our_hook_is_put_behind_it_again_and_keeps_nothing_of_ours() {
        let (_temporary, folder) = folder();
        let path = folder.path.join("pre-commit");
        let put = |path: &Path, text: &[u8]| file::replace(path, text, 0o755).expect("written");
        let text = |path: &Path| read(path).expect("read").unwrap_or_default();
        file::create(&path, b"lefthook run\n", 0o755).expect("written");
        for _ in 0..2 {
            install(&folder, "/x", &Managers::default()).expect("installed");
            assert!(text(&path).contains(MARK));
            std::fs::rename(&path, folder.path.join("pre-commit.old")).expect("taken away");
            put(&path, b"lefthook run\n");
        }
        uninstall(&folder, &Managers::default()).expect("uninstalled");
        assert_eq!(text(&path), "lefthook run\n");
        assert_eq!(std::fs::read_dir(&folder.path).expect("a folder").count(), 1);
    }

    #[test]
    fn paths_are_quoted_for_the_shell() {
        assert_eq!(shell_quoted("/usr/bin/x"), "/usr/bin/x");
        assert_eq!(shell_quoted("/a b/it's"), "'/a b/it'\\''s'");
    }
}
