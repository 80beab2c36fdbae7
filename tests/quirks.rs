//! The files that fool `sops`, made anew from a file that senex-env sealed: none of them fools senex-env.

use std::collections::BTreeSet;
use std::path::PathBuf;

use senex_env::testing::identity::Identity;
use serde_json::Value;

use crate::support::outcome::{refused, succeeded};
use crate::support::project::{TestProject, stderr};
use crate::support::tools::tool;

const PROJECT: &str = r#"version = 1
project = "demo"
default = "production"
[environments.production]
[environments.development]
[people.ana]
recipients = ["RECIPIENT"]
environments = ["production", "development"]
[people.bob]
recipients = ["BOB"]
environments = ["production", "development"]
[keys.HOST]
secret = false
[keys.PORT]
secret = false
[keys.PROXY]
secret = false
[keys.EXTRA]
secret = false
"#;

const VALUES: &str = "# note\nHOST=net-kit-zoo\nPORT=12\nUSER=elm-sky-map\nPASSWORD=ice-map-kit\n\
    EMPTY=\nPIN=62875210\n# the token\nTOKEN=map-ice-wax\n";

fn sealed() -> TestProject {
    let project = TestProject::with(&PROJECT.replace("BOB", &stranger()));
    succeeded(&project.run_with(["import", "-"], VALUES.as_bytes()));
    succeeded(&project.run(["grant", "-y", "bob"]));
    assert_eq!(succeeded(&project.run(["get", "TOKEN"])), "map-ice-wax");
    project
}

fn stranger() -> String {
    Identity::generate().recipient().to_string()
}

/// The lines of a sealed file, to be tampered with.
struct Lines(Vec<String>);

impl Lines {
    fn of(text: &str) -> Self {
        Self(text.lines().map(str::to_owned).collect())
    }

    fn text(&self) -> String {
        self.0.iter().map(|line| format!("{line}\n")).collect()
    }

    fn at(&self, start: &str) -> usize {
        self.0.iter().position(|line| line.starts_with(start)).expect("a line")
    }

    fn line(&mut self, start: &str) -> &mut String {
        let at = self.at(start);
        &mut self.0[at]
    }

    fn insert_after(&mut self, start: &str, line: &str) {
        let at = self.at(start);
        self.0.insert(at + 1, line.to_owned());
    }

    fn remove(&mut self, start: &str) -> String {
        let at = self.at(start);
        self.0.remove(at)
    }

    /// The comments, the seal first.
    fn comment(&self, index: usize) -> usize {
        let comments: Vec<usize> = (0..self.0.len()).filter(|&at| self.0[at].starts_with('#')).collect();
        comments[index]
    }
}

struct Quirk {
    /// As in the manifest of the vectors, without `quirk-`; further ones are in upper case.
    name: &'static str,
    /// What the refusal says.
    says: &'static str,
    tamper: fn(&mut Lines),
}

const STALE: &str = "changed without being re-sealed";
const MISSING: &str = "never sealed";

