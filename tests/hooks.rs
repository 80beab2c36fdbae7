//! The hooks, called by git.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Output;

use crate::scan::project_with;
use crate::support::project::{TestProject, stderr};
use crate::support::tools;

const VALUE: &str = "a-value-that-must-not-leak";

fn project() -> TestProject {
    let project = project_with(&[VALUE.to_owned()]);
    let installed = project.run(["hooks", "install"]);
    assert!(installed.status.success(), "{}", stderr(&installed));
    project.commit("start");
    project
}

fn commit(project: &TestProject) -> Output {
    project.git(["add", "-A"]);
    project.hermetic("git").args(["commit", "-q", "-m", "x"]).output().expect("git starts")
}

fn write_hook(path: &Path, text: &str) {
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    std::fs::File::create(path)
        .and_then(|mut file| std::io::Write::write_all(&mut file, text.as_bytes()))
        .expect("written");
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).expect("a mode");
}

#[test]
fn leaks_cannot_be_committed() {
    let age = std::fs::read(project().path("home/.config/senex-env/identity.txt")).expect("an identity");
    let pem = format!("-----BEGIN OPENSSH PRIVATE KEY-----\n{}\n", "b3BlbnNzaC1rZXktdjEA".repeat(8));
    let cases: [(&str, &[u8], &str); 7] = [
        ("sub/.env.production", b"DB_PASSWORD=x\n", "a plaintext env file"),
        ("a.txt", VALUE.as_bytes(), "the value of `K0`"),
        ("k.txt", &age, "a private age identity"),
        ("id_ed25519", pem.as_bytes(), "a private key"),
        ("envs/development.env", b"A=1\n", "has no `sops_` lines"),
        ("envs/production.env", b"<<<<<<< ours\nA=1\n", "conflict markers"),
        ("b.bin", b"\0\xff\x00YS12YWx1ZS10aGF0LW11c3Qtbm90LWxlYWs=\0", "base64"),
    ];
    for (path, bytes, wanted) in cases {
        let project = project();
        project.write(path, bytes);
        project.git(["add", "-f", path]);
        let output = commit(&project);
        assert!(!output.status.success(), "{path}: committed");
        assert!(stderr(&output).contains(wanted), "{path}: {}", stderr(&output));
        assert!(!stderr(&output).contains(VALUE), "{path}: the value");
    }
}

#[test]
fn a_sealed_file_that_was_tampered_with_is_not_committed() {
    let project = project();
    let project_file = project.read("envs/senex-env.toml");
    let allow = "\n[scan.allow]\n\"envs/*\" = [\"sealed-file\"]\n";
    project.write("envs/senex-env.toml", (project_file + allow).as_bytes());
    let text = project.read("envs/development.env");
    project.write("envs/development.env", format!("EMPTY=\n{text}").as_bytes());
    let output = commit(&project);
    assert!(!output.status.success());
    assert!(stderr(&output).contains("senex-env seal -e development"), "{}", stderr(&output));
    assert!(!stderr(&output).contains("scan.allow"), "there is nothing to allow: {}", stderr(&output));
}

#[test]
fn hook_is_quiet_and_checks_only_staged_content() {
    let project = project();
    project.write("a.txt", b"nothing\n");
    let output = commit(&project);
    assert!(output.status.success(), "{}", stderr(&output));
    assert_eq!(stderr(&output), "");
    project.write("good.txt", b"nothing\n");
    project.write("bad.txt", VALUE.as_bytes());
    project.git(["add", "-A"]);
    project.git(["commit", "-q", "-m", "only the good one", "good.txt"]);
}

#[test]
fn previous_hooks_run_and_are_restored() {
    let project = project_with(&[VALUE.to_owned()]);
    let hook = project.root().join(".git/hooks/pre-commit");
    write_hook(&hook, "#!/bin/sh\ntouch ran\n");
    let before = std::fs::read(&hook).expect("a hook");
    for _ in 0..2 {
        assert!(project.run(["hooks", "install"]).status.success());
    }
    assert!(project.run(["hooks", "status"]).status.success());
    let output = commit(&project);
    assert!(output.status.success() && project.root().join("ran").exists(), "{}", stderr(&output));
    write_hook(&hook.with_extension("before-senex-env"), "#!/bin/sh\nexit 3\n");
    project.write("a.txt", b"x");
    assert!(!commit(&project).status.success(), "a hook that was there can still say no");
    write_hook(&hook.with_extension("before-senex-env"), "#!/bin/sh\ntouch ran\n");
    assert!(project.run(["hooks", "uninstall"]).status.success());
    assert_eq!(std::fs::read(&hook).expect("a hook"), before);
    assert!(!project.root().join(".git/hooks/post-merge").exists());
    assert_eq!(project.run(["hooks", "status"]).status.code(), Some(1));
}

