//! Exposure on a long history, against an oracle that remembers everything.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::process::{Output, Stdio};
use std::time::Instant;

use senex_env::testing::identity::Identity;
use senex_env::testing::name::{EnvName, KeyName};
use senex_env::testing::project::Project;
use senex_env::testing::recipient::Recipient;
use senex_env::testing::sealed::{DataKey, OpenFile};
use senex_env::testing::secret::Secret;

use crate::support::outcome::succeeded;
use crate::support::project::{TestProject, stdout};
use crate::support::random::Dice;
use crate::support::terminal::on_terminal;

const ENVIRONMENTS: [&str; 5] = ["dev", "test", "stage", "prod", "eu"];
const PEOPLE: usize = 12;
const KEYS: usize = 6;
const COMMITS: usize = 2000;

/// What one version of one environment's file held, for the oracle.
struct Version {
    environment: usize,
    people: BTreeSet<usize>,
    values: BTreeMap<String, String>,
}

#[test]
fn exposure_matches_a_model_on_two_thousand_commits() {
    let environments: String = ENVIRONMENTS.map(|name| format!("[environments.{name}]\n")).concat();
    let listed = ENVIRONMENTS.map(|name| format!("\"{name}\"")).join(", ");
    let others: Vec<Recipient> = (1..PEOPLE).map(|_| Identity::generate().recipient().clone()).collect();
    let people: String = others
        .iter()
        .enumerate()
        .map(|(index, recipient)| {
            format!("[people.p{}]\nrecipients = [\"{recipient}\"]\nenvironments = []\n", index + 1)
        })
        .collect();
    let project = TestProject::with(&format!(
        "version = 1\nproject = \"p\"\n{environments}[people.p0]\nrecipients = [\"RECIPIENT\"]\nenvironments = [{listed}]\n{people}"
    ));
    let loaded = Project::load(&project.root()).expect("a project");
    let mut recipients = vec![loaded.person("p0").expect("declared").recipients[0].clone()];
    recipients.extend(others);

    let mut dice = Dice::new(5);
    let mut files: Vec<OpenFile> = Vec::new();
    let mut inside: Vec<BTreeSet<usize>> = vec![BTreeSet::from([0]); ENVIRONMENTS.len()];
    for _ in ENVIRONMENTS {
        let data_key = DataKey::generate().expect("random");
        let wrapped = vec![data_key.wrap(&recipients[0]).expect("wrapped")];
        files.push(OpenFile::new(data_key, wrapped, loaded.rule()));
    }
    let mut history: Vec<Version> = Vec::new();
    let mut import: Vec<u8> = Vec::new();
    let mut last: Vec<Vec<u8>> = vec![Vec::new(); ENVIRONMENTS.len()];
    for commit in 0..COMMITS {
        let at = if commit < ENVIRONMENTS.len() { commit } else { dice.below(ENVIRONMENTS.len()) };
        let file = &mut files[at];
        match dice.below(10) {
            0..=5 => {
                let key = KeyName::new(&format!("K{}", dice.below(KEYS))).expect("a name");
                // Few values, so that some come back.
                file.set(&key, Secret::new(format!("value {}", dice.below(40))));
            }
            6 | 7 => {
                let person = 1 + dice.below(PEOPLE - 1);
                file.grant(&recipients[person]).expect("granted");
                inside[at].insert(person);
            }
            8 => {
                let person = 1 + dice.below(PEOPLE - 1);
                file.revoke(&[recipients[person].identifier()]).expect("revoked");
                inside[at].remove(&person);
            }
            _ => file.rekey().expect("rekeyed"),
        }
        let environment = EnvName::new(ENVIRONMENTS[at]).expect("a name");
        let bytes = file.close(&loaded.binding(&environment), &loaded.rule()).expect("sealed");
        let message = format!("c{commit}");
        write!(
            import,
            "commit refs/heads/main\ncommitter ana <ana@example.test> {} +0000\ndata {}\n{message}\n",
            1_700_000_000 + commit * 60,
            message.len()
        )
        .expect("a Vec takes everything");
        write!(import, "M 100644 inline envs/{environment}.env\ndata {}\n", bytes.len())
            .expect("a Vec takes everything");
        import.extend_from_slice(&bytes);
        import.push(b'\n');
        last[at] = bytes;
        let values = file.pairs().map(|(key, value)| (key.to_string(), value.expose().to_owned())).collect();
        history.push(Version { environment: at, people: inside[at].clone(), values });
    }
    let mut git = project.hermetic("git");
    let mut child = git.args(["fast-import", "--quiet"]).stdin(Stdio::piped()).spawn().expect("git starts");
    child.stdin.take().expect("a pipe").write_all(&import).expect("written");
    assert!(child.wait().expect("git ends").success());
    for (name, bytes) in ENVIRONMENTS.iter().zip(&last) {
        project.write(&format!("envs/{name}.env"), bytes);
    }
    // The project file says who is in today.
    let mut text = project.read("envs/senex-env.toml");
    for (person, recipient) in recipients.iter().enumerate().skip(1) {
        let now: Vec<String> = (0..ENVIRONMENTS.len())
            .filter(|at| inside[*at].contains(&person))
            .map(|at| format!("\"{}\"", ENVIRONMENTS[at]))
            .collect();
        let old = format!("[people.p{person}]\nrecipients = [\"{recipient}\"]\nenvironments = []");
        text = text.replace(&old, &old.replace("[]", &format!("[{}]", now.join(", "))));
    }
    project.write("envs/senex-env.toml", text.as_bytes());

    let begun = Instant::now();
    let output = project.run(["status", "--json"]);
    let took = begun.elapsed();
    let rows: serde_json::Value = serde_json::from_str(&stdout(&output)).expect("JSON");
    let mut compared = 0;
    let mut exposed = 0;
    for row in rows["values"].as_array().expect("a list") {
        let (name, key) = (row["environment"].as_str().expect("text"), row["key"].as_str().expect("text"));
        let at = ENVIRONMENTS.iter().position(|known| *known == name).expect("known");
        let now = history.iter().rev().find(|version| version.environment == at).expect("there");
        let expected: BTreeSet<String> = (1..PEOPLE)
            .filter(|person| !inside[at].contains(person))
            .filter(|person| {
                history.iter().any(|version| {
                    version.environment == at
                        && version.people.contains(person)
                        && version.values.get(key) == now.values.get(key)
                })
            })
            .map(|person| format!("p{person}"))
            .collect();
        let found: BTreeSet<String> = row["exposed_to"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|name| name.as_str().expect("text").to_owned())
            .collect();
        assert_eq!(found, expected, "{name} {key}");
        compared += PEOPLE - 1 - inside[at].len() + 1;
        exposed += found.len();
    }
    println!("{COMMITS} commits: {compared} answers compared, {exposed} exposed, in {took:?}");
    assert!(compared > 100 && exposed > 10, "{compared} and {exposed} are too few to mean anything");
    assert!(took.as_secs_f64() < 5.0 || cfg!(debug_assertions), "{took:?}");
}

