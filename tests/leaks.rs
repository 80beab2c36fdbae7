//! A value goes where it was asked to go, and nowhere else: no stream, no argument, no foreign process, no file.

use std::path::PathBuf;

use sha2::{Digest, Sha256, Sha512};

use crate::support::outcome::succeeded;
use crate::support::project::{TestProject, stderr, stdout};
use crate::support::terminal::on_terminal;
use crate::support::watch::{Canary, Watched, watch};

const VALUE: &str = "kanarienvogel-7f3a9c";
/// Somebody else.
const BOB: &str = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";
const FILE: &str = "envs/development.env";

/// Where the value may be seen.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Seen {
    Nowhere,
    /// On standard output: that is what was asked for.
    Output,
    /// In the environment of the command that was started.
    Child,
    /// In a file in memory, and in what the started command prints of it.
    Memory,
    /// In the file that was named.
    File,
}

/// A command, what it reads, how it ends, and where the value may be seen.
type Step = (&'static [&'static str], &'static [u8], i32, Seen);

/// With the file sealed and everything in order. A new command gets its lines here, and in [`OUT_OF_ORDER`].
const IN_ORDER: &[Step] = &[
    (&["set", "SECRET_KEY"], b"kanarienvogel-7f3a9c\n", 0, Seen::Nowhere),
    (&["set", "SECRET_KEY", "--file", "../given/value"], b"", 0, Seen::Nowhere),
    (&["set", "--new", "SECRET_KEZ", "--dry-run"], b"kanarienvogel-7f3a9c\n", 0, Seen::Nowhere),
    (&["set", "SECRET_KEY"], b"kanarienvogel-7f3a9c\0", 2, Seen::Nowhere),
    (&["set", "SECRET_KEY"], b"kanarienvogel-7f3a9c\xff", 2, Seen::Nowhere),
    (&["set", "ALLOWED_HOSTS"], b"kanarienvogel-7f3a9c\\n", 2, Seen::Nowhere),
    (&["set", "SECRET_KYE"], b"kanarienvogel-7f3a9c", 2, Seen::Nowhere),
    (&["set", "-e", "nope", "SECRET_KEY"], b"kanarienvogel-7f3a9c", 2, Seen::Nowhere),
    (&["get", "SECRET_KEY"], b"", 0, Seen::Output),
    (&["get", "SECRET_KYE"], b"", 1, Seen::Nowhere),
    (&["list"], b"", 0, Seen::Nowhere),
    (&["list", "--json"], b"", 0, Seen::Nowhere),
    (&["check"], b"", 1, Seen::Nowhere),
    (&["check", "--json"], b"", 1, Seen::Nowhere),
    (&["seal"], b"", 0, Seen::Nowhere),
    (&["check", "--all", "--format", "github"], b"", 1, Seen::Nowhere),
    (&["diff", "--file", "../given/good.env"], b"", 0, Seen::Nowhere),
    (&["diff", "--file", "-", "--json"], b"SECRET_KEY=kanarienvogel-7f3a9c\n", 0, Seen::Nowhere),
    (&["diff", "--file", "../given/bad-line.env"], b"", 1, Seen::Nowhere),
    (&["diff", "--file", "../given/good.env", "--all", "--reveal"], b"", 0, Seen::Output),
    (&["diff", "--rev", "HEAD"], b"", 2, Seen::Nowhere),
    (&["doctor"], b"", 1, Seen::Nowhere),
    (&["doctor", "--json"], b"", 1, Seen::Nowhere),
    (&["unset", "SECRET_KEY", "--dry-run"], b"", 0, Seen::Nowhere),
    (&["import", "../given/good.env", "--dry-run"], b"", 0, Seen::Nowhere),
    (&["import", "../given/good.env", "-y"], b"", 0, Seen::Nowhere),
    (&["import", "-", "-y"], b"SECRET_KEY=kanarienvogel-7f3a9c\n", 0, Seen::Nowhere),
    (&["import", "../given/bad-line.env"], b"", 1, Seen::Nowhere),
    (&["import", "../given/bad-name.env"], b"", 1, Seen::Nowhere),
    (&["import", "../given/disagree.env"], b"", 1, Seen::Nowhere),
    (&["import", "../given/outside.env"], b"", 1, Seen::Nowhere),
    (&["import", "../given/nul.env"], b"", 1, Seen::Nowhere),
    (&["import", "../given/binary.env"], b"", 1, Seen::Nowhere),
    (&["run", "--", "true"], b"", 0, Seen::Child),
    (&["run", "--", "no-such-command"], b"", 127, Seen::Nowhere),
    (&["run", "--", "sh", "-c", "exit 9", "sh", "{}"], b"", 9, Seen::Memory),
    (&["run", "--format", "json", "--", "cat", "{}"], b"", 0, Seen::Memory),
    (&["run", "--dry-run", "--", "true"], b"", 0, Seen::Nowhere),
    (&["run", "-e", "production", "--", "true"], b"", 125, Seen::Nowhere),
    (&["export", "--format", "json", "SECRET_KEY"], b"", 0, Seen::Output),
    (&["export", "--format", "json", "--output", "../given/exported"], b"", 0, Seen::File),
    (&["export", "--format", "json", "--output", "../no/such/folder"], b"", 6, Seen::Nowhere),
    (&["identity", "show"], b"", 0, Seen::Nowhere),
    (&["rotate", "SECRET_KEY", "-y"], b"kanarienvogel-7f3a9c\n", 1, Seen::Nowhere), // it has it already
    (&["rotate", "SECRET_KEY", "-y"], b"kanarienvogel-7f3a9c-2\n", 0, Seen::Nowhere),
    (&["git-textconv", FILE], b"", 0, Seen::Nowhere),
    (&["trust", "--list"], b"", 0, Seen::Nowhere),
    (&["join", "bob", "--recipient", BOB], b"", 0, Seen::Nowhere),
    (&["grant", "bob", "-y"], b"", 0, Seen::Nowhere),
    (&["people"], b"", 0, Seen::Nowhere),
    (&["revoke", "bob", "-y"], b"", 0, Seen::Nowhere),
    (&["rekey", "-y"], b"", 0, Seen::Nowhere),
    (&["status"], b"", 0, Seen::Nowhere),
    (&["log"], b"", 0, Seen::Nowhere),
    (&["log", "--json"], b"", 0, Seen::Nowhere),
    (&["scan"], b"", 0, Seen::Nowhere),
    (&["scan", "--json"], b"", 0, Seen::Nowhere),
];

