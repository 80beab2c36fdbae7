//! What `check` tells of values, with an identity: too old, or known to somebody who is out.

use zeroize::Zeroizing;

use crate::check::{Finding, Gravity};
use crate::commands::session::Session;
use crate::commands::status::{INCOMPLETE, now, seen, still_kept};
use crate::error::Error;
use crate::identity::{Identities, Passphrase};
use crate::name::{EnvName, KeyName};
use crate::project::Project;
use crate::rotate::{Findings, History};
use crate::words;

/// A check asks for no passphrase: what needs one is not looked at.
struct Nobody;

impl Passphrase for Nobody {
    fn ask(&self, _: &str) -> Option<Zeroizing<String>> {
        None
    }

    fn wrong(&self, _: &str) {}
}

/// Looks at the values of each file that an identity opens; the rest is named in one note.
pub fn values<'p>(
    project: &Project,
    environments: impl Iterator<Item = &'p EnvName>,
    session: &Session<'_>,
) -> Result<Vec<Finding>, Error> {
    let mut identities = Identities::new(session.context, &Nobody);
    let (mut findings, mut unopened) = (Vec::new(), Vec::new());
    for environment in environments {
        let Some(file) = session.read(project, environment)? else { continue };
        let lines: Vec<(KeyName, usize)> =
            file.entries().map(|entry| (entry.name.clone(), entry.line)).collect();
        let Ok(data_key) = identities.data_key(file.wrapped_keys()) else {
            unopened.push(environment.to_string());
            continue;
        };
        // What is wrong with the file itself is said by what opens it.
        let Ok(open) = file.open(data_key, &project.binding(environment)) else { continue };
        let history = History::load(project, environment, &open, &mut identities);
        let finding = |kind, key: Option<&KeyName>, message, fix| Finding {
            gravity: Gravity::Warning,
            kind,
            environment: environment.clone(),
            key: key.cloned(),
            message,
            place: key.and_then(|key| {
                let (_, line) = lines.iter().find(|(name, _)| name == key)?;
                Some(crate::place::Place { path: project.sealed_file(environment), line: *line, column: 1 })
            }),
            fix: Some(fix),
        };
        if history.is_incomplete {
            session.ui.warning(format!("{environment}: {INCOMPLETE}"));
        }
        let found = Findings::new(project, &open, &history, now());
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
    }
    if !unopened.is_empty() {
        session.ui.note(format!(
            "{}: no identity of yours opens it, so the age and exposure of its values are unknown",
            words::list(&unopened)
        ));
    }
    Ok(findings)
}
