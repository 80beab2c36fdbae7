//! The hook before a commit: everything about the commit that is about to be made. Quiet if all is well.

use std::sync::Mutex;

use super::guard::guards;
use crate::desk::Session;
use crate::desk::leaks::{Finding, add, allowed_aside, finding, say_what_was_not_read, sort, taken};
use crate::error::{self, Error};
use crate::exit::Exit;
use crate::git;
use crate::git::scan::{self, Progress};
use crate::project::{FILE, FOLDER};
use crate::words;

pub(super) fn run(session: &Session<'_>) -> Result<Exit, Error> {
    let repository = git::of_hook().map_err(error::git)?;
    let roots = git::project_roots(&repository, &format!("{FOLDER}/{FILE}")).map_err(error::git)?;
    // Git calls hooks at the top; a relative GIT_WORK_TREE is taken for something else elsewhere.
    let directory = &session.context.directory;
    let is_told = session.context.variable("GIT_WORK_TREE").is_some();
    let top = repository.workdir().filter(|_| !is_told).unwrap_or(directory);
    let guards = guards(top, roots, &|path| git::staged(&repository, path), session)?;
    let (progress, leaks, sealed) = (Progress::default(), Mutex::new(Vec::new()), Mutex::new(Vec::new()));
    scan::of_index(&git::of_hook, &progress, &|origin, bytes| {
        for (number, guard) in guards.iter().enumerate() {
            let found = scan::look_at(&guard.values.search, origin, bytes);
            add(&leaks, found.into_iter().map(|leak| (number, leak)).collect());
            if guard.environment(origin).is_some() {
                add(&sealed, vec![(number, origin.clone(), bytes.to_vec())]);
            }
        }
    })
    .map_err(error::git)?;
    let (leaks, sealed) = (taken(leaks), taken(sealed));
    let mut findings = Vec::new();
    for (number, guard) in guards.iter().enumerate() {
        let leaks = leaks.iter().filter(|(of, _)| *of == number);
        let mut new: Vec<Finding> = leaks.map(|(_, leak)| finding(leak, &guard.values)).collect();
        let sealed = sealed.iter().filter(|(of, ..)| *of == number);
        for (_, origin, bytes) in sealed {
            new.extend(guard.problem(origin, bytes, session));
            new.extend(guard.readable(origin, bytes));
        }
        guard.say_what_is_ignored(session);
        if let Some(project) = &guard.project {
            new = allowed_aside(project, new);
        }
        if new.is_empty() {
            guard.values.say_what_is_closed(session.ui);
        } else {
            guard.values.say_what_was_not_searched(session.ui);
        }
        findings.extend(new);
    }
    say_what_was_not_read(progress.counted().1, session);
    // What is no matter of one project is found for each.
    sort(&mut findings);
    findings.dedup_by(|a, b| a.sentence() == b.sentence());
    if findings.is_empty() {
        return Ok(Exit::Ok);
    }
    for finding in &findings {
        session.ui.warning(finding.sentence());
    }
    let mut error = Error::no(format!("commit refused: {}", words::count(findings.len(), "finding")));
    if let Some(first) = findings.iter().find(|finding| finding.can_be_allowed()) {
        error = error.hint(format!(
            "to allow it, add to envs/senex-env.toml: `[scan.allow]` with `\"{}\" = [\"{}\"]`",
            first.path, first.what
        ));
    }
    Err(error.hint("`git commit --no-verify` skips this check"))
}