const QUIRKS: &[Quirk] = &[
    Quirk {
        name: "blank-duplicate",
        says: "duplicate key `PASSWORD`",
        tamper: |file| file.insert_after("PASSWORD=", "PASSWORD="),
    },
    Quirk { name: "empty-key-added", says: STALE, tamper: |file| file.insert_after("USER=", "LD_PRELOAD=") },
    Quirk { name: "empty-key-deleted", says: STALE, tamper: |file| drop(file.remove("EMPTY=")) },
    Quirk {
        name: "empty-key-renamed",
        says: STALE,
        tamper: |file| *file.line("EMPTY=") = "LD_PRELOAD=".to_owned(),
    },
    Quirk {
        name: "unencrypted-renamed",
        says: STALE,
        tamper: |file| *file.line("HOST=") = file.line("HOST=").replace("HOST=", "PROXY="),
    },
    Quirk {
        name: "unencrypted-names-swapped",
        says: STALE,
        tamper: |file| {
            *file.line("HOST=") = "swapped=net-kit-zoo".to_owned();
            *file.line("PORT=") = "HOST=12".to_owned();
            *file.line("swapped=") = "PORT=net-kit-zoo".to_owned();
        },
    },
    Quirk {
        name: "unencrypted-boundary",
        says: STALE,
        tamper: |file| {
            *file.line("HOST=") = "HOST=net-kit-zoo1".to_owned();
            *file.line("PORT=") = "PORT=2".to_owned();
        },
    },
    Quirk {
        name: "unencrypted-split",
        says: STALE,
        tamper: |file| {
            *file.line("PORT=") = "PORT=1".to_owned();
            file.insert_after("PORT=", "EXTRA=2");
        },
    },
    Quirk {
        name: "type-float",
        says: "rule: value-type",
        tamper: |file| *file.line("PIN=") = file.line("PIN=").replace("type:str", "type:float"),
    },
    Quirk { name: "comment-dropped", says: STALE, tamper: |file| drop(file.0.remove(file.comment(1))) },
    Quirk {
        name: "comment-added",
        says: "rule: comment-authenticates",
        tamper: |file| file.0.insert(0, "# injected".to_owned()),
    },
    Quirk {
        name: "comment-corrupted",
        says: "rule: comment-authenticates",
        tamper: |file| {
            let at = file.comment(1);
            let (start, data) = file.0[at].split_once("data:").expect("a comment");
            let other = if data.starts_with('A') { 'B' } else { 'A' };
            file.0[at] = format!("{start}data:{other}{}", &data[1..]);
        },
    },
    Quirk {
        name: "trailing-garbage",
        says: "rule: canonical-value",
        tamper: |file| file.line("PASSWORD=").push_str(" # anything"),
    },
    Quirk {
        name: "recipient-relabelled",
        says: STALE,
        tamper: |file| {
            *file.line("sops_age__list_1__map_recipient=") =
                format!("sops_age__list_1__map_recipient={}", stranger());
        },
    },
    Quirk {
        name: "recipient-added",
        says: STALE,
        tamper: |file| {
            file.0.push(format!("sops_age__list_2__map_recipient={}", stranger()));
            file.0.push("sops_age__list_2__map_enc=garbage".to_owned());
        },
    },
    Quirk {
        name: "rule-changed",
        says: STALE,
        tamper: |file| {
            let line = file.line("sops_unencrypted_regex=");
            *line = line.replace(")$", "|API_.*)$");
        },
    },
    // Beyond the vectors, from the same weaknesses.
    Quirk {
        name: "COMMENT-TO-EMPTY-NAME",
        says: "rule: portable-key",
        tamper: |file| {
            let at = file.comment(1);
            file.0[at] = file.0[at].replacen('#', "=", 1);
        },
    },
    Quirk {
        name: "COMMENT-DUPLICATED",
        says: STALE,
        tamper: |file| file.0.insert(file.comment(1), file.0[file.comment(1)].clone()),
    },
    Quirk {
        name: "COMMENTS-SWAPPED",
        says: STALE,
        tamper: |file| {
            let (one, other) = (file.comment(1), file.comment(2));
            file.0.swap(one, other);
        },
    },
    Quirk { name: "SEAL-DROPPED", says: MISSING, tamper: |file| drop(file.0.remove(file.comment(0))) },
    Quirk {
        name: "SEAL-DOUBLED",
        says: STALE,
        tamper: |file| file.0.insert(0, file.0[file.comment(0)].clone()),
    },
    Quirk {
        name: "RECIPIENT-REMOVED",
        says: STALE,
        tamper: |file| {
            file.remove("sops_age__list_1__map_recipient=");
            file.remove("sops_age__list_1__map_enc=");
        },
    },
    Quirk {
        name: "RULE-OF-ANOTHER-KIND",
        // Under such a rule comments are not encrypted, so the seal is no seal.
        says: MISSING,
        tamper: |file| {
            let line = file.line("sops_unencrypted_regex=");
            *line = "sops_encrypted_regex=^(USER|PASSWORD|PIN|TOKEN)$".to_owned();
        },
    },
    Quirk {
        name: "EMPTY-KEY-MOVED",
        says: STALE,
        tamper: |file| {
            let line = file.remove("EMPTY=");
            file.insert_after("HOST=", &line);
        },
    },
    Quirk {
        name: "FOREIGN-KEY-TYPE",
        says: "rule: age-recipients",
        tamper: |file| {
            for (field, value) in [
                ("vault_address", "http://127.0.0.1:1"),
                ("engine_path", "sops"),
                ("key_name", "k"),
                ("created_at", "2026-11-23T15:05:46Z"),
                ("enc", "x"),
            ] {
                file.0.push(format!("sops_hc_vault__list_0__map_{field}={value}"));
            }
        },
    },
];

/// Every way of using a value.
const USES: [&[&str]; 4] =
    [&["get", "TOKEN"], &["set", "--new", "API_TOKEN"], &["unset", "TOKEN"], &["run", "--", "true"]];

fn refuses(project: &TestProject, what: &str, says: &str) {
    let before = project.read("envs/production.env");
    for arguments in USES {
        let output = project.run_with(arguments, b"a new value");
        let message = refused(&output, if arguments[0] == "run" { 125 } else { 5 });
        assert!(message.contains(says), "{what}: {arguments:?} says {message}");
        assert!(message.contains("envs/production.env"), "{what}: {message}");
    }
    assert_eq!(project.read("envs/production.env"), before, "{what} was changed");
}

#[test]
fn every_quirk_of_sops_is_refused_once_sealed() {
    let project = sealed();
    let good = project.read("envs/production.env");
    let sops = tool("bin/sops");
    for Quirk { name, says, tamper } in QUIRKS {
        let mut lines = Lines::of(&good);
        tamper(&mut lines);
        assert_ne!(lines.text(), good, "{name}");
        project.write("envs/production.env", lines.text().as_bytes());
        refuses(&project, name, says);
        if let Some(sops) = &sops {
            // Otherwise it would not be a quirk.
            let mut command = project.hermetic(sops);
            command.env("SOPS_AGE_KEY_FILE", project.path("home/.config/senex-env/identity.txt"));
            let output = command.args(["decrypt", "envs/production.env"]).output().expect("sops starts");
            assert!(output.status.success(), "{name}: {}", stderr(&output));
        }
    }
}