/// With a file that must not be used, or an identity that does not open it.
const OUT_OF_ORDER: &[&[&str]] = &[
    &["get", "SECRET_KEY"],
    &["set", "SECRET_KEY"],
    &["unset", "SECRET_KEY"],
    &["list"],
    &["check"],
    &["seal", "-y"],
    &["import", "../given/good.env", "-y"],
    &["export", "--format", "json"],
    &["run", "--", "true"],
    &["run", "--", "cat", "{}"],
    &["grant", "ana", "-y"],
    &["rekey", "-y"],
    &["status"],
    &["rotate", "SECRET_KEY", "-y"],
];

struct Aviary {
    project: TestProject,
    value: Canary,
    /// Bare hashes of it, from which a short value could be found.
    hashes: [Canary; 2],
    identity: Canary,
}

impl Aviary {
    fn new() -> Self {
        let project = TestProject::new();
        let given: [(&str, &[u8]); 8] = [
            ("value", VALUE.as_bytes()),
            ("good.env", b"# a comment\nSECRET_KEY=kanarienvogel-7f3a9c\n"),
            ("bad-line.env", b"SECRET_KEY=\"kanarienvogel-7f3a9c\nand no end\n"),
            ("bad-name.env", b"SECRET-KEY=kanarienvogel-7f3a9c\nkanarienvogel-7f3a9c\n"),
            (
                "disagree.env",
                b"SECRET_KEY=kanarienvogel-7f3a9c$$
",
            ),
            ("outside.env", b"SECRET_KEY=${NO_SUCH}kanarienvogel-7f3a9c\n"),
            ("nul.env", b"SECRET_KEY=kanarienvogel-7f3a9c\0\n"),
            ("binary.env", b"SECRET_KEY=kanarienvogel-7f3a9c\xff\n"),
        ];
        for (name, content) in given {
            senex_env::testing::file::create(&project.path("given").join(name), content, 0o600)
                .expect("written");
        }
        std::fs::create_dir(project.path("tmp")).expect("a folder");
        let identity = std::fs::read_to_string(project.path("home/.config/senex-env/identity.txt"));
        let identity = identity.expect("an identity").lines().last().expect("a line").to_owned();
        let hashes =
            [hex(&Sha256::digest(VALUE)), hex(&Sha512::digest(VALUE))].map(|hash| Canary::new(&hash));
        Self { value: Canary::new(VALUE), hashes, identity: Canary::new(&identity), project }
    }

