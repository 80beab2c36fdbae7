//! `edit`: an editor on a file in memory, and the sealed file either as it was or as it should be.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use crate::support::command::TestCommand;
use crate::support::outcome::{refused, succeeded};
use crate::support::project::{TestProject, stderr, stdout};
use crate::support::random::Dice;
use crate::support::terminal::on_terminal;

const FILE: &str = "envs/development.env";

/// A project with two keys and a comment.
fn project() -> TestProject {
    let project = TestProject::new();
    let plain =
        b"# the application\nSECRET_KEY='first value'\nALLOWED_HOSTS='localhost'\n# below\nTOKEN='it''s'\n";
    project.write("plain", &plain.replace_quotes());
    succeeded(&project.run(["import", "-y", "plain"]));
    std::fs::remove_file(project.root().join("plain")).expect("removed");
    project
}

trait Quotes {
    fn replace_quotes(&self) -> Vec<u8>;
}

impl Quotes for [u8] {
    /// `''` within quotes is no form of env files.
    fn replace_quotes(&self) -> Vec<u8> {
        String::from_utf8_lossy(self).replace("'it''s'", "\"it's\"").into_bytes()
    }
}

/// `edit` with a script of the shell as editor; `$1` is the file.
fn edit(project: &TestProject, script: &str) -> TestCommand {
    let path = project.path("editor");
    senex_env::testing::file::replace(&path, script.as_bytes(), 0o600).expect("written");
    let mut command = project.command();
    command.args(["edit"]).env("EDITOR", format!("sh '{}'", path.display()));
    command.env("XDG_RUNTIME_DIR", project.path("runtime")).env("SCRIPT_HOME", project.path("home"));
    command
}

fn run(project: &TestProject, script: &str) -> Output {
    edit(project, script).output().expect("it starts")
}

/// Folders of ours that are left in memory for this project's files.
/// Files below a folder that hold a text.
fn holding(folder: &Path, text: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for path in std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            found.extend(holding(&path, text));
        } else if std::fs::read(&path).is_ok_and(|bytes| String::from_utf8_lossy(&bytes).contains(text)) {
            found.push(path);
        }
    }
    found
}

fn lines_changed(before: &str, after: &str) -> Vec<String> {
    let old: Vec<&str> = before.lines().collect();
    after.lines().filter(|line| !old.contains(line)).map(str::to_owned).collect()
}

#[test]
fn the_editor_sees_values_and_comments_and_only_what_changed_gets_new_bytes() {
    let project = project();
    let before = project.read(FILE);
    let output = run(
        &project,
        "cp \"$1\" \"$SCRIPT_HOME/seen\"; stat -c '%a %A' \"$1\" > \"$SCRIPT_HOME/mode\"; sed -i 's/first value/second $value/' \"$1\"",
    );
    assert_eq!(succeeded(&output), "~ SECRET_KEY\n");
    let seen = std::fs::read_to_string(project.path("home/seen")).expect("a copy");
    assert_eq!(
        seen,
        "#| senex-env: the values of development, in plaintext; save and close to seal them\n\
         #| senex-env: close without a change, or leave this empty, to change nothing\n\
         \n# the application\nSECRET_KEY='first value'\nALLOWED_HOSTS='localhost'\n\n# \
         below\nTOKEN=\"it's\"\n"
    );
    assert!(std::fs::read_to_string(project.path("home/mode")).expect("a mode").starts_with("600"));
    let after = project.read(FILE);
    let changed = lines_changed(&before, &after);
    let names: Vec<&str> = changed.iter().map(|line| &line[..line.len().min(11)]).collect();
    // The seal, the value, the checksum; the time, if a second has passed.
    assert!(matches!(changed.len(), 3 | 4), "{changed:#?}");
    assert!(names[0].starts_with("#ENC[") && names[1] == "SECRET_KEY=", "{names:?}");
    assert_eq!(succeeded(&project.run(["get", "SECRET_KEY"])), "second $value");
    succeeded(&project.run(["run", "--", "true"]));
}

