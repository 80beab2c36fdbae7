//! Leaks: planted ones are found, and nothing else is.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use senex_env::testing::name::{EnvName, KeyName};
use senex_env::testing::sealed::{Binding, DataKey, OpenFile, Rule};
use senex_env::testing::secret::Secret;

use crate::support::holder::Nobody;
use crate::support::project::{TestProject, stderr, stdout};
use crate::support::random::Dice;
use crate::support::tools;

/// A project whose development environment holds these values, under `K0`, `K1`, ….
pub fn project_with(values: &[String]) -> TestProject {
    let project = TestProject::new();
    let file = std::fs::read(project.path("home/.config/senex-env/identity.txt")).expect("an identity");
    let identity = senex_env::testing::identity::import(&file, &Nobody).expect("an identity").remove(0);
    let data_key = DataKey::generate().expect("random");
    let wrapped = vec![data_key.wrap(identity.recipient()).expect("wrapped")];
    let mut file = OpenFile::new(data_key, wrapped, Rule::config_keys([]));
    for (number, value) in values.iter().enumerate() {
        file.set(&KeyName::new(&format!("K{number}")).expect("a name"), Secret::new(value.clone()));
    }
    let environment = EnvName::new("development").expect("a name");
    let binding = Binding { project: "demo".to_owned(), environment };
    project.write("envs/development.env", &file.close(&binding, file.rule()).expect("bytes"));
    project
}

fn values() -> Vec<String> {
    let mut dice = Dice::new(7);
    let mut values = vec![
        "correct horse battery staple".to_owned(),
        "postgres://user:p@ss/word@db:5432/app?x=1&y=2".to_owned(),
        r#"quo"te's and $dollars `ticks` \back!"#.to_owned(),
        "pässwörter-mit-Ümlaut-ß".to_owned(),
        "{\"json\": [1, 2, \"drei\"]}".to_owned(),
        format!("-----BEGIN TEST KEY-----\n{}\n-----END TEST KEY-----\n", "Ab3dEf9hIj".repeat(30)),
        "endswithbackslash\\".to_owned(),
        "12345678".to_owned(),
    ];
    let alphabet: Vec<char> = ('!'..='~').collect();
    while values.len() < 40 {
        let length = 8 + dice.below(60);
        values.push((0..length).map(|_| alphabet[dice.below(alphabet.len())]).collect());
    }
    values
}

const ENCODINGS: [&str; 12] = [
    "plain",
    "base64",
    "base64 + 1",
    "base64 + 2",
    "base64url",
    "percent",
    "form",
    "json",
    "json ascii",
    "shell single",
    "shell double",
    "base64 folded",
];

/// Written anew here, so that the program is not its own witness.
fn encode(value: &str, encoding: &str) -> String {
    let url = |value: &str, space: &str| -> String {
        value.bytes().fold(String::new(), |mut out, byte| {
            match byte {
                b' ' => out.push_str(space),
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                    out.push(char::from(byte));
                }
                _ => write!(out, "%{byte:02X}").expect("a string"),
            }
            out
        })
    };
    let json = serde_json::to_string(value).expect("JSON");
    match encoding {
        "plain" => value.to_owned(),
        "base64" => STANDARD.encode(value),
        "base64 + 1" => STANDARD.encode(format!("user:a{value}")),
        "base64 + 2" => STANDARD.encode(format!("ab{value}tail")),
        "base64url" => URL_SAFE_NO_PAD.encode(value),
        "percent" => url(value, "%20"),
        "form" => url(value, "+"),
        "json" => json[1..json.len() - 1].to_owned(),
        "json ascii" => json[1..json.len() - 1].chars().fold(String::new(), |mut out, c| {
            let mut units = [0; 2];
            match c.is_ascii() {
                true => out.push(c),
                false => c
                    .encode_utf16(&mut units)
                    .iter()
                    .for_each(|unit| write!(out, "\\u{unit:04x}").expect("a string")),
            }
            out
        }),
        "shell single" => format!("'{}'", value.replace('\'', "'\\''")),
        "shell double" => {
            let special = |c: char| "\"\\$`".contains(c);
            value.chars().flat_map(|c| special(c).then_some('\\').into_iter().chain([c])).collect()
        }
        "base64 folded" => {
            let text = STANDARD.encode(value);
            let lines: Vec<&str> =
                text.as_bytes().chunks(16).map(|line| std::str::from_utf8(line).expect("ASCII")).collect();
            lines.join("\n    ")
        }
        other => panic!("{other}"),
    }
}

