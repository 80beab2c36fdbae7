//! Our hooks in the hooks folder of a repository, in front of which the ones that were there still run.

use std::io;
use std::path::{Path, PathBuf};

use git2::Repository;

use super::Error;
use super::attributes::with_lines;
use super::managed::KEPT;
use crate::file;

/// Name and text of every hook; `@PROGRAM@` is where senex-env lies.
const HOOKS: [(&str, &str); 4] = [
    ("pre-commit", include_str!("../../hooks/pre-commit")),
    ("post-merge", include_str!("../../hooks/post-merge")),
    ("post-checkout", include_str!("../../hooks/post-checkout")),
    ("post-rewrite", include_str!("../../hooks/post-rewrite")),
];
/// What a hook that was there is called from now on.
const BEFORE: &str = "before-senex-env";
/// A hook with this line is one of ours.
const MARK: &str = "Made by `senex-env hooks install`.";
/// A hook is never larger, in bytes.
const LARGEST: u64 = 1024 * 1024;

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

/// The folder of the hooks.
pub(super) struct Folder {
    pub path: PathBuf,
    /// `core.hooksPath` names it, so that other repositories may use it too.
    pub configured: bool,
    /// Husky's: its own hooks call the files of the same names one folder up, which are the project's and committed.
    /// There, a line is added; a file of ours in husky's folder would be gone with the next `npm install`.
    is_huskys: bool,
}

impl Folder {
    /// As git finds it: `core.hooksPath`, from the top of the work tree, else `hooks` in the folder that all
    /// work trees share.
    pub(super) fn of(repository: &Repository) -> Self {
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
    pub(super) fn is_own(&self, repository: &Repository) -> bool {
        let real = |path: &Path| std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let mut folders = vec![real(repository.commondir())];
        folders.extend(repository.workdir().map(real));
        let path = real(&self.path);
        !self.configured || folders.iter().any(|folder| path.starts_with(folder))
    }
}

/// Writes every hook; one that is there is kept and called first. Names of the hooks that changed.
pub(super) fn install(folder: &Folder, program: &str) -> Result<Vec<&'static str>, Error> {
    let mut changed = Vec::new();
    for (name, _) in HOOKS {
        let path = folder.path.join(name);
        let state = state(folder, name, program)?;
        if state == HookState::Installed {
            continue;
        }
        if folder.is_huskys {
            let lines = with_lines(&read(&path)?.unwrap_or_default(), &[&line(name)]).unwrap_or_default();
            write(&path, &lines, 0o644)?;
            changed.push(name);
            continue;
        }
        if state == HookState::Foreign {
            let before = folder.path.join(format!("{name}.{BEFORE}"));
            // A manager that writes its hook again writes the same one.
            if before.exists() && read(&before)? != read(&path)? {
                return Err(Error::InTheWay(before));
            }
            std::fs::rename(&path, &before).map_err(|error| Error::Io(path.clone(), error))?;
        }
        std::fs::create_dir_all(&folder.path).map_err(|error| Error::Io(folder.path.clone(), error))?;
        write(&path, &text(name, program), 0o755)?;
        changed.push(name);
    }
    Ok(changed)
}

/// Takes our hooks away and puts back what was there. Names of the hooks that changed.
pub(super) fn uninstall(folder: &Folder) -> Result<Vec<&'static str>, Error> {
    let mut changed = Vec::new();
    for (name, _) in HOOKS {
        let path = folder.path.join(name);
        let before = folder.path.join(format!("{name}.{BEFORE}"));
        if !matches!(state(folder, name, "")?, HookState::Installed | HookState::Outdated) {
            if remove_kept(folder, name, &before)? {
                changed.push(name);
            }
            continue;
        }
        let others =
            if folder.is_huskys { without(&read(&path)?.unwrap_or_default(), &line(name)) } else { None };
        let done = match others {
            Some(text) => {
                write(&path, &text, 0o644)?;
                Ok(())
            }
            None if before.exists() => std::fs::rename(&before, &path),
            None => std::fs::remove_file(&path),
        };
        done.map_err(|error| Error::Io(path, error))?;
        changed.push(name);
    }
    Ok(changed)
}