#[test]
fn every_quirk_vector_is_tested() {
    let manifest = std::fs::read_to_string(vectors().join("manifest.json")).expect("the manifest");
    let manifest: Value = serde_json::from_str(&manifest).expect("JSON");
    let names = manifest["vectors"].as_array().expect("a list").iter().map(|vector| &vector["name"]);
    let known: BTreeSet<&str> =
        names.filter_map(|name| name.as_str().expect("a text").strip_prefix("quirk-")).collect();
    let here = QUIRKS.iter().map(|quirk| quirk.name).filter(|name| name.chars().any(char::is_lowercase));
    // The last two have tests of their own below.
    let here: BTreeSet<&str> = here.chain(["mac-only-plain-changed", "rollback"]).collect();
    assert_eq!(known.len(), 18);
    assert_eq!(here, known);
}

#[test]
fn sealing_puts_config_under_the_mac() {
    // Made by `sops` with `mac_only_encrypted`, and its readable URL changed: `sops` sees nothing.
    let file = std::fs::read_to_string(vectors().join("quirk-mac-only-plain-changed.env")).expect("a vector");
    let recipients: Vec<String> = file
        .lines()
        .filter_map(|line| line.strip_prefix("sops_age__list_")?.split_once("__map_recipient="))
        .map(|(_, recipient)| format!("{recipient:?}"))
        .collect();
    let project = TestProject::with(&format!(
        "version = 1\nproject = \"demo\"\n[environments.production]\n\
         [people.alice]\nrecipients = [{}]\nenvironments = [\"production\"]\n[keys.URL]\nsecret = false\n",
        recipients.join(", ")
    ));
    project.write("envs/production.env", file.as_bytes());
    let run = |arguments: &[&str]| {
        let identity = vectors().join("identities/alice.txt");
        project.command().env("SENEX_ENV_KEY_FILE", identity).args(arguments).output().expect("it starts")
    };
    assert!(refused(&run(&["get", "PW"]), 5).contains(MISSING));

    succeeded(&run(&["seal", "-y"]));
    assert_eq!(succeeded(&run(&["get", "PW"])), "owl-wax-map");
    let good = project.read("envs/production.env");
    assert!(!good.contains("sops_mac_only_encrypted"));
    let mut lines = Lines::of(&good);
    *lines.line("URL=") = "URL=https://other.example/".to_owned();
    project.write("envs/production.env", lines.text().as_bytes());
    assert!(refused(&run(&["get", "PW"]), 5).contains("its checksum does not match"));
    // Claiming the flag for it does not help: it is hashed into the MAC.
    lines.0.push("sops_mac_only_encrypted=true".to_owned());
    project.write("envs/production.env", lines.text().as_bytes());
    assert!(refused(&run(&["get", "PW"]), 5).contains("its checksum does not match"));
}

/// An older version is as well sealed as a newer one: nothing inside a file can tell them apart, since
/// whoever puts it back puts all of it back. Git's history shows it; SECURITY.md says so.
#[test]
fn rollback_to_an_older_version_is_accepted() {
    let project = sealed();
    let old = project.read("envs/production.env");
    project.set("production", "TOKEN", "a newer value");
    assert_eq!(succeeded(&project.run(["get", "TOKEN"])), "a newer value");
    project.write("envs/production.env", old.as_bytes());
    assert_eq!(succeeded(&project.run(["get", "TOKEN"])), "map-ice-wax");
}

#[test]
fn a_development_file_copied_over_production_is_refused() {
    let project = sealed();
    project.set("development", "TOKEN", "for development");
    project.write("envs/production.env", project.read("envs/development.env").as_bytes());
    refuses(&project, "a development file", STALE);
    assert_eq!(succeeded(&project.run(["get", "-e", "development", "TOKEN"])), "for development");
}

#[test]
fn a_file_of_another_project_with_the_same_people_is_refused() {
    let project = sealed();
    let project_file = project.read("envs/senex-env.toml");
    project.write(
        "envs/senex-env.toml",
        project_file.replace("project = \"demo\"", "project = \"other\"").as_bytes(),
    );
    refuses(&project, "the file of another project", STALE);
}

#[test]
fn value_cannot_be_moved_to_another_file() {
    let project = sealed();
    project.set("development", "TOKEN", "for development");
    let other = Lines::of(&project.read("envs/development.env"));
    let mut lines = Lines::of(&project.read("envs/production.env"));
    *lines.line("TOKEN=") = other.0[other.at("TOKEN=")].clone();
    project.write("envs/production.env", lines.text().as_bytes());
    refuses(
        &project,
        "a foreign value",
        "the value of `TOKEN` was changed, moved, or belongs to another file",
    );
}

fn vectors() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/sops-3.11")
}
