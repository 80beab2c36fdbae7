//! The operating system's keyring: the real one of GNOME, and what is said where there is none.

use std::process::Output;

use crate::support::outcome::{refused, succeeded};
use crate::support::project::TestProject;
use crate::support::terminal::without_terminal;
use crate::support::tools::program;

/// A project on a session bus of its own. The runtime folder is where sockets go.
struct Session {
    project: TestProject,
}

impl Session {
    fn new() -> Option<Self> {
        for tool in ["dbus-run-session", "dbus-send", "gnome-keyring-daemon", "setsid"] {
            program(tool)?;
        }
        let project = TestProject::new();
        // The bus starts nothing by itself: what it started would outlive it.
        let config = "<busconfig><type>session</type><listen>unix:tmpdir=/tmp</listen>\
            <policy context=\"default\"><allow send_destination=\"*\" eavesdrop=\"true\"/>\
            <allow eavesdrop=\"true\"/><allow own=\"*\"/></policy></busconfig>";
        senex_env::testing::file::create(&project.path("bus.conf"), config.as_bytes(), 0o644)
            .expect("written");
        Some(Self { project })
    }

    /// Runs a script beside a keyring that is unlocked.
    fn unlocked(&self, script: &str) -> Output {
        self.run(&format!(
            "printf 'a password' | gnome-keyring-daemon --unlock --foreground {KEYRING}\n{script}"
        ))
    }

    /// The same, beside one that is locked, and nobody there to unlock it.
    fn locked(&self, script: &str) -> Output {
        self.run(&format!("gnome-keyring-daemon --foreground {KEYRING}\n{script}"))
    }

    /// Runs a script on the bus. `$S` is the program.
    fn run(&self, script: &str) -> Output {
        let mut command = self.project.hermetic("dbus-run-session");
        command.arg("--config-file").arg(self.project.path("bus.conf"));
        command.args(["--", "sh", "-c", script]);
        command
            .env("S", env!("CARGO_BIN_EXE_senex-env"))
            .env("XDG_RUNTIME_DIR", self.project.path("runtime"));
        without_terminal(&command).expect("setsid")
    }
}

/// How the script goes on after the name of the daemon: it waits for the keyring, and ends it at its end.
const KEYRING: &str = r"--components=secrets >/dev/null 2>&1 &
daemon=$!
trap 'kill $daemon' EXIT
until dbus-send --print-reply --dest=org.freedesktop.DBus / org.freedesktop.DBus.NameHasOwner \
    string:org.freedesktop.secrets 2>/dev/null | grep -q 'boolean true'; do sleep 0.01; done";
const DEFAULT: &str = "home/.config/senex-env/identity.txt";

#[test]
fn keyring_identity_survives_a_session() {
    let Some(session) = Session::new() else { return };
    let project = &session.project;
    // The identity that the project file names moves into the keyring.
    let import = succeeded(&session.unlocked(&format!("\"$S\" identity import ../{DEFAULT}")));
    assert!(project.read("envs/senex-env.toml").contains(import.trim()), "{import}");
    std::fs::remove_file(project.path(DEFAULT)).expect("removed");
    let script = "printf 'a value' | \"$S\" set SECRET_KEY && \"$S\" get SECRET_KEY";
    assert_eq!(succeeded(&session.unlocked(script)), "a value");
    assert_eq!(succeeded(&session.unlocked("\"$S\" get SECRET_KEY")), "a value");
    let shown = succeeded(&session.unlocked("\"$S\" identity show"));
    assert_eq!(shown, format!("{}  the system keyring\n", import.trim()));

    let output = session.unlocked("\"$S\" identity new");
    let message = refused(&output, 1);
    assert!(message.contains("the system keyring already contains an identity of yours"), "{message}");

    // Locked, and nobody there to unlock it.
    let message = refused(&session.locked("\"$S\" get SECRET_KEY"), 4);
    assert!(message.contains("the system keyring                it is locked\n"), "{message}");
}

#[test]
fn a_new_identity_goes_into_the_keyring_and_into_no_file() {
    let Some(session) = Session::new() else { return };
    std::fs::remove_file(session.project.path(DEFAULT)).expect("removed");
    let output = session.unlocked("\"$S\" identity new");
    let recipient = succeeded(&output);
    assert!(recipient.starts_with("age1") && recipient.lines().count() == 1, "{recipient}");
    assert!(!session.project.path(DEFAULT).exists());
}

#[test]
fn a_keyring_is_not_asked_when_a_file_opens_it() {
    let Some(session) = Session::new() else { return };
    session.project.set("development", "SECRET_KEY", "by a file");
    // The bus is one that nobody answers on: asking it would take a minute.
    let silent = session.project.path("runtime/bus");
    let _listener = std::os::unix::net::UnixListener::bind(&silent).expect("a socket");
    let mut command = session.project.command();
    command.env("DBUS_SESSION_BUS_ADDRESS", format!("unix:path={}", silent.display()));
    let output = command.args(["get", "SECRET_KEY"]).output().expect("it starts");
    assert_eq!(succeeded(&output), "by a file");
}

#[test]
fn missing_keyring_is_one_line_of_the_report() {
    let project = TestProject::new();
    project.set("development", "SECRET_KEY", "x");
    std::fs::remove_file(project.path(DEFAULT)).expect("removed");
    let report = |variables: &[(&str, &str)]| {
        let mut command = project.command();
        command.args(["get", "SECRET_KEY"]).envs(variables.iter().copied());
        let message = refused(&command.output().expect("it starts"), 4);
        let lines: Vec<&str> = message.lines().filter(|line| line.contains("keyring")).collect();
        assert_eq!(lines.len(), 1, "{message}");
        lines[0].split_once("the system keyring").expect("its place").1.trim().to_owned()
    };
    assert_eq!(report(&[]), "not available: no D-Bus session");
    for address in ["unix:path=/nonexistent/bus", "nonsense"] {
        assert_eq!(report(&[("DBUS_SESSION_BUS_ADDRESS", address)]), "not available in this session");
    }
}

#[test]
fn bus_without_a_keyring_is_one_line_of_the_report() {
    let Some(session) = Session::new() else { return };
    session.project.set("development", "SECRET_KEY", "x");
    std::fs::remove_file(session.project.path(DEFAULT)).expect("removed");
    let message = refused(&session.run("\"$S\" get SECRET_KEY"), 4);
    assert!(
        message.contains("the system keyring                not available in this session\n"),
        "{message}"
    );
}
