//! The house rules that a compiler does not hold: which module may import which, who prints, who reads the
//! environment, who looks at a secret, and how long a file may be.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// A module imports from itself and from lower levels.
const LEVELS: [&[&str]; 7] = [
    &[
        "secret",
        "name",
        "recipient",
        "place",
        "file",
        "lock",
        "suggest",
        "listed",
        "words",
        "exit",
        "context",
        "transaction",
        "program",
    ],
    &["sealed", "identity", "project", "plaintext", "compose", "invocation"],
    &["check", "run", "git", "harden", "rotate", "trust", "push"],
    &["error", "ui", "cli"],
    &["desk"],
    &["commands"],
    &["testing"],
];

/// And from these on its own level.
const NEIGHBOURS: &[(&str, &str)] = &[
    ("transaction", "file"),
    ("recipient", "listed"),
    // What a program prints is read, and wiped, as a file is.
    ("program", "file"),
    ("identity", "sealed"),
    ("project", "sealed"),
    // The project file says which compose tools count.
    ("project", "compose"),
    // Which model of compose files and of env files is that of an engine.
    ("invocation", "compose"),
    ("invocation", "plaintext"),
    // The limit for core dumps is lifted for the command that is started.
    ("run", "harden"),
    // Whether git has the sealed files.
    ("check", "git"),
    // When a value last changed is found in the history.
    ("rotate", "git"),
    // How old values are, and who has seen them; files that were merged as text.
    ("check", "git"),
    ("check", "rotate"),
    ("ui", "error"),
    ("cli", "error"),
];

/// Files that call `Secret::expose`: each is answerable for where the value goes.
const EXPOSE: &[&str] = &[
    "check/lint.rs",              // whether what a compose file says is a secret
    "check/rules.rs",             // held against its type and rules
    "check/values.rs",            // well-known values, values in two environments
    "commands/diff.rs",           // printed with `--reveal`
    "commands/edit/text.rs",      // comments, into the editor
    "commands/get.rs",            // printed: that is what was asked for
    "commands/git_textconv.rs",   // comments, which `git diff` shows
    "commands/init/gather.rs",    // COMPOSE_FILE, and what compose reads
    "commands/init/repeated.rs",  // config that repeats a secret
    "commands/init/schema.rs",    // what a value tells of its type and of its secrecy
    "commands/log.rs",            // printed with `--reveal`
    "commands/push.rs",           // on its way into an engine
    "commands/push/mounts.rs",    // paths in compose files
    "commands/rotate/command.rs", // to the command that the person has allowed
    "commands/seal/changes.rs",   // config, old and new
    "commands/run/values.rs",     // COMPOSE_FILE, and paths in compose files
    "commands/run/podman.rs",     // lengths, line ends: what podman changes
    "desk/leaks/values.rs",       // searched for
    "desk/new_identity.rs",       // a new passphrase, on its way into age
    "desk/value.rs",              // a NUL is looked for; comments of the plaintext file
    "plaintext/write/compose.rs",
    "plaintext/read/compose_go.rs",
    "plaintext/write/dotenvy.rs",
    "plaintext/import/mod.rs",
    "plaintext/write/json.rs",
    "plaintext/write/k8s.rs",
    "plaintext/write/node.rs",
    "plaintext/read/python.rs",
    "plaintext/read/values.rs", // what a tool reads by itself
    "plaintext/write/raw.rs",
    "plaintext/write/shell.rs",
    "plaintext/write/systemd.rs",
    "plaintext/write/verify.rs",
    "plaintext/write/format.rs",
    "plaintext/write/yaml.rs",
    "rotate/fallback.rs", // a list of the previous values
    "run/child.rs",       // the environment of the child
    "sealed/file.rs",
    "sealed/fingerprint.rs",
    "sealed/open.rs",
];

/// Files that start another program, by `program.rs`: each is answerable for what that program sees.
const PROGRAMS: &[&str] = &[
    "commands/demo/stage.rs", // git, compose and this program, without the surroundings
    "commands/doctor/machine.rs", // versions
    "commands/rotate/command.rs", // commands that the person has allowed
    "git/ignore.rs",          // whether git ignores a file
    "git/repository.rs",      // an index that libgit2 does not read
    "identity/search.rs",     // the person's own command
    "invocation/version.rs",  // the version of podman-compose
    "push/secret_command.rs", // engines
    "run/child.rs",           // what `run` and `edit` are for
    "run/guardian.rs",        // this program again
];

