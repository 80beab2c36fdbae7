//! Identities behind a passphrase: asked for on the terminal, and only when that can help.

use std::path::{Path, PathBuf};

use age::secrecy::SecretString;

use crate::support::command::TestCommand;
use crate::support::holder::Holder;
use crate::support::outcome::{refused, succeeded};
use crate::support::project::{TestProject, stdout};
use crate::support::terminal::{on_terminal, without_terminal};
use crate::support::tools::program;

const PASSPHRASE: &str = "correct horse";
const DEFAULT: &str = "home/.config/senex-env/identity.txt";
const ASK: (&str, &str) = ("passphrase for ~/.config/senex-env/identity.txt:", PASSPHRASE);

/// A sealed file for an identity behind a passphrase in the default file. It is as cheap to try as age
/// allows, where `identity new` makes it cost a second.
fn protected() -> TestProject {
    let project = TestProject::new();
    project.set("development", "SECRET_KEY", "opened");
    let path = project.path(DEFAULT);
    let text = std::fs::read(&path).expect("an identity");
    std::fs::remove_file(&path).expect("removed");
    let mut recipient = age::scrypt::Recipient::new(SecretString::from(PASSPHRASE.to_owned()));
    recipient.set_work_factor(2);
    let locked = age::encrypt_and_armor(&recipient, &text).expect("encrypted");
    senex_env::testing::file::create(&path, locked.as_bytes(), 0o600).expect("written");
    project
}

#[test]
fn new_identity_is_protected_by_a_passphrase() {
    let project = TestProject::new();
    std::fs::remove_file(project.path(DEFAULT)).expect("removed");
    let mut new = project.command();
    new.args(["identity", "new"]);
    let dialogue = [("a passphrase for the new identity:", PASSPHRASE), ("once more:", PASSPHRASE)];
    let Some(output) = on_terminal(&new, &dialogue) else { return };
    let shown = succeeded(&output);
    assert!(shown.contains("no system keyring here, so it is stored in a file"), "{shown}");
    assert!(!shown.contains(PASSPHRASE), "what is typed is not shown");
    let recipient = shown.lines().find(|line| line.starts_with("age1")).expect("a recipient").trim();
    let text = std::fs::read_to_string(project.path(DEFAULT)).expect("a file");
    assert!(text.starts_with("-----BEGIN AGE ENCRYPTED FILE-----\n"), "{text}");
    seal_for(&project, recipient);
    let shown = succeeded(&on_terminal(&get(&project), &[ASK]).expect("a terminal"));
    assert!(shown.ends_with("opened\r\n") && !shown.contains(PASSPHRASE), "{shown}");

    // Its public half lies beside it: nobody is asked for a passphrase that cannot help.
    let bob = Holder::age(&project.path("home"), "bob");
    std::fs::remove_file(project.root().join("envs/development.env")).expect("removed");
    seal_for(&project, &bob.recipient.to_string());
    let output = on_terminal(&get(&project), &[]).expect("a terminal");
    assert_eq!(output.status.code(), Some(4));
    let shown = stdout(&output);
    assert!(!shown.contains("passphrase for"), "{shown}");
    // Broken for the width of the terminal.
    let words: Vec<&str> = shown.split_whitespace().collect();
    assert!(words.join(" ").contains("protected by a passphrase, not among its recipients"), "{shown}");
}

/// Makes `recipient` the only one, and seals a value for it. That takes no identity.
fn seal_for(project: &TestProject, recipient: &str) {
    let text = project.read("envs/senex-env.toml");
    let (before, rest) = text.split_once("recipients = [\"").expect("recipients");
    let (_, after) = rest.split_once('"').expect("a recipient");
    project.write("envs/senex-env.toml", format!("{before}recipients = [\"{recipient}\"{after}").as_bytes());
    project.set("development", "SECRET_KEY", "opened");
}

fn get(project: &TestProject) -> TestCommand {
    let mut command = project.command();
    command.args(["get", "SECRET_KEY"]);
    command
}

#[test]
fn passphrase_prompt_allows_two_retries() {
    let project = protected();
    let wrong = "wrong passphrase for ~/.config/senex-env/identity.txt";
    let slip = (ASK.0, "wrong");
    let Some(output) = on_terminal(&get(&project), &[slip, slip, ASK]) else { return };
    let shown = succeeded(&output);
    assert!(shown.matches(wrong).count() == 2 && shown.ends_with("opened\r\n"), "{shown}");

    let output = on_terminal(&get(&project), &[slip, slip, slip]).expect("a terminal");
    assert_eq!(output.status.code(), Some(4), "{}", stdout(&output));
    let shown = stdout(&output);
    assert!(shown.contains("~/.config/senex-env/identity.txt  wrong passphrase"), "{shown}");
}

#[test]
fn the_passphrase_comes_from_the_terminal_and_the_value_from_standard_input() {
    let project = protected();
    project.write("value", b"from a pipe");
    let mut command = project.hermetic("sh");
    command.args(["-c", "\"$0\" set SECRET_KEY <value && \"$0\" get SECRET_KEY >got"]);
    command.arg(env!("CARGO_BIN_EXE_senex-env"));
    let Some(output) = on_terminal(&command, &[ASK, ASK]) else { return };
    succeeded(&output);
    assert_eq!(project.read("got"), "from a pipe");
}

