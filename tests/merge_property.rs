//! 2,000 random pairs of branches, merged by the real git through the driver, against an oracle that knows
//! only what was done on each side.
//!
//! One repository has a hundred environments, so that one `git merge` calls the driver a hundred times. A share of the
//! results is also merged the other way round by git, mended where there is a conflict, and shown to `check` and to the
//! real sops; `SENEX_ENV_MERGES=all` does that with every one.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use senex_env::testing::identity::Identity;
use senex_env::testing::name::{EnvName, KeyName};
use senex_env::testing::sealed::{Base, Binding, DataKey, OpenFile, Rule, SealedFile, merge};
use senex_env::testing::secret::Secret;

use crate::support::project::{TestProject, stderr};
use crate::support::random::Dice;
use crate::support::tools;

const ENVIRONMENTS: usize = 100;
const ROUNDS: usize = 20;
const NAMES: [&str; 8] = ["A", "B", "C", "D", "E", "F", "G", "H"];
/// The first two are never revoked: the test opens results as 0, the driver as 1.
const PEOPLE: usize = 5;

/// One version of a file, as somebody made it.
#[derive(Clone)]
struct Version {
    /// In the order of the file: name, value, comments above it.
    keys: Vec<(&'static str, String, Vec<String>)>,
    config: BTreeSet<&'static str>,
    recipients: BTreeSet<usize>,
    data_key: [u8; 32],
    /// The data keys before it, oldest first.
    replaced: Vec<[u8; 32]>,
}

fn data_key(dice: &mut Dice) -> [u8; 32] {
    std::array::from_fn(|_| u8::try_from(dice.below(256)).expect("a byte"))
}

impl Version {
    fn start(dice: &mut Dice) -> Self {
        let mut keys = Vec::new();
        for name in NAMES {
            if dice.below(3) > 0 {
                let comments = (0..dice.below(3)).map(|_| comment(dice)).collect();
                keys.push((name, value(dice), comments));
            }
        }
        let config = NAMES.into_iter().filter(|_| dice.below(4) == 0).collect();
        let recipients = (0..PEOPLE).filter(|person| *person < 2 || dice.below(2) == 0).collect();
        Self { keys, config, recipients, data_key: data_key(dice), replaced: Vec::new() }
    }

    /// What a branch does: set, unset, comments, move, grant, revoke, rekey, config.
    fn changed(&self, shared: &str, dice: &mut Dice) -> Self {
        let mut new = self.clone();
        for _ in 0..=dice.below(4) {
            let name = NAMES[dice.below(NAMES.len())];
            let at = new.keys.iter().position(|(known, _, _)| *known == name);
            match (dice.below(9), at) {
                (0..=2, Some(at)) => new.keys[at].1 = value(dice),
                (0..=2, None) => new.keys.push((name, value(dice), vec![comment(dice)])),
                // The same on both sides.
                (3, Some(at)) => new.keys[at].1 = format!("{shared}{name}"),
                (4, Some(at)) => drop(new.keys.remove(at)),
                (5, Some(at)) if dice.below(2) == 0 => new.keys[at].2.push(comment(dice)),
                (5, Some(at)) => drop(new.keys[at].2.pop()),
                (6, _) => drop(new.recipients.insert(dice.below(PEOPLE))),
                (7, _) => {
                    // A revoke makes a new data key, a rekey does just that.
                    new.recipients.remove(&(2 + dice.below(PEOPLE - 2)));
                    new.replaced.push(new.data_key);
                    new.data_key = data_key(dice);
                }
                (8, _) if !new.config.remove(name) => drop(new.config.insert(name)),
                _ => {}
            }
        }
        new
    }

