//! What may lie in the place of a sealed file: refused with file, line and a way out, quickly, in bounded
//! memory, and nothing is changed.

use crate::support::outcome::{Refusal, succeeded};
use crate::support::project::TestProject;

const FILE: &str = "envs/development.env";
const RESTORE: &str = "`git restore envs/development.env`";

/// Every command that reads the file.
const USES: [&[&str]; 6] = [
    &["get", "SECRET_KEY"],
    &["set", "SECRET_KEY"],
    &["unset", "SECRET_KEY"],
    &["list"],
    &["check"],
    &["seal", "-y"],
];

fn sealed() -> TestProject {
    let project = TestProject::new();
    let values = b"# a comment\nSECRET_KEY=one\nALLOWED_HOSTS=a.test\nDB_PASSWORD=two\n";
    succeeded(&project.run_with(["import", "-"], values));
    project.commit("sealed");
    project
}

/// Puts `content` in the place of the file; every use of it is refused.
fn refused(project: &TestProject, what: &str, content: &[u8], says: &[&str]) {
    project.write(FILE, content);
    let refusal = Refusal { what, code: 5, says };
    for arguments in USES {
        refusal.expect(project, arguments, b"a value");
    }
    let run = Refusal { code: 125, ..refusal };
    run.expect(project, &["run", "--", "true"], b"");
}

#[test]
fn truncated_file_is_refused() {
    let project = sealed();
    let whole = project.read(FILE).into_bytes();
    let mut cuts = 0;
    for length in (0..whole.len() - 1).step_by(7).chain(whole.len() - 3..whole.len() - 1) {
        project.write(FILE, &whole[..length]);
        let refusal = Refusal { what: &format!("cut off after {length}"), code: 5, says: &[FILE, "hint: "] };
        refusal.expect(&project, &["get", "SECRET_KEY"], b"");
        cuts += 1;
    }
    assert!(cuts > 150, "{cuts}");
    // Without its last line end it says the same.
    project.write(FILE, &whole[..whole.len() - 1]);
    assert_eq!(succeeded(&project.run(["get", "SECRET_KEY"])), "one");
}

#[test]
fn file_without_metadata_is_not_treated_as_plaintext() {
    let project = sealed();
    let text = project.read(FILE);
    let data: String =
        text.lines().filter(|line| !line.starts_with("sops_")).map(|line| format!("{line}\n")).collect();
    refused(
        &project,
        "no metadata",
        data.as_bytes(),
        &["it was cut off, or is in another SOPS format", RESTORE],
    );
}

