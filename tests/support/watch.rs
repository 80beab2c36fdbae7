//! What a command lets out: on its streams, in the arguments and variables of programs, into files.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::project::{TestProject, with_input};
use super::tools::program;

/// A text that must not be seen, in every form in which it could be.
pub struct Canary {
    forms: Vec<String>,
}

impl Canary {
    /// As it is, in hexadecimal, and in base64 wherever in a longer text it stands.
    pub fn new(text: &str) -> Self {
        let hex: String = text.bytes().map(|byte| format!("{byte:02x}")).collect();
        let mut forms = vec![text.to_owned(), hex.to_uppercase(), hex];
        for before in 0..3 {
            let encoded = STANDARD.encode([&vec![0; before][..], text.as_bytes()].concat());
            // Its ends depend on the neighbours.
            forms.push(encoded[4..encoded.len() - 4].to_owned());
        }
        Self { forms }
    }

    /// Whether some form of it is in there.
    pub fn is_in(&self, bytes: &[u8]) -> bool {
        self.forms.iter().any(|form| memchr::memmem::find(bytes, form.as_bytes()).is_some())
    }

    /// The files below a folder that hold it.
    pub fn files_below(&self, folder: &Path) -> Vec<PathBuf> {
        let snapshot = super::outcome::snapshot(folder);
        snapshot.into_iter().filter(|(_, (_, content))| self.is_in(content)).map(|(path, _)| path).collect()
    }
}

/// What a command did, as its streams and the kernel saw it.
pub struct Watched {
    /// Streams and exit code.
    pub output: Output,
    /// Programs started and data written, a line each, as `strace` words it; empty without `strace`.
    pub calls: Vec<String>,
}

/// Runs a command under `strace`, or without where there is none.
pub fn watch(project: &TestProject, command: &Command, input: &[u8]) -> Watched {
    let trace = project.path("trace");
    let mut watched = match program("strace") {
        Some(strace) => {
            let mut watched = Command::new(strace);
            watched.args(["-f", "-y", "-v", "-s", "1000000", "-o"]).arg(&trace);
            watched.args(["-e", "trace=execve,write,writev,pwrite64,pwritev,sendto,sendmsg,sendmmsg"]);
            watched.arg(command.get_program());
            watched
        }
        None => Command::new(command.get_program()),
    };
    watched.args(command.get_args()).env_clear();
    watched.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    watched.current_dir(project.root());
    let output = with_input(&mut watched, input);
    let calls = std::fs::read(&trace).unwrap_or_default();
    let calls = String::from_utf8_lossy(&calls).lines().map(str::to_owned).collect();
    drop(std::fs::remove_file(&trace));
    Watched { output, calls }
}
