//! What people write and type by mistake, in the project file, on the command line and as a value: refused with
//! file, line and a way out, and nothing is changed.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};

use senex_env::testing::name::{EnvName, KeyName};
use senex_env::testing::sealed::{Binding, DataKey, OpenFile, Rule};
use senex_env::testing::secret::Secret;

use crate::support::outcome::{Refusal, bounded};
use crate::support::project::TestProject;

const PROJECT: &str = "envs/senex-env.toml";
const FILE: &str = "envs/development.env";

fn sealed() -> TestProject {
    let project = TestProject::new();
    project.set("development", "SECRET_KEY", "one");
    project.set("development", "ALLOWED_HOSTS", "a.test");
    project
}

/// A slip in the project file: what is exchanged, for what, the column where, and what is said.
const SLIPS: &[(&str, &str, &str, &[&str])] = &[
    ("project = \"demo\"", "project \"demo\"", "9", &["expected `=`", "2 | project \"demo\""]),
    ("project = \"demo\"", "project = \"demo", "", &["2 | project = \"demo"]),
    (
        "required = true",
        "requird = true",
        "1",
        &["unknown field `requird`", "hint: did you mean `required`?"],
    ),
    ("required = true", "required = \"yes\"", "1", &["`required` must be true or false"]),
    ("required = true", "rotate_after = \"soon\"", "1", &["a number of days, such as \"180d\""]),
    ("required = true", "matches = \"(\"", "1", &["`matches` is not a regular expression"]),
    ("[keys.SECRET_KEY]", "[kyes.SECRET_KEY]", "2", &["unknown field `kyes`", "did you mean `keys`?"]),
    (
        "[keys.SECRET_KEY]",
        "[keys.SECRET-KEY]",
        "7",
        &["`SECRET-KEY` is not a name for a key: character 7 is `-`"],
    ),
    ("[keys.SECRET_KEY]", "[keys.sops_mac]", "7", &["`sops_mac` is not a name for a key"]),
    ("[environments.production]", "[environments.development]", "15", &["duplicate name"]),
    ("[environments.production]", "[environments.Production]", "15", &["`Production` is not a name"]),
    ("[environments.production]", "[environments.\"../x\"]", "15", &["`../x` is not a name"]),
    ("version = 1", "version = 2", "1", &["this senex-env supports only version 1"]),
    ("version = 1\n", "", "1", &["`version = 1` is missing"]),
    ("default = \"development\"", "default = \"developmnet\"", "1", &["did you mean `development`?"]),
    (
        "[\"production\"]",
        "[\"prodction\"]",
        "1",
        &["there is no environment `prodction`", "did you mean `production`?"],
    ),
    (
        "recipients = [\"age1",
        "recipients = [\"age1pq1",
        "1",
        &["post-quantum recipients are not supported yet"],
    ),
    ("recipients = [\"age1", "recipients = [\"AGE-SECRET-KEY-1", "1", &["it is a private identity"]),
    ("recipients = [\"age1", "recipients = [\"age1x", "1", &["it is damaged"]),
];

#[test]
fn project_file_mistakes_are_reported_with_a_place() {
    let project = sealed();
    let good = project.read(PROJECT);
    for (old, new, column, says) in SLIPS {
        let line = good[..good.find(old).expect(old)].matches('\n').count() + 1;
        project.write(PROJECT, good.replacen(old, new, 1).as_bytes());
        let place = format!("--> {PROJECT}:{line}:{column}");
        let mut says = says.to_vec();
        says.push(&place);
        for arguments in [&["get", "SECRET_KEY"][..], &["set", "SECRET_KEY"], &["check"], &["list"]] {
            Refusal { what: new, code: 3, says: &says }.expect(&project, arguments, b"value");
        }
    }
}

#[test]
fn invalid_project_files_are_refused() {
    let project = sealed();
    let deep = format!("a = {}", "[".repeat(200_000));
    let long = format!("version = 1\nproject = \"{}\n", "x".repeat(500_000));
    for (what, content, says) in [
        ("nothing", &b""[..], "`version = 1` is missing"),
        ("not text", b"\xff\xfe\x00", "it is not UTF-8 text"),
        ("a sealed file", project.read(FILE).as_bytes(), PROJECT),
        ("deep", deep.as_bytes(), PROJECT),
        ("a long line", long.as_bytes(), PROJECT),
        ("two megabytes", &vec![b'#'; 2_000_000], "it is too large"),
    ] {
        project.write(PROJECT, content);
        let mut command = bounded(&project, &["list"]);
        Refusal { what, code: 3, says: &[says] }.expect_of(&project, &mut command, b"");
        let message = command.output().expect("it starts").stderr;
        assert!(message.len() < 1000, "{what}: {} bytes are said", message.len());
    }
}

