//! `docs/git.md` is a session: its commands are run one after the other, and must print what the page shows.
//!
//! `SENEX_ENV_WRITE_DOCS=1 cargo test git_transcript` writes the page again.

use std::fmt::Write as _;
use std::process::Stdio;

use regex::Regex;

use crate::support::project::{TestProject, stderr};

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
    const MARK: &str = "\u{1}";
    /// 24 November 2026, 12:57:00.
    const START: u64 = 1_795_525_020;
    let project = TestProject::with(PROJECT_FILE);
    for (key, value) in
        [("DB_PASSWORD", "correct horse"), ("API_TOKEN", "tok-4711-live"), ("ALLOWED_HOSTS", "localhost")]
    {
        project.set("development", key, value);
    }
    project.commit("Start");
    // Commits of one second have no order: each step has a second of its own.
    let at = |second: u64| {
        let date = format!("'@{second} +0000'");
        format!("export GIT_AUTHOR_DATE={date} GIT_COMMITTER_DATE={date}\n")
    };
    let first = format!("{}git commit -q --amend --no-edit --reset-author\n", at(START));
    let steps_of = steps.iter().zip(START + 1..);
    let script: String =
        steps_of.map(|(step, second)| format!("printf '{MARK}'\n{}{}\n", at(second), step.command)).collect();
    let program = std::path::Path::new(env!("CARGO_BIN_EXE_senex-env")).parent().expect("a folder");
    let path = std::env::var("PATH").unwrap_or_default();
    let output = project
        .hermetic("bash")
        .args(["-c", &format!("exec 2>&1\n{first}{script}")])
        .env("PATH", format!("{}:{path}", program.display()))
        .env("GIT_AUTHOR_EMAIL", "ana@example.org")
        .env("GIT_EDITOR", "true")
        .stdin(Stdio::null())
        .output()
        .expect("bash starts");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let said: Vec<String> = text.split(MARK).skip(1).map(clean).collect();
    assert_eq!(said.len(), steps.len(), "{text}{}", stderr(&output));
    said
}

/// As a terminal shows it: of a line that is written over, what stands there at the end.
fn clean(text: &str) -> String {
    text.lines().fold(String::new(), |mut out, line| {
        writeln!(out, "{}", line.rsplit('\r').next().unwrap_or_default().trim_end()).expect("a string");
        out
    })
}

/// Without what is another one each time.
fn lasting(text: &str) -> String {
    let text = Regex::new(r"(wrapped as )\S+").expect("a pattern").replace_all(text, "${1}…");
    let text = Regex::new(r"\(age1[^)]*\)").expect("a pattern").replace_all(&text, "(age1…)");
    let text = Regex::new(r"ENC\[.*").expect("a pattern").replace_all(&text, "ENC[…");
    let text = Regex::new(r"\b[0-9a-f]{7,40}\b").expect("a pattern").replace_all(&text, "…");
    let text = Regex::new(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d").expect("a pattern").replace_all(&text, "…");
    let text = Regex::new(r"(Date: ).*").expect("a pattern").replace_all(&text, "${1}…");
    text.into_owned()
}

#[test]
fn the_page_about_git_shows_what_git_and_senex_env_say() {
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
