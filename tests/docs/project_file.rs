//! `docs/senex-env.toml.md` and the JSON Schema say of every field what the reader accepts.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use senex_env::testing::file::create;
use senex_env::testing::project::{Project, Shape, TABLES, Table, ValueType, json_schema};
use serde_json::Value;

use crate::support::outcome::succeeded;
use crate::support::pages::{blocks, pages, read, root, written_or_equal};
use crate::support::project::{TestProject, stderr};
use crate::support::tools::tool;

const PAGE: &str = "docs/senex-env.toml.md";
const SCHEMA: &str = "docs/senex-env.schema.json";

/// The table of a page, as the fields of the program have it.
fn rows(table: &Table) -> String {
    let mut text = "| field | value | what it says |\n|---|---|---|\n".to_owned();
    for field in table.fields {
        writeln!(text, "| `{}` | {} | {} |", field.name, words(field.shape), field.about).expect("a string");
    }
    text
}

fn words(shape: Shape) -> String {
    match shape {
        Shape::Version => "`1`",
        Shape::Text | Shape::Name => "a string",
        Shape::Bool => "`true` or `false`",
        Shape::Count => "a number",
        Shape::Days => "a number of days: `\"180d\"`",
        Shape::Regex => "a regular expression",
        Shape::Type => "the name of a type",
        Shape::Key => "a key",
        Shape::Environment => "an environment",
        Shape::Environments => "a list of environments",
        Shape::Required => "`true`, `false` or a list of environments",
        Shape::Texts => "a list of strings",
        Shape::Paths => "a list of paths",
        Shape::Replaced => "a list of paths, or of `{ file = \"PATH\", keys = [\"KEY\"] }`",
        Shape::Recipients => "a list of recipients",
        Shape::Program => "a program and its arguments: `[\"program\", \"argument\"]`",
        Shape::Tools => "a list of compose tools: `\"docker compose\"`, `\"podman-compose\"`",
        Shape::Findings => "a list of [findings](check.md#findings-that-can-be-switched-off)",
        Shape::Tables(table) => return format!("tables: `{}`", table.heading),
        Shape::Table(table) => return format!("a table: `{}`", table.heading),
        Shape::Switches => {
            "[findings](check.md#findings-that-can-be-switched-off), each `\"on\"` or `\"off\"`"
        }
        Shape::Allowed => "paths, each with a list of strings",
    }
    .to_owned()
}

/// The page, the rows of each table replaced by those of the program.
fn page_as_it_should_be(page: &str) -> String {
    let mut tables = TABLES.iter();
    let (mut out, mut inside) = (String::new(), false);
    for line in page.lines() {
        match (inside, line) {
            (false, "| field | value | what it says |") => {
                inside = true;
                out.push_str(&rows(tables.next().expect("as many tables as the program has")));
            }
            (true, line) if line.starts_with('|') => {}
            (_, line) => {
                inside = false;
                writeln!(out, "{line}").expect("a string");
            }
        }
    }
    assert!(tables.next().is_none(), "a table of the project file has no place in {PAGE}");
    out
}

#[test]
fn project_file_fields_are_documented() {
    let page = read(PAGE);
    for table in &TABLES[1..] {
        let heading = page.lines().any(|line| line == format!("## `{}`", table.heading));
        assert!(heading, "{} has no heading", table.heading);
    }
    written_or_equal(&root().join(PAGE), &page_as_it_should_be(&page));
}

#[test]
fn the_published_schema_is_the_one_that_the_program_prints() {
    let printed = succeeded(&TestProject::empty().run(["schema", "project"]));
    written_or_equal(&root().join(SCHEMA), &printed);
    assert_eq!(serde_json::from_str::<Value>(&printed).expect("JSON"), json_schema());
}

