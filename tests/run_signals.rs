//! Signals to `senex-env run` end up where they would without it: at the command, once.

use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

use crate::support::running::{Project, alike, project, wrapped};

/// Counts the signals it gets, and tells when it reads the end of its input. Perl counts each delivery, while
/// a shell runs a trap once for several.
const COUNT: &str = r#"
    $| = 1;
    for my $name (qw(HUP INT QUIT TERM USR1 USR2)) { $SIG{$name} = sub { $n{$name}++; print "got $name\n" }; }
    print "ready\n";
    my $until = time + 20;
    while (time < $until and not $n{USR2}) { select undef, undef, undef, 0.05; }
    select undef, undef, undef, 0.3;
    print join(" ", map { "$_=$n{$_}" } sort keys %n), "\n";
"#;

struct Running {
    process: Child,
    output: BufReader<ChildStdout>,
}

impl Running {
    fn start(mut command: Command) -> Self {
        let mut process =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("senex-env starts");
        let output = BufReader::new(process.stdout.take().expect("a pipe"));
        let mut running = Self { process, output };
        running.wait_for("ready");
        running
    }

    fn wait_for(&mut self, text: &str) {
        let mut line = String::new();
        while !line.contains(text) {
            line.clear();
            assert_ne!(self.output.read_line(&mut line).expect("text"), 0, "waiting for `{text}`");
        }
    }

    fn send(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.process), signal).expect("it runs");
    }

    /// The rest of the output and what a shell has in `$?`.
    fn finish(mut self) -> (String, i32) {
        let mut rest = String::new();
        self.output.read_to_string(&mut rest).expect("text");
        let status = self.process.wait().expect("a child");
        (rest, status.code().or(status.signal().map(|signal| signal + 128)).expect("an end"))
    }
}

fn counter(project: &Project) -> Command {
    project.run(&["perl", "-e", COUNT, "{}"])
}

fn last_line(output: &str) -> &str {
    output.trim_end().lines().last().unwrap_or_default()
}

#[test]
fn signal_is_forwarded_once() {
    let project = project();
    for (signal, name) in [
        (Signal::HUP, "HUP"),
        (Signal::INT, "INT"),
        (Signal::QUIT, "QUIT"),
        (Signal::TERM, "TERM"),
        (Signal::USR1, "USR1"),
    ] {
        let mut running = Running::start(counter(&project));
        running.send(signal);
        running.wait_for(name);
        running.send(Signal::USR2);
        let (output, code) = running.finish();
        assert_eq!((last_line(&output), code), (&*format!("{name}=1 USR2=1"), 0));
    }
}

#[test]
fn each_of_several_signals_is_passed_on() {
    let project = project();
    let mut running = Running::start(counter(&project));
    for _ in 0..5 {
        running.send(Signal::TERM);
        running.wait_for("got TERM");
    }
    running.send(Signal::USR2);
    assert_eq!(last_line(&running.finish().0), "TERM=5 USR2=1");
}

#[test]
fn command_ends_before_senex_env() {
    let project = project();
    for (signal, code) in [(Signal::TERM, 143), (Signal::INT, 130), (Signal::HUP, 129), (Signal::QUIT, 131)] {
        let mut running =
            Running::start(project.run(&["sh", "-c", "echo $$; echo ready; exec sleep 30", "{}"]));
        running.send(signal);
        let status = running.process.wait().expect("a child");
        assert_eq!(status.code().or(status.signal().map(|signal| signal + 128)), Some(code));
        assert!(!sleeps_in_group_of(&project), "{signal:?}");
    }
}

/// Whether a process has its working directory in the project: whatever was started there.
fn sleeps_in_group_of(project: &Project) -> bool {
    let root = project.root().canonicalize().expect("there");
    let processes = std::fs::read_dir("/proc").expect("Linux").flatten();
    processes
        .map(|entry| entry.path().join("cwd"))
        .any(|cwd| std::fs::read_link(cwd).is_ok_and(|cwd| cwd == root))
}

#[test]
fn command_that_survives_a_signal_is_waited_for() {
    let project = project();
    let script = "trap 'echo minded' TERM; echo ready; read line; echo $line; exit 5";
    let mut running = Running::start(project.run(&["sh", "-c", script, "sh", "{}"]));
    running.send(Signal::TERM);
    running.wait_for("minded");
    drop(running.process.stdin.take());
    assert_eq!(running.finish().1, 5);
}

#[test]
fn a_command_that_signals_its_group_is_not_signalled_back() {
    let project = project();
    // `kill 0` in a group of its own, so that the test lives.
    let script = r#"$| = 1; $SIG{TERM} = sub { $n++ }; print "ready\n"; kill "TERM", 0;
        select undef, undef, undef, 0.3 for 1..3; print "TERM=$n\n";"#;
    let mut command = project.run(&["perl", "-e", script, "{}"]);
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    assert_eq!(last_line(&Running::start(command).finish().0), "TERM=1");
}

#[test]
fn ignored_signals_stay_ignored() {
    let project = project();
    let run = project.run(&["sh", "-c", "echo ready; read line; exec cat /proc/self/status", "sh", "{}"]);
    let mut running = Running::start(wrapped("trap '' HUP USR1; exec \"$@\"", &run));
    running.send(Signal::HUP);
    running.send(Signal::USR1);
    drop(running.process.stdin.take());
    let (status, code) = running.finish();
    assert_eq!(code, 0);
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:")).expect("Linux");
    let ignored = u64::from_str_radix(ignored.trim(), 16).expect("a mask");
    // HUP is 1, USR1 10, PIPE 13, INT 2, TERM 15: bit n-1.
    assert_eq!(ignored & 0b0101_0010_0000_0011, 0b0000_0010_0000_0001);
}

