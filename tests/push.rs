//! `push` in front of a stand-in for the engines. The real ones are in `operations.rs`.

use std::path::PathBuf;
use std::process::{Command, Output};

use crate::support::outcome::{refused, succeeded};
use crate::support::project::{TestProject, stderr, stdout};
use crate::support::watch::{Canary, watch};

const VALUE: &str = "kanarienvogel-7f3a9c";

/// A project whose development environment holds two secrets, and an engine that has none.
struct Pushing {
    project: TestProject,
}

impl Pushing {
    fn new() -> Self {
        let project = TestProject::new();
        project.set("development", "SECRET_KEY", VALUE);
        project.set("development", "ALLOWED_HOSTS", "localhost");
        let this = Self { project };
        for folder in ["engine/secrets", "engine/inspect", "bin"] {
            std::fs::create_dir_all(this.project.path(folder)).expect("a folder");
        }
        for program in ["docker", "podman"] {
            let path = this.project.path("bin").join(program);
            senex_env::testing::file::create(&path, include_bytes!("push/engine.sh"), 0o755)
                .expect("written");
        }
        this
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.project.command();
        let path = format!("{}:/usr/bin:/bin", self.project.path("bin").display());
        command.env("PATH", path).env("ENGINE_STATE", self.project.path("engine"));
        command.arg("push").args(arguments);
        command
    }

    fn push(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().expect("it starts")
    }

    /// What it said when it succeeded.
    #[track_caller]
    fn pushed(&self, arguments: &[&str]) -> String {
        let output = self.push(arguments);
        succeeded(&output);
        stderr(&output)
    }

    /// Names of secrets, without what they all begin with.
    fn secrets(&self) -> String {
        let entries = std::fs::read_dir(self.project.path("engine/secrets")).expect("a folder");
        let name = |entry: std::io::Result<std::fs::DirEntry>| {
            entry.expect("an entry").file_name().to_string_lossy().into_owned()
        };
        let mut names: Vec<String> = entries.map(name).collect();
        names.sort();
        names.join(" ").replace("demo_development_", "")
    }

    fn content(&self, name: &str) -> Vec<u8> {
        let path = PathBuf::from("engine/secrets").join(format!("demo_development_{name}"));
        std::fs::read(self.project.path(path.to_str().expect("text"))).expect("a secret")
    }

    fn write(&self, inside: &str, text: &str) {
        let path = self.project.path("engine").join(inside);
        senex_env::testing::file::replace(&path, text.as_bytes(), 0o644).expect("written");
    }
}

#[test]
fn the_first_push_makes_every_secret_and_the_next_only_what_changed() {
    let pushing = Pushing::new();
    let said = pushing.pushed(&["swarm"]);
    assert!(said.contains("2 secrets pushed to Docker Swarm as demo_development, version 1"), "{said}");
    assert_eq!(pushing.secrets(), "DB_PASSWORD_v1 SECRET_KEY_v1");
    assert_eq!(pushing.content("SECRET_KEY_v1"), VALUE.as_bytes());
    // Declared and missing: a stack file can name it all the same.
    assert_eq!(pushing.content("DB_PASSWORD_v1"), b"\n");

    let said = pushing.pushed(&["swarm"]);
    assert!(said.contains("nothing to push"), "{said}");
    assert_eq!(pushing.secrets(), "DB_PASSWORD_v1 SECRET_KEY_v1");

    let awkward = "line one\nline two \u{1f511} '\"$X\r\n\n";
    pushing.project.set("development", "SECRET_KEY", awkward);
    let said = pushing.pushed(&["swarm", "-o", "out.yml"]);
    assert!(said.contains("1 secret pushed") && said.contains("1 unchanged"), "{said}");
    assert_eq!(pushing.content("SECRET_KEY_v2"), awkward.as_bytes());
    assert_eq!(
        pushing.project.read("out.yml"),
        "# Made by `senex-env push`: names of secrets, no values.\nversion: \"3.8\"\nsecrets:\n  \
         DB_PASSWORD:\n    external: true\n    name: demo_development_DB_PASSWORD_v1\n  \
         SECRET_KEY:\n    external: true\n    name: demo_development_SECRET_KEY_v2\n"
    );
}

