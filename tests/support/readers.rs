//! The programs that read env files, and what they make of one.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use super::tools::program;

/// What a tool makes of a file: names and values, None for a name without a value.
pub type Variables = BTreeMap<String, Option<String>>;

/// None where docker-compose refuses the file.
pub fn docker_compose(tool: &Path, file: &Path, names: &[String]) -> Option<Variables> {
    let compose = compose_file(file, names);
    let output = clean(tool)
        .args([Path::new("-f"), &compose, Path::new("--env-file"), file])
        .args(["config", "--format", "json"])
        .output()
        .expect("docker-compose runs");
    let environment = &json(&output.stdout)?["services"]["s"]["environment"];
    // `config` doubles each `$`, so that its output is a compose file again.
    let value = |value: &Value| value.as_str().map(|text| text.replace("$$", "$"));
    Some(environment.as_object()?.iter().map(|(name, text)| (name.clone(), value(text))).collect())
}

/// Every value as the project shows it.
pub fn podman_compose(tool: &Path, file: &Path, names: &[String]) -> Variables {
    let compose = compose_file(file, names);
    let output = clean(tool)
        .args([Path::new("-f"), &compose, Path::new("--env-file"), file, Path::new("config")])
        .output()
        .expect("podman-compose runs");
    let script = "import json, sys, yaml; json.dump(yaml.safe_load(sys.stdin.buffer.read()), sys.stdout)";
    let python = tool.with_file_name("python");
    let output = piped(Command::new(python).args(["-c", script]), &output.stdout);
    let config = json(&output).expect("podman-compose prints YAML");
    let environment = config["services"]["s"]["environment"].as_object().expect("an environment");
    environment.iter().map(|(name, text)| (name.clone(), text.as_str().map(str::to_owned))).collect()
}

/// A container that is never started shows what it would be given.
pub fn podman(file: &Path) -> Variables {
    let folder = tempfile::tempdir().expect("a folder");
    let podman = |arguments: &[&str]| {
        let mut command = clean(Path::new("podman"));
        command.arg("--root").arg(folder.path().join("root")).arg("--runroot").arg(folder.path().join("run"));
        let output = command.args(arguments).output().expect("podman runs");
        assert!(output.status.success(), "podman {}", arguments[0]);
        output.stdout
    };
    let rootfs = folder.path().join("rootfs");
    std::fs::create_dir(&rootfs).expect("a folder");
    let (file, rootfs) = (file.to_str().expect("UTF-8"), rootfs.to_str().expect("UTF-8"));
    podman(&["create", "--name", "c", "--env-file", file, "--rootfs", rootfs, "none"]);
    let environment = json(&podman(&["inspect", "c", "--format", "{{json .Config.Env}}"])).expect("JSON");
    podman(&["rm", "c"]);
    variables(environment.as_array().expect("a list").iter().filter_map(Value::as_str))
}

fn compose_file(file: &Path, names: &[String]) -> PathBuf {
    let mut text = String::from("services:\n  s:\n    image: none\n    environment:\n");
    for name in names {
        text.push_str(&format!("      {name}: ${{{name}-}}\n"));
    }
    let path = file.with_file_name("compose.yml");
    replace(&path, &text);
    path
}

/// What `dotenv_values` makes of each file.
pub fn python_dotenv(python: &Path, files: &[String]) -> Vec<Variables> {
    let script = "
import json, logging, os, sys, tempfile
from dotenv import dotenv_values
logging.disable()
path = os.path.join(tempfile.mkdtemp(dir=os.environ['HERE']), 'env')
found = []
for text in json.load(sys.stdin):
    with open(path, 'wb') as file:
        file.write(text.encode())
    found.append(dotenv_values(path))
json.dump(found, sys.stdout)
";
    let folder = tempfile::tempdir().expect("a folder");
    let input = serde_json::to_vec(files).expect("texts");
    let output = piped(clean(python).args(["-c", script]).env("HERE", folder.path()), &input);
    serde_json::from_slice(&output).expect("python-dotenv answers")
}

/// What a shell exports that has sourced the file.
pub fn sourced(shell: &str, file: &Path) -> Variables {
    // The file may set the PATH.
    let script = r#". "$1"; exec "$2" -0"#;
    let env = program("env").expect("every system has it");
    let output = clean(Path::new(shell)).args(["-c", script, "-"]).args([file, &env]).output();
    let output = output.expect("a shell runs");
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    variables(text.split_terminator('\0'))
}

fn variables<'a>(pairs: impl Iterator<Item = &'a str>) -> Variables {
    let pairs = pairs.filter_map(|pair| pair.split_once('='));
    pairs.map(|(name, value)| (name.to_owned(), Some(value.to_owned()))).collect()
}

/// A command in a process environment that is known: `process` says the same of it.
pub fn clean(program: &Path) -> Command {
    let mut command = Command::new(program);
    command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default()).env("HOME", "/h");
    command.env("Pq", "p").stdin(Stdio::null()).stderr(Stdio::null());
    command
}

/// The variables of [`clean`].
pub fn process(name: &str) -> Option<String> {
    match name {
        "HOME" => Some("/h".to_owned()),
        "Pq" => Some("p".to_owned()),
        _ => None,
    }
}

pub fn piped(command: &mut Command, input: &[u8]) -> Vec<u8> {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("the tool starts");
    child.stdin.take().expect("a pipe").write_all(input).expect("the tool reads");
    let output = child.wait_with_output().expect("the tool ends");
    assert!(output.status.success());
    output.stdout
}

fn json(bytes: &[u8]) -> Option<Value> {
    serde_json::from_slice(bytes).ok()
}

/// Writes a file for a reader.
pub fn put(folder: &Path, text: &str) -> PathBuf {
    let path = folder.join("env");
    replace(&path, text);
    path
}

fn replace(path: &Path, text: &str) {
    let mut file = std::fs::File::create(path).expect("a file");
    file.write_all(text.as_bytes()).expect("written");
}
