//! `senex-env run` is not felt by the command: exit codes, streams, descriptors, environment.

use std::io::{Read, Write};
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, Output, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use crate::support::running::{CANARY, Project, project, wrapped};

/// The two ways that values reach a command.
#[derive(Debug, Clone, Copy)]
enum Way {
    /// In its environment: senex-env becomes the command.
    Environment,
    /// In a file: senex-env stays and cleans up.
    File,
}

const WAYS: [Way; 2] = [Way::Environment, Way::File];

/// `script` in a shell, with the path of the file as `$1` if there is one.
fn shell(project: &Project, way: Way, script: &str) -> Command {
    match way {
        Way::Environment => project.run(&["sh", "-c", script, "sh"]),
        Way::File => project.run(&["sh", "-c", script, "sh", "{}"]),
    }
}

fn output(mut command: Command) -> Output {
    command.output().expect("senex-env starts")
}

fn stdout(command: Command) -> String {
    let output = output(command);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// What a shell has in `$?` for it.
fn code(command: Command) -> i32 {
    let status = output(command).status;
    status.code().or(status.signal().map(|signal| signal + 128)).expect("an end")
}

#[test]
fn the_exit_code_is_that_of_the_command() {
    let project = project();
    for way in WAYS {
        for (script, expected) in
            [("exit 0", 0), ("exit 7", 7), ("exit 255", 255), ("kill -TERM $$", 143), ("kill -KILL $$", 137)]
        {
            assert_eq!(code(shell(&project, way, script)), expected, "{way:?} {script}");
        }
    }
}

#[test]
fn the_caller_sees_the_signal_that_ended_the_command() {
    let project = project();
    for way in WAYS {
        let status = output(shell(&project, way, "kill -INT $$")).status;
        assert_eq!(status.signal(), Some(2), "{way:?}");
    }
}

#[test]
fn a_command_that_cannot_be_started_is_126_or_127_as_in_a_shell() {
    let project = project();
    std::fs::File::create(project.root().join("notes")).expect("a file");
    for (program, expected) in [("no-such-program", 127), ("./no-such", 127), ("./notes", 126), ("/", 126)] {
        assert_eq!(code(project.run(&[program])), expected, "{program}");
        assert_eq!(code(project.run(&[program, "{}"])), expected, "{program} with a file");
    }
}

#[test]
fn values_arrive_and_the_path_of_the_file_is_absolute() {
    let project = project();
    let printed = stdout(shell(&project, Way::Environment, "printf %s \"$CANARY\""));
    assert_eq!(printed, CANARY);
    let printed = stdout(shell(&project, Way::File, "cd / && cat \"$1\" && printf %s \"$CANARY\""));
    assert!(printed.ends_with(&format!("CANARY='{CANARY}'\n")), "{printed}");
}

#[test]
fn the_command_inherits_no_identity() {
    let project = project();
    for way in WAYS {
        let mut command = shell(&project, way, "cat /proc/self/environ | tr '\\0' '\\n'");
        command.env("SENEX_ENV_KEY_FILE", "/dev/null").env("SOPS_AGE_KEY", "AGE-SECRET-KEY-1");
        command.env("SOPS_AGE_KEY_FILE", "/dev/null").env("SOPS_AGE_SSH_PRIVATE_KEY_FILE", "/dev/null");
        command.env("KEPT", "as it was");
        let environ = stdout(command);
        assert!(environ.lines().any(|line| line == "KEPT=as it was"));
        for name in ["SENEX_ENV_KEY", "SOPS_AGE_"] {
            assert!(!environ.lines().any(|line| line.starts_with(name)), "{way:?} {name}");
        }
    }
}

#[test]
fn standard_streams_are_byte_exact() {
    let project = project();
    // Every byte value, in an order without a period that a buffer size could hide.
    let mut state = 1_u32;
    let sent: Vec<u8> = std::iter::repeat_with(|| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_le_bytes()[3]
    })
    .take(10 * 1024 * 1024)
    .collect();
    for way in WAYS {
        let mut command = shell(&project, way, "exec cat");
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("starts");
        let mut stdin = child.stdin.take().expect("a pipe");
        let mut received = Vec::new();
        std::thread::scope(|scope| {
            scope.spawn(|| stdin.write_all(&sent).map(|()| drop(stdin)));
            child.stdout.take().expect("a pipe").read_to_end(&mut received)
        })
        .expect("readable");
        assert!(received == sent, "{way:?}");
        assert!(child.wait().expect("a child").success());
    }
}