/// Two people with homes of their own; `bob` is let in and out in the first two commits.
struct Pair {
    project: TestProject,
}

impl Pair {
    fn new() -> Self {
        let pair = Self {
            project: TestProject::with(
                "version = 1\nproject = \"p\"\n[environments.prod]\n[people.ana]\nrecipients = [\"RECIPIENT\"]\n\
                 environments = [\"prod\"]\n[keys.TOKEN]\n[keys.URL]\nsecret = false\n\
                 [keys.SECRET_KEY]\ntype = \"django-secret-key\"\nkeep_previous_in = \"OLD_KEYS\"\n[keys.OLD_KEYS]\n",
            ),
        };
        pair.project.set("prod", "TOKEN", "seen by bob");
        pair.project.set("prod", "URL", "https://example.test");
        succeeded(&pair.bob(&["identity", "new", "--no-passphrase"]));
        succeeded(&pair.bob(&["join", "bob"]));
        pair.project.commit("start");
        pair
    }

    /// bob comes and goes.
    fn come_and_go(&self) {
        succeeded(&self.project.run(["grant", "bob", "-y"]));
        self.project.commit("bob is in");
        succeeded(&self.project.run(["revoke", "bob", "-y"]));
        self.project.commit("bob is out");
    }

    fn bob(&self, arguments: &[&str]) -> Output {
        let home = self.project.path("homes/bob");
        std::fs::create_dir_all(&home).expect("a home");
        self.project.command().env("HOME", home).args(arguments).output().expect("the program starts")
    }

    #[track_caller]
    fn status(&self, code: i32) -> String {
        let output = self.project.run(["status"]);
        assert_eq!(output.status.code(), Some(code), "{}", stdout(&output));
        stdout(&output)
    }

    #[track_caller]
    fn is_exposed(&self) {
        assert!(self.status(1).contains("bob, whose access was revoked, has seen `TOKEN`"));
    }

    #[track_caller]
    fn is_safe(&self) {
        assert!(self.status(0).contains("no value in use is exposed to a revoked person"));
    }
}

#[test]
fn reused_value_is_exposed_again_and_config_never() {
    let pair = Pair::new();
    pair.come_and_go();
    assert!(!pair.status(1).contains("`URL`"));
    pair.project.set("prod", "TOKEN", "new");
    pair.is_safe();
    pair.project.commit("new");
    pair.project.set("prod", "TOKEN", "seen by bob");
    pair.is_exposed();
}

