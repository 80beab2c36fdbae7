//! The env files that are written, and the models of the tools that read them, against the tools
//! themselves. `tests/tools/install` brings the tools; without them a test says so and passes, unless
//! `SENEX_ENV_REQUIRE_TOOLS=1`. `SENEX_ENV_ROUNDS=n` tries n times as many cases.

#![expect(clippy::print_stderr, reason = "a test that cannot run says so")]

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use senex_env::dotenv::{Format, Reader, Reading, read_as, write};
use senex_env::name::KeyName;
use senex_env::secret::Secret;
use serde_json::Value;

/// What a tool makes of a file: names and values, None for a name without a value.
type Variables = BTreeMap<String, Option<String>>;

#[test]
fn docker_compose_reads_every_value_as_it_was_written() {
    let Some(tool) = tool("bin/docker-compose") else { return };
    carries_all(Format::Compose, &|file, names| docker_compose(&tool, file, names).expect("a valid file"));
}

#[test]
fn every_podman_compose_reads_every_value_as_it_was_written() {
    for tool in tools("podman-compose", "bin/podman-compose") {
        carries_all(Format::Compose, &|file, names| podman_compose(&tool, file, names));
    }
}

#[test]
fn every_python_dotenv_reads_every_value_as_it_was_written() {
    for python in tools("python-dotenv", "bin/python") {
        carries_all(Format::Compose, &|file, _| {
            let text = std::fs::read_to_string(file).expect("the file just written");
            python_dotenv(&python, &[text]).remove(0)
        });
    }
}

#[test]
fn every_shell_sources_every_value_as_it_was_written() {
    for shell in ["sh", "bash", "dash", "zsh"] {
        if Command::new(shell).arg("-c").arg(":").status().is_err() {
            eprintln!("SKIPPED: no `{shell}` here");
            continue;
        }
        carries_all(Format::Shell, &|file, _| sourced(shell, file));
    }
}

#[test]
fn podman_reads_every_raw_value_as_it_was_written() {
    if Command::new("podman").arg("--version").output().is_err() {
        return missing("podman");
    }
    carries_all(Format::Raw, &|file, _| podman(file));
}

#[test]
fn the_model_of_python_dotenv_is_python_dotenv() {
    let Some(python) = tool("python-dotenv/1.2.4/bin/python") else { return };
    let mut dice = Dice::new(1);
    for _ in 0..rounds() {
        let files: Vec<_> = (0..5_000).map(|_| dice.file()).collect();
        for (text, theirs) in files.iter().zip(python_dotenv(&python, &files)) {
            let ours = read_as(Reader::Python, text.as_bytes(), &process).expect("UTF-8");
            assert_eq!(winners(&ours), theirs, "{text:?}");
        }
    }
}

#[test]
fn the_model_of_compose_go_is_docker_compose() {
    let Some(tool) = tool("bin/docker-compose") else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let mut dice = Dice::new(2);
    for _ in 0..100 * rounds() {
        let text = dice.file();
        let file = put(folder.path(), &text);
        compare_with_docker_compose(&tool, &file, &text);
    }
    // One process for many statements: those that the model takes for valid.
    for _ in 0..4 * rounds() {
        let mut text = String::from("Aq=v\n");
        for index in 0..500 {
            let statement = format!("K{index}={}\n", dice.text(FILE_PIECES));
            let reading = read_as(Reader::Compose, format!("Aq=v\n{statement}").as_bytes(), &process);
            if reading.is_ok_and(|reading| reading.entries.len() == 2) {
                text.push_str(&statement);
            }
        }
        let file = put(folder.path(), &text);
        compare_with_docker_compose(&tool, &file, &text);
    }
}

fn compare_with_docker_compose(tool: &Path, file: &Path, text: &str) {
    let ours = read_as(Reader::Compose, text.as_bytes(), &process);
    let names: Vec<String> = ["Aq", "Bq"].into_iter().map(str::to_owned).chain((0..500).map(key)).collect();
    match (ours, docker_compose(tool, file, &names)) {
        (Ok(ours), Some(theirs)) => {
            let ours = winners(&ours);
            for name in &names {
                let ours = ours.get(name).cloned().flatten();
                assert_eq!(ours.as_deref().unwrap_or(""), theirs[name].as_deref().unwrap_or(""), "{text:?}");
            }
        }
        (Err(_), None) => {}
        (ours, theirs) => panic!("{text:?}: {:?} and {theirs:?}", ours.map(|ours| winners(&ours))),
    }
}

