//! What the compose files of an environment ask for, against what its sealed file has. Names only.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use super::together::OfVariable;
use super::variables::{Shell, Variables};
use super::{Defect, Finding, Kind, Severity};
use crate::compose::model::{
    EnvFileReference, LoadError, LoadErrorKind, ProblemKind, Project as Compose, Request, Requirement, Use,
};
use crate::compose::{Tool, is_of_the_machine};
use crate::file;
use crate::name::{EnvName, KeyName};
use crate::place::Place;
use crate::plaintext::{Reader, file_values};
use crate::project::{Environment, Lint, Project};
use crate::sealed::SealedFile;
use crate::suggest;

/// The compose project of one environment, as each tool reads it, and the keys it is given.
pub(crate) struct Composed {
    /// Which environment.
    pub environment: EnvName,
    /// Key → whether its value is empty.
    pub keys: BTreeMap<String, bool>,
    /// Keys that a service gets in the place of a plaintext file.
    handed_on: BTreeSet<String>,
    /// Whether the project file says which tools it uses. Else what one of the two refuses is a warning:
    /// the other one may be the project's.
    are_tools_named: bool,
    /// As each tool loads it.
    loaded: Vec<Loaded>,
}

/// The compose project as one tool reads it.
struct Loaded {
    tool: Tool,
    result: Result<Compose, LoadError>,
    /// Variable → whether it is empty. One that is not among them has no value.
    given: BTreeMap<String, bool>,
}

impl Composed {
    /// Loads the compose files of an environment, as each tool of the project does; `None` when it lists none.
    pub(crate) fn load(
        project: &Project,
        environment: &Environment,
        file: Option<&SealedFile>,
        shell: &Shell<'_>,
    ) -> Option<Self> {
        let files: Vec<PathBuf> = environment.compose.iter().map(|path| project.root.join(path)).collect();
        let first = files.first()?;
        let tools = project.tools.as_deref().unwrap_or(&Tool::ALL);
        let load = |tool: &Tool| {
            let variables = Variables::new(*tool, &project.root, first, file);
            let result = Compose::load(&Request {
                tool: *tool,
                files: &files,
                bounds: &[project.repository().to_owned()],
                project_directory: None,
                project_name: None,
                lookup: &|name| variables.get(name, shell),
                is_stand_in: &|name| variables.is_stand_in(name, shell),
                env_file: &|path| file_values(Reader::Compose, path),
            });
            let used = result.iter().flat_map(|compose| &compose.uses).map(|use_| &use_.variable);
            let given = used.filter_map(|name| Some((name.clone(), variables.get(name, shell)?.is_empty())));
            Loaded { tool: *tool, given: given.collect(), result }
        };
        let keys = file.into_iter().flat_map(SealedFile::entries);
        let keys = keys.map(|entry| (entry.name.to_string(), entry.is_empty)).collect();
        let loaded: Vec<Loaded> = tools.iter().map(load).collect();
        Some(Self {
            environment: environment.name.clone(),
            handed_on: handed_on(project, environment, &loaded, &keys),
            keys,
            are_tools_named: project.tools.is_some(),
            loaded,
        })
    }

    /// The projects that could be loaded.
    pub(crate) fn projects(&self) -> impl Iterator<Item = (Tool, &Compose)> {
        self.loaded.iter().filter_map(|loaded| Some((loaded.tool, loaded.result.as_ref().ok()?)))
    }

    /// How severe it is that these tools stop.
    fn severity(&self, tools: &[Tool]) -> Severity {
        let all = self.are_tools_named || tools.len() == self.loaded.len();
        if all { Severity::Error } else { Severity::Warning }
    }

    /// Everything but the lints.
    pub(crate) fn findings(&self, project: &Project) -> Vec<Finding> {
        let mut findings = self.stops(project);
        findings.extend(self.unmet(project));
        findings.extend(self.lacking_env_files(project));
        findings
    }

