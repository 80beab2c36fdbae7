//! The commands of the pages, run in a project as each page describes it.

use std::path::Path;

use senex_env::testing::file;
use senex_env::testing::identity::{Identity, text_of};

use crate::support::outcome::succeeded;
use crate::support::pages::{blocks, read, run, stand_in};
use crate::support::project::TestProject;
use crate::support::tools::tool;

/// Runs the commands of a page, in a project as the page describes it.
type Run = fn(&[String]);

/// Every page with commands to paste, and what runs them.
pub(super) const PAGES: &[(&str, Run)] = &[
    ("docs/check.md", check),
    ("docs/ci.md", ci),
    ("docs/daily.md", daily),
    ("docs/engines.md", engines),
    ("docs/environment-variables.md", environment_variables),
    ("docs/export.md", export),
    ("docs/from-sops.md", from_sops),
    ("docs/identities.md", identities),
    ("docs/migrate.md", migrate),
    ("docs/production.md", production),
    ("docs/recipes.md", recipes),
    ("docs/recovery.md", recovery),
    ("docs/senex-env.toml.md", project_file),
    ("docs/start.md", start),
    ("docs/team.md", team),
];

/// Nobody is there to answer, and no keyring.
const INIT: &str =
    "senex-env identity new --no-passphrase\nsenex-env init -y --environments development,production";

#[test]
fn the_commands_of_every_page_run() {
    let failed: Vec<&str> = std::thread::scope(|scope| {
        let threads: Vec<_> = PAGES
            .iter()
            .map(|(page, run)| {
                let commands: Vec<String> = blocks(&read(page), "sh")
                    .into_iter()
                    .map(|(_, text)| text.replace("senex-env init", INIT))
                    .collect();
                assert!(!commands.is_empty(), "{page} has no commands");
                (page, scope.spawn(move || run(&commands)))
            })
            .collect();
        threads.into_iter().filter_map(|(page, thread)| thread.join().is_err().then_some(*page)).collect()
    });
    assert!(failed.is_empty(), "{failed:?}");
}

/// A project whose environments have values of their own.
fn with_values() -> TestProject {
    let project = TestProject::new();
    for environment in ["development", "production"] {
        for key in ["SECRET_KEY", "DB_PASSWORD", "DB_USER"] {
            project.set(environment, key, &format!("made up for {key} of {environment}"));
        }
    }
    project
}

fn identity_file(project: &TestProject) -> std::path::PathBuf {
    project.path("home/.config/senex-env/identity.txt")
}

fn all(project: &TestProject, commands: &[String]) {
    for block in commands {
        run(project, block, &[]);
    }
}

fn start(commands: &[String]) {
    let project = TestProject::empty();
    project.write(".env", b"SECRET_KEY='made up'\n");
    all(&project, commands);
    assert_eq!(project.git(["log", "--format=%s"]), "seal the environments\n");
}

fn check(commands: &[String]) {
    all(&with_values(), commands);
}

fn daily(commands: &[String]) {
    let project = with_values();
    for block in commands {
        // It says no where there is a difference.
        let differ = "senex-env diff development production";
        run(&project, &block.replace(differ, &format!("! {differ}")), &[]);
    }
}

fn ci(commands: &[String]) {
    let project = with_values();
    all(&project, commands);
    let key = project.read("identity.txt");
    assert!(key.starts_with("AGE-SECRET-KEY-1"));
    let mut job = project.command();
    job.args(["run", "--", "sh", "-c", "test -n \"$SECRET_KEY\" && test -z \"$SENEX_ENV_KEY\""]);
    job.env("HOME", "/nonexistent").env("SENEX_ENV_KEY", key.trim());
    assert!(job.status().expect("it starts").success());
}

fn production(commands: &[String]) {
    let project = with_values();
    // The holder is somewhere else than the host.
    let holder = project.path("holder.txt");
    std::fs::rename(identity_file(&project), &holder).expect("moved");
    let [on_host, by_holder, then_on] = commands else { panic!("three blocks") };
    run(&project, on_host, &[]);
    run(&project, by_holder, &[("SENEX_ENV_KEY_FILE", &holder)]);
    run(&project, then_on, &[]);
}

