//! The models of the tools that read env files, against the tools themselves. `tests/tools/install` brings
//! the tools; without them a test says so and passes, unless `SENEX_ENV_REQUIRE_TOOLS=1`.
//! `SENEX_ENV_ROUNDS=n` tries n times as many cases.

pub mod cases;

use std::path::Path;

use senex_env::testing::plaintext::{Reader, Reading, read_as};
use senex_env::testing::secret::Secret;

use crate::support::readers::{Variables, docker_compose, process, put, python_dotenv};
use crate::support::tools::tool;
use cases::{Dice, FILE_PIECES};

#[test]
fn model_matches_python_dotenv() {
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
fn model_matches_docker_compose() {
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

fn winners(reading: &Reading) -> Variables {
    let entries = reading.entries.iter().filter_map(|entry| reading.get(&entry.name));
    let value = |secret: &Secret| secret.expose().to_owned();
    entries.map(|entry| (entry.name.clone(), entry.value.as_ref().map(value))).collect()
}

fn key(index: usize) -> String {
    format!("K{index}")
}

/// How many times as many cases are asked for.
pub fn rounds() -> usize {
    let asked = std::env::var("SENEX_ENV_ROUNDS").ok().and_then(|text| text.parse().ok());
    asked.unwrap_or(1)
}