const KINDS: [&str; 10] = [
    "settings.py",
    "compose.yml",
    "data.json",
    "README.md",
    "Dockerfile",
    "deploy.sh",
    "page.html",
    "image.bin",
    "pyproject.toml",
    "big.log",
];

fn file_of_kind(kind: &str, text: &str) -> Vec<u8> {
    let text = match kind {
        "settings.py" => format!("import os\nX = \"{text}\"\n"),
        "compose.yml" => format!("services:\n  web:\n    environment:\n      X: >-\n        {text}\n"),
        "data.json" => format!("{{\"a\": 1, \"x\": \"{text}\"}}"),
        "README.md" => format!("# Title\n\n    export X={text}\n"),
        "Dockerfile" => format!("FROM scratch\nENV X={text} Y=1\n"),
        "deploy.sh" => format!("#!/bin/sh\nX={text} ./run\n"),
        "page.html" => format!("<a href=\"https://x.test/?q={text}&r=1\">x</a>"),
        "pyproject.toml" => format!("[tool]\nx = '''{text}'''\n"),
        "big.log" => {
            format!("{}{text}{}", "2026-11-24 a line of a log\n".repeat(2000), "\nmore\n".repeat(2000))
        }
        _ => return [b"\x7fELF\0\0\x01\xff\xfe\0", text.as_bytes(), b"\0\0\xff"].concat(),
    };
    text.into_bytes()
}

#[test]
fn forty_values_in_twelve_encodings_and_ten_kinds_of_files_are_all_found() {
    let values = values();
    let project = project_with(&values);
    let mut planted = Vec::new();
    for kind in KINDS {
        for (number, value) in values.iter().enumerate() {
            for (at, encoding) in ENCODINGS.iter().enumerate() {
                let path = format!("leaks/{kind}/{number}/{at}/{kind}");
                project.write(&path, &file_of_kind(kind, &encode(value, encoding)));
                planted.push((path, format!("K{number}"), encoding));
            }
        }
    }
    let output = project.run(["scan", "--json"]);
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let found: std::collections::HashSet<(&str, &str)> = report["findings"]
        .as_array()
        .expect("findings")
        .iter()
        .map(|finding| (finding["path"].as_str().expect("a path"), finding["what"].as_str().expect("a key")))
        .collect();
    let missed: Vec<_> =
        planted.iter().filter(|(path, key, _)| !found.contains(&(path.as_str(), key.as_str()))).collect();
    assert!(
        missed.is_empty(),
        "{} of {} missed, as {:?}",
        missed.len(),
        planted.len(),
        &missed[..missed.len().min(9)]
    );
    assert_eq!(planted.len(), 4800);
    for text in [stdout(&output), stderr(&output)] {
        assert!(values.iter().all(|value| !text.contains(value.as_str())), "no value in the report");
    }
}

#[test]
fn skipped_short_and_common_values_are_reported() {
    let project = project_with(&["true".to_owned(), "postgres".to_owned(), "long-enough-1".to_owned()]);
    project.write("a.txt", b"true postgres\n");
    let output = project.run(["scan"]);
    assert!(output.status.success());
    assert!(stderr(&output).contains("too common: `K0` and `K1`"), "{}", stderr(&output));
}

#[test]
fn history_scan_names_the_first_commit() {
    let project = project_with(&["a-value-that-leaked".to_owned()]);
    project.commit("start");
    project.write("sub/a.txt", b"x\ny\npassword: a-value-that-leaked\n");
    project.commit("leak");
    let leak = project.git(["rev-parse", "--short=10", "HEAD"]);
    std::fs::remove_file(project.root().join("sub/a.txt")).expect("removed");
    project.commit("gone");
    assert!(project.run(["scan"]).status.success(), "the tree is clean");
    let output = project.run(["scan", "--history"]);
    assert_eq!(output.status.code(), Some(1));
    let line = format!("sub/a.txt:3: the value of `K0` in development, as written (since {})", leak.trim());
    assert!(stdout(&output).contains(&line), "{}", stdout(&output));
    assert!(project.run(["scan", "--history", "HEAD~2"]).status.success(), "before the leak");
}

#[test]
fn scan_without_an_identity_reports_what_was_skipped() {
    let project = project_with(&["a-value-that-leaked".to_owned()]);
    project.write("k.txt", b"a-value-that-leaked\n");
    let identity = project.path("home/.config/senex-env/identity.txt");
    let text = std::fs::read(&identity).expect("an identity");
    project.write("notes/identity.txt", &text);
    std::fs::remove_file(identity).expect("removed");
    let output = project.run(["scan"]);
    assert_eq!(stdout(&output), "notes/identity.txt:2: a private age identity\n");
    assert!(stderr(&output).contains("`development` were not searched for"), "{}", stderr(&output));
}