fn engines(commands: &[String]) {
    let project = with_values();
    for folder in ["engine/secrets", "engine/inspect", "programs", "repo/examples/senex-trader/stack"] {
        std::fs::create_dir_all(project.path(folder)).expect("a folder");
    }
    for program in ["docker", "podman"] {
        let path = project.path("programs").join(program);
        file::create(&path, include_bytes!("../push/engine.sh"), 0o755).expect("written");
    }
    project.write(
        "compose.yml",
        b"services:\n  db:\n    environment: [PASSWORD_FILE=/run/secrets/DB_PASSWORD]\n",
    );
    let hook = project.root().join("examples/senex-trader/stack/alter-role.sh");
    file::create(&hook, b"#!/bin/sh\ngrep -q 'made up for DB_PASSWORD of production'\n", 0o755)
        .expect("written");
    let [push, hook] = commands else { panic!("two blocks") };
    let push = push
        .replace("push podman", "push podman --prefix other -f compose.yml")
        .replace("-- docker stack deploy", "-- true docker stack deploy");
    run(&project, &push, &[("ENGINE_STATE", &project.path("engine"))]);
    run(&project, hook, &[]);
    assert!(project.read("secrets.yml").contains("DB_PASSWORD"));
}

fn environment_variables(commands: &[String]) {
    all(&with_values(), commands);
}

fn export(commands: &[String]) {
    let project = with_values();
    let file = project.path("web.env");
    for block in commands {
        run(&project, &block.replace("/etc/web.env", file.to_str().expect("text")), &[]);
    }
    let written = std::fs::read_to_string(file).expect("a file");
    assert!(written.contains("made up for DB_USER of production"), "{written}");
}

fn project_file(commands: &[String]) {
    let project = TestProject::new();
    project.write(
        "envs/senex-env.toml",
        format!("#:schema x\n{}", project.read("envs/senex-env.toml")).as_bytes(),
    );
    all(&project, commands);
    assert!(
        project.read("envs/senex-env.toml").starts_with("#:schema ./senex-env.schema.json\nversion = 1\n")
    );
    assert_eq!(project.read("envs/senex-env.schema.json"), read("docs/senex-env.schema.json"));
    succeeded(&project.run(["list"]));
}

fn identities(commands: &[String]) {
    let [new, by_command] = commands else { panic!("two blocks") };
    run(&TestProject::empty(), new, &[]);
    let project = with_values();
    let elsewhere = project.path("kept-by-pass.txt");
    std::fs::rename(identity_file(&project), &elsewhere).expect("moved");
    stand_in(&project, "pass", &format!("test \"$*\" = 'show senex-env' && cat '{}'", elsewhere.display()));
    run(&project, by_command, &[]);
}

fn recovery(commands: &[String]) {
    let [make, let_in, earlier, by_sops, over] = commands else { panic!("five blocks") };
    let project = with_values();
    project.commit("start");
    let by_itself = |block: &str| block.replace("senex-env grant", "senex-env grant -y");
    run(&project, &by_itself(make), &[]);
    // Ana has lost her identity, and made another one.
    std::fs::remove_file(identity_file(&project)).expect("removed");
    let new = Identity::generate();
    let recipient = new.recipient().to_string();
    run(&project, &by_itself(let_in), &[("NEW_RECIPIENT", Path::new(&recipient))]);
    file::create(&identity_file(&project), text_of(&[new]).as_bytes(), 0o600).expect("written");
    project.commit("ana is back");
    run(&project, earlier, &[]);
    if let Some(sops) = with_sops(&project) {
        run(&project, by_sops, &[("SOPS", &sops)]);
    }
    run(&project, over, &[]);
    assert_eq!(
        succeeded(&project.run(["get", "-e", "development", "DB_PASSWORD"])),
        "another made-up password"
    );
}

/// The real sops on the path of the commands.
fn with_sops(project: &TestProject) -> Option<std::path::PathBuf> {
    let program = tool("bin/sops")?;
    std::fs::create_dir_all(project.path("programs")).expect("a folder");
    std::os::unix::fs::symlink(&program, project.path("programs/sops")).expect("a link");
    Some(program)
}

