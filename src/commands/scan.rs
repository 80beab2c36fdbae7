//! `scan`: values, private identities and plaintext env files that git has, or is about to have.

mod progress;

use std::sync::Mutex;

use crate::cli;
use crate::desk::Session;
use crate::desk::leaks::{Finding, Values, add, allowed_aside, finding, json, say_what_was_not_read, taken};
use crate::error::{self, Error};
use crate::exit::Exit;
use crate::git;
use crate::git::scan::{self, Origin, Progress};
use crate::name::EnvName;
use crate::words;

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
    done.map_err(error::git)?;
    let findings = allowed_aside(&project, taken(leaks).iter().map(|leak| finding(leak, &values)).collect());
    let (searched, unread) = progress.counted();
    if arguments.json {
        json(&findings, unread, &values, session.ui)?;
    } else {
        session.ui.lines(findings.iter().map(Finding::sentence))?;
        values.say_what_was_not_searched(session.ui);
        say_what_was_not_read(unread, session);
        session.ui.note(format!("searched {} for {}", words::count(searched, what), values.counted()));
    }
    Ok(if findings.is_empty() { Exit::Ok } else { Exit::No })
}
