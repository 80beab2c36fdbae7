//! Several at once, a kill at any moment, a full disk: no update is lost, and no file is half written.

use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use crate::support::outcome::succeeded;
use crate::support::project::{TestProject, stderr};
use crate::support::random::Dice;
use crate::support::tools::{program, skip};

fn start(project: &TestProject, arguments: &[&str]) -> Child {
    let mut command = project.command();
    command.args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts")
}

#[test]
fn twenty_parallel_sets_lose_no_update() {
    let project = TestProject::new();
    // The first of them makes the file.
    let keys: Vec<String> = (0..20).map(|number| format!("KEY_NUMBER_{number}")).collect();
    for key in &keys {
        project.write(key, format!("value of {key}").as_bytes());
    }
    let running: Vec<Child> =
        keys.iter().map(|key| start(&project, &["set", "--new", key, "--file", key])).collect();
    for child in running {
        succeeded(&child.wait_with_output().expect("it ends"));
    }
    for key in &keys {
        assert_eq!(succeeded(&project.run(["get", key])), format!("value of {key}"));
    }
    assert!(leftovers(&project).is_empty());
}

#[test]
fn parallel_changes_of_every_kind_lose_no_update() {
    let project = TestProject::new();
    for number in 0..10 {
        project.set("development", &format!("OLD_{number}"), "old");
        project.write(&format!("value_{number}"), b"new");
        project.write(&format!("import_{number}.env"), format!("IMPORTED_{number}=new\n").as_bytes());
    }
    let mut running = Vec::new();
    for number in 0..10 {
        running.push(start(&project, &["unset", &format!("OLD_{number}")]));
        let value = format!("value_{number}");
        running.push(start(&project, &["set", "--new", &format!("NEW_{number}"), "--file", &value]));
        running.push(start(&project, &["import", &format!("import_{number}.env")]));
        running.push(start(&project, &["seal"]));
    }
    for child in running {
        succeeded(&child.wait_with_output().expect("it ends"));
    }
    let listed = succeeded(&project.run(["list"]));
    let mut keys: Vec<&str> = listed.lines().filter_map(|line| line.split_whitespace().next()).collect();
    keys.retain(|key| key.contains('_') && *key != "SECRET_KEY");
    keys.sort_unstable();
    let mut expected: Vec<String> =
        (0..10).flat_map(|number| [format!("IMPORTED_{number}"), format!("NEW_{number}")]).collect();
    expected.sort_unstable();
    assert_eq!(keys, expected);
    assert_eq!(succeeded(&project.run(["get", "IMPORTED_7"])), "new");
}

#[test]
fn a_set_killed_at_any_moment_leaves_the_old_file_or_the_new_one() {
    const SEED: u64 = 6;
    const KILLS: usize = 100;
    let project = TestProject::new();
    project.set("development", "SECRET_KEY", "0");
    // How long one takes here, from start to end.
    let begin = Instant::now();
    project.set("development", "SECRET_KEY", "1");
    let whole = begin.elapsed();
    let mut dice = Dice::new(SEED);
    let (mut old, mut new, mut swept) = (0, 0, 0);
    let mut current = "1".to_owned();
    for kill in 0..KILLS {
        let next = format!("value number {kill}");
        project.write("value", next.as_bytes());
        let moment = whole * u32::try_from(dice.below(1200)).expect("it is below") / 1000;
        let mut child = start(&project, &["set", "SECRET_KEY", "--file", "value"]);
        std::thread::sleep(moment);
        child.kill().expect("it is still there, or a zombie");
        child.wait().expect("it ends");
        swept += leftovers(&project).len();
        match succeeded(&project.run(["get", "SECRET_KEY"])) {
            value if value == next => {
                new += 1;
                current = next;
            }
            value => {
                assert_eq!(value, current, "seed {SEED}, kill {kill}");
                old += 1;
            }
        }
    }
    assert!(old > 5 && new > 5, "the moments miss the point: {old} old, {new} new");
    // What a killed one leaves behind is sealed, and the next write removes it.
    project.set("development", "SECRET_KEY", "the last");
    assert_eq!(leftovers(&project), Vec::<String>::new(), "{swept} were left by {KILLS} kills");
    project.commit("after the kills");
    assert_eq!(
        project.git(["ls-files", "envs"]),
        "envs/.sops.yaml\nenvs/development.env\nenvs/senex-env.toml\n"
    );
}

