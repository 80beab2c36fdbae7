//! How a command ended.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use super::command::TestCommand;
use super::project::{TestProject, stderr, stdout, with_input};

/// Asserts that the command refused with this exit code, in words of its own, and returns the words.
#[track_caller]
pub fn refused(output: &Output, code: i32) -> String {
    let message = stderr(output);
    assert_eq!(output.status.code(), Some(code), "{message}{}", stdout(output));
    assert!(message.contains("error: "), "no error is named: {message}");
    assert!(!message.contains("panicked"), "{message}");
    message
}

/// Asserts that the command succeeded, and returns its standard output.
#[track_caller]
pub fn succeeded(output: &Output) -> String {
    assert!(output.status.success(), "{:?}: {}", output.status, stderr(output));
    stdout(output)
}

/// A command that must be refused: quickly, in bounded memory, without a change of anything in the project's
/// folders, and in these words.
pub struct Refusal<'a> {
    /// For messages.
    pub what: &'a str,
    /// The exit code.
    pub code: i32,
    /// All of it is said.
    pub says: &'a [&'a str],
}

impl Refusal<'_> {
    /// Runs the program and looks.
    #[track_caller]
    pub fn expect(&self, project: &TestProject, arguments: &[&str], input: &[u8]) {
        self.expect_of(project, &mut bounded(project, arguments), input);
    }

    /// The same with a command that was made elsewhere.
    #[track_caller]
    pub fn expect_of(&self, project: &TestProject, command: &mut Command, input: &[u8]) {
        let before = snapshot(&project.path(""));
        let start = Instant::now();
        let output = with_input(command, input);
        let took = start.elapsed();
        let message = stderr(&output);
        let all = format!("{}: {:?}\n{message}", self.what, command.get_args().last());
        assert_eq!(output.status.code(), Some(self.code), "{all}");
        assert!(message.starts_with("error: ") && !message.contains("panicked"), "{all}");
        for words in self.says {
            assert!(message.contains(words), "{words:?} is missing\n{all}");
        }
        assert!(stdout(&output).is_empty(), "{all}{}", stdout(&output));
        assert!(took < LONGEST, "{took:?}: {all}");
        assert!(snapshot(&project.path("")) == before, "something was changed\n{all}");
    }
}

const LONGEST: Duration = Duration::from_secs(20);

/// The program with an end to its patience, and to its memory: one more than the largest file, twice.
pub fn bounded(project: &TestProject, arguments: &[&str]) -> TestCommand {
    let mut command = project.hermetic("timeout");
    command.args(["--signal=KILL", "20", "prlimit", "--as=419430400", env!("CARGO_BIN_EXE_senex-env")]);
    command.args(arguments);
    command
}

/// Everything below a folder but `.git`: kind, mode and content of each entry. Devices and pipes are not
/// opened, links not followed.
pub fn snapshot(folder: &Path) -> BTreeMap<PathBuf, (u32, Vec<u8>)> {
    use std::os::unix::ffi::OsStringExt;
    use std::os::unix::fs::MetadataExt;
    let mut entries = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            let metadata = std::fs::symlink_metadata(&path).expect("metadata");
            let content = if metadata.is_symlink() {
                std::fs::read_link(&path).expect("a link").into_os_string().into_vec()
            } else if metadata.is_file() {
                std::fs::read(&path).expect("a file")
            } else {
                Vec::new()
            };
            if metadata.is_dir() && !path.ends_with(".git") {
                folders.push(path.clone());
            }
            entries.insert(path, (metadata.mode(), content));
        }
    }
    entries
}