#[test]
fn a_private_identity_in_the_project_file_is_not_shown_again() {
    let project = sealed();
    let identity = project.path("home/.config/senex-env/identity.txt");
    let identity = std::fs::read_to_string(identity).expect("an identity");
    let private = identity.lines().last().expect("a line");
    let text = project.read(PROJECT);
    let line = text.lines().find(|line| line.starts_with("recipients")).expect("a line");
    project.write(PROJECT, text.replace(line, &format!("recipients = [\"{private}\"]")).as_bytes());
    Refusal { what: "a private identity", code: 3, says: &["it is a private identity"] }.expect(
        &project,
        &["list"],
        b"",
    );
    let message = project.run(["list"]).stderr;
    assert!(!String::from_utf8_lossy(&message).contains("AGE-SECRET-KEY"));
}

#[test]
fn unknown_environment_is_refused() {
    let project = sealed();
    let has = "the project has `development` and `production`";
    for (name, says) in [
        ("prodction", &["there is no environment `prodction`", has, "hint: did you mean `production`?"][..]),
        ("staging", &["there is no environment `staging`", has]),
        ("../production", &["there is no environment of that name", has]),
        ("", &["there is no environment of that name", has]),
    ] {
        for arguments in
            [&["get", "SECRET_KEY"][..], &["set", "SECRET_KEY"], &["list"], &["check"], &["seal"]]
        {
            let arguments = [arguments, &["-e", name]].concat();
            Refusal { what: name, code: 2, says }.expect(&project, &arguments, b"value");
        }
    }
    for (value, says) in [
        (
            OsStr::new("prodction"),
            &[
                "SENEX_ENV names an environment that does not exist: `prodction`",
                "did you mean `production`?",
            ][..],
        ),
        (OsStr::from_bytes(b"\xff"), &["SENEX_ENV names an environment that does not exist", has]),
    ] {
        let mut command = bounded(&project, &["list"]);
        Refusal { what: "SENEX_ENV", code: 2, says }.expect_of(
            &project,
            command.env("SENEX_ENV", value),
            b"",
        );
    }
    let text = project.read(PROJECT);
    project.write(PROJECT, text.replace("default = \"development\"\n", "").as_bytes());
    let says = &[
        "no environment given, and the project has no default",
        "hint: add `-e NAME`: development and production",
    ];
    Refusal { what: "no default", code: 2, says }.expect(&project, &["list"], b"");
}

#[test]
fn unknown_keys_and_invalid_names_are_refused() {
    let project = sealed();
    for (arguments, code, says) in [
        (
            &["get", "SECRET_KYE"][..],
            1,
            &["`development` has no key `SECRET_KYE`", "did you mean `SECRET_KEY`?"][..],
        ),
        (&["get", "secret-key"], 2, &["that is not a valid key name", "character 7 is `-`"]),
        (
            &["unset", "SECRET_KYE"],
            1,
            &["`development` has no key `SECRET_KYE`", "did you mean `SECRET_KEY`?"],
        ),
        (
            &["set", "SECRET_KYE"],
            2,
            &["did you mean `SECRET_KEY`?", "hint: `senex-env set -e development --new SECRET_KYE`"],
        ),
        (
            &["set", "DB-PASSWORD"],
            2,
            &["that is not a valid key name", "character 3 is `-`", "hint: use letters, digits"],
        ),
        (
            &["set", "sops_mac"],
            2,
            &["names beginning with `sops_` are reserved by the file format", "hint: "],
        ),
        (&["set", "1A"], 2, &["character 1 is `1`", "hint: "]),
        (&["set", ""], 2, &["it is empty", "hint: "]),
        (&["set", "A B"], 2, &["character 2 is a space", "hint: "]),
        (&["set", "A\u{1b}[31m"], 2, &["character 2 is U+001B", "hint: "]),
        (
            &["get", "-e", "production", "SECRET_KEY"],
            6,
            &["envs/production.env does not exist", "hint: `senex-env set -e production KEY`"],
        ),
    ] {
        Refusal { what: "a name", code, says }.expect(&project, arguments, b"value");
    }
}

