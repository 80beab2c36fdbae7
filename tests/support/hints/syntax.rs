//! Whether a command line is one: for the shell, and for our command line.

use std::process::{Command, Stdio};

/// What stands for something that a person has to choose.
const PLACEHOLDERS: [&str; 10] =
    ["KEY", "NAME", "FILE", "PATH", "ENV", "OLD", "NEW", "COMMAND", "COMMIT", "age1…"];

/// Whether somebody has to put something in its place first.
pub fn is_template(line: &str) -> bool {
    words(line).iter().any(|word| PLACEHOLDERS.contains(&word.as_str()) || word.contains("\"KEY\""))
}

/// The words, as a shell would split them. A lone quote splits nothing.
pub fn words(line: &str) -> Vec<String> {
    shlex::split(line).unwrap_or_default()
}

/// What is wrong with a line of commands.
pub fn problem(line: &str) -> Option<String> {
    let shell = Command::new("sh").args(["-n", "-c", line]).stdin(Stdio::null()).output().expect("sh starts");
    if !shell.status.success() {
        return Some(format!("sh: {}", String::from_utf8_lossy(&shell.stderr).trim()));
    }
    simple_commands(line).iter().find_map(|words| refusal(words))
}

/// The commands of a line that are ours.
pub fn simple_commands(line: &str) -> Vec<Vec<String>> {
    let words = words(line);
    let commands = words.split(|word| ["|", "&&", "||", ";"].contains(&word.as_str()));
    let ours = commands.filter(|words| words.first().is_some_and(|word| word == "senex-env"));
    ours.map(|words| words.iter().take_while(|word| !word.starts_with(['>', '<'])).cloned().collect())
        .collect()
}

/// Why the command line does not know it.
pub fn refusal(words: &[String]) -> Option<String> {
    use clap::error::ErrorKind;
    let error = senex_env::testing::cli::command().try_get_matches_from(words).err()?;
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => None,
        _ => Some(error.to_string().lines().next().unwrap_or_default().to_owned()),
    }
}

/// The commands that have no use for `-e`.
const WITHOUT_ENVIRONMENT: [&str; 14] = [
    "init",
    "demo",
    "scan",
    "hooks",
    "identity",
    "trust",
    "doctor",
    "completions",
    "man",
    "schema",
    "help",
    "version",
    "git-hook",
    "git-textconv",
];

/// The name of the command, and the environment that it names.
pub fn command_and_environment(words: &[String]) -> Option<(String, Option<String>)> {
    let matches = senex_env::testing::cli::command().try_get_matches_from(words).ok()?;
    let (name, inner) = matches.subcommand()?;
    let given = inner.try_get_one::<String>("env").ok().flatten().cloned();
    Some((name.to_owned(), given))
}

/// The commands that are about every environment without `-e`, or about all that somebody asks for.
const OF_ALL: [&str; 7] = ["check", "people", "status", "log", "revoke", "grant", "diff"];

/// Whether the command is about one environment, and without `-e` about the default one.
pub fn has_default_environment(name: &str) -> bool {
    !WITHOUT_ENVIRONMENT.contains(&name) && !OF_ALL.contains(&name)
}
