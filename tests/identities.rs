//! Where identities come from, and the account of where they were looked for.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Output;

use senex_env::testing::identity::Identity;
use senex_env::testing::recipient;

use crate::support::holder::Holder;
use crate::support::outcome::{refused, succeeded};
use crate::support::project::{TestProject, stderr};
use crate::support::terminal::without_terminal;

const DEFAULT: &str = "home/.config/senex-env/identity.txt";

/// A sealed file for ana, whose identity lies in a place where nobody looks.
struct Hidden {
    project: TestProject,
    identity: PathBuf,
}

impl Hidden {
    fn new() -> Self {
        let project = TestProject::new();
        project.set("development", "SECRET_KEY", "opened");
        let identity = project.path("home/with a blank.txt");
        std::fs::rename(project.path(DEFAULT), &identity).expect("moved");
        Self { project, identity }
    }

    /// A sealed file for an SSH key alone.
    fn ssh() -> Option<Self> {
        let project = TestProject::new();
        let holder = Holder::ssh(&project.path("home"), "key", "")?;
        only_recipient(&project, &holder.recipient.to_string());
        project.set_as(&[(holder.variable, &holder.file)], "development", "SECRET_KEY", "opened");
        std::fs::remove_file(project.path(DEFAULT)).expect("removed");
        Some(Self { project, identity: holder.file })
    }

    fn text(&self) -> String {
        std::fs::read_to_string(&self.identity).expect("an identity")
    }

    fn get(&self, variables: &[(&str, OsString)]) -> Output {
        let mut command = self.project.command();
        command.args(["get", "SECRET_KEY"]).envs(variables.iter().map(|(name, value)| (name, value)));
        command.output().expect("it starts")
    }

    fn put(&self, inside: &str) {
        let text = self.text();
        senex_env::testing::file::create(&self.project.path(inside), text.as_bytes(), 0o600)
            .expect("written");
    }

    fn command_line(&self) -> OsString {
        format!("cat '{}'", self.identity.display()).into()
    }
}

fn only_recipient(project: &TestProject, recipient: &str) {
    let text = project.read("envs/senex-env.toml");
    let lines = text.lines().map(|line| match line.strip_prefix("recipients = ") {
        Some(_) => format!("recipients = [{recipient:?}]\n"),
        None => format!("{line}\n"),
    });
    project.write("envs/senex-env.toml", lines.collect::<String>().as_bytes());
}

#[test]
fn every_variable_is_a_source() {
    let hidden = Hidden::new();
    refused(&hidden.get(&[]), 4);
    for prefix in ["SENEX_ENV", "SOPS_AGE"] {
        for (name, value) in [
            (format!("{prefix}_KEY"), OsString::from(hidden.text())),
            (format!("{prefix}_KEY_FILE"), hidden.identity.clone().into()),
            (format!("{prefix}_KEY_CMD"), hidden.command_line()),
        ] {
            assert_eq!(succeeded(&hidden.get(&[(&name, value)])), "opened", "{name}");
        }
    }
}

#[test]
fn the_files_of_senex_env_and_of_sops_are_sources() {
    for place in [DEFAULT, "home/.config/sops/age/keys.txt"] {
        let hidden = Hidden::new();
        hidden.put(place);
        assert_eq!(succeeded(&hidden.get(&[])), "opened", "{place}");
        // Another configuration folder, another file.
        let elsewhere = hidden.project.path("elsewhere");
        refused(&hidden.get(&[("XDG_CONFIG_HOME", elsewhere.clone().into())]), 4);
        hidden.put(&place.replace("home/.config", "elsewhere"));
        assert_eq!(succeeded(&hidden.get(&[("XDG_CONFIG_HOME", elsewhere.into())])), "opened", "{place}");
    }
}

#[test]
fn ssh_keys_are_used_in_place() {
    let Some(hidden) = Hidden::ssh() else { return };
    refused(&hidden.get(&[]), 4);
    let variable = ("SOPS_AGE_SSH_PRIVATE_KEY_FILE", hidden.identity.clone().into());
    assert_eq!(succeeded(&hidden.get(&[variable])), "opened");
    let variable = ("SENEX_ENV_KEY_FILE", hidden.identity.clone().into());
    assert_eq!(succeeded(&hidden.get(&[variable])), "opened");
    hidden.put("home/.ssh/id_ed25519");
    assert_eq!(succeeded(&hidden.get(&[])), "opened");
}

