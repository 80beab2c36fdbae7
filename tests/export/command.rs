//! The command: where it writes, what it asks, what it refuses.

use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;

use senex_env::testing::name::KeyName;
use senex_env::testing::plaintext::{Format, SecretManifest, write};
use senex_env::testing::secret::Secret;

use crate::support::outcome::{Refusal, refused, succeeded};
use crate::support::project::{TestProject, stderr, stdout};
use crate::support::terminal::{on_terminal, without_terminal};

const VALUES: [(&str, &str); 3] =
    [("SECRET_KEY", "it's $x\\"), ("DB_PASSWORD", "hunter2"), ("ALLOWED_HOSTS", "a,b")];

fn project() -> TestProject {
    let project = TestProject::new();
    for (key, value) in VALUES {
        project.set("development", key, value);
    }
    project.write(".gitignore", b".env\n");
    project
}

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).expect("metadata").permissions().mode() & 0o777
}

#[test]
fn every_format_is_written_to_standard_output_as_it_is() {
    let project = project();
    let owned: Vec<_> = VALUES
        .iter()
        .map(|(key, value)| (KeyName::new(key).expect("a name"), Secret::new((*value).to_owned())))
        .collect();
    let pairs: Vec<_> = owned.iter().map(|(key, value)| (key, value)).collect();
    for format in Format::ALL {
        let output = project.run(["export", "--format", format.as_str()]);
        assert_eq!(stderr(&output), "");
        assert_eq!(
            succeeded(&output).as_bytes(),
            write(format, &pairs).expect("carried").as_slice(),
            "{format}"
        );
    }
    let manifest = |name, namespace| {
        let manifest = SecretManifest::new(name, namespace).expect("names").write(&pairs).expect("carried");
        String::from_utf8(manifest.to_vec()).expect("UTF-8")
    };
    let k8s = |more: &[&str]| succeeded(&project.run([&["export", "--format", "k8s"], more].concat()));
    assert_eq!(k8s(&[]), manifest("demo-development", None));
    assert_eq!(k8s(&["--name", "web", "--namespace", "shop"]), manifest("web", Some("shop")));
}

#[test]
fn only_named_keys_are_exported() {
    let project = project();
    let output = project.run(["export", "--format", "raw", "ALLOWED_HOSTS", "DB_PASSWORD"]);
    assert_eq!(succeeded(&output), "DB_PASSWORD=hunter2\nALLOWED_HOSTS=a,b\n");
    let says = ["`development` has no key `DB_PASWORD`", "did you mean `DB_PASSWORD`?"];
    let refusal = Refusal { what: "a slip", code: 1, says: &says };
    refusal.expect(&project, &["export", "--format", "raw", "DB_PASWORD"], b"");
}

#[test]
fn unrepresentable_value_is_refused_by_name_and_nothing_is_written() {
    let project = project();
    project.set("development", "PEM", "BEGIN'`\"#\nhunter3");
    for (format, says) in [
        ("raw", "the value of `PEM` has more than one line, which the format `raw` cannot represent"),
        ("node", "the value of `PEM` contains a mixture of quotes"),
    ] {
        let says = [says, "nothing was written", "hint: `--format json` can represent every name and value"];
        let refusal = Refusal { what: format, code: 1, says: &says };
        refusal.expect(&project, &["export", "--format", format], b"");
        refusal.expect(&project, &["export", "--format", format, "-o", ".env"], b"");
        assert!(!project.root().join(".env").exists());
        succeeded(&project.run(["export", "--format", format, "DB_PASSWORD"]));
    }
    project.set("development", "UID", "1000");
    let says = ["the name `UID` is reserved by readers of the format `shell`"];
    Refusal { what: "UID", code: 1, says: &says }.expect(&project, &["export", "--format", "shell"], b"");
}

#[test]
fn exported_file_has_mode_0600_and_a_warning() {
    let project = project();
    let path = project.root().join(".env");
    let output = project.run(["export", "--format", "compose", "-o", ".env"]);
    assert_eq!(succeeded(&output), "");
    assert_eq!(
        stderr(&output),
        ".env contains 3 values of development in plaintext, readable only by you: `rm .env` when you no \
         longer need it\n"
    );
    assert_eq!(mode(&path), 0o600);
    let text = succeeded(&project.run(["export", "--format", "compose", "-o", "-"]));
    assert_eq!(project.read(".env"), text);

    // A file that is there is replaced only when that is confirmed, and is then private, too.
    project.write(".env", b"OWN=value\n");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).expect("a mode");
    let mut command = project.command();
    command.args(["export", "--format", "compose", "-o", ".env"]);
    if let Some(output) = without_terminal(&command) {
        let message = refused(&output, 1);
        assert!(
            message.contains(
                "not confirmed, because there is no terminal: replace .env with the values \
            of development"
            ),
            "{message}"
        );
        assert_eq!(project.read(".env"), "OWN=value\n");
    }
    succeeded(&project.run(["export", "-y", "--format", "compose", "-o", ".env"]));
    assert_eq!((project.read(".env"), mode(&path)), (text, 0o600));
}

