//! The compose tools, and what they make of a project.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

use super::tools::tool;

/// Variables of one service.
pub type Variables = BTreeMap<String, String>;

/// A compose tool of a version.
pub struct ComposeTool {
    /// What to start.
    pub program: PathBuf,
    /// For messages.
    pub name: String,
    is_podman: bool,
}

/// docker compose v5 and the podman-compose versions, as far as they are there.
pub fn compose_tools(podman_versions: &[&str]) -> Vec<ComposeTool> {
    let mut tools = Vec::new();
    if let Some(program) = tool("bin/docker-compose") {
        tools.push(ComposeTool { program, name: "docker-compose 5".to_owned(), is_podman: false });
    }
    for version in podman_versions {
        if let Some(program) = tool(&format!("podman-compose/{version}/bin/podman-compose")) {
            tools.push(ComposeTool { program, name: format!("podman-compose {version}"), is_podman: true });
        }
    }
    tools
}

impl ComposeTool {
    /// Whether it is podman-compose.
    pub fn is_podman(&self) -> bool {
        self.is_podman
    }

    /// The arguments that print the project.
    pub fn config_arguments(&self) -> &'static [&'static str] {
        if self.is_podman { &["config"] } else { &["config", "--format", "json"] }
    }

    /// The environment of every service in what `config` printed.
    pub fn services(&self, output: &Output) -> BTreeMap<String, Variables> {
        assert!(output.status.success(), "{}: {}", self.name, String::from_utf8_lossy(&output.stderr));
        let config: Value = if self.is_podman {
            serde_json::from_slice(&self.yaml_to_json(&output.stdout)).expect("podman-compose prints YAML")
        } else {
            serde_json::from_slice(&output.stdout).expect("docker-compose prints JSON")
        };
        let services = config["services"].as_object().expect("services");
        services
            .iter()
            .map(|(name, service)| (name.clone(), self.environment(&service["environment"])))
            .collect()
    }

    fn environment(&self, environment: &Value) -> Variables {
        let text = |value: &Value| match value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        // `config` of docker compose doubles each `$`, so that its output is a compose file again.
        let plain = |value: String| if self.is_podman { value } else { value.replace("$$", "$") };
        match environment {
            Value::Object(map) => {
                map.iter().map(|(name, value)| (name.clone(), plain(text(value)))).collect()
            }
            Value::Array(list) => list
                .iter()
                .filter_map(Value::as_str)
                .filter_map(|item| item.split_once('='))
                .map(|(name, value)| (name.to_owned(), plain(value.to_owned())))
                .collect(),
            _ => Variables::new(),
        }
    }

    fn yaml_to_json(&self, yaml: &[u8]) -> Vec<u8> {
        const SCRIPT: &str = "import json, sys, yaml\n\
            loader = getattr(yaml, 'CSafeLoader', yaml.SafeLoader)\n\
            json.dump(yaml.load(sys.stdin.buffer.read(), Loader=loader), sys.stdout)";
        piped(Command::new(self.program.with_file_name("python")).args(["-c", SCRIPT]), yaml)
    }
}

/// Runs a command with something on its standard input; it must succeed.
pub fn piped(command: &mut Command, input: &[u8]) -> Vec<u8> {
    use std::io::Write as _;
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("the command starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    let input = input.to_vec();
    let writer = std::thread::spawn(move || stdin.write_all(&input));
    let output = child.wait_with_output().expect("the command ends");
    drop(writer.join());
    assert!(output.status.success());
    output.stdout
}

/// Where the strategy's three compose files lie, to the letter.
pub fn strategy() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/strategy")
}