#[test]
fn another_environment_is_another_set() {
    let pushing = Pushing::new();
    pushing.pushed(&["swarm"]);
    pushing.project.set("production", "SECRET_KEY", VALUE);
    let said = refused(&pushing.push(&["swarm", "-e", "production"]), 1);
    assert!(said.contains("`production` is missing 1 of 2 required keys"), "{said}");
    pushing.project.set("production", "DB_PASSWORD", VALUE);
    pushing.pushed(&["swarm", "-e", "production"]);
    assert_eq!(
        pushing.secrets(),
        "DB_PASSWORD_v1 SECRET_KEY_v1 demo_production_DB_PASSWORD_v1 demo_production_SECRET_KEY_v1"
    );
}

#[test]
fn config_is_pushed_only_when_it_is_named() {
    let pushing = Pushing::new();
    pushing.pushed(&["swarm", "ALLOWED_HOSTS"]);
    assert_eq!(pushing.secrets(), "ALLOWED_HOSTS_v1");
    assert_eq!(pushing.content("ALLOWED_HOSTS_v1"), b"localhost");
    let said = refused(&pushing.push(&["swarm", "ALOWED_HOSTS"]), 1);
    assert!(said.contains("did you mean `ALLOWED_HOSTS`?"), "{said}");
}

#[test]
fn a_value_goes_in_by_standard_input_alone() {
    let pushing = Pushing::new();
    let value = Canary::new(VALUE);
    let identity = std::fs::read_to_string(pushing.project.path("home/.config/senex-env/identity.txt"));
    let mut command = pushing.command(&["swarm", "-o", "out.yml"]);
    command.env("SENEX_ENV_KEY", identity.expect("an identity")).env("SOPS_AGE_KEY_FILE", "/nonexistent");
    let watched = watch(&pushing.project, &command, b"");
    succeeded(&watched.output);
    for stream in [&watched.output.stdout, &watched.output.stderr] {
        assert!(!value.is_in(stream), "{}", stderr(&watched.output));
    }
    for call in watched.calls.iter().filter(|call| value.is_in(call.as_bytes())) {
        // Ours to the engine, and what the stand-in keeps.
        let kept = call.contains("/engine/secrets/");
        assert!(kept || call.contains(" write(") && call.contains("<pipe:"), "{call}");
    }
    let variables = std::fs::read_to_string(pushing.project.path("engine/variables")).expect("a log");
    assert!(variables.contains("PATH\n"));
    assert!(!variables.contains("SENEX_ENV_KEY") && !variables.contains("SOPS_AGE_KEY"), "{variables}");
    std::fs::remove_dir_all(pushing.project.path("engine/secrets")).expect("removed");
    drop(std::fs::remove_file(pushing.project.path("trace")));
    assert_eq!(value.files_below(&pushing.project.path("")), Vec::<PathBuf>::new());
}

#[test]
fn labels_hold_no_hash_that_a_guess_can_be_tested_against() {
    use sha2::Digest as _;
    let pushing = Pushing::new();
    pushing.project.set("production", "SECRET_KEY", VALUE);
    pushing.project.set("production", "DB_PASSWORD", VALUE);
    pushing.pushed(&["swarm", "-e", "production"]);
    pushing.pushed(&["swarm"]);
    let read = |name: &str| {
        std::fs::read_to_string(pushing.project.path("engine/inspect").join(name)).expect("labels")
    };
    let all = [
        read("demo_production_SECRET_KEY_v1"),
        read("demo_production_DB_PASSWORD_v1"),
        read("demo_development_SECRET_KEY_v1"),
    ];
    let print = |text: &String| {
        let (_, rest) = text.split_once("fingerprint\":\"").expect("a fingerprint");
        rest[..22].to_owned()
    };
    // Equal values do not look equal.
    let prints: std::collections::BTreeSet<String> = all.iter().map(print).collect();
    assert_eq!(prints.len(), 3);
    let hash: String = sha2::Sha256::digest(VALUE).iter().map(|byte| format!("{byte:02x}")).collect();
    assert!(all.iter().all(|labels| !Canary::new(&hash).is_in(labels.as_bytes())));
}

