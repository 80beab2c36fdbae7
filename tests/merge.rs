//! Sealed files through git's own commands, with the merge driver and without it.

use crate::support::project::{TestProject, stderr, stdout};

const PROJECT_FILE: &str = r#"version = 1
project = "demo"
default = "development"

[environments.development]

[people.ana]
recipients = ["RECIPIENT"]
environments = ["development"]

[keys.HOSTS]
secret = false
"#;
const FILE: &str = "envs/development.env";

/// A repository with the drivers, `A`, `B`, `C` and the config key `HOSTS` on `main`.
fn project() -> TestProject {
    let project = TestProject::with(PROJECT_FILE);
    let installed = project.run(["hooks", "install"]);
    assert!(installed.status.success(), "{}", stderr(&installed));
    for key in ["A", "B", "C", "HOSTS"] {
        project.set("development", key, &format!("{key}-of-the-start"));
    }
    project.commit("start");
    project
}

/// A branch off `main` on which `key` has `value`.
fn branch(project: &TestProject, name: &str, key: &str, value: &str) {
    project.git(["checkout", "-q", "-b", name, "main"]);
    project.set("development", key, value);
    project.commit(name);
    project.git(["checkout", "-q", "main"]);
}

fn on_main(project: &TestProject, key: &str, value: &str) {
    project.set("development", key, value);
    project.commit("on main");
}

fn value(project: &TestProject, key: &str) -> String {
    let output = project.run(["get", key]);
    assert!(output.status.success(), "{}", stderr(&output));
    stdout(&output)
}

/// The file opens, git has nothing left to do, and the keys have these values.
fn assert_merged(project: &TestProject, what: &str, values: &[(&str, &str)]) {
    for (key, wanted) in values {
        assert_eq!(value(project, key), *wanted, "{what}: {key}");
    }
    assert!(project.run(["check"]).status.success(), "{what}: check");
    assert_eq!(project.git(["status", "--porcelain"]), "", "{what}: a clean tree");
}

/// `git` may fail; whether it did.
fn git_fails(project: &TestProject, arguments: &[&str]) -> bool {
    let mut git = project.hermetic("git");
    git.env("GIT_EDITOR", "true").args(arguments);
    !git.output().expect("git starts").status.success()
}

/// Every command of git's that merges, and how it goes on where it stopped. Each brings together `A` of a branch and
/// `B` of main.
const COMMANDS: [(&str, &str); 11] = [
    ("merge side", "commit --no-edit"),
    ("merge --no-ff side", "commit --no-edit"),
    ("merge --squash side", "commit -m squashed"),
    ("rebase main side", "rebase --continue"),
    ("rebase --interactive main side", "rebase --continue"),
    ("cherry-pick side", "cherry-pick --continue"),
    ("revert --no-edit HEAD~1", "revert --continue"),
    ("stash pop", "commit -m popped"),
    ("pull --no-rebase . side", "commit --no-edit"),
    ("pull --rebase . main", "rebase --continue"),
    ("am -3 ../side.patch", "am --continue"),
];

/// A project in which `command` has something to merge.
fn ready_for(command: &str) -> TestProject {
    let project = project();
    match command.split(' ').next() {
        Some("revert") => {
            // To take back the second commit, so that `A` is as a branch had it.
            on_main(&project, "A", "on a branch");
            on_main(&project, "A", "a mistake");
            on_main(&project, "B", "on main");
        }
        Some("stash") => {
            project.set("development", "A", "on a branch");
            project.git(["stash", "-q"]);
            on_main(&project, "B", "on main");
        }
        _ => {
            branch(&project, "side", "A", "on a branch");
            let patch = project.git(["format-patch", "--stdout", "-1", "side"]);
            project.write("../side.patch", patch.as_bytes());
            on_main(&project, "B", "on main");
            if command.contains("pull --rebase") {
                project.git(["checkout", "-q", "side"]);
            }
        }
    }
    project
}

const BOTH: [(&str, &str); 3] = [("A", "on a branch"), ("B", "on main"), ("C", "C-of-the-start")];

#[test]
fn every_git_command_that_merges_ends_with_a_clean_tree_and_a_valid_file() {
    for (command, go_on) in COMMANDS {
        let project = ready_for(command);
        let arguments: Vec<&str> = command.split(' ').collect();
        assert!(!git_fails(&project, &arguments), "{command}");
        if command.contains("--squash") || command.contains("stash") {
            assert!(!git_fails(&project, &["add", "-A"]));
            assert!(!git_fails(&project, &go_on.split(' ').collect::<Vec<_>>()), "{command}");
        }
        assert_merged(&project, command, &BOTH);
    }
}

