//! Hints are followed: every command that the program proposes while the tests run is read by the program's own
//! command line. With `SENEX_ENV_FOLLOW_HINTS=1`, as `tests/long` has it, each is also held to the environment that it is
//! about and run in a copy of the project in which it was proposed: which test proposes it first is a matter of chance, so
//! that does not belong where one failure stops everybody.

mod followed;
mod said;
pub mod syntax;
mod workshop;

use std::collections::HashSet;
use std::io::Write as _;
use std::process::{Command, Output};
use std::sync::{LazyLock, Mutex};

use super::transcript::lasting;
use followed::{Asked, Verdict};
use said::Said;

/// What was followed already: the same hint to the same error is the same.
static KNOWN: LazyLock<Mutex<HashSet<String>>> = LazyLock::new(Mutex::default);

/// A file for a line about each hint, instead of a failure: `SENEX_ENV_HINTS=FILE cargo test …`.
const SURVEY: &str = "SENEX_ENV_HINTS";

/// Whether hints are run as well.
pub fn are_run() -> bool {
    static ARE_RUN: LazyLock<bool> = LazyLock::new(|| {
        std::env::var_os("SENEX_ENV_FOLLOW_HINTS").is_some() || std::env::var_os(SURVEY).is_some()
    });
    *ARE_RUN
}

/// Follows each hint in the answer of a command, the first time it is given.
///
/// # Panics
/// If one leads nowhere.
#[track_caller]
pub fn follow(command: &Command, output: &Output) {
    let told = [&output.stderr, &output.stdout].map(|bytes| String::from_utf8_lossy(bytes).into_owned());
    if !told.iter().any(|text| said::may_hold_hints(text)) {
        return;
    }
    let Some(asked) = Asked::of(command, output) else { return };
    let hints: Vec<Said> = told.iter().flat_map(|text| said::hints(text)).collect();
    for (at, hint) in hints.iter().enumerate() {
        // Only the command itself can be where it began.
        let by = if hint.text.contains(&format!("senex-env {}", asked.name())) {
            asked.name()
        } else {
            String::new()
        };
        let shape = lasting(&format!("{by} {} {} {:?}", hint.subject, hint.text, hint.spans));
        // Names that are counted up are one.
        let shape: String = shape.chars().filter(|c| !c.is_ascii_digit()).collect();
        if !hint.has_commands() || !KNOWN.lock().expect("a lock").insert(shape) {
            continue;
        }
        let before = hints[..at].last().filter(|_| hint.continues());
        let hint = &Said { is_first_step: hints.get(at + 1).is_some_and(Said::continues), ..hint.clone() };
        for (commands, verdict) in followed::verdicts(&asked, hint, before) {
            report(&asked, hint, &commands, &verdict);
        }
    }
}

#[track_caller]
fn report(asked: &Asked<'_>, hint: &Said, commands: &str, verdict: &Verdict) {
    let line = format!(
        "{}\n  after   {}\n  said    {}\n  hint    {}\n  command {commands}\n",
        verdict,
        asked.line(),
        hint.subject,
        hint.text,
    );
    match std::env::var_os(SURVEY) {
        Some(path) => {
            let mut file = std::fs::File::options().append(true).create(true).open(path).expect("a file");
            file.write_all(line.as_bytes()).expect("written");
        }
        None => assert!(!verdict.is_wrong(), "a hint leads nowhere: {line}"),
    }
}
