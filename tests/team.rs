//! People come and go: join, grant, revoke, rekey, in one repository with a home for each person, and the real
//! sops as a second witness of who can open what.

use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use crate::support::outcome::{refused, succeeded};
use crate::support::project::{TestProject, stdout};
use crate::support::random::Dice;
use crate::support::tools::tool;

/// A team in one repository.
struct Team {
    project: TestProject,
}

impl Team {
    /// `ana` starts the project, with a value in each environment.
    fn new() -> Self {
        let team = Self { project: TestProject::empty() };
        team.newcomer("ana");
        succeeded(&team.run("ana", &["init", "--project", "demo", "--person", "ana"]));
        for (environment, key) in
            [("development", "DEBUG"), ("production", "TOKEN"), ("production", "BROKER")]
        {
            team.set("ana", environment, key, "first");
        }
        team.project.commit("start");
        team
    }

    fn home(&self, person: &str) -> PathBuf {
        self.project.path(&format!("homes/{person}"))
    }

    fn newcomer(&self, person: &str) {
        std::fs::create_dir_all(self.home(person)).expect("a home");
        succeeded(&self.run(person, &["identity", "new", "--no-passphrase"]));
    }

    fn command(&self, person: &str, arguments: &[&str]) -> Command {
        let mut command = self.project.command();
        command.env("HOME", self.home(person)).args(arguments);
        command
    }

    fn run(&self, person: &str, arguments: &[&str]) -> Output {
        self.command(person, arguments).output().expect("the program starts")
    }