#[test]
fn shared_hooks_folder_is_left_alone() {
    let project = project_with(&[VALUE.to_owned()]);
    project.git(["config", "core.hooksPath", ".githooks"]);
    assert!(project.run(["hooks", "install"]).status.success());
    assert!(project.root().join(".githooks/pre-commit").exists());

    let shared = project.path("shared-hooks");
    project.git(["config".as_ref(), "core.hooksPath".as_ref(), shared.as_os_str()]);
    let output = project.run(["hooks", "install"]);
    assert_eq!(output.status.code(), Some(6));
    assert!(stderr(&output).contains("git-hook pre-commit"), "{}", stderr(&output));
    assert!(!shared.exists());
}

/// As husky 9 makes them: hooks in a folder of its own, which `npm install` writes anew, call the project's.
#[test]
fn hooks_of_husky_get_a_line_and_keep_their_own() {
    let project = project_with(&[VALUE.to_owned()]);
    let shim = "#!/usr/bin/env sh\n. \"$(dirname \"$0\")/h\"";
    let h = "n=$(basename \"$0\")\ns=$(dirname \"$(dirname \"$0\")\")/$n\n[ ! -f \"$s\" ] && exit 0\nsh -e \"$s\" \"$@\"\nexit $?\n";
    write_hook(&project.root().join(".husky/_/h"), h);
    for name in ["pre-commit", "post-merge", "post-checkout"] {
        write_hook(&project.root().join(".husky/_").join(name), shim);
    }
    project.write(".husky/pre-commit", b"touch ran\n");
    project.git(["config", "core.hooksPath", ".husky/_"]);
    for _ in 0..2 {
        assert!(project.run(["hooks", "install"]).status.success());
    }
    assert!(project.run(["hooks", "status"]).status.success());
    assert_eq!(project.read(".husky/pre-commit"), "touch ran\nsenex-env git-hook pre-commit \"$@\"\n");
    let program = Path::new(env!("CARGO_BIN_EXE_senex-env")).parent().expect("a folder");
    let path = format!("{}:{}", program.display(), std::env::var("PATH").expect("a path"));
    let commit = || {
        project.git(["add", "-A"]);
        let mut git = project.hermetic("git");
        git.env("PATH", &path).args(["commit", "-q", "-m", "x"]).output().expect("git starts")
    };
    assert!(commit().status.success() && project.root().join("ran").exists());
    project.write("leak.txt", VALUE.as_bytes());
    assert!(stderr(&commit()).contains("leak.txt:1: the value of `K0`"));
    assert!(project.run(["hooks", "uninstall"]).status.success());
    assert_eq!(project.read(".husky/pre-commit"), "touch ran\n");
    assert!(!project.root().join(".husky/post-merge").exists());
}

#[test]
fn work_trees_submodules_and_work_trees_of_bare_clones_are_guarded() {
    let project = project();
    project.git(["worktree", "add", "-q", "../tree", "-b", "tree"]);
    let bare = project.path("bare.git");
    project.git(["clone".as_ref(), "-q".as_ref(), "--bare".as_ref(), ".".as_ref(), bare.as_os_str()]);
    let in_folder = |folder: &Path, arguments: &[&str]| {
        project.hermetic("git").current_dir(folder).args(arguments).output().expect("git starts")
    };
    assert!(in_folder(&bare, &["worktree", "add", "-q", "../of-bare", "-b", "of-bare"]).status.success());
    let outer = project.path("outer");
    std::fs::create_dir(&outer).expect("a folder");
    assert!(in_folder(&outer, &["init", "-q"]).status.success());
    let url = project.root();
    let add =
        ["-c", "protocol.file.allow=always", "submodule", "add", "-q", url.to_str().expect("a path"), "sub"];
    assert!(in_folder(&outer, &add).status.success());

    for (folder, install) in [("tree", false), ("of-bare", true), ("outer/sub", true)] {
        let folder = project.path(folder);
        if install {
            let installed = project.command().current_dir(&folder).args(["hooks", "install"]).output();
            let installed = installed.expect("the program starts");
            assert!(installed.status.success(), "{}", stderr(&installed));
        }
        std::fs::copy(project.root().join("envs/senex-env.toml"), folder.join("copy")).expect("copied");
        write_hook(&folder.join("leak.txt"), VALUE);
        assert!(in_folder(&folder, &["add", "-A"]).status.success());
        let output = in_folder(&folder, &["commit", "-q", "-m", "x"]);
        assert!(!output.status.success(), "{}", folder.display());
        assert!(stderr(&output).contains("leak.txt:1: the value of `K0`"), "{}", stderr(&output));
    }
}

