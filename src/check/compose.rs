//! What the compose files of an environment ask for, against what its sealed file has. Names only.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::together::OfVariable;
use super::{Defect, Finding, Kind};
use crate::compose::Tool;
use crate::compose::model::{
    LoadError, LoadErrorKind, ProblemKind, Project as Compose, Request, Requirement, Use,
};
use crate::file;
use crate::name::{EnvName, KeyName};
use crate::place::Place;
use crate::project::{Environment, Lint, Project};
use crate::sealed::SealedFile;
use crate::suggest;

/// The compose project of one environment, as each tool reads it, and the keys it is given.
pub(crate) struct Composed {
    /// Which environment.
    pub environment: EnvName,
    /// Key → whether its value is empty.
    pub keys: BTreeMap<String, bool>,
    /// As each tool loads it.
    pub loaded: Vec<(Tool, Result<Compose, LoadError>)>,
}

impl Composed {
    /// Loads the compose files of an environment; `None` when it lists none.
    pub(crate) fn load(
        project: &Project,
        environment: &Environment,
        file: Option<&SealedFile>,
    ) -> Option<Self> {
        if environment.compose.is_empty() {
            return None;
        }
        let files: Vec<PathBuf> = environment.compose.iter().map(|path| project.root.join(path)).collect();
        let keys: BTreeMap<String, bool> = file
            .into_iter()
            .flat_map(SealedFile::entries)
            .map(|entry| (entry.name.to_string(), entry.is_empty))
            .collect();
        let lookup = |name: &str| keys.get(name).map(|is_empty| if *is_empty { "" } else { "set" });
        // The `.env` of an included project is read by compose itself; here it only adds values.
        let nothing = |_: &Path| Ok(BTreeMap::<String, Zeroizing<String>>::new());
        let load = |tool| {
            Compose::load(&Request {
                tool,
                files: &files,
                project_directory: None,
                project_name: None,
                lookup: &lookup,
                names_only: true,
                env_file: &nothing,
            })
        };
        let loaded = Tool::ALL.map(|tool| (tool, load(tool))).into();
        Some(Self { environment: environment.name.clone(), keys, loaded })
    }

    /// The projects that could be loaded.
    pub(crate) fn projects(&self) -> impl Iterator<Item = (Tool, &Compose)> {
        self.loaded.iter().filter_map(|(tool, loaded)| Some((*tool, loaded.as_ref().ok()?)))
    }

    /// Everything but the lints.
    pub(crate) fn findings(&self, project: &Project) -> Vec<Finding> {
        let mut findings = Vec::new();
        for (_, loaded) in &self.loaded {
            if let Err(error) = loaded {
                findings.push(self.not_loaded(error, project));
            }
        }
        findings.extend(self.malformed());
        findings.extend(self.unmet(project));
        findings.extend(self.lacking_env_files(project));
        findings
    }

    fn not_loaded(&self, error: &LoadError, project: &Project) -> Finding {
        let place = error.place.map(|place| Place {
            path: error.path.clone(),
            line: place.line,
            column: place.column,
        });
        let place = place.or_else(|| Some(Place { path: error.path.clone(), line: 1, column: 1 }));
        let message = match &error.kind {
            LoadErrorKind::Merge { tool, earlier: (path, line, column) } => format!(
                "{tool} cannot merge this with {}:{line}:{column}, which is of another type; quote it",
                file::relative(path, &project.root).display()
            ),
            kind => kind.to_string(),
        };
        Finding::new(Defect::ComposeLoad, &self.environment, message).at(place)
    }

    fn malformed(&self) -> Vec<Finding> {
        let mut seen = BTreeSet::new();
        let mut findings = Vec::new();
        for (tool, compose) in self.projects() {
            for problem in &compose.problems {
                // What is missing is told once, with everything that asks for it; the other is a lint.
                if matches!(problem.kind, ProblemKind::Missing { .. } | ProblemKind::ContainerName) {
                    continue;
                }
                let place = place(compose, problem.place);
                if seen.insert(place.clone()) {
                    let message = format!("{tool} stops here: {}", problem.kind);
                    let finding = Finding::new(Defect::ComposeMalformed, &self.environment, message);
                    findings.push(finding.at(place));
                }
            }
        }
        findings
    }

