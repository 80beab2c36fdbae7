//! Keys on which the readers of a file disagree: they are asked about, or named with the option that settles them, and
//! keep nothing else out.

use super::run::declared;
use crate::support::outcome::{refused, succeeded};
use crate::support::project::{TestProject, stderr, stdout};
use crate::support::terminal::on_terminal;

/// One key that all read alike between three that they do not.
const DOUBTFUL: &[u8] = b"PASSWORD=pa\t# ss\nNAME=app\nHOST_DIR=${HOME}/x\nCANARY=abc$Hunter2\nHTTP_PROXY\n";

fn project() -> TestProject {
    let project = TestProject::empty();
    succeeded(&project.run(["identity", "new", "--no-passphrase"]));
    declared(&project, "[environments.development]");
    project.write(".env", DOUBTFUL);
    project
}

/// The command in a message that begins like this.
fn suggested(said: &str, start: &str) -> String {
    let at = said.find(start).unwrap_or_else(|| panic!("{start}: {said}"));
    said[at..].split('`').next().expect("a command").to_owned()
}

fn follow(project: &TestProject, command: &str) {
    let words: Vec<&str> = command.split(' ').skip(1).collect();
    succeeded(&project.run(words.iter().copied().chain(["-y"])));
}

fn value(project: &TestProject, key: &str) -> String {
    succeeded(&project.run(["get", key]))
}

#[test]
fn what_is_agreed_is_imported_and_the_option_settles_the_rest() {
    let project = project();
    let dry = refused(&project.run(["import", "-n", ".env"]), 1);
    assert!(!project.root().join("envs/development.env").exists(), "{dry}");
    let said = refused(&project.run(["import", "-y", ".env"]), 1);
    assert!(said.contains("3 values of .env were not imported"), "{said}");
    assert!(said.contains("line 5: `HTTP_PROXY` is left out"), "{said}");
    assert!(said.contains("line 1: `PASSWORD`: docker compose and as written: 7 characters"), "{said}");
    assert!(!said.contains("Hunter") && !said.contains("abc"), "{said}");
    assert_eq!(value(&project, "NAME"), "app");
    follow(&project, &suggested(&said, "senex-env import -e development"));
    assert_eq!(value(&project, "PASSWORD"), "pa\t# ss");
    assert_eq!(value(&project, "HOST_DIR"), "${HOME}/x");
    assert_eq!(value(&project, "CANARY"), "abc$Hunter2");
    // What is settled is settled: the file says nothing new.
    let check = project.run(["check"]);
    let said = stdout(&check) + &stderr(&check);
    assert!(said.contains("fix: `rm .env`") && !said.contains("import -n"), "{said}");
}

#[test]
fn somebody_at_the_terminal_says_which_reader_is_right() {
    let project = project();
    let mut import = project.command();
    import.args(["import", ".env"]);
    let dialogue = [
        ("different from character 3 on", "9"),
        ("[1-2, Enter leaves it open]? ", "2"),
        ("`HOST_DIR` differently", ""),
        ("`CANARY` differently", "2"),
    ];
    let Some(output) = on_terminal(&import, &dialogue) else { return };
    let shown = stdout(&output);
    assert!(!shown.contains("Hunter"), "{shown}");
    assert!(shown.contains("1 value of .env was not imported"), "{shown}");
    assert_eq!(output.status.code(), Some(1), "{shown}");
    assert_eq!(value(&project, "PASSWORD"), "pa");
    assert_eq!(value(&project, "CANARY"), "abc$Hunter2");
    refused(&project.run(["get", "HOST_DIR"]), 1);
}

#[test]
fn init_seals_what_is_agreed_and_the_file_stays_until_the_rest_is_settled() {
    let project = TestProject::empty();
    succeeded(&project.run(["identity", "new", "--no-passphrase"]));
    project.write("compose.yml", b"services: {web: {image: app, environment: {PASSWORD: '${PASSWORD}'}}}\n");
    project.write(".env", b"NAME=app\nPASSWORD=pa\t# ss\n");
    let output = project.run(["init", "-y", "--remove-plaintext"]);
    let said = stderr(&output);
    succeeded(&output);
    assert!(project.root().join(".env").exists() && said.contains(".env is not imported whole"), "{said}");
    assert_eq!(value(&project, "NAME"), "app");
    // It is declared, and nothing that works is refused for it.
    assert!(project.read("envs/senex-env.toml").contains("[keys.PASSWORD]"));
    succeeded(&project.run(["check"]));
    follow(&project, &suggested(&said, "senex-env import -e development"));
    assert_eq!(value(&project, "PASSWORD"), "pa\t# ss");
    succeeded(&project.run(["init", "-y", "--remove-plaintext"]));
    assert!(!project.root().join(".env").exists());
}

#[test]
fn init_asks_at_the_terminal() {
    let project = TestProject::empty();
    succeeded(&project.run(["identity", "new", "--no-passphrase"]));
    project.write(".env", b"NAME=app\nPASSWORD=pa\t# ss\n");
    let mut init = project.command();
    init.arg("init");
    let dialogue = [("Enter leaves it open]? ", "1"), ("[y/N] ", "y"), ("[y/N] ", "y")];
    let Some(output) = on_terminal(&init, &dialogue) else { return };
    assert!(output.status.success(), "{}", stdout(&output));
    assert_eq!(value(&project, "PASSWORD"), "pa\t# ss");
    assert!(!project.root().join(".env").exists(), "{}", stdout(&output));
}

#[test]
fn dotenv_for_node_has_a_say_where_the_package_depends_on_it() {
    let project = project();
    project.write(".env", b"A=1\nB=a$$b\nC='x'\n");
    project.write("package.json", br#"{"dependencies": {"dotenv": "^17.0.0"}}"#);
    let said = refused(&project.run(["import", "-y", ".env"]), 1);
    assert!(said.contains("podman-compose, dotenv for Node.js and as written: 4 characters"), "{said}");
    succeeded(&project.run(["import", "-y", "--dialect", "B=node", ".env"]));
    assert_eq!(value(&project, "B"), "a$$b");
    let said = refused(&project.run(["import", "-y", "--dialect", "B=java", ".env"]), 2);
    assert!(said.contains("node"), "{said}");
    refused(&project.run(["import", "-y", "--dialect", "1B=node", ".env"]), 2);
    let said = refused(&project.run(["import", "-y", "--dialect", "node", "--dialect", "python", ".env"]), 2);
    assert!(said.contains("two readers of the file"), "{said}");
    let said = refused(&project.run(["import", "-y", "--dialect", "NOPE=node", ".env"]), 1);
    assert!(said.contains("`NOPE` has no value for the reader `node`"), "{said}");
}
