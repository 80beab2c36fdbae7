//! Every command that the program can propose is one: those in its source are read by its own command line. Those
//! that it prints while the tests run are followed, by `support/hints`.

use std::path::{Path, PathBuf};

use crate::support::hints::syntax;

/// A string literal, and where it begins.
struct Literal {
    place: String,
    text: String,
}

/// The string literals in the code above the tests of each file in `src`.
fn literals() -> Vec<Literal> {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut literals = Vec::new();
    for path in sources(&top) {
        let text = std::fs::read_to_string(&path).expect("text");
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        let shown = path.strip_prefix(&top).expect("below it").display().to_string();
        literals.extend(
            strings(code).into_iter().map(|(line, text)| Literal { place: format!("{shown}:{line}"), text }),
        );
    }
    literals
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for path in std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()) {
        if path.is_dir() && !path.ends_with("tests") {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") && !path.ends_with("tests.rs") {
            found.push(path);
        }
    }
    found
}

/// The string literals of a program, each with its line.
fn strings(code: &str) -> Vec<(usize, String)> {
    let mut strings = Vec::new();
    let mut line = 1;
    let mut chars = code.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\n' => line += 1,
            '/' if chars.peek() == Some(&'/') => {
                chars.by_ref().take_while(|c| *c != '\n').for_each(drop);
                line += 1;
            }
            '\'' => {
                // A character; a lifetime has no second quote so near.
                let mut ahead = chars.clone();
                let is_escaped = ahead.next() == Some('\\');
                if is_escaped {
                    chars.next();
                    chars.next();
                    chars.by_ref().take_while(|c| *c != '\'').for_each(drop);
                } else if ahead.next() == Some('\'') {
                    chars.nth(1);
                }
            }
            '"' => {
                let start = line;
                let mut text = String::new();
                while let Some(c) = chars.next().filter(|c| *c != '"') {
                    line += usize::from(c == '\n');
                    if c != '\\' {
                        text.push(c);
                        continue;
                    }
                    match chars.next() {
                        Some('n') => text.push('\n'),
                        Some('\n') => {
                            line += 1;
                            while chars.peek().is_some_and(|c| c.is_whitespace()) {
                                line += usize::from(chars.next() == Some('\n'));
                            }
                        }
                        Some(c) => text.push(c),
                        None => {}
                    }
                }
                strings.push((start, text));
            }
            _ => {}
        }
    }
    strings
}

/// Commands in a text: between back-quotes, and lines that are one, as a fix or an example is.
fn commands(text: &str) -> Vec<String> {
    let quoted = text.split('`').skip(1).step_by(2).filter(|span| span.starts_with("senex-env "));
    let mut commands: Vec<String> = quoted.map(str::to_owned).collect();
    if !text.contains('`') {
        let names = senex_env::testing::cli::command();
        let is_command = |line: &&str| {
            let mut words = line.split(' ');
            words.next() == Some("senex-env")
                && words.next().is_some_and(|name| names.find_subcommand(name).is_some())
        };
        commands.extend(text.lines().map(str::trim).filter(is_command).map(str::to_owned));
    }
    commands
}

/// With something in the place of what a format fills in.
fn filled(command: &str) -> Option<String> {
    let command = command.replace("{{", "\u{1}").replace("}}", "\u{2}");
    let mut filled = String::new();
    let mut rest = command.as_str();
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}')?;
        filled.push_str(before);
        filled.push_str(if name == "options" { "" } else { "X" });
        rest = after;
    }
    filled.push_str(rest);
    Some(filled.replace('\u{1}', "{").replace('\u{2}', "}"))
}

/// Where the name of a command is filled in.
const ANY_COMMAND: [&str; 2] = ["senex-env X", "senex-env help COMMAND"];

/// Where commands are named, rather than proposed.
const NAMED: [&str; 5] =
    ["project/tables.rs", "cli/", "sealed/seal.rs", "commands/push.rs", "commands/doctor/host.rs"];

#[test]
fn commands_in_the_source_parse() {
    let (mut tried, mut wrong) = (0, Vec::new());
    for Literal { place, text } in literals() {
        for command in commands(&text).iter().filter_map(|command| filled(command)) {
            let is_name = command.split(' ').count() == 2 || place.starts_with("sealed/seal.rs");
            let is_named = is_name && NAMED.iter().any(|file| place.starts_with(file));
            if is_named || ANY_COMMAND.contains(&command.as_str()) {
                continue;
            }
            tried += 1;
            if let Some(problem) = syntax::problem(&command) {
                wrong.push(format!("src/{place}: `{command}`: {problem}"));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
    assert!(tried > 100, "{tried}");
}

#[test]
fn strings_are_found_in_code() {
    let code =
        "let a = 'x'; // \"no\"\nf::<'a>(\"one `senex-env set {} \\\n    {key}` more\", '\"', \"two\");";
    let found = strings(code);
    assert_eq!(found, [(2, "one `senex-env set {} {key}` more".to_owned()), (3, "two".to_owned())]);
    assert_eq!(commands(&found[0].1), ["senex-env set {} {key}"]);
    assert_eq!(
        filled("senex-env set -e {name} {} --generate '{{}}'").as_deref(),
        Some("senex-env set -e X X --generate '{}'")
    );
}