#[test]
fn empty_variable_counts_as_unset() {
    let hidden = Hidden::new();
    hidden.put(DEFAULT);
    let names =
        ["SENEX_ENV_KEY", "SENEX_ENV_KEY_FILE", "SENEX_ENV_KEY_CMD", "SOPS_AGE_KEY", "SOPS_AGE_KEY_CMD"];
    let empty: Vec<(&str, OsString)> = names.iter().map(|name| (*name, OsString::new())).collect();
    assert_eq!(succeeded(&hidden.get(&empty)), "opened");
}

#[test]
fn bad_source_does_not_block_a_good_one() {
    let hidden = Hidden::new();
    hidden.put(DEFAULT);
    let other = Identity::generate().to_file().expect("an age identity");
    for (name, value) in [
        ("SENEX_ENV_KEY", "garbage"),
        ("SENEX_ENV_KEY", other.as_str()),
        ("SENEX_ENV_KEY_FILE", "/nonexistent"),
        ("SENEX_ENV_KEY_FILE", "/"),
        ("SENEX_ENV_KEY_FILE", "/dev/zero"),
        ("SOPS_AGE_KEY", "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"),
        ("SENEX_ENV_KEY_CMD", "false"),
    ] {
        assert_eq!(succeeded(&hidden.get(&[(name, value.into())])), "opened", "{name}={value}");
    }
}

#[test]
fn of_several_identities_in_one_file_the_fitting_one_is_used() {
    let hidden = Hidden::new();
    let other = Identity::generate().to_file().expect("an age identity");
    let both = format!("{}\n\n{}", other.as_str(), hidden.text());
    assert_eq!(succeeded(&hidden.get(&[("SENEX_ENV_KEY", both.into())])), "opened");
}

#[test]
fn a_command_is_not_run_when_a_file_opens_it() {
    let hidden = Hidden::new();
    hidden.put(DEFAULT);
    let marker = hidden.project.path("marker");
    let command: OsString = format!("touch {}", marker.display()).into();
    assert_eq!(succeeded(&hidden.get(&[("SENEX_ENV_KEY_CMD", command.clone())])), "opened");
    assert!(!marker.exists());
    std::fs::remove_file(hidden.project.path(DEFAULT)).expect("removed");
    refused(&hidden.get(&[("SENEX_ENV_KEY_CMD", command)]), 4);
    assert!(marker.exists(), "the marker shows whether it ran");
}

#[test]
fn identity_command_gets_the_recipient_and_no_shell() {
    let hidden = Hidden::new();
    let script = hidden.project.path("home/by-recipient");
    let text = format!(
        "#!/bin/sh\ngrep -q \"public key: $SOPS_AGE_RECIPIENT\" '{0}' && cat '{0}'\n",
        hidden.identity.display()
    );
    senex_env::testing::file::create(&script, text.as_bytes(), 0o755).expect("written");
    assert_eq!(succeeded(&hidden.get(&[("SENEX_ENV_KEY_CMD", script.into())])), "opened");
    for (command, problem) in [
        (format!("cat '{}' | cat", hidden.identity.display()), "its command failed"),
        ("cat 'unfinished".to_owned(), "its quotes do not match"),
        ("/nonexistent/command".to_owned(), "its command cannot be started: no such file"),
        ("true".to_owned(), "it contains no identity"),
        ("yes".to_owned(), "its command failed"),
    ] {
        let message = refused(&hidden.get(&[("SENEX_ENV_KEY_CMD", command.clone().into())]), 4);
        assert_eq!(found_in("SENEX_ENV_KEY_CMD", &message), problem);
    }
}

/// What the report says of a place.
fn found_in<'m>(place: &str, message: &'m str) -> &'m str {
    let lines = message.lines().map(|line| line.trim_start_matches("  looked in").trim_start());
    let mut found = lines.filter_map(|line| line.strip_prefix(place)?.strip_prefix(' '));
    found.next().expect("the place is named").trim_start()
}