#[test]
fn exposure_covers_other_branches_and_renames() {
    let pair = Pair::new();
    // On a branch that was never merged.
    pair.project.git(["checkout", "-q", "-b", "try"]);
    pair.come_and_go();
    pair.project.git(["checkout", "-q", "main"]);
    let file = pair.project.read("envs/senex-env.toml");
    pair.is_exposed();
    pair.project.git(["branch", "-q", "-D", "try"]);
    assert!(file.contains("requests") && pair.status(0).contains("no value in use is exposed"));
    // Under the name that the environment had before, changed in the same commit.
    pair.come_and_go();
    let file = pair.project.read("envs/senex-env.toml");
    pair.project.write("envs/senex-env.toml", file.replace("prod", "live").as_bytes());
    pair.project.git(["mv", "envs/prod.env", "envs/live.env"]);
    // git has no sealed version under this name, so whom it lets in is asked about.
    let mut seal = pair.project.command();
    let Some(output) = on_terminal(seal.arg("seal"), &[("[y/N]", "y")]) else { return };
    succeeded(&output);
    pair.project.commit("another name");
    assert!(pair.status(1).contains("exposed live: bob, whose access was revoked, has seen `TOKEN`"));
    pair.project.set("live", "TOKEN", "new");
    pair.is_safe();
}

#[test]
fn unopenable_versions_count_as_unknown() {
    let pair = Pair::new();
    pair.come_and_go();
    // carl comes later: he sees that bob could open versions which he cannot.
    let carl = |arguments: &[&str]| {
        let home = pair.project.path("homes/carl");
        std::fs::create_dir_all(&home).expect("a home");
        pair.project.command().env("HOME", home).args(arguments).output().expect("the program starts")
    };
    succeeded(&carl(&["identity", "new", "--no-passphrase"]));
    succeeded(&carl(&["join", "carl"]));
    succeeded(&pair.project.run(["grant", "carl", "-y"]));
    pair.project.set("prod", "TOKEN", "new");
    pair.project.commit("carl is in");
    pair.is_safe();
    let said = succeeded(&carl(&["status"]));
    assert!(
        said.contains("bob, whose access was revoked, has seen 1 earlier version that you cannot open"),
        "{said}"
    );
    assert!(said.contains("as far as you can open it"), "{said}");
    // Nor is a clone without a past.
    let clone = pair.project.path("shallow");
    let from = format!("file://{}", pair.project.root().display());
    pair.project.git(["clone", "-q", "--depth", "1", &from, clone.to_str().expect("text")]);
    let output =
        pair.project.command().current_dir(&clone).arg("status").output().expect("the program starts");
    let said = format!("{}{}", stdout(&output), crate::support::project::stderr(&output));
    assert!(said.contains("does not have the whole history") && said.contains("as far as you can"), "{said}");
}

#[test]
fn former_plaintext_is_exposed_to_everybody() {
    let pair = Pair::new();
    pair.is_safe();
    let file = pair.project.read("envs/senex-env.toml");
    pair.project
        .write("envs/senex-env.toml", file.replace("[keys.URL]\nsecret = false", "[keys.URL]").as_bytes());
    succeeded(&pair.project.run(["seal", "-y"]));
    pair.project.commit("URL is a secret after all");
    let said = pair.status(1);
    assert!(said.contains("in plaintext, anybody with the repository has seen `URL`"), "{said}");
    pair.project.set("prod", "URL", "https://other.test");
    pair.is_safe();
    // A whole file that was not sealed: nobody knows what it held, and everybody read it.
    let sealed = pair.project.read("envs/prod.env");
    pair.project.write("envs/prod.env", b"TOKEN=oops\n");
    pair.project.commit("oops");
    pair.project.write("envs/prod.env", sealed.as_bytes());
    pair.project.commit("sealed again");
    assert!(pair.status(0).contains("1 earlier version that you cannot open"));
}

#[test]
fn unknown_recipient_is_named_by_its_text() {
    let pair = Pair::new();
    pair.come_and_go();
    // Somebody tidies the project file.
    let file = pair.project.read("envs/senex-env.toml");
    let (before, _) = file.split_once("[people.bob]").expect("bob is there");
    let rest = file.split_once("[keys.TOKEN]").expect("keys").1;
    pair.project.write("envs/senex-env.toml", format!("{before}[keys.TOKEN]{rest}").as_bytes());
    let said = pair.status(1);
    assert!(said.contains("belongs to nobody in the project file, has seen `TOKEN`"), "{said}");
}

#[test]
fn rotated_value_is_reported_as_previous_until_finished() {
    let pair = Pair::new();
    pair.project.set("prod", "SECRET_KEY", "the first one");
    pair.come_and_go();
    pair.project.set("prod", "TOKEN", "new");
    assert!(pair.status(1).contains("bob, whose access was revoked, has seen `SECRET_KEY`"));
    succeeded(&pair.project.run(["rotate", "-y", "--exposed"]));
    let said = pair.status(0);
    assert!(said.contains("bob, whose access was revoked, has seen the previous SECRET_KEY"), "{said}");
    assert!(succeeded(&pair.project.run(["check", "--json"])).contains("\"kept\""));
    succeeded(&pair.project.run(["rotate", "-y", "SECRET_KEY", "--finish"]));
    assert!(!pair.status(0).contains("previous SECRET_KEY"));
}
