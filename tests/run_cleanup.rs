//! The plaintext file of `senex-env run` is gone, whatever happens.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::support::running::{CANARY, Project, project, wrapped};
use crate::support::tools::program;

fn is_empty(project: &Project) -> bool {
    fs::read_dir(project.runtime_dir()).expect("there").next().is_none()
}

fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < Duration::from_secs(1), "not within a second: {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Waits until the command has its file.
fn started(project: &Project) -> Child {
    let here = project.root().join("here");
    let _ = fs::remove_file(&here);
    let mut command = project.run(&["sh", "-c", "cp \"$1\" here; exec sleep 30", "sh", "{}"]);
    let child = command.stdin(Stdio::null()).spawn().expect("starts");
    let start = Instant::now();
    while fs::read(&here).unwrap_or_default().is_empty() {
        assert!(start.elapsed() < Duration::from_secs(10), "the command does not start");
        std::thread::sleep(Duration::from_millis(2));
    }
    child
}

fn send(child: &Child, signal: Signal) {
    kill_process(Pid::from_child(child), signal).expect("it runs");
}

/// Processes that have their working directory in the project: whatever was started there.
fn strays(project: &Project) -> Vec<u32> {
    let root = project.root().canonicalize().expect("there");
    let processes = fs::read_dir("/proc").expect("Linux").flatten();
    let pids = processes.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    pids.filter(|pid| fs::read_link(format!("/proc/{pid}/cwd")).is_ok_and(|cwd| cwd == root)).collect()
}

fn guardian_of(child: &Child) -> u32 {
    let children = fs::read_to_string(format!("/proc/{0}/task/{0}/children", child.id())).expect("Linux");
    let mut pids = children.split_whitespace().filter_map(|pid| pid.parse().ok());
    pids.find(|pid| {
        fs::read_to_string(format!("/proc/{pid}/cmdline")).is_ok_and(|line| line.contains("__guardian"))
    })
    .expect("a guardian")
}

fn runs(pid: u32) -> bool {
    fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| !stat.contains(") Z "))
}

#[test]
fn a_command_that_ends_leaves_no_file_and_no_guardian() {
    let project = project();
    let script = "ls -l /proc/$PPID/task/$PPID/children >/dev/null; cat /proc/$PPID/task/$PPID/children";
    let output = project.run(&["sh", "-c", script, "sh", "{}"]).output().expect("starts");
    assert!(is_empty(&project));
    let pids = String::from_utf8(output.stdout).expect("UTF-8");
    let pids: Vec<u32> = pids.split_whitespace().map(|pid| pid.parse().expect("a number")).collect();
    assert_eq!(pids.len(), 2, "the guardian and the command");
    assert!(pids.into_iter().all(|pid| !runs(pid)));
}

#[test]
fn a_command_that_does_not_start_leaves_no_file() {
    let project = project();
    let output = project.run(&["no-such-program", "{}"]).output().expect("starts");
    assert_eq!(output.status.code(), Some(127));
    assert!(is_empty(&project));
}

#[test]
fn sigkill_leaves_no_file_and_no_guardian() {
    let project = project();
    let mut child = started(&project);
    let guardian = guardian_of(&child);
    assert!(!is_empty(&project));
    for signal in [Signal::HUP, Signal::INT, Signal::QUIT, Signal::TERM, Signal::USR1, Signal::USR2] {
        kill_process(Pid::from_raw(guardian.cast_signed()).expect("a process"), signal).expect("it runs");
    }
    send(&child, Signal::KILL);
    child.wait().expect("a child");
    eventually("the file is gone", || is_empty(&project));
    eventually("the guardian is gone", || !runs(guardian));
    for stray in strays(&project) {
        kill_process(Pid::from_raw(stray.cast_signed()).expect("a process"), Signal::KILL).expect("ours");
    }
}

#[test]
fn guardian_has_no_environment_and_another_name() {
    let project = project();
    let mut child = started(&project);
    let guardian = PathBuf::from(format!("/proc/{}", guardian_of(&child)));
    // Both can be read by root alone.
    assert_eq!(fs::read(guardian.join("environ")).unwrap_or_default(), b"");
    assert!(fs::read_link(guardian.join("cwd")).map_or(true, |cwd| cwd.as_os_str() == "/"));
    // So that `pkill -9 -f senex-env` and `killall -9 senex-env` leave it to do its work.
    for name in ["cmdline", "comm"] {
        let name = fs::read_to_string(guardian.join(name)).expect("ours");
        assert!(!name.contains("senex-env"), "{name}");
    }
    send(&child, Signal::TERM);
    child.wait().expect("a child");
}

#[test]
fn sigkill_to_the_whole_group_leaves_no_file() {
    let project = project();
    let mut command = project.run(&["sh", "-c", "echo; exec sleep 30", "sh", "{}"]);
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    let mut child = command.stdout(Stdio::piped()).spawn().expect("starts");
    let mut line = String::new();
    let mut output = std::io::BufReader::new(child.stdout.take().expect("a pipe"));
    std::io::BufRead::read_line(&mut output, &mut line).expect("text");
    rustix::process::kill_process_group(Pid::from_child(&child), Signal::KILL).expect("it runs");
    child.wait().expect("a child");
    eventually("the file is gone", || is_empty(&project));
}

