//! `scan`, and the hook before a commit: values, private identities and plaintext env files that git has, or
//! is about to have.

mod found;
mod progress;
mod sealed_files;
mod values;

pub use values::NoPassphrase;

use std::sync::Mutex;

use super::hooks::worded;
use super::session::Session;
use crate::cli;
use crate::error::Error;
use crate::exit::Exit;
use crate::git;
use crate::git::scan::{self, Leak, Origin, Progress};
use crate::project::{FILE, FOLDER, Project};
use crate::words;
use found::{Finding, finding};
use values::Values;

pub fn run(arguments: &cli::Scan, session: &Session<'_>) -> Result<Exit, Error> {
    let project = session.project()?;
    let values = Values::of(&project, session, session.ui)?;
    let mut leaks: Vec<Leak> = Vec::new();
    let look = |origin: &Origin, bytes: &[u8]| scan::look_at(&values.search, origin, bytes);
    let (what, count) = if arguments.staged {
        let repository = git::of_hook().map_err(worded)?;
        let count = scan::of_index(&repository, &mut |origin, bytes| leaks.extend(look(origin, bytes)));
        ("staged file", count.map_err(worded)?)
    } else if let Some(revision) = &arguments.history {
        let (progress, found) = (Progress::default(), Mutex::new(Vec::new()));
        let count = progress::shown(&progress, session.ui, || {
            let revision = Some(revision.as_str()).filter(|revision| !revision.is_empty());
            scan::of_history(&project.root, revision, &progress, &|origin, bytes| {
                let new = look(origin, bytes);
                if !new.is_empty() {
                    found.lock().unwrap_or_else(std::sync::PoisonError::into_inner).extend(new);
                }
            })
        });
        leaks = found.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
        ("content", count.map_err(worded)?)
    } else {
        let count = scan::of_tree(&project.root, &mut |origin, bytes| leaks.extend(look(origin, bytes)));
        ("file", count.map_err(worded)?)
    };
    let findings = allowed_aside(&project, leaks.iter().map(|leak| finding(leak, &values)).collect());
    if arguments.json {
        session.ui.line(found::json(&findings, &values)?)?;
    } else {
        for finding in &findings {
            session.ui.line(finding.sentence())?;
        }
        values.say_what_was_not_searched(session.ui);
        session.ui.note(format!("searched {} for {}", words::count(count, what), values.counted()));
    }
    Ok(if findings.is_empty() { Exit::Ok } else { Exit::No })
}

/// The hook: everything about the commit that is about to be made. Quiet if all is well.
pub fn staged(session: &Session<'_>) -> Result<Exit, Error> {
    let repository = git::of_hook().map_err(worded)?;
    let mut files: Vec<(Origin, Vec<u8>)> = Vec::new();
    scan::of_index(&repository, &mut |origin, bytes| files.push((origin.clone(), bytes.to_vec())))
        .map_err(worded)?;
    if files.is_empty() {
        return Ok(Exit::Ok);
    }
    let top = &session.context.directory;
    let mut findings = Vec::new();
    // A repository may hold several projects; git calls from its top.
    for root in git::project_roots(&repository, &format!("{FOLDER}/{FILE}")).map_err(worded)? {
        let project = Project::load(&top.join(&root))?;
        // A passphrase is never asked for in the middle of a commit.
        let values = Values::of(&project, session, &values::NoPassphrase)?;
        let mut new = Vec::new();
        for (origin, bytes) in &files {
            new.extend(sealed_files::problem(&project, &root, origin, bytes, session));
            let leaks = scan::look_at(&values.search, origin, bytes);
            new.extend(leaks.iter().map(|leak| finding(leak, &values)));
        }
        let new = allowed_aside(&project, new);
        if new.is_empty() {
            values.say_what_is_closed(session.ui);
        } else {
            values.say_what_was_not_searched(session.ui);
        }
        findings.extend(new);
    }
    let Some(first) = findings.first() else { return Ok(Exit::Ok) };
    for finding in &findings {
        session.ui.warning(finding.sentence());
    }
    Err(Error::no(format!("nothing is committed: {}", words::count(findings.len(), "finding")))
        .hint(format!(
            "if it is meant to be there, in envs/senex-env.toml: `[scan.allow]` with `\"{}\" = [\"{}\"]`",
            words::clean(&first.path),
            first.what
        ))
        .hint("`git commit --no-verify` commits without looking"))
}

fn allowed_aside(project: &Project, mut findings: Vec<Finding>) -> Vec<Finding> {
    findings.retain(|finding| {
        !project.allowed.iter().any(|allowed| allowed.covers(&finding.path, &finding.what))
    });
    findings.sort_by(|a, b| (&a.path, a.line, &a.what).cmp(&(&b.path, b.line, &b.what)));
    findings
}