    fn file(&self, people: &[Identity]) -> OpenFile {
        let data_key = |bytes: &[u8; 32]| DataKey::from_bytes(bytes.to_vec()).expect("32 bytes");
        let first = data_key(self.replaced.first().unwrap_or(&self.data_key));
        let wrapped = self
            .recipients
            .iter()
            .map(|person| first.wrap(people[*person].recipient()).expect("wrapped"))
            .collect();
        let names: Vec<KeyName> = self.config.iter().map(|name| key(name)).collect();
        let mut file = OpenFile::new(first, wrapped, Rule::config_keys(&names));
        for later in self.replaced.iter().skip(1).chain((!self.replaced.is_empty()).then_some(&self.data_key))
        {
            file.rekey_to(data_key(later)).expect("wrapped anew");
        }
        for (name, value, comments) in &self.keys {
            comments.iter().for_each(|text| file.comment(text));
            file.set(&key(name), Secret::new(value.clone()));
        }
        file
    }

    fn get(&self, name: &str) -> Option<&String> {
        self.keys.iter().find(|(known, _, _)| *known == name).map(|(_, value, _)| value)
    }

    fn comments(&self, name: &str) -> BTreeSet<String> {
        self.keys
            .iter()
            .filter(|(known, _, _)| *known == name)
            .flat_map(|(_, _, comments)| comments.iter().cloned())
            .collect()
    }
}

fn key(name: &str) -> KeyName {
    KeyName::new(name).expect("a name")
}

fn value(dice: &mut Dice) -> String {
    if dice.below(12) == 0 { String::new() } else { format!("value-{}", dice.below(1 << 40)) }
}

fn comment(dice: &mut Dice) -> String {
    format!(" comment {}", dice.below(1 << 40))
}

fn set_merge<T: Ord + Clone>(base: &BTreeSet<T>, one: &BTreeSet<T>, other: &BTreeSet<T>) -> BTreeSet<T> {
    one.union(other)
        .filter(|item| one.contains(*item) && other.contains(*item) || !base.contains(*item))
        .cloned()
        .collect()
}

struct Doubt {
    ours: bool,
    theirs: bool,
}

struct Case {
    base: Version,
    ours: Version,
    theirs: Version,
}

impl Case {
    /// By name: `Ok` with the value of the result, `Err` for a conflict.
    fn expected(&self) -> BTreeMap<&'static str, Result<Option<&String>, ()>> {
        NAMES
            .into_iter()
            .map(|name| {
                let (base, ours, theirs) = (self.base.get(name), self.ours.get(name), self.theirs.get(name));
                let doubt = self.doubt();
                let result = match () {
                    () if ours == theirs || base == theirs && !doubt.ours => Ok(ours),
                    () if base == ours && !doubt.theirs => Ok(theirs),
                    () => Err(()),
                };
                (name, result)
            })
            .collect()
    }

    /// The side whose data key was replaced by the other may be the work of somebody who was revoked by that;
    /// where both replaced it, either may be.
    fn doubt(&self) -> Doubt {
        let is_new = |side: &Version| side.data_key != self.base.data_key;
        let (ours, theirs) = (is_new(&self.ours), is_new(&self.theirs));
        Doubt { ours: theirs, theirs: ours }
    }

    fn has_conflict(&self) -> bool {
        self.expected().values().any(Result::is_err)
    }

    /// What git left in the work tree.
    fn judge(&self, text: &str, people: &[Identity], environment: &str) {
        let expected = self.expected();
        let mut conflicts = BTreeSet::new();
        let mut inside = false;
        for line in text.lines() {
            match line.get(..7) {
                Some("<<<<<<<") => inside = true,
                Some(">>>>>>>") => inside = false,
                _ if inside && !line.starts_with("=======") => {
                    conflicts.insert(line.split('=').next().expect("a name").to_owned());
                }
                _ => {}
            }
        }
        let wanted: BTreeSet<String> = expected
            .iter()
            .filter(|(_, result)| result.is_err())
            .map(|(name, _)| (*name).to_owned())
            .collect();
        assert_eq!(
            conflicts, wanted,
            "{environment}: a conflict exactly where both gave one key another value"
        );
        if wanted.is_empty() {
            let file = SealedFile::parse(text.as_bytes()).expect("a sealed file");
            let recipients: BTreeSet<usize> = (0..people.len())
                .filter(|person| file.wrapped_keys().iter().any(|wrapped| people[*person].fits(wrapped)))
                .collect();
            let kept = self.kept();
            assert_eq!(recipients, kept, "{environment}: recipients");
            let data_key = file.wrapped_keys().iter().find_map(|wrapped| people[0].unwrap(wrapped));
            let open = file.open(data_key.expect("a data key"), &binding(environment)).expect("sealed");
            self.judge_open(&open, &kept, environment);
        }
    }