/// Files that read environment variables or arguments, besides `context.rs`.
const ENVIRONMENT: &[&str] = &[
    "identity/keyring.rs", // whether there is a session bus
    "lib.rs",              // the arguments
    "program.rs",          // what another program inherits
    "run/base.rs",         // the runtime folder
    "run/child.rs",        // how large the environment is
    "run/mod.rs",          // where a program is looked for
];

const LONGEST: usize = 400;

/// A file of `src`, its path from there.
struct Source {
    path: String,
    text: String,
}

impl Source {
    /// The module at the top of the crate.
    fn module(&self) -> &str {
        self.path.split('/').next().unwrap_or_default().trim_end_matches(".rs")
    }

    /// How many `super::` lead out of it to the root of the crate.
    fn depth(&self) -> usize {
        let components = self.path.split('/').count();
        if self.path.ends_with("/mod.rs") { components - 1 } else { components }
    }

    /// Without comments, the tests at the bottom apart.
    fn parts(&self) -> (String, String) {
        let (code, tests) = self.text.split_once("#[cfg(test)]\nmod tests {").unwrap_or((&self.text, ""));
        (without_comments(code), without_comments(tests))
    }

    fn is_test(&self) -> bool {
        self.path.split('/').any(|part| part == "tests" || part == "tests.rs")
    }
}

fn without_comments(code: &str) -> String {
    code.lines().filter(|line| !line.trim_start().starts_with("//")).map(|line| format!("{line}\n")).collect()
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn sources() -> Vec<Source> {
    let top = root().join("src");
    let (mut sources, mut folders) = (Vec::new(), vec![top.clone()]);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let inside = path.strip_prefix(&top).expect("below it").to_str().expect("text").to_owned();
                sources.push(Source { path: inside, text: read(&path) });
            }
        }
    }
    sources.sort_by(|a, b| a.path.cmp(&b.path));
    assert!(sources.len() > 60, "{} files", sources.len());
    sources
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).expect("a text")
}

/// The modules at the top of the crate that a text names: `crate::a::…`, `crate::{a, b::…}`, and what so many
/// `super::` lead to.
fn imports(code: &str, depth: usize) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let to_root = ["crate::".to_owned(), "senex_env::".to_owned(), "super::".repeat(depth)];
    for prefix in &to_root {
        for (at, _) in code.match_indices(prefix.as_str()) {
            let before = code[..at].chars().next_back();
            if before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':') {
                continue;
            }
            let rest = &code[at + prefix.len()..];
            let names = match rest.strip_prefix('{') {
                Some(list) => list_items(list),
                None => first_name(rest).into_iter().collect(),
            };
            // Within an inline module, as many `super::` end one short of the root.
            let by_super = prefix.starts_with("super");
            found.extend(names.into_iter().filter(|name| !by_super || level(name).is_some()));
        }
    }
    found
}

fn first_name(text: &str) -> Option<String> {
    let end = text.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(text.len());
    (end > 0).then(|| text[..end].to_owned())
}

/// The first names in `a, b::{c, d}, e}…`.
fn list_items(list: &str) -> Vec<String> {
    let (mut items, mut depth, mut start) = (Vec::new(), 0, 0);
    for (at, c) in list.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth > 0 => depth -= 1,
            ',' | '}' if depth == 0 => {
                items.extend(first_name(list[start..at].trim()));
                start = at + 1;
                if c == '}' {
                    break;
                }
            }
            _ => {}
        }
    }
    items
}

fn level(module: &str) -> Option<usize> {
    LEVELS.iter().position(|level| level.contains(&module))
}

fn may_import(from: &str, to: &str) -> bool {
    let (Some(own), Some(other)) = (level(from), level(to)) else { return false };
    from == to || other < own || NEIGHBOURS.contains(&(from, to))
}

