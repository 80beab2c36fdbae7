//! What `export` writes, read by those for whom it is: every value arrives exactly, or was refused by name.
//! `SENEX_ENV_ROUNDS=n` tries n times as many values.

mod command;
mod readers;

use std::collections::BTreeSet;
use std::path::Path;

use senex_env::testing::name::KeyName;
use senex_env::testing::plaintext::{Format, SecretManifest, WriteError, write};
use senex_env::testing::secret::Secret;

use crate::dialects::cases::Dice;
use crate::dialects::rounds;
use crate::support::random;
use crate::support::readers::{
    Variables, clean, docker_compose, podman, podman_compose, put, python_dotenv, sourced,
};
use crate::support::tools::{optional, program, tool, tools};

type Pairs = Vec<(KeyName, Secret)>;
type Writer = fn(&[(&KeyName, &Secret)]) -> Result<Vec<u8>, WriteError>;

/// A format without a reader of its own would be trusted unread.
#[test]
fn every_format_is_read_back_by_a_test() {
    let tests = include_str!("export.rs");
    for format in Format::ALL {
        assert!(tests.contains(&format!("written(Format::{format:?}, pairs)")), "{format}");
    }
}

#[test]
fn docker_compose_reads_every_value_as_it_was_written() {
    let Some(tool) = tool("bin/docker-compose") else { return };
    let read = |file: &Path, names: &[String]| docker_compose(&tool, file, names).expect("a valid file");
    assert_eq!(carried(compose, &read), ALL);
}

#[test]
fn every_podman_compose_reads_every_value_as_it_was_written() {
    // 1.0.3 has neither `--env-file` nor `config`: it gets the values through its environment.
    let tools = tools("podman-compose", "bin/podman-compose");
    for tool in tools.into_iter().filter(|tool| !tool.to_string_lossy().contains("/1.0.3/")) {
        // They print slowly, and read by python-dotenv, which is next; `run_compose` gives them 20,000 values.
        let read = |file: &Path, names: &[String]| podman_compose(&tool, file, names);
        assert_eq!(carried_in(1, compose, &read), ALL / FILES);
    }
}

#[test]
fn every_python_dotenv_reads_every_value_as_it_was_written() {
    for python in tools("python-dotenv", "bin/python") {
        let read = |file: &Path, _: &[String]| {
            let text = std::fs::read_to_string(file).expect("the file just written");
            python_dotenv(&python, &[text]).remove(0)
        };
        assert_eq!(carried(compose, &read), ALL);
    }
}

#[test]
fn podman_reads_every_raw_value_of_one_line() {
    if program("podman").is_none() {
        return;
    }
    let carried = carried(|pairs| written(Format::Raw, pairs), &|file, _| podman(file));
    assert!(carried > ALL / 2, "{carried}");
}

#[test]
fn node_dotenv_reads_every_representable_value() {
    if optional("node").is_none() {
        return;
    }
    for package in tools("node-dotenv", "node_modules/dotenv") {
        let read = |file: &Path, _: &[String]| readers::node_dotenv(&package, file);
        let carried = carried(|pairs| written(Format::Node, pairs), &read);
        assert!(carried > ALL * 8 / 10, "{carried}");
    }
}

#[test]
fn dotenvy_reads_every_value_as_it_was_written() {
    let read = |file: &Path, _: &[String]| readers::dotenvy(file);
    assert_eq!(carried(|pairs| written(Format::Dotenvy, pairs), &read), ALL);
}

#[test]
fn systemd_reads_every_value_as_it_was_written() {
    let Some(library) = readers::systemd_library() else { return };
    let read = |file: &Path, _: &[String]| readers::systemd(&library, file);
    assert_eq!(carried(|pairs| written(Format::Systemd, pairs), &read), ALL);
}

#[test]
fn every_shell_sources_every_value_as_it_was_written() {
    for shell in SHELLS.into_iter().filter(|shell| optional(shell).is_some()) {
        assert_eq!(carried(|pairs| written(Format::Shell, pairs), &|file, _| sourced(shell, file)), ALL);
    }
}