#[test]
fn only_stale_temporary_files_are_removed() {
    let project = TestProject::new();
    project.set("development", "SECRET_KEY", "one");
    project.write("envs/.senex-env-dead.tmp", b"x");
    project.write("envs/.senex-env-alive.tmp", b"x");
    project.write("envs/.senex-env-mine.txt", b"x");
    let alive = std::fs::File::open(project.root().join("envs/.senex-env-alive.tmp")).expect("a file");
    alive.lock().expect("locked");
    project.set("development", "SECRET_KEY", "two");
    assert_eq!(leftovers(&project), [".senex-env-alive.tmp", ".senex-env-mine.txt"]);
}

/// Temporary files of ours.
fn leftovers(project: &TestProject) -> Vec<String> {
    let entries = std::fs::read_dir(project.root().join("envs")).expect("a folder");
    let names = entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned());
    let mut names: Vec<String> = names.filter(|name| name.starts_with(".senex-env-")).collect();
    names.sort_unstable();
    names
}

#[test]
fn set_waits_for_the_lock() {
    let project = TestProject::new();
    project.set("development", "SECRET_KEY", "one");
    project.write("value", b"two");
    let lock = std::fs::File::create(project.root().join(".git/.senex-env-lock")).expect("a file");
    lock.lock().expect("locked");
    let mut child = start(&project, &["set", "SECRET_KEY", "--file", "value"]);
    std::thread::sleep(Duration::from_millis(200));
    assert!(child.try_wait().expect("a status").is_none(), "it did not wait");
    // Reading needs no lock.
    assert_eq!(succeeded(&project.run(["get", "SECRET_KEY"])), "one");
    lock.unlock().expect("unlocked");
    succeeded(&child.wait_with_output().expect("it ends"));
    assert_eq!(succeeded(&project.run(["get", "SECRET_KEY"])), "two");
}

/// Runs a script with `envs` on a disk of 64 KiB that is mounted for it alone; `$S` is the program.
pub fn on_a_small_disk(project: &TestProject, script: &str) -> Option<std::process::Output> {
    program("unshare")?;
    let mount = "mount -t tmpfs -o size=64k none envs || exit 77; cp -a full/. envs/; ";
    std::fs::rename(project.root().join("envs"), project.root().join("full")).expect("moved");
    std::fs::create_dir(project.root().join("envs")).expect("a folder");
    let mut command = project.hermetic("unshare");
    if !rustix::process::geteuid().is_root() {
        command.arg("--map-root-user");
    }
    command.args(["--mount", "--propagation", "private", "sh", "-c", &format!("{mount}{script}")]);
    let output = command.env("S", env!("CARGO_BIN_EXE_senex-env")).output().expect("unshare starts");
    if output.status.code() == Some(77) || stderr(&output).starts_with("unshare: ") {
        skip("a file system cannot be mounted here");
        return None;
    }
    Some(output)
}

#[test]
fn full_disk_is_reported_and_keeps_the_old_file() {
    let project = TestProject::new();
    project.set("development", "SECRET_KEY", "one");
    project.write("large", &[b'x'; 100_000]);
    let script = "cp envs/development.env before
        \"$S\" set SECRET_KEY --file large 2>message; echo \"$?\" >code
        cmp envs/development.env before || exit 1
        ls -A envs >names
        \"$S\" get SECRET_KEY";
    let Some(output) = on_a_small_disk(&project, script) else { return };
    assert_eq!(succeeded(&output), "one");
    assert_eq!(project.read("code").trim(), "6");
    let message = project.read("message");
    assert!(message.contains("error: cannot write envs/development.env: the disk is full"), "{message}");
    assert!(
        message.contains("nothing was changed") && message.contains("hint: free some space"),
        "{message}"
    );
    assert_eq!(project.read("names"), ".sops.yaml\ndevelopment.env\nsenex-env.toml\n");
}

#[test]
fn completely_full_disk_creates_no_file() {
    let project = TestProject::new();
    project.set("development", "SECRET_KEY", "one");
    let script = "head -c 100000 /dev/zero >envs/fill 2>fill
        ls -A envs >before
        for env in development production; do
            printf two | \"$S\" set -e $env SECRET_KEY && exit 1
        done 2>message
        ls -A envs >after
        cmp before after && \"$S\" get SECRET_KEY";
    let Some(output) = on_a_small_disk(&project, script) else { return };
    assert_eq!(succeeded(&output), "one");
    assert_eq!(project.read("message").matches("the disk is full").count(), 2, "{}", project.read("message"));
}