#[test]
fn a_merge_or_checkout_says_which_keys_changed_and_is_quiet_otherwise() {
    let project = project();
    project.git(["checkout", "-q", "-b", "side"]);
    project.set("development", "K0", "another-value");
    project.commit("side");
    let checkout =
        |branch| project.hermetic("git").args(["checkout", "-q", branch]).output().expect("git starts");
    let output = checkout("main");
    assert!(stderr(&output).contains("development changed: `K0`"), "{}", stderr(&output));
    project.git(["branch", "same"]);
    assert_eq!(stderr(&checkout("same")), "");
    checkout("main");
    let merge = project.hermetic("git").args(["merge", "-q", "side"]).output().expect("git starts");
    assert!(stderr(&merge).contains("development changed: `K0`"), "{}", stderr(&merge));

    project.git(["checkout", "-q", "-b", "old", "same"]);
    project.write("a.txt", b"x");
    project.commit("of the old branch");
    let rebase = project.hermetic("git").args(["rebase", "-q", "main"]).output().expect("git starts");
    assert_eq!(stderr(&rebase).matches("development changed: `K0`").count(), 1, "{}", stderr(&rebase));
}

#[test]
fn a_project_in_a_folder_of_a_repository_is_guarded() {
    let inner = project_with(&[VALUE.to_owned()]);
    std::fs::remove_dir_all(inner.root().join(".git")).expect("removed");
    let top = inner.path("top");
    std::fs::create_dir(&top).expect("a folder");
    std::fs::rename(inner.root(), top.join("web")).expect("moved");
    let git = |arguments: &[&str]| {
        let mut git = inner.hermetic("git");
        git.current_dir(&top).args(arguments).output().expect("git starts")
    };
    assert!(git(&["init", "-q"]).status.success());
    let mut install = inner.command();
    let install = install.current_dir(top.join("web")).args(["hooks", "install"]).output().expect("starts");
    assert!(install.status.success(), "{}", stderr(&install));
    git(&["add", "-A"]);
    let good = git(&["commit", "-q", "-m", "start"]);
    assert!(good.status.success(), "{}", stderr(&good));
    write_hook(&top.join("other/leak.txt"), VALUE);
    git(&["add", "-A"]);
    assert!(stderr(&git(&["commit", "-q", "-m", "x"])).contains("other/leak.txt:1: the value of `K0`"));
}

#[test]
fn init_installs_them_unless_told_otherwise() {
    for (arguments, code) in [(&["init", "-y"][..], 0), (&["init", "-y", "--no-hooks"], 1)] {
        let project = TestProject::empty();
        assert!(project.run(["identity", "new", "--no-passphrase"]).status.success());
        let init = project.run(arguments);
        assert!(init.status.success(), "{}", stderr(&init));
        assert_eq!(project.run(["hooks", "status"]).status.code(), Some(code), "{arguments:?}");
        assert_eq!(project.root().join(".git/hooks/pre-commit").exists(), code == 0, "{arguments:?}");
    }
}

#[test]
fn the_pre_commit_framework_calls_the_hook() {
    let Some(framework) = tools::tool("pre-commit/bin/pre-commit") else { return };
    let project = project_with(&[VALUE.to_owned()]);
    let ours = project.path("senex-env");
    std::fs::create_dir(&ours).expect("a folder");
    std::fs::copy(
        concat!(env!("CARGO_MANIFEST_DIR"), "/.pre-commit-hooks.yaml"),
        ours.join(".pre-commit-hooks.yaml"),
    )
    .expect("copied");
    let in_ours = |arguments: &[&str]| {
        let output = project.hermetic("git").current_dir(&ours).args(arguments).output().expect("git starts");
        assert!(output.status.success(), "{}", stderr(&output));
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    };
    in_ours(&["init", "-q"]);
    in_ours(&["add", "-A"]);
    in_ours(&["commit", "-q", "-m", "a release"]);
    let config = format!(
        "repos:\n  - repo: {}\n    rev: {}\n    hooks:\n      - id: senex-env\n",
        ours.display(),
        in_ours(&["rev-parse", "HEAD"])
    );
    project.write(".pre-commit-config.yaml", config.as_bytes());
    let program = Path::new(env!("CARGO_BIN_EXE_senex-env")).parent().expect("a folder");
    let path = format!("{}:{}", program.display(), std::env::var("PATH").expect("a path"));
    let installed =
        project.hermetic(framework).env("PATH", &path).arg("install").output().expect("it starts");
    assert!(installed.status.success(), "{}", stderr(&installed));
    let commit = || {
        project.git(["add", "-A"]);
        let mut git = project.hermetic("git");
        git.env("PATH", &path).args(["commit", "-q", "-m", "x"]).output().expect("git starts")
    };
    let good = commit();
    assert!(good.status.success(), "{}", stderr(&good));
    project.write("leak.txt", VALUE.as_bytes());
    let bad = commit();
    assert!(stderr(&bad).contains("leak.txt:1: the value of `K0`"), "{}", stderr(&bad));
}