#[test]
fn python_reads_every_value_from_json() {
    if program("python3").is_none() {
        return;
    }
    let read = |file: &Path, _: &[String]| readers::python_json(file);
    assert_eq!(carried(|pairs| written(Format::Json, pairs), &read), ALL);
}

#[test]
fn python_and_go_read_every_value_from_yaml() {
    let yaml: Writer = |pairs| written(Format::Yaml, pairs);
    if tool("podman-compose/1.6.0/bin/python").is_some() {
        let read = |file: &Path, _: &[String]| {
            serde_json::from_value(readers::py_yaml(file)).expect("names and strings")
        };
        assert_eq!(carried(yaml, &read), ALL);
    }
    if let Some(tool) = tool("bin/docker-compose") {
        assert_eq!(carried(yaml, &|file, _| readers::go_yaml(&tool, file)), ALL);
    }
}

#[test]
fn kubernetes_types_read_every_value_from_the_secret() {
    let manifest: Writer = |pairs| {
        let manifest = SecretManifest::new("true", Some("1e3")).expect("names");
        manifest.write(pairs).map(|bytes| bytes.to_vec())
    };
    if tool("podman-compose/1.6.0/bin/python").is_none() {
        return;
    }
    let read = |file: &Path, _: &[String]| {
        let document = readers::py_yaml(file);
        assert_eq!(document["metadata"], serde_json::json!({ "name": "true", "namespace": "1e3" }));
        readers::decoded(&document)
    };
    assert_eq!(carried(manifest, &read), ALL);
    if program("podman").is_some() {
        let read = |file: &Path, _: &[String]| {
            let document = readers::kube_play(file);
            assert_eq!(
                (&document["metadata"]["name"], &document["metadata"]["namespace"]),
                (&"true".into(), &"1e3".into())
            );
            readers::decoded(&document)
        };
        assert_eq!(carried(manifest, &read), ALL);
    }
}

/// Names that some reader takes for something else than a name.
const NAMES: [&str; 14] = [
    "NO",
    "y",
    "on",
    "Null",
    "TRUE",
    "if",
    "export",
    "constructor",
    "hasOwnProperty",
    "K1",
    "_1",
    "__proto__",
    "PATH",
    "IFS",
];

#[test]
fn names_arrive_like_values_or_are_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let pairs: Pairs =
        NAMES.iter().map(|name| (key(name), Secret::new(format!("the value of {name}")))).collect();
    let arrives = |format: Format, read: &dyn Fn(&Path) -> Variables| {
        let (pairs, refused) = sorted(&pairs, &|pairs| written(format, pairs));
        let file =
            put(folder.path(), &String::from_utf8(written(format, &pairs).expect("sorted")).expect("UTF-8"));
        assert_same(&pairs, &read(&file));
        refused
    };
    assert!(arrives(Format::Dotenvy, &readers::dotenvy).is_empty());
    if let Some(library) = readers::systemd_library() {
        assert!(arrives(Format::Systemd, &|file| readers::systemd(&library, file)).is_empty());
    }
    if tool("podman-compose/1.6.0/bin/python").is_some() {
        let read = |file: &Path| serde_json::from_value(readers::py_yaml(file)).expect("names and strings");
        assert!(arrives(Format::Yaml, &read).is_empty());
    }
    if optional("node").is_some() {
        for package in tools("node-dotenv", "node_modules/dotenv") {
            let refused = arrives(Format::Node, &|file| readers::node_dotenv(&package, file));
            assert_eq!(refused, ["__proto__"]);
        }
    }
}

const SHELLS: [&str; 4] = ["sh", "bash", "dash", "zsh"];