fn from_sops(commands: &[String]) {
    let project = with_values();
    if with_sops(&project).is_none() {
        return;
    }
    for block in commands {
        let block = block.replace("senex-env seal", "senex-env seal -y");
        run(&project, &block, &[("EDITOR", Path::new("sed -i 's/made up for DB_USER/edited for DB_USER/'"))]);
    }
    let value = succeeded(&project.run(["get", "-e", "development", "DB_USER"]));
    assert_eq!(value, "edited for DB_USER of development");
}

fn team(commands: &[String]) {
    let [joins, granted, opens, second, leaves] = commands else { panic!("five blocks") };
    let project = with_values();
    project.commit("start");
    let home = project.path("homes/bob");
    std::fs::create_dir_all(&home).expect("a home");
    let by_itself = |block: &str| {
        ["grant", "revoke"].iter().fold(block.to_owned(), |block, command| {
            block.replace(&format!("senex-env {command}"), &format!("senex-env {command} -y"))
        })
    };
    run(&project, &format!("senex-env identity new --no-passphrase\n{joins}"), &[("HOME", &home)]);
    run(&project, &by_itself(granted), &[]);
    run(&project, opens, &[("HOME", &home)]);
    let laptop = Identity::generate().recipient().to_string();
    run(&project, &by_itself(second), &[("NEW_RECIPIENT", Path::new(&laptop))]);
    // It says no while there is a value that bob knows.
    let leaves = by_itself(leaves).replace("senex-env status", "! senex-env status");
    run(&project, &leaves, &[]);
    let mut bob = project.command();
    let output = bob.args(["get", "-e", "development", "DB_USER"]).env("HOME", &home).output();
    assert_eq!(output.expect("it starts").status.code(), Some(4));
}

fn recipes(commands: &[String]) {
    let project = with_values();
    for program in ["code", "docker", "jupyter"] {
        stand_in(&project, program, "test -n \"$DB_USER\"");
    }
    stand_in(&project, "jq", "grep -q 'made up for DB_USER' \"$3\"");
    project.write("keystore.p12", b"\x00\xff binary");
    for block in commands {
        run(&project, block, &[]);
    }
    assert_eq!(std::fs::read(project.root().join("copy.p12")).expect("a copy"), b"\x00\xff binary");
    let value = succeeded(&project.run(["get", "-y", "-e", "production", "DB_USER"]));
    assert_eq!(value, "made up for DB_USER of development");
    for (_, block) in blocks(&read("docs/recipes.md"), "bash") {
        let script = format!(
            "bash -e <<'END'\nwatch_file() {{ test -e \"$1\"; }}\n{block}\ntest -n \"$DB_USER\"\nEND\n"
        );
        run(&project, &script, &[]);
    }
}

fn migrate(commands: &[String]) {
    let [plaintext, sops, dotenvx, git_crypt] = commands else { panic!("four blocks") };
    let value = |project: &TestProject| {
        let get = ["get", "-y", "-e", "production", "DB_PASSWORD"];
        assert_eq!(succeeded(&project.run(get)), "made up and long");
    };

    let project = TestProject::empty();
    project.write(".env.production", b"DB_PASSWORD='made up and long'\n");
    run(&project, plaintext, &[]);
    value(&project);

    let project = TestProject::empty();
    if with_sops(&project).is_some() {
        let identity = Identity::generate();
        project.write("plain.env", b"DB_PASSWORD=made up and long\n");
        let encrypt = format!(
            "mkdir secrets; sops encrypt --age {} plain.env > secrets/production.env; rm plain.env",
            identity.recipient()
        );
        run(&project, &encrypt, &[]);
        let key = identity_file(&project);
        file::create(&key, text_of(&[identity]).as_bytes(), 0o600).expect("written");
        // The identity that sops had goes on to be used.
        let sops = sops.replace("senex-env identity new --no-passphrase\n", "");
        run(&project, &sops, &[("SOPS_AGE_KEY_FILE", &key)]);
        value(&project);
    }

    for (script, name, says) in
        [(dotenvx, "dotenvx", "echo \"DB_PASSWORD='made up and long'\""), (git_crypt, "git-crypt", "exit 0")]
    {
        let project = TestProject::empty();
        project.write("deploy/production.env", b"DB_PASSWORD='made up and long'\n");
        project.write(".env.production", b"DB_PASSWORD=\"encrypted:BKqv\"\n");
        stand_in(&project, name, says);
        run(&project, script, &[]);
        value(&project);
    }
}