#[test]
fn a_push_that_fails_leaves_nothing_new() {
    let pushing = Pushing::new();
    pushing.write("refuse", "demo_development_SECRET_KEY_v1\n");
    let said = refused(&pushing.push(&["swarm", "-o", "out.yml"]), 6);
    assert!(said.contains("`docker secret create demo_development_SECRET_KEY_v1` failed"), "{said}");
    assert!(said.contains("nothing was pushed"), "{said}");
    assert_eq!(pushing.secrets(), "");
    assert!(!pushing.project.root().join("out.yml").exists());
}

/// The engine goes down in the middle: nothing can be undone, and nothing half done counts.
#[test]
fn the_push_after_an_interrupted_one_goes_on_and_a_rollback_passes_over_it() {
    let pushing = Pushing::new();
    pushing.project.set("development", "DB_PASSWORD", "one");
    pushing.pushed(&["swarm", "-o", "out.yml"]);
    let first = pushing.project.read("out.yml");
    for key in ["DB_PASSWORD", "SECRET_KEY"] {
        pushing.project.set("development", key, "two");
    }
    pushing.write("dies", "demo_development_SECRET_KEY_v2\n");
    let said = refused(&pushing.push(&["swarm", "-o", "out.yml"]), 6);
    assert!(
        said.contains("connection lost") && said.contains("some versions were made: push again"),
        "{said}"
    );
    assert_eq!(pushing.project.read("out.yml"), first, "a set that is not whole is named nowhere");
    assert_eq!(pushing.secrets(), "DB_PASSWORD_v1 DB_PASSWORD_v2 SECRET_KEY_v1");
    refused(&pushing.push(&["swarm", "-o", "out.yml"]), 6);

    for file in ["engine/down", "engine/dies"] {
        std::fs::remove_file(pushing.project.path(file)).expect("removed");
    }
    let said = refused(&pushing.push(&["swarm", "--rollback=2"]), 1);
    assert!(said.contains("version 2 of demo_development is not whole"), "{said}");
    let said = pushing.pushed(&["swarm", "-o", "out.yml"]);
    assert!(said.contains("1 secret pushed") && said.contains("version 3; 1 unchanged"), "{said}");
    let names = pushing.project.read("out.yml");
    assert!(names.contains("DB_PASSWORD_v2\n") && names.contains("SECRET_KEY_v3\n"), "{names}");
    let output = pushing.push(&["swarm", "--rollback"]);
    assert!(succeeded(&output).ends_with(first.split_once('\n').expect("lines").1), "{}", stdout(&output));
    // Twice is the same: it counts from the last push.
    assert_eq!(stdout(&pushing.push(&["swarm", "--rollback"])), stdout(&output));
}

#[test]
fn two_pushes_at_once_do_not_mix_unnoticed() {
    let pushing = Pushing::new();
    pushing.project.set("development", "DB_PASSWORD", "one");
    pushing.pushed(&["swarm"]);
    pushing.project.set("development", "SECRET_KEY", "two");
    // Somebody whose file has another DB_PASSWORD is as far as we are.
    let labels =
        std::fs::read_to_string(pushing.project.path("engine/inspect/demo_development_DB_PASSWORD_v1"));
    let labels = labels.expect("labels").replace("DB_PASSWORD_v1", "DB_PASSWORD_v2");
    let labels = labels.replace("version\":\"1", "version\":\"2").replace("DB_PASSWORD=1", "DB_PASSWORD=2");
    pushing.write(
        "meanwhile",
        &format!("echo >secrets/demo_development_DB_PASSWORD_v2\ncat >inspect/demo_development_DB_PASSWORD_v2 <<'E'\n{labels}\nE\n"),
    );
    let said = refused(&pushing.push(&["swarm", "-o", "out.yml"]), 1);
    assert!(
        said.contains("somebody else pushed to demo_development at the same time, as version 2 too"),
        "{said}"
    );
    assert!(!pushing.project.root().join("out.yml").exists());
    // The same key, on the other hand, an engine takes once.
    let said = pushing.pushed(&["swarm", "-o", "out.yml"]);
    assert!(said.contains("nothing to push"), "{said}");
}

