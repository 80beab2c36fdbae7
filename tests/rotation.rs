//! New values for old ones: nothing that was signed or encrypted before is lost until `--finish`, shown with
//! the real Django and the real cryptography package.

use crate::support::outcome::{Refusal, refused, succeeded};
use crate::support::project::{TestProject, stderr};
use crate::support::tools::tool;

fn project() -> TestProject {
    TestProject::with(
        "version = 1\nproject = \"p\"\n[environments.production]\n[people.ana]\nrecipients = [\"RECIPIENT\"]\n\
         environments = [\"production\"]\n\
         [keys.SECRET_KEY]\ntype = \"django-secret-key\"\nkeep_previous_in = \"SECRET_KEY_FALLBACKS\"\n\
         [keys.SECRET_KEY_FALLBACKS]\n\
         [keys.FIELD_ENCRYPTION_KEY]\ntype = \"fernet-key\"\nkeep_previous_in = \"FIELD_ENCRYPTION_KEY\"\n\
         [keys.DB_PASSWORD]\ngenerate = \"password:40\"\nafter_rotate = [\"sh\", \"-c\", \"cat > told; printf $SENEX_ENV > where\"]\n\
         [keys.MADE]\ncommand = [\"sh\", \"-c\", \"env | grep -c SENEX_ENV_KEY; echo made\"]\n\
         [keys.TASTYTRADE_CLIENT_SECRET]\nrotate_after = \"90d\"\n",
    )
}

fn get(project: &TestProject, key: &str) -> String {
    succeeded(&project.run(["get", key]))
}

const SCRIPT: &str = r#"
import os, sys
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core import signing
fallbacks = [key for key in os.environ.get("SECRET_KEY_FALLBACKS", "").split(",") if key]
settings.configure(SECRET_KEY=os.environ["SECRET_KEY"], SECRET_KEY_FALLBACKS=fallbacks)
fernet = MultiFernet([Fernet(key) for key in os.environ["FIELD_ENCRYPTION_KEY"].split(",")])
if sys.argv[1] == "write":
    session = signing.dumps({"user": 7}, salt="django.contrib.sessions.backends.signed_cookies")
    print(session, fernet.encrypt(b"a row").decode())
else:
    try:
        print(signing.loads(sys.argv[2], salt="django.contrib.sessions.backends.signed_cookies")["user"])
    except signing.BadSignature:
        print("bad signature")
    try:
        print(fernet.decrypt(sys.argv[3].encode()).decode())
    except InvalidToken:
        print("lost")
"#;