/// Takes away our hook where another manager keeps it. What was there before ours takes its place.
fn remove_kept(folder: &Folder, name: &str, before: &Path) -> Result<bool, Error> {
    for kept in KEPT.map(|kept| folder.path.join(format!("{name}.{kept}"))) {
        if !read(&kept)?.is_some_and(|text| text.contains(MARK)) {
            continue;
        }
        let done = if before.exists() { std::fs::rename(before, &kept) } else { std::fs::remove_file(&kept) };
        done.map_err(|error| Error::Io(kept, error))?;
        return Ok(true);
    }
    Ok(false)
}

/// The state of every hook.
pub(super) fn states(folder: &Folder, program: &str) -> Result<Vec<(&'static str, HookState)>, Error> {
    HOOKS.iter().map(|(name, _)| Ok((*name, state(folder, name, program)?))).collect()
}

fn state(folder: &Folder, name: &str, program: &str) -> Result<HookState, Error> {
    let Some(known) = read(&folder.path.join(name))? else { return Ok(HookState::Absent) };
    let has_line = || known.lines().any(|known| known == line(name));
    Ok(match known {
        _ if folder.is_huskys => {
            if has_line() {
                HookState::Installed
            } else {
                HookState::Foreign
            }
        }
        text if text == self::text(name, program) => HookState::Installed,
        text if text.contains(MARK) => HookState::Outdated,
        _ => HookState::Foreign,
    })
}

/// `None` where there is no such file.
pub(super) fn read(path: &Path) -> Result<Option<String>, Error> {
    match file::read(path, LARGEST) {
        Ok(bytes) => Ok(Some(String::from_utf8_lossy(&bytes).into_owned())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::Io(path.to_owned(), error)),
    }
}

fn write(path: &Path, text: &str, mode: u32) -> Result<(), Error> {
    file::replace(path, text.as_bytes(), mode).map_err(|error| Error::Io(path.to_owned(), error))
}

/// In a file of husky's, which everybody has: wherever senex-env lies.
fn line(name: &str) -> String {
    format!("senex-env git-hook {name} \"$@\"")
}

/// `text` without a line; `None` if nothing is left.
fn without(text: &str, line: &str) -> Option<String> {
    let left: String = text.split_inclusive('\n').filter(|known| known.trim_end() != line).collect();
    (!left.is_empty()).then_some(left)
}

fn text(name: &str, program: &str) -> String {
    let (_, text) = HOOKS.iter().find(|(known, _)| *known == name).expect("a name of the list");
    text.replace("@PROGRAM@", &shell_quoted(program))
}

/// As a word of a shell; as it is where nothing needs quotes.
pub(super) fn shell_quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder() -> (tempfile::TempDir, Folder) {
        let temporary = tempfile::tempdir().expect("a folder");
        let path = temporary.path().join("hooks");
        (temporary, Folder { path, configured: false, is_huskys: false })
    }

    #[test]
    fn installing_twice_changes_nothing_the_second_time() {
        let (_temporary, folder) = folder();
        assert_eq!(install(&folder, "/usr/bin/senex-env").expect("installed").len(), HOOKS.len());
        assert!(install(&folder, "/usr/bin/senex-env").expect("installed").is_empty());
    }

    #[test]
    fn uninstall_restores_previous_hooks() {
        let (_temporary, folder) = folder();
        let path = folder.path.join("pre-commit");
        file::create(&path, b"#!/bin/sh\nexit 7\n", 0o755).expect("written");
        install(&folder, "/x y").expect("installed");
        install(&folder, "/another").expect("installed again, for another path");
        assert!(file::read(&path, LARGEST).expect("read").windows(4).any(|word| word == b"exec"));
        uninstall(&folder).expect("uninstalled");
        assert_eq!(file::read(&path, LARGEST).expect("read").as_slice(), b"#!/bin/sh\nexit 7\n");
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
            install(&folder, "/x").expect("installed");
            assert!(text(&path).contains(MARK));
            std::fs::rename(&path, folder.path.join("pre-commit.old")).expect("taken away");
            put(&path, b"lefthook run\n");
        }
        uninstall(&folder).expect("uninstalled");
        assert_eq!(text(&path), "lefthook run\n");
        assert_eq!(text(&folder.path.join("pre-commit.old")), "lefthook run\n");
        assert_eq!(std::fs::read_dir(&folder.path).expect("a folder").count(), 2);
    }

    #[test]
    fn paths_are_quoted_for_the_shell() {
        assert_eq!(shell_quoted("/usr/bin/x"), "/usr/bin/x");
        assert_eq!(shell_quoted("/a b/it's"), "'/a b/it'\\''s'");
    }
}