/// A project `demo_x` with an environment `y` begins its names as `demo` with `x_y` does.
#[test]
fn secrets_of_another_project_are_left_alone_where_names_begin_alike() {
    let pushing = Pushing::new();
    let file = pushing.project.read("envs/senex-env.toml");
    pushing.pushed(&["swarm", "--prefix", "demo_production"]);
    let theirs = pushing.secrets();
    for value in ["1", "2"] {
        for key in ["SECRET_KEY", "DB_PASSWORD"] {
            pushing.project.set("production", key, value);
        }
    }
    let said = refused(&pushing.push(&["swarm", "-e", "production", "--prune"]), 6);
    assert!(said.contains("already exists") && said.contains("nothing was pushed"), "{said}");
    assert_eq!(pushing.secrets(), theirs);
    assert_eq!(pushing.project.read("envs/senex-env.toml"), file);
}

#[test]
fn a_dry_run_changes_nothing() {
    let pushing = Pushing::new();
    let said = pushing.pushed(&["swarm", "-n", "-o", "out.yml"]);
    assert!(said.contains("2 secrets would be pushed"), "{said}");
    assert_eq!(pushing.secrets(), "");
    assert!(!pushing.project.root().join("out.yml").exists());
}

#[test]
fn rollback_names_the_set_before_and_needs_no_identity() {
    let pushing = Pushing::new();
    let said = refused(&pushing.push(&["swarm", "--rollback"]), 1);
    assert!(said.contains("nothing was ever pushed"), "{said}");
    pushing.pushed(&["swarm"]);
    let said = refused(&pushing.push(&["swarm", "--rollback"]), 1);
    assert!(said.contains("no version before 1"), "{said}");
    for value in ["second", "third"] {
        pushing.project.set("development", "SECRET_KEY", value);
        pushing.pushed(&["swarm"]);
    }
    std::fs::remove_file(pushing.project.path("home/.config/senex-env/identity.txt")).expect("removed");
    let output = pushing.push(&["swarm", "--rollback"]);
    assert!(succeeded(&output).contains("name: demo_development_SECRET_KEY_v2\n"), "{}", stdout(&output));
    assert!(stderr(&output).contains("v3 → v2"), "{}", stderr(&output));
    assert!(succeeded(&pushing.push(&["swarm", "--rollback=1"])).contains("SECRET_KEY_v1\n"));
    refused(&pushing.push(&["swarm", "--rollback=4"]), 1);
    assert_eq!(pushing.secrets(), "DB_PASSWORD_v1 SECRET_KEY_v1 SECRET_KEY_v2 SECRET_KEY_v3");
}

