//! A project in a temporary folder, with an identity and a home of its own.

use std::ffi::OsStr;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use super::command::TestCommand;
use super::hints;

/// A temporary repository with `envs/senex-env.toml`; removed on drop.
pub struct TestProject {
    folder: tempfile::TempDir,
}

/// The project file of [`TestProject::new`]: two environments, one person, a few keys.
pub const PROJECT_FILE: &str = r#"version = 1
project = "demo"
default = "development"

[environments.development]
[environments.production]

[people.ana]
recipients = ["RECIPIENT"]
environments = ["development", "production"]

[keys.SECRET_KEY]
required = true
[keys.DB_PASSWORD]
required = ["production"]
[keys.ALLOWED_HOSTS]
secret = false
"#;

impl TestProject {
    /// With [`PROJECT_FILE`].
    pub fn new() -> Self {
        Self::with(PROJECT_FILE)
    }

    /// A repository without a project or an identity.
    pub fn empty() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let project = Self { folder };
        for folder in ["repo", "home", "runtime"] {
            std::fs::create_dir_all(project.path(folder)).expect("a folder");
        }
        set_mode(&project.path("runtime"), 0o700);
        project.git(["init", "-q", "-b", "main"]);
        project
    }

    /// With a project file of one's own, in which `RECIPIENT` stands for the recipient of the identity.
    pub fn with(project_file: &str) -> Self {
        let project = Self::empty();
        let recipient = project.run(["identity", "new", "--no-passphrase"]).stdout;
        let recipient = String::from_utf8(recipient).expect("text").trim().to_owned();
        assert!(recipient.starts_with("age1"), "an identity was made");
        project.write("envs/senex-env.toml", project_file.replace("RECIPIENT", &recipient).as_bytes());
        project
    }

    /// The repository.
    pub fn root(&self) -> PathBuf {
        self.path("repo")
    }

    /// A path in the temporary folder (`repo/…`, `home/…`).
    pub fn path(&self, inside: &str) -> PathBuf {
        self.folder.path().join(inside)
    }

    /// Writes a file of the repository.
    pub fn write(&self, inside: &str, bytes: &[u8]) {
        let path = self.root().join(inside);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        let mut file = std::fs::File::create(path).expect("a file");
        file.write_all(bytes).expect("written");
    }

    /// Reads a file of the repository.
    pub fn read(&self, inside: &str) -> String {
        std::fs::read_to_string(self.root().join(inside)).expect("a readable file")
    }

    /// The program, ready to be given arguments: hermetic home and variables, the repository as working
    /// directory, no terminal.
    pub fn command(&self) -> TestCommand {
        let mut command = self.hermetic(env!("CARGO_BIN_EXE_senex-env"));
        command.stdin(Stdio::null());
        command
    }

    /// The exit status, and what is said aside, where nobody reads the answer.
    pub fn run_unread(&self, line: &str) -> (Option<i32>, String) {
        let binary = env!("CARGO_BIN_EXE_senex-env");
        let script = format!("'{binary}' {line} | true; exit \"${{PIPESTATUS[0]}}\"");
        let mut bash = self.hermetic("bash");
        let output = bash.args(["-c", &script]).current_dir(self.root()).output().expect("bash starts");
        (output.status.code(), stderr(&output))
    }

    /// Any other program in the same surroundings.
    pub fn hermetic(&self, program: impl AsRef<OsStr>) -> TestCommand {
        let mut command = TestCommand::new(program);
        command
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.path("home"))
            .env("LANG", "C.UTF-8")
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_SYSTEM", "/dev/null")
            .env("GIT_AUTHOR_NAME", "ana")
            .env("GIT_AUTHOR_EMAIL", "ana@example.test")
            .env("GIT_COMMITTER_NAME", "ana")
            .env("GIT_COMMITTER_EMAIL", "ana@example.test")
            .current_dir(self.root());
        command
    }

    /// Runs the program.
    pub fn run<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Output {
        self.command().args(arguments).output().expect("the program starts")
    }

    /// Runs the program with something on its standard input.
    pub fn run_with<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>, input: &[u8]) -> Output {
        with_input(self.command().args(arguments), input)
    }

    /// Gives a key a value, whatever its rules.
    pub fn set(&self, environment: &str, key: &str, value: &str) {
        self.set_as(&[], environment, key, value);
    }

    /// The same, with variables that tell of another identity.
    pub fn set_as(&self, variables: &[(&str, &Path)], environment: &str, key: &str, value: &str) {
        let path = self.path("value");
        std::fs::File::create(&path).and_then(|mut file| file.write_all(value.as_bytes())).expect("written");
        let mut command = self.command();
        command.args(["set", "-y", "-e", environment, key, "--force", "--new", "--file"]).arg(&path);
        command.envs(variables.iter().copied());
        let output = command.output().expect("the program starts");
        std::fs::remove_file(&path).expect("removed");
        assert!(output.status.success(), "{}", stderr(&output));
    }

    /// Runs git in the repository; it must succeed.
    pub fn git<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> String {
        let output = self.hermetic("git").args(arguments).output().expect("git starts");
        assert!(output.status.success(), "git: {}", stderr(&output));
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// Commits everything.
    pub fn commit(&self, message: &str) {
        self.git(["add", "-A"]);
        self.git(["commit", "-q", "-m", message]);
    }
}

/// Runs a command with something on its standard input, and follows the hints in its answer.
pub fn with_input(command: &mut Command, input: &[u8]) -> Output {
    let output = fed(command, input);
    hints::follow(command, &output);
    output
}

/// Runs a command with something on its standard input.
pub fn fed(command: &mut Command, input: &[u8]) -> Output {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    let input = input.to_vec();
    // From a thread: a program that prints before it has read everything would block us both.
    let writer = std::thread::spawn(move || drop(stdin.write_all(&input)));
    let output = child.wait_with_output().expect("the program ends");
    writer.join().expect("written");
    output
}

/// Standard output as text.
pub fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Standard error as text.
pub fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn set_mode(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).expect("a mode");
}
