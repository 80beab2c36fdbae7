//! Hooks, scan and merges in repositories that are not like the others.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::process::Output;

use crate::scan::project_with;
use crate::support::project::{TestProject, stderr, stdout};

const VALUE: &str = "a-value-that-must-not-leak";

fn project() -> TestProject {
    let project = project_with(&[VALUE.to_owned()]);
    assert!(project.run(["hooks", "install"]).status.success());
    project.commit("start");
    project
}

fn commit(project: &TestProject, before: &[&str]) -> Output {
    let mut git = project.hermetic("git");
    git.args(before).args(["commit", "-q", "-m", "x"]).output().expect("git starts")
}

#[test]
fn an_index_that_is_split_or_sparse_is_searched_as_well() {
    let project = project();
    project.write("elsewhere/big/a.txt", b"x");
    project.commit("more");
    for prepare in [
        &["update-index", "--split-index"][..],
        &["sparse-checkout", "set", "--cone", "--sparse-index", "envs"],
        // The project itself is left out.
        &["sparse-checkout", "set", "--cone", "elsewhere"],
    ] {
        project.git(prepare);
        project.write("good.txt", prepare.join(" ").as_bytes());
        project.git(["add", "--sparse", "good.txt"]);
        let good = commit(&project, &[]);
        assert_eq!((good.status.success(), stderr(&good).as_str()), (true, ""), "{prepare:?}");
        project.write("leak.txt", VALUE.as_bytes());
        project.git(["add", "--sparse", "leak.txt"]);
        let bad = commit(&project, &[]);
        assert!(!bad.status.success(), "{prepare:?}");
        assert!(stderr(&bad).contains("leak.txt:1: the value of `K0`"), "{prepare:?}: {}", stderr(&bad));
        project.git(["rm", "-q", "-f", "--sparse", "leak.txt"]);
    }
}

#[test]
fn relative_git_work_tree_is_resolved() {
    let project = project();
    project.write("leak.txt", VALUE.as_bytes());
    project.git(["add", "-A"]);
    let bad = commit(&project, &["--git-dir=.git", "--work-tree=."]);
    assert!(stderr(&bad).contains("leak.txt:1: the value of `K0`"), "{}", stderr(&bad));
}

#[test]
fn scan_handles_any_file_name_and_links() {
    let project = project();
    let names: [&[u8]; 5] = [b"line\nfeed", b"quo\"te", b"tab\there", b"not\xff\xfeutf8", b" blank "];
    for name in names {
        let folder = project.root().join(OsStr::from_bytes(name));
        std::fs::create_dir(&folder).expect("a folder");
        std::fs::copy(project.root().join("envs/senex-env.toml"), folder.join("same")).expect("copied");
        let mut file = std::fs::File::create(folder.join("leak")).expect("a file");
        std::io::Write::write_all(&mut file, [name, VALUE.as_bytes()].join(&b' ').as_slice())
            .expect("written");
    }
    std::os::unix::fs::symlink(VALUE, project.root().join("link")).expect("a link");
    let count = |text: &str| text.matches("the value of `K0`").count();
    let found = stdout(&project.run(["scan"]));
    assert_eq!((count(&found), found.lines().count()), (6, 6), "{found}");
    project.git(["add", "-A"]);
    let bad = commit(&project, &[]);
    assert_eq!(count(&stderr(&bad)), 6, "{}", stderr(&bad));
    project.git(["commit", "-q", "--no-verify", "-m", "leaks"]);
    assert_eq!(count(&stdout(&project.run(["scan", "--history"]))), 6);
}

#[test]
fn missing_objects_of_a_partial_clone_are_counted() {
    let project = project();
    project.write("gone.txt", VALUE.as_bytes());
    project.git(["add", "-A"]);
    project.git(["commit", "-q", "--no-verify", "-m", "a leak"]);
    project.git(["rm", "-q", "gone.txt"]);
    project.git(["commit", "-q", "-m", "gone"]);
    project.git(["config", "uploadpack.allowFilter", "true"]);
    let from = format!("file://{}", project.root().display());
    project.git(["clone", "-q", "--filter=blob:none", &from, "../partial"]);
    let mut scan = project.command();
    let scan =
        scan.current_dir(project.path("partial")).args(["scan", "--history"]).output().expect("it starts");
    assert!(stderr(&scan).contains("cannot be read here: 1 content"), "{}", stderr(&scan));
}

#[test]
fn scan_during_a_merge_uses_our_values() {
    let project = project();
    project.git(["checkout", "-q", "-b", "side"]);
    project.set("development", "K0", "theirs-theirs");
    project.commit("theirs");
    project.git(["checkout", "-q", "main"]);
    project.set("development", "K0", "ours-ours-ours");
    project.commit("ours");
    assert!(!project.hermetic("git").args(["merge", "side"]).output().expect("git starts").status.success());
    project.write("leak.txt", b"ours-ours-ours");
    assert!(stdout(&project.run(["scan"])).contains("leak.txt:1: the value of `K0`"));
}

/// Git gives an octopus to no driver; it ends as it began.
#[test]
fn octopus_merge_changes_nothing() {
    let project = project();
    for branch in ["one", "two"] {
        project.git(["checkout", "-q", "-b", branch, "main"]);
        project.set("development", branch, "12345678");
        project.commit(branch);
    }
    project.git(["checkout", "-q", "main"]);
    let octopus = project.hermetic("git").args(["merge", "one", "two"]).output().expect("git starts");
    if !octopus.status.success() {
        project.git(["reset", "-q", "--merge"]);
        project.git(["merge", "-q", "--no-edit", "one"]);
        project.git(["merge", "-q", "--no-edit", "two"]);
    }
    assert_eq!(stdout(&project.run(["get", "one"])), "12345678");
    assert_eq!(stdout(&project.run(["get", "two"])), "12345678");
    assert_eq!(project.git(["status", "--porcelain"]), "");
}

#[test]
fn invalid_side_is_named_and_the_other_can_be_used() {
    let project = project();
    let path = "envs/development.env";
    project.git(["checkout", "-q", "-b", "side"]);
    project.write(path, b"\xff\x00 nothing of ours");
    project.git(["add", "-A"]);
    project.git(["commit", "-q", "--no-verify", "-m", "garbage"]);
    project.git(["checkout", "-q", "main"]);
    project.set("development", "K1", "12345678");
    project.commit("more");
    let merge = project.hermetic("git").args(["merge", "side"]).output().expect("git starts");
    assert!(stderr(&merge).contains("their side: envs/development.env is not sealed"), "{}", stderr(&merge));
    assert!(stderr(&merge).contains("git checkout --ours -- envs/development.env"), "{}", stderr(&merge));
    project.git(["checkout", "--ours", "--", path]);
    project.commit("ours");
    assert_eq!(stdout(&project.run(["get", "K1"])), "12345678");
}

#[test]
fn unsupported_repository_is_reported() {
    let project = TestProject::new();
    std::fs::remove_dir_all(project.root().join(".git")).expect("removed");
    let init =
        project.hermetic("git").args(["init", "-q", "--object-format=sha256"]).output().expect("git starts");
    assert!(init.status.success(), "{}", stderr(&init));
    project.set("development", "K0", VALUE);
    let output = project.run(["hooks", "install"]);
    assert!(stderr(&output).contains("cannot be read: unknown object format"), "{}", stderr(&output));
    assert_eq!(stdout(&project.run(["get", "K0"])), VALUE);
}