    /// With a sealed file that holds the value.
    fn sealed() -> Self {
        let aviary = Self::new();
        succeeded(&aviary.project.run_with(["set", "SECRET_KEY"], VALUE.as_bytes()));
        aviary
    }

    fn step(&self, (arguments, input, code, seen): Step) {
        let watched = self.watch(arguments, input);
        let all = format!("{arguments:?}: {}", stderr(&watched.output));
        assert_eq!(watched.output.status.code(), Some(code), "{all}");
        self.judge(&all, &watched, seen);
    }

    fn watch(&self, arguments: &[&str], input: &[u8]) -> Watched {
        let mut command = self.project.command();
        command.args(arguments).env("TMPDIR", self.project.path("tmp"));
        let watched = watch(&self.project, &command, input);
        assert!(!stderr(&watched.output).contains("panicked"), "{}", stderr(&watched.output));
        watched
    }

    fn judge(&self, what: &str, watched: &Watched, seen: Seen) {
        let Watched { output, calls } = watched;
        let on_output = self.value.is_in(&output.stdout);
        assert!(!on_output || matches!(seen, Seen::Output | Seen::Memory), "on standard output of {what}");
        assert!(on_output || seen != Seen::Output, "not on standard output of {what}");
        assert!(!self.value.is_in(&output.stderr), "on standard error of {what}");
        for stream in [&output.stdout, &output.stderr] {
            assert!(!self.identity.is_in(stream), "the identity is shown by {what}");
            assert!(!self.hashes.iter().any(|hash| hash.is_in(stream)), "a hash is shown by {what}");
        }
        for call in calls {
            assert!(!self.identity.is_in(call.as_bytes()), "the identity leaves {what}: {call}");
            if self.value.is_in(call.as_bytes()) {
                let allowed = match seen {
                    Seen::Nowhere => false,
                    Seen::Output => call.contains(" write(1<pipe:"),
                    // Variables follow the arguments, which end with the first bracket.
                    Seen::Child => {
                        call.contains(" execve(") && !self.value.is_in(arguments_of(call).as_bytes())
                    }
                    Seen::Memory => call.contains("</dev/shm/senex-env-") || call.contains(" write(1<pipe:"),
                    Seen::File => call.contains("/given/.senex-env-"),
                };
                assert!(allowed, "{what} lets it out: {call}");
            }
        }
        // Everything on the disk but what was given.
        let mut found = Vec::new();
        for folder in ["repo", "home", "runtime", "tmp"] {
            found.extend(self.value.files_below(&self.project.path(folder)));
        }
        assert_eq!(found, Vec::<PathBuf>::new(), "{what}");
        let identities = self.identity.files_below(&self.project.path(""));
        assert_eq!(identities, [self.project.path("home/.config/senex-env/identity.txt")], "{what}");
    }

    fn every_use_is_silent(&self, what: &str, content: &str) {
        for arguments in OUT_OF_ORDER {
            self.project.write(FILE, content.as_bytes());
            let watched = self.watch(arguments, VALUE.as_bytes());
            let all = format!("{what}: {arguments:?}: {}", stderr(&watched.output));
            self.judge(&all, &watched, Seen::Nowhere);
        }
    }
}

fn arguments_of(call: &str) -> &str {
    call.split_once("], [").map_or(call, |(arguments, _)| arguments)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02X}")).collect()
}