/// What an editor says of project files: taplo, the language server of TOML, with the published schema. The
/// numbers of those that it refuses; `None` where it is missing.
fn refused_by_the_editor(texts: &[String]) -> Option<BTreeSet<usize>> {
    let taplo = tool("taplo/bin/taplo")?;
    let folder = tempfile::tempdir().expect("a folder");
    let path = |number: usize| folder.path().join(format!("{number}.toml"));
    for (number, text) in texts.iter().enumerate() {
        create(&path(number), text.as_bytes(), 0o644).expect("written");
    }
    let schema = format!("file://{}", root().join(SCHEMA).display());
    let check =
        Command::new(taplo).args(["check", "--schema", &schema]).arg(folder.path().join("*.toml")).output();
    let said = stderr(&check.expect("it starts"));
    assert!(said.contains(&format!("total={}", texts.len())), "{said}");
    let refused = |number: &usize| said.contains(&format!("path=\"{}\"", path(*number).display()));
    Some((0..texts.len()).filter(refused).collect())
}

/// Holds that the editor accepts every text.
fn assert_the_editor_accepts(texts: &[String]) {
    let refused = refused_by_the_editor(texts).unwrap_or_default();
    let refused: Vec<&String> = refused.into_iter().map(|number| &texts[number]).collect();
    assert!(refused.is_empty(), "{}", refused[0]);
}

fn read_by_the_program(text: &str) -> Result<Project, senex_env::testing::project::Error> {
    Project::parse(Path::new("/p"), text)
}

/// Every field once.
const WHOLE: &str = r#"version = 1
project = "demo"
default = "development"
tools = ["podman-compose"]
[environments.development]
compose = ["compose.yml"]
replaces = ["./.env", "..env/a", { file = "env/db.env", keys = ["DB"] }]
[environments.production]
confirm = true
[people.ana]
recipients = ["age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"]
environments = ["development"]
requests = ["production"]
former = []
[keys.SECRET_KEY]
secret = true
required = ["production"]
description = "signs sessions"
type = "django-secret-key"
one_of = ["a"]
not_one_of = ["b"]
min_length = 12
matches = "[a-z]+"
rotate_after = "180d"
keep_previous_in = "OLD_KEYS"
generate = "password:40"
command = ["make-key"]
after_rotate = ["tell", "somebody"]
allow = ["shared-value"]
[keys.SECRET_KEY.production]
required = true
type = "password"
one_of = ["a"]
not_one_of = ["b"]
min_length = 1
matches = "a"
[keys.OLD_KEYS]
required = false
[lints]
silently-empty = "off"
[scan.allow]
"docs/*.md" = ["SECRET_KEY"]
"#;

/// A line of [`WHOLE`], and what is wrong in its place.
const WRONG: &[(&str, &str)] = &[
    ("version = 1", "version = 2"),
    ("version = 1", "version = \"1\""),
    ("version = 1\n", ""),
    ("project = \"demo\"", "project = \" \""),
    ("project = \"demo\"", "project = 1"),
    ("default = \"development\"", "default = true"),
    ("default = \"development\"", "defualt = \"development\""),
    ("tools = [\"podman-compose\"]", "tools = []"),
    ("tools = [\"podman-compose\"]", "tools = [\"podman\"]"),
    ("compose = [\"compose.yml\"]", "compose = \"compose.yml\""),
    ("compose = [\"compose.yml\"]", "compose = [\"/compose.yml\"]"),
    ("compose = [\"compose.yml\"]", "compose = [\"\"]"),
    ("\"./.env\"", "\"/.env\""),
    ("\"./.env\"", "\"\""),
    ("\"./.env\"", "\"./\""),
    ("\"./.env\"", "\"../.env\""),
    ("\"./.env\"", "\"a/../.env\""),
    ("\"./.env\"", "\"a/..\""),
    ("\"./.env\"", "1"),
    ("file = \"env/db.env\", keys", "keys"),
    ("keys = [\"DB\"]", "key = [\"DB\"]"),
    ("keys = [\"DB\"]", "keys = [\"D-B\"]"),
    ("keys = [\"DB\"]", "keys = \"DB\""),
    ("confirm = true", "confirm = \"yes\""),
    ("[environments.development]", "[environments.Development]"),
    ("[people.ana]", "[people.\"ana b\"]"),
    ("recipients = [\"age1", "recipients = [\"AGE-SECRET-KEY-1"),
    ("requests = [\"production\"]", "requests = \"production\""),
    ("[keys.OLD_KEYS]", "[keys.\"OLD-KEYS\"]"),
    ("[keys.OLD_KEYS]", "[keys.sops_mac]"),
    ("required = false", "requierd = false"),
    ("required = false", "required = 1"),
    ("type = \"django-secret-key\"", "type = \"django-key\""),
    ("min_length = 12", "min_length = -1"),
    ("rotate_after = \"180d\"", "rotate_after = \"0d\""),
    ("rotate_after = \"180d\"", "rotate_after = 180"),
    ("keep_previous_in = \"OLD_KEYS\"", "keep_previous_in = \"OLD KEYS\""),
    ("command = [\"make-key\"]", "command = \"make-key\""),
    ("allow = [\"shared-value\"]", "allow = [\"shared-valu\"]"),
    ("required = true\ntype", "secret = true\ntype"),
    ("silently-empty = \"off\"", "silently-empty = false"),
    ("silently-empty = \"off\"", "silent-empty = \"off\""),
    ("[scan.allow]", "[scan.allowed]"),
    ("[\"SECRET_KEY\"]", "\"SECRET_KEY\""),
];