    /// Says of a key that has no value who reads it, and where.
    pub(crate) fn add_reader(&self, finding: &mut Finding, project: &Project) {
        let Some(key) = &finding.key else { return };
        let uses =
            self.projects().flat_map(|(_, compose)| compose.uses.iter().map(move |use_| (compose, use_)));
        let reads = uses.filter(|(_, use_)| use_.variable == key.as_str());
        let Some((compose, use_)) =
            reads.min_by_key(|(_, use_)| Reverse((use_.requirement(), use_.survives)))
        else {
            return;
        };
        let place = place(compose, use_.place);
        let path = file::relative(&place.path, &project.root);
        let by =
            use_.service.as_ref().map_or("it is read".to_owned(), |service| format!("`{service}` reads it"));
        finding.message.push_str(&format!("; {by} at {}:{}:{}", path.display(), place.line, place.column));
    }

    /// Variables that the files read and nothing gives a value to.
    fn unmet(&self, project: &Project) -> Vec<Finding> {
        let mut asked: BTreeMap<&str, (Requirement, Tool, &Compose, &Use)> = BTreeMap::new();
        for (tool, compose) in self.projects() {
            for use_ in &compose.uses {
                let requirement = use_.requirement();
                let graver = asked.get(use_.variable.as_str()).is_none_or(|(known, ..)| requirement > *known);
                if graver {
                    asked.insert(&use_.variable, (requirement, tool, compose, use_));
                }
            }
        }
        let mut findings = Vec::new();
        for (variable, (requirement, tool, compose, use_)) in asked {
            let empty = match self.keys.get(variable) {
                Some(false) => continue,
                Some(true) => true,
                None => false,
            };
            // Missing by the schema already: said once, with the place in the project file.
            if project.key(variable).is_some_and(|key| key.required_in(&self.environment)) {
                continue;
            }
            let by = use_.service.as_ref().map_or(String::new(), |service| format!(" by `{service}`"));
            let state = if empty { "empty" } else { "not set" };
            let (kind, message): (Kind, String) = match requirement {
                Requirement::Required => (
                    Defect::ComposeRequired.into(),
                    format!("`{variable}` is required{by}, and {state}: {tool} stops"),
                ),
                Requirement::Read if !empty => (
                    Lint::ComposeBlank.into(),
                    format!("`{variable}` is read{by}, and {state}: it would be empty"),
                ),
                Requirement::Read | Requirement::Optional | Requirement::Unused => continue,
            };
            let known = self.keys.keys().map(String::as_str).chain(project.key_names().map(KeyName::as_str));
            let finding = match suggest::nearest(variable, known) {
                Some(near) => {
                    let message = format!("{message}; did you mean `{near}`?");
                    Finding::new(kind, &self.environment, message)
                        .advice(format!("write `{near}` in the compose file, or declare `{variable}`"))
                }
                None => Finding::new(kind, &self.environment, message)
                    .command(format!("senex-env set -e {} {variable}", self.environment)),
            };
            let finding = finding.at(place(compose, use_.place));
            findings.push(Finding { key: KeyName::new(variable).ok(), ..finding });
        }
        findings
    }

    /// Files of `env_file:` that do not exist: compose stops.
    fn lacking_env_files(&self, project: &Project) -> Vec<Finding> {
        let Some((_, compose)) = self.projects().next() else { return Vec::new() };
        let folder = compose.files.first().and_then(|file| file.parent()).unwrap_or(&project.root);
        let mut findings = Vec::new();
        for service in &compose.services {
            for file in
                service.env_files.iter().filter(|file| file.required && !folder.join(&file.path).exists())
            {
                let message = format!(
                    "`{}` reads {} (`env_file:`), which does not exist: compose stops",
                    service.name,
                    file.path.display()
                );
                let finding = Finding::new(Defect::ComposeEnvFile, &self.environment, message);
                findings.push(finding.at(place(compose, file.place)));
            }
        }
        findings
    }

    /// Keys of the file that no compose file reads.
    pub(crate) fn unused(&self) -> Vec<OfVariable> {
        let read: BTreeSet<&str> = self
            .projects()
            .flat_map(|(_, compose)| compose.uses.iter().map(|use_| use_.variable.as_str()))
            .collect();
        if read.is_empty() {
            return Vec::new();
        }
        let unused = self.keys.keys().filter(|key| !read.contains(key.as_str()));
        unused
            .map(|key| OfVariable {
                lint: Lint::ComposeUnused,
                environment: self.environment.clone(),
                variable: key.clone(),
                place: None,
                told: |names| format!("no compose file of the environment reads {names}"),
            })
            .collect()
    }
}

/// A place of the compose model, with its file.
pub(super) fn place(compose: &Compose, place: crate::compose::Place) -> Place {
    Place { path: compose.path(place).to_owned(), line: place.line, column: place.column }
}