#[test]
fn leak_detector_finds_planted_values() {
    let aviary = Aviary::new();
    let echo = |script: &str| {
        let mut command = aviary.project.hermetic("sh");
        command.args(["-c", script]).env("V", VALUE);
        watch(&aviary.project, &command, b"")
    };
    let seen = |watched: &Watched| watched.calls.iter().any(|call| aviary.value.is_in(call.as_bytes()));
    assert!(aviary.value.is_in(&echo("printf %s \"$V\" | base64").output.stdout));
    assert!(aviary.value.is_in(&echo("printf 1%s \"$V\" | base64").output.stdout));
    assert!(aviary.value.is_in(&echo("printf %s \"$V\" | od -An -tx1 | tr -d ' \\n'").output.stdout));
    if crate::support::tools::program("strace").is_some() {
        assert!(seen(&echo("printf %s \"$V\" >../tmp/x; rm ../tmp/x")), "a file that is gone again");
        assert!(seen(&echo("env -i true \"$V\"")), "an argument");
    }
}

#[test]
fn values_are_shown_only_on_request() {
    let aviary = Aviary::sealed();
    for step in IN_ORDER {
        aviary.step(*step);
    }
    aviary.step((&["unset", "SECRET_KEY"], b"", 0, Seen::Nowhere));
}

#[test]
fn refused_file_is_never_shown() {
    let aviary = Aviary::sealed();
    let good = aviary.project.read(FILE);
    let line = |start: &str| good.lines().find(|line| line.starts_with(start)).expect("a line").to_owned();
    let secret = line("SECRET_KEY=");
    let (head, data) = secret.split_once("data:").expect("a value");
    let flipped = format!("{head}data:{}{}", if data.starts_with('A') { 'B' } else { 'A' }, &data[1..]);
    for (what, content) in [
        ("a flipped value", good.replace(&secret, &flipped)),
        ("no MAC", good.replace(&format!("{}\n", line("sops_mac=")), "")),
        ("another line", format!("{secret}\n{good}")),
        ("a stale seal", good.replace(&secret, &format!("{secret}\nEMPTY="))),
        ("a value less", good.replace(&format!("{secret}\n"), "")),
        ("cut off", good[..good.len() / 2].to_owned()),
        ("CRLF", good.replace('\n', "\r\n")),
    ] {
        aviary.every_use_is_silent(what, &content);
    }
}

#[test]
fn unfitting_identity_is_never_shown() {
    let aviary = Aviary::sealed();
    let path = aviary.project.path("home/.config/senex-env/identity.txt");
    let good = std::fs::read_to_string(&path).expect("an identity");
    let other = aviary.project.path("given/other");
    let made =
        aviary.project.command().args(["identity", "new", "--no-passphrase", "--file"]).arg(&other).output();
    succeeded(&made.expect("it starts"));
    // Out of sight of the search for the identity's text.
    std::fs::remove_file(&path).expect("removed");
    for (what, text) in [
        ("another identity", std::fs::read_to_string(&other).expect("an identity")),
        ("a damaged identity", good.replace("AGE-SECRET-KEY-1", "AGE-SECRET-KEY-1Q")),
        ("a value in its place", VALUE.to_owned()),
    ] {
        for arguments in OUT_OF_ORDER {
            let mut command = aviary.project.command();
            command.args(*arguments).env("SENEX_ENV_KEY", text.trim());
            let output = command.output().expect("it starts");
            for stream in [&output.stdout, &output.stderr] {
                assert!(!aviary.value.is_in(stream), "{what}: {arguments:?}: {}", stderr(&output));
                assert!(memchr::memmem::find(stream, b"AGE-SECRET-KEY").is_none(), "{what}: {arguments:?}");
            }
        }
    }
}

/// The value lies in the clear in these, by somebody's mistake; it is not shown on top of that.
#[test]
fn plaintext_value_is_not_repeated() {
    let aviary = Aviary::sealed();
    let good = aviary.project.read(FILE);
    let secret = good.lines().find(|line| line.starts_with("SECRET_KEY=")).expect("a line").to_owned();
    for (what, content) in [
        ("a plaintext file", format!("SECRET_KEY={VALUE}\n")),
        ("a plaintext file of two lines", format!("SECRET_KEY=\"{VALUE}\n{VALUE}\"\n")),
        ("a secret in the clear", good.replace(&secret, &format!("SECRET_KEY={VALUE}"))),
        ("a comment in the clear", format!("# {VALUE}\n{good}")),
        ("a line that is no pair", format!("{VALUE}\n{good}")),
        ("a conflict", format!("<<<<<<< {VALUE}\n{good}")),
        ("half a value", good.replace(&secret, &format!("SECRET_KEY=ENC[{VALUE}]"))),
        ("a wrong type", good.replace(&secret, &secret.replace("type:str", &format!("type:{VALUE}")))),
        ("JSON", format!("{{\"SECRET_KEY\": \"{VALUE}\"}}\n")),
    ] {
        aviary.project.write(FILE, content.as_bytes());
        for arguments in OUT_OF_ORDER {
            let output = aviary.project.run(*arguments);
            assert!(!output.status.success(), "{what}: {arguments:?}");
            for stream in [&output.stdout, &output.stderr] {
                assert!(!aviary.value.is_in(stream), "{what}: {arguments:?}: {}", stderr(&output));
            }
        }
    }
}

