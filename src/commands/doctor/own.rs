//! The person at this machine: identities, and what they open.

use std::path::PathBuf;

use super::Line;
use crate::desk::{At, Session};
use crate::error::describe;
use crate::file;
use crate::identity::{self, Outcome};
use crate::project::Project;
use crate::recipient::Recipient;
use crate::words;

/// Where identities are, whether others could read them, and which environments they open.
pub(super) fn identities(project: Option<&Project>, session: &Session<'_>, lines: &mut Vec<Line>) {
    let mut identities = session.quiet_identities();
    let mut found = false;
    for looked in identities.look_everywhere() {
        match &looked.outcome {
            Outcome::Nothing(_) => {}
            Outcome::Identities(recipients) | Outcome::Locked(Some(recipients)) => {
                found = true;
                let short: Vec<String> = recipients.iter().map(Recipient::short).collect();
                lines.push(Line::ok("identity", format!("{} in {}", words::list(&short), looked.place)));
            }
            Outcome::Locked(None) => {
                found = true;
                lines.push(Line::ok("identity", format!("protected by a passphrase, in {}", looked.place)));
            }
            Outcome::StillLocked(_) | Outcome::Unusable(_) | Outcome::Problem(_) => {
                lines
                    .push(Line::note("identity", format!("{}: {}", looked.place, describe(&looked.outcome))));
            }
        }
    }
    if !found {
        let fix = match project {
            Some(_) => {
                "`senex-env join NAME` creates one and asks for access; `senex-env identity import FILE` imports one"
            }
            None => "`senex-env identity new` creates one; `senex-env identity import FILE` imports one",
        };
        lines.push(Line::problem("identity", "you have none", fix));
    }
    modes(session, lines);
    let Some(project) = project else { return };
    for environment in project.environments.iter().map(|environment| &environment.name) {
        let Ok(Some(file)) = At::new(session, project, environment).read() else { continue };
        lines.push(match identities.data_key(file.wrapped_keys()) {
            Ok(_) => Line::ok("access", format!("you can open {environment}")),
            Err(_) => {
                Line::note("access", format!("you cannot open {environment} without a prompt or a grant"))
            }
        });
    }
}

/// Identity files that others can read.
fn modes(session: &Session<'_>, lines: &mut Vec<Line>) {
    let context = session.context;
    let variables = ["SENEX_ENV_KEY_FILE", "SOPS_AGE_KEY_FILE", "SOPS_AGE_SSH_PRIVATE_KEY_FILE"];
    let mut files: Vec<PathBuf> =
        variables.iter().filter_map(|name| Some(context.directory.join(context.variable(name)?))).collect();
    files.extend(identity::default_file(context));
    files.extend(identity::sops_file(context));
    files.extend(context.home().map(|home| home.join(".ssh/id_ed25519")));
    for path in files {
        let Some(mode) = file::mode(&path).map(|mode| mode & 0o777) else { continue };
        if mode & 0o077 != 0 {
            let shown = context.shown(&path);
            let message = format!("{shown} has mode {mode:03o}: others can read it");
            lines.push(Line::problem("identity", message, format!("chmod 600 {shown}")));
        }
    }
}
