//! A team of five over more than twenty steps, each person with a clone and a home of their own. After every
//! step it is asserted for everybody who opens what, with the real sops as a second witness.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};

use crate::support::command::TestCommand;
use crate::support::outcome::{refused, succeeded};
use crate::support::project::{TestProject, stdout, with_input};
use crate::support::tools::{program, tool};

/// What opens files: an identity file, an SSH key, or an identity in a variable.
enum Key {
    Age(PathBuf),
    Ssh(PathBuf),
    Variable(String),
}

/// A person or machine at one computer.
struct Seat {
    folder: PathBuf,
    key: Key,
    /// Environments that it opens now.
    opens: Vec<&'static str>,
}

struct Story {
    project: TestProject,
    seats: BTreeMap<&'static str, Seat>,
    sops: Option<PathBuf>,
    step: usize,
}

const ENVIRONMENTS: [&str; 2] = ["development", "production"];

impl Story {
    fn new() -> Self {
        let project = TestProject::empty();
        succeeded(
            &project
                .hermetic("git")
                .args(["init", "-q", "--bare", "-b", "main", "../origin.git"])
                .output()
                .expect("git starts"),
        );
        Self { project, seats: BTreeMap::new(), sops: tool("bin/sops"), step: 0 }
    }

    /// A clone and a home; `init` makes the identity, if there is to be one.
    fn sit_down(&mut self, name: &'static str, identity: bool) {
        let folder = self.project.path(&format!("seats/{name}"));
        std::fs::create_dir_all(folder.join("home")).expect("a home");
        let key = Key::Age(folder.join("home/.config/senex-env/identity.txt"));
        self.seats.insert(name, Seat { folder, key, opens: Vec::new() });
        let mut clone = self.project.hermetic("git");
        let seat = &self.seats[name];
        succeeded(
            &clone
                .args(["clone", "-q"])
                .arg(self.project.path("origin.git"))
                .arg(seat.folder.join("repo"))
                .output()
                .expect("git starts"),
        );
        if identity {
            succeeded(&self.run(name, &["identity", "new", "--no-passphrase"]));
        }
    }

    fn at(&self, name: &str, program: impl AsRef<std::ffi::OsStr>) -> TestCommand {
        let seat = &self.seats[name];
        let mut command = self.project.hermetic(program);
        command
            .current_dir(seat.folder.join("repo"))
            .env("HOME", seat.folder.join("home"))
            .env("GIT_AUTHOR_NAME", name)
            .env("GIT_COMMITTER_NAME", name)
            .stdin(Stdio::null());
        if let Key::Variable(identity) = &seat.key {
            command.env("SENEX_ENV_KEY", identity).env("SOPS_AGE_KEY", identity);
        }
        command
    }

    fn run(&self, name: &str, arguments: &[&str]) -> Output {
        self.at(name, env!("CARGO_BIN_EXE_senex-env")).args(arguments).output().expect("the program starts")
    }

    #[track_caller]
    fn does(&self, name: &str, arguments: &[&str]) -> String {
        succeeded(&self.run(name, arguments))
    }

    #[track_caller]
    fn git(&self, name: &str, arguments: &[&str]) -> String {
        succeeded(&self.at(name, "git").args(arguments).output().expect("git starts"))
    }

    #[track_caller]
    fn set(&self, name: &str, environment: &str, key: &str, value: &str) {
        let mut command = self.at(name, env!("CARGO_BIN_EXE_senex-env"));
        command.args(["set", "-y", "--new", "-e", environment, key]);
        succeeded(&with_input(&mut command, value.as_bytes()));
    }

    fn read(&self, name: &str, environment: &str, key: &str) -> String {
        self.does(name, &["get", "-y", "-e", environment, key])
    }

    fn commit(&self, name: &str, message: &str) {
        self.git(name, &["add", "-A"]);
        self.git(name, &["commit", "-q", "--allow-empty", "-m", message]);
    }

