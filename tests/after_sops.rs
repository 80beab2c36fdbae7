//! What `sops` does to a sealed file in between: noticed, shown by key, and sealed anew.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Output;

use senex_env::testing::recipient::Recipient;

use crate::support::command::TestCommand;
use crate::support::holder::Holder;
use crate::support::outcome::{refused, succeeded};
use crate::support::project::TestProject;
use crate::support::terminal::on_terminal;
use crate::support::tools::tool;

const FILE: &str = "envs/development.env";

struct Sealed {
    project: TestProject,
    sops: PathBuf,
}

impl Sealed {
    /// A committed file with secrets, config and a comment.
    fn new() -> Option<Self> {
        let sops = tool("bin/sops")?;
        let project = TestProject::new();
        let values =
            b"# for the database\nDB_PASSWORD=one\nALLOWED_HOSTS=a.test,b.test\nSECRET_KEY='two $x'\n";
        succeeded(&project.run_with(["import", "-"], values));
        project.commit("sealed");
        Some(Self { project, sops })
    }

    /// `sops`, in the repository, with the same identity.
    fn sops(&self) -> TestCommand {
        let mut command = self.project.hermetic(&self.sops);
        command.env("SOPS_AGE_KEY_FILE", self.project.path("home/.config/senex-env/identity.txt"));
        command
    }

    fn sops_does(&self, arguments: &[&str]) {
        succeeded(&self.sops().args(arguments).output().expect("sops starts"));
    }

    /// `sops edit`, where the editor is this shell script; `$1` is the plaintext.
    fn sops_edits(&self, script: &str) {
        let editor = self.project.path("editor");
        let script = format!("#!/bin/sh\nset -e\n{script}\n");
        senex_env::testing::file::create(&editor, script.as_bytes(), 0o755).expect("written");
        succeeded(&self.sops().env("EDITOR", editor).args(["edit", FILE]).output().expect("sops starts"));
    }

    /// `seal`, answered with yes. What the terminal showed, in one line.
    fn sealed_at_the_terminal(&self) -> Option<String> {
        let mut seal = self.project.command();
        let output = on_terminal(seal.arg("seal"), &[("[y/N]", "y")])?;
        let shown = succeeded(&output).split_whitespace().collect::<Vec<_>>().join(" ");
        Some(shown)
    }

    fn in_sops(&self) -> BTreeMap<String, String> {
        let output = self.sops().args(["decrypt", "--output-type", "json", FILE]).output();
        serde_json::from_str(&succeeded(&output.expect("sops starts"))).expect("JSON")
    }

    /// The stale seal is reported with its way out; that shows exactly these lines, and everything works
    /// again.
    fn noticed_and_sealed_anew(&self, shown: &[&str], values: &[(&str, &str)]) {
        let Self { project, .. } = self;
        for arguments in [&["get", "SECRET_KEY"][..], &["unset", "SECRET_KEY"], &["set", "SECRET_KEY"]] {
            let message = refused(&project.run_with(arguments, b"value"), 5);
            assert!(message.contains("changed without being re-sealed"), "{message}");
            assert!(message.contains("hint: `senex-env seal -e development`"), "{message}");
        }
        let before = project.read(FILE);
        let commit = project.git(["rev-parse", "--short=10", "HEAD"]);
        for arguments in [&["seal", "--dry-run"][..], &["seal", "-y"]] {
            let output = succeeded(&project.run(arguments));
            let mut lines = output.lines();
            let since = format!("since the sealed version in {}:", commit.trim());
            assert_eq!(lines.next(), Some(since.as_str()));
            assert_eq!(lines.map(str::trim).collect::<Vec<_>>(), shown);
            if arguments[1] == "--dry-run" {
                assert_eq!(project.read(FILE), before, "a dry run writes nothing");
            }
        }
        let expected: BTreeMap<String, String> =
            values.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        assert_eq!(self.in_sops(), expected);
        for (key, value) in values {
            assert_eq!(succeeded(&project.run(["get", key])), *value);
        }
        project.set("development", "SECRET_KEY", "three");
        assert_eq!(self.in_sops()["SECRET_KEY"], "three");
        assert!(project.run(["seal"]).status.success(), "sealed already: nothing to confirm");
    }
}