#[test]
fn export_to_a_trackable_file_is_refused_early() {
    let project = project();
    let export = |path: &'static str| ["export", "--format", "json", "-o", path];
    let says = [
        "git would track secrets.json, and it would contain secrets in plaintext",
        "hint: `echo '/secrets.json' >> .gitignore` makes git ignore it",
        "hint: `--force` writes it anyway",
    ];
    let refusal = Refusal { what: "not ignored", code: 1, says: &says };
    let mut stranger = crate::support::outcome::bounded(&project, &export("secrets.json"));
    refusal.expect_of(&project, stranger.env("HOME", "/nonexistent"), b"");

    let output = project.run([&export("secrets.json")[..], &["--force"]].concat());
    assert!(stderr(&output).contains("secrets.json contains 3 values"), "{}", stderr(&output));
    project.git(["add", "-f", "secrets.json"]);
    project.write(".gitignore", b".env\nsecrets.json\n");
    let says = ["git tracks secrets.json", "hint: `git rm --cached secrets.json`"];
    let refusal = Refusal { what: "tracked and ignored", code: 1, says: &says };
    refusal.expect(&project, &export("secrets.json"), b"");

    // What counts is where the bytes would lie, not the name by which the place is reached.
    symlink("../secrets.json", project.root().join("envs/link")).expect("a link");
    std::fs::remove_file(project.root().join(".gitignore")).expect("removed");
    std::fs::create_dir(project.path("elsewhere")).expect("a folder");
    symlink(project.root().join("new.json"), project.path("elsewhere/link")).expect("a link");
    let nowhere = Refusal { what: "a link to nowhere", code: 6, says: &["no such file or folder"] };
    nowhere.expect(&project, &export("../elsewhere/link"), b"");
    let tracked = Refusal { what: "a link", code: 1, says: &["git tracks envs/link"] };
    tracked.expect(&project, &export("envs/link"), b"");
    succeeded(&project.run(export("../elsewhere/free.json")));
    assert!(project.path("elsewhere/free.json").exists());
}

#[test]
fn export_never_replaces_sealed_or_special_files() {
    let project = project();
    let says: &[(&str, i32, &str)] = &[
        ("envs/development.env", 2, "envs/development.env is in the folder of the sealed files"),
        ("envs/new.env", 2, "envs/new.env is in the folder of the sealed files"),
        ("/dev/null", 2, "/dev/null is not a file"),
        ("envs", 2, "envs is not a file"),
        ("no/such/folder", 6, "cannot write no/such/folder: no such file or folder"),
    ];
    for (path, code, says) in says {
        let refusal = Refusal { what: path, code: *code, says: &[says] };
        refusal.expect(&project, &["export", "-y", "--force", "--format", "json", "-o", path], b"");
    }
}

#[test]
fn names_for_kubernetes_are_checked() {
    let project = project();
    for (arguments, says) in [
        (&["json", "--name", "x"][..], "`--name` and `--namespace` require `--format k8s`"),
        (&["k8s", "--name", "Web_1"], "the name is `Web_1`"),
        (&["k8s", "--namespace", "a.b"], "a namespace is up to 63"),
    ] {
        let arguments = [&["export", "--format"], arguments].concat();
        Refusal { what: "a name", code: 2, says: &[says] }.expect(&project, &arguments, b"");
    }
}

#[test]
fn showing_values_on_a_terminal_needs_confirmation() {
    let project = project();
    let mut command = project.command();
    command.args(["export", "--format", "raw", "DB_PASSWORD"]);
    let question = "show the values of development? [y/N]";
    let Some(output) = on_terminal(&command, &[(question, "n")]) else { return };
    assert_eq!(output.status.code(), Some(1));
    assert!(!stdout(&output).contains("hunter2"), "{}", stdout(&output));
    let output = on_terminal(&command, &[(question, "y")]).expect("as before");
    assert!(stdout(&output).contains("DB_PASSWORD=hunter2"), "{}", stdout(&output));
}

#[test]
fn confirm_asks_once() {
    let project = TestProject::with(
        "version = 1\nproject = \"demo\"\n[environments.production]\nconfirm = true\n[people.ana]\n\
         recipients = [\"RECIPIENT\"]\nenvironments = [\"production\"]\n[keys.TOKEN]\n",
    );
    project.set("production", "TOKEN", "hunter2");
    project.write(".gitignore", b".env\n");
    for (arguments, question) in [
        (&["raw"][..], "not confirmed, because there is no terminal: show the values of production"),
        (
            &["raw", "-o", ".env"],
            "not confirmed, because there is no terminal: write the values of \
            production to .env",
        ),
    ] {
        let arguments = [&["export", "--format"], arguments].concat();
        let mut command = project.command();
        let Some(output) = without_terminal(command.args(&arguments)) else { return };
        let message = refused(&output, 1);
        assert!(message.contains(question), "{message}");
        assert!(!stdout(&output).contains("hunter2") && !project.root().join(".env").exists());
        succeeded(&project.run([&arguments[..], &["-y"]].concat()));
    }
    assert_eq!(project.read(".env"), "TOKEN=hunter2\n");
}

#[test]
fn run_provides_a_file_in_any_format() {
    let project = project();
    let output = project.run(["run", "--format", "k8s", "--", "cat", "{}"]);
    assert!(succeeded(&output).contains("name: \"demo-development\""), "{}", stdout(&output));
    let output = project.run(["run", "--format", "systemd", "--", "cat", "{}"]);
    assert!(succeeded(&output).contains("SECRET_KEY=\"it's $x\\\\\"\n"), "{}", stdout(&output));
}
