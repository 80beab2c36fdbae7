//! Everything that is found, the most severe first, and what could not be looked at.

use std::path::Path;

use super::beside::{Known, beside};
use super::finding::merged;
use super::half_merged::half_merged;
use super::history::history;
use super::lint::{lints, lints_of_variables};
use super::readable::readable;
use super::together::{OfVariable, together};
use super::tracked::{hook, tracked};
use super::variables::Shell;
use super::{Composed, Defect, Finding, Fix, Kind, config, names, shared, values};
use crate::listed::listed;
use crate::name::EnvName;
use crate::place::Place;
use crate::project::{Environment, Project};
use crate::rotate::History;
use crate::sealed::{OpenFile, SealedFile};

listed! {
    /// Why the values of an environment were not looked at.
    pub(crate) enum Unread {
        /// Only names were asked for.
        NamesOnly = "names-only",
        /// There is no file.
        NoFile = "no-file",
        /// The file is not in order, as a finding says.
        Broken = "broken-file",
        /// An identity is behind a passphrase, which was not asked for.
        Passphrase = "passphrase",
        /// No identity of this person opens it.
        NoIdentity = "no-identity",
    }
}

/// Why a file was not opened.
pub(crate) enum Unopened {
    /// No identity does, for this reason.
    Unread(Unread),
    /// The file is not in order: what is wrong, where in it, and what mends it.
    Broken { message: String, line: usize, fix: Fix },
}

/// Who opens sealed files for a check. Nothing here looks for an identity by itself.
pub(crate) trait Opener {
    /// The file of an environment, opened.
    fn open(&mut self, environment: &EnvName, file: &SealedFile) -> Result<OpenFile, Unopened>;
    /// What git has of it.
    fn history(&mut self, environment: &EnvName, open: &OpenFile) -> History;
}

/// What a check has seen.
pub(crate) struct Checked<'a> {
    /// The environments that were asked for, with their files.
    pub files: Vec<(&'a Environment, Option<SealedFile>)>,
    /// The most severe first.
    pub findings: Vec<Finding>,
    /// Environments whose values were not looked at, and why.
    pub unread: Vec<(&'a EnvName, Unread)>,
    /// Environments of whose history this clone has only a part.
    pub incomplete: Vec<&'a EnvName>,
}

/// Looks at the files of some environments; at their values where somebody opens them. Commands that are
/// proposed are started in `directory`; `shell` knows what is exported.
pub(crate) fn collect<'a>(
    project: &'a Project,
    files: Vec<(&'a Environment, Option<SealedFile>)>,
    opener: Option<&mut dyn Opener>,
    directory: &Path,
    shell: &Shell<'_>,
) -> Checked<'a> {
    let mut collection = Collection::default();
    for (environment, file) in &files {
        collection.look_at_names(project, environment, file.as_ref(), shell);
    }
    if let Some(opener) = opener {
        collection.look_at_values(project, &files, opener);
    } else {
        let names = files.iter().filter(|(_, file)| file.is_some()).map(|(environment, _)| &environment.name);
        collection.unread = names.map(|name| (name, Unread::NamesOnly)).collect();
    }
    for (environment, file) in &files {
        let open = collection.opened.iter().find(|(known, _)| known.name == environment.name);
        let known = Known { environment, file: file.as_ref(), open: open.map(|(_, open)| open) };
        let found = beside(project, &known, directory);
        collection.findings.extend(found);
    }
    let findings = collection.sorted(project, &files);
    let Collection { mut unread, incomplete, .. } = collection;
    let without = files.iter().filter(|(_, file)| file.is_none());
    unread.extend(without.map(|(environment, _)| (&environment.name, Unread::NoFile)));
    Checked { files, findings, unread, incomplete }
}

