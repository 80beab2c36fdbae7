//! The real tools, run on a project.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use senex_env::testing::compose::Tool;
use serde_json::{Value, json};

/// What a tool made of a project.
pub struct Observed {
    /// The merged project as it prints it, and for podman-compose what it tells podman.
    pub output: String,
    /// Each service's environment.
    pub environments: BTreeMap<String, BTreeMap<String, String>>,
    /// The variables that it warned were blank.
    pub warned: BTreeSet<String>,
}

/// Docker Compose, and a Python that has podman-compose loaded: starting it anew takes a third of a second,
/// and it is asked some thousand times.
pub struct Tools {
    docker_compose: PathBuf,
    podman: tempfile::TempDir,
    python: Child,
    ask: ChildStdin,
    answers: BufReader<ChildStdout>,
}

/// Every job in a process of its own, so that nothing is left of the one before.
const DRIVER: &str = r#"
import io, json, os, sys, traceback
import podman_compose
answers = os.fdopen(os.dup(1), "w")  # what a podman prints by itself must not be taken for an answer
os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
for line in sys.stdin:
    job = json.loads(line)
    reader, writer = os.pipe()
    if os.fork() == 0:
        os.close(reader)
        os.environ.clear()
        os.environ.update(job["env"])
        os.chdir(job["cwd"])
        sys.argv = ["podman-compose"] + job["args"]
        sys.stdout = io.StringIO()
        sys.stderr = io.StringIO()
        code = 0
        try:
            podman_compose.main()
        except SystemExit as end:
            code = end.code or 0
        except BaseException:
            code = 1
            traceback.print_exc()
        with os.fdopen(writer, "w") as out:
            json.dump({"code": code, "out": sys.stdout.getvalue(), "err": sys.stderr.getvalue()[-400:]}, out)
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as answer:
        print(answer.read(), file=answers, flush=True)
    os.wait()
"#;

/// A podman that notes what it is told: arguments end in NUL, calls in a record separator.
const PODMAN: &str = r#"#!/bin/sh
{ printf '%s\0' "$@"; printf '\036\0'; } >> "$CALLS"
case "$*" in *"ps "*) echo '[]';; *--version*) echo 'podman version 5.0.0';; esac
"#;

