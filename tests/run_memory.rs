//! While a command runs, the values are with it alone: nothing of them is left in the memory of `senex-env run`.

use std::collections::BTreeMap;
use std::fs::File;
use std::os::unix::fs::FileExt as _;
use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::support::project::TestProject;
use crate::support::tools::skip;

const SEALED: &str = "canary-of-a-sealed-value-8d41";
const OWN: &str = "canary-of-an-env-file-5b7e";

/// How often a text stands in the memory of a process that can be written to.
fn copies(process: u32, wanted: &[&str]) -> BTreeMap<String, usize> {
    let maps = std::fs::read_to_string(format!("/proc/{process}/maps")).expect("root reads it");
    let memory = File::open(format!("/proc/{process}/mem")).expect("root reads it");
    let mut found = BTreeMap::new();
    for line in
        maps.lines().filter(|line| line.split(' ').nth(1).is_some_and(|flags| flags.starts_with("rw")))
    {
        let (range, _) = line.split_once(' ').expect("a range");
        let (from, to) = range.split_once('-').expect("a range");
        let number = |text| u64::from_str_radix(text, 16).expect("hexadecimal");
        let (from, to) = (number(from), number(to));
        let mut bytes = vec![0; usize::try_from(to - from).expect("it fits")];
        let Ok(length) = memory.read_at(&mut bytes, from) else { continue };
        for text in wanted {
            let there = bytes[..length].windows(text.len()).filter(|it| *it == text.as_bytes()).count();
            *found.entry((*text).to_owned()).or_default() += there;
        }
    }
    found
}

#[test]
fn no_value_is_left_in_memory_while_the_command_runs() {
    if !rustix::process::geteuid().is_root() {
        return skip("the memory of a process that is not dumpable can only be read by root");
    }
    let project = TestProject::new();
    project.set("development", "SECRET_KEY", SEALED);
    project.set("development", "OTHER", &format!("{SEALED} \"$x' \\ # y"));
    project.write("compose.yml", b"services: {web: {image: app, environment: {OTHER: '${OTHER}'}}}\n");
    project.write(".env", format!("OWN={OWN}\n").as_bytes());
    let stand_in = project.path("bin/podman-compose");
    std::fs::create_dir_all(project.path("bin")).expect("a folder");
    let script = "#!/bin/sh\n[ \"$1\" = --version ] && echo 'podman-compose version 1.6.0' && exit\ntouch started\nexec sleep 60\n";
    senex_env::testing::file::create(&stand_in, script.as_bytes(), 0o755).expect("written");
    let compose = stand_in.to_str().expect("text").to_owned();
    for command in [
        &[compose.as_str(), "up"][..],
        &["sh", "-c", "touch started; exec sleep 60", "sh", "{}"],
        &["--format", "json", "--", "sh", "-c", "touch started; exec sleep 60", "sh", "{}"],
        &["--format", "shell", "--", "sh", "-c", "touch started; exec sleep 60", "sh", "{}"],
    ] {
        let started = project.root().join("started");
        let _ = std::fs::remove_file(&started);
        let mut run = project.command();
        let dashes = if command.contains(&"--") { &[][..] } else { &["--"][..] };
        run.arg("run").args(dashes).args(command);
        let mut child = run.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it starts");
        let begun = Instant::now();
        while !started.exists() {
            assert!(begun.elapsed() < Duration::from_secs(20), "{command:?} does not start");
            std::thread::sleep(Duration::from_millis(5));
        }
        std::thread::sleep(Duration::from_millis(50));
        // The look is a look: the name of the key is there.
        let found = copies(child.id(), &[SEALED, OWN, "SECRET_KEY"]);
        let _ = rustix::process::kill_process(
            rustix::process::Pid::from_child(&child),
            rustix::process::Signal::TERM,
        );
        let _ = child.wait();
        assert!(found["SECRET_KEY"] > 0, "{command:?}: {found:?}");
        assert_eq!((found[SEALED], found[OWN]), (0, 0), "{command:?}: {found:?}");
    }
}