#[test]
fn next_run_sweeps_if_the_guardian_was_killed() {
    let project = project();
    let mut child = started(&project);
    let guardian = Pid::from_raw(guardian_of(&child).cast_signed()).expect("a process");
    kill_process(guardian, Signal::KILL).expect("it runs");
    send(&child, Signal::KILL);
    child.wait().expect("a child");
    assert!(!is_empty(&project), "this test is about a file that stays");
    let mut other = started(&project);
    assert_eq!(fs::read_dir(project.runtime_dir()).expect("there").count(), 1, "only that of the new run");
    send(&other, Signal::TERM);
    other.wait().expect("a child");
    assert!(is_empty(&project));
    for stray in strays(&project) {
        kill_process(Pid::from_raw(stray.cast_signed()).expect("a process"), Signal::KILL).expect("ours");
    }
}

#[test]
fn a_run_does_not_sweep_another_that_is_alive() {
    let project = project();
    let mut first = started(&project);
    assert!(project.run(&["true", "{}"]).status().expect("starts").success());
    assert_eq!(fs::read_dir(project.runtime_dir()).expect("there").count(), 1);
    send(&first, Signal::TERM);
    first.wait().expect("a child");
    assert!(is_empty(&project));
}

/// From before the signal handlers to after the command: every moment that a signal can hit.
#[test]
fn no_moment_of_a_signal_leaves_a_file_or_an_orphan() {
    let project = project();
    let whole = {
        let start = Instant::now();
        assert!(project.run(&["true", "{}"]).status().expect("starts").success());
        start.elapsed()
    };
    for round in 0..50_u32 {
        for signal in [Signal::KILL, Signal::TERM, Signal::INT, Signal::HUP] {
            let mut command = project.run(&["sh", "-c", "exec sleep 0.01", "sh", "{}"]);
            let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("starts");
            std::thread::sleep(whole.mul_f64(1.5) * round / 50);
            send(&child, signal);
            let status = child.wait().expect("a child");
            if signal == Signal::KILL {
                // The command lives on, as nothing can tell it, but without its file.
                eventually("the file is gone", || is_empty(&project));
                eventually("the command has ended", || strays(&project).is_empty());
            } else {
                assert!(is_empty(&project), "{signal:?} in round {round}: {status:?}");
                assert_eq!(strays(&project), [0_u32; 0], "{signal:?} in round {round}");
            }
        }
    }
}

#[test]
fn full_tmpfs_is_an_error_and_leaves_no_file() {
    let project = project();
    let mount = project.root().join("full");
    fs::create_dir(&mount).expect("a folder");
    // In a mount namespace of its own; needs root, or user namespaces.
    let mut run = project.run(&["true", "{}"]);
    run.env("XDG_RUNTIME_DIR", &mount);
    let script = r#"exec unshare --mount --map-root-user sh -c '
        mount -t tmpfs -o size=4k,mode=700 none "$XDG_RUNTIME_DIR" && printf "%4096s" >"$XDG_RUNTIME_DIR/fill" || exit
        "$@"
        echo "code $?"
        ls -A "$XDG_RUNTIME_DIR"' sh "$@""#;
    let output = wrapped(script, &run).output().expect("util-linux");
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    let errors = String::from_utf8_lossy(&output.stderr);
    if text.is_empty() && errors.contains("unshare") {
        return; // namespaces are forbidden here
    }
    assert_eq!(text, "code 125\nfill\n", "{errors}");
    assert!(!errors.contains(CANARY));
}

#[test]
fn env_file_is_private_and_in_memory() {
    let project = project();
    let script = "stat -c %a \"$1\" \"${1%/*}\"; stat -f -c %T \"$1\"; umask";
    let run = project.run(&["sh", "-c", script, "sh", "{}"]);
    let output = wrapped("umask 777; exec \"$@\"", &run).output().expect("starts");
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    assert_eq!(text.trim_end(), "600\n700\ntmpfs\n0777");
}

#[test]
fn writable_runtime_directory_is_skipped() {
    let project = project();
    let runtime = project.runtime_dir();
    fs::set_permissions(&runtime, Permissions::from_mode(0o777)).expect("ours");
    let output = project.run(&["echo", "{}"]).output().expect("starts");
    let path = PathBuf::from(String::from_utf8(output.stdout).expect("UTF-8").trim_end());
    assert!(path.is_absolute() && !path.starts_with(&runtime), "{}", path.display());
}

/// What `strace` sees of a run: the canary is written to the plaintext file and to nothing else.
#[test]
fn the_plaintext_is_written_to_memory_only() {
    let project = project();
    if program("strace").is_none() {
        return;
    }
    let writes = "write,writev,pwrite64,sendto,sendmsg";
    let script = format!("exec strace -f -y -s 100000 -e trace={writes} -o trace \"$@\"");
    let output = wrapped(&script, &project.run(&["cat", "{}"])).output().expect("a shell");
    assert!(String::from_utf8_lossy(&output.stdout).contains(CANARY));
    let trace = fs::read_to_string(project.root().join("trace")).expect("UTF-8");
    let written: Vec<_> = trace.lines().filter(|line| line.contains(CANARY)).collect();
    let runtime = project.runtime_dir();
    let in_memory = |line: &&&str| line.contains(&format!("<{}/senex-env-", runtime.display()));
    assert_eq!(written.iter().filter(in_memory).count(), 1, "the file");
    assert_eq!(written.len(), 2, "the file, and what `cat` prints:\n{}", written.join("\n"));
}