#[test]
fn blocked_sigchld_does_not_hide_the_end() {
    let project = project();
    let run = project.run(&["sh", "-c", "exit 4", "sh", "{}"]);
    let block = "sigprocmask(SIG_BLOCK, POSIX::SigSet->new(SIGCHLD)); exec @ARGV";
    let mut command = wrapped(&format!("exec timeout 5 perl -MPOSIX -e '{block}' \"$@\""), &run);
    assert_eq!(command.status().expect("a shell").code(), Some(4));
}

#[test]
fn the_command_starts_with_default_dispositions_and_an_empty_mask() {
    let project = project();
    let of = |mut command: Command| {
        let output = command.output().expect("starts").stdout;
        let text = String::from_utf8(output).expect("UTF-8");
        let lines = text.lines().filter(|line| line.starts_with("Sig") && !line.starts_with("SigQ"));
        lines.map(str::to_owned).collect::<Vec<_>>()
    };
    let mut direct = Command::new("cat");
    direct.arg("/proc/self/status");
    let direct = of(direct);
    assert_eq!(of(project.run(&["cat", "/proc/self/status"])), direct);
    assert_eq!(of(project.run(&["cat", "/proc/self/status", "{}"])), direct);
}

/// A terminal, by `script`: what is written to its standard input is typed.
fn on_terminal(script: &str, command: &Command) -> Command {
    let quoted: Vec<_> = [command.get_program()].into_iter().chain(command.get_args()).map(quote).collect();
    let mut terminal = alike("script", command);
    terminal.args(["-qefc", &script.replace("\"$@\"", &quoted.join(" ")), "/dev/null"]);
    terminal.env("SHELL", "/bin/bash"); // with which `script` runs it
    terminal
}

fn quote(text: &std::ffi::OsStr) -> String {
    format!("'{}'", text.to_str().expect("UTF-8").replace('\'', r"'\''"))
}

#[test]
fn control_c_at_the_terminal_reaches_the_command_once() {
    let project = project();
    // A shell in between, because `script` does not take it well when its child stops.
    let mut running = Running::start(on_terminal("trap : INT QUIT; \"$@\"; exit", &counter(&project)));
    let mut keyboard = running.process.stdin.take().expect("a pipe");
    let senex = child_of(child_of(Pid::from_child(&running.process)));
    for key in [b"\x03", b"\x03", b"\x1c"] {
        // Stopped meanwhile, so that what it would send comes later and is not one with what the terminal sent.
        kill_process(senex, Signal::STOP).expect("it runs");
        keyboard.write_all(key).expect("typed");
        running.wait_for("got ");
        kill_process(senex, Signal::CONT).expect("it runs");
        std::thread::sleep(Duration::from_millis(100));
    }
    kill_process(senex, Signal::USR2).expect("it runs");
    assert_eq!(last_line(&running.finish().0), "INT=2 QUIT=1 USR2=1");
}

#[test]
fn control_c_ends_a_loop_of_the_shell() {
    let project = project();
    let run = project.run(&["sh", "-c", "echo ready; exec sleep 5", "sh", "{}"]);
    let script = "for i in 1 2 3; do \"$@\"; echo round $i; done";
    let mut running = Running::start(on_terminal(script, &run));
    let mut keyboard = running.process.stdin.take().expect("a pipe");
    keyboard.write_all(b"\x03").expect("typed");
    let (output, code) = running.finish();
    assert_eq!((output.contains("round"), output.contains("ready"), code), (false, false, 130), "{output}");
}

#[test]
fn closed_terminal_hangs_up_the_command() {
    let project = project();
    let file = project.root().join("hung up");
    let script = format!(
        r#"$| = 1; $SIG{{HUP}} = sub {{ open F, ">", "{}"; print F "HUP"; exit }};
        print "ready\n"; sleep 1 for 1..20;"#,
        file.display()
    );
    let mut running =
        Running::start(on_terminal("exec \"$@\"", &project.run(&["perl", "-e", &script, "{}"])));
    running.process.kill().expect("the terminal");
    running.process.wait().expect("a child");
    eventually("the command is hung up", || file.exists());
    eventually("nothing is left", || is_empty(&project));
}

#[test]
fn control_z_stops_both_and_fg_continues_both() {
    let project = project();
    // A shell with job control: it must see the job stop, or it would hang.
    let run = project.run(&["sh", "-c", "echo rea''dy; read line; echo \"line $line\"; exit 3", "sh", "{}"]);
    let script = "set -m; \"$@\"; echo stopped=$?; fg >/dev/null; echo code=$?";
    let mut running = Running::start(on_terminal(script, &run));
    let mut keyboard = running.process.stdin.take().expect("a pipe");
    keyboard.write_all(b"\x1a").expect("typed");
    running.wait_for("stopped=148"); // 128 + SIGTSTP
    keyboard.write_all(b"typed\n").expect("typed");
    let (output, _) = running.finish();
    assert!(output.contains("line typed") && output.contains("code=3"), "{output}");
}

fn child_of(parent: Pid) -> Pid {
    let children = format!("/proc/{0}/task/{0}/children", parent.as_raw_nonzero());
    let children = std::fs::read_to_string(children).expect("Linux");
    let first = children.split_whitespace().next().and_then(|pid| pid.parse().ok());
    first.and_then(Pid::from_raw).expect("a child")
}

fn is_empty(project: &Project) -> bool {
    std::fs::read_dir(project.runtime_dir()).expect("there").next().is_none()
}

fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    for _ in 0..200 {
        if holds() {
            return;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    panic!("not within two seconds: {what}");
}