#[test]
fn a_finding_is_allowed_by_path_and_key() {
    let project = project_with(&["a-value-that-leaked".to_owned()]);
    project.write("docs/a.md", b"a-value-that-leaked\n");
    project.write("docs/b.txt", b"a-value-that-leaked\n");
    let text = project.read("envs/senex-env.toml");
    project
        .write("envs/senex-env.toml", format!("{text}\n[scan.allow]\n\"docs/*.md\" = [\"K0\"]\n").as_bytes());
    assert_eq!(stdout(&project.run(["scan"])).matches("K0").count(), 1);
}

#[test]
fn broken_pipe_does_not_hide_a_leak() {
    let project = project_with(&["a-value-that-leaked".to_owned()]);
    for number in 0..2000 {
        project.write(&format!("leak-{number}.txt"), b"a-value-that-leaked\n");
    }
    for line in ["scan", "scan --json"] {
        let (status, said) = project.run_unread(line);
        assert_eq!(status, Some(1), "{line}: {said}");
    }
}

/// Packages as the registries of Rust, Python and Node have them.
#[test]
fn real_packages_give_no_finding() {
    let crates = crates();
    let [twenty, with_keys] = [&PACKAGES[..], &["age"]].map(|names| {
        let is_one = |package: &PathBuf| names.iter().any(|name| is_package(package, name));
        crates.iter().filter(|package| is_one(package)).cloned().collect::<Vec<_>>()
    });
    if crates.is_empty() {
        eprintln!("SKIPPED: the sources of the dependencies are not there");
        return;
    }
    assert!(twenty.len() >= PACKAGES.len(), "{}", twenty.len());
    let values = values().into_iter().filter(|value| value != "12345678").collect::<Vec<_>>();
    let project = project_with(&values);
    let others = [tools::tools("node-dotenv", "node_modules/dotenv"), python_packages()].concat();
    for (number, package) in twenty.iter().chain(&others).enumerate() {
        copy(package, &project.root().join(format!("package-{number}")));
    }
    let output = project.run(["scan"]);
    assert!(output.status.success(), "{}", stdout(&output));
    let count = stderr(&output);
    assert!(count.contains("searched ") && count.contains("for 39 values"), "{count}");

    // `age` tests itself with private identities: those are what they are, and found.
    copy(&with_keys[0], &project.root().join("age"));
    let found = stdout(&project.run(["scan"]));
    assert!(found.lines().count() > 50, "{found}");
    assert!(found.lines().all(|line| line.starts_with("age/") && line.contains(": a private ")), "{found}");
}

/// Sources of packages that this program is built from.
fn crates() -> Vec<PathBuf> {
    let cargo = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let cargo = cargo.or_else(|| Some(std::env::home_dir()?.join(".cargo"))).expect("a home");
    let mut packages: Vec<PathBuf> = std::fs::read_dir(cargo.join("registry/src"))
        .into_iter()
        .flatten()
        .flat_map(|registry| std::fs::read_dir(registry.expect("a registry").path()).expect("packages"))
        .map(|package| package.expect("a package").path())
        .filter(|package| package.join("src").is_dir())
        .collect();
    packages.sort();
    packages
}

/// What the tools that the tests use are made of.
fn python_packages() -> Vec<PathBuf> {
    let library = std::fs::read_dir(tools::folder().join("django/lib")).into_iter().flatten().flatten();
    let packages = library.flat_map(|python| std::fs::read_dir(python.path().join("site-packages")));
    packages.flatten().flatten().map(|package| package.path()).filter(|path| path.is_dir()).collect()
}

fn copy(from: &Path, to: &Path) {
    let copied = std::process::Command::new("cp").arg("-r").args([from, to]).status();
    assert!(copied.expect("cp starts").success());
}

const PACKAGES: [&str; 20] = [
    "aes-gcm",
    "aho-corasick",
    "base64",
    "clap_builder",
    "dotenvy",
    "git2",
    "jiff",
    "libc",
    "libyaml-safer",
    "proptest",
    "rand",
    "regex",
    "regex-automata",
    "rustix",
    "serde_core",
    "serde_json",
    "sha2",
    "syn",
    "tempfile",
    "toml_edit",
];

fn is_package(path: &Path, name: &str) -> bool {
    let folder = path.file_name().expect("a name").to_string_lossy();
    folder
        .strip_prefix(name)
        .and_then(|rest| rest.strip_prefix('-'))
        .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
}