#[test]
fn old_sessions_and_rows_are_readable_until_finish() {
    let Some(python) = tool("django/bin/python") else { return };
    let project = project();
    let python = python.to_str().expect("text");
    for key in ["SECRET_KEY", "FIELD_ENCRYPTION_KEY"] {
        succeeded(&project.run(["rotate", "-y", key]));
    }
    let before = succeeded(&project.run(["run", "--", python, "-c", SCRIPT, "write"]));
    let (session, row) = before.trim().split_once(' ').expect("a session and a row");
    let read = || {
        let output = project.run(["run", "--", python, "-c", SCRIPT, "read", session, row]);
        succeeded(&output).lines().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(read(), ["7", "a row"]);
    let old = get(&project, "SECRET_KEY");
    for round in 0..2 {
        for key in ["SECRET_KEY", "FIELD_ENCRYPTION_KEY"] {
            succeeded(&project.run(["rotate", "-y", key]));
        }
        assert_eq!(read(), ["7", "a row"], "after rotation {round}");
    }
    assert_ne!(get(&project, "SECRET_KEY"), old);
    assert_eq!(get(&project, "SECRET_KEY_FALLBACKS").split(',').count(), 2);
    assert_eq!(get(&project, "FIELD_ENCRYPTION_KEY").split(',').count(), 3);
    // Losing a Fernet key loses data: not without being asked.
    let refused = project.run(["rotate", "FIELD_ENCRYPTION_KEY", "--finish"]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(stderr(&refused).contains("will become unreadable"), "{}", stderr(&refused));
    assert_eq!(read(), ["7", "a row"]);
    for key in ["SECRET_KEY", "FIELD_ENCRYPTION_KEY"] {
        succeeded(&project.run(["rotate", "-y", key, "--finish"]));
    }
    assert_eq!(read(), ["bad signature", "lost"]);
}

#[test]
fn a_command_of_the_repository_runs_only_after_trust_and_sees_no_identity() {
    let project = project();
    let message = refused(&project.run(["rotate", "-y", "MADE"]), 1);
    assert!(message.contains("a command that you have not allowed on this machine"), "{message}");
    assert!(message.contains("hint: `senex-env trust` shows it and asks"), "{message}");
    // after_rotate too, and before the value changes: nobody would tell the application.
    project.set("production", "DB_PASSWORD", "in use");
    let message = refused(&project.run(["rotate", "-y", "DB_PASSWORD"]), 1);
    assert!(message.contains("not allowed") && !project.root().join("told").exists(), "{message}");
    assert_eq!(get(&project, "DB_PASSWORD"), "in use");
    assert_eq!(project.run(["trust"]).status.code(), Some(1), "nobody was asked");
    succeeded(&project.run(["trust", "-y"]));
    let output = project
        .command()
        .env("SENEX_ENV_KEY_FILE", project.path("home/.config/senex-env/identity.txt"))
        .args(["rotate", "-y", "MADE"])
        .output()
        .expect("the program starts");
    succeeded(&output);
    assert_eq!(get(&project, "MADE"), "0\nmade");
    succeeded(&project.run(["rotate", "-y", "DB_PASSWORD"]));
    let value = get(&project, "DB_PASSWORD");
    assert_eq!((project.read("told"), value.len()), (value.clone(), 40));
    assert_eq!(project.read("where"), "production");
    // Another text is another command.
    let file = project.read("envs/senex-env.toml").replace("echo made", "echo other");
    project.write("envs/senex-env.toml", file.as_bytes());
    refused(&project.run(["rotate", "-y", "MADE"]), 1);
}

#[test]
fn a_script_of_the_repository_is_asked_about_again_once_it_changes() {
    let project = project();
    let of_a_script = "command = [\"sh\", \"scripts/make.sh\"]";
    let file = project.read("envs/senex-env.toml");
    let before = file.lines().find(|line| line.contains("echo made")).expect("the command").to_owned();
    project.write("envs/senex-env.toml", file.replace(&before, of_a_script).as_bytes());
    project.write("scripts/make.sh", b"echo made");
    succeeded(&project.run(["trust", "-y"]));
    let listed = succeeded(&project.run(["trust", "--list"]));
    assert!(listed.contains("with scripts/make.sh as it is now"), "{listed}");
    succeeded(&project.run(["rotate", "-y", "MADE"]));
    assert_eq!(get(&project, "MADE"), "made");
    project.write("scripts/make.sh", b"cat >stolen");
    let message = refused(&project.run(["rotate", "-y", "MADE"]), 1);
    assert!(message.contains("scripts/make.sh is part of it"), "{message}");
    assert_eq!(project.run(["trust", "--list"]).status.code(), Some(1));
}

#[test]
fn a_value_that_a_provider_issues_comes_from_standard_input() {
    let project = project();
    succeeded(&project.run_with(["rotate", "-y", "TASTYTRADE_CLIENT_SECRET"], b"issued by the provider\n"));
    assert_eq!(get(&project, "TASTYTRADE_CLIENT_SECRET"), "issued by the provider");
    assert_eq!(
        project
            .run_with(["rotate", "-y", "TASTYTRADE_CLIENT_SECRET"], b"issued by the provider")
            .status
            .code(),
        Some(1)
    );
    refused(&project.run(["rotate", "-y", "TASTYTRADE_CLIENT_SECRET"]), 2);
    let message = refused(&project.run(["rotate", "-y", "TASTYTRADE_CLIENT_SECRET", "--finish"]), 2);
    assert!(message.contains("keeps no previous value"), "{message}");
}

#[test]
fn value_with_nul_is_refused_from_every_source() {
    let file = "version = 1\nproject = \"p\"\n[environments.production]\n[people.ana]\n\
         recipients = [\"RECIPIENT\"]\nenvironments = [\"production\"]\n\
         [keys.K]\ncommand = [\"cat\", \"printed\"]\n";
    let project = TestProject::with(file);
    project.set("production", "K", "in use");
    for (printed, code, says) in [
        (
            &b"ab\0cd"[..],
            2,
            "the value of `K` contains a NUL byte, which an environment variable cannot \
            contain",
        ),
        (b"ab\xffcd\n", 2, "the value of `K` is not UTF-8 text"),
        (&vec![b'x'; 16 * 1024 * 1024 + 1], 2, "the value of `K` is larger than 16 MiB"),
        (b"", 6, "it printed nothing"),
    ] {
        project.write("printed", printed);
        succeeded(&project.run(["trust", "-y"]));
        Refusal { what: "printed", code, says: &[says] }.expect(&project, &["rotate", "K"], b"");
    }
    assert_eq!(get(&project, "K"), "in use");
    // And every `run` still starts.
    succeeded(&project.run(["run", "--", "true"]));
}

#[test]
fn one_final_line_end_of_a_new_value_is_dropped_wherever_it_comes_from() {
    let file = "version = 1\nproject = \"p\"\n[environments.production]\n[people.ana]\n\
         recipients = [\"RECIPIENT\"]\nenvironments = [\"production\"]\n\
         [keys.GIVEN]\n[keys.MADE]\ncommand = [\"cat\", \"printed\"]\n";
    let project = TestProject::with(file);
    for (given, value) in
        [("a", "a"), ("b\n", "b"), ("c\r\n", "c"), ("d\n\n", "d\n"), ("e\r", "e\r"), ("f\ng\n", "f\ng")]
    {
        project.write("printed", given.as_bytes());
        succeeded(&project.run(["trust", "-y"]));
        succeeded(&project.run(["rotate", "MADE"]));
        succeeded(&project.run_with(["rotate", "GIVEN"], given.as_bytes()));
        assert_eq!([get(&project, "MADE"), get(&project, "GIVEN")], [value; 2], "{given:?} rotated");
        succeeded(&project.run_with(["set", "OTHER", "--new"], given.as_bytes()));
        assert_eq!(get(&project, "OTHER"), value, "{given:?} set");
    }
}

#[test]
fn status_tells_the_age_of_a_value_and_what_is_overdue() {
    let project = project();
    project.set("production", "TASTYTRADE_CLIENT_SECRET", "old");
    project.set("production", "DB_PASSWORD", "old too");
    let date = "2026-01-01T00:00:00Z";
    project.git(["add", "-A"]);
    let committed = project
        .hermetic("git")
        .env("GIT_COMMITTER_DATE", date)
        .env("GIT_AUTHOR_DATE", date)
        .args(["commit", "-q", "-m", "old"])
        .status()
        .expect("git starts");
    assert!(committed.success());
    succeeded(&project.run(["rekey"]));
    project.commit("a new data key is no new value");
    let output = project.run(["status"]);
    assert_eq!(output.status.code(), Some(1));
    let said = crate::support::project::stdout(&output);
    assert!(said.contains("2026-01-01") && said.contains("ana"), "{said}");
    assert!(said.contains("overdue production: TASTYTRADE_CLIENT_SECRET is "), "{said}");
    assert!(!said.contains("overdue production: DB_PASSWORD"), "{said}");
    for line in ["status", "status --json"] {
        assert_eq!(project.run_unread(line).0, Some(1), "{line}");
    }
    succeeded(&project.run_with(["rotate", "-y", "TASTYTRADE_CLIENT_SECRET"], b"new"));
    succeeded(&project.run(["status"]));
    let json = succeeded(&project.run(["status", "--json"]));
    let rows: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(rows["values"][0]["key"], "TASTYTRADE_CLIENT_SECRET");
    assert_eq!(rows["values"][1]["by"], "ana");
}

#[test]
fn previous_value_with_a_comma_is_not_kept() {
    let project = project();
    project.set("production", "SECRET_KEY", "one, two");
    let message = refused(&project.run(["rotate", "-y", "SECRET_KEY"]), 1);
    assert!(message.contains("the previous value of `SECRET_KEY` contains a comma"), "{message}");
    assert!(!message.contains("one, two"));
    assert_eq!(get(&project, "SECRET_KEY"), "one, two");
    // A list that a review would read is no place for it.
    let file = project.read("envs/senex-env.toml");
    let readable =
        file.replace("[keys.SECRET_KEY_FALLBACKS]\n", "[keys.SECRET_KEY_FALLBACKS]\nsecret = false\n");
    project.write("envs/senex-env.toml", readable.as_bytes());
    let message = refused(&project.run(["rotate", "-y", "SECRET_KEY"]), 3);
    assert!(message.contains("the previous values of `SECRET_KEY` would be readable"), "{message}");
}

/// What was encrypted with a Fernet key is lost with it: by whatever command it goes, that is said and asked.
#[test]
fn removing_a_fernet_key_needs_confirmation() {
    let project = project();
    succeeded(&project.run(["rotate", "FIELD_ENCRYPTION_KEY"]));
    let first = get(&project, "FIELD_ENCRYPTION_KEY");
    project.set("production", "OTHER", "stays");
    project.write("other", format!("{}A=", "B".repeat(42)).as_bytes());
    project.write("other.env", format!("FIELD_ENCRYPTION_KEY={}A=\n", "C".repeat(42)).as_bytes());
    project.write("editor", b"#!/bin/sh\nsed -i '/^FIELD_ENCRYPTION_KEY/d' \"$1\"\n");
    std::fs::set_permissions(
        project.root().join("editor"),
        std::os::unix::fs::PermissionsExt::from_mode(0o755),
    )
    .expect("a mode");
    let ways: [&[&str]; 3] =
        [&["set", "FIELD_ENCRYPTION_KEY", "--file", "other"], &["unset", "FIELD_ENCRYPTION_KEY"], &["edit"]];
    for way in ways {
        let mut command = project.command();
        let output = command.args(way).env("EDITOR", "./editor").output().expect("it starts");
        let message = refused(&output, 1);
        assert!(
            message.contains("FIELD_ENCRYPTION_KEY") && message.contains("will become unreadable"),
            "{message}"
        );
        assert_eq!(get(&project, "FIELD_ENCRYPTION_KEY"), first, "{way:?}");
    }
    // One more in front keeps it; finishing lets it go.
    succeeded(&project.run(["rotate", "FIELD_ENCRYPTION_KEY"]));
    let message = refused(&project.run(["rotate", "FIELD_ENCRYPTION_KEY", "--finish"]), 1);
    assert!(message.contains("will become unreadable"), "{message}");
    assert!(get(&project, "FIELD_ENCRYPTION_KEY").ends_with(&first));
    let output = project.run(["rotate", "-y", "FIELD_ENCRYPTION_KEY", "--finish"]);
    succeeded(&output);
    assert!(stderr(&output).contains("will become unreadable"), "{}", stderr(&output));
    let kept = get(&project, "FIELD_ENCRYPTION_KEY");
    refused(&project.run(["import", "other.env"]), 1);
    // Nowhere to keep it: no rotation at all.
    let file = project.read("envs/senex-env.toml");
    let file = file.replace("keep_previous_in = \"FIELD_ENCRYPTION_KEY\"\n", "");
    project.write("envs/senex-env.toml", file.as_bytes());
    let message = refused(&project.run(["rotate", "-y", "FIELD_ENCRYPTION_KEY"]), 1);
    assert!(message.contains("hint: `keep_previous_in = \"FIELD_ENCRYPTION_KEY\"`"), "{message}");
    assert_eq!(get(&project, "FIELD_ENCRYPTION_KEY"), kept);
    succeeded(&project.run(["set", "-y", "FIELD_ENCRYPTION_KEY", "--file", "other"]));
    assert_ne!(get(&project, "FIELD_ENCRYPTION_KEY"), kept);
}

#[test]
fn rotate_dry_run_changes_nothing() {
    let project = project();
    project.set("production", "TASTYTRADE_CLIENT_SECRET", "issued");
    succeeded(&project.run(["rotate", "SECRET_KEY"]));
    let before = project.read("envs/production.env");
    for (arguments, says) in [
        (["SECRET_KEY", "-n"], "from its generator\nthe current one would be kept in SECRET_KEY_FALLBACKS"),
        (["DB_PASSWORD", "-n"], "its `after_rotate` would be given the new one"),
        (["MADE", "-n"], "from its `command`"),
        (["TASTYTRADE_CLIENT_SECRET", "-n"], "from a prompt or standard input"),
        (["--due", "-n"], "nothing to rotate"),
    ] {
        let output = project.run([&["rotate"][..], &arguments].concat());
        succeeded(&output);
        assert!(stderr(&output).contains(says), "{arguments:?}: {}", stderr(&output));
    }
    assert_eq!(project.read("envs/production.env"), before);
}

#[test]
fn rotate_refuses_an_invalid_value() {
    let project = project();
    let file = project.read("envs/senex-env.toml");
    project
        .write("envs/senex-env.toml", file.replace("rotate_after = \"90d\"", "min_length = 12").as_bytes());
    project.set("production", "TASTYTRADE_CLIENT_SECRET", "issued long ago");
    let message = refused(&project.run_with(["rotate", "TASTYTRADE_CLIENT_SECRET"], b"short"), 1);
    assert!(message.contains("`TASTYTRADE_CLIENT_SECRET`") && !message.contains("short\n"), "{message}");
    assert_eq!(get(&project, "TASTYTRADE_CLIENT_SECRET"), "issued long ago");
    succeeded(&project.run_with(["rotate", "TASTYTRADE_CLIENT_SECRET"], b"issued a moment ago"));
}