    /// Who may open the result.
    fn kept(&self) -> BTreeSet<usize> {
        let Doubt { ours, theirs } = self.doubt();
        let known = |side: &Version, other: &Version, doubtful: bool| -> BTreeSet<usize> {
            let added =
                |person: &usize| !self.base.recipients.contains(person) && !other.recipients.contains(person);
            side.recipients.iter().filter(|person| !(doubtful && added(person))).copied().collect()
        };
        let (ours, theirs) = (known(&self.ours, &self.theirs, ours), known(&self.theirs, &self.ours, theirs));
        set_merge(&self.base.recipients, &ours, &theirs)
    }

    fn judge_open(&self, open: &OpenFile, kept: &BTreeSet<usize>, environment: &str) {
        for (name, result) in self.expected() {
            let Ok(wanted) = result else { continue };
            let value = open.get(&key(name)).map(|value| value.expose().to_owned());
            assert_eq!(value.as_ref(), wanted, "{environment}: {name}");
            let sides = [&self.ours, &self.theirs];
            let was_readable = |side: &&Version| side.config.contains(name) && side.get(name) == wanted;
            let is_readable = open.rule().class(&key(name)) == senex_env::testing::sealed::Class::Config;
            if let Some(value) = wanted
                && !value.is_empty()
                && is_readable
            {
                assert!(sides.iter().any(was_readable), "{environment}: {name} became readable");
            }
        }
        // Whoever is out never had the data key of the result.
        for version in [&self.base, &self.ours, &self.theirs] {
            let data_key = DataKey::from_bytes(version.data_key.to_vec()).expect("32 bytes");
            let sealed = open.close(&binding(environment), open.rule()).expect("bytes");
            let file = SealedFile::parse(&sealed).expect("a sealed file");
            if file.open(data_key, &binding(environment)).is_ok() {
                let out: Vec<_> = version.recipients.difference(kept).collect();
                assert!(out.is_empty(), "{environment}: {out:?} had the data key of the result");
            }
        }
        let comments: BTreeSet<String> = open.comments().map(|text| text.expose().to_owned()).collect();
        for (name, result) in self.expected() {
            if !matches!(result, Ok(Some(_))) {
                continue;
            }
            let wanted = match (self.ours.get(name), self.theirs.get(name)) {
                (Some(_), Some(_)) => {
                    let sides = [&self.base, &self.ours, &self.theirs].map(|side| side.comments(name));
                    set_merge(&sides[0], &sides[1], &sides[2])
                }
                (Some(_), None) => self.ours.comments(name),
                _ => self.theirs.comments(name),
            };
            assert!(wanted.is_subset(&comments), "{environment}: comments of {name}");
        }
    }

    /// The other direction gives the same, in this process.
    fn judge_reverse(&self, people: &[Identity], environment: &str) {
        let parsed = |version: &Version| {
            let bytes = version.file(people).close(&binding(environment), version.file(people).rule());
            let file = SealedFile::parse(&bytes.expect("bytes")).expect("a sealed file");
            let data_key = DataKey::from_bytes(version.data_key.to_vec()).expect("32 bytes");
            file.open(data_key, &binding(environment)).expect("sealed")
        };
        let (ours, theirs) = (parsed(&self.ours), parsed(&self.theirs));
        let base = Base::Open(parsed(&self.base));
        let there = merge(&base, &ours, &theirs, true, &|_| true).expect("merged");
        let back = merge(&base, &theirs, &ours, false, &|_| true).expect("merged");
        assert_eq!(there.conflicts.len(), back.conflicts.len(), "{environment}");
        if there.conflicts.is_empty() {
            assert_eq!(told(&there.file), told(&back.file), "{environment}: both directions");
        }
    }
}