#[test]
fn files_of_other_kinds_are_refused() {
    let project = sealed();
    let mut noise = 1_u64;
    let binary: Vec<u8> = std::iter::repeat_with(|| {
        noise = noise.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        noise.to_be_bytes()[0]
    })
    .take(3000)
    .collect();
    let not_sealed = [FILE, "is not sealed: it has no `sops_` lines", RESTORE];
    refused(&project, "random bytes", &binary, &not_sealed);
    refused(&project, "a PNG", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01", &not_sealed);
    refused(&project, "JSON", b"{\n  \"SECRET_KEY\": \"one=1\"\n}\n", &not_sealed);
    refused(&project, "a file of spaces", b"   \n\n  \n", &not_sealed);
    let import = "senex-env import -e development /dev/shm/development.env";
    let plaintext = [FILE, "is not sealed", import];
    refused(&project, "a plaintext env file", b"SECRET_KEY=hunter2\nB=2\n", &plaintext);
    refused(&project, "one with a value over two lines", b"SECRET_KEY=\"hunter2\nhunter3\"\n", &plaintext);
    let json = br#"{"data":"ENC[AES256_GCM,data:aaaa,iv:","sops":{"age":[]}}"#;
    refused(&project, "JSON of SOPS", json, &["another SOPS format", RESTORE]);
    refused(&project, "nothing", b"", &[FILE, "it is empty", RESTORE]);
}

#[test]
fn converted_line_ends_are_refused() {
    let project = sealed();
    let converted = project.read(FILE).replace('\n', "\r\n");
    let says = ["were converted to CRLF", "hint: `echo 'envs/*.env -text' >>.gitattributes`", "git restore"];
    refused(&project, "CRLF", converted.as_bytes(), &says);
}

#[test]
fn hint_for_converted_line_ends_works() {
    let project = sealed();
    project.git(["config", "core.autocrlf", "true"]);
    project.git(["config", "core.safecrlf", "false"]);
    std::fs::remove_file(project.root().join(FILE)).expect("removed");
    project.git(["checkout", "-q", "--", FILE]);
    let message = Refusal { what: "converted by git", code: 5, says: &["CRLF"] };
    message.expect(&project, &["get", "SECRET_KEY"], b"");
    project.write(".gitattributes", b"envs/*.env -text\n");
    project.git(["rm", "-q", "--cached", FILE]);
    project.git(["restore", "--staged", "--worktree", FILE]);
    assert_eq!(succeeded(&project.run(["get", "SECRET_KEY"])), "one");
}

#[test]
fn unfinished_merge_is_refused() {
    let project = sealed();
    let text = project.read(FILE);
    let (before, mac) = text.split_once("sops_mac=").expect("a MAC");
    let (mac, after) = mac.split_once('\n').expect("a line");
    let conflict =
        format!("{before}<<<<<<< HEAD\nsops_mac={mac}\n=======\nsops_mac={mac}\n>>>>>>> theirs\n{after}");
    let line = format!("--> {FILE}:{}:1", before.lines().count() + 1);
    refused(&project, "conflict markers", conflict.as_bytes(), &["conflict markers", &line]);
    // What mends such a file does not name itself where it cannot.
    for arguments in [USES[0], USES[5]] {
        let refusal = Refusal { what: "conflict markers", code: 5, says: &[RESTORE] };
        refusal.expect(&project, arguments, b"");
    }
}

#[test]
fn invalid_lines_are_refused() {
    let project = sealed();
    let text = project.read(FILE);
    let at = |start: &str| text.lines().position(|line| line.starts_with(start)).expect("a line") + 1;
    let line = |start: &str| text.lines().nth(at(start) - 1).expect("a line");
    let place = |start: &str| format!("--> {FILE}:{}:1", at(start));
    for (what, start, new, says) in [
        ("a word", "SECRET_KEY=", "garbage".to_owned(), "a line is neither a comment nor NAME=value"),
        ("a secret in the clear", "SECRET_KEY=", "SECRET_KEY=hunter2".to_owned(), "stored in plaintext"),
        (
            "a flipped value",
            "SECRET_KEY=",
            flipped(line("SECRET_KEY=")),
            "the value of `SECRET_KEY` was changed",
        ),
        (
            "no time",
            "sops_lastmodified=",
            "sops_lastmodified=now".to_owned(),
            "`sops_lastmodified` is not a valid time",
        ),
        ("no version", "sops_version=", "sops_version=x".to_owned(), "`sops_version` is not a valid version"),
        (
            "another key",
            "DB_PASSWORD=",
            "DB-PASSWORD=".to_owned(),
            "`DB-PASSWORD` is not a portable key name",
        ),
        (
            "a rule",
            "sops_unencrypted_regex=",
            "sops_unencrypted_regex=(".to_owned(),
            "is not a regular expression",
        ),
        (
            "a recipient",
            "sops_age__list_0__map_recipient=",
            "sops_age__list_0__map_recipient=x".to_owned(),
            "invalid recipient",
        ),
    ] {
        let place = place(start);
        let changed = text.replace(line(start), &new);
        project.write(FILE, changed.as_bytes());
        let refusal = Refusal { what, code: 5, says: &[FILE, says, &place, "hint: "] };
        refusal.expect(&project, &["get", "SECRET_KEY"], b"");
    }
    for (start, says) in [
        ("sops_mac=", "`sops_mac` is missing"),
        ("sops_version=", "`sops_version` is missing"),
        ("sops_age__list_0__map_enc=", "its list of recipients has gaps"),
        ("DB_PASSWORD=", "its checksum does not match"),
    ] {
        project.write(FILE, text.replace(&format!("{}\n", line(start)), "").as_bytes());
        let refusal = Refusal { what: start, code: 5, says: &[FILE, says, "hint: "] };
        refusal.expect(&project, &["get", "SECRET_KEY"], b"");
    }
}

fn flipped(line: &str) -> String {
    let (start, data) = line.split_once("data:").expect("a value");
    let other = if data.starts_with('A') { 'B' } else { 'A' };
    format!("{start}data:{other}{}", &data[1..])
}

#[test]
fn oversized_files_are_refused() {
    let project = sealed();
    let path = project.root().join(FILE);
    let get = |what: &str, says: &[&str]| {
        Refusal { what, code: 5, says }.expect(&project, &["get", "SECRET_KEY"], b"");
    };
    for megabytes in [100, 60] {
        let zeros = std::fs::File::create(&path).expect("a file");
        zeros.set_len(megabytes * 1_000_000).expect("sparse");
        drop(zeros);
        get(&format!("{megabytes} MB of zeros"), &[FILE, "hint: "]);
    }
    for (line, megabytes, says) in [
        ("SECRET_KEY=hunter2\n", 100, "it is larger than 64 MiB"),
        ("SECRET_KEY=hunter2\n", 60, "is not sealed"),
        ("sops_a=1\n", 60, "it has more than a million lines"),
        ("\n", 60, "is not sealed"),
        ("#\nsops_a=1\n", 4, "duplicate metadata line"),
    ] {
        project.write(FILE, line.repeat(megabytes * 1_000_000 / line.len()).as_bytes());
        get(&format!("{megabytes} MB of {line:?}"), &[FILE, says, "hint: "]);
    }
}