#[test]
fn failed_search_lists_places_and_holders() {
    let project = TestProject::new();
    let bob = Holder::age(&project.path("home"), "bob");
    let own = succeeded(&project.run(["identity", "show"]));
    let own = own.split_whitespace().next().expect("a recipient");
    let nobody = Identity::generate().recipient().clone();
    only_recipient(&project, &bob.recipient.to_string());
    project.set("production", "DB_PASSWORD", "for bob");
    let mut file = project.read("envs/production.env");
    file.push_str(&format!("sops_age__list_1__map_recipient={nobody}\nsops_age__list_1__map_enc=x\n"));
    project.write("envs/production.env", file.as_bytes());

    let message = refused(&project.run(["get", "-e", "production", "DB_PASSWORD"]), 4);
    let (short, bob, nobody) = (recipient::short(own), bob.recipient.short(), nobody.short());
    let expected = format!(
        "error: none of your identities can open envs/production.env
  looked in  SENEX_ENV_KEY                     not set
             SENEX_ENV_KEY_FILE                not set
             SOPS_AGE_KEY                      not set
             SOPS_AGE_KEY_FILE                 not set
             ~/.config/senex-env/identity.txt  {short}, not among its recipients
             ~/.config/sops/age/keys.txt       no such file
             SOPS_AGE_SSH_PRIVATE_KEY_FILE     not set
             ~/.ssh/id_ed25519                 no such file
             SENEX_ENV_KEY_CMD                 not set
             SOPS_AGE_KEY_CMD                  not set
             the system keyring                not available: no D-Bus session
  opened by  ana ({bob}) and {nobody} (nobody in the project file)
hint: `senex-env join NAME -e production` asks them for access, with {own}
"
    );
    assert_eq!(message, expected);
}

#[test]
fn invalid_identity_is_described_but_never_shown() {
    let hidden = Hidden::new();
    let line = hidden.text().lines().last().expect("an identity").to_owned();
    let public = Identity::generate().recipient().to_string();
    let ssh = "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQ\n";
    let damaged = line.replacen(|c: char| c.is_ascii_digit(), "7", 20);
    for (text, problem) in [
        (damaged.as_str(), "line 1 is not an identity"),
        (&format!("# a comment\n\n{}", &line[..line.len() - 1]), "line 3 is not an identity"),
        (&line.replace("AGE-SECRET-KEY-1", "AGE-SECRET-KEY-2"), "line 1 is not an identity"),
        (&public, "line 1 is a public recipient; a private identity is expected"),
        ("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFdd ana", "line 1 is a public recipient"),
        ("AGE-PLUGIN-YUBIKEY-1QQPQYQSZQGPQYQSZQGP", "line 1 is an identity of a kind"),
        ("# nothing\n", "it contains no identity"),
        (ssh, "it is a damaged SSH key, or one in an old format"),
    ] {
        let message = refused(&hidden.get(&[("SENEX_ENV_KEY", text.into())]), 4);
        assert!(found_in("SENEX_ENV_KEY", &message).starts_with(problem), "{message}");
        let content = text.lines().last().expect("a line");
        assert!(!message.contains(content) || text.starts_with('#'), "{message}");
        assert!(!message.contains("SECRET-KEY"), "{message}");
    }
    hidden.project.write("envs/binary", &[0xff, 0x00, 0xfe]);
    let path = hidden.project.root().join("envs/binary");
    let message = refused(&hidden.get(&[("SENEX_ENV_KEY_FILE", path.into())]), 4);
    assert!(message.contains("it is not text"), "{message}");
    let message = refused(&hidden.get(&[("SENEX_ENV_KEY_FILE", hidden.project.root().into())]), 4);
    assert!(message.contains("it is a folder"), "{message}");
}

#[test]
fn damaged_wrapped_key_is_not_a_missing_identity() {
    let hidden = Hidden::new();
    hidden.put(DEFAULT);
    hidden.project.commit("sealed");
    damage(&hidden.project, "envs/development.env", 0);
    let message = refused(&hidden.get(&[]), 5);
    assert!(message.contains("is damaged or has been replaced"), "{message}");
    assert!(message.contains("hint: `git restore envs/development.env`"), "{message}");
}