#[test]
fn imports_run_one_way() {
    let mut wrong = Vec::new();
    for source in sources() {
        let module = source.module();
        let (code, tests) = source.parts();
        // The module of the tests is one deeper.
        let found = [imports(&code, source.depth()), imports(&tests, source.depth() + 1)];
        for import in found.into_iter().flatten() {
            let allowed = match module {
                "lib" | "main" => true,
                module => may_import(module, &import),
            };
            if !allowed {
                wrong.push(format!("{}: {import}", source.path));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

/// One entry for each command, hidden ones too; what several of them need is in `desk`, or below.
#[test]
fn commands_folder_contains_only_commands() {
    use clap::CommandFactory as _;
    let cli = senex_env::testing::cli::Cli::command();
    let names = cli.get_subcommands().map(|command| command.get_name().replace('-', "_"));
    let commands: BTreeSet<String> = names.collect();
    let mut entries = BTreeSet::new();
    let mut wrong = Vec::new();
    for source in sources() {
        let Some(inside) = source.path.strip_prefix("commands/").filter(|inside| *inside != "mod.rs") else {
            continue;
        };
        entries.insert(inside.split('/').next().unwrap_or_default().trim_end_matches(".rs").to_owned());
        let up = "super::".repeat(source.depth() - 1);
        let (code, tests) = source.parts();
        for (code, up) in [(code, up.clone()), (tests, format!("super::{up}"))] {
            let another = |line: &&str| line.contains("commands::") || line.contains(&up);
            wrong
                .extend(code.lines().filter(another).map(|line| format!("{}: {}", source.path, line.trim())));
        }
    }
    assert_eq!(entries, commands);
    assert_eq!(wrong, Vec::<String>::new(), "a command imports another");
}

#[test]
fn every_module_has_its_level() {
    let modules: BTreeSet<String> = sources().iter().map(|source| source.module().to_owned()).collect();
    let levels: BTreeSet<String> = LEVELS.concat().iter().map(|module| (*module).to_owned()).collect();
    assert_eq!(&modules - &levels, ["lib", "main"].map(str::to_owned).into());
    assert_eq!(&levels - &modules, BTreeSet::new());
    let house = read(&root().join("CONTRIBUTING.md"));
    let is_told = |module: &&String| {
        house.split_whitespace().any(|word| word == format!("{module}.rs") || word == format!("{module}/"))
    };
    let untold: Vec<&String> = modules.iter().filter(|module| !is_told(module)).collect();
    assert!(untold.is_empty(), "CONTRIBUTING.md does not say what these are for: {untold:?}");
}

#[test]
fn imports_are_parsed_correctly() {
    let code = "use crate::a::{x, y};\nuse crate::{b, c::{d, e}, f};\nfn g() { crate::h() }\n\
                use super::super::file::j;\nuse super::k;\nuse other_crate::l;\nlet m = super::super::super::git::n;";
    let names = |depth| imports(code, depth).into_iter().collect::<Vec<_>>().join(" ");
    assert_eq!(names(2), "a b c f file h");
    assert_eq!(names(3), "a b c f git h");
    assert!(may_import("commands", "ui") && may_import("ui", "error") && may_import("run", "plaintext"));
    for (from, to) in
        [("sealed", "identity"), ("error", "ui"), ("secret", "sealed"), ("check", "run"), ("run", "ui")]
    {
        assert!(!may_import(from, to), "{from} → {to}");
    }
}

/// The files in whose code one of these words stands.
fn users_of(words: &[&str]) -> BTreeMap<String, String> {
    let mut users = BTreeMap::new();
    for source in sources().iter().filter(|source| !source.is_test()) {
        let (code, _) = source.parts();
        if let Some(line) = code.lines().find(|line| words.iter().any(|word| line.contains(word))) {
            users.insert(source.path.clone(), line.trim().to_owned());
        }
    }
    users
}

fn assert_only(users: BTreeMap<String, String>, allowed: &[&str]) {
    let others: Vec<_> = users.iter().filter(|(path, _)| !allowed.contains(&path.as_str())).collect();
    assert!(others.is_empty(), "{others:#?}");
    let idle: Vec<_> = allowed.iter().filter(|path| !users.contains_key(**path)).collect();
    assert!(idle.is_empty(), "allowed, and no more needed: {idle:?}");
}

#[test]
fn only_the_ui_prints_and_prompts() {
    let words = ["println!", "eprint", "print!", "dbg!", "dev/tty", "anstream::", "io::stderr"];
    assert_only(users_of(&words), &["ui/hidden.rs", "ui/mod.rs"]);
    // The guardian answers through the pipe that is its standard output.
    assert_only(users_of(&["io::stdout", "io::stdin"]), &["run/guardian.rs", "ui/mod.rs", "ui/prompt.rs"]);
}

#[test]
fn environment_is_read_only_in_listed_places() {
    let words =
        ["env::var", "env::args", "env::home_dir", "env::temp_dir", "env::set_var", "env::remove_var"];
    let mut allowed = ENVIRONMENT.to_vec();
    allowed.push("context.rs");
    assert_only(users_of(&words), &allowed);
}

#[test]
fn callers_of_expose_are_listed() {
    assert_only(users_of(&[".expose()", "Secret::expose"]), EXPOSE);
}

/// Where a value is put into an open file above the format: everywhere else a `NewValue` does it.
#[test]
fn new_values_are_read_in_one_place() {
    let of_the_desk = |path: &str| path.starts_with("commands/") || path.starts_with("desk/");
    let mut users = users_of(&["open.set(", "current.set(", "file.set(", "Secret::from_utf8("]);
    users.retain(|path, _| of_the_desk(path));
    assert_only(users, &["desk/value.rs"]);
}

#[test]
fn callers_of_program_are_listed() {
    assert_only(users_of(&["Program::"]), PROGRAMS);
    assert_only(users_of(&["Command::new", "process::Command"]), &["program.rs"]);
}

#[test]
fn functions_are_short() {
    const LONG: usize = 60;
    const FEW: usize = 6;
    const LONGEST: usize = 70;
    let mut long = Vec::new();
    for Source { path, text } in sources().iter().filter(|source| !source.path.ends_with("tests.rs")) {
        let program = text.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
        let lines: Vec<&str> = program.lines().collect();
        for (at, line) in lines.iter().enumerate() {
            let body = line.trim_start();
            let indent = &line[..line.len() - body.len()];
            let is_function =
                body.split('(').next().is_some_and(|head| head.split(' ').any(|word| word == "fn"));
            if !is_function || body.ends_with([';', '}']) {
                continue;
            }
            let end = format!("{indent}}}");
            let length = lines[at..].iter().position(|line| *line == end || *line == format!("{indent};"));
            let length = length.map_or(0, |length| length + 1);
            assert!(length <= LONGEST, "src/{path}:{}: {length} lines", at + 1);
            if length > LONG {
                long.push(format!("src/{path}:{}: {length} lines", at + 1));
            }
        }
    }
    assert!(long.len() <= FEW, "{long:#?}");
}

#[test]
fn files_are_short_and_have_a_header() {
    for Source { path, text } in sources() {
        let lines = text.lines().count();
        assert!(lines <= LONGEST, "src/{path} has {lines} lines; {LONGEST} are allowed");
        let is_tests = path.ends_with("/tests.rs");
        assert!(is_tests || text.starts_with("//! "), "src/{path} does not begin with what it is");
    }
}

#[test]
fn nothing_is_unsafe() {
    for source in sources() {
        let code = without_comments(&source.text).replace("forbid(unsafe_code)", "");
        assert!(!code.contains("unsafe"), "src/{}", source.path);
    }
    for path in ["src/lib.rs", "src/main.rs"] {
        assert!(read(&root().join(path)).contains("#![forbid(unsafe_code)]"), "{path}");
    }
}

#[test]
fn no_obsolete_dependencies() {
    let lock = read(&root().join("Cargo.lock"));
    let names: Vec<&str> =
        lock.lines().filter_map(|line| line.strip_prefix("name = \"")?.strip_suffix('"')).collect();
    assert!(names.contains(&"senex-env") && names.len() > 100);
    for left in ["serde_yaml", "atty", "dotenv", "openssl-sys", "yaml-rust", "ansi_term"] {
        assert!(!names.contains(&left), "{left}");
    }
}

#[test]
fn the_changelog_begins_with_this_version() {
    let Ok(text) = std::fs::read_to_string(root().join("CHANGELOG.md")) else { return };
    let top = text.lines().find_map(|line| line.strip_prefix("## [")).expect("a version");
    let (version, _) = top.split_once(']').expect("a version");
    assert_eq!(version, env!("CARGO_PKG_VERSION"));
}
