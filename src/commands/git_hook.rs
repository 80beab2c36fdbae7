//! `git-hook`: what the hooks of git call.

mod guard;
mod pre_commit;

use std::collections::BTreeMap;
use std::path::Path;

use crate::cli;
use crate::desk::Session;
use crate::error::Error;
use crate::exit::Exit;
use crate::git::{self, ChangedFile};
use crate::sealed::SealedFile;
use crate::words;

pub(super) fn run(arguments: &cli::GitHook, session: &Session<'_>) -> Result<Exit, Error> {
    match (arguments.hook.as_str(), arguments.arguments.as_slice()) {
        ("pre-commit", _) => return pre_commit::run(session),
        ("post-merge", _) => remind("ORIG_HEAD", "HEAD", During::AnyTime, session),
        // The third argument is 1 for a change of branch, 0 for a checkout of single files.
        ("post-checkout", [old, new, flag]) if flag == "1" => remind(old, new, During::AnyTime, session),
        // `git rebase` checks out what it builds on; `post-rewrite` comes when it is done.
        ("post-rewrite", [what]) if what == "rebase" => {
            remind("ORIG_HEAD", "HEAD", During::EndOfRebase, session);
        }
        ("post-checkout" | "post-rewrite", _) => {}
        (hook, _) => {
            return Err(Error::usage(format!("senex-env has no hook `{}`", hook.escape_debug())));
        }
    }
    Ok(Exit::Ok)
}

/// When git calls a hook.
#[derive(Clone, Copy, PartialEq, Eq)]
enum During {
    /// Perhaps in the middle of a rebase, where values are others again soon.
    AnyTime,
    EndOfRebase,
}

/// Says which sealed values are others now; nothing in the middle of a rebase. A reminder must never be what makes
/// git fail.
fn remind(old: &str, new: &str, during: During, session: &Session<'_>) {
    let changed = git::of_hook().and_then(|repository| {
        if during == During::AnyTime && git::is_under_way(&repository) {
            Ok(Vec::new())
        } else {
            git::changed_files(&repository, old, new)
        }
    });
    for file in changed.unwrap_or_default() {
        let environment =
            Path::new(&file.path).file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let Some(keys) = keys(&file) else { continue };
        session.ui.note(format!("senex-env: {environment} changed: {}", words::clean(&keys)));
        session.ui.note(format!(
            "  a running stack still has the old values; `senex-env run -e {environment} -- …` starts it with the new ones"
        ));
    }
}

/// By ciphertext, so that no identity is asked for in the middle of a checkout.
fn keys(file: &ChangedFile) -> Option<String> {
    let read = |bytes: Option<&Vec<u8>>| -> Option<BTreeMap<String, String>> {
        let Some(bytes) = bytes else { return Some(BTreeMap::new()) };
        let file = SealedFile::parse(bytes).ok()?;
        Some(file.public_texts().map(|(name, text)| (name.to_string(), text)).collect())
    };
    let (Some(old), Some(new)) = (read(file.old.as_ref()), read(file.new.as_ref())) else {
        return Some("it is not a valid sealed file".to_owned());
    };
    let changed: Vec<&String> =
        new.iter().filter(|(name, text)| old.get(*name) != Some(*text)).map(|(name, _)| name).collect();
    let removed: Vec<&String> = old.keys().filter(|name| !new.contains_key(*name)).collect();
    match (changed.as_slice(), removed.as_slice()) {
        ([], []) => None,
        (changed, []) => Some(words::names(changed)),
        ([], removed) => Some(format!("{} removed", words::names(removed))),
        (changed, removed) => Some(format!("{}; {} removed", words::names(changed), words::names(removed))),
    }
}