    fn set(&self, person: &str, environment: &str, key: &str, value: &str) {
        let mut command = self.command(person, &["set", "-y", "--new", "-e", environment, key]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the program starts");
        std::io::Write::write_all(&mut child.stdin.take().expect("a pipe"), value.as_bytes())
            .expect("written");
        succeeded(&child.wait_with_output().expect("the program ends"));
    }

    /// Whether a person opens an environment, by senex-env and by sops alike.
    fn opens(&self, person: &str, environment: &str) -> bool {
        let key = if environment == "production" { "TOKEN" } else { "DEBUG" };
        let ours = self.run(person, &["get", "-y", "-e", environment, key]).status.success();
        if let Some(sops) = tool("bin/sops") {
            let identity = self.home(person).join(".config/senex-env/identity.txt");
            let theirs = self
                .project
                .hermetic(sops)
                .env("HOME", self.home(person))
                .env("SOPS_AGE_KEY_FILE", identity)
                .args(["decrypt", &format!("envs/{environment}.env")])
                .output()
                .expect("sops starts");
            assert_eq!(
                theirs.status.success(),
                ours,
                "sops and senex-env disagree about {person} and {environment}"
            );
        }
        ours
    }

    fn everybody(&self, people: &[(&str, bool, bool)]) {
        for (person, development, production) in people {
            assert_eq!(self.opens(person, "development"), *development, "{person} and development");
            assert_eq!(self.opens(person, "production"), *production, "{person} and production");
        }
    }
}

#[test]
fn a_request_gives_nothing_a_grant_gives_one_environment_a_revoke_takes_all() {
    let team = Team::new();
    for person in ["bob", "server"] {
        team.newcomer(person);
    }
    succeeded(&team.run("bob", &["join", "bob", "-e", "development"]));
    succeeded(&team.run("server", &["join", "server", "-e", "production"]));
    team.everybody(&[("ana", true, true), ("bob", false, false), ("server", false, false)]);

    succeeded(&team.run("ana", &["grant", "bob", "-e", "development", "-y"]));
    team.project.commit("bob");
    team.everybody(&[("ana", true, true), ("bob", true, false), ("server", false, false)]);
    // Who cannot open it cannot let others in.
    refused(&team.run("bob", &["grant", "server", "-e", "production", "-y"]), 4);
    succeeded(&team.run("ana", &["grant", "server", "-e", "production", "-y"]));
    succeeded(&team.run("ana", &["grant", "bob", "-e", "production", "-y"]));
    team.project.commit("all in");
    team.everybody(&[("ana", true, true), ("bob", true, true), ("server", false, true)]);

    let said = stdout(&team.run("ana", &["revoke", "bob", "-y"]));
    assert!(
        said.contains("bob has seen these values of production")
            && said.contains("TOKEN")
            && said.contains("BROKER"),
        "{said}"
    );
    team.project.commit("bob is out");
    team.everybody(&[("ana", true, true), ("bob", false, false), ("server", false, true)]);
    assert!(succeeded(&team.run("ana", &["check", "--json"])).contains("undeclared"));
}

#[test]
fn a_grant_changes_the_lines_of_the_recipient_and_no_value() {
    let team = Team::new();
    team.newcomer("bob");
    succeeded(&team.run("bob", &["join", "bob", "-e", "production"]));
    let before = team.project.read("envs/production.env");
    succeeded(&team.run("ana", &["grant", "bob", "-e", "production", "-y"]));
    let after = team.project.read("envs/production.env");
    let values = |text: &str| -> Vec<String> {
        text.lines()
            .filter(|line| !line.starts_with("sops_") && !line.starts_with('#'))
            .map(str::to_owned)
            .collect()
    };
    assert_eq!(values(&before), values(&after));
    let new: Vec<&str> = after.lines().filter(|line| !before.contains(line)).collect();
    assert!(new.len() <= 5, "{new:?}");
}

#[test]
fn exposure_names_what_was_seen_until_it_is_changed() {
    let team = Team::new();
    team.newcomer("bob");
    succeeded(&team.run("bob", &["join", "bob", "-e", "production"]));
    succeeded(&team.run("ana", &["grant", "bob", "-e", "production", "-y"]));
    team.project.commit("bob");
    succeeded(&team.run("ana", &["revoke", "bob", "-y"]));
    team.set("ana", "production", "LATER", "never seen by bob");
    team.project.commit("bob is out");
    let said = refused_with_output(&team.run("ana", &["status"]), 1);
    assert!(said.contains("bob is out and has seen `TOKEN` and `BROKER`"), "{said}");
    // A new data key changes every byte and no value.
    succeeded(&team.run("ana", &["rekey", "--all"]));
    team.project.commit("rekeyed");
    assert!(refused_with_output(&team.run("ana", &["status"]), 1).contains("`TOKEN` and `BROKER`"));
    team.set("ana", "production", "TOKEN", "second");
    assert!(refused_with_output(&team.run("ana", &["status"]), 1).contains("has seen `BROKER`"));
    team.set("ana", "production", "BROKER", "second");
    assert!(succeeded(&team.run("ana", &["status"])).contains("nobody who is out"));
}

fn refused_with_output(output: &Output, code: i32) -> String {
    assert_eq!(output.status.code(), Some(code));
    stdout(output)
}

#[test]
fn a_recipient_slipped_into_the_project_file_gets_nothing_and_one_in_the_file_stops_every_write() {
    let team = Team::new();
    team.newcomer("eve");
    let eve = stdout(&team.run("eve", &["identity", "show"]));
    let eve = eve.split_whitespace().next().expect("a recipient").to_owned();
    let file = team.project.read("envs/senex-env.toml");
    let slipped =
        format!("{file}\n[people.eve]\nrecipients = [\"{eve}\"]\nenvironments = [\"production\"]\n");
    team.project.write("envs/senex-env.toml", slipped.as_bytes());
    team.set("ana", "production", "TOKEN", "second");
    assert!(!team.opens("eve", "production"));
    assert!(stdout(&team.run("ana", &["people"])).contains("lacks"));
    // The other way round: granted, and then taken out of the project file by a bad merge.
    succeeded(&team.run("ana", &["grant", "eve", "-e", "production", "-y"]));
    team.project.write("envs/senex-env.toml", file.as_bytes());
    let output = team.project.run_with(["set", "-y", "-e", "production", "TOKEN"], b"third");
    assert!(!output.status.success());
    let mut command = team.command("ana", &["set", "-y", "-e", "production", "TOKEN", "--file", "/dev/null"]);
    let message = refused(&command.output().expect("the program starts"), 5);
    assert!(message.contains("who is nobody in the project file"), "{message}");
}

#[test]
fn nonsense_is_refused_with_what_to_do() {
    let team = Team::new();
    let message = refused(&team.run("ana", &["grant", "anna"]), 2);
    assert!(message.contains("did you mean `ana`?"), "{message}");
    let message = refused(&team.run("ana", &["revoke", "ana", "-y"]), 1);
    assert!(message.contains("`ana` is the last who can open `development`"), "{message}");
    team.everybody(&[("ana", true, true)]);
    let identity = std::fs::read_to_string(team.home("ana").join(".config/senex-env/identity.txt"))
        .expect("an identity");
    let private = identity.lines().find(|line| line.starts_with("AGE-SECRET")).expect("a line");
    let output = team.run("ana", &["join", "carol", "--recipient", private]);
    assert!(refused(&output, 2).contains("private identity"));
    assert!(!crate::support::project::stderr(&output).contains(private));
    assert!(refused(&team.run("ana", &["join", "carol", "--recipient", "ssh-rsa AAAA"]), 2).contains("RSA"));
    assert!(refused(&team.run("ana", &["join", "a b"]), 2).contains("not a name for a person"));
}

/// Killed at random moments, `revoke` and `rekey --all` leave every file before or after, never a mixture.
#[test]
fn two_hundred_kills_leave_no_mixed_state() {
    let team = Team::new();
    team.newcomer("bob");
    for environment in ["development", "production"] {
        succeeded(&team.run("bob", &["join", "bob", "-e", environment]));
        succeeded(&team.run("ana", &["grant", "bob", "-e", environment, "-y"]));
    }
    team.project.commit("bob");
    let mut dice = Dice::new(11);
    let whole = {
        let begun = std::time::Instant::now();
        succeeded(&team.run("ana", &["rekey", "--all"]));
        u64::try_from(begun.elapsed().as_micros()).expect("not that long")
    };
    let mut out = 0;
    for round in 0..200 {
        let arguments: &[&str] = if round % 2 == 0 { &["revoke", "bob", "-y"] } else { &["rekey", "--all"] };
        let mut child = team
            .command("ana", arguments)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("started");
        std::thread::sleep(Duration::from_micros(dice.below(1 << 20) as u64 * whole * 3 / 2 / (1 << 20)));
        let _ = child.kill();
        child.wait().expect("ended");
        // The next command finishes or undoes what was interrupted.
        let ours = |environment, key| stdout(&team.run("ana", &["get", "-y", "-e", environment, key]));
        assert_eq!(
            (ours("development", "DEBUG").as_str(), ours("production", "TOKEN").as_str()),
            ("first", "first"),
            "round {round}"
        );
        let opens =
            |environment, key| team.run("bob", &["get", "-y", "-e", environment, key]).status.success();
        let (development, production) = (opens("development", "DEBUG"), opens("production", "TOKEN"));
        let allowed = team.project.read("envs/senex-env.toml").matches("\"production\"").count() > 1;
        assert_eq!((development, production), (allowed, allowed), "round {round}: a mixed state");
        if !allowed {
            out += 1;
            team.project.git(["checkout", "-q", "--", "envs"]);
        }
    }
    assert!(out > 5 && out < 195, "the kills came too early or too late to show anything: {out} of 200");
    let left: Vec<_> = std::fs::read_dir(team.project.root().join("envs"))
        .expect("a folder")
        .filter_map(|entry| {
            let name = entry.expect("an entry").file_name().to_string_lossy().into_owned();
            name.starts_with(".senex-env-pending").then_some(name)
        })
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn an_ssh_key_and_a_machine_join_as_people_do() {
    let team = Team::new();
    let ssh = team.home("carol").join(".ssh");
    std::fs::create_dir_all(&ssh).expect("a folder");
    let Some(keygen) = crate::support::tools::program("ssh-keygen") else { return };
    let made = Command::new(keygen)
        .args(["-q", "-t", "ed25519", "-N", "", "-C", "carol@laptop", "-f"])
        .arg(ssh.join("id_ed25519"))
        .status()
        .expect("ssh-keygen starts");
    assert!(made.success());
    succeeded(&team.run("carol", &["join", "carol", "--ssh", "-e", "production"]));
    succeeded(&team.run("ana", &["grant", "carol", "-e", "production", "-y"]));
    assert_eq!(succeeded(&team.run("carol", &["get", "-y", "-e", "production", "TOKEN"])), "first");

    let identity = succeeded(&team.run("ana", &["join", "ci", "--for-ci", "-e", "production"]));
    assert!(identity.starts_with("AGE-SECRET-KEY-1"), "the identity is the answer");
    succeeded(&team.run("ana", &["grant", "ci", "-e", "production", "-y"]));
    let mut machine = team.command("nobody", &["get", "-y", "-e", "production", "TOKEN"]);
    let output = machine.env("SENEX_ENV_KEY", identity.trim()).output().expect("the program starts");
    assert_eq!(succeeded(&output), "first");
}
