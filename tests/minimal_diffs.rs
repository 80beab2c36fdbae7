//! A change of one value is a change of few lines, so that a review sees what was done.

use std::os::unix::fs::MetadataExt;

use crate::support::outcome::succeeded;
use crate::support::project::TestProject;

const FILE: &str = "envs/development.env";

const VALUES: &str = "# for the database\nDB_PASSWORD=one\nALLOWED_HOSTS=a.test,b.test\nSECRET_KEY=two\n\
    # two of these\n# are equal\nEQUAL=same\nALSO=same\nEMPTY=\nLAST=three\n";

fn project() -> TestProject {
    let project = TestProject::new();
    succeeded(&project.run_with(["import", "-"], VALUES.as_bytes()));
    project.commit("sealed");
    project
}

/// What `git diff` shows: removed and added lines by their names, without the three that always change.
fn changed_lines(project: &TestProject) -> Vec<String> {
    let diff = project.git(["diff", "--unified=0", "--", FILE]);
    let changed =
        diff.lines().skip_while(|line| !line.starts_with("@@")).filter(|line| !line.starts_with("@@"));
    let mut names: Vec<String> = changed
        .map(|line| {
            let (name, _) = line.split_once(['=', '[']).expect("a pair or a comment");
            name.to_owned()
        })
        .collect();
    // The seal is the first line of the file.
    for always in ["-#ENC", "+#ENC", "-sops_mac", "+sops_mac"] {
        let at = names.iter().position(|name| name == always).expect(always);
        names.remove(at);
    }
    // The time has a resolution of one second, and the test is faster.
    names.retain(|name| !name.ends_with("sops_lastmodified"));
    names
}

#[test]
fn setting_a_secret_changes_four_lines() {
    let project = project();
    project.set("development", "SECRET_KEY", "new");
    assert_eq!(changed_lines(&project), ["-SECRET_KEY", "+SECRET_KEY"]);
}

#[test]
fn setting_config_changes_four_lines() {
    let project = project();
    project.set("development", "ALLOWED_HOSTS", "c.test");
    assert_eq!(changed_lines(&project), ["-ALLOWED_HOSTS", "+ALLOWED_HOSTS"]);
    assert!(project.read(FILE).contains("\nALLOWED_HOSTS=c.test\n"));
}

#[test]
fn equal_values_have_independent_ciphertext() {
    let project = project();
    project.set("development", "EQUAL", "new");
    assert_eq!(changed_lines(&project), ["-EQUAL", "+EQUAL"]);
}

#[test]
fn a_value_may_become_empty_and_an_empty_one_may_get_a_value() {
    let project = project();
    project.set("development", "SECRET_KEY", "");
    assert_eq!(changed_lines(&project), ["-SECRET_KEY", "+SECRET_KEY"]);
    project.commit("emptied");
    project.set("development", "EMPTY", "no more");
    assert_eq!(changed_lines(&project), ["-EMPTY", "+EMPTY"]);
}

#[test]
fn new_key_adds_one_line() {
    let project = project();
    project.set("development", "ADDED", "four");
    assert_eq!(changed_lines(&project), ["+ADDED"]);
}

#[test]
fn unset_removes_a_key_with_its_comments() {
    let project = project();
    succeeded(&project.run(["unset", "EQUAL"]));
    assert_eq!(changed_lines(&project), ["-#ENC", "-#ENC", "-EQUAL"]);
    project.commit("taken out");
    succeeded(&project.run(["unset", "LAST"]));
    assert_eq!(changed_lines(&project), ["-LAST"]);
}

#[test]
fn setting_the_same_value_changes_nothing() {
    let project = project();
    let path = project.root().join(FILE);
    let identity = |path| {
        let metadata = std::fs::metadata(path).expect("metadata");
        (metadata.ino(), metadata.mtime(), metadata.mtime_nsec())
    };
    let before = (project.read(FILE), identity(&path));
    for (key, value) in [("SECRET_KEY", "two"), ("ALLOWED_HOSTS", "a.test,b.test"), ("EMPTY", "")] {
        project.set("development", key, value);
    }
    succeeded(&project.run_with(["import", "-"], VALUES.as_bytes()));
    succeeded(&project.run(["seal"]));
    for arguments in [&["set", "--dry-run", "SECRET_KEY"][..], &["unset", "--dry-run", "SECRET_KEY"]] {
        succeeded(&project.run_with(arguments, b"another"));
    }
    assert!((project.read(FILE), identity(&path)) == before, "the file was written");
}

#[test]
fn lastmodified_is_the_time_of_the_change() {
    let project = project();
    let time = |project: &TestProject| {
        let file = project.read(FILE);
        let line = file.lines().find_map(|line| line.strip_prefix("sops_lastmodified=")).expect("a time");
        line.parse::<jiff::Timestamp>().expect("a time").as_second()
    };
    let now = jiff::Timestamp::now().as_second();
    project.set("development", "SECRET_KEY", "new");
    assert!((now..=now + 5).contains(&time(&project)));
}
