//! The compose model against the real tools: for every project, the variables that are required, read,
//! optional or unused are those that the tools show when each is left out, one at a time, and every
//! service gets the environment that they give it.

mod generated;
pub mod tools;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use senex_env::testing::compose::Tool;
use senex_env::testing::compose::interpolation::Operator;
use senex_env::testing::compose::model::{Form, Project, Request, Requirement, Use};
use zeroize::Zeroizing;

use tools::{Observed, Tools};

/// A compose project on disk, and the files that `-f` names.
pub struct Case {
    name: String,
    pub folder: tempfile::TempDir,
    pub files: Vec<PathBuf>,
}

impl Case {
    /// `text` holds files, each behind a line `--- name`. Those whose name begins with a digit are the
    /// project's, in this order; the others are there for them to find.
    pub fn new(name: &str, text: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder for the project");
        let mut files = Vec::new();
        for part in format!("\n{text}").split("\n--- ").skip(1) {
            let (file, content) = part.split_once('\n').expect("a file has a name");
            let path = folder.path().join(file);
            write(&path, content);
            if file.starts_with(|c: char| c.is_ascii_digit()) {
                files.push(path);
            }
        }
        Self { name: name.to_owned(), folder, files }
    }

    /// One file, to the letter.
    pub fn of_one_file(name: &str, text: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder for the project");
        let path = folder.path().join("0.yml");
        write(&path, text);
        Self { name: name.to_owned(), folder, files: vec![path] }
    }

    fn from_fixture(path: &Path) -> Self {
        let name = path.file_stem().expect("a name").to_string_lossy().replace('-', " ");
        Self::new(&name, &std::fs::read_to_string(path).expect("a fixture"))
    }

    fn strategy(files: &[&str]) -> Self {
        let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/strategy");
        let read = |name: &str| std::fs::read_to_string(fixtures.join(name)).expect("a fixture");
        let text = files.iter().enumerate().map(|(n, name)| format!("--- {n}.yml\n{}\n", read(name)));
        Self::new(&format!("the strategy's {}", files.join(" + ")), &text.collect::<String>())
    }

    /// Drops the lines that begin so.
    fn without(&mut self, beginning: &str) {
        self.name.push_str(" without some lines");
        for file in &self.files {
            let text = std::fs::read_to_string(file).expect("a file of the project");
            let kept =
                text.lines().filter(|line| !line.starts_with(beginning)).map(|line| format!("{line}\n"));
            write(file, &kept.collect::<String>());
        }
    }

    pub fn load(&self, tool: Tool, values: &BTreeMap<String, String>) -> Result<Project, String> {
        let lookup = |name: &str| values.get(name).map(String::as_str);
        let request = Request {
            tool,
            files: &self.files,
            bounds: &[],
            project_directory: None,
            project_name: Some("project"),
            lookup: &lookup,
            is_stand_in: &|_| false,
            env_file: &env_file,
        };
        Project::load(&request).map_err(|error| error.to_string())
    }
}

pub fn write(path: &Path, text: &str) {
    std::fs::create_dir_all(path.parent().expect("inside the project")).expect("a folder");
    let mut file = std::fs::File::create(path).expect("a file");
    std::io::Write::write_all(&mut file, text.as_bytes()).expect("its text");
}

/// The plainest of env files: what `include` finds in these cases.
fn env_file(path: &Path) -> std::io::Result<BTreeMap<String, Zeroizing<String>>> {
    let text = std::fs::read_to_string(path)?;
    let pairs = text.lines().filter_map(|line| line.split_once('='));
    Ok(pairs.map(|(name, value)| (name.to_owned(), Zeroizing::new(value.to_owned()))).collect())
}

/// A value that fits where a variable of this name stands.
fn value_of(name: &str) -> String {
    match name.rsplit_once('_').map(|(_, kind)| kind) {
        Some("N") => "3".to_owned(),
        Some("B") => "true".to_owned(),
        Some("PORT") => "8080".to_owned(),
        Some("FILE") => "base.yml".to_owned(),
        _ => format!("v{name}"),
    }
}

#[test]
fn strategy_files_match_the_real_tools() {
    let Some(mut tools) = Tools::find() else { return };
    let (base, dev, prod) = ("docker-compose.yml", "docker-compose.dev.yml", "docker-compose.prod.yml");
    let sets: [&[&str]; 3] = [&[base], &[base, dev], &[base, prod]];
    let mut cases: Vec<Case> = sets.iter().map(|files| Case::strategy(files)).collect();
    // Docker Compose refuses the production files for their container names; without those it goes on.
    let mut nameless = Case::strategy(&[base, prod]);
    nameless.without("    container_name:");
    cases.push(nameless);
    report(cases.iter().flat_map(|case| compare(&mut tools, case)).collect());
}

#[test]
fn grammar_and_merge_rules_match_the_real_tools() {
    let Some(mut tools) = Tools::find() else { return };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/compose");
    let entries = std::fs::read_dir(folder).expect("the fixtures");
    let mut all: Vec<Case> =
        entries.map(|entry| Case::from_fixture(&entry.expect("a file").path())).collect();
    all.sort_by(|a, b| a.name.cmp(&b.name));
    assert!(all.len() >= 100, "{} cases", all.len());
    report(all.iter().flat_map(|case| compare(&mut tools, case)).collect());
}