#[test]
fn edited_keys_keep_their_comments() {
    let project = project();
    let output =
        run(&project, "printf 'Z=9\\n# token\\nTOKEN=\"a\\\\nb\"\\nSECRET_KEY=x\\n# end\\n' > \"$1\"");
    assert_eq!(
        succeeded(&output),
        "+ Z\n~ SECRET_KEY\n~ TOKEN\n- ALLOWED_HOSTS\n"
            .replace("~ SECRET_KEY\n~ TOKEN", "~ TOKEN\n~ SECRET_KEY")
    );
    assert_eq!(succeeded(&project.run(["get", "TOKEN"])), "a\nb");
    let output = run(&project, "cp \"$1\" \"$SCRIPT_HOME/seen\"");
    assert!(stderr(&output).contains("nothing was changed in development"), "{}", stderr(&output));
    let seen = std::fs::read_to_string(project.path("home/seen")).expect("a copy");
    assert!(seen.ends_with("Z='9'\n\n# token\nTOKEN='a\nb'\nSECRET_KEY='x'\n\n# end\n"), "{seen}");
}

#[test]
fn an_editor_that_changes_nothing_changes_nothing() {
    let project = project();
    let before = project.read(FILE);
    for script in ["true", "touch \"$1\"", ": > \"$1\"", "rm \"$1\"", "printf '\\n \\n' > \"$1\""] {
        let output = run(&project, script);
        assert!(output.status.success(), "{script}: {}", stderr(&output));
        assert_eq!(stderr(&output), "nothing was changed in development\n", "{script}");
        assert_eq!(project.read(FILE), before, "{script}");
    }
    let failed = refused(&run(&project, "echo A=1 >> \"$1\"; exit 3"), 1);
    assert!(failed.contains("the editor ended with 3; nothing was changed"), "{failed}");
    assert_eq!(project.read(FILE), before);
}

#[test]
fn invalid_edit_without_a_terminal_is_reported_and_changes_nothing() {
    let project = project();
    let before = project.read(FILE);
    for (script, expected) in [
        ("echo 'hunter2 is no pair' >> \"$1\"", "line 8 below the first lines: "),
        ("echo 'A=\"hunter2' >> \"$1\"", "line 8 below the first lines: the closing quote is missing"),
        ("echo 'A-B=hunter2' >> \"$1\"", "line 8 below the first lines: "),
        ("echo 'TOKEN=hunter2' >> \"$1\"", "line 8 below the first lines: duplicate key `TOKEN`"),
        ("echo 'A=$hunter2' >> \"$1\"", "line 8 below the first lines: the `$` in `A` starts a reference"),
    ] {
        let said = refused(&run(&project, script), 1);
        assert!(said.contains(expected), "{script}\n{said}");
        assert!(!said.contains("hunter2"), "{script}\n{said}");
        assert_eq!(project.read(FILE), before);
    }
}

#[test]
fn invalid_edit_reopens_the_editor_at_its_line() {
    let project = project();
    let first = "if [ ! -e \"$SCRIPT_HOME/once\" ]; then touch \"$SCRIPT_HOME/once\"; echo 'A=\"x' >> \"$1\"; exit; fi\n";
    let script = format!("{first}cp \"$1\" \"$SCRIPT_HOME/again\"; sed -i 's/^A=.*/A=good/' \"$1\"");
    let Some(output) = on_terminal(&edit(&project, &script), &[]) else { return };
    assert!(output.status.success(), "{}", stdout(&output));
    let again = std::fs::read_to_string(project.path("home/again")).expect("a copy");
    let told = again.lines().nth(2).expect("a line");
    assert_eq!(told, "#| senex-env: line 11: the closing quote is missing");
    assert_eq!(again.lines().nth(10), Some("A=\"x"));
    assert_eq!(succeeded(&project.run(["get", "A"])), "good");
}