/// Everything that a file holds.
fn told(file: &OpenFile) -> Vec<String> {
    let mut told: Vec<String> =
        file.pairs().map(|(name, value)| format!("{name}={}", value.expose())).collect();
    told.extend(file.comments().map(|text| text.expose().to_owned()));
    told.extend(file.wrapped_keys().iter().map(|wrapped| wrapped.recipient.clone()));
    told.push(file.rule().text().to_owned());
    told
}

/// What git left in the work tree; `None` for a conflict.
fn result(text: &str, people: &[Identity], environment: &str) -> Option<Vec<String>> {
    let file = SealedFile::parse(text.as_bytes()).ok()?;
    let data_key = file.wrapped_keys().iter().find_map(|wrapped| people[0].unwrap(wrapped));
    Some(told(&file.open(data_key.expect("a data key"), &binding(environment)).expect("sealed")))
}

fn project_file(names: &[String], people: &[Identity], granted: impl Fn(usize) -> Vec<String>) -> String {
    let mut text = "version = 1\nproject = \"demo\"\n".to_owned();
    for name in names {
        text.push_str(&format!("[environments.{name}]\n"));
    }
    for (number, person) in people.iter().enumerate() {
        text.push_str(&format!(
            "[people.p{number}]\nrecipients = [\"{}\"]\nenvironments = {:?}\n",
            person.recipient(),
            granted(number)
        ));
    }
    text
}

fn binding(environment: &str) -> Binding {
    Binding { project: "demo".to_owned(), environment: EnvName::new(environment).expect("a name") }
}

#[test]
fn random_merges_lose_no_change_and_restore_no_access() {
    let names: Vec<String> = (0..ENVIRONMENTS).map(|number| format!("e{number}")).collect();
    let project = TestProject::new();
    let mut people: Vec<Identity> = (0..PEOPLE).map(|_| Identity::generate()).collect();
    people[1] = driver_identity(&project);
    project.write("envs/senex-env.toml", project_file(&names, &people, |_| names.clone()).as_bytes());
    assert!(project.run(["hooks", "install"]).status.success());
    project.commit("start");
    let all = std::env::var_os("SENEX_ENV_MERGES").is_some_and(|value| value == "all");

    let mut dice = Dice::new(5);
    let mut count = Count::default();
    for round in 0..ROUNDS {
        let cases: Vec<Case> = names
            .iter()
            .map(|_| {
                let base = Version::start(&mut dice);
                let shared = format!("shared-{}", dice.below(1 << 30));
                let (ours, theirs) = (base.changed(&shared, &mut dice), base.changed(&shared, &mut dice));
                Case { base, ours, theirs }
            })
            .collect();
        let commit = |message: &str, pick: &dyn Fn(&Case) -> &Version| {
            for (name, case) in names.iter().zip(&cases) {
                let file = pick(case).file(&people);
                let bytes = file.close(&binding(name), file.rule()).expect("bytes");
                project.write(&format!("envs/{name}.env"), &bytes);
            }
            project.git(["add", "-A"]);
            project.git(["commit", "-q", "--no-verify", "--allow-empty", "-m", message]);
        };
        project.git(["checkout", "-q", "-B", "main"]);
        commit("base", &|case| &case.base);
        project.git(["checkout", "-q", "-B", "side"]);
        commit("theirs", &|case| &case.theirs);
        project.git(["checkout", "-q", "main"]);
        commit("ours", &|case| &case.ours);
        let texts = merged_by_git(&project, "side", &names, &cases);
        for ((name, case), text) in names.iter().zip(&cases).zip(&texts) {
            case.judge(text, &people, name);
            case.judge_reverse(&people, name);
            count.merged += 1;
            count.conflicts += usize::from(case.has_conflict());
        }
        if all || round % 10 == 0 {
            count.sops +=
                mended_and_shown_to_others(&project, &names, &cases, &people, if all { 1 } else { 7 });
            project.git(["reset", "-q", "--hard"]);
            project.git(["checkout", "-q", "side"]);
            let back = merged_by_git(&project, "main", &names, &cases);
            for ((name, there), back) in names.iter().zip(&texts).zip(&back) {
                assert_eq!(
                    result(there, &people, name),
                    result(back, &people, name),
                    "{name}: both directions"
                );
                count.back += 1;
            }
        }
        project.git(["reset", "-q", "--hard"]);
    }
    println!("{count:?}");
    let Count { merged, conflicts, .. } = count;
    assert_eq!(merged, ENVIRONMENTS * ROUNDS);
    assert!(conflicts > merged / 20 && conflicts < merged / 2, "{conflicts} of {merged} with conflicts");
}