    /// What the tools stop at: files that they do not load, and what they find wrong in them. What both stop
    /// at is told once.
    fn stops(&self, project: &Project) -> Vec<Finding> {
        // With the number of each, for their order.
        let mut stops: HashMap<(Defect, Place, String), (usize, Vec<Tool>)> = HashMap::new();
        let mut note = |kind, place: Place, what: String, tool| {
            let number = stops.len();
            stops.entry((kind, place, what)).or_insert((number, Vec::new())).1.push(tool);
        };
        for Loaded { tool, result, .. } in &self.loaded {
            match result {
                Err(error) => {
                    note(Defect::ComposeLoad, error_place(error), not_loaded(error, project), *tool);
                }
                Ok(compose) => {
                    // What is missing is told once, with everything that asks for it; the other is a lint.
                    let told = |kind: &ProblemKind| {
                        matches!(kind, ProblemKind::Missing { .. } | ProblemKind::ContainerName)
                    };
                    for problem in compose.problems.iter().filter(|problem| !told(&problem.kind)) {
                        let at = place(compose, problem.place);
                        note(Defect::ComposeMalformed, at, problem.kind.to_string(), *tool);
                    }
                }
            }
        }
        let mut stops: Vec<_> = stops.into_iter().collect();
        stops.sort_by_key(|(_, (number, _))| *number);
        let finding = |((kind, place, what), (_, tools)): ((Defect, Place, String), (usize, Vec<Tool>))| {
            let message = format!("{} here: {what}", stop(&tools));
            Finding::new(kind, &self.environment, message).severity(self.severity(&tools)).at(place)
        };
        stops.into_iter().map(finding).collect()
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
        let mut asked: BTreeMap<&str, Asked<'_>> = BTreeMap::new();
        for Loaded { tool, result, given } in &self.loaded {
            let Ok(compose) = result else { continue };
            let mut stops = BTreeSet::new();
            for use_ in compose.uses.iter().filter(|use_| given.get(&use_.variable) != Some(&false)) {
                let requirement = use_.requirement();
                let empty = given.contains_key(&use_.variable);
                let new = || Asked { requirement, empty, compose, use_, stops: Vec::new() };
                let asked = asked.entry(&use_.variable).or_insert_with(new);
                if requirement > asked.requirement {
                    *asked = Asked { stops: std::mem::take(&mut asked.stops), ..new() };
                }
                if requirement == Requirement::Required && stops.insert(&use_.variable) {
                    asked.stops.push(*tool);
                }
            }
        }
        // Missing by the schema already: said once, with the place in the project file.
        let told =
            |variable: &str| project.key(variable).is_some_and(|key| key.required_in(&self.environment));
        asked.retain(|variable, _| !told(variable));
        asked.iter().filter_map(|(variable, asked)| self.asked_for(variable, asked, project)).collect()
    }

    fn asked_for(&self, variable: &str, asked: &Asked<'_>, project: &Project) -> Option<Finding> {
        let by = asked.use_.service.as_ref().map_or(String::new(), |service| format!(" by `{service}`"));
        let state = if asked.empty { "empty" } else { "not set" };
        let kind: Kind = match asked.requirement {
            Requirement::Required => Defect::ComposeRequired.into(),
            Requirement::Read if !asked.empty => Lint::ComposeBlank.into(),
            Requirement::Read | Requirement::Optional | Requirement::Unused => return None,
        };
        let (severity, message) = match asked.requirement {
            Requirement::Required => (
                self.severity(&asked.stops),
                format!("`{variable}` is required{by}, and {state}: {}", stop(&asked.stops)),
            ),
            _ => (kind.severity(), format!("`{variable}` is read{by}, and {state}: it would be empty")),
        };
        let near = || {
            let known = self.keys.keys().map(String::as_str).chain(project.key_names().map(KeyName::as_str));
            suggest::nearest(variable, known)
        };
        let finding =
            |more: String| Finding::new(kind, &self.environment, message + &more).severity(severity);
        let finding = if is_of_the_machine(variable) {
            finding("; the shell must export it".to_owned()).advice(format!("export `{variable}`"))
        } else if let Some(near) = near() {
            finding(format!("; did you mean `{near}`?"))
                .advice(format!("write `{near}` in the compose file, or declare `{variable}`"))
        } else {
            finding(String::new()).command(format!("senex-env set -e {} {variable}", self.environment))
        };
        let finding = finding.at(place(asked.compose, asked.use_.place));
        Some(Finding { key: KeyName::new(variable).ok(), ..finding })
    }

