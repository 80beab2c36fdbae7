//! Other programs: what they see of ours, in every command.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use clap::CommandFactory as _;
use senex_env::testing::identity::Identity;

use crate::support::command::TestCommand;
use crate::support::project::{TestProject, stderr, with_input};
use crate::support::tools::program;

const PROJECT: &str = "version = 1\nproject = \"demo\"\n[environments.development]\n\
    [people.ana]\nrecipients = [\"RECIPIENT\"]\nenvironments = [\"development\"]\n\
    [people.bob]\nrecipients = [\"age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p\"]\nenvironments = []\n\
    [keys.SECRET_KEY]\nrequired = true\n\
    [keys.MADE]\ncommand = [\"key-command\"]\nafter_rotate = [\"after-command\"]\n";

/// Every command, in the ways in which it starts something, and with what on its standard input. Whether it
/// succeeds is a question for other tests; a new command gets a line here.
const COMMANDS: &[(&[&str], &[u8])] = &[
    (&["doctor"], b""),
    (&["init", "-y"], b""),
    (&["demo"], b""),
    (&["trust", "-y"], b""),
    (&["rotate", "-y", "MADE"], b""),
    (&["rotate", "-y", "SECRET_KEY"], b"another value\n"),
    (&["set", "-y", "SECRET_KEY"], b"a third value\n"),
    (&["get", "SECRET_KEY"], b""),
    (&["list"], b""),
    (&["unset", "-y", "NO_SUCH_KEY"], b""),
    (&["edit"], b""),
    (&["import", "-y", "-"], b"SECRET_KEY=a fourth value\n"),
    (&["export", "--format", "json"], b""),
    (&["export", "--format", "json", "--output", "exported.json"], b""),
    (&["seal", "-y"], b""),
    (&["check"], b""),
    (&["check", "--all"], b""),
    (&["diff"], b""),
    (&["diff", "--rev", "HEAD"], b""),
    (&["status"], b""),
    (&["log"], b""),
    (&["people"], b""),
    (&["grant", "-y", "bob", "development"], b""),
    (&["revoke", "-y", "bob"], b""),
    (&["rekey", "-y"], b""),
    (&["join", "eve"], b""),
    (&["identity", "show"], b""),
    (&["run", "--", "child"], b""),
    (&["run", "--", "child", "{}"], b""),
    (&["run", "--", "podman-compose", "up"], b""),
    (&["run", "--", "docker", "compose", "up"], b""),
    (&["run", "--dry-run", "--", "podman-compose", "up"], b""),
    (&["push", "swarm", "--prune"], b""),
    (&["push", "podman", "--prune"], b""),
    (&["scan"], b""),
    (&["scan", "--history"], b""),
    (&["hooks", "install"], b""),
    (&["hooks", "status"], b""),
    (&["git-hook", "pre-commit"], b""),
    (&["git-hook", "post-checkout", "HEAD~1", "HEAD", "1"], b""),
    (&["git-hook", "post-merge", "0"], b""),
    (&["git-textconv", "envs/development.env"], b""),
    (
        &[
            "git-merge",
            "envs/development.env",
            "envs/development.env",
            "envs/development.env",
            "7",
            "envs/development.env",
        ],
        b"",
    ),
    (&["completions", "bash"], b""),
    (&["man"], b""),
    (&["help", "run"], b""),
    (&["version"], b""),
    (&["schema", "project"], b""),
];

/// Programs that some command starts.
const STARTED: [&str; 9] = [
    "after-command",
    "child",
    "docker",
    "editor",
    "git",
    "identity-command",
    "key-command",
    "podman",
    "podman-compose",
];

/// Programs that write down their environment before they do anything.
struct Watched {
    project: TestProject,
    stranger: String,
}

impl Watched {
    fn new() -> Option<Self> {
        let project = TestProject::with(PROJECT);
        for (key, value) in [("SECRET_KEY", "kanarienvogel-7f3a9c"), ("MADE", "one")] {
            project.set("development", key, value);
            project.commit(key);
        }
        // Git keeps entries in two files then, and libgit2 reads one.
        project.git(["update-index", "--split-index"]);
        for folder in ["programs", "seen", "engine/secrets", "engine/inspect"] {
            std::fs::create_dir_all(project.path(folder)).expect("a folder");
        }
        let identity = project.path("identity.txt");
        std::fs::rename(project.path("home/.config/senex-env/identity.txt"), &identity).expect("moved");
        let engine = project.path("engine.sh");
        senex_env::testing::file::create(&engine, include_bytes!("push/engine.sh"), 0o755).expect("written");
        let engine = engine.display();
        let this = Self { project, stranger: stranger() };
        this.program("git", &format!("exec '{}' \"$@\"", program("git")?.display()));
        this.program("identity-command", &format!("cat '{}'", identity.display()));
        this.program("key-command", "echo two");
        this.program("after-command", "cat >/dev/null");
        this.program("editor", ":");
        this.program("child", ":");
        this.program("sops", "echo sops 3.11.0");
        this.program("docker-compose", "echo 5.0.0");
        this.program("podman-compose", "echo podman-compose version 1.3.0");
        this.program("podman", &format!("exec '{engine}' \"$@\""));
        let compose = "if [ \"$1\" = compose ]; then echo version 5.0.0; exit; fi";
        this.program("docker", &format!("{compose}; exec '{engine}' \"$@\""));
        Some(this)
    }

    /// A program that writes its environment into a file, by its name and whether it is asked for its version.
    fn program(&self, name: &str, script: &str) {
        let seen = self.project.path("seen");
        let text = format!(
            "#!/bin/sh\nfile='{}/{name}'\n[ \"$1\" != --version ] || file=$file.version\nenv >>\"$file\"\n{script}\n",
            seen.display()
        );
        let path = self.project.path("programs").join(name);
        senex_env::testing::file::create(&path, text.as_bytes(), 0o755).expect("written");
    }