#[test]
fn report_says_that_no_passphrase_was_given() {
    let project = protected();
    let Some(output) = without_terminal(&get(&project)) else { return };
    let message = refused(&output, 4);
    assert!(message.contains("~/.config/senex-env/identity.txt  no passphrase was given"), "{message}");
}

#[test]
fn no_passphrase_prompt_if_another_identity_opens_the_file() {
    let project = protected();
    let bob = Holder::age(&project.path("home"), "bob");
    std::fs::remove_file(project.root().join("envs/development.env")).expect("removed");
    seal_for(&project, &bob.recipient.to_string());
    let mut command = get(&project);
    command.env("SENEX_ENV_KEY_FILE", &bob.file);
    let Some(output) = on_terminal(&command, &[]) else { return };
    assert_eq!(succeeded(&output), "opened\r\n");
}

#[test]
fn mismatched_or_empty_passphrase_creates_nothing() {
    let project = TestProject::new();
    let path = project.path("home/new");
    let mut new = project.command();
    new.args(["identity", "new", "--file"]).arg(&path);
    let ask = "a passphrase for the new identity:";
    for (dialogue, says) in [
        (&[(ask, "one"), ("once more:", "two")][..], "the two entries differ; nothing was created"),
        (&[(ask, "")], "an empty passphrase protects nothing"),
    ] {
        let Some(output) = on_terminal(&new, dialogue) else { return };
        assert_eq!(output.status.code(), Some(1), "{}", stdout(&output));
        assert!(stdout(&output).contains(says), "{}", stdout(&output));
        assert!(!path.exists() && !path.with_extension("pub").exists());
    }
}

#[test]
fn ssh_passphrase_is_requested_only_if_the_key_fits() {
    let project = TestProject::new();
    let ssh = project.path("home/.ssh");
    std::fs::create_dir_all(&ssh).expect("a folder");
    let Some(holder) = Holder::ssh(&ssh, "id_ed25519", PASSPHRASE) else { return };
    let Some(output) = on_terminal(&get(&project), &[]) else { return };
    assert_eq!(output.status.code(), Some(6), "no sealed file yet: {}", stdout(&output));

    project.set("development", "SECRET_KEY", "opened");
    assert_eq!(succeeded(&on_terminal(&get(&project), &[]).expect("a terminal")), "opened\r\n");
    std::fs::remove_file(project.path(DEFAULT)).expect("removed");
    let output = on_terminal(&get(&project), &[]).expect("a terminal");
    assert_eq!(output.status.code(), Some(4), "it is not for the SSH key: {}", stdout(&output));

    std::fs::remove_file(project.root().join("envs/development.env")).expect("removed");
    seal_for(&project, &holder.recipient.to_string());
    let ask = ("passphrase for ~/.ssh/id_ed25519:", PASSPHRASE);
    let shown = succeeded(&on_terminal(&get(&project), &[ask]).expect("a terminal"));
    assert!(shown.ends_with("opened\r\n"), "{shown}");
}

#[test]
fn protected_files_are_compatible_with_age() {
    let (Some(age), Some(_)) = (program("age"), program("age-keygen")) else { return };
    let project = TestProject::new();
    project.set("development", "SECRET_KEY", "opened");
    let (plain, locked) = (project.path(DEFAULT), project.path("home/locked"));
    let mut protect = project.hermetic(&age);
    protect.arg("--passphrase").arg("--output").arg(&locked).arg(&plain);
    let dialogue = [("Enter passphrase", PASSPHRASE), ("Confirm passphrase", PASSPHRASE)];
    let Some(output) = on_terminal(&protect, &dialogue) else { return };
    succeeded(&output);
    let original = std::fs::read(&plain).expect("an identity");
    std::fs::remove_file(&plain).expect("removed");
    let mut command = get(&project);
    command.env("SENEX_ENV_KEY_FILE", &locked);
    let shown = on_terminal(&command, &[("passphrase for SENEX_ENV_KEY_FILE (~/locked):", PASSPHRASE)]);
    assert!(succeeded(&shown.expect("a terminal")).ends_with("opened\r\n"));

    // The other way: ours, imported from the plain one, opened by age.
    let ours = import(&project, &original);
    let (mut open, opened) = (project.hermetic(&age), project.path("home/opened"));
    open.arg("--decrypt").arg("--output").arg(&opened).arg(&ours);
    succeeded(&on_terminal(&open, &[("Enter passphrase", PASSPHRASE)]).expect("a terminal"));
    assert_eq!(std::fs::read(&opened).expect("opened"), original);
}

fn import(project: &TestProject, identity: &[u8]) -> PathBuf {
    let (from, to) = (project.path("home/from"), project.path("home/ours"));
    senex_env::testing::file::create(&from, identity, 0o600).expect("written");
    let mut command = project.command();
    command.args(["identity", "import", "--file"]).args([&to, &from]);
    let dialogue = [("a passphrase for the new identity:", PASSPHRASE), ("once more:", PASSPHRASE)];
    succeeded(&on_terminal(&command, &dialogue).expect("a terminal"));
    assert!(is_private(&to) && !is_private(&to.with_extension("pub")));
    to
}

fn is_private(path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata(path).expect("metadata").mode() & 0o077 == 0
}
