//! `docs/git.md` is a session: its commands are run one after the other, and must print what the page shows.
//!
//! `SENEX_ENV_WRITE_DOCS=1 cargo test git_transcript` writes the page again.

use std::fmt::Write as _;

use crate::support::project::TestProject;
use crate::support::transcript::{self, lasting};

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/git.md");
const PROJECT_FILE: &str = r#"version = 1
project = "demo"
default = "development"

[environments.development]

[people.ana]
recipients = ["RECIPIENT"]
environments = ["development"]

[keys.DB_PASSWORD]
required = true
[keys.API_TOKEN]
required = true
[keys.ALLOWED_HOSTS]
secret = false
"#;

/// A command, and what it said.
struct Step {
    command: String,
    said: String,
}

/// The steps of all `console` blocks.
fn steps(page: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let mut inside = false;
    for line in page.lines() {
        match (inside, line.strip_prefix("$ ")) {
            (false, _) => inside = line == "```console",
            (true, _) if line == "```" => inside = false,
            (true, Some(command)) => steps.push(Step { command: command.to_owned(), said: String::new() }),
            (true, None) => {
                let step = steps.last_mut().expect("a command first");
                writeln!(step.said, "{line}").expect("a string");
            }
        }
    }
    steps
}

/// What the commands say, run in one shell in a project as the page describes it.
fn said(steps: &[Step]) -> Vec<String> {
    /// 24 November 2026, 12:57:00.
    const START: u64 = 1_795_525_020;
    let project = TestProject::with(PROJECT_FILE);
    for (key, value) in
        [("DB_PASSWORD", "correct horse"), ("API_TOKEN", "tok-4711-live"), ("ALLOWED_HOSTS", "localhost")]
    {
        project.set("development", key, value);
    }
    project.commit("Start");
    let mut commands = vec!["git commit -q --amend --no-edit --reset-author"];
    commands.extend(steps.iter().map(|step| step.command.as_str()));
    transcript::said(&project, &commands, START, "").split_off(1)
}

#[test]
fn git_page_matches_real_output() {
    let page = std::fs::read_to_string(PAGE).expect("the page");
    let steps = steps(&page);
    let said = said(&steps);
    if std::env::var_os("SENEX_ENV_WRITE_DOCS").is_some() {
        std::fs::File::create(PAGE)
            .and_then(|mut file| std::io::Write::write_all(&mut file, written(&page, &said).as_bytes()))
            .expect("written");
        return;
    }
    for (step, said) in steps.iter().zip(&said) {
        assert_eq!(lasting(&step.said), lasting(said), "$ {}", step.command);
    }
}

/// The page with `said` below its commands.
fn written(page: &str, said: &[String]) -> String {
    let mut said = said.iter();
    let (mut out, mut inside) = (String::new(), false);
    for line in page.lines() {
        match (inside, line.strip_prefix("$ ")) {
            (false, _) => inside = line == "```console",
            (true, _) if line == "```" => inside = false,
            (true, Some(_)) => {
                write!(out, "{line}\n{}", said.next().expect("as many as commands")).expect("a string");
                continue;
            }
            (true, None) => continue,
        }
        writeln!(out, "{line}").expect("a string");
    }
    out
}
