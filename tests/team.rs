//! People come and go: join, grant, revoke, rekey, in one repository with a home for each person, and the real
//! sops as a second witness of who can open what.

use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use crate::support::command::TestCommand;
use crate::support::outcome::{refused, succeeded};
use crate::support::project::{TestProject, stderr, stdout};
use crate::support::random::Dice;
use crate::support::tools::tool;

/// A team in one repository.
pub struct Team {
    pub project: TestProject,
}

impl Team {
    /// `ana` starts the project, with a value in each environment.
    pub fn new() -> Self {
        let team = Self { project: TestProject::empty() };
        team.newcomer("ana");
        succeeded(&team.run("ana", &["init", "-y", "--project", "demo", "--person", "ana"]));
        for (environment, key) in
            [("development", "DEBUG"), ("production", "TOKEN"), ("production", "BROKER")]
        {
            team.set("ana", environment, key, "first");
        }
        team.project.commit("start");
        team
    }

    pub fn home(&self, person: &str) -> PathBuf {
        self.project.path(&format!("homes/{person}"))
    }

    pub fn newcomer(&self, person: &str) {
        std::fs::create_dir_all(self.home(person)).expect("a home");
        succeeded(&self.run(person, &["identity", "new", "--no-passphrase"]));
    }

    /// The recipient of their identity.
    pub fn recipient(&self, person: &str) -> String {
        let shown = stdout(&self.run(person, &["identity", "show"]));
        shown.split_whitespace().next().expect("a recipient").to_owned()
    }

    fn command(&self, person: &str, arguments: &[&str]) -> TestCommand {
        let mut command = self.project.command();
        command.env("HOME", self.home(person)).args(arguments);
        command
    }

    pub fn run(&self, person: &str, arguments: &[&str]) -> Output {
        self.command(person, arguments).output().expect("the program starts")
    }

