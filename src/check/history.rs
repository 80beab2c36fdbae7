//! What the history of a file tells of the values in it: their age, and who has seen them.

use super::{Defect, Finding, Fix, Severity};
use crate::name::{EnvName, KeyName};
use crate::place::Place;
use crate::project::Project;
use crate::rotate::{Exposure, Findings, History, Outsider, now};
use crate::sealed::{OpenFile, SealedFile};
use crate::words;

/// What the history of an open file says of the values that are in it.
pub(super) fn history(
    project: &Project,
    environment: &EnvName,
    (file, open): (&SealedFile, &OpenFile),
    history: &History,
) -> Vec<Finding> {
    let line = |key: &KeyName| {
        let line = file.entries().find(|entry| entry.name == key)?.line;
        Some(Place { path: project.sealed_file(environment), line, column: 1 })
    };
    let found = Findings::new(project, open, history, now());
    let mut findings = Vec::new();
    for overdue in &found.overdue {
        let days = words::count(usize::try_from(overdue.days).unwrap_or(0), "day");
        let message =
            format!("`{}` is {days} old, and should be changed after {}", overdue.key, overdue.limit);
        let finding = Finding::new(Defect::Overdue, environment, message).key(&overdue.key);
        let command = format!("senex-env rotate -e {environment} {}", overdue.key);
        findings.push(finding.at(line(&overdue.key)).command(command));
    }
    for (who, exposure) in &found.exposed {
        for key in &exposure.kept {
            let finding = Finding::new(Defect::Kept, environment, who.still_kept(key, environment)).key(key);
            let command = format!("senex-env rotate -e {environment} {key} --finish");
            findings.push(finding.at(line(key)).command(command));
        }
        findings.extend(exposed(environment, who, exposure, line));
    }
    findings
}

fn exposed(
    environment: &EnvName,
    who: &Outsider,
    exposure: &Exposure,
    line: impl Fn(&KeyName) -> Option<Place>,
) -> Option<Finding> {
    if exposure.keys.is_empty() && exposure.unknown == 0 {
        return None;
    }
    let finding =
        Finding::new(Defect::Exposed, environment, format!("{} {}", who.has_seen(), exposure.seen()));
    Some(match exposure.keys.first() {
        Some(first) => {
            finding.key(first).at(line(first)).command(format!("senex-env rotate -e {environment} --exposed"))
        }
        None => Finding {
            severity: Severity::Warning,
            fix: Fix::Advice("a person who can open those versions sees which values it is".to_owned()),
            ..finding
        },
    })
}
