//! `scan`, and the hook before a commit: values, private identities and plaintext env files that git has, or
//! is about to have.

mod found;
mod guard;
mod progress;
mod values;

use std::sync::{Mutex, PoisonError};

use super::hooks::worded;
use crate::cli;
use crate::desk::Session;
use crate::error::Error;
use crate::exit::Exit;
use crate::git;
use crate::git::scan::{self, Origin, Progress};
use crate::name::EnvName;
use crate::project::{FILE, FOLDER, Project};
use crate::words;
use found::{Finding, finding};
use guard::guards;
use values::Values;

pub(super) fn run(arguments: &cli::Scan, session: &Session<'_>) -> Result<Exit, Error> {
    let project = session.project()?;
    let staged = |name: &EnvName| git::staged_at(&project.sealed_file(name));
    let values = Values::of(&project, session, &mut session.identities(), &staged)?;
    let (progress, leaks) = (Progress::default(), Mutex::new(Vec::new()));
    let look = |origin: &Origin, bytes: &[u8]| add(&leaks, scan::look_at(&values.search, origin, bytes));
    let (what, done) = if arguments.staged {
        ("staged file", scan::of_index(&git::of_hook, &progress, &look))
    } else if let Some(revision) = &arguments.history {
        let revision = Some(revision.as_str()).filter(|revision| !revision.is_empty());
        let scan = || scan::of_history(&project.root, revision, &progress, &look);
        ("content", progress::shown(&progress, session.ui, scan))
    } else {
        ("file", scan::of_tree(&project.root, &progress, &mut |origin, bytes| look(origin, bytes)))
    };
    done.map_err(worded)?;
    let findings = allowed_aside(&project, taken(leaks).iter().map(|leak| finding(leak, &values)).collect());
    let (searched, unread) = progress.counted();
    if arguments.json {
        found::json(&findings, unread, &values, session.ui)?;
    } else {
        session.ui.lines(findings.iter().map(Finding::sentence))?;
        values.say_what_was_not_searched(session.ui);
        say_what_was_not_read(unread, session);
        session.ui.note(format!("searched {} for {}", words::count(searched, what), values.counted()));
    }
    Ok(if findings.is_empty() { Exit::Ok } else { Exit::No })
}

/// The hook: everything about the commit that is about to be made. Quiet if all is well.
pub(super) fn staged(session: &Session<'_>) -> Result<Exit, Error> {
    let repository = git::of_hook().map_err(worded)?;
    let roots = git::project_roots(&repository, &format!("{FOLDER}/{FILE}")).map_err(worded)?;
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
    .map_err(worded)?;
    let (leaks, sealed) = (taken(leaks), taken(sealed));
    let mut findings = Vec::new();
    for (number, guard) in guards.iter().enumerate() {
        let leaks = leaks.iter().filter(|(of, _)| *of == number);
        let mut new: Vec<Finding> = leaks.map(|(_, leak)| finding(leak, &guard.values)).collect();
        let sealed = sealed.iter().filter(|(of, ..)| *of == number);
        new.extend(sealed.filter_map(|(_, origin, bytes)| guard.problem(origin, bytes, session)));
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
    let mut error = Error::no(format!("nothing is committed: {}", words::count(findings.len(), "finding")));
    if let Some(first) = findings.iter().find(|finding| finding.can_be_allowed()) {
        error = error.hint(format!(
            "if it is meant to be there, in envs/senex-env.toml: `[scan.allow]` with `\"{}\" = [\"{}\"]`",
            first.path, first.what
        ));
    }
    Err(error.hint("`git commit --no-verify` commits without looking"))
}

fn allowed_aside(project: &Project, mut findings: Vec<Finding>) -> Vec<Finding> {
    findings.retain(|finding| {
        let covered = || project.allowed.iter().any(|allowed| allowed.covers(&finding.path, &finding.what));
        !(finding.can_be_allowed() && covered())
    });
    sort(&mut findings);
    findings
}

fn sort(findings: &mut [Finding]) {
    findings.sort_by(|a, b| (&a.path, a.line, &a.what).cmp(&(&b.path, b.line, &b.what)));
}

fn say_what_was_not_read(unread: usize, session: &Session<'_>) {
    if unread > 0 {
        let what = words::count(unread, "content");
        session.ui.note(format!("senex-env: not searched, because it cannot be read here: {what}"));
    }
}

fn add<T>(list: &Mutex<Vec<T>>, new: Vec<T>) {
    if !new.is_empty() {
        list.lock().unwrap_or_else(PoisonError::into_inner).extend(new);
    }
}

fn taken<T>(list: Mutex<Vec<T>>) -> Vec<T> {
    list.into_inner().unwrap_or_else(PoisonError::into_inner)
}