#[test]
fn without_a_driver_the_result_is_refused_and_the_hint_repairs_it() {
    for (command, go_on) in COMMANDS {
        let project = ready_for(command);
        assert!(project.run(["hooks", "uninstall"]).status.success());
        // Text conflicts are the good case: the checksum differs on both sides.
        git_fails(&project, &command.split(' ').collect::<Vec<_>>());
        let check = project.run(["check"]);
        assert_ne!(check.status.code(), Some(0), "{command}: {}", stdout(&check));
        let told = stdout(&check) + &stderr(&check);
        assert!(told.contains("senex-env seal -e development"), "{command}: {told}");
        let run = project.run(["run", "--", "true"]);
        assert_eq!(run.status.code(), Some(125), "{command}");
        assert!(stderr(&run).contains("senex-env seal -e development"), "{command}: {}", stderr(&run));

        let sealed = project.run(["seal", "-y", "-e", "development"]);
        assert!(sealed.status.success(), "{command}: {}", stderr(&sealed));
        project.git(["add", "-A"]);
        assert!(!git_fails(&project, &go_on.split(' ').collect::<Vec<_>>()), "{command}: {go_on}");
        assert_merged(&project, command, &BOTH);
    }
}

#[test]
fn merge_works_in_a_linked_work_tree() {
    let project = project();
    branch(&project, "side", "A", "on a branch");
    on_main(&project, "B", "on main");
    project.git(["worktree", "add", "-q", "../tree", "side"]);
    let in_tree = |mut command: crate::support::command::TestCommand, arguments: &[&str]| {
        command.current_dir(project.path("tree")).args(arguments).output().expect("it starts")
    };
    let rebase = in_tree(project.hermetic("git"), &["rebase", "-q", "main"]);
    assert!(rebase.status.success(), "{}", stderr(&rebase));
    for (key, wanted) in &BOTH {
        assert_eq!(stdout(&in_tree(project.command(), &["get", key])), *wanted, "{key}");
    }
    assert_eq!(stdout(&in_tree(project.hermetic("git"), &["status", "--porcelain"])), "");
}

#[test]
fn a_key_that_both_sides_changed_is_a_conflict_that_cannot_be_committed_or_run() {
    let project = project();
    branch(&project, "side", "A", "theirs");
    on_main(&project, "A", "ours");
    assert!(git_fails(&project, &["merge", "side"]));
    let text = project.read(FILE);
    assert_eq!(text.matches("<<<<<<<").count(), 1, "one conflict");
    assert_eq!(text.matches("\nB=").count(), 1, "what is not in conflict stands there once");
    assert!(!project.run(["run", "--", "true"]).status.success(), "not run");
    project.git(["add", "-A"]);
    assert!(git_fails(&project, &["commit", "-m", "markers and all"]), "not committed");

    let undecided = project.run(["seal", "-y"]);
    assert_eq!(undecided.status.code(), Some(1), "{}", stderr(&undecided));
    assert!(stderr(&undecided).contains("`A`"));
    assert!(project.run(["seal", "-y", "--theirs"]).status.success());
    project.commit("merged");
    assert_merged(&project, "--theirs", &[("A", "theirs"), ("B", "B-of-the-start")]);
}

#[test]
fn conflict_can_be_resolved_in_an_editor() {
    for (marker, wanted) in [("ours", "ours"), ("theirs", "theirs")] {
        let project = project();
        branch(&project, "side", "A", "theirs");
        project.git(["checkout", "-q", "side"]);
        project.set("development", "B", "B of theirs");
        project.commit("more");
        project.git(["checkout", "-q", "main"]);
        on_main(&project, "A", "ours");
        assert!(git_fails(&project, &["merge", "side"]));
        let mut side = "both";
        let kept: Vec<String> = project
            .read(FILE)
            .lines()
            .filter(|line| {
                let is_marker = match line.get(..7) {
                    Some("<<<<<<<") => Some("ours"),
                    Some("=======") => Some("theirs"),
                    Some(">>>>>>>") => Some("both"),
                    _ => None,
                };
                side = is_marker.unwrap_or(side);
                is_marker.is_none() && (side == "both" || side == marker)
            })
            .map(str::to_owned)
            .collect();
        project.write(FILE, format!("{}\n", kept.join("\n")).as_bytes());
        let sealed = project.run(["seal", "-y"]);
        assert!(sealed.status.success(), "{}", stderr(&sealed));
        project.commit("merged");
        assert_merged(&project, marker, &[("A", wanted), ("B", "B of theirs")]);
    }
}

/// What a web page that merges text leaves: lines of both sides under the MAC of one.
#[test]
fn text_merge_is_refused_and_the_hint_repairs_it() {
    let project = project();
    branch(&project, "side", "A", "on a branch");
    let theirs = project.git(["show", "side:envs/development.env"]);
    on_main(&project, "C", "on main");
    let line_of =
        |text: &str, key: &str| text.lines().find(|line| line.starts_with(key)).expect("a line").to_owned();
    let ours = project.read(FILE);
    let mixed = ours.replace(&line_of(&ours, "A="), &line_of(&theirs, "A="));

    project.git(["merge", "-q", "-s", "ours", "--no-commit", "side"]);
    project.write(FILE, mixed.as_bytes());
    project.git(["add", "-A"]);
    assert!(git_fails(&project, &["commit", "-m", "refused by the hook"]));
    project.git(["commit", "-q", "--no-verify", "-m", "merged on a web page"]);

    let check = project.run(["check"]);
    assert_eq!(check.status.code(), Some(1), "{}", stdout(&check));
    assert!(stdout(&check).contains("senex-env seal -e development"), "{}", stdout(&check));
    let run = project.run(["run", "--", "true"]);
    assert_eq!(run.status.code(), Some(125));
    assert!(stderr(&run).contains("senex-env seal -e development"), "{}", stderr(&run));
    let sealed = project.run(["seal", "-y"]);
    assert!(sealed.status.success(), "{}", stderr(&sealed));
    project.commit("sealed");
    assert_merged(&project, "mended", &[("A", "on a branch"), ("C", "on main")]);
}

