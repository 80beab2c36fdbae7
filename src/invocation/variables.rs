//! The environment variables that a command will see behind its wrappers.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

/// Where a command line is read: everything outside it that decides what it means.
#[derive(Clone, Copy)]
pub(crate) struct Surroundings<'a> {
    /// The working directory, absolute.
    pub cwd: &'a Path,
    /// The process environment.
    pub variable: &'a dyn Fn(&str) -> Option<OsString>,
}

/// Who takes the process environment away before the command sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct EnvironmentDrop {
    /// The wrapper's name: `sudo`, `doas`, `env`, `systemd-run`.
    pub program: &'static str,
    /// The variables that it lets through all the same (`--preserve-env=A,B`, `env -i A=b`).
    pub kept: Vec<OsString>,
}

impl EnvironmentDrop {
    /// Whether a variable gets through.
    pub(crate) fn keeps(&self, name: &str) -> bool {
        self.kept.iter().any(|kept| kept == name)
    }
}

/// What wrappers do to the environment and the working directory, from the outside in.
pub(super) struct View<'a> {
    outside: Surroundings<'a>,
    pub(super) dropped: Option<EnvironmentDrop>,
    pub(super) set: BTreeMap<OsString, Option<OsString>>,
    pub(super) cwd: PathBuf,
}

impl<'a> View<'a> {
    pub(super) fn new(outside: Surroundings<'a>) -> Self {
        Self { outside, dropped: None, set: BTreeMap::new(), cwd: outside.cwd.to_owned() }
    }

    /// A variable as the command sees it; an empty one counts as absent, as compose tools have it for
    /// the names that matter here.
    pub(super) fn get(&self, name: &str) -> Option<OsString> {
        let value = match self.set.get(OsStr::new(name)) {
            Some(set) => set.clone(),
            None if self.dropped.as_ref().is_some_and(|d| !d.keeps(name)) => None,
            None => (self.outside.variable)(name),
        };
        value.filter(|v| !v.is_empty())
    }

    /// The search path. A wrapper that clears the environment still finds the program by some path:
    /// ours is the best guess.
    pub(super) fn path(&self) -> Option<OsString> {
        self.get("PATH").or_else(|| (self.outside.variable)("PATH"))
    }

    /// The file a program's name stands for.
    pub(super) fn program(&self, name: &OsStr) -> Option<PathBuf> {
        if Path::new(name).components().count() > 1 {
            let path = self.cwd.join(name);
            return path.is_file().then_some(path);
        }
        let path = self.path()?;
        std::env::split_paths(&path).map(|folder| self.cwd.join(folder).join(name)).find(|p| p.is_file())
    }

    /// Takes everything away but `kept`; a second wrapper can only take more.
    pub(super) fn drop_all_but(&mut self, program: &'static str, kept: Vec<OsString>) {
        let kept = match &self.dropped {
            Some(before) => kept.into_iter().filter(|k| before.kept.contains(k)).collect(),
            None => kept,
        };
        self.set.retain(|name, _| kept.contains(name));
        self.dropped = Some(EnvironmentDrop { program, kept });
    }

    /// Sets a variable for the command.
    pub(super) fn assign(&mut self, name: OsString, value: OsString) {
        if let Some(dropped) = &mut self.dropped {
            dropped.kept.push(name.clone());
        }
        self.set.insert(name, Some(value));
    }

    /// Takes one variable away.
    pub(super) fn unset(&mut self, name: OsString) {
        if let Some(dropped) = &mut self.dropped {
            dropped.kept.retain(|kept| *kept != name);
        }
        self.set.insert(name, None);
    }
}
