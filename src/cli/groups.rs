//! The commands of `--help` in groups, as a person looks for them.

use clap::Command;

/// Every command that is shown, once.
const GROUPS: [(&str, &[&str]); 6] = [
    ("Start", &["init", "demo", "doctor", "trust", "completions", "man", "schema", "help", "version"]),
    ("Every day", &["run", "check", "list", "get", "set", "unset", "edit", "diff", "import", "export"]),
    ("Team", &["identity", "join", "grant", "revoke", "people"]),
    ("Rotation", &["rotate", "rekey", "status"]),
    ("Git", &["hooks", "scan", "log", "seal"]),
    ("Engines", &["push"]),
];

/// Columns of a help text.
const WIDTH: usize = 80;

/// The same command line, whose help shows the groups.
pub(super) fn grouped(command: Command) -> Command {
    let header = command.get_styles().get_header().to_owned();
    let literal = command.get_styles().get_literal().to_owned();
    let names = GROUPS.iter().flat_map(|(_, names)| names.iter());
    let width = names.map(|name| name.len()).max().unwrap_or(0);
    let mut text = String::new();
    for (group, names) in GROUPS {
        text.push_str(&format!("{header}{group}:{header:#}\n"));
        for name in names {
            let about = command.find_subcommand(name).and_then(Command::get_about);
            let about = about.map(ToString::to_string).unwrap_or_default();
            let mut lines = hanging(&about, WIDTH - width - 4).into_iter();
            let first = lines.next().unwrap_or_default();
            text.push_str(&format!("  {literal}{name:<width$}{literal:#}  {first}\n"));
            text.extend(lines.map(|line| format!("  {:<width$}  {line}\n", "")));
        }
        text.push('\n');
    }
    let template = format!(
        "{{before-help}}{{about-with-newline}}\n{{usage-heading}} {{usage}}\n\n{text}\
         {header}Options:{header:#}\n{{options}}{{after-help}}"
    );
    command.help_template(template)
}

/// A text in lines of at most so many columns.
fn hanging(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if line.is_empty() => line.push_str(word),
            Some(line) if line.len() + 1 + word.len() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_is_in_one_group() {
        let command = crate::cli::command();
        let shown = command.get_subcommands().filter(|inner| !inner.is_hide_set());
        let mut shown: Vec<&str> = shown.map(Command::get_name).collect();
        let mut grouped: Vec<&str> = GROUPS.iter().flat_map(|(_, names)| names.iter().copied()).collect();
        shown.sort_unstable();
        grouped.sort_unstable();
        assert_eq!(shown, grouped);
    }
}