#[test]
fn terminal_input_is_not_echoed() {
    let aviary = Aviary::sealed();
    let project = &aviary.project;
    let (first, again) = ("value of DB_PASSWORD:", "once more:");
    for (dialogue, code) in
        [(&[(first, VALUE), (again, VALUE)][..], 0), (&[(first, VALUE), (again, "another")], 1)]
    {
        let mut command = project.command();
        command.args(["set", "DB_PASSWORD"]);
        let Some(output) = on_terminal(&command, dialogue) else { return };
        assert_eq!(output.status.code(), Some(code), "{}", stdout(&output));
        assert!(!aviary.value.is_in(&output.stdout), "{}", stdout(&output));
    }
    assert_eq!(succeeded(&project.run(["get", "DB_PASSWORD"])), VALUE);
    assert_eq!(aviary.value.files_below(&project.root()), Vec::<PathBuf>::new());
}

#[test]
fn identity_is_written_only_to_its_file() {
    let aviary = Aviary::new();
    let given =
        std::fs::read(aviary.project.path("home/.config/senex-env/identity.txt")).expect("an identity");
    for (name, arguments, input) in [
        ("made", &["identity", "new", "--no-passphrase", "--file", "../made"][..], &b""[..]),
        ("taken", &["identity", "import", "-", "--no-passphrase", "--file", "../taken"], &given),
        (
            "garbage",
            &["identity", "import", "-", "--no-passphrase", "--file", "../garbage"],
            VALUE.as_bytes(),
        ),
    ] {
        let watched = aviary.watch(arguments, input);
        let file = aviary.project.path(name);
        let Ok(text) = std::fs::read_to_string(&file) else {
            assert_eq!((name, watched.output.status.code()), ("garbage", Some(2)));
            aviary.judge(name, &watched, Seen::Nowhere);
            continue;
        };
        let identity = Canary::new(text.lines().last().expect("a line"));
        let all = format!("{name}: {}{}", stdout(&watched.output), stderr(&watched.output));
        assert!(!identity.is_in(all.as_bytes()), "{all}");
        for call in watched.calls.iter().filter(|call| identity.is_in(call.as_bytes())) {
            assert!(call.contains("/.senex-env-") && call.contains(" write("), "{name}: {call}");
        }
        std::fs::remove_file(&file).expect("removed");
        assert!(!identity.files_below(&aviary.project.path("")).iter().any(|path| path.ends_with(name)));
    }
}

#[test]
fn a_started_command_never_gets_an_identity() {
    let aviary = Aviary::sealed();
    let identity = std::fs::read_to_string(aviary.project.path("home/.config/senex-env/identity.txt"));
    let identity = identity.expect("an identity");
    let mut command = aviary.project.command();
    command.args(["run", "--", "env"]);
    for name in ["SENEX_ENV_KEY", "SOPS_AGE_KEY"] {
        command.env(name, &identity);
    }
    for name in ["SENEX_ENV_KEY_FILE", "SENEX_ENV_KEY_CMD", "SOPS_AGE_KEY_FILE", "SOPS_AGE_KEY_CMD"] {
        command.env(name, "/nonexistent");
    }
    let shown = succeeded(&command.output().expect("it starts"));
    assert!(shown.contains(&format!("SECRET_KEY={VALUE}")), "{shown}");
    assert!(!shown.contains("AGE-SECRET-KEY") && !shown.contains("_KEY_FILE") && !shown.contains("_KEY_CMD"));
}