#[test]
fn edit_refuses_invalid_values_unless_forced() {
    let project = project();
    let file = project.read("envs/senex-env.toml");
    let file = file.replace("[keys.SECRET_KEY]\n", "[keys.SECRET_KEY]\ntype = \"port\"\n");
    project.write("envs/senex-env.toml", file.as_bytes());
    // What was wrong before does not stop other changes.
    assert_eq!(succeeded(&run(&project, "echo B=1 >> \"$1\"")), "+ B\n");
    let script = "sed -i 's/first value/hunter2/' \"$1\"";
    let said = refused(&run(&project, script), 1);
    assert!(
        said.contains("line 3 below the first lines: `SECRET_KEY` is not a valid `port`")
            && !said.contains("hunter2"),
        "{said}"
    );
    let forced = edit(&project, script).arg("--force").output().expect("it starts");
    assert_eq!(succeeded(&forced), "~ SECRET_KEY\n");
}

#[test]
fn concurrent_changes_survive_an_edit() {
    let project = project();
    let senex = env!("CARGO_BIN_EXE_senex-env");
    let other =
        format!("printf 'theirs\\n' | '{senex}' set ALLOWED_HOSTS; sed -i 's/first value/ours/' \"$1\"");
    let output = run(&project, &other);
    assert_eq!(succeeded(&output), "~ SECRET_KEY\n");
    assert!(stderr(&output).contains("their other changes are kept"), "{}", stderr(&output));
    assert_eq!(succeeded(&project.run(["get", "ALLOWED_HOSTS"])), "theirs");
    assert_eq!(succeeded(&project.run(["get", "SECRET_KEY"])), "ours");
    // The same key: nobody's change is lost without a question.
    let same =
        format!("printf 'theirs too\\n' | '{senex}' set SECRET_KEY; sed -i 's/ours/ours again/' \"$1\"");
    let said = refused(&run(&project, &same), 1);
    assert!(
        said.contains(
            "not confirmed, because there is no terminal: overwrite somebody else's changes to \
        `SECRET_KEY`"
        ),
        "{said}"
    );
    assert_eq!(succeeded(&project.run(["get", "SECRET_KEY"])), "theirs too");
}

#[test]
fn missing_editor_is_reported_with_a_hint() {
    let project = project();
    let command = |variables: &[(&str, &str)]| {
        let mut command = project.command();
        command.arg("edit").envs(variables.iter().copied());
        command.output().expect("it starts")
    };
    let said = refused(&command(&[("EDITOR", "no-such-editor -w")]), 6);
    assert_eq!(
        said,
        "error: the editor (EDITOR): cannot start `no-such-editor`: not found\nhint: `export \
         SENEX_EDITOR=nano` chooses another\n"
    );
    let said = refused(&command(&[]), 2);
    assert!(said.contains("an editor needs a terminal"), "{said}");
    let said = refused(&command(&[("VISUAL", "'open quote")]), 2);
    assert!(said.contains("VISUAL is not a valid command line"), "{said}");
    // The first that is set counts.
    let variables = [("SENEX_EDITOR", "true"), ("VISUAL", "no-such-editor"), ("EDITOR", "no-such-editor")];
    succeeded(&command(&variables));
}

#[test]
fn the_first_values_can_come_from_the_editor() {
    let project = TestProject::new();
    let output = run(&project, "cp \"$1\" \"$SCRIPT_HOME/seen\"; echo 'SECRET_KEY=x' >> \"$1\"");
    assert_eq!(succeeded(&output), "+ SECRET_KEY\n");
    let seen = std::fs::read_to_string(project.path("home/seen")).expect("a copy");
    assert!(seen.contains("#| senex-env: required, and missing or empty: `SECRET_KEY`\n"), "{seen}");
}