/// A variable of a shell that takes no text, or loses it, would be a value that did not arrive.
#[test]
fn every_name_that_a_shell_knows_can_be_set_or_is_refused() {
    let mut known: BTreeSet<String> = NAMES.iter().map(|name| (*name).to_owned()).collect();
    for (shell, list) in [("bash", "compgen -v"), ("zsh", "print -l ${(k)parameters}")] {
        let output = clean(Path::new(shell)).args(["-c", list]).output();
        let names = output.map(|output| String::from_utf8(output.stdout).expect("names")).unwrap_or_default();
        known.extend(names.lines().map(str::to_owned));
    }
    let pairs: Pairs = known
        .iter()
        .filter_map(|name| KeyName::new(name).ok())
        .map(|name| (name, Secret::new("a text: with spaces".to_owned())))
        .collect();
    let (pairs, refused) = sorted(&pairs, &|pairs| written(Format::Shell, pairs));
    let folder = tempfile::tempdir().expect("a folder");
    let text = written(Format::Shell, &pairs).expect("sorted");
    let file = put(folder.path(), std::str::from_utf8(&text).expect("UTF-8"));
    for shell in SHELLS.into_iter().filter(|shell| optional(shell).is_some()) {
        assert_same(&pairs, &sourced(shell, &file));
    }
    assert!(refused.contains(&"UID".to_owned()) || optional("bash").is_none());
}

/// How many values a test has.
const ALL: usize = 5_000;
const FILES: usize = 5;

/// Has all values written and read, and gives the number of those that were not refused.
fn carried(write: Writer, read: &dyn Fn(&Path, &[String]) -> Variables) -> usize {
    carried_in(FILES, write, read)
}

/// The same with some of the files. In each round the values are others.
fn carried_in(files: usize, write: Writer, read: &dyn Fn(&Path, &[String]) -> Variables) -> usize {
    let folder = tempfile::tempdir().expect("a folder");
    let (mut one, mut other) = (Dice::new(3), random::Dice::new(3));
    let mut carried = 0;
    for _ in 0..files * rounds() {
        let values = (0..ALL / FILES).map(|i| if i % 2 == 0 { one.value() } else { other.value() });
        let all: Pairs =
            values.enumerate().map(|(i, value)| (key(&format!("K{i}")), Secret::new(value))).collect();
        let (pairs, _) = sorted(&all, &write);
        let bytes = write(&pairs).expect("each of them can be written");
        let names: Vec<String> = pairs.iter().map(|(name, _)| name.to_string()).collect();
        let file = put(folder.path(), std::str::from_utf8(&bytes).expect("UTF-8"));
        assert_same(&pairs, &read(&file, &names));
        carried += pairs.len();
    }
    carried / rounds()
}

/// Writes pairs in one format.
type Writing<'a> = dyn Fn(&[(&KeyName, &Secret)]) -> Result<Vec<u8>, WriteError> + 'a;

/// The pairs that can be written, and the names of the others, which the refusal gives.
fn sorted<'p>(pairs: &'p Pairs, write: &Writing<'_>) -> (Vec<(&'p KeyName, &'p Secret)>, Vec<String>) {
    let mut refused = Vec::new();
    let fits = |(name, value): &(&KeyName, &Secret)| match write(&[(name, value)]) {
        Ok(_) => true,
        Err(error) => {
            assert!(!matches!(error, WriteError::ReadsBackDifferently { .. }), "{error}");
            assert!(error.to_string().contains(&format!("`{name}`")), "{error}");
            refused.push(name.to_string());
            false
        }
    };
    let fitting = pairs.iter().map(|(name, value)| (name, value)).filter(fits).collect();
    (fitting, refused)
}

#[track_caller]
fn assert_same(pairs: &[(&KeyName, &Secret)], found: &Variables) {
    for (name, value) in pairs {
        let found = found.get(name.as_str()).and_then(Option::as_deref);
        assert!(found == Some(value.expose()), "{name}: {:?} arrived as {found:?}", value.expose());
    }
}

fn compose(pairs: &[(&KeyName, &Secret)]) -> Result<Vec<u8>, WriteError> {
    written(Format::Compose, pairs)
}

fn written(format: Format, pairs: &[(&KeyName, &Secret)]) -> Result<Vec<u8>, WriteError> {
    write(format, pairs).map(|bytes| bytes.to_vec())
}

fn key(name: &str) -> KeyName {
    KeyName::new(name).expect("a name")
}
