//! Completions in real shells, the manual, and the help texts.

use std::process::Command;

use crate::support::outcome::succeeded;
use crate::support::project::{TestProject, stdout};
use crate::support::terminal::on_terminal;
use crate::support::tools::{optional, program};

/// The project's names after Tab, asked as the script of a shell does.
fn offered(project: &TestProject, words: &[&str]) -> Vec<String> {
    let mut command = project.command();
    command.env("SENEX_ENV_COMPLETE", "fish").arg("--").args(words);
    let said = succeeded(&command.output().expect("it starts"));
    said.lines().map(|line| line.split('\t').next().unwrap_or_default().to_owned()).collect()
}

#[test]
fn environments_keys_people_and_commands_are_offered() {
    let project = TestProject::new();
    project.set("production", "UNDECLARED", "x");
    assert_eq!(offered(&project, &["senex-env", "check", "-e", ""]), ["development", "production"]);
    assert_eq!(offered(&project, &["senex-env", "-e", "pro"]), ["production"]);
    assert_eq!(
        offered(&project, &["senex-env", "get", ""])[..4],
        ["ALLOWED_HOSTS", "DB_PASSWORD", "SECRET_KEY", "UNDECLARED"]
    );
    assert_eq!(offered(&project, &["senex-env", "set", "S"]), ["SECRET_KEY"]);
    assert_eq!(offered(&project, &["senex-env", "revoke", "a"]), ["ana"]);
    assert!(offered(&project, &["senex-env", "d"]).contains(&"diff".to_owned()));
    // Outside of a project there is nothing to offer, and nothing to say.
    let mut command = project.command();
    command.current_dir(project.path("home")).env("SENEX_ENV_COMPLETE", "fish");
    let output = command.args(["--", "senex-env", "get", "S"]).output().expect("it starts");
    assert_eq!((stdout(&output).as_str(), output.stderr.len()), ("", 0));
}

/// What elvish has on a terminal alone.
const ELVISH_EDITOR: &str = "var edit: = (ns [&'completion:'=(ns [&arg-completer=[&]])])";

