//! Commands typed one after the other in one shell, and what a person would see.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, SystemTime};

use regex::Regex;

use super::project::{TestProject, stderr};

/// Compares everything that a program said with what it said when it was last looked at. A sentence that changes is
/// one command, `INSTA_UPDATE=always cargo test --test integration`, and one diff to read.
#[macro_export]
macro_rules! said_as_before {
    ($name:expr, $text:expr) => {
        insta::with_settings!({
            snapshot_path => concat!(env!("CARGO_MANIFEST_DIR"), "/tests/conversations"),
            prepend_module_to_snapshot => false,
            omit_expression => true,
        }, {
            insta::assert_snapshot!($name, $crate::support::transcript::lasting($text));
        });
    };
}

/// The lines, each with what it printed on both streams, and how it ended if not well.
pub fn conversation(project: &TestProject, lines: &[&str]) -> String {
    let start = SystemTime::now() - Duration::from_secs(3600);
    let start = start.duration_since(SystemTime::UNIX_EPOCH).expect("after 1970").as_secs();
    let said = said(project, lines, start, "code=$?; [ $code = 0 ] || echo \"[exit $code]\"\n");
    let steps = lines.iter().zip(&said);
    steps.fold(String::new(), |mut text, (line, said)| {
        write!(text, "$ {line}\n{said}").expect("a string");
        text
    })
}

/// What each command prints. A commit of the first is dated at `start`, in seconds since 1970, and those of each
/// command a second later, because commits of one second have no order. `after` is run after each.
pub fn said(project: &TestProject, commands: &[&str], start: u64, after: &str) -> Vec<String> {
    const MARK: &str = "\u{1}";
    let script: String =
        commands.iter().zip(start..).fold(String::from("exec 2>&1\n"), |mut script, step| {
            let (command, second) = step;
            let date = format!("'@{second} +0000'");
            writeln!(
                script,
                "printf '{MARK}'\nexport GIT_AUTHOR_DATE={date} GIT_COMMITTER_DATE={date}\n{command}\n{after}"
            )
            .expect("a string");
            script
        });
    let program = Path::new(env!("CARGO_BIN_EXE_senex-env")).parent().expect("a folder");
    let path = std::env::var("PATH").unwrap_or_default();
    let output = project
        .hermetic("bash")
        .args(["-c", &script])
        .env("PATH", format!("{}:{path}", program.display()))
        .env("GIT_AUTHOR_EMAIL", "ana@example.org")
        .env("GIT_EDITOR", "true")
        .stdin(Stdio::null())
        .output()
        .expect("bash starts");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let said: Vec<String> = text.split(MARK).skip(1).map(clean).collect();
    assert_eq!(said.len(), commands.len(), "{text}{}", stderr(&output));
    said
}

/// As a terminal shows it: of a line that is written over, what stands there at the end.
fn clean(text: &str) -> String {
    text.lines().fold(String::new(), |mut out, line| {
        writeln!(out, "{}", line.rsplit('\r').next().unwrap_or_default().trim_end()).expect("a string");
        out
    })
}

/// Without what is different each time: ciphertext, recipients, commits, times, the folder of the test.
pub fn lasting(text: &str) -> String {
    [
        (r"(wrapped as )\S+", "${1}…"),
        (r"\(age1[^)]*\)", "(age1…)"),
        (r"\bage1[a-z0-9…]+", "age1…"),
        (r"ENC\[.*", "ENC[…"),
        (r"\b[0-9a-f]{7,40}\b", "…"),
        (r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\dZ?", "…"),
        (r"\d{4}-\d\d-\d\d", "…"),
        (r"(Date: ).*", "${1}…"),
        (r"/\S*/\.tmp\w+/", "/…/"),
    ]
    .into_iter()
    .fold(text.to_owned(), |text, (pattern, lasting)| {
        Regex::new(pattern).expect("a pattern").replace_all(&text, lasting).into_owned()
    })
}