/// Killed at random moments: before the editor is there, while it is open, while the file is sealed and written.
/// `SENEX_ENV_KILLS` is how often.
#[test]
fn killed_edit_leaves_a_valid_file_and_no_plaintext() {
    let project = project();
    // Other tests leave files in memory for a while, too.
    let mark = format!("killed-{}", std::process::id());
    project.set("development", "SECRET_KEY", &mark);
    let before = project.read(FILE);
    let rounds = std::env::var("SENEX_ENV_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(30);
    let mut random = Dice::new(3);
    let (mut old, mut new) = (0, 0);
    // An editor that leaves files beside the one that it edits, as many do.
    let script = "echo 'A=hunter2' >> \"$1\"; mkdir \"$(dirname \"$1\")/undo\"; cp \"$1\" \"$(dirname \"$1\")/undo/\"; sleep 0.05";
    let whole = || {
        let start = Instant::now();
        assert!(edit(&project, script).output().expect("it starts").status.success());
        project.write(FILE, before.as_bytes());
        start.elapsed()
    };
    let takes = (0..4).map(|_| whole()).min().expect("four");
    for round in 0..rounds {
        let signal = ["KILL", "KILL", "TERM", "INT", "HUP"][round % 5];
        let mut child =
            edit(&project, script).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it starts");
        // Half of the moments lie around the end, where the file is written.
        let part = if round % 2 == 0 { random.below(1300) } else { 800 + random.below(400) };
        std::thread::sleep(takes * u32::try_from(part).expect("small") / 1000);
        // It may have ended meanwhile.
        let mut kill = Command::new("kill");
        kill.args([&format!("-{signal}"), &child.id().to_string()]);
        let _ = kill.stderr(Stdio::null()).status();
        child.wait().expect("it ends");
        let after = project.read(FILE);
        if after == before {
            old += 1;
        } else {
            assert_eq!(succeeded(&project.run(["get", "A"])), "hunter2");
            project.write(FILE, before.as_bytes());
            new += 1;
        }
        let wait = Instant::now();
        let left = || holding(Path::new("/dev/shm"), &mark);
        while !left().is_empty() && wait.elapsed() < Duration::from_secs(5) {
            std::thread::sleep(Duration::from_millis(20));
        }
        assert_eq!(left(), Vec::<PathBuf>::new(), "{signal} after {part} thousandths");
        let names: Vec<String> = std::fs::read_dir(project.root().join("envs"))
            .expect("a folder")
            .flatten()
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .collect();
        for name in names {
            assert!(!project.read(&format!("envs/{name}")).contains("hunter2"), "{name}");
        }
    }
    assert!(old > 0 && new > 0, "{old} times the old file, {new} times the new one");
    println!("killed {rounds} times: {old} times the old file, {new} times the new one");
    succeeded(&project.run(["run", "--", "true"]));
}

#[test]
fn vim_leaves_no_traces_under_any_name() {
    let Some(vim) = ["vim", "nvim", "vim.tiny"].into_iter().find_map(crate::support::tools::optional) else {
        return;
    };
    let project = project();
    let vi = project.path("vi");
    std::os::unix::fs::symlink(&vim, &vi).expect("a link");
    for (program, old, new) in [(vim, "first value", "hunter2"), (vi, "hunter2", "hunter3")] {
        let mut command = project.command();
        let editor = format!("{} -es -c '%s/{old}/{new}/' -c wq", program.display());
        command.arg("edit").env("EDITOR", editor);
        assert_eq!(succeeded(&command.output().expect("it starts")), "~ SECRET_KEY\n");
        let home = std::fs::read_dir(project.path("home")).expect("a folder").flatten();
        let home: Vec<_> = home.map(|entry| entry.file_name()).collect();
        assert!(!home.iter().any(|name| name == ".viminfo"), "{home:?}");
    }
}

#[test]
fn broken_pipe_does_not_stop_the_work() {
    let project = TestProject::new();
    let lines: String = (0..200).map(|number| format!("KEY_{number}=value-{number}\n")).collect();
    project.write("plain.env", lines.as_bytes());
    assert_eq!(project.run_unread("import plain.env").0, Some(0));
    assert_eq!(stdout(&project.run(["get", "KEY_199"])), "value-199");
}