impl Tools {
    /// The tools of `tests/tools/install`; none where they are missing, which is said aloud.
    pub fn find() -> Option<Self> {
        let folder = std::env::var_os("SENEX_ENV_TOOLS").map(PathBuf::from);
        let folder = folder.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("target/tools"));
        let docker_compose = folder.join("bin/docker-compose");
        let interpreter = folder.join("podman-compose/1.6.0/bin/python");
        for tool in [&docker_compose, &interpreter] {
            if !tool.exists() {
                assert!(
                    std::env::var_os("SENEX_ENV_REQUIRE_TOOLS").is_none(),
                    "{} is missing",
                    tool.display()
                );
                eprintln!("SKIPPED: {} is missing; tests/tools/install brings it", tool.display());
                return None;
            }
        }
        let podman = tempfile::tempdir().expect("a folder for podman");
        let path = podman.path().join("podman");
        super::write(&path, PODMAN);
        let executable = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        std::fs::set_permissions(&path, executable).expect("a program");
        let mut python = Command::new(interpreter)
            .args(["-c", DRIVER])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a Python with podman-compose");
        let ask = python.stdin.take().expect("piped");
        let answers = BufReader::new(python.stdout.take().expect("piped"));
        Some(Self { docker_compose, podman, python, ask, answers })
    }

    /// What the tool makes of a project with these variables, or why it fails.
    pub fn run(
        &mut self,
        tool: Tool,
        folder: &Path,
        files: &[PathBuf],
        values: &BTreeMap<String, String>,
    ) -> Result<Observed, String> {
        match tool {
            Tool::DockerCompose => self.docker_compose(folder, files, values),
            Tool::PodmanCompose => self.podman_compose(folder, files, values),
        }
    }

    fn docker_compose(
        &self,
        folder: &Path,
        files: &[PathBuf],
        values: &BTreeMap<String, String>,
    ) -> Result<Observed, String> {
        let mut command = Command::new(&self.docker_compose);
        command.args(["-p", "project", "--profile", "*"]).current_dir(folder);
        command.args(files.iter().flat_map(|file| [Path::new("-f"), file]));
        command.args(["config", "--format", "json"]).env_clear().env("HOME", folder).envs(values);
        let output = command.output().expect("Docker Compose runs");
        let messages = String::from_utf8_lossy(&output.stderr).into_owned();
        if !output.status.success() {
            return Err(messages);
        }
        let text = String::from_utf8(output.stdout).map_err(|error| error.to_string())?;
        let project: Value = serde_json::from_str(&text).map_err(|error| error.to_string())?;
        let services = project["services"].as_object().into_iter().flatten();
        let environments = services.map(|(name, service)| {
            let entries = service["environment"].as_object().into_iter().flatten();
            let texts = entries.filter_map(|(key, value)| {
                Some((key.replace("$$", "$"), value.as_str()?.replace("$$", "$")))
            });
            (name.clone(), texts.collect())
        });
        let warnings = messages.lines().filter(|line| line.contains("variable is not set"));
        let warned = warnings.filter_map(|line| line.split("\\\"").nth(1).map(str::to_owned));
        Ok(Observed { environments: environments.collect(), warned: warned.collect(), output: text })
    }

    fn podman_compose(
        &mut self,
        folder: &Path,
        files: &[PathBuf],
        values: &BTreeMap<String, String>,
    ) -> Result<Observed, String> {
        let calls = self.podman.path().join("calls");
        super::write(&calls, "");
        let mut global = vec!["-p".to_owned(), "project".to_owned(), "--podman-path".to_owned()];
        global.push(self.podman.path().join("podman").display().to_string());
        global.extend(
            ["dev", "full", "test"].iter().flat_map(|name| ["--profile".to_owned(), (*name).to_owned()]),
        );
        global.extend(files.iter().flat_map(|file| ["-f".to_owned(), file.display().to_string()]));
        let mut environment = values.clone();
        environment.insert("PATH".to_owned(), "/usr/bin:/bin".to_owned());
        environment.insert("CALLS".to_owned(), calls.display().to_string());
        let mut job = |subcommand: &[&str]| {
            let args: Vec<&str> =
                global.iter().map(String::as_str).chain(subcommand.iter().copied()).collect();
            let job = json!({ "cwd": folder, "env": environment, "args": args });
            writeln!(self.ask, "{job}").expect("the driver listens");
            let mut line = String::new();
            self.answers.read_line(&mut line).expect("the driver answers");
            serde_json::from_str::<Value>(&line).expect("JSON")
        };
        let config = job(&["config"]);
        if config["code"] != 0 {
            return Err(config["err"].as_str().unwrap_or_default().to_owned());
        }
        let up = job(&["up", "--no-start"]);
        let mut output = config["out"].as_str().unwrap_or_default().to_owned();
        let told = std::fs::read_to_string(&calls).expect("what podman was told");
        output.push_str(&told);
        let environments = if up["code"] == 0 { environments(&told) } else { BTreeMap::new() };
        Ok(Observed { output, environments, warned: BTreeSet::new() })
    }
}

impl Drop for Tools {
    fn drop(&mut self) {
        let _ = self.python.kill();
        let _ = self.python.wait();
    }
}

/// The `-e` of every `podman create`.
fn environments(calls: &str) -> BTreeMap<String, BTreeMap<String, String>> {
    let mut all = BTreeMap::new();
    for call in calls.split("\x1e\0") {
        let arguments: Vec<&str> = call.split('\0').collect();
        let after = |option: &'static str| {
            arguments.windows(2).filter(move |pair| pair[0] == option).map(|pair| pair[1])
        };
        let label = "io.podman.compose.service=";
        let service = after("--label").find_map(|text| text.strip_prefix(label));
        if let (Some("create"), Some(service)) = (arguments.first().copied(), service) {
            let pairs = after("-e").filter_map(|pair| pair.split_once('='));
            all.insert(service.to_owned(), pairs.map(|(k, v)| (k.to_owned(), v.to_owned())).collect());
        }
    }
    all
}