#[test]
fn generated_projects_match_the_real_tools() {
    let Some(mut tools) = Tools::find() else { return };
    let all: Vec<Case> = (0..60).map(generated::case).collect();
    report(all.iter().flat_map(|case| compare(&mut tools, case)).collect());
}

fn report(differences: Vec<String>) {
    assert!(differences.is_empty(), "{} differences:\n{}", differences.len(), differences.join("\n"));
}

/// Everything in which the model and the tools differ on a project.
fn compare(tools: &mut Tools, case: &Case) -> Vec<String> {
    let names: BTreeSet<String> = Tool::ALL.iter().flat_map(|tool| names(case, *tool)).collect();
    let values: BTreeMap<String, String> = names.iter().map(|name| (name.clone(), value_of(name))).collect();
    Tool::ALL.iter().flat_map(|tool| compare_with(tools, case, *tool, &values)).collect()
}

fn names(case: &Case, tool: Tool) -> Vec<String> {
    let project = case.load(tool, &BTreeMap::new());
    project.map(|p| p.uses.into_iter().map(|found| found.variable).collect()).unwrap_or_default()
}

fn compare_with(
    tools: &mut Tools,
    case: &Case,
    tool: Tool,
    values: &BTreeMap<String, String>,
) -> Vec<String> {
    let mut differences = Vec::new();
    let mut differ = |what: String| differences.push(format!("{} [{tool}]: {what}", case.name));

    let whole = tools.run(tool, case.folder.path(), &case.files, values);
    let model = case.load(tool, values);
    agree(&model, &whole, "with everything set", &mut differ);
    let (Ok(project), Ok(whole)) = (model, whole) else { return differences };
    if !project.problems.is_empty() {
        return differences;
    }
    let requirements = project.requirements();
    for name in values.keys() {
        let mut without = values.clone();
        without.remove(name);
        let seen = tools.run(tool, case.folder.path(), &case.files, &without);
        let model = case.load(tool, &without);
        agree(&model, &seen, &format!("without {name}"), &mut differ);
        let requirement = requirements.get(name.as_str()).copied().unwrap_or(Requirement::Unused);
        match (requirement, &seen) {
            (Requirement::Read | Requirement::Optional, Ok(_))
                if project.uses.iter().all(|u| u.variable != *name || is_out_of_sight(tool, u)) => {}
            // podman-compose has a value of its own, which may be all the same.
            (Requirement::Optional, Ok(_))
                if project.uses.iter().all(|u| u.variable != *name || u.has_own_value) => {}
            (Requirement::Required, Err(_)) => {}
            (Requirement::Read | Requirement::Optional, Ok(seen)) if seen.output != whole.output => {}
            (Requirement::Unused, Ok(seen)) if seen.output == whole.output => {}
            (_, Err(message)) => differ(format!("{name} is {requirement:?}, but without it: {message}")),
            (_, Ok(seen)) => {
                let same = if seen.output == whole.output { "nothing changes" } else { "something changes" };
                differ(format!("{name} is {requirement:?}, but without it {same}"));
            }
        }
        if let (Tool::DockerCompose, Ok(seen), Ok(model)) = (tool, &seen, &model) {
            let plain = |form| matches!(form, Form::Reference { operator: Operator::Value, .. });
            let blank = model
                .uses
                .iter()
                .any(|u| u.variable == *name && plain(u.form) && u.evaluated && !u.has_own_value);
            if blank != seen.warned.contains(name) {
                differ(format!("{name}: the tool's warning that it is blank is expected to be {blank}"));
            }
        }
    }
    differences
}

/// A variable that is read only when an image is built or a secret mounted, which nothing here does.
fn is_out_of_sight(tool: Tool, found: &Use) -> bool {
    let built = tool == Tool::PodmanCompose && found.field.as_deref() == Some("build");
    found.form == Form::SecretOrConfig || (built && found.form == Form::PassThrough)
}

/// Both fail, or both load and give every service the same environment.
pub fn agree(
    model: &Result<Project, String>,
    seen: &Result<Observed, String>,
    when: &str,
    differ: &mut impl FnMut(String),
) {
    let problem = match model {
        Ok(project) => project.problems.first().map(|problem| problem.kind.to_string()),
        Err(error) => Some(error.clone()),
    };
    match (model, seen) {
        (_, Err(message)) if problem.is_none() => differ(format!("{when} the tool fails: {message}")),
        (_, Ok(_)) if problem.is_some() => differ(format!("{when} only the model fails: {problem:?}")),
        (Ok(project), Ok(seen)) => {
            for service in &project.services {
                let Some(real) = seen.environments.get(&service.name) else { continue };
                let ours: BTreeMap<String, String> = service
                    .environment
                    .iter()
                    .filter_map(|e| Some((e.key.clone(), e.value.as_ref()?.expose().to_owned())))
                    .collect();
                if ours != *real {
                    differ(format!("{when} {} gets {real:?}, the model says {ours:?}", service.name));
                }
            }
        }
        _ => {}
    }
}