/// For the summary.
#[derive(Debug, Default)]
struct Count {
    merged: usize,
    conflicts: usize,
    /// The other way round, by git.
    back: usize,
    /// Taken by the real sops.
    sops: usize,
}

/// What `git merge` leaves in each file.
fn merged_by_git(project: &TestProject, branch: &str, names: &[String], cases: &[Case]) -> Vec<String> {
    let git = project.hermetic("git").args(["merge", "-q", "--no-edit", branch]).output().expect("git");
    assert_eq!(git.status.success(), !cases.iter().any(Case::has_conflict), "{}", stderr(&git));
    names.iter().map(|name| project.read(&format!("envs/{name}.env"))).collect()
}

/// Each conflict is settled by the command that is named for it; then `check` takes all files, and sops every
/// `share`th. How many those were.
fn mended_and_shown_to_others(
    project: &TestProject,
    names: &[String],
    cases: &[Case],
    people: &[Identity],
    share: usize,
) -> usize {
    let granted = |person: usize| -> Vec<String> {
        let holds = |case: &Case| case.kept().contains(&person);
        names.iter().zip(cases).filter(|(_, case)| holds(case)).map(|(name, _)| name.clone()).collect()
    };
    project.write("envs/senex-env.toml", project_file(names, people, granted).as_bytes());
    for (number, (name, _)) in
        names.iter().zip(cases).enumerate().filter(|(_, (_, case))| case.has_conflict())
    {
        let side = if number % 2 == 0 { "--ours" } else { "--theirs" };
        let sealed = project.run(["seal", "-y", "-e", name, side]);
        assert!(sealed.status.success(), "{name}: {}", stderr(&sealed));
    }
    let check = project.run(["check", "--json"]);
    let findings: serde_json::Value = serde_json::from_slice(&check.stdout).expect("JSON");
    for finding in findings["findings"]
        .as_array()
        .expect("findings")
        .iter()
        .filter(|finding| finding["severity"] == "error")
    {
        // That one environment keeps readable what another does not, and that a revoked person remembers, is so.
        assert!(["rule", "exposed"].map(Into::into).contains(&finding["kind"]), "{finding}");
    }
    let opened = findings["environments"].as_array().expect("environments");
    assert!(
        opened.len() == names.len() && opened.iter().all(|environment| environment["values_checked"] == true)
    );
    let Some(sops) = tools::tool("bin/sops") else { return 0 };
    let shown: Vec<&String> = names.iter().step_by(share).collect();
    std::thread::scope(|scope| {
        for half in shown.chunks(shown.len().div_ceil(2)) {
            let sops = &sops;
            scope.spawn(move || {
                half.iter().for_each(|name| sops_takes(sops, project, &format!("envs/{name}.env")));
            });
        }
    });
    shown.len()
}

fn driver_identity(project: &TestProject) -> Identity {
    let file = std::fs::read(project.path("home/.config/senex-env/identity.txt")).expect("an identity");
    let mut identities =
        senex_env::testing::identity::import(&file, &crate::support::holder::Nobody).expect("an identity");
    identities.remove(0)
}

fn sops_takes(sops: &Path, project: &TestProject, path: &str) {
    let mut command = project.hermetic(sops);
    command.env("SOPS_AGE_KEY_FILE", project.path("home/.config/senex-env/identity.txt"));
    command.args(["decrypt", "--input-type", "dotenv", "--output-type", "dotenv", path]);
    let output = command.output().expect("sops starts");
    assert!(output.status.success(), "{path}: {}", String::from_utf8_lossy(&output.stderr));
}
