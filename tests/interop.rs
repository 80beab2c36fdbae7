//! Files of ours in the hands of the real `sops`, and files of its in ours.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use senex_env::testing::name::{EnvName, KeyName};
use senex_env::testing::sealed::{Binding, Class, DataKey, OpenFile, Rule, SealedFile};
use senex_env::testing::secret::Secret;

use crate::support::holder::Holder;
use crate::support::random::Dice;
use crate::support::tools::tool;

const FILES: usize = 200;
const SEED: u64 = 2;
const THREADS: usize = 4;

type Values = BTreeMap<String, String>;

#[test]
fn two_hundred_random_files_of_ours_open_in_sops_with_equal_values() {
    let Some(sops) = tool("bin/sops") else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let holders = holders(folder.path());
    in_parallel(|number| {
        let mut dice = Dice::new(SEED * 10_000 + number as u64);
        let (chosen, reader) = pick(&holders, &mut dice);
        let names = names(&mut dice);
        let rule = Rule::config_keys(names.iter().filter(|_| dice.below(3) == 0));
        let (open, values, comments) = ours(&mut dice, &chosen, &names, &rule);
        let path = folder.path().join(format!("ours-{number}.env"));
        let bytes = open.close(&binding(), &rule).expect("sealed");
        senex_env::testing::file::create(&path, &bytes, 0o644).expect("written");

        let decrypted = decrypt(&sops, reader, &path, "json");
        let read: Values = serde_json::from_slice(&decrypted).expect("JSON");
        assert!(read == values, "seed {SEED}, file {number}: sops reads other values");
        if !comments.is_empty() {
            let text = String::from_utf8(decrypt(&sops, reader, &path, "dotenv")).expect("text");
            let mut read = text.split('\n').filter_map(|line| line.strip_prefix('#'));
            assert!(read.next().is_some_and(|seal| seal.starts_with(" senex-env seal v2 ")));
            assert!(read.eq(comments), "seed {SEED}, file {number}: sops reads other comments");
        }
    });
}

#[test]
fn two_hundred_random_files_of_sops_open_here_with_equal_values() {
    let Some(sops) = tool("bin/sops") else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let holders = holders(folder.path());
    in_parallel(|number| {
        let mut dice = Dice::new(SEED * 10_000 + 1000 + number as u64);
        let (chosen, reader) = pick(&holders, &mut dice);
        let names = names(&mut dice);
        let (text, values, comments) = plaintext(&mut dice, &names);
        let path = folder.path().join(format!("theirs-{number}.env"));
        senex_env::testing::file::create(&path, text.as_bytes(), 0o600).expect("written");
        let recipients: Vec<String> = chosen.iter().map(|holder| holder.recipient.to_string()).collect();
        let mut command = sops_of(&sops, reader);
        command.args(["encrypt", "--age", &recipients.join(",")]);
        command.args(rule_option(&mut dice, &names)).arg(&path);
        let output = command.output().expect("sops starts");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));

        let file = SealedFile::parse(&output.stdout).expect("the strict profile takes it");
        assert_eq!(file.wrapped_keys().len(), chosen.len());
        let data_key = reader.data_key(&file);
        let open = file.open_unsealed(data_key).expect("it opens");
        let read: Values =
            open.pairs().map(|(name, value)| (name.to_string(), value.expose().to_owned())).collect();
        assert!(read == values, "seed {SEED}, file {number}: other values are read here");
        let read = open.comments().map(|comment| comment.expose().to_owned());
        assert!(read.eq(comments), "seed {SEED}, file {number}: other comments are read here");

        // And back: sealed here, it is the same to sops.
        let rule = Rule::config_keys([]);
        let path = folder.path().join(format!("back-{number}.env"));
        let bytes = open.close(&binding(), &rule).expect("sealed");
        senex_env::testing::file::create(&path, &bytes, 0o644).expect("written");
        let read: Values = serde_json::from_slice(&decrypt(&sops, reader, &path, "json")).expect("JSON");
        assert!(read == values, "seed {SEED}, file {number}: sops reads other values after sealing");
    });
}

/// Two with age identities, two with SSH keys.
fn holders(folder: &Path) -> Vec<Holder> {
    let mut holders = vec![Holder::age(folder, "ana"), Holder::age(folder, "bob")];
    holders.extend(["carol", "dave"].iter().filter_map(|name| Holder::ssh(folder, name, "")));
    holders
}