    /// Commits and pushes, lets everybody pull, and asserts who opens what.
    #[track_caller]
    fn step(&mut self, name: &str, message: &str) {
        self.commit(name, message);
        self.git(name, &["push", "-q", "origin", "HEAD:main"]);
        self.step += 1;
        for seat in self.seats.keys().copied().collect::<Vec<_>>() {
            self.git(seat, &["fetch", "-q"]);
            self.git(seat, &["reset", "-q", "--hard", "origin/main"]);
            for environment in ENVIRONMENTS {
                let file = self.seats[seat].folder.join(format!("repo/envs/{environment}.env"));
                if file.exists() {
                    let expected = self.seats[seat].opens.contains(&environment);
                    let what = format!("step {} ({message}): {seat} and {environment}", self.step);
                    assert_eq!(self.ours(seat, environment), expected, "{what}");
                    assert_eq!(self.theirs(seat, &file).unwrap_or(expected), expected, "{what}, by sops");
                }
            }
        }
    }

    fn ours(&self, seat: &str, environment: &str) -> bool {
        self.run(seat, &["get", "-y", "-e", environment, "MARK"]).status.success()
    }

    /// Whether sops opens a file with the identity of a seat; `None` where there is no sops.
    fn theirs(&self, seat: &str, file: &Path) -> Option<bool> {
        let mut command = self.at(seat, self.sops.as_ref()?);
        match &self.seats[seat].key {
            Key::Age(path) => command.env("SOPS_AGE_KEY_FILE", path),
            Key::Ssh(path) => command.env("SOPS_AGE_SSH_PRIVATE_KEY_FILE", path),
            Key::Variable(_) => &mut command,
        };
        command.args(["decrypt", "--input-type", "dotenv", "--output-type", "dotenv"]).arg(file);
        Some(command.output().expect("sops starts").status.success())
    }

    fn lets_in(&mut self, seat: &str, environment: &'static str) {
        self.seats.get_mut(seat).expect("seated").opens.push(environment);
    }

    fn keeps_out(&mut self, seat: &str) {
        self.seats.get_mut(seat).expect("seated").opens.clear();
    }

    /// Every version of every sealed file that was committed after `since`, in files of its own.
    fn written_after(&self, since: &str) -> Vec<PathBuf> {
        let folder = self.project.path("versions");
        std::fs::create_dir_all(&folder).expect("a folder");
        let commits = self.git("ana", &["log", "--format=%H", &format!("{since}..HEAD"), "--", "envs/*.env"]);
        let mut files = Vec::new();
        for commit in commits.lines() {
            let changed = self.git("ana", &["diff-tree", "--no-commit-id", "--name-only", "-r", commit]);
            for name in changed.lines().filter(|name| name.ends_with(".env")) {
                let text = self.git("ana", &["show", &format!("{commit}:{name}")]);
                let path = folder.join(format!("{commit}-{}", name.replace('/', "-")));
                senex_env::testing::file::replace(&path, text.as_bytes(), 0o600).expect("written");
                files.push(path);
            }
        }
        files
    }
}

