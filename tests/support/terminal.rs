//! Commands on a terminal, and commands without one.

use std::process::{Command, Output, Stdio};

use super::tools::program;

/// Runs a command on a terminal of its own. Each `(shown, typed)` waits until the terminal has shown the one
/// and types the other, and a line end. Standard output of the result is what the terminal showed; it is broken into
/// lines, so no hint in it is followed.
pub fn on_terminal(command: &Command, dialogue: &[(&str, &str)]) -> Option<Output> {
    let mut wrapped = Command::new(program("python3")?);
    wrapped.args(["-c", include_str!("terminal.py")]);
    copy(command, &mut wrapped);
    let script = serde_json::to_vec(dialogue).expect("JSON");
    Some(super::project::fed(&mut wrapped, &script))
}

/// The same command where there is no terminal to ask on, whatever the tests were started from.
pub fn without_terminal(command: &Command) -> Option<Output> {
    let mut wrapped = Command::new(program("setsid")?);
    wrapped.arg("--wait").stdin(Stdio::null());
    copy(command, &mut wrapped);
    Some(wrapped.output().expect("setsid starts"))
}

fn copy(from: &Command, to: &mut Command) {
    to.arg(from.get_program()).args(from.get_args()).env_clear();
    to.envs(from.get_envs().filter_map(|(name, value)| Some((name, value?))));
    if let Some(folder) = from.get_current_dir() {
        to.current_dir(folder);
    }
}
