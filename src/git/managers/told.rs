//! The files that say what managers run for git: which there are, and how each is read and edited.

use std::path::{Path, PathBuf};

use super::simple_git_hooks::{self, Configuration, KEY};
use super::{ByHand, Error, Manager, lefthook, says, yaml};
use crate::file;
use crate::git::text::read;

/// Files of lefthook: of each kind, by what comes before and what behind. The first that exists counts.
const LEFTHOOK: [[&str; 3]; 2] = [
    ["lefthook", ".lefthook", ".config/lefthook"],
    ["lefthook-local", ".lefthook-local", ".config/lefthook-local"],
];
const LEFTHOOK_FORMATS: [&str; 5] = ["yml", "yaml", "json", "jsonc", "toml"];
/// Files of simple-git-hooks, the first that exists before all others.
const SIMPLE_GIT_HOOKS: [&str; 8] = [
    ".simple-git-hooks.cjs",
    ".simple-git-hooks.js",
    ".simple-git-hooks.mjs",
    "simple-git-hooks.cjs",
    "simple-git-hooks.js",
    "simple-git-hooks.mjs",
    ".simple-git-hooks.json",
    "simple-git-hooks.json",
];
const PACKAGE: &str = "package.json";

/// A file that says what a manager runs.
pub(super) struct Told {
    pub manager: Manager,
    pub path: PathBuf,
    form: Form,
    pub text: String,
    pub is_changed: bool,
}

/// How it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// YAML of lefthook.
    Yaml,
    /// JSON of simple-git-hooks.
    Json,
    /// The same, under a key of `package.json`.
    Package,
    /// A program, or a format that is not edited here; what is no text, or behind a link that leaves the work tree.
    ByHand,
}

/// Those of the project at `root`, in the work tree at `top`.
///
/// # Errors
/// What the system says of a file that is there.
pub(super) fn all(top: &Path, root: &Path) -> Result<Vec<Told>, Error> {
    let mut told = Vec::new();
    for stems in LEFTHOOK {
        let names = LEFTHOOK_FORMATS.iter().flat_map(|format| stems.map(|stem| format!("{stem}.{format}")));
        told.extend(first(top, top, Manager::Lefthook, names)?);
    }
    let below = (root.canonicalize().ok() != top.canonicalize().ok()).then_some(root);
    for folder in std::iter::once(top).chain(below) {
        let names = SIMPLE_GIT_HOOKS.iter().map(|name| (*name).to_owned());
        let found = match first(top, folder, Manager::SimpleGitHooks, names)? {
            None => package(top, folder)?,
            found => found,
        };
        told.extend(found);
    }
    Ok(told)
}

impl Told {
    pub(super) fn configuration(&self) -> Option<Configuration<'_>> {
        match self.form {
            Form::Json => Some(Configuration { text: &self.text, is_package: false }),
            Form::Package => Some(Configuration { text: &self.text, is_package: true }),
            Form::Yaml | Form::ByHand => None,
        }
    }

    pub(super) fn claims(&self, hook: &str) -> bool {
        match (self.form, self.configuration()) {
            (_, Some(configuration)) => configuration.claims(hook),
            (Form::Yaml, None) => lefthook::claims(&self.text, hook),
            (_, None) => self.manager == Manager::SimpleGitHooks || self.text.contains(hook),
        }
    }

    pub(super) fn calls(&self, hook: &str) -> bool {
        let call = format!("git-hook {hook}");
        match (self.form, self.configuration()) {
            (_, Some(configuration)) => {
                configuration.command(hook).is_some_and(|command| command.contains(&call))
            }
            (Form::Yaml, None) => lefthook::calls(&self.text, hook),
            (_, None) => says(&self.text, &call),
        }
    }

    pub(super) fn with_step(&self, hook: &str) -> Option<String> {
        match (self.form, self.configuration()) {
            (_, Some(configuration)) => configuration.with_step(hook),
            (Form::Yaml, None) => lefthook::with_step(&self.text, hook),
            (_, None) => None,
        }
    }

    pub(super) fn without_step(&self, hook: &str) -> Option<String> {
        match (self.form, self.configuration()) {
            (_, Some(configuration)) => configuration.without_step(hook),
            (Form::Yaml, None) => lefthook::without_step(&self.text, hook),
            (_, None) => None,
        }
    }

    /// The step as a person would write it.
    pub(super) fn step(&self, hook: &str) -> Vec<String> {
        let quoted = |text: String| serde_json::Value::from(text).to_string();
        let extension = self.path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
        match (self.manager, extension) {
            (Manager::SimpleGitHooks, _) => {
                vec![format!("\"{hook}\": {}", quoted(simple_git_hooks::call(hook)))]
            }
            (Manager::Lefthook, "toml") => {
                vec![
                    format!("[{hook}.commands.senex-env]"),
                    format!("run = {}", quoted(lefthook::call(hook))),
                ]
            }
            (Manager::Lefthook, "json" | "jsonc") => {
                let run = quoted(lefthook::call(hook));
                vec![format!("\"{hook}\": {{\"commands\": {{\"senex-env\": {{\"run\": {run}}}}}}}")]
            }
            (Manager::Lefthook, _) => [
                format!("{hook}:"),
                "  commands:".to_owned(),
                "    senex-env:".to_owned(),
                format!("      run: {}", lefthook::call(hook)),
            ]
            .into(),
        }
    }

    pub(super) fn by_hand(&self, lines: Vec<String>) -> ByHand {
        ByHand { manager: self.manager, path: self.path.clone(), lines }
    }

    pub(super) fn replace(&mut self, text: String) {
        self.text = text;
        self.is_changed = true;
    }
}

/// The first file of these names in a folder.
fn first(
    top: &Path,
    folder: &Path,
    manager: Manager,
    mut names: impl Iterator<Item = String>,
) -> Result<Option<Told>, Error> {
    names.find_map(|name| told(top, folder.join(name), manager).transpose()).transpose()
}

fn told(top: &Path, path: PathBuf, manager: Manager) -> Result<Option<Told>, Error> {
    let Some(text) = read(&path)? else { return Ok(None) };
    let form = match (manager, path.extension().and_then(|extension| extension.to_str())) {
        (Manager::Lefthook, Some("yml" | "yaml")) if yaml::parse(&text).is_some() => Form::Yaml,
        (Manager::SimpleGitHooks, Some("json"))
            if (Configuration { text: &text, is_package: false }).is_plain() =>
        {
            Form::Json
        }
        _ => Form::ByHand,
    };
    let can_be_written = file::is_below(&path, top) && !text.contains(char::REPLACEMENT_CHARACTER);
    let form = if can_be_written { form } else { Form::ByHand };
    Ok(Some(Told { manager, path, form, text, is_changed: false }))
}

/// The `package.json` of a folder, if simple-git-hooks finds anything in it.
fn package(top: &Path, folder: &Path) -> Result<Option<Told>, Error> {
    let Some(mut found) = told(top, folder.join(PACKAGE), Manager::SimpleGitHooks)? else { return Ok(None) };
    let parsed = serde_json::from_str::<serde_json::Value>(&found.text).ok();
    if parsed.is_none_or(|parsed| parsed.get(KEY).is_none()) {
        return Ok(None);
    }
    let can_be_written = found.form == Form::Json;
    let is_plain = Configuration { text: &found.text, is_package: true }.is_plain();
    found.form = if can_be_written && is_plain { Form::Package } else { Form::ByHand };
    Ok(Some(found))
}