#[test]
fn prune_removes_what_neither_a_service_nor_a_rollback_needs() {
    let pushing = Pushing::new();
    for value in ["1", "2", "3", "4"] {
        pushing.project.set("development", "SECRET_KEY", value);
        pushing.pushed(&["swarm"]);
    }
    pushing.write("used", "demo_development_SECRET_KEY_v1\nsomebody-elses\n\n");
    pushing.write("secrets/somebody-elses", "theirs");
    pushing.write("inspect/somebody-elses", r#"{"ID":"x","Spec":{"Name":"somebody-elses","Labels":null}}"#);
    let all = pushing.secrets();
    let said = pushing.pushed(&["swarm", "--prune", "-n"]);
    assert!(said.contains("demo_development_SECRET_KEY_v2 would be removed"), "{said}");
    assert_eq!(pushing.secrets(), all);
    let said = pushing.pushed(&["swarm", "--prune"]);
    assert!(said.contains("removed demo_development_SECRET_KEY_v2"), "{said}");
    let left = "DB_PASSWORD_v1 SECRET_KEY_v1 SECRET_KEY_v3 SECRET_KEY_v4 somebody-elses";
    assert_eq!(pushing.secrets(), left);
    assert!(pushing.pushed(&["swarm", "--prune"]).contains("no version to remove"));
    assert_eq!(pushing.secrets(), left);
    let said = refused(&pushing.push(&["swarm", "--rollback=2"]), 1);
    assert!(said.contains("is not whole") && said.contains("hint: version 3 is: `--rollback=3`"), "{said}");
}

#[test]
fn a_new_data_key_pushes_everything_once() {
    let pushing = Pushing::new();
    pushing.pushed(&["swarm"]);
    succeeded(&pushing.project.run(["rekey", "-y"]));
    assert!(pushing.pushed(&["swarm"]).contains("2 secrets pushed"));
    assert!(pushing.pushed(&["swarm"]).contains("nothing to push"));
}

#[test]
fn what_an_engine_cannot_keep_is_refused_by_name() {
    let pushing = Pushing::new();
    let said = refused(&pushing.push(&["swarm", "--prefix", &"p".repeat(60)]), 2);
    assert!(said.contains("_DB_PASSWORD_v1` would be 75 characters long"), "{said}");
    refused(&pushing.push(&["swarm", "--prefix", "a b"]), 2);
    pushing.project.set("development", "SECRET_KEY", &"x".repeat(512_000));
    let said = refused(&pushing.push(&["swarm"]), 2);
    assert!(said.contains("`SECRET_KEY` has 512000 bytes"), "{said}");
    assert_eq!(pushing.secrets(), "");
    pushing.project.set("development", "SECRET_KEY", &"x".repeat(511_999));
    pushing.pushed(&["swarm"]);
}

#[test]
fn an_engine_that_is_not_there_or_talks_nonsense_is_named() {
    let pushing = Pushing::new();
    let mut command = pushing.command(&["podman"]);
    command.env("PATH", pushing.project.path("nowhere"));
    let said = refused(&command.output().expect("it starts"), 6);
    assert!(said.contains("cannot start `podman`: no such file"), "{said}");
    pushing.pushed(&["swarm"]);
    for garbage in ["", "[{}]", "null", "[{\"Spec\":{\"Name\":1}}]", "{\"Spec\":{}}"] {
        pushing.write("garbage", garbage);
        let said = refused(&pushing.push(&["swarm"]), 6);
        assert!(said.contains("`docker secret inspect` printed something unexpected"), "{garbage}: {said}");
    }
}

#[test]
fn podman_services_get_what_they_read() {
    let pushing = Pushing::new();
    pushing.project.write(
        "compose.yml",
        b"services:\n  web:\n    environment: {SECRET_KEY_FILE: /run/secrets/SECRET_KEY, X: \"${NO_SUCH}\"}\n  \
          db:\n    environment: [PASSWORD_FILE=/run/secrets/DB_PASSWORD]\n  idle: {image: x}\n",
    );
    // The file that is written may be among those of the environment, there or not.
    let arguments = ["podman", "-f", "compose.yml", "-f", "out.yml", "-o", "out.yml"];
    let expected = "services:\n  \"db\":\n    secrets:\n      - source: demo_development_DB_PASSWORD_v1\n        \
                    target: DB_PASSWORD\n  \"web\":\n    secrets:\n      - source: demo_development_SECRET_KEY_v1\n";
    for _ in 0..2 {
        pushing.pushed(&arguments);
        let written = pushing.project.read("out.yml");
        assert!(written.contains(expected) && !written.contains("idle"), "{written}");
    }
    let said = refused(&pushing.push(&["podman", "-o", "out.yml"]), 2);
    assert!(said.contains("no compose file is named"), "{said}");
}

#[test]
fn values_that_break_their_rules_are_not_pushed() {
    let pushing = Pushing::new();
    let file = pushing.project.read("envs/senex-env.toml") + "\n[keys.PORT]\ntype = \"port\"\n";
    pushing.project.write("envs/senex-env.toml", file.as_bytes());
    succeeded(&pushing.project.run_with(["set", "--force", "-y", "PORT"], b"no port"));
    let said = refused(&pushing.push(&["swarm"]), 1);
    assert!(
        said.contains("a value of `development` does not satisfy the rules in the project file"),
        "{said}"
    );
    assert_eq!(pushing.secrets(), "");
}

#[test]
fn an_environment_that_wants_it_is_asked_for() {
    let project_file = crate::support::project::PROJECT_FILE
        .replace("[environments.development]", "[environments.development]\nconfirm = true");
    let pushing = Pushing::new();
    let recipient = pushing.project.read("envs/senex-env.toml");
    let recipient = recipient.split('"').find(|text| text.starts_with("age1")).expect("a recipient");
    pushing.project.write("envs/senex-env.toml", project_file.replace("RECIPIENT", recipient).as_bytes());
    let said = refused(&pushing.push(&["swarm"]), 1);
    assert!(said.contains("push the secrets of development"), "{said}");
    assert_eq!(pushing.secrets(), "");
    pushing.pushed(&["swarm", "-y"]);
    pushing.pushed(&["swarm"]);
}
