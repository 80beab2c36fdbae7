//! Everything that is found, the gravest first, and what could not be looked at.

use std::path::{Path, PathBuf};

use super::history;
use crate::check::{self, Composed, Finding, Gravity, lints, names, plaintext_beside};
use crate::cli;
use crate::desk::{NoPassphrase, Session};
use crate::error::{self, Error};
use crate::file;
use crate::git;
use crate::identity::{Identities, Outcome, Passphrase, UnlockError};
use crate::place::Place;
use crate::project::{Environment, Project};
use crate::sealed::{self, OpenFile, SealedFile};

/// What `check` has seen.
pub(super) struct Checked<'a> {
    /// The environments that were asked for, with their files.
    pub files: Vec<(&'a Environment, Option<SealedFile>)>,
    /// The gravest first.
    pub findings: Vec<Finding>,
    /// Environments whose values were not looked at, and why.
    pub unread: Vec<(&'a Environment, &'static str)>,
}

impl<'a> Checked<'a> {
    pub(super) fn new(
        project: &'a Project,
        environments: &[&'a Environment],
        arguments: &cli::Check,
        session: &Session<'_>,
    ) -> Result<Self, Error> {
        let mut files = Vec::new();
        for environment in environments {
            files.push((*environment, session.read(project, &environment.name)?));
        }
        let mut checked = Self { files, findings: Vec::new(), unread: Vec::new() };
        checked.look_at_names(project);
        if arguments.names {
            checked.unread = checked.files.iter().map(|(environment, _)| (*environment, "--names")).collect();
        } else {
            let passphrase: &dyn Passphrase = if arguments.unlock { session.ui } else { &NoPassphrase };
            checked.look_at_values(project, &mut Identities::new(session.context, passphrase), session);
        }
        checked.findings.retain(|finding| !is_expected(project, finding));
        let order = |finding: &Finding| environments.iter().position(|e| e.name == finding.environment);
        checked.findings.sort_by_key(|finding| (finding.gravity, order(finding)));
        Ok(checked)
    }

    fn look_at_names(&mut self, project: &Project) {
        for (environment, file) in &self.files {
            let mut found = names(project, &environment.name, file.as_ref());
            found.extend(file.as_ref().and_then(|file| half_merged(project, environment, file)));
            let composed = Composed::load(project, environment, file.as_ref());
            if let Some(composed) = &composed {
                let lacking = found.iter_mut().filter(|finding| ["missing", "empty"].contains(&finding.kind));
                lacking.for_each(|finding| composed.add_reader(finding, project));
            }
            self.findings.append(&mut found);
            let Some(composed) = composed else { continue };
            self.findings.extend(composed.findings(project));
            self.findings.extend(lints(project, &composed));
            self.findings.extend(plaintext_beside(project, &composed, &folders(project, environment)));
        }
    }

    fn look_at_values(
        &mut self,
        project: &'a Project,
        identities: &mut Identities<'_>,
        session: &Session<'_>,
    ) {
        let mut opened: Vec<(&Environment, OpenFile)> = Vec::new();
        for (environment, file) in &self.files {
            let Some(file) = file else { continue };
            match open(project, environment, file, identities, session) {
                Ok(open) => {
                    self.findings.extend(check::values(project, environment, &open));
                    let pair = (file, &open);
                    self.findings.extend(history::values(
                        project,
                        &environment.name,
                        pair,
                        identities,
                        session,
                    ));
                    opened.push((environment, open));
                }
                Err(Unopened::Finding(finding)) => {
                    let known = |known: &Finding| {
                        known.kind == "half-merged" && known.environment == environment.name
                    };
                    if !self.findings.iter().any(known) {
                        self.findings.push(finding);
                    }
                    self.unread.push((environment, "the file is not in order"));
                }
                Err(Unopened::NoIdentity(why)) => {
                    // Config is readable by everybody.
                    self.findings.extend(check::config(project, environment, file));
                    self.unread.push((environment, why));
                }
            }
        }
        self.findings.extend(check::shared(project, &opened));
    }
}

enum Unopened {
    NoIdentity(&'static str),
    Finding(Finding),
}

fn open(
    project: &Project,
    environment: &Environment,
    file: &SealedFile,
    identities: &mut Identities<'_>,
    session: &Session<'_>,
) -> Result<OpenFile, Unopened> {
    let name = &environment.name;
    let shown = session.shown(project, name);
    let broken = |error: Error, fix| {
        let path = project.sealed_file(name);
        let place = error
            .place
            .map_or(Place { path: path.clone(), line: 1, column: 1 }, |(place, _)| Place { path, ..place });
        Unopened::Finding(Finding {
            gravity: Gravity::Error,
            kind: "integrity",
            environment: name.clone(),
            key: None,
            message: error.message,
            place: Some(place),
            fix,
        })
    };
    let data_key = match identities.data_key(file.wrapped_keys()) {
        Ok(data_key) => data_key,
        Err(error @ UnlockError::Damaged { .. }) => {
            return Err(broken(error::unlock(&error, &shown, name, project), None));
        }
        Err(UnlockError::NoIdentity(account)) => {
            let passphrase =
                |outcome: &Outcome| matches!(outcome, Outcome::Problem(text) if text.contains("passphrase"));
            let locked = account.looked.iter().any(|looked| passphrase(&looked.outcome));
            return Err(Unopened::NoIdentity(match locked {
                true => "your identity is behind a passphrase (--unlock)",
                false => "none of your identities opens it",
            }));
        }
    };
    file.clone().open(data_key, &project.binding(name)).map_err(|error| {
        let is_seal = matches!(error, sealed::Error::SealMissing | sealed::Error::SealStale);
        broken(error::sealed(&error, &shown, name), is_seal.then(|| format!("senex-env seal -e {name}")))
    })
}

/// Switched off, everywhere or for the key.
fn is_expected(project: &Project, finding: &Finding) -> bool {
    let off = |names: &[String]| names.iter().any(|name| name == finding.kind);
    let key = finding.key.as_ref().and_then(|key| project.key(key.as_str()));
    off(&project.lints_off) || key.is_some_and(|key| off(&key.allow))
}

/// Where a plaintext env file would be read from: the root, and the folders of the compose files.
fn folders(project: &Project, environment: &Environment) -> Vec<PathBuf> {
    let mut folders = vec![project.root.clone()];
    for path in &environment.compose {
        let folder = project.root.join(path).parent().map(Path::to_owned);
        folders.extend(folder.filter(|folder| !folders.contains(folder)));
    }
    folders
}

/// A file that holds lines of one version under the checksum of another, as a merge of its text leaves it.
/// Seen without an identity: a checksum is never made twice.
fn half_merged(project: &Project, environment: &Environment, file: &SealedFile) -> Option<Finding> {
    const MOST_COMMITS: usize = 1000;
    let path = project.sealed_file(&environment.name);
    let bytes = file::read_regular(&path, sealed::LARGEST).ok()?;
    let found = git::versions_everywhere(&path, MOST_COMMITS, &mut |version| {
        *version != **bytes && SealedFile::parse(version).is_ok_and(|version| file.has_mac_of(&version))
    });
    found.unwrap_or(false).then(|| Finding {
        gravity: Gravity::Error,
        kind: "half-merged",
        environment: environment.name.clone(),
        key: None,
        message: "the file was merged as text and not sealed again, so nothing can use it".to_owned(),
        place: Some(Place { path, line: 1, column: 1 }),
        fix: Some(format!("senex-env seal -e {}", environment.name)),
    })
}
