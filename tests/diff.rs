//! `diff`: which keys differ, and never a value unless it is asked for.

use crate::support::outcome::{refused, succeeded};
use crate::support::picture::{assert_picture, prompt};
use crate::support::project::{TestProject, stderr, stdout};
use crate::support::terminal::on_terminal;

/// Two environments: one key the same, one different, one on each side alone.
fn project() -> TestProject {
    let project = TestProject::new();
    for (environment, key, value) in [
        ("development", "SECRET_KEY", "first"),
        ("development", "ALLOWED_HOSTS", "localhost"),
        ("development", "DEBUG", "true"),
        ("production", "SECRET_KEY", "second"),
        ("production", "ALLOWED_HOSTS", "localhost"),
        ("production", "DB_PASSWORD", "third\nline"),
    ] {
        project.set(environment, key, value);
    }
    project
}

fn differs(project: &TestProject, arguments: &[&str]) -> String {
    let output = project.run([&["diff"], arguments].concat());
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    stdout(&output)
}

#[test]
fn two_environments_are_compared_by_name() {
    let project = project();
    let expected = "development → production\n+ DB_PASSWORD\n- DEBUG\n~ SECRET_KEY\n1 key identical (--all shows \
         them)\n";
    assert_eq!(differs(&project, &["development", "production"]), expected);
    assert_eq!(differs(&project, &["production"]), expected);
    assert!(differs(&project, &["production", "--all"]).contains("\n= ALLOWED_HOSTS\n"));
    let revealed = differs(&project, &["-y", "production", "--reveal"]);
    assert!(
        revealed.contains("+ DB_PASSWORD = third\\nline\n")
            && revealed.contains("    - first\n    + second\n"),
        "{revealed}"
    );
    let said = refused(&project.run(["diff", "development"]), 2);
    assert!(said.contains("both sides are `development`"), "{said}");
}

#[test]
fn diff_matches_its_picture() {
    let project = project();
    let line = "senex-env diff development production";
    let command = || {
        let mut command = project.command();
        command.args(["diff", "development", "production"]).env("TERM", "xterm-256color");
        command
    };
    let Some(shown) = on_terminal(&command(), &[]) else { return };
    assert_picture("diff", &(prompt(line) + &stdout(&shown)));
}

#[test]
fn revisions_are_compared_with_each_other_and_with_now() {
    let project = project();
    project.commit("one");
    project.git(["tag", "one"]);
    assert_eq!(
        succeeded(&project.run(["diff"])),
        "development at HEAD → development\nno difference in 3 keys\n"
    );
    project.set("development", "SECRET_KEY", "another");
    assert!(differs(&project, &[]).contains("~ SECRET_KEY\n"));
    project.commit("two");
    succeeded(&project.run(["unset", "DEBUG"]));
    assert_eq!(
        differs(&project, &["--rev", "one..HEAD"]),
        "development at one → development at HEAD\n~ SECRET_KEY\n2 keys identical (--all shows them)\n"
    );
    for range in ["one", "one.."] {
        assert!(differs(&project, &["--rev", range]).contains("\n- DEBUG\n~ SECRET_KEY\n"));
    }
    let said = refused(&project.run(["diff", "--rev", "nope"]), 2);
    assert!(said.contains("unknown revision `nope`"), "{said}");
}

#[test]
fn plaintext_file_is_compared_with_an_environment() {
    let project = project();
    project.write("plain.env", b"SECRET_KEY=first\nNEW='x'\n");
    let said = differs(&project, &["--file", "plain.env"]);
    assert_eq!(
        said,
        "development → plain.env\n- ALLOWED_HOSTS\n- DEBUG\n+ NEW\n1 key identical (--all shows them)\n"
    );
    let json = differs(&project, &["--file", "plain.env", "--json"]);
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(json["keys"][2], serde_json::json!({"key": "NEW", "state": "added"}));
}