#[test]
fn schema_agrees_with_the_reader() {
    for field in TABLES.iter().flat_map(|table| table.fields) {
        assert!(WHOLE.contains(field.name), "{} is not tried", field.name);
    }
    let types = ValueType::ALL.map(|kind| WHOLE.replace("\"django-secret-key\"", &format!("\"{kind}\"")));
    let wrong = WRONG.iter().map(|(known, wrong)| WHOLE.replacen(known, wrong, 1));
    let texts: Vec<String> = types.into_iter().chain(wrong).collect();
    let bad = |number: &usize| read_by_the_program(&texts[*number]).is_err();
    let refused: BTreeSet<usize> = (0..texts.len()).filter(bad).collect();
    assert_eq!(refused, (ValueType::ALL.len()..texts.len()).collect(), "what the reader refuses");
    if let Some(by_editor) = refused_by_the_editor(&texts) {
        let differ = by_editor.symmetric_difference(&refused);
        let differ: Vec<&str> = differ.map(|number| WRONG[number - ValueType::ALL.len()].1).collect();
        assert!(differ.is_empty(), "the schema does not refuse {differ:?}");
    }
}

#[test]
fn the_schema_accepts_what_init_writes_and_what_the_pages_show() {
    let project = TestProject::empty();
    project.write(".env", b"SECRET_KEY='made up'\nALLOWED_HOSTS=localhost\n");
    succeeded(&project.run(["identity", "new", "--no-passphrase"]));
    succeeded(&project.run(["init", "-y"]));
    let written = project.read("envs/senex-env.toml");
    let id = json_schema()["$id"].as_str().expect("a name").to_owned();
    assert_eq!(written.lines().next(), Some(format!("#:schema {id}").as_str()));

    let mut texts = vec![WHOLE.to_owned(), written, read("envs/senex-env.toml")];
    for page in pages() {
        for (heading, block) in blocks(&read(&page), "toml") {
            let text = completed(&block);
            let read = read_by_the_program(&text);
            assert!(read.is_ok(), "{page} under “{heading}”: {:?}", read.err());
            texts.push(text);
        }
    }
    assert!(texts.len() > 10, "{}", texts.len());
    assert_the_editor_accepts(&texts);
}

/// A piece of a project file that a page shows, with what the piece leaves out.
fn completed(block: &str) -> String {
    if block.contains("version = 1") {
        return block.to_owned();
    }
    let mut text = format!("version = 1\nproject = \"demo\"\n{block}");
    for name in ["development", "production"] {
        if !block.contains(&format!("[environments.{name}]")) {
            writeln!(text, "[environments.{name}]").expect("a string");
        }
    }
    text
}
