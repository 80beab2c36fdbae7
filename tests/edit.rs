//! `edit`: an editor on a file in memory, and the sealed file either as it was or as it should be.

use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use crate::support::outcome::{refused, succeeded};
use crate::support::project::{TestProject, stderr, stdout};
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
fn edit(project: &TestProject, script: &str) -> Command {
    let path = project.path("editor");
    senex_env::file::replace(&path, script.as_bytes(), 0o600).expect("written");
    let mut command = project.command();
    command.args(["edit"]).env("EDITOR", format!("sh '{}'", path.display()));
    command.env("XDG_RUNTIME_DIR", project.path("runtime")).env("SCRIPT_HOME", project.path("home"));
    command
}

fn run(project: &TestProject, script: &str) -> Output {
    edit(project, script).output().expect("it starts")
}

/// Folders of ours that are left in memory for this project's files.
fn left_in_memory() -> Vec<PathBuf> {
    let entries = std::fs::read_dir("/dev/shm").expect("a folder");
    let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
    paths.filter(|path| path.join("development.env").exists()).collect()
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
        "#| senex-env: the values of development, in the clear; saved and closed, they are sealed\n\
         #| senex-env: closed without a change, or empty, nothing is changed\n\
         \n# the application\nSECRET_KEY='first value'\nALLOWED_HOSTS='localhost'\n\n# below\nTOKEN=\"it's\"\n"
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
fn keys_come_go_and_move_with_their_comments() {
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
fn a_mistake_of_a_program_is_named_by_line_and_changes_nothing() {
    let project = project();
    let before = project.read(FILE);
    for (script, expected) in [
        ("echo 'hunter2 is no pair' >> \"$1\"", "line 8 below the first lines: "),
        ("echo 'A=\"hunter2' >> \"$1\"", "line 8 below the first lines: the closing quote is missing"),
        ("echo 'A-B=hunter2' >> \"$1\"", "line 8 below the first lines: "),
        ("echo 'TOKEN=hunter2' >> \"$1\"", "line 8 below the first lines: `TOKEN` is there twice"),
        ("echo 'A=$hunter2' >> \"$1\"", "line 8 below the first lines: the `$` of `A` is a reference"),
    ] {
        let said = refused(&run(&project, script), 1);
        assert!(said.contains(expected), "{script}\n{said}");
        assert!(!said.contains("hunter2"), "{script}\n{said}");
        assert_eq!(project.read(FILE), before);
    }
}

#[test]
fn a_mistake_of_a_person_returns_to_the_editor_with_its_line() {
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
fn a_value_that_breaks_a_rule_is_a_mistake_unless_forced() {
    let project = project();
    let file = project.read("envs/senex-env.toml");
    let file = file.replace("[keys.SECRET_KEY]\n", "[keys.SECRET_KEY]\ntype = \"port\"\n");
    project.write("envs/senex-env.toml", file.as_bytes());
    // What was wrong before does not stop other changes.
    assert_eq!(succeeded(&run(&project, "echo B=1 >> \"$1\"")), "+ B\n");
    let script = "sed -i 's/first value/hunter2/' \"$1\"";
    let said = refused(&run(&project, script), 1);
    assert!(
        said.contains("line 3 below the first lines: `SECRET_KEY` is no `port`") && !said.contains("hunter2"),
        "{said}"
    );
    let forced = edit(&project, script).arg("--force").output().expect("it starts");
    assert_eq!(succeeded(&forced), "~ SECRET_KEY\n");
}

#[test]
fn a_change_by_somebody_else_meanwhile_is_kept() {
    let project = project();
    let senex = env!("CARGO_BIN_EXE_senex-env");
    let other =
        format!("printf 'theirs\\n' | '{senex}' set ALLOWED_HOSTS; sed -i 's/first value/ours/' \"$1\"");
    let output = run(&project, &other);
    assert_eq!(succeeded(&output), "~ SECRET_KEY\n");
    assert!(stderr(&output).contains("their other changes stay"), "{}", stderr(&output));
    assert_eq!(succeeded(&project.run(["get", "ALLOWED_HOSTS"])), "theirs");
    assert_eq!(succeeded(&project.run(["get", "SECRET_KEY"])), "ours");
    // The same key: nobody's change is lost without a question.
    let same =
        format!("printf 'theirs too\\n' | '{senex}' set SECRET_KEY; sed -i 's/ours/ours again/' \"$1\"");
    let said = refused(&run(&project, &same), 1);
    assert!(
        said.contains("replace `SECRET_KEY`, changed by somebody else meanwhile was not confirmed"),
        "{said}"
    );
    assert_eq!(succeeded(&project.run(["get", "SECRET_KEY"])), "theirs too");
}

#[test]
fn an_editor_that_is_not_there_is_said_with_a_way_out() {
    let project = project();
    let command = |variables: &[(&str, &str)]| {
        let mut command = project.command();
        command.arg("edit").envs(variables.iter().copied());
        command.output().expect("it starts")
    };
    let said = refused(&command(&[("EDITOR", "no-such-editor -w")]), 6);
    assert_eq!(
        said,
        "error: the editor (EDITOR): `no-such-editor` was not found\nhint: `export SENEX_EDITOR=nano` names another\n"
    );
    let said = refused(&command(&[]), 2);
    assert!(said.contains("there is no terminal for an editor"), "{said}");
    let said = refused(&command(&[("VISUAL", "'open quote")]), 2);
    assert!(said.contains("VISUAL is not the command line of an editor"), "{said}");
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

/// Killed at moments of the edit: before the editor writes, while it is open, right after it ended.
#[test]
fn killed_at_any_moment_it_leaves_the_old_file_or_the_new_one_and_nothing_in_the_clear() {
    let project = project();
    let before = project.read(FILE);
    for (round, signal) in ["KILL", "TERM", "KILL", "INT", "KILL", "HUP"].into_iter().enumerate() {
        let script = "echo started; echo 'A=hunter2' >> \"$1\"; mkdir \"$(dirname \"$1\")/undo\"; cp \"$1\" \"$(dirname \"$1\")/undo/\"; sleep 0.3";
        let mut child =
            edit(&project, script).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("it starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("a pipe")).read_line(&mut line).expect("a line");
        std::thread::sleep(std::time::Duration::from_millis(60 * round as u64));
        let kill = Command::new("kill").args([&format!("-{signal}"), &child.id().to_string()]).status();
        assert!(kill.expect("kill starts").success() || round > 4);
        child.wait().expect("it ends");
        let after = project.read(FILE);
        if after != before {
            succeeded(&project.run(["get", "A"]));
            project.write(FILE, before.as_bytes());
        }
        let wait = std::time::Instant::now();
        while !left_in_memory().is_empty() && wait.elapsed() < std::time::Duration::from_secs(5) {
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
    }
    assert_eq!(left_in_memory(), Vec::<PathBuf>::new());
    succeeded(&project.run(["run", "--", "true"]));
}

#[test]
fn vim_leaves_no_trace_of_what_it_saw() {
    let Some(vim) = ["vim", "nvim", "vim.tiny"].into_iter().find_map(crate::support::tools::program) else {
        return;
    };
    let project = project();
    let mut command = project.command();
    let editor = format!("{} -es -c '%s/first value/hunter2/' -c wq", vim.display());
    command.arg("edit").env("EDITOR", editor);
    let output = command.output().expect("it starts");
    assert_eq!(succeeded(&output), "~ SECRET_KEY\n");
    let home: Vec<_> =
        std::fs::read_dir(project.path("home")).expect("a folder").flatten().map(|e| e.file_name()).collect();
    assert!(!home.iter().any(|name| name == ".viminfo"), "{home:?}");
}
