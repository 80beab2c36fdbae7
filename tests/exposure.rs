//! Exposure on a long history, against an oracle that remembers everything.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::process::Stdio;
use std::time::Instant;

use senex_env::identity::Identity;
use senex_env::name::{EnvName, KeyName};
use senex_env::project::Project;
use senex_env::recipient::Recipient;
use senex_env::sealed::{DataKey, OpenFile};
use senex_env::secret::Secret;

use crate::support::project::{TestProject, stdout};
use crate::support::random::Dice;

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
fn exposure_is_right_on_two_thousand_commits_with_twelve_people() {
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
    for row in rows.as_array().expect("a list") {
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