#[test]
fn every_shell_accepts_its_script() {
    let project = TestProject::new();
    for (shell, arguments) in [
        ("bash", &["-n"][..]),
        ("zsh", &["-n"]),
        ("fish", &["--no-execute"]),
        // What the script is for is there before a person alone: below.
        ("elvish", &[]),
        ("powershell", &[]),
    ] {
        let script = succeeded(&project.run(["completions", shell]));
        assert!(script.contains("SENEX_ENV_COMPLETE"), "{shell}: {script}");
        if ["powershell", "elvish"].contains(&shell) {
            continue;
        }
        let Some(program) = program(shell) else { continue };
        let path = project.path(shell);
        let script = if shell == "elvish" { format!("{ELVISH_EDITOR}\n{script}") } else { script };
        senex_env::testing::file::replace(&path, script.as_bytes(), 0o600).expect("written");
        let output = Command::new(program).args(arguments).arg(&path).output().expect("it starts");
        assert!(output.status.success(), "{shell}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

/// The shells themselves, each as a person sits before it.
#[test]
fn the_shells_complete_environments_and_keys() {
    let project = TestProject::new();
    let folder = std::path::Path::new(env!("CARGO_BIN_EXE_senex-env")).parent().expect("a folder");
    let path = format!("{}:{}", folder.display(), std::env::var("PATH").unwrap_or_default());
    for (shell, arguments, script) in [
        ("bash", &["--norc", "-i"][..], "PS1='ready> '; source <(senex-env completions bash)"),
        (
            "zsh",
            &["-f", "-i"][..],
            "PS1='ready> '; autoload -U compinit; compinit -u -D; source <(senex-env completions zsh)",
        ),
    ] {
        let Some(program) = optional(shell) else { continue };
        let mut command = project.hermetic(program);
        command.args(arguments).env("PATH", &path).env("TERM", "xterm");
        // Tab completes the name, and the command that it is part of says it again.
        let dialogue = [("", script), ("ready> ", "senex-env get -e prod\tDB_\t"), ("ready> ", "exit")];
        let Some(shown) = on_terminal(&command, &dialogue) else { continue };
        let shown = stdout(&shown);
        assert!(shown.contains("`production` has no sealed file yet"), "{shell}: {shown}");
        assert!(shown.contains("DB_PASSWORD"), "{shell}: {shown}");
    }
    if let Some(elvish) = optional("elvish") {
        let mut command = project.hermetic(elvish);
        command.arg("-norc").env("PATH", &path).env("TERM", "xterm");
        let ask = "$edit:completion:arg-completer[senex-env] senex-env get DB_ | each {|c| echo offered $c }";
        let script = "eval (senex-env completions elvish | slurp); set edit:prompt = { put 'ready> ' }";
        let shown = on_terminal(&command, &[("", script), ("ready> ", ask), ("offered DB_PASSWORD", "exit")]);
        if let Some(shown) = shown {
            assert!(stdout(&shown).contains("offered DB_PASSWORD"), "{}", stdout(&shown));
        }
    }
    if let Some(fish) = optional("fish") {
        let mut command = project.hermetic(fish);
        let script = "source (senex-env completions fish | psub); complete -C 'senex-env get DB_'; complete -C 'senex-env check -e '";
        command.args(["--no-config", "-c", script]).env("PATH", &path);
        let offered = succeeded(&command.output().expect("fish starts"));
        let offered: Vec<&str> = offered.lines().filter_map(|line| line.split('\t').next()).collect();
        assert_eq!(offered, ["DB_PASSWORD", "development", "production"]);
    }
}

/// Every command, with those below it.
fn commands() -> Vec<Vec<String>> {
    fn collect(command: &clap::Command, path: &[String], found: &mut Vec<Vec<String>>) {
        found.push(path.to_vec());
        for inner in command.get_subcommands() {
            collect(inner, &[path, &[inner.get_name().to_owned()]].concat(), found);
        }
    }
    let mut found = Vec::new();
    collect(&senex_env::testing::cli::command(), &[], &mut found);
    found
}

#[test]
fn every_help_fits_the_terminal_and_every_example_in_it_is_a_command_line() {
    use clap::Parser as _;
    let project = TestProject::new();
    let mut examples = 0;
    let called_by_git = |name: &str| name.starts_with("git-");
    for path in commands() {
        for flag in ["-h", "--help"] {
            let said = succeeded(&project.run(path.iter().map(String::as_str).chain([flag])));
            let long: Vec<&str> = said.lines().filter(|line| line.chars().count() > 80).collect();
            assert!(long.is_empty(), "{path:?}: {long:#?}");
            let has_examples = said.contains("Examples:\n");
            let needs_none = path.first().is_none_or(|name| called_by_git(name) || name == "version");
            assert!(has_examples || needs_none, "{path:?} has no examples");
            for line in said.split_once("Examples:\n").map_or("", |(_, rest)| rest).lines() {
                let Some(at) = line.find("senex-env ") else { continue };
                if line.contains("source <(") || line.contains(" | man") {
                    continue;
                }
                let line = line[at..].split(" #").next().unwrap_or_default();
                let line =
                    line.split(" > ").next().and_then(|line| line.split(" | ").next()).unwrap_or_default();
                let words = shlex::split(line).expect("a command line");
                let words: Vec<&str> =
                    words.iter().map(String::as_str).skip_while(|word| *word != "senex-env").collect();
                let parsed = senex_env::testing::cli::Cli::try_parse_from(&words);
                assert!(parsed.is_ok(), "{path:?}: {line}");
                examples += 1;
            }
        }
    }
    assert!(examples > 20, "{examples}");
}

#[test]
fn the_manual_has_a_page_for_every_command() {
    let project = TestProject::new();
    succeeded(&project.run(["man", "pages"]));
    let visible = senex_env::testing::cli::command().get_subcommands().filter(|c| !c.is_hide_set()).count();
    let pages: Vec<_> =
        std::fs::read_dir(project.root().join("pages")).expect("a folder").flatten().collect();
    assert!(pages.len() > visible, "{}", pages.len());
    let page = project.read("pages/senex-env-set.1");
    assert!(page.contains(".TH senex-env-set 1") && page.contains("\\-\\-force"), "{page}");
    if let Some(man) = program("man") {
        let output =
            project.hermetic(man).args(["-l", "pages/senex-env-set.1"]).env("MANWIDTH", "80").output();
        let output = output.expect("man starts");
        // Where manuals are left out of a system, a stand-in says so.
        if stdout(&output).contains("SYNOPSIS") {
            assert!(stdout(&output).contains("senex-env set"), "{}", stdout(&output));
        }
    }
    assert!(succeeded(&project.run(["man"])).contains(".SH NAME"));
}