    /// Files of `env_file:` that do not exist: the tools stop.
    fn lacking_env_files(&self, project: &Project) -> Vec<Finding> {
        let environment = project.environment(self.environment.as_str());
        let is_served = |path: &Path| {
            let mut replaces = environment.into_iter().flat_map(|environment| &environment.replaces);
            replaces.any(|replaced| replaced.is_file(&project.root, path))
        };
        let mut lacking: BTreeMap<(Place, String), Vec<Tool>> = BTreeMap::new();
        for (tool, compose) in self.projects() {
            let folder = compose.files.first().and_then(|file| file.parent()).unwrap_or(&project.root);
            for service in &compose.services {
                let lacks = |file: &&EnvFileReference| {
                    let path = folder.join(&file.path);
                    file.required && file.is_known && !path.exists() && !is_served(&path)
                };
                for file in service.env_files.iter().filter(lacks) {
                    let path = file::relative(&file.path, &project.root);
                    let what = format!(
                        "`{}` reads {} (`env_file:`), which does not exist",
                        service.name,
                        path.display()
                    );
                    lacking.entry((place(compose, file.place), what)).or_default().push(tool);
                }
            }
        }
        let finding = |((place, what), tools): ((Place, String), Vec<Tool>)| {
            let message = format!("{what}: {}", stop(&tools));
            let finding = Finding::new(Defect::ComposeEnvFile, &self.environment, message);
            finding.severity(self.severity(&tools)).at(place)
        };
        lacking.into_iter().map(finding).collect()
    }

    /// Keys of the file that no compose file reads.
    pub(crate) fn unused(&self) -> Vec<OfVariable> {
        let read: BTreeSet<&str> = self
            .projects()
            .flat_map(|(_, compose)| compose.uses.iter().map(|use_| use_.variable.as_str()))
            .collect();
        if read.is_empty() && self.handed_on.is_empty() {
            return Vec::new();
        }
        let is_used =
            |key: &str| read.contains(key) || self.handed_on.contains(key) || is_of_the_machine(key);
        let unused = self.keys.keys().filter(|key| !is_used(key));
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

/// Keys that `run` hands to services that read a file which the environment replaces.
fn handed_on(
    project: &Project,
    environment: &Environment,
    loaded: &[Loaded],
    keys: &BTreeMap<String, bool>,
) -> BTreeSet<String> {
    let mut handed_on = BTreeSet::new();
    for compose in loaded.iter().filter_map(|loaded| loaded.result.as_ref().ok()) {
        let folder = compose.files.first().and_then(|file| file.parent()).unwrap_or(&project.root);
        let files = compose.services.iter().flat_map(|service| &service.env_files);
        for path in files.map(|file| folder.join(&file.path)) {
            let replaced = environment.replaces.iter().filter(|known| known.is_file(&project.root, &path));
            for replaced in replaced {
                match &replaced.keys {
                    None => handed_on.extend(keys.keys().cloned()),
                    Some(names) => handed_on.extend(names.iter().map(ToString::to_string)),
                }
            }
        }
    }
    handed_on
}

/// What asks for a variable that has no value: the use that asks most, and the tools that stop.
struct Asked<'c> {
    requirement: Requirement,
    empty: bool,
    compose: &'c Compose,
    use_: &'c Use,
    stops: Vec<Tool>,
}

fn error_place(error: &LoadError) -> Place {
    let (line, column) = error.place.map_or((1, 1), |place| (place.line, place.column));
    Place { path: error.path.clone(), line, column }
}

fn not_loaded(error: &LoadError, project: &Project) -> String {
    match &error.kind {
        LoadErrorKind::Merge { earlier: (path, line, column) } => {
            let path = file::relative(path, &project.root);
            let path = path.display();
            format!("it cannot merge this with {path}:{line}:{column}, which has a different type; quote it")
        }
        kind => kind.to_string(),
    }
}

/// `docker compose stops`, `docker compose and podman-compose stop`.
fn stop(tools: &[Tool]) -> String {
    let names: Vec<&str> = tools.iter().map(|tool| tool.as_str()).collect();
    format!("{} {}", names.join(" and "), if names.len() == 1 { "stops" } else { "stop" })
}

/// A place of the compose model, with its file.
pub(super) fn place(compose: &Compose, place: crate::compose::Place) -> Place {
    Place { path: compose.path(place).to_owned(), line: place.line, column: place.column }
}