#[test]
fn merge_without_access_is_sealed_by_a_holder() {
    let project = project();
    branch(&project, "side", "A", "on a branch");
    on_main(&project, "C", "on main");
    std::fs::rename(project.path("home"), project.path("away")).expect("moved");
    std::fs::create_dir(project.path("home")).expect("a folder");
    assert!(!git_fails(&project, &["merge", "side"]));
    std::fs::remove_dir_all(project.path("home")).expect("removed");
    std::fs::rename(project.path("away"), project.path("home")).expect("moved back");
    assert!(!project.run(["run", "--", "true"]).status.success(), "nobody uses what nobody sealed");
    let sealed = project.run(["seal", "-y"]);
    assert!(sealed.status.success(), "{}", stderr(&sealed));
    project.commit("sealed");
    assert_merged(&project, "by a holder", &[("A", "on a branch"), ("C", "on main")]);
}

/// Both branches merged the other's past: git invents a common ancestor by merging two.
#[test]
fn crossed_histories_merge_too() {
    let project = project();
    branch(&project, "side", "A", "on a branch");
    project.git(["tag", "side-past", "side"]);
    on_main(&project, "B", "on main");
    project.git(["tag", "main-past"]);
    project.git(["merge", "-q", "--no-edit", "side-past"]);
    project.git(["checkout", "-q", "side"]);
    project.git(["merge", "-q", "--no-edit", "main-past"]);
    project.set("development", "C", "later on the branch");
    project.commit("later");
    project.git(["checkout", "-q", "main"]);
    on_main(&project, "HOSTS", "later on main");
    project.git(["merge", "-q", "--no-edit", "side"]);
    let wanted =
        [("A", "on a branch"), ("B", "on main"), ("C", "later on the branch"), ("HOSTS", "later on main")];
    assert_merged(&project, "crossed", &wanted);
}

#[test]
fn a_diff_names_keys_and_never_shows_a_secret() {
    let project = project();
    project.set("development", "A", "a-new-secret-value");
    project.set("development", "HOSTS", "example.test");
    let diff = project.git(["diff"]);
    assert!(diff.contains("+A = <sealed "), "{diff}");
    assert!(diff.contains("-HOSTS = HOSTS-of-the-start\n+HOSTS = example.test"), "{diff}");
    assert!(!diff.contains("B = ") || diff.contains("\n B = "), "{diff}");
    project.commit("changed");
    let log = project.git(["log", "-p"]);
    for text in [&diff, &log] {
        assert!(!text.contains("a-new-secret-value") && !text.contains("ENC["), "{text}");
    }
    assert!(project.git(["for-each-ref", "refs/notes"]).is_empty(), "nothing in git's textconv cache");

    let log = stdout(&project.run(["log"]));
    assert!(log.contains("ana  development: A changed, HOSTS changed = example.test"), "{log}");
    assert!(!log.contains("a-new-secret-value"), "{log}");
    assert!(stdout(&project.run(["log", "A", "--reveal"])).contains("A changed = a-new-secret-value"));
}

/// After a rebase there is no merge to make again: every line must be that of a sealed version.
#[test]
fn closed_rebase_is_sealed_unless_a_line_is_unproven() {
    let project = project();
    branch(&project, "side", "A", "on a branch");
    on_main(&project, "C", "on main");
    std::fs::rename(project.path("home"), project.path("away")).expect("moved");
    std::fs::create_dir(project.path("home")).expect("a folder");
    project.git(["checkout", "-q", "side"]);
    project.git(["rebase", "-q", "main"]);
    std::fs::remove_dir_all(project.path("home")).expect("removed");
    std::fs::rename(project.path("away"), project.path("home")).expect("moved back");

    let rebased = project.read(FILE);
    project.write(FILE, rebased.replace("HOSTS=HOSTS-of-the-start", "HOSTS=evil.test").as_bytes());
    let forged = project.run(["seal", "-y"]);
    assert_eq!(forged.status.code(), Some(5), "{}", stderr(&forged));
    project.write(FILE, rebased.as_bytes());
    assert!(!project.run(["run", "--", "true"]).status.success(), "nobody uses what nobody sealed");
    let sealed = project.run(["seal", "-y"]);
    assert!(sealed.status.success(), "{}", stderr(&sealed));
    project.commit("sealed");
    assert_merged(&project, "rebased", &[("A", "on a branch"), ("C", "on main")]);
}
