//! What `check` tells of the age of values, and of who has seen them, from the history of the file.

use crate::check::{Finding, Gravity};
use crate::commands::status::{INCOMPLETE, now, seen, still_kept};
use crate::desk::Session;
use crate::identity::Identities;
use crate::name::{EnvName, KeyName};
use crate::place::Place;
use crate::project::Project;
use crate::rotate::{Findings, History};
use crate::sealed::{OpenFile, SealedFile};
use crate::words;

/// What the history of an open file says of the values that are in it.
pub(super) fn values(
    project: &Project,
    environment: &EnvName,
    (file, open): (&SealedFile, &OpenFile),
    identities: &mut Identities<'_>,
    session: &Session<'_>,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    let history = History::load(project, environment, open, identities);
    let finding = |kind, key: Option<&KeyName>, message, fix| Finding {
        gravity: Gravity::Warning,
        kind,
        environment: environment.clone(),
        key: key.cloned(),
        message,
        place: key.and_then(|key| {
            let line = file.entries().find(|entry| entry.name == key)?.line;
            Some(Place { path: project.sealed_file(environment), line, column: 1 })
        }),
        fix: Some(fix),
    };
    if history.is_incomplete {
        session.ui.warning(format!("{environment}: {INCOMPLETE}"));
    }
    let found = Findings::new(project, open, &history, now());
    for overdue in &found.overdue {
        let days = words::count(usize::try_from(overdue.days).unwrap_or(0), "day");
        findings.push(finding(
            "overdue",
            Some(&overdue.key),
            format!("`{}` is {days} old, and should be changed after {}", overdue.key, overdue.limit),
            format!("senex-env rotate -e {environment} {}", overdue.key),
        ));
    }
    for (who, exposure) in &found.exposed {
        for key in &exposure.kept {
            let fix = format!("senex-env rotate -e {environment} {key} --finish");
            findings.push(finding("kept", Some(key), still_kept(who, key, environment), fix));
        }
        if exposure.keys.is_empty() && exposure.unknown == 0 {
            continue;
        }
        let message = format!("{} {}", who.has_seen(), seen(exposure));
        let fix = format!("senex-env rotate -e {environment} --exposed");
        let mut exposed = finding("exposed", exposure.keys.first(), message, fix);
        match exposure.keys.as_slice() {
            [] => exposed.fix = None,
            _ => exposed.gravity = Gravity::Error,
        }
        findings.push(exposed);
    }
    findings
}