#[test]
fn access_is_exact_throughout_a_team_story() {
    let Some(ssh_keygen) = program("ssh-keygen") else { return };
    let mut story = Story::new();
    story.sit_down("ana", true);

    // 1: ana starts.
    story.does("ana", &["init", "--project", "demo", "--person", "ana", "-y"]);
    let file = story.seats["ana"].folder.join("repo/envs/senex-env.toml");
    let text = std::fs::read_to_string(&file).expect("a project file");
    let keys = "\n[keys.MARK]\n[keys.SECRET_KEY]\ntype = \"django-secret-key\"\nkeep_previous_in = \"SECRET_KEY_FALLBACKS\"\n[keys.SECRET_KEY_FALLBACKS]\n[keys.TOKEN]\ngenerate = \"hex:16\"\n[keys.LATER]\ngenerate = \"password:20\"\n[keys.URL]\nsecret = false\n";
    senex_env::testing::file::replace(&file, (text + keys).as_bytes(), 0o644).expect("written");
    for environment in ENVIRONMENTS {
        story.set("ana", environment, "MARK", "a mark");
        story.lets_in("ana", environment);
    }
    story.set("ana", "production", "TOKEN", "first");
    story.set("ana", "production", "URL", "https://example.test");
    story.step("ana", "start");

    // 2: a request gives nothing.
    story.sit_down("bob", true);
    story.does("bob", &["join", "bob", "-e", "development,production"]);
    story.step("bob", "bob asks");
    // 3: a part of what was asked for.
    story.does("ana", &["grant", "bob", "-e", "development", "-y"]);
    story.lets_in("bob", "development");
    story.step("ana", "bob is in development");

    // 4: an SSH key that is there already.
    story.sit_down("carl", false);
    let ssh = story.seats["carl"].folder.join("home/.ssh/id_ed25519");
    std::fs::create_dir_all(ssh.parent().expect("a folder")).expect("a folder");
    let made = story.at("carl", ssh_keygen).args(["-q", "-t", "ed25519", "-N", "", "-f"]).arg(&ssh).status();
    assert!(made.expect("ssh-keygen starts").success());
    story.seats.get_mut("carl").expect("seated").key = Key::Ssh(ssh);
    story.does("carl", &["join", "carl", "--ssh"]);
    story.step("carl", "carl asks");
    // 5: every holder can grant; who is none cannot.
    refused(&story.run("bob", &["grant", "carl", "-e", "production", "-y"]), 4);
    story.does("bob", &["grant", "carl", "-y"]);
    story.lets_in("carl", "development");
    story.step("bob", "carl is in development");
    // 6
    story.set("carl", "development", "TOKEN", "of carl");
    story.step("carl", "a value");
    assert_eq!(story.read("ana", "development", "TOKEN"), "of carl");

    // 7, 8: a machine; its identity is printed once and kept nowhere.
    story.sit_down("deploy", false);
    let identity = story.does("ana", &["join", "deploy", "-e", "production", "--for-ci"]).trim().to_owned();
    assert!(identity.starts_with("AGE-SECRET-KEY-1"), "an identity");
    story.seats.get_mut("deploy").expect("seated").key = Key::Variable(identity);
    story.step("ana", "the machine asks");
    story.does("ana", &["grant", "deploy", "-y"]);
    story.lets_in("deploy", "production");
    story.step("ana", "the machine is in");
    // 9: the rest of what bob asked for.
    story.does("ana", &["grant", "bob", "-y"]);
    story.lets_in("bob", "production");
    story.step("ana", "bob is in production");
    // 10, 11
    story.sit_down("dora", true);
    story.does("dora", &["join", "dora", "-e", "production"]);
    story.step("dora", "dora asks");
    story.does("bob", &["grant", "dora", "-y"]);
    story.lets_in("dora", "production");
    story.step("bob", "dora is in");
    // 12: a value by its generator.
    story.does("dora", &["rotate", "-y", "-e", "production", "SECRET_KEY"]);
    story.step("dora", "a new SECRET_KEY");
    assert_eq!(story.read("deploy", "production", "SECRET_KEY").len(), 50);

    // 13: a recipient slipped into the project file and into .sops.yaml gets nothing.
    story.sit_down("eve", true);
    let eve = story.does("eve", &["identity", "show"]);
    let eve = eve.split_whitespace().next().expect("a recipient");
    let file = story.seats["eve"].folder.join("repo/envs/senex-env.toml");
    let before = std::fs::read_to_string(&file).expect("a project file");
    let slipped = format!(
        "{before}\n[people.eve]\nrecipients = [\"{eve}\"]\nenvironments = [\"development\", \"production\"]\n"
    );
    senex_env::testing::file::replace(&file, slipped.as_bytes(), 0o644).expect("written");
    story.step("eve", "tidy up");
    story.set("ana", "production", "LATER", "not for eve");
    let said = story.run("ana", &["check"]);
    assert!(stdout(&said).contains("eve"), "{}", stdout(&said));
    story.step("ana", "a value");
    // 14
    story.does("ana", &["revoke", "eve", "-y"]);
    story.step("ana", "eve is out");

    // 15: a lost laptop. Whoever has it holds the identity and every clone.
    let lost_at = story.git("ana", &["rev-parse", "HEAD"]).trim().to_owned();
    let said = story.does("ana", &["revoke", "bob", "-y"]);
    for key in ["MARK", "TOKEN", "LATER", "SECRET_KEY"] {
        assert!(said.contains(&format!("! {key}\n")), "{key}: {said}");
    }
    assert!(!said.contains("URL"), "config is no secret: {said}");
    story.keeps_out("bob");
    story.step("ana", "bob's laptop is lost");
    // 16, 17: he comes back with a new identity; the laptop does not.
    story.sit_down("bob again", true);
    let old = story.does("bob", &["identity", "show"]);
    let old = old.split_whitespace().next().expect("a recipient").to_owned();
    let message = refused(&story.run("bob again", &["join", "bob", "--recipient", &old]), 2);
    assert!(message.contains("of `bob` was revoked"), "{message}");
    story.does("bob again", &["join", "bob", "-e", "development,production"]);
    story.step("bob again", "bob asks again");
    story.does("dora", &["grant", "bob", "-e", "production", "-y"]);
    story.lets_in("bob again", "production");
    story.step("dora", "bob is back");
    let status = stdout(&story.run("ana", &["status", "-e", "production"]));
    assert!(status.contains("bob's revoked recipient"), "{status}");

    // 18: two at once, in clones that do not know of each other.
    for seat in ["ana", "dora"] {
        story.does(seat, &["hooks", "install", "-y"]);
    }
    story.set("ana", "production", "TOKEN", "second");
    story.commit("ana", "on one side");
    story.git("ana", &["push", "-q", "origin", "HEAD:main"]);
    story.set("dora", "production", "LATER", "second, too");
    story.commit("dora", "on the other");
    story.git("dora", &["pull", "-q", "--no-rebase", "--no-edit"]);
    story.step("dora", "both");
    assert_eq!(story.read("bob again", "production", "TOKEN"), "second");
    assert_eq!(story.read("bob again", "production", "LATER"), "second, too");

    // 19
    story.does("ana", &["rekey", "--all", "-y"]);
    story.step("ana", "new data keys");
    assert_eq!(story.read("carl", "development", "TOKEN"), "of carl");
    // 20, 21: dora goes, and the machine is exchanged.
    let gone_at = story.git("ana", &["rev-parse", "HEAD"]).trim().to_owned();
    story.does("bob again", &["revoke", "dora", "-y"]);
    story.keeps_out("dora");
    story.step("bob again", "dora is out");
    let message = refused(&story.run("ana", &["revoke", "ana", "-y"]), 1);
    assert!(message.contains("`ana` is you") || message.contains("last person who can open"), "{message}");
    let exchanged_at = story.git("ana", &["rev-parse", "HEAD"]).trim().to_owned();
    let identity = story.does("ana", &["join", "deploy", "-e", "production", "--for-ci"]).trim().to_owned();
    story.does("ana", &["grant", "deploy", "-y"]);
    let recipients = story.does("ana", &["people", "--json"]);
    let rows: serde_json::Value = serde_json::from_str(&recipients).expect("JSON");
    let deploy =
        rows["people"].as_array().expect("a list").iter().find(|row| row["name"] == "deploy").expect("there");
    let first = deploy["recipients"][0].as_str().expect("text").to_owned();
    story.does("ana", &["revoke", "deploy", "--recipient", &first, "-y"]);
    story.keeps_out("deploy");
    story.sit_down("deploy again", false);
    story.seats.get_mut("deploy again").expect("seated").key = Key::Variable(identity);
    story.lets_in("deploy again", "production");
    story.step("ana", "a new identity for the machine");

    // 22: what is exposed is rotated, one by one, until nothing is.
    assert_eq!(story.run("ana", &["status"]).status.code(), Some(1));
    for environment in ENVIRONMENTS {
        for key in ["MARK", "TOKEN", "LATER", "SECRET_KEY_FALLBACKS"] {
            if story.run("ana", &["get", "-y", "-e", environment, key]).status.success() {
                story.set("ana", environment, key, &format!("new {key} {environment}"));
            }
        }
    }
    story.does("ana", &["rotate", "-y", "-e", "production", "SECRET_KEY"]);
    // The previous one is still there, where the application looks for it.
    assert_eq!(story.run("ana", &["status"]).status.code(), Some(0));
    story.step("ana", "nothing is exposed");
    assert!(story.step >= 20, "{} steps", story.step);

    // Who is out opens nothing that was written after, whatever clone they kept.
    let leavers = [("bob", &lost_at), ("eve", &lost_at), ("dora", &gone_at), ("deploy", &exchanged_at)];
    for (seat, since) in leavers {
        let files = story.written_after(since);
        assert!(files.len() >= 2, "{seat}: {} files", files.len());
        for file in files {
            assert!(!story.theirs(seat, &file).unwrap_or(false), "{seat} opens {}", file.display());
        }
    }
}