#[test]
fn closed_output_reaches_the_reader() {
    let project = project();
    for way in WAYS {
        let mut command = shell(&project, way, "exec >&-; read line");
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("starts");
        let mut output = child.stdout.take().expect("a pipe");
        let (sender, end) = mpsc::channel();
        std::thread::spawn(move || sender.send(output.read_to_end(&mut Vec::new()).expect("readable")));
        assert_eq!(end.recv_timeout(Duration::from_secs(5)), Ok(0), "{way:?}: the end is not seen");
        assert!(child.try_wait().expect("a child").is_none(), "{way:?}: the command still runs");
        drop(child.stdin.take());
        child.wait().expect("a child");
    }
}

#[test]
fn command_inherits_no_descriptors() {
    let project = project();
    let script = "for fd in /proc/self/fd/*; do echo ${fd##*/} $(readlink $fd); done | grep -v /proc/";
    // A shell passes its descriptor 9 on, as a user may.
    let caller = "exec \"$@\" 9</dev/null";
    let mut direct = Command::new("sh");
    direct.args(["-c", caller, "sh", "sh", "-c", script]);
    let direct = stdout(direct);
    assert!(direct.contains("9 /dev/null"));
    for way in WAYS {
        let list = stdout(wrapped(caller, &shell(&project, way, script)));
        assert_eq!(numbers(&list), numbers(&direct), "{way:?}");
    }
}

/// The numbers of open descriptors; where pipes lead differs from run to run.
fn numbers(list: &str) -> Vec<&str> {
    list.lines().filter_map(|line| line.split(' ').next()).collect()
}

#[test]
fn limits_and_working_directory_are_those_of_the_caller() {
    let project = project();
    let script = "ulimit -Sc; ulimit -Hc; pwd; umask";
    // A soft limit as high as may be: senex-env lowers it to 0 for itself.
    let caller = "ulimit -Sc $(ulimit -Hc); umask 27; exec \"$@\"";
    let mut direct = Command::new("sh");
    direct.args(["-c", caller, "sh", "sh", "-c", script]).current_dir(project.root());
    let direct = stdout(direct);
    for way in WAYS {
        assert_eq!(stdout(wrapped(caller, &shell(&project, way, script))), direct, "{way:?}");
    }
}

#[test]
fn the_command_is_in_the_process_group_and_session_of_the_caller() {
    let project = project();
    let ours = std::fs::read_to_string("/proc/self/stat").expect("Linux");
    for way in WAYS {
        let theirs = stdout(shell(&project, way, "exec cat /proc/self/stat"));
        assert_eq!(group_and_session(&theirs), group_and_session(&ours), "{way:?}");
    }
}

/// Fields 5 and 6 of `/proc/PID/stat`; the name before them may hold anything but is in parentheses.
fn group_and_session(stat: &str) -> Vec<&str> {
    let (_, after_name) = stat.rsplit_once(')').expect("a name");
    after_name.split_whitespace().skip(2).take(2).collect()
}

#[test]
fn a_file_costs_a_few_milliseconds() {
    let project = project();
    let fastest = (0..10).map(|_| {
        let start = Instant::now();
        assert_eq!(code(shell(&project, Way::File, "exit 0")), 0);
        start.elapsed()
    });
    let fastest = fastest.min().expect("ten runs");
    assert!(fastest < Duration::from_millis(100), "{fastest:?}");
}