#[test]
fn replaced_wrapped_key_is_detected() {
    let project = TestProject::new();
    let second = Holder::age(&project.path("home"), "second");
    let text = project.read("envs/senex-env.toml");
    let first = text.lines().find_map(|line| line.strip_prefix("recipients = [")).expect("a recipient");
    let both = format!("{:?}, {first}", second.recipient.to_string());
    project.write("envs/senex-env.toml", text.replace(first, &both).as_bytes());
    project.set("development", "SECRET_KEY", "opened");
    succeeded(&project.run(["grant", "-y", "ana"]));
    damage(&project, "envs/development.env", 1);
    // Whoever sealed the file again would lock its holder out, and nobody would notice.
    let mut command = project.command();
    command.env("SENEX_ENV_KEY_FILE", &second.file).args(["get", "SECRET_KEY"]);
    let message = refused(&command.output().expect("it starts"), 5);
    assert!(message.contains("cannot be trusted"), "{message}");
}

/// Exchanges a character in the middle of a wrapped key.
fn damage(project: &TestProject, inside: &str, index: usize) {
    let text = project.read(inside);
    let start = text.find(&format!("sops_age__list_{index}__map_enc=")).expect("a wrapped key");
    let at = start + text[start..].find("END AGE").expect("an end") - 60;
    let other = if text.as_bytes()[at] == b'A' { "B" } else { "A" };
    project.write(inside, format!("{}{other}{}", &text[..at], &text[at + 1..]).as_bytes());
}

#[test]
fn a_new_identity_never_replaces_one() {
    let project = TestProject::new();
    let before = std::fs::read(project.path(DEFAULT)).expect("an identity");
    let message = refused(&project.run(["identity", "new", "--no-passphrase"]), 1);
    assert!(message.contains("~/.config/senex-env/identity.txt already exists"), "{message}");
    let import =
        project.command().args(["identity", "import", "--no-passphrase"]).arg(project.path(DEFAULT)).output();
    refused(&import.expect("it starts"), 1);
    assert_eq!(std::fs::read(project.path(DEFAULT)).expect("an identity"), before);
}

#[test]
fn identity_file_has_mode_0600() {
    use std::os::unix::fs::MetadataExt;
    let project = TestProject::new();
    let mode = |path: &Path| std::fs::metadata(path).expect("metadata").mode() & 0o777;
    assert_eq!(mode(&project.path(DEFAULT)), 0o600);
    let imported = project.path("home/imported");
    let mut command = project.command();
    command
        .args(["identity", "import", "--no-passphrase", "--file"])
        .arg(&imported)
        .arg(project.path(DEFAULT));
    succeeded(&command.output().expect("it starts"));
    assert_eq!(mode(&imported), 0o600);
}

#[test]
fn no_passphrase_prompt_without_a_terminal() {
    let project = TestProject::new();
    let path = project.path("home/new");
    let mut command = project.command();
    command.args(["identity", "new", "--file"]).arg(&path);
    let Some(output) = without_terminal(&command) else { return };
    let message = refused(&output, 2);
    assert!(message.contains("hint: `--no-passphrase`"), "{message}");
    assert!(!path.exists());
}

#[test]
fn the_identities_of_a_person_are_shown_by_their_public_halves() {
    let hidden = Hidden::new();
    hidden.put(DEFAULT);
    let output = hidden.project.run(["identity", "show", "--json"]);
    let shown: serde_json::Value = serde_json::from_str(&succeeded(&output)).expect("JSON");
    let places: Vec<&str> =
        shown["places"].as_array().expect("a list").iter().filter_map(|row| row["place"].as_str()).collect();
    assert_eq!(places.len(), 11, "{places:?}");
    let own = shown["places"]
        .as_array()
        .expect("a list")
        .iter()
        .find(|row| row["place"] == "~/.config/senex-env/identity.txt");
    let recipient = own.expect("the default file")["recipients"][0].as_str().expect("a recipient");
    assert!(hidden.text().contains(&format!("# public key: {recipient}\n")));
    std::fs::remove_file(hidden.project.path(DEFAULT)).expect("removed");
    let output = hidden.project.run(["identity", "show"]);
    assert!(
        refused(&output, 4).contains("hint: `senex-env identity new` creates one"),
        "{}",
        stderr(&output)
    );
}