/// Has awkward values written in files of 1,000 and read by `reader`, which is told the names.
fn carries_all(format: Format, reader: &dyn Fn(&Path, &[String]) -> Variables) {
    let folder = tempfile::tempdir().expect("a folder");
    let mut dice = Dice::new(3);
    for _ in 0..2 * rounds() {
        let mut values: Vec<_> = (0..1_000).map(|_| dice.value()).collect();
        if format == Format::Raw {
            values.retain(|value| !value.contains('\n') && !value.ends_with('\r') && value.len() < 65_000);
            values.push("x".repeat(65_535 - key(values.len()).len() - "=".len()));
        }
        let names: Vec<_> = (0..values.len()).map(key).collect();
        let bytes = written(format, &names, &values);
        let file = put(folder.path(), std::str::from_utf8(&bytes).expect("UTF-8"));
        let found = reader(&file, &names);
        for (name, value) in names.iter().zip(&values) {
            assert_eq!(found.get(name), Some(&Some(value.clone())), "{name}");
        }
    }
}

fn written(format: Format, names: &[String], values: &[String]) -> Vec<u8> {
    let owned: Vec<_> = names
        .iter()
        .zip(values)
        .map(|(name, value)| (KeyName::new(name).expect("a name"), Secret::new(value.clone())))
        .collect();
    let pairs: Vec<_> = owned.iter().map(|(name, value)| (name, value)).collect();
    write(format, &pairs).expect("every value can be written").to_vec()
}

fn winners(reading: &Reading) -> Variables {
    let entries = reading.entries.iter().filter_map(|entry| reading.get(&entry.name));
    let value = |secret: &Secret| secret.expose().to_owned();
    entries.map(|entry| (entry.name.clone(), entry.value.as_ref().map(value))).collect()
}

// The tools.

