//! The working state: `TOOL config` before `init`, and `run -- TOOL config` after it, the plaintext gone.

use std::path::Path;
use std::process::{Command, Output};
use std::sync::LazyLock;

use super::shape::Shape;
use super::text::difference;
use crate::support::command::TestCommand;
use crate::support::compose::{ComposeTool, compose_tools, piped};
use crate::support::outcome::succeeded;
use crate::support::project::{TestProject, stderr, stdout};

/// docker compose and the newest podman-compose.
pub fn tools() -> &'static [ComposeTool] {
    static TOOLS: LazyLock<Vec<ComposeTool>> = LazyLock::new(|| compose_tools(&["1.6.0"]));
    &TOOLS
}

/// docker compose alone, for what podman-compose does not read.
pub fn docker() -> &'static ComposeTool {
    &tools()[0]
}

/// What a tool made of a project.
pub struct Config {
    tool: &'static ComposeTool,
    text: String,
    /// With what the services read from env files, where the tool leaves that for later.
    resolved: Option<String>,
}

/// `TOOL config` in a project, before senex-env knows of it.
pub fn plain(project: &TestProject, tool: &'static ComposeTool, start: &[String]) -> Config {
    plain_with(project, tool, start, &[])
}

/// The same, with variables of the shell.
pub fn plain_with(
    project: &TestProject,
    tool: &'static ComposeTool,
    start: &[String],
    variables: &[(&str, &str)],
) -> Config {
    let mut command = project.hermetic(&tool.program);
    command.args(start).arg("config").envs(variables.iter().copied());
    let output = command.output().expect("the tool starts");
    assert!(output.status.success(), "{} refuses the project as it is: {}", tool.name, stderr(&output));
    let text = stdout(&output);
    let reads_later = tool.is_podman() && text.contains("env_file:");
    let resolved = reads_later.then(|| resolved(tool, &project.root(), &output));
    Config { tool, text, resolved }
}

/// `senex-env run -- TOOL config`.
pub fn run_config(project: &TestProject, tool: &ComposeTool, start: &[String]) -> Output {
    run_command(project, tool, start).output().expect("the program starts")
}

fn run_command(project: &TestProject, tool: &ComposeTool, start: &[String]) -> TestCommand {
    let mut command = project.command();
    command.args(["run", "--"]).arg(&tool.program).args(start).arg("config");
    command
}

impl Config {
    /// Asserts that `run` gives the tool what it had.
    #[track_caller]
    pub fn is_kept(&self, project: &TestProject, start: &[String]) {
        self.is_kept_with(project, start, &[]);
    }

    /// The same, with variables of the shell.
    #[track_caller]
    pub fn is_kept_with(&self, project: &TestProject, start: &[String], variables: &[(&str, &str)]) {
        let name = &self.tool.name;
        let mut command = run_command(project, self.tool, start);
        let output = command.envs(variables.iter().copied()).output().expect("the program starts");
        assert!(output.status.success(), "`run -- {name}` does not start: {}", stderr(&output));
        let (before, after) = match &self.resolved {
            Some(before) => (before, resolved(self.tool, &project.root(), &output)),
            None => (&self.text, stdout(&output)),
        };
        assert!(
            *before == after,
            "`config` of {name} is not what it was:\n{}\n{}",
            difference(before, &after),
            stderr(&output)
        );
    }

    /// Whether podman-compose printed it.
    pub fn is_podman(&self) -> bool {
        self.tool.is_podman()
    }

    /// What was printed.
    pub fn text(&self) -> &str {
        &self.text
    }
}

/// podman-compose prints `env_file` as it stands and reads it when it starts a container: what its own reader
/// makes of the files, put in their place.
fn resolved(tool: &ComposeTool, root: &Path, output: &Output) -> String {
    const SCRIPT: &str = "
import dotenv, json, os, sys, yaml
config = yaml.safe_load(sys.stdin)
for service in (config.get('services') or {}).values():
    files = service.pop('env_file', [])
    values = {}
    for file in [files] if isinstance(files, (str, dict)) else files:
        file = {'path': file} if isinstance(file, str) else file
        path = os.path.join(sys.argv[1], file['path'])
        if os.path.exists(path):
            values.update(dotenv.dotenv_values(path))
        elif file.get('required', True):
            sys.exit('the env file ' + file['path'] + ' is missing')
    own = service.pop('environment', {})
    if isinstance(own, list):
        own = dict(item.split('=', 1) if '=' in item else (item, None) for item in own)
    service['environment'] = {**values, **own}
json.dump(config, sys.stdout, indent=1, sort_keys=True, default=str)
";
    let mut python = Command::new(tool.program.with_file_name("python"));
    String::from_utf8(piped(python.args(["-c", SCRIPT]).arg(root), &output.stdout)).expect("text")
}

/// `init -y`, the commit that it proposes, which its own hook has to let pass, and the plaintext removed that it says
/// it took over. Returns what it said.
#[track_caller]
pub fn start(project: &TestProject) -> String {
    let output = project.run(["init", "-y"]);
    succeeded(&output);
    let said = stderr(&output);
    if let Some(files) = said.lines().find_map(|line| line.trim().strip_prefix("git add ")) {
        project.git(["add"].into_iter().chain(files.split(' ')));
        let mut commit = project.hermetic("git");
        let commit = commit.args(["commit", "-m", "sealed"]).output().expect("git starts");
        assert!(commit.status.success(), "the hook refuses what `init` proposes: {}", stderr(&commit));
    }
    project.git(["add", "-A"]);
    project.git(["commit", "-q", "--no-verify", "--allow-empty", "-m", "the rest"]);
    for path in removable(&said) {
        std::fs::remove_file(project.root().join(&path)).unwrap_or_else(|error| panic!("{path}: {error}"));
    }
    said
}

/// The files of every `rm …` that `init` proposes.
fn removable(said: &str) -> Vec<String> {
    let mut files = Vec::new();
    for command in said.lines().flat_map(|line| line.split("&&")).map(str::trim) {
        if let Some(operands) = command.strip_prefix("rm ") {
            files.extend(operands.split_whitespace().map(str::to_owned));
        }
    }
    files
}

/// Asserts that `check` finds nothing that would stop anybody.
#[track_caller]
pub fn checked(project: &TestProject) {
    let output = project.run(["check"]);
    assert!(output.status.success(), "`check` is not content:\n{}{}", stdout(&output), stderr(&output));
}

/// The whole of it, for a project of the shelf.
#[track_caller]
pub fn holds(shape: &Shape) {
    let project = shape.laid_out();
    let before: Vec<Config> = tools().iter().map(|tool| plain(&project, tool, &shape.start)).collect();
    let said = start(&project);
    for path in &shape.gone {
        assert!(!project.root().join(path).exists(), "`init` did not take {path} over:\n{said}");
    }
    for config in before {
        config.is_kept(&project, &shape.start);
    }
    checked(&project);
}
