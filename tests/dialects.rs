//! The env files that are written, and the models of the tools that read them, against the tools
//! themselves. `tests/tools/install` brings the tools; without them a test says so and passes, unless
//! `SENEX_ENV_REQUIRE_TOOLS=1`. `SENEX_ENV_ROUNDS=n` tries n times as many cases.

mod cases;
mod tools;

use std::path::Path;

use senex_env::dotenv::{Format, Reader, Reading, read_as, write};
use senex_env::name::KeyName;
use senex_env::secret::Secret;

use cases::{Dice, FILE_PIECES};
use tools::{
    Variables, docker_compose, missing, podman, podman_compose, process, put, python_dotenv, runs, sourced,
    tool, tools,
};

#[test]
fn docker_compose_reads_every_value_as_it_was_written() {
    let Some(tool) = tool("bin/docker-compose") else { return };
    carries_all(Format::Compose, &|file, names| docker_compose(&tool, file, names).expect("a valid file"));
}

#[test]
fn every_podman_compose_reads_every_value_as_it_was_written() {
    // 1.0.3 has neither `--env-file` nor `config`: it gets the values through its environment.
    let tools = tools("podman-compose", "bin/podman-compose");
    for tool in tools.into_iter().filter(|tool| !tool.to_string_lossy().contains("/1.0.3/")) {
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
        if !runs(shell, &["-c", ":"]) {
            eprintln!("SKIPPED: no `{shell}` here");
            continue;
        }
        carries_all(Format::Shell, &|file, _| sourced(shell, file));
    }
}

#[test]
fn podman_reads_every_raw_value_as_it_was_written() {
    if !runs("podman", &["--version"]) {
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

fn key(index: usize) -> String {
    format!("K{index}")
}

fn rounds() -> usize {
    let asked = std::env::var("SENEX_ENV_ROUNDS").ok().and_then(|text| text.parse().ok());
    asked.unwrap_or(1)
}