/// Some of the holders, and one of those to open the file.
fn pick<'h>(holders: &'h [Holder], dice: &mut Dice) -> (Vec<&'h Holder>, &'h Holder) {
    let reader = &holders[dice.below(holders.len())];
    let others = holders.iter().filter(|holder| holder.recipient != reader.recipient);
    let mut chosen: Vec<&Holder> = others.filter(|_| dice.below(2) == 0).collect();
    chosen.insert(dice.below(chosen.len() + 1), reader);
    (chosen, reader)
}

fn names(dice: &mut Dice) -> Vec<KeyName> {
    const FORMS: [&str; 5] = ["KEY", "_key", "DB_PASSWORD", "k_unencrypted", "API_SECRET"];
    let count = dice.below(13);
    let name = |index: usize| format!("{}{index}", FORMS[index % FORMS.len()]);
    (0..count).map(|index| KeyName::new(&name(index)).expect("a name")).collect()
}

fn comment(dice: &mut Dice) -> String {
    dice.value().replace(['\n', '\r'], " ")
}

fn ours(
    dice: &mut Dice,
    holders: &[&Holder],
    names: &[KeyName],
    rule: &Rule,
) -> (OpenFile, Values, Vec<String>) {
    let data_key = DataKey::generate().expect("random");
    let wrapped = holders.iter().map(|holder| data_key.wrap(&holder.recipient).expect("wrapped")).collect();
    let mut open = OpenFile::new(data_key, wrapped, rule.clone());
    let (mut values, mut comments) = (Values::new(), Vec::new());
    for name in names {
        if dice.below(4) == 0 {
            comments.push(comment(dice));
            open.comment(comments.last().expect("just added"));
        }
        let mut value = dice.value();
        if rule.class(name) == Class::Config {
            // The format cannot keep these two characters readable; `close` refuses them.
            value = value.replace("\\n", "\\ n");
        }
        open.set(name, Secret::new(value.clone()));
        values.insert(name.to_string(), value);
    }
    (open, values, comments)
}

/// The text of a plaintext file as `sops` reads it: `\n` is a line feed, nothing else is special.
fn plaintext(dice: &mut Dice, names: &[KeyName]) -> (String, Values, Vec<String>) {
    let (mut text, mut values, mut comments) = (String::new(), Values::new(), Vec::new());
    for name in names {
        if dice.below(4) == 0 {
            let comment = comment(dice);
            text.push_str(&format!("#{comment}\n"));
            comments.push(comment);
        }
        if dice.below(8) == 0 {
            text.push('\n');
        }
        let value = dice.value().replace("\\n", "\n");
        text.push_str(&format!("{name}={}\n", value.replace('\n', "\\n")));
        values.insert(name.to_string(), value);
    }
    (text, values, comments)
}

/// The form of ours most often, and every other one that `sops` has for names.
fn rule_option(dice: &mut Dice, names: &[KeyName]) -> Vec<String> {
    match dice.below(8) {
        0 => Vec::new(),
        1 => vec!["--unencrypted-suffix".into(), "_unencrypted3".into()],
        2 => vec!["--encrypted-suffix".into(), "SECRET4".into()],
        3 => vec!["--encrypted-regex".into(), "(?i)(pass|secret)".into()],
        _ => {
            let config = Rule::config_keys(names.iter().filter(|_| dice.below(3) == 0));
            vec!["--unencrypted-regex".into(), config.text().to_owned()]
        }
    }
}

fn sops_of(sops: &Path, reader: &Holder) -> Command {
    let mut command = Command::new(sops);
    command.env_clear().env("HOME", "/nonexistent").env(reader.variable, &reader.file).current_dir("/");
    command
}

fn decrypt(sops: &Path, reader: &Holder, file: &Path, form: &str) -> Vec<u8> {
    let mut command = sops_of(sops, reader);
    let output = command.args(["decrypt", "--output-type", form]).arg(file).output().expect("sops starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

fn binding() -> Binding {
    Binding { project: "demo".to_owned(), environment: EnvName::new("development").expect("a name") }
}

fn in_parallel(work: impl Fn(usize) + Sync) {
    let work = &work;
    std::thread::scope(|scope| {
        for thread in 0..THREADS {
            scope.spawn(move || (thread..FILES).step_by(THREADS).for_each(work));
        }
    });
}