#[derive(Default)]
struct Collection<'a> {
    findings: Vec<Finding>,
    of_variables: Vec<OfVariable>,
    opened: Vec<(&'a Environment, OpenFile)>,
    unread: Vec<(&'a EnvName, Unread)>,
    incomplete: Vec<&'a EnvName>,
}

impl<'a> Collection<'a> {
    fn look_at_names(
        &mut self,
        project: &Project,
        environment: &Environment,
        file: Option<&SealedFile>,
        shell: &Shell<'_>,
    ) {
        let mut found = names(project, &environment.name, file);
        found.extend(file.and_then(|file| half_merged(project, &environment.name, file)));
        found.extend(file.into_iter().flat_map(|file| readable(project, &environment.name, file)));
        found.extend(tracked(project, environment));
        found.extend(hook(project, environment));
        let composed = Composed::load(project, environment, file, shell);
        if let Some(composed) = &composed {
            let lacking = [Kind::Defect(Defect::Missing), Kind::Defect(Defect::Empty)];
            let lacking = found.iter_mut().filter(|finding| lacking.contains(&finding.kind));
            lacking.for_each(|finding| composed.add_reader(finding, project));
            found.extend(composed.findings(project));
            found.extend(lints(project, composed));
            self.of_variables.extend(lints_of_variables(project, composed));
        }
        self.findings.append(&mut found);
    }

    fn look_at_values(
        &mut self,
        project: &'a Project,
        files: &[(&'a Environment, Option<SealedFile>)],
        opener: &mut dyn Opener,
    ) {
        for (environment, file) in files {
            let Some(file) = file else { continue };
            let name = &environment.name;
            match opener.open(name, file) {
                Ok(open) => {
                    self.findings.extend(values(project, environment, &open));
                    let past = opener.history(name, &open);
                    self.findings.extend(history(project, name, (file, &open), &past));
                    self.incomplete.extend(past.is_incomplete.then_some(name));
                    self.opened.push((environment, open));
                }
                Err(Unopened::Broken { message, line, fix }) => {
                    let place = Place { path: project.sealed_file(name), line, column: 1 };
                    let finding = Finding::new(Defect::Integrity, name, message).at(place);
                    self.add_broken(Finding { fix, ..finding });
                    self.unread.push((name, Unread::Broken));
                }
                Err(Unopened::Unread(why)) => {
                    // Config is readable by everybody.
                    self.findings.extend(config(project, environment, file));
                    self.unread.push((name, why));
                }
            }
        }
        self.findings.extend(shared(project, &self.opened));
    }

    /// A file that was merged as text is broken for that reason, which says more.
    fn add_broken(&mut self, finding: Finding) {
        let is_known = self.findings.iter().any(|known| {
            known.kind == Kind::Defect(Defect::HalfMerged) && known.environments == finding.environments
        });
        if !is_known {
            self.findings.push(finding);
        }
    }

    /// Without what the project file expects, what is said several times said once, the most severe first.
    fn sorted(&mut self, project: &Project, files: &[(&'a Environment, Option<SealedFile>)]) -> Vec<Finding> {
        let mut found = std::mem::take(&mut self.findings);
        found.retain(|finding| {
            !is_expected(project, finding.kind, finding.key.as_ref().map(|key| key.as_str()))
        });
        self.of_variables.retain(|one| !is_expected(project, Kind::Lint(one.lint), Some(&one.variable)));
        found.extend(together(&self.of_variables));
        let mut found = merged(found);
        let position = |name: &EnvName| files.iter().position(|(environment, _)| environment.name == *name);
        found.sort_by_key(|finding| (finding.severity, finding.environments.iter().map(position).min()));
        found
    }
}

/// Switched off, everywhere or for the key.
fn is_expected(project: &Project, kind: Kind, key: Option<&str>) -> bool {
    let Kind::Lint(lint) = kind else { return false };
    let key = key.and_then(|key| project.key(key));
    project.lints_off.contains(&lint) || key.is_some_and(|key| key.allow.contains(&lint))
}