    pub fn set(&self, person: &str, environment: &str, key: &str, value: &str) {
        let mut command = self.command(person, &["set", "-y", "--new", "-e", environment, key]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the program starts");
        std::io::Write::write_all(&mut child.stdin.take().expect("a pipe"), value.as_bytes())
            .expect("written");
        succeeded(&child.wait_with_output().expect("the program ends"));
    }

    /// Whether a person opens an environment, by senex-env and by sops alike.
    pub fn opens(&self, person: &str, environment: &str) -> bool {
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

    pub fn everybody(&self, people: &[(&str, bool, bool)]) {
        for (person, development, production) in people {
            assert_eq!(self.opens(person, "development"), *development, "{person} and development");
            assert_eq!(self.opens(person, "production"), *production, "{person} and production");
        }
    }
}

#[test]
fn join_grant_and_revoke_change_access() {
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
    // The same list, until the values are changed.
    let found = refused_with_output(&team.run("ana", &["check", "--json"]), 1);
    assert!(found.contains("bob, whose access was revoked, has seen `TOKEN` and `BROKER`"), "{found}");
    for key in ["TOKEN", "BROKER"] {
        team.set("ana", "production", key, "second");
    }
    team.set("ana", "development", "DEBUG", "second");
    assert!(succeeded(&team.run("ana", &["check", "--json"])).contains("undeclared"));
}

#[test]
fn grant_changes_only_recipient_lines() {
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
fn seen_values_are_reported_until_changed() {
    let team = Team::new();
    team.newcomer("bob");
    succeeded(&team.run("bob", &["join", "bob", "-e", "production"]));
    succeeded(&team.run("ana", &["grant", "bob", "-e", "production", "-y"]));
    team.project.commit("bob");
    succeeded(&team.run("ana", &["revoke", "bob", "-y"]));
    team.set("ana", "production", "LATER", "never seen by bob");
    team.project.commit("bob is out");
    let said = refused_with_output(&team.run("ana", &["status"]), 1);
    assert!(said.contains("bob, whose access was revoked, has seen `TOKEN` and `BROKER`"), "{said}");
    // A new data key changes every byte and no value.
    succeeded(&team.run("ana", &["rekey", "--all", "-y"]));
    team.project.commit("rekeyed");
    assert!(refused_with_output(&team.run("ana", &["status"]), 1).contains("`TOKEN` and `BROKER`"));
    team.set("ana", "production", "TOKEN", "second");
    assert!(refused_with_output(&team.run("ana", &["status"]), 1).contains("has seen `BROKER`"));
    team.set("ana", "production", "BROKER", "second");
    assert!(succeeded(&team.run("ana", &["status"])).contains("no value in use is exposed"));
}

fn refused_with_output(output: &Output, code: i32) -> String {
    assert_eq!(output.status.code(), Some(code));
    stdout(output)
}

#[test]
fn smuggled_recipient_gets_nothing_or_stops_writes() {
    let team = Team::new();
    team.newcomer("eve");
    let eve = team.recipient("eve");
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
    assert!(message.contains("which belongs to nobody in the project file"), "{message}");
}

#[test]
fn invalid_requests_are_refused_with_a_hint() {
    let team = Team::new();
    let message = refused(&team.run("ana", &["grant", "anna"]), 2);
    assert!(message.contains("did you mean `ana`?"), "{message}");
    let message = refused(&team.run("ana", &["revoke", "ana", "-y"]), 1);
    assert!(message.contains("`ana` is the last person who can open `development`"), "{message}");
    team.everybody(&[("ana", true, true)]);
    let identity = std::fs::read_to_string(team.home("ana").join(".config/senex-env/identity.txt"))
        .expect("an identity");
    let private = identity.lines().find(|line| line.starts_with("AGE-SECRET")).expect("a line");
    let output = team.run("ana", &["join", "carol", "--recipient", private]);
    assert!(refused(&output, 2).contains("private identity"));
    assert!(!crate::support::project::stderr(&output).contains(private));
    assert!(refused(&team.run("ana", &["join", "carol", "--recipient", "ssh-rsa AAAA"]), 2).contains("RSA"));
    assert!(refused(&team.run("ana", &["join", "a b"]), 2).contains("not a valid name for a person"));
}

#[test]
fn returning_person_needs_a_new_identity() {
    let team = Team::new();
    team.newcomer("bob");
    succeeded(&team.run("bob", &["join", "bob", "-e", "development,production"]));
    succeeded(&team.run("ana", &["grant", "bob", "-y"]));
    succeeded(&team.run("ana", &["revoke", "bob", "-y"]));
    // The lost laptop asks again, for bob and in another name.
    for name in ["bob", "robert"] {
        let message = refused(&team.run("bob", &["join", name]), 2);
        assert!(message.contains("of `bob` was revoked"), "{message}");
    }
    team.newcomer("bob-2");
    succeeded(&team.run("bob-2", &["join", "bob", "-e", "production"]));
    succeeded(&team.run("ana", &["grant", "bob", "-y"]));
    team.everybody(&[("ana", true, true), ("bob", false, false), ("bob-2", false, true)]);
    // Nor by hand.
    let file = team.project.read("envs/senex-env.toml");
    let by_hand = file.replacen("former = [", "recipients = [", 1);
    assert_ne!(by_hand, file);
    team.project.write("envs/senex-env.toml", by_hand.as_bytes());
    refused(&team.run("ana", &["list"]), 3);
}

#[test]
fn concurrent_grants_merge_and_bad_merges_are_found() {
    let team = Team::new();
    for person in ["bob", "carl"] {
        team.newcomer(person);
        succeeded(&team.run(person, &["join", person, "-e", "production"]));
    }
    succeeded(&team.run("ana", &["hooks", "install"]));
    team.project.commit("two ask");
    team.project.git(["checkout", "-q", "-b", "side"]);
    succeeded(&team.run("ana", &["grant", "bob", "-y"]));
    team.project.commit("bob");
    team.project.git(["checkout", "-q", "main"]);
    succeeded(&team.run("ana", &["grant", "carl", "-y"]));
    team.project.commit("carl");
    // The drivers are the program's, which needs an identity for the seal.
    let mut merge = team.project.hermetic("git");
    let merged = merge.env("HOME", team.home("ana")).args(["merge", "-q", "--no-edit", "side"]).output();
    // Our project file does not let bob in yet, so their grant is repeated by somebody who means it.
    let merged = merged.expect("git starts");
    succeeded(&merged);
    let said = stderr(&merged);
    assert!(said.contains("bob (age1") && said.contains("`senex-env grant bob -e production`"), "{said}");
    team.everybody(&[("ana", true, true), ("bob", false, false), ("carl", false, true)]);
    succeeded(&team.run("ana", &["grant", "bob", "-e", "production", "-y"]));
    team.project.commit("bob, after the merge");
    team.everybody(&[("ana", true, true), ("bob", false, true), ("carl", false, true)]);
    let config = team.project.read("envs/.sops.yaml");
    assert_eq!(config.matches("age1").count(), 4, "{config}");

    // The project file of one side with the sealed file of both, and the other way round.
    let file = team.project.read("envs/senex-env.toml");
    team.project.git(["checkout", "-q", "HEAD^^1", "--", "envs/senex-env.toml"]);
    let found = refused_with_output(&team.run("ana", &["check"]), 1);
    assert!(
        found.contains("bob") && found.contains("can open it, but has no access in the project file"),
        "{found}"
    );
    team.project.write("envs/senex-env.toml", file.as_bytes());
    team.project.git(["checkout", "-q", "HEAD^^2", "--", "envs/production.env"]);
    let found = stdout(&team.run("ana", &["check"]));
    assert!(
        found.contains("carl") && found.contains("has access in the project file, but cannot open it"),
        "{found}"
    );
}

#[test]
fn revoking_oneself_needs_myself_and_lists_seen_values() {
    let team = Team::new();
    team.newcomer("bob");
    succeeded(&team.run("bob", &["join", "bob", "-e", "development,production"]));
    succeeded(&team.run("ana", &["grant", "bob", "-y"]));
    team.project.commit("bob");
    let message = refused(&team.run("bob", &["revoke", "bob", "-y"]), 1);
    assert!(message.contains("`bob` is you"), "{message}");
    team.everybody(&[("ana", true, true), ("bob", true, true)]);
    let said = succeeded(&team.run("bob", &["revoke", "bob", "-y", "--myself"]));
    assert!(said.contains("TOKEN") && said.contains("DEBUG"), "{said}");
    team.everybody(&[("ana", true, true), ("bob", false, false)]);
}

#[test]
fn new_environment_is_sealed_for_known_people_only() {
    let team = Team::new();
    team.newcomer("bob");
    succeeded(&team.run("bob", &["join", "bob", "-e", "development"]));
    succeeded(&team.run("ana", &["grant", "bob", "-y"]));
    team.newcomer("eve");
    let eve = team.recipient("eve");
    let file = team.project.read("envs/senex-env.toml");
    let file = file.replace("[environments.production]", "[environments.staging]\n[environments.production]");
    let file =
        file.replace("environments = [\"development\"]", "environments = [\"development\", \"staging\"]");
    let file =
        file.replace("[\"development\", \"production\"]", "[\"development\", \"production\", \"staging\"]");
    let slipped = format!("{file}\n[people.eve]\nrecipients = [\"{eve}\"]\nenvironments = [\"staging\"]\n");
    team.project.write("envs/senex-env.toml", slipped.as_bytes());
    team.set("ana", "staging", "TOKEN", "first");
    for (person, opens) in [("ana", true), ("bob", true), ("eve", false)] {
        let output = team.run(person, &["get", "-e", "staging", "TOKEN"]);
        assert_eq!(output.status.success(), opens, "{person}");
    }
}

/// Somebody who opens nothing, but can push, writes a file that seems to let somebody in.
#[test]
fn a_file_that_does_not_open_here_lets_nobody_in() {
    let team = Team::new();
    team.newcomer("eve");
    let eve = team.recipient("eve");
    let file = team.project.read("envs/senex-env.toml");
    let file = file.replace("[people.ana]", "[environments.staging]\n[environments.docs]\n[people.ana]");
    let file =
        file.replace("[\"development\", \"production\"]", "[\"development\", \"production\", \"staging\"]");
    let slipped =
        format!("{file}\n[people.eve]\nrecipients = [\"{eve}\"]\nenvironments = [\"staging\", \"docs\"]\n");
    team.project.write("envs/senex-env.toml", slipped.as_bytes());
    let production = team.project.read("envs/production.env");
    let own = production.lines().find_map(|line| line.split_once("map_recipient=")).expect("a recipient").1;
    team.project.write("envs/docs.env", production.replace(own, &eve).as_bytes());
    team.set("ana", "staging", "TOKEN", "first");
    for (person, opens) in [("ana", true), ("eve", false)] {
        let output = team.run(person, &["get", "-e", "staging", "TOKEN"]);
        assert_eq!(output.status.success(), opens, "{person}");
    }
    // Nor does `grant` take it for somebody who is known.
    let said = stderr(&team.run("ana", &["grant", "eve", "-e", "staging", "-n"]));
    assert!(said.contains("new: compare it") && !said.contains("already opens"), "{said}");
}

/// A file that others could open as well is not made without a question that names them.
#[test]
fn a_new_file_for_others_is_asked_about() {
    let team = Team::new();
    team.newcomer("bob");
    succeeded(&team.run("bob", &["join", "bob", "-e", "development"]));
    succeeded(&team.run("ana", &["grant", "bob", "-y"]));
    let file = team.project.read("envs/senex-env.toml");
    let file = file.replace("[people.ana]", "[environments.staging]\n[people.ana]");
    let file =
        file.replace("environments = [\"development\"", "environments = [\"staging\", \"development\"");
    team.project.write("envs/senex-env.toml", file.as_bytes());
    let set = ["set", "-q", "-e", "staging", "TOKEN", "--new", "--force", "--file", "value"];
    team.project.write("value", b"first");
    let said = refused(&team.run("ana", &set), 1);
    assert!(said.contains("create envs/staging.env, which bob can open too"), "{said}");
    assert!(!team.project.root().join("envs/staging.env").exists());
    succeeded(&team.run("ana", &[&set[..], &["-y"]].concat()));
    assert_eq!(succeeded(&team.run("bob", &["get", "-e", "staging", "TOKEN"])), "first");
}

#[test]
fn every_bad_request_is_refused_before_anything_is_written_and_says_what_to_do() {
    let team = Team::new();
    team.newcomer("bob");
    succeeded(&team.run("bob", &["join", "bob", "-e", "development"]));
    let show = |person: &str| stdout(&team.run(person, &["identity", "show"]));
    let ana = show("ana").split_whitespace().next().expect("a recipient").to_owned();
    let private = std::fs::read_to_string(team.home("ana").join(".config/senex-env/identity.txt"));
    let private = private.expect("an identity").lines().last().expect("a line").to_owned();
    let ssh = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFddJfGuboLeUQNhcgpSDZPD";
    let before = crate::support::outcome::snapshot(&team.project.root());
    let cases: &[(&str, &[&str], i32, &str)] = &[
        ("bob", &["join", "bob", "--recipient", &private], 2, "only the public recipient belongs here"),
        ("bob", &["join", "bob", "--recipient", &ana], 2, "belongs to `ana`"),
        ("bob", &["join", "bob", "--recipient", ssh], 2, "it is damaged"),
        ("bob", &["join", "bob", "--recipient", "ssh-rsa AAAAB3Nz"], 2, "RSA keys are not supported"),
        ("bob", &["join", "bob", "--ssh"], 4, "no ssh-ed25519 key was found"),
        ("bob", &["join", "bob", "-e", "prod"], 2, "there is no environment `prod`"),
        ("ana", &["grant", "carol", "-y"], 2, "`senex-env join carol` is how they request access"),
        ("bob", &["grant", "bob", "-y"], 4, "none of your identities can open"),
        ("ana", &["grant", "bob"], 1, "`-y` answers yes"),
        ("ana", &["revoke", "carol", "-y"], 2, "there is no person `carol`"),
        ("ana", &["revoke", "bob", "--recipient", "age1xyz", "-y"], 2, "that is not a recipient of `bob`"),
        ("ana", &["revoke", "ana", "-y", "--myself"], 1, "grant somebody else access first"),
        ("bob", &["rekey", "--all"], 4, "none of your identities can open"),
    ];
    for (person, arguments, code, says) in cases {
        let output = team.run(person, arguments);
        let message = refused(&output, *code);
        assert!(message.contains(says), "{arguments:?}: {message}");
        assert!(!message.contains(&private), "{arguments:?}");
        assert!(
            crate::support::outcome::snapshot(&team.project.root()) == before,
            "{arguments:?} wrote something"
        );
    }
}

#[test]
fn revoke_without_full_access_changes_nothing() {
    let team = Team::new();
    for person in ["bob", "carl"] {
        team.newcomer(person);
        succeeded(&team.run(person, &["join", person, "-e", "development,production"]));
    }
    succeeded(&team.run("ana", &["grant", "bob", "-y"]));
    succeeded(&team.run("ana", &["grant", "carl", "-e", "development", "-y"]));
    let before = crate::support::outcome::snapshot(&team.project.root());
    // carl cannot open production, so he cannot take bob out of it.
    refused(&team.run("carl", &["revoke", "bob", "-y"]), 4);
    assert!(crate::support::outcome::snapshot(&team.project.root()) == before);
    succeeded(&team.run("carl", &["revoke", "bob", "-e", "development", "-y"]));
    team.everybody(&[("ana", true, true), ("bob", false, true), ("carl", true, false)]);
}

/// Killed at random moments, `revoke`, `grant` and `rekey --all` leave every file before or after, never a
/// mixture, and no value is lost.
#[test]
fn kills_leave_no_mixed_state() {
    let team = Team::new();
    team.newcomer("bob");
    succeeded(&team.run("bob", &["join", "bob", "-e", "development,production"]));
    team.project.commit("out");
    succeeded(&team.run("ana", &["grant", "bob", "-y"]));
    team.project.commit("in");
    let commands: [(&str, &[&str]); 3] = [
        ("HEAD", &["revoke", "bob", "-y"]),
        ("HEAD~1", &["grant", "bob", "-y"]),
        ("HEAD", &["rekey", "--all", "-y"]),
    ];
    let mut dice = Dice::new(11);
    let (mut finished, mut undone, mut resumed) = (0, 0, 0);
    for round in 0..200 {
        let (start, arguments) = commands[round % commands.len()];
        team.project.git(["checkout", "-q", start, "--", "envs"]);
        let before = team.project.read("envs/production.env");
        let begun = std::time::Instant::now();
        succeeded(&team.run("ana", &["people"]));
        // Somewhere in the command, which takes a few times as long as one that only reads.
        let whole = u64::try_from(begun.elapsed().as_micros()).expect("not that long") * 6;
        let mut child = team
            .command("ana", arguments)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("started");
        std::thread::sleep(Duration::from_micros(dice.below(1 << 20) as u64 * whole / (1 << 20)));
        let _ = child.kill();
        child.wait().expect("ended");
        // The next command finishes or undoes what was interrupted, and says so.
        let first = team.run("ana", &["get", "-y", "-e", "development", "DEBUG"]);
        resumed += usize::from(crate::support::project::stderr(&first).contains("an interrupted change"));
        let second = team.run("ana", &["get", "-y", "-e", "production", "TOKEN"]);
        assert_eq!((stdout(&first).as_str(), stdout(&second).as_str()), ("first", "first"), "round {round}");
        let opens =
            |environment, key| team.run("bob", &["get", "-y", "-e", environment, key]).status.success();
        let (development, production) = (opens("development", "DEBUG"), opens("production", "TOKEN"));
        let allowed = !team.project.read("envs/senex-env.toml").contains("environments = []")
            && !team.project.read("envs/senex-env.toml").contains("requests = ");
        assert_eq!((development, production), (allowed, allowed), "round {round}: a mixed state");
        if team.project.read("envs/production.env") == before {
            undone += 1;
        } else {
            finished += 1;
        }
        let left: Vec<String> = std::fs::read_dir(team.project.root().join("envs"))
            .expect("a folder")
            .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
            .filter(|name| name.starts_with(".senex-env"))
            .collect();
        assert!(left.is_empty(), "round {round}: {left:?}");
    }
    println!("200 kills: {undone} before, {finished} after, {resumed} were taken up by the next command");
    assert!(undone > 5 && finished > 5, "the kills came too early or too late: {undone} and {finished}");
}

/// With any number of blocks free, from none to enough, a change of several files is whole or has not been.
#[test]
fn full_disk_leaves_no_mixed_state() {
    let team = Team::new();
    team.newcomer("bob");
    succeeded(&team.run("bob", &["join", "bob", "-e", "development,production"]));
    let keep = |name: &str| {
        let copied = Command::new("cp")
            .arg("-a")
            .arg(team.project.path("repo/envs"))
            .arg(team.project.path("repo").join(name))
            .status();
        assert!(copied.expect("cp starts").success());
    };
    keep("grant");
    succeeded(&team.run("ana", &["grant", "bob", "-y"]));
    keep("revoke");
    keep("rekey");
    std::fs::rename(team.project.path("homes"), team.project.path("repo/people")).expect("moved");
    let script = r#"
        for command in "grant bob -y" "revoke bob -y" "rekey --all -y"; do for blocks in 0 1 2 3 4 5 6 7 8 9 10; do
            find envs -mindepth 1 -delete; cp -a "${command%% *}/." envs/
            head -c 1000000 /dev/zero >envs/fill 2>fill; truncate -s -$((blocks * 4096)) envs/fill
            find envs -type f ! -name fill -exec sha256sum {} + | sort >before
            HOME=$PWD/people/ana "$S" $command >said 2>message; code=$?
            rm envs/fill; ls -A envs >names
            find envs -type f -exec sha256sum {} + | sort | cmp -s - before && same=same || same=new
            for environment in development:DEBUG production:TOKEN; do
                HOME=$PWD/people/ana "$S" get -y -e "${environment%:*}" "${environment#*:}" >value || exit 1
                HOME=$PWD/people/bob "$S" get -y -e "${environment%:*}" "${environment#*:}" >value 2>&1 && printf in, || printf out,
            done
            printf ' %s %s %s %s %s\n' "$code" "$same" "$(grep -c pending names)" "$(grep -c 'error: cannot write in envs: the disk is full' message)" "$command"
        done; done"#;
    let Some(output) = crate::concurrency::on_a_small_disk(&team.project, script) else { return };
    let said = succeeded(&output);
    let rounds: Vec<Vec<&str>> = said.lines().map(|line| line.split(' ').collect()).collect();
    assert_eq!(rounds.len(), 33, "{said}");
    for round in &rounds {
        let was_in = round[5] != "grant";
        let is_in = match (round[1], round[5]) {
            ("0", "grant") => true,
            ("0", "revoke") => false,
            _ => was_in,
        };
        let expected: &[&str] = match round[1] {
            "0" => &["0", "new", "0", "0"],
            _ => &["6", "same", "0", "1"],
        };
        assert_eq!(&round[1..5], expected, "{round:?}");
        assert_eq!(round[0], if is_in { "in,in," } else { "out,out," }, "{round:?}");
    }
    let whole = rounds.iter().filter(|round| round[1] == "0").count();
    assert!((3..=27).contains(&whole), "the disk was always full, or never: {said}");
}

#[test]
fn dry_run_shows_changes_and_makes_none() {
    let team = Team::new();
    std::fs::create_dir_all(team.home("bob")).expect("a home");
    let before = crate::support::outcome::snapshot(&team.project.root());
    let said = crate::support::project::stderr(&team.run("bob", &["join", "bob", "-n"]));
    assert!(said.contains("a new identity would be created"), "{said}");
    assert!(crate::support::outcome::snapshot(&team.project.root()) == before, "join -n wrote something");
    team.newcomer("bob");
    succeeded(&team.run("bob", &["join", "bob", "-e", "development,production"]));
    let dry = |person: &str, arguments: &[&str]| {
        let before = crate::support::outcome::snapshot(&team.project.root());
        let output = team.run(person, &[arguments, &["-n"]].concat());
        let said = format!("{}{}", succeeded(&output), crate::support::project::stderr(&output));
        assert!(
            crate::support::outcome::snapshot(&team.project.root()) == before,
            "{arguments:?} wrote something"
        );
        said
    };
    let said = dry("ana", &["grant", "bob"]);
    assert!(said.contains("bob would be granted development and production"), "{said}");
    succeeded(&team.run("ana", &["grant", "bob", "-y"]));
    team.project.commit("bob is in");
    let said = dry("ana", &["revoke", "bob"]);
    assert!(
        said.contains("bob would lose access to development and production") && said.contains("! TOKEN"),
        "{said}"
    );
    let said = dry("ana", &["rekey", "--all"]);
    assert!(said.contains("development and production would get new data keys"), "{said}");
    team.everybody(&[("ana", true, true), ("bob", true, true)]);
}

#[test]
fn rekey_asks_if_the_environment_needs_confirmation() {
    let team = Team::new();
    let file = team.project.read("envs/senex-env.toml");
    assert!(file.contains("confirm = true"), "{file}");
    let message = refused(&team.run("ana", &["rekey", "--all"]), 1);
    assert!(
        message.contains(
            "not confirmed, because there is no terminal: replace the data key of \
        production"
        ),
        "{message}"
    );
    succeeded(&team.run("ana", &["rekey"]));
    succeeded(&team.run("ana", &["rekey", "--all", "-y"]));
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
