//! Other managers of hooks that a project uses: lefthook and simple-git-hooks put their own hooks in the place of ours,
//! and are told to run ours; pre-commit runs what it finds, or what its configuration names.

mod json;
mod lefthook;
mod simple_git_hooks;
mod told;
mod yaml;

use std::path::{Path, PathBuf};

use super::Error;
use super::text::{read, write};
use told::Told;

const PRE_COMMIT: &str = ".pre-commit-config.yaml";

/// Who else writes hooks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Manager {
    /// Of all languages.
    Lefthook,
    /// Of Node.
    SimpleGitHooks,
}

impl Manager {
    /// As it calls itself.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Lefthook => "lefthook",
            Self::SimpleGitHooks => "simple-git-hooks",
        }
    }
}

/// All of them that a project has.
#[derive(Default)]
pub(super) struct Managers {
    told: Vec<Told>,
    /// The text of pre-commit's configuration.
    pre_commit: String,
}

/// What only a person can change.
#[derive(Debug)]
pub(crate) struct ByHand {
    /// Who reads it.
    pub manager: Manager,
    /// The file.
    pub path: PathBuf,
    /// What it should say, or should no more.
    pub lines: Vec<String>,
}

/// A file of a manager, and whether it has every step that it should have.
#[derive(Debug)]
pub(crate) struct Configured {
    /// Who reads it.
    pub manager: Manager,
    /// The file.
    pub path: PathBuf,
    /// Whether its manager runs ours wherever it runs anything in the place of ours.
    pub is_complete: bool,
}

impl ByHand {
    /// Puts what is about one file together.
    pub(super) fn gather(self, all: &mut Vec<Self>) {
        match all.iter_mut().find(|known| known.path == self.path) {
            Some(known) => known.lines.extend(self.lines),
            None => all.push(self),
        }
    }
}

impl Managers {
    /// Of the project at `root`, in the work tree at `top`.
    ///
    /// # Errors
    /// What the system says of a file that is there.
    pub(super) fn of(top: &Path, root: &Path) -> Result<Self, Error> {
        Ok(Self { told: told::all(top, root)?, pre_commit: read(&top.join(PRE_COMMIT))?.unwrap_or_default() })
    }

    /// Whether the hook that a manager wrote leads to ours.
    pub(super) fn call_ours(&self, hook: &str, written: &str) -> bool {
        let call = format!("git-hook {hook}");
        if says(written, &call) {
            return true;
        }
        if is_lefthooks(written) {
            return self.told.iter().any(|told| told.manager == Manager::Lefthook && told.calls(hook));
        }
        is_pre_commits(written) && says(&self.pre_commit, "senex-env")
    }

    /// The hook that its manager would write now, if that runs ours.
    pub(super) fn rewritten(&self, hook: &str, written: &str) -> Option<String> {
        if is_lefthooks(written) {
            return self.call_ours(hook, written).then(|| written.to_owned());
        }
        let ours = simple_git_hooks::call(hook);
        let command = self.told.iter().find_map(|told| told.configuration()?.command(hook))?;
        if !command.contains(&ours) || written.ends_with(&command) {
            return command.contains(&ours).then(|| written.to_owned());
        }
        let before = command.strip_suffix(&format!(" && {ours}"))?;
        Some(format!("{}{command}", written.strip_suffix(before).filter(|head| head.ends_with('\n'))?))
    }

    /// The hook of simple-git-hooks without our command; empty if nothing else is in it.
    pub(super) fn stripped(&self, hook: &str, written: &str) -> Option<String> {
        self.told.iter().find(|told| told.manager == Manager::SimpleGitHooks)?;
        let ours = simple_git_hooks::call(hook);
        match written.strip_suffix(&format!(" && {ours}")) {
            Some(left) => Some(left.to_owned()),
            None => written.ends_with(&format!("\n{ours}")).then(String::new),
        }
    }

    /// Has every manager run ours that puts its own hook in the place of ours; `written` is the hook that is there.
    /// What it cannot change is added to `by_hand`.
    pub(super) fn tell(&mut self, hook: &str, written: &str, by_hand: &mut Vec<ByHand>) {
        for at in self.in_charge(hook, written) {
            let told = &mut self.told[at];
            if told.calls(hook) {
                continue;
            }
            match told.with_step(hook) {
                Some(text) => told.replace(text),
                None => told.by_hand(told.step(hook)).gather(by_hand),
            }
        }
    }

    /// Takes back what [`Self::tell`] told.
    pub(super) fn untell(&mut self, hook: &str, by_hand: &mut Vec<ByHand>) {
        for told in &mut self.told {
            if let Some(text) = told.without_step(hook) {
                told.replace(text);
            }
            if told.calls(hook) {
                told.by_hand(vec![format!("senex-env git-hook {hook}")]).gather(by_hand);
            }
        }
    }

    /// Writes what was changed. Which files.
    ///
    /// # Errors
    /// What the system says.
    pub(super) fn write(&self) -> Result<Vec<(Manager, PathBuf)>, Error> {
        let changed = self.told.iter().filter(|told| told.is_changed);
        let written =
            |told: &Told| write(&told.path, &told.text, 0o644).map(|()| (told.manager, told.path.clone()));
        changed.map(written).collect()
    }

    /// Every file that should have a step; `written` are the hooks that are there.
    pub(super) fn configured(&self, written: &[(&str, String)]) -> Vec<Configured> {
        let mut found: Vec<(usize, bool)> = Vec::new();
        for (hook, text) in written {
            for at in self.in_charge(hook, text) {
                let calls = self.told[at].calls(hook);
                match found.iter_mut().find(|(known, _)| *known == at) {
                    Some((_, all)) => *all &= calls,
                    None => found.push((at, calls)),
                }
            }
        }
        let configured = |(at, is_complete): (usize, bool)| {
            let told: &Told = &self.told[at];
            Configured { manager: told.manager, path: told.path.clone(), is_complete }
        };
        found.into_iter().map(configured).collect()
    }

    /// The files that are to have a step for a hook. lefthook may be told by a file that is not read here: then a
    /// step goes into the first of its files.
    fn in_charge(&self, hook: &str, written: &str) -> Vec<usize> {
        let of = |manager| (0..self.told.len()).filter(move |at| self.told[*at].manager == manager);
        let lefthook = of(Manager::Lefthook)
            .find(|at| self.told[*at].calls(hook))
            .or_else(|| of(Manager::Lefthook).find(|at| self.told[*at].claims(hook)))
            .or_else(|| of(Manager::Lefthook).next().filter(|_| is_lefthooks(written)));
        let others = of(Manager::SimpleGitHooks).filter(|at| self.told[*at].claims(hook));
        lefthook.into_iter().chain(others).collect()
    }
}

/// Whether a text has a word outside of lines that are comments.
fn says(text: &str, word: &str) -> bool {
    text.lines().map(str::trim_start).any(|line| !line.starts_with('#') && line.contains(word))
}

fn is_lefthooks(written: &str) -> bool {
    written.contains("call_lefthook") || written.contains("lefthook run")
}

/// Whether pre-commit wrote a hook: it runs the one that it found first.
pub(super) fn is_pre_commits(written: &str) -> bool {
    written.contains("pre-commit.com")
}