/// None where docker-compose refuses the file.
fn docker_compose(tool: &Path, file: &Path, names: &[String]) -> Option<Variables> {
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

fn podman_compose(tool: &Path, file: &Path, names: &[String]) -> Variables {
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
fn podman(file: &Path) -> Variables {
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
    let pairs = environment.as_array().expect("a list").iter().filter_map(Value::as_str);
    let pairs = pairs.filter_map(|pair| pair.split_once('='));
    pairs.map(|(name, value)| (name.to_owned(), Some(value.to_owned()))).collect()
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

fn python_dotenv(python: &Path, files: &[String]) -> Vec<Variables> {
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

fn sourced(shell: &str, file: &Path) -> Variables {
    let script = r#". "$1"; exec env -0"#;
    let output = clean(Path::new(shell)).args(["-c", script, "-"]).arg(file).output().expect("a shell runs");
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    let pairs = text.split_terminator('\0').filter_map(|pair| pair.split_once('='));
    pairs.map(|(name, value)| (name.to_owned(), Some(value.to_owned()))).collect()
}

/// A command in a process environment that is known: `process` says the same of it.
fn clean(program: &Path) -> Command {
    let mut command = Command::new(program);
    command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default()).env("HOME", "/h");
    command.env("Pq", "p").stdin(Stdio::null()).stderr(Stdio::null());
    command
}

fn process(name: &str) -> Option<String> {
    match name {
        "HOME" => Some("/h".to_owned()),
        "Pq" => Some("p".to_owned()),
        _ => None,
    }
}

fn piped(command: &mut Command, input: &[u8]) -> Vec<u8> {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("the tool starts");
    child.stdin.take().expect("a pipe").write_all(input).expect("the tool reads");
    let output = child.wait_with_output().expect("the tool ends");
    assert!(output.status.success());
    output.stdout
}

fn json(bytes: &[u8]) -> Option<Value> {
    serde_json::from_slice(bytes).ok()
}

fn put(folder: &Path, text: &str) -> PathBuf {
    let path = folder.join("env");
    replace(&path, text);
    path
}

fn replace(path: &Path, text: &str) {
    let mut file = std::fs::File::create(path).expect("a file");
    file.write_all(text.as_bytes()).expect("written");
}

fn tool(path: &str) -> Option<PathBuf> {
    let tool = tools_folder().join(path);
    if tool.exists() {
        return Some(tool);
    }
    missing(path);
    None
}

/// One tool of each version in a folder.
fn tools(folder: &str, path: &str) -> Vec<PathBuf> {
    let versions = std::fs::read_dir(tools_folder().join(folder)).into_iter().flatten();
    let tools: Vec<_> = versions.flatten().map(|version| version.path().join(path)).collect();
    if tools.is_empty() {
        missing(folder);
    }
    tools
}

fn missing(tool: &str) {
    let required = std::env::var_os("SENEX_ENV_REQUIRE_TOOLS").is_some_and(|value| value == "1");
    assert!(!required, "`{tool}` is required and missing: run tests/tools/install");
    eprintln!("SKIPPED: no `{tool}` here; tests/tools/install brings it");
}

fn tools_folder() -> PathBuf {
    match std::env::var_os("SENEX_ENV_TOOLS") {
        Some(folder) => PathBuf::from(folder),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("target/tools"),
    }
}

// The cases.

/// Pieces of awkward values.
const VALUE_PIECES: &[&str] = &[
    "'",
    "'",
    "\"",
    "\"",
    "\\",
    "\\",
    "\\\\",
    "$",
    "$",
    "$$",
    "${",
    "}",
    "${K1}",
    "$K1",
    "${K1:-d}",
    "${K1:?",
    "${HOME}",
    "${__SENEX_DOLLAR}",
    "${__senex_env_unset:-$}",
    "#",
    " #",
    " ",
    "\t",
    "\n",
    "\n",
    "\r",
    "\r\n",
    "=",
    ":",
    "a",
    "n",
    "0101",
    "x41",
    "`",
    "!",
    "~",
    "*",
    "(",
    ")",
    "\u{85}",
    "\u{a0}",
    "\u{2028}",
    "\u{feff}",
    "\u{1c}",
    "\u{7f}",
    "\u{1}",
    "\x0b",
    "\x0c",
    "\u{1b}",
    "é",
    "中",
    "😀",
    "K1=",
    "export ",
];

/// Pieces of files that people and chance could write.
const FILE_PIECES: &[&str] = &[
    "Aq", "Aq", "Bq", "Pq", "K1", "=", "=", "=", "\n", "\n", "\n", " ", " ", "#", " #", "'", "'", "\"", "\"",
    "\\", "\\\\", "$", "${", "}", "{", "${Aq}", "$Bq", "${Bq:-x}", "${Pq-y}", "${Nq:+z}", "${Aq:?e}", ":",
    "-", "?", "+", "\\n", "\\$", "\\0101", "\\0777", "\\t", "\\c", "$$", "$1", "export ", "export", "\r\n",
    "\r", "\t", "\x0b", "\x0c", "\u{85}", "\u{a0}", "\u{2028}", "\u{feff}", "\u{1c}", "é", ".", "[", "x",
    "\u{17f}",
];

/// A small generator, so that a failure comes again.
struct Dice(u64);

impl Dice {
    fn new(seed: u64) -> Self {
        Self(0x9e37_79b9_7f4a_7c15_u64.wrapping_mul(2 * seed + 1))
    }

    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).expect("31 bits") % sides
    }

    fn text(&mut self, pieces: &[&str]) -> String {
        let length = self.roll(10);
        (0..length).map(|_| pieces[self.roll(pieces.len())]).collect()
    }

    /// An awkward value; now and then one of many kilobytes.
    fn value(&mut self) -> String {
        let text = self.text(VALUE_PIECES);
        if self.roll(200) == 0 { text.repeat(1 + self.roll(3_000)) } else { text }
    }

    fn file(&mut self) -> String {
        let mut text = String::new();
        for _ in 0..1 + self.roll(4) {
            text.push_str(["", "Aq=", "Bq=", "K1=", "Aq='", "Bq=\""][self.roll(6)]);
            text.push_str(&self.text(FILE_PIECES));
            text.push_str(["\n", "\n", "'\n", "\"\n", ""][self.roll(5)]);
        }
        text
    }
}

fn key(index: usize) -> String {
    format!("K{index}")
}

fn rounds() -> usize {
    let asked = std::env::var("SENEX_ENV_ROUNDS").ok().and_then(|text| text.parse().ok());
    asked.unwrap_or(1)
}