#[test]
fn a_value_on_the_command_line_is_refused_and_not_repeated() {
    let project = sealed();
    for arguments in [
        &["set", "SECRET_KEY=hunter2"][..],
        &["get", "SECRET_KEY=hunter2"],
        &["unset", "SECRET_KEY=hunter2"],
        &["set", "SECRET_KEY", "hunter2"],
        &["set", "SECRET_KEY", "--value=hunter2"],
        &["set", "SECRET_KEY", "--value", "hunter2"],
    ] {
        let says = &["on the command line", "hint: `senex-env set "];
        Refusal { what: "a value", code: 2, says }.expect(&project, arguments, b"value");
        let output = project.run(arguments);
        let message = String::from_utf8_lossy(&output.stderr);
        assert!(!message.contains("hunter2"), "{arguments:?}: {message}");
    }
}

#[test]
fn invalid_values_are_refused() {
    let project = sealed();
    let large = vec![b'x'; 16 * 1024 * 1024 + 1];
    for (what, key, value, code, says) in [
        (
            "NUL",
            "SECRET_KEY",
            &b"hunter2\0"[..],
            2,
            &["the value of `SECRET_KEY` contains a NUL byte", "hint: "][..],
        ),
        (
            "not UTF-8",
            "SECRET_KEY",
            b"hunter2\xff",
            2,
            &["the value of `SECRET_KEY` is not UTF-8 text", "hint: "],
        ),
        ("nothing", "SECRET_KEY", b"", 2, &["standard input is empty", "hint: "]),
        ("17 MB", "SECRET_KEY", &large, 6, &["standard input is larger than 16 MiB"]),
        (
            "a readable `\\n`",
            "ALLOWED_HOSTS",
            b"a\\nb",
            2,
            &["must be secret", "hint: remove `secret = false` from `[keys.ALLOWED_HOSTS]`"],
        ),
    ] {
        Refusal { what, code, says }.expect(&project, &["set", key], value);
        if key == "SECRET_KEY" && !value.is_empty() {
            Refusal { what, code, says }.expect(&project, &["rotate", key], value);
        }
    }
    project.write("nul", b"hunter2\0");
    project.write("binary", b"hunter2\xff");
    for (path, code, says) in [
        ("nul", 2, "contains a NUL byte"),
        ("binary", 2, "is not UTF-8 text"),
        ("nope", 6, "the file that `--file` names does not exist"),
        ("envs", 6, "cannot read envs: it is a folder"),
        ("/dev/zero", 6, "cannot read /dev/zero: it is too large"),
    ] {
        let arguments = ["set", "SECRET_KEY", "--file", path];
        Refusal { what: path, code, says: &[says] }.expect(&project, &arguments, b"");
    }
}

#[test]
fn unreadably_large_file_is_never_written() {
    let names = ["A1", "A2", "A3", "A4", "A5"].map(|name| KeyName::new(name).expect("a name"));
    let rule = Rule::config_keys(&names);
    let binding =
        Binding { project: "demo".to_owned(), environment: EnvName::new("development").expect("a name") };
    let mut open = OpenFile::new(DataKey::generate().expect("random"), Vec::new(), rule.clone());
    for name in &names {
        assert!(open.close(&binding, &rule).is_ok());
        open.set(name, Secret::new("x".repeat(15 * 1024 * 1024)));
    }
    assert_eq!(open.close(&binding, &rule).err(), Some(senex_env::testing::sealed::Error::Overfull));
}

#[test]
fn non_utf8_arguments_are_refused() {
    let project = sealed();
    let mut command = bounded(&project, &["get"]);
    command.arg(OsString::from_vec(b"SECRET\xff".to_vec()));
    Refusal { what: "not UTF-8", code: 2, says: &["invalid UTF-8"] }.expect_of(&project, &mut command, b"");
}

#[test]
fn missing_project_suggests_init() {
    let project = sealed();
    let mut command = bounded(&project, &["list"]);
    command.current_dir(project.path("home"));
    let says = &["there is no `envs/senex-env.toml` here or in a folder above", "hint: `senex-env init`"];
    Refusal { what: "no project", code: 3, says }.expect_of(&project, &mut command, b"");
}

#[test]
fn a_value_in_the_wrong_place_is_not_repeated() {
    let project = sealed();
    for arguments in [
        &["set", "hunter2 and more"][..],
        &["get", "hunter2 and more"],
        &["list", "-e", "hunter2 and more"],
        &["grant", "hunter2 and more"],
        &["join", "hunter2 and more"],
        &["diff", "DB_PASSWORD=hunter2"],
        &["log", "hunter2 and more"],
        &["rotate", "SECRET_KEY", "hunter2"],
        &["check", "--format", "hunter2"],
        &["set", "--force=hunter2", "SECRET_KEY"],
        &["hunter2"],
    ] {
        let output = project.run(arguments);
        let message = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {message}");
        assert!(message.starts_with("error: ") && !message.contains("hunter2"), "{arguments:?}: {message}");
    }
}