    /// Identities in every variable that there is for them; the one that fits comes from a command.
    fn command(&self, arguments: &[&str]) -> TestCommand {
        let mut command = self.project.command();
        let path = std::env::var("PATH").unwrap_or_default();
        let stranger = self.project.path("stranger.txt");
        if !stranger.exists() {
            senex_env::testing::file::create(&stranger, self.stranger.as_bytes(), 0o600).expect("written");
        }
        command
            .env("PATH", format!("{}:{path}", self.project.path("programs").display()))
            .env("ENGINE_STATE", self.project.path("engine"))
            .env("XDG_RUNTIME_DIR", self.project.path("runtime"))
            .env("EDITOR", "editor")
            .env("SECRET_KEY", "stale");
        for name in ["SENEX_ENV_KEY", "SOPS_AGE_KEY"] {
            command.env(name, &self.stranger).env(format!("{name}_FILE"), &stranger);
            command.env(format!("{name}_CMD"), "identity-command");
        }
        for what in ["FILE", "CMD"] {
            command.env(format!("SOPS_AGE_SSH_PRIVATE_KEY_{what}"), &stranger);
        }
        command.args(arguments);
        command
    }

    /// What a program saw, a line each.
    fn seen(&self, name: &str) -> String {
        let bytes = std::fs::read(self.project.path("seen").join(name)).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    fn started(&self) -> BTreeSet<String> {
        let entries = std::fs::read_dir(self.project.path("seen")).expect("a folder");
        let name = |entry: std::io::Result<std::fs::DirEntry>| {
            entry.expect("an entry").file_name().to_string_lossy().into_owned()
        };
        entries.map(name).collect()
    }
}

fn stranger() -> String {
    Identity::generate().to_file().expect("an age identity").to_string()
}

#[test]
fn no_program_that_any_command_starts_sees_an_identity() {
    let Some(watched) = Watched::new() else { return };
    for (arguments, input) in COMMANDS {
        let output = with_input(&mut watched.command(arguments), input);
        assert!(!stderr(&output).contains("panicked"), "{arguments:?}: {}", stderr(&output));
        for name in watched.started() {
            for line in watched.seen(&name).lines() {
                let tells = ["SENEX_ENV_KEY", "SOPS_AGE_KEY", "SOPS_AGE_SSH_"];
                let tells = tells.iter().any(|prefix| line.starts_with(prefix));
                assert!(!tells && !line.contains("AGE-SECRET-KEY"), "{arguments:?}: {name} sees {line}");
            }
        }
    }
    let started = watched.started();
    let idle: Vec<_> = STARTED.iter().filter(|name| !started.contains(**name)).collect();
    assert!(idle.is_empty(), "nothing started {idle:?}: the test does not test them. Started: {started:?}");

    let tried: BTreeSet<&str> = COMMANDS.iter().map(|(arguments, _)| arguments[0]).collect();
    let cli = senex_env::testing::cli::Cli::command();
    let all: BTreeSet<&str> = cli.get_subcommands().map(clap::Command::get_name).collect();
    assert_eq!(tried, all);
}

#[test]
fn a_program_that_is_asked_for_its_version_sees_no_value() {
    let Some(watched) = Watched::new() else { return };
    let arguments: [&[&str]; 2] = [&["doctor"], &["run", "--dry-run", "--", "podman-compose", "up"]];
    for arguments in arguments {
        with_input(&mut watched.command(arguments), b"");
        let seen = watched.seen("podman-compose.version");
        assert!(seen.contains("PATH=") && !seen.contains("stale"), "{arguments:?}: {seen}");
        std::fs::remove_file(watched.project.path("seen/podman-compose.version")).expect("it was asked");
    }
    assert!(!watched.seen("sops.version").contains("stale"));
}

/// The command where no more than `most - 1` threads or processes start.
fn limited(command: &Command, most: u32) -> Option<Command> {
    let strace = program("strace")?;
    let mut limited = Command::new(strace);
    limited.args(["-f", "-o", "/dev/null", "-e", "trace=clone,clone3,vfork"]);
    limited.args(["-e", &format!("inject=clone,clone3,vfork:error=EAGAIN:when={most}+")]);
    limited.arg(command.get_program()).args(command.get_args()).env_clear();
    limited.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    limited.current_dir(command.get_current_dir().unwrap_or(Path::new("/")));
    Some(limited)
}

#[test]
fn work_is_done_without_threads_if_none_can_start() {
    let project = TestProject::new();
    project.set("development", "SECRET_KEY", "kanarienvogel-7f3a9c");
    project.write("leak.txt", b"it is kanarienvogel-7f3a9c\n");
    project.commit("a leak");
    project.git(["rm", "-q", "leak.txt"]);
    project.git(["commit", "-q", "-m", "it is gone"]);
    let scan = |most: u32| -> Option<(Option<i32>, String)> {
        let mut command = project.command();
        command.args(["scan", "--history"]);
        let output = with_input(&mut limited(&command, most)?, b"");
        Some((output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned() + &stderr(&output)))
    };
    let Some((code, said)) = scan(1) else { return };
    assert!(code == Some(1) && said.contains("leak.txt") && !said.contains("panicked"), "{code:?} {said}");
    assert_eq!(scan(2).as_ref(), Some(&(code, said)), "one thread alone");

    let mut doctor = project.command();
    doctor.arg("doctor").env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent");
    let output = with_input(&mut limited(&doctor, 1).expect("strace"), b"");
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &stderr(&output);
    assert!(output.status.code() == Some(1) && !said.contains("panicked"), "{:?} {said}", output.status);
}