#[test]
fn seal_shows_a_value_set_by_sops() {
    let Some(sealed) = Sealed::new() else { return };
    sealed.sops_does(&["set", FILE, r#"["DB_PASSWORD"]"#, r#""new""#]);
    sealed.noticed_and_sealed_anew(
        &["~ DB_PASSWORD"],
        &[("DB_PASSWORD", "new"), ("ALLOWED_HOSTS", "a.test,b.test"), ("SECRET_KEY", "two $x")],
    );
}

#[test]
fn seal_shows_a_key_added_and_config_changed_by_sops() {
    let Some(sealed) = Sealed::new() else { return };
    sealed.sops_does(&["set", FILE, r#"["ADDED"]"#, r#""x""#]);
    sealed.sops_does(&["set", FILE, r#"["ALLOWED_HOSTS"]"#, r#""c.test""#]);
    sealed.noticed_and_sealed_anew(
        &["+ ADDED", "~ ALLOWED_HOSTS (config) `a.test,b.test` → `c.test`"],
        &[("DB_PASSWORD", "one"), ("ALLOWED_HOSTS", "c.test"), ("SECRET_KEY", "two $x"), ("ADDED", "x")],
    );
}

/// Another branch may have newer versions of the file: they have nothing to do with this one.
#[test]
fn seal_compares_with_the_checked_out_version() {
    let Some(sealed) = Sealed::new() else { return };
    let project = &sealed.project;
    project.git(["checkout", "-q", "-b", "elsewhere"]);
    project.set("development", "ONLY_ELSEWHERE", "x");
    project.commit("newer, on another branch");
    project.git(["checkout", "-q", "-"]);
    sealed.sops_does(&["set", FILE, r#"["DB_PASSWORD"]"#, r#""by sops""#]);
    sealed.noticed_and_sealed_anew(
        &["~ DB_PASSWORD"],
        &[("DB_PASSWORD", "by sops"), ("ALLOWED_HOSTS", "a.test,b.test"), ("SECRET_KEY", "two $x")],
    );
}

#[test]
fn seal_shows_a_key_removed_by_sops() {
    let Some(sealed) = Sealed::new() else { return };
    sealed.sops_does(&["unset", FILE, r#"["DB_PASSWORD"]"#]);
    sealed.noticed_and_sealed_anew(
        &["- DB_PASSWORD"],
        &[("ALLOWED_HOSTS", "a.test,b.test"), ("SECRET_KEY", "two $x")],
    );
}

#[test]
fn seal_shows_many_changes_by_sops() {
    let Some(sealed) = Sealed::new() else { return };
    sealed.sops_edits(
        "sed -i -e 's/^SECRET_KEY=.*/SECRET_KEY=\"four\"/' -e '/^DB_PASSWORD=/d' \"$1\"\n\
         printf '# another\\nADDED=line one\\\\nline two\\n' >>\"$1\"",
    );
    sealed.noticed_and_sealed_anew(
        &["+ ADDED", "~ SECRET_KEY", "- DB_PASSWORD", "~ comments"],
        &[("ALLOWED_HOSTS", "a.test,b.test"), ("SECRET_KEY", "\"four\""), ("ADDED", "line one\nline two")],
    );
}

#[test]
fn seal_shows_a_changed_comment() {
    let Some(sealed) = Sealed::new() else { return };
    sealed.sops_edits("sed -i 's/^# for the database/# for nobody/' \"$1\"");
    sealed.noticed_and_sealed_anew(
        &["~ comments"],
        &[("DB_PASSWORD", "one"), ("ALLOWED_HOSTS", "a.test,b.test"), ("SECRET_KEY", "two $x")],
    );
}

#[test]
fn seal_restores_a_removed_seal() {
    let Some(sealed) = Sealed::new() else { return };
    sealed.sops_edits("sed -i '/senex-env seal/d' \"$1\"");
    let message = refused(&sealed.project.run(["get", "SECRET_KEY"]), 5);
    assert!(message.contains("it was never sealed by senex-env"), "{message}");
    let output = succeeded(&sealed.project.run(["seal", "-y"]));
    assert!(output.contains("no key changed"), "{output}");
    assert_eq!(succeeded(&sealed.project.run(["get", "DB_PASSWORD"])), "one");
}

#[test]
fn seal_accepts_sops_rotate() {
    let Some(sealed) = Sealed::new() else { return };
    sealed.sops_does(&["rotate", "-i", FILE]);
    sealed.noticed_and_sealed_anew(
        &["no key changed"],
        &[("DB_PASSWORD", "one"), ("ALLOWED_HOSTS", "a.test,b.test"), ("SECRET_KEY", "two $x")],
    );
}

#[test]
fn seal_shows_a_recipient_added_by_sops() {
    let Some(sealed) = Sealed::new() else { return };
    let Sealed { project, .. } = &sealed;
    let bob = Holder::age(&project.path("home"), "bob");
    add_person(project, "bob", &bob);
    // Generated anew, although the sealed file is as it should be.
    succeeded(&project.run(["seal"]));
    let config = project.read("envs/.sops.yaml");
    assert!(config.contains(&bob.recipient.to_string()), "{config}");
    sealed.sops_does(&["--config", "envs/.sops.yaml", "updatekeys", "-y", FILE]);
    // No `-y` and no script lets anybody in.
    for arguments in [&["seal", "-y"][..], &["seal"]] {
        let message = refused(&project.run(arguments), 1);
        assert!(message.contains("1 recipient whom nobody granted access, of bob"), "{message}");
    }
    let Some(output) = sealed.sealed_at_the_terminal() else { return };
    for shown in [
        &format!("+ recipient {}", bob.recipient.short()),
        "no key changed",
        &bob.recipient.to_string(),
        "compare it with the one they give you over another channel",
        "and grant bob access",
    ] {
        assert!(output.contains(shown), "{shown}: {output}");
    }
    assert_eq!(succeeded(&project.run(["get", "SECRET_KEY"])), "two $x");
    let mut as_bob = project.command();
    as_bob.env("HOME", project.path("runtime")).env("SENEX_ENV_KEY_FILE", &bob.file);
    let output = as_bob.args(["get", "DB_PASSWORD"]).output().expect("it starts");
    assert_eq!(succeeded(&output), "one");
}

#[test]
fn unknown_recipient_is_not_sealed() {
    let Some(sealed) = Sealed::new() else { return };
    let Sealed { project, .. } = &sealed;
    let eve = Holder::age(&project.path("home"), "eve");
    sealed.sops_does(&["rotate", "-i", "--add-age", &eve.recipient.to_string(), FILE]);
    let before = project.read(FILE);
    let message = refused(&project.run(["seal", "-y"]), 5);
    let who =
        format!("can be opened by {}, which belongs to nobody in the project file", eve.recipient.short());
    assert!(message.contains(&who) && message.contains("hint: `git log -p"), "{message}");
    assert_eq!(project.read(FILE), before);
    // Out with it: what is written then is nothing for the data key that it has.
    succeeded(&project.run(["seal", "-y", "--without-strangers"]));
    assert!(!project.read(FILE).contains(eve.recipient.identifier()));
    assert_eq!(succeeded(&project.run(["get", "DB_PASSWORD"])), "one");
}

/// As `sops updatekeys` and a merge may leave them: a set has no order.
#[test]
fn recipients_in_another_order_leave_the_seal_good() {
    let Some(sealed) = Sealed::new() else { return };
    let Sealed { project, .. } = &sealed;
    add_person(project, "bob", &Holder::age(&project.path("home"), "bob"));
    project.set("production", "DB_PASSWORD", "one");
    succeeded(&project.run(["grant", "-y", "-e", "production", "bob"]));
    let file = project.read("envs/production.env");
    let turned = file.replace("list_0__", "list_9__").replace("list_1__", "list_0__");
    project.write("envs/production.env", turned.replace("list_9__", "list_1__").as_bytes());
    assert_ne!(project.read("envs/production.env"), file);
    assert_eq!(succeeded(&project.run(["get", "-e", "production", "DB_PASSWORD"])), "one");
}

#[test]
fn the_generated_configuration_is_accepted_from_the_root_and_from_envs() {
    let Some(sealed) = Sealed::new() else { return };
    let Sealed { project, .. } = &sealed;
    let root = project.root();
    let run = |folder: &Path, arguments: &[&str]| -> Output {
        let mut command = sealed.sops();
        command.env("EDITOR", "true").current_dir(folder).args(arguments).output().expect("sops starts")
    };
    // 200: the editor changed nothing.
    assert_eq!(run(&root, &["edit", FILE]).status.code(), Some(200));
    assert_eq!(run(&root.join("envs"), &["edit", "development.env"]).status.code(), Some(200));
    succeeded(&run(&root.join("envs"), &["updatekeys", "-y", "development.env"]));
    // `sops` looks for its configuration upwards from the working directory, not from the file.
    succeeded(&run(&root, &["--config", "envs/.sops.yaml", "updatekeys", "-y", FILE]));

    // A file that `sops` makes by it has our recipients and our rule.
    project.write("envs/production.env", b"ALLOWED_HOSTS=a.test\nDB_PASSWORD=one\nSECRET_KEY=two\n");
    succeeded(&run(&root.join("envs"), &["encrypt", "-i", "production.env"]));
    let made = project.read("envs/production.env");
    assert!(made.starts_with("ALLOWED_HOSTS=a.test\nDB_PASSWORD=ENC["), "{made}");
    succeeded(&project.run(["seal", "-y", "-e", "production"]));
    assert_eq!(succeeded(&project.run(["get", "-e", "production", "DB_PASSWORD"])), "one");
    succeeded(&project.run(["check", "-e", "production"]));
}

#[test]
fn an_awkward_comment_of_an_ssh_key_passes_through_the_generated_configuration() {
    let Some(sealed) = Sealed::new() else { return };
    let Sealed { project, .. } = &sealed;
    let Some(mut bob) = Holder::ssh(&project.path("home"), "bob", "") else { return };
    let text = format!("{} bob's \"laptop\" #1: {{x}}", bob.recipient.identifier());
    bob.recipient = Recipient::parse(&text).expect("an SSH key");
    add_person(project, "bob", &bob);
    succeeded(&project.run(["seal"]));
    sealed.sops_does(&["--config", "envs/.sops.yaml", "updatekeys", "-y", FILE]);
    assert!(project.read(FILE).contains(&format!("map_recipient={text}\n")));
    if sealed.sealed_at_the_terminal().is_none() {
        return;
    }
    let mut sops = project.hermetic(&sealed.sops);
    sops.env(bob.variable, &bob.file).args(["decrypt", "--extract", r#"["DB_PASSWORD"]"#, FILE]);
    assert_eq!(succeeded(&sops.output().expect("sops starts")), "one");
}

#[test]
fn number_set_by_sops_is_refused_with_a_fix() {
    let Some(sealed) = Sealed::new() else { return };
    let Sealed { project, .. } = &sealed;
    sealed.sops_does(&["set", FILE, r#"["DB_PASSWORD"]"#, "8080"]);
    for arguments in [&["get", "SECRET_KEY"][..], &["seal", "-y"]] {
        let message = refused(&project.run(arguments), 5);
        assert!(message.contains("`DB_PASSWORD`: a value has the type `float`"), "{message}");
        assert!(message.contains("hint: `sops set envs/development.env"), "{message}");
    }
    sealed.sops_does(&["set", FILE, r#"["DB_PASSWORD"]"#, r#""8080""#]);
    succeeded(&project.run(["seal", "-y"]));
    assert_eq!(succeeded(&project.run(["get", "DB_PASSWORD"])), "8080");
}

fn add_person(project: &TestProject, name: &str, holder: &Holder) {
    let mut text = project.read("envs/senex-env.toml");
    text.push_str(&format!(
        "[people.{name}]\nrecipients = [{:?}]\nenvironments = [\"development\", \"production\"]\n",
        holder.recipient.to_string()
    ));
    project.write("envs/senex-env.toml", text.as_bytes());
}
