//! lefthook: a step of ours in its YAML file, behind what it runs for a hook. Every other byte stays.

use super::yaml::{self, Node};

/// What the step is called.
const NAME: &str = "senex-env";
/// Levels are indented by this where the file has none.
const INDENT: usize = 2;

/// Whether lefthook writes a hook of its own: it leaves all others alone.
pub(super) fn claims(text: &str, hook: &str) -> bool {
    yaml::parse(text).is_some_and(|root| root.entry(hook).is_some())
}

/// Whether anything that it runs for a hook is ours.
pub(super) fn calls(text: &str, hook: &str) -> bool {
    let called = format!("git-hook {hook}");
    let Some(root) = yaml::parse(text) else { return false };
    root.entry(hook).is_some_and(|(_, section)| section.words().iter().any(|word| word.contains(&called)))
}

/// What the step runs. `{0}` are the arguments of git.
pub(super) fn call(hook: &str) -> String {
    match hook {
        "pre-commit" => format!("senex-env git-hook {hook}"),
        _ => format!("senex-env git-hook {hook} {{0}}"),
    }
}

/// The text with the step; `None` where it cannot be put there for certain.
pub(super) fn with_step(text: &str, hook: &str) -> Option<String> {
    let root = yaml::parse(text)?;
    let (after, added) = place(text, &root, hook)?;
    let end = end_of_line(text, after)?;
    let line_end = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let added: String = added.iter().map(|line| format!("{line_end}{line}")).collect();
    let new = format!("{}{added}{}", &text[..end], &text[end..]);
    (calls(&new, hook) && is_insertion(&root, &yaml::parse(&new)?)).then_some(new)
}

/// The line behind which the step is added, and its lines.
fn place(text: &str, root: &Node, hook: &str) -> Option<(usize, Vec<String>)> {
    let sections = root.block_entries()?;
    let first = |section: &Node| section.block_entries()?.first().map(|(key, _)| key.column);
    let unit = sections.iter().find_map(|(_, section)| first(section)).unwrap_or(INDENT);
    let step = |indent: usize| {
        let deeper = indent + unit;
        vec![format!("{:indent$}{NAME}:", ""), format!("{:deeper$}run: {}", "", call(hook))]
    };
    let commands = |indent: usize| {
        let mut lines = vec![format!("{:indent$}commands:", "")];
        lines.extend(step(indent + unit));
        lines
    };
    let Some((header, section)) = root.entry(hook) else {
        let last = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()).last()?.0;
        let mut lines = vec![format!("{hook}:")];
        lines.extend(commands(unit));
        return Some((last, lines));
    };
    let indent = first(section)?;
    if let Some((header, listed)) = section.entry("commands") {
        return Some((end_of_block(text, header), step(first(listed)?)));
    }
    if let Some((header, jobs)) = section.entry("jobs") {
        jobs.block_items()?.first()?;
        let indent = jobs.column;
        let lines =
            vec![format!("{:indent$}- name: {NAME}", ""), format!("{:indent$}  run: {}", "", call(hook))];
        return Some((end_of_block(text, header), lines));
    }
    Some((end_of_block(text, header), commands(indent)))
}

/// The last line of what is below a key: all that is indented deeper, and a list that is not.
fn end_of_block(text: &str, header: &Node) -> usize {
    let mut last = header.line;
    for (number, line) in text.lines().enumerate().skip(header.line + 1) {
        let indent = line.len() - line.trim_start_matches(' ').len();
        match &line[indent..] {
            "" => {}
            _ if indent > header.column => last = number,
            item if indent == header.column && item.starts_with('-') => last = number,
            comment if comment.starts_with('#') => {}
            _ => break,
        }
    }
    last
}

/// The text without the step that [`with_step`] wrote; `None` if it is not there as written.
pub(super) fn without_step(text: &str, hook: &str) -> Option<String> {
    let root = yaml::parse(text)?;
    let (header, section) = root.entry(hook)?;
    let call = call(hook);
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let mut first = step_in_commands(section, &call).or_else(|| step_in_jobs(section, &call))?;
    let last = first + 1;
    let name = lines.get(first)?.trim_start_matches("- name: ").trim_end_matches(':');
    if name != NAME || *lines.get(last)? != format!("run: {call}") {
        return None;
    }
    // What was added for it alone.
    let entries = section.block_entries()?;
    let is_alone = |(key, listed): (&Node, &Node)| {
        key.line + 1 == first
            && lines[key.line] == "commands:"
            && listed.block_entries().is_some_and(|all| all.len() == 1)
    };
    if section.entry("commands").is_some_and(is_alone) {
        first -= 1;
        if entries.len() == 1 && header.line + 1 == first && lines[header.line] == format!("{hook}:") {
            first -= 1;
        }
    }
    let start = match first {
        0 => return None,
        first => end_of_line(text, first - 1)?,
    };
    let end = end_of_line(text, last)?;
    let new = format!("{}{}", &text[..start], &text[end..]);
    is_insertion(&yaml::parse(&new)?, &root).then_some(new)
}

fn step_in_commands(section: &Node, call: &str) -> Option<usize> {
    let (_, commands) = section.entry("commands")?;
    let (key, step) = commands.entry(NAME)?;
    step.is(&[("run", call)]).then_some(key.line)
}

fn step_in_jobs(section: &Node, call: &str) -> Option<usize> {
    let (_, jobs) = section.entry("jobs")?;
    let step = jobs.block_items()?.iter().find(|job| job.is(&[("name", NAME), ("run", call)]))?;
    Some(step.line)
}

/// Where the text of a line ends.
fn end_of_line(text: &str, number: usize) -> Option<usize> {
    let before: usize = text.split_inclusive('\n').take(number).map(str::len).sum();
    Some(before + text[before..].lines().next()?.len())
}

/// Whether `after` says what `before` says, and something more in one place.
fn is_insertion(before: &Node, after: &Node) -> bool {
    let (before, after) = (before.words(), after.words());
    let Some(more) = after.len().checked_sub(before.len()) else { return false };
    let same = before.iter().zip(&after).take_while(|(before, after)| before == after).count();
    before[same..] == after[same + more..]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The step is added, and taken away again to the byte.
    fn added(text: &str, hook: &str) -> String {
        let with = with_step(text, hook).expect("it can be edited");
        assert!(calls(&with, hook) && !calls(text, hook));
        assert_eq!(without_step(&with, hook).as_deref(), Some(text), "not to the byte: {with}");
        with
    }

    #[test]
    fn step_is_written_as_the_file_is() {
        let step = "senex-env git-hook pre-commit";
        let cases = [
            (
                "# ours\npre-commit:\n  parallel: true\n  commands:\n    lint:\n      run: |\n        a\n        # b\n\n# end\n",
                format!(
                    "# ours\npre-commit:\n  parallel: true\n  commands:\n    lint:\n      run: |\n        a\n        # b\n    senex-env:\n      run: {step}\n\n# end\n"
                ),
            ),
            (
                "pre-commit:\n    jobs:\n    - run: a\n      name: b\n    # - run: c\npre-push:\n    jobs: []\n",
                format!(
                    "pre-commit:\n    jobs:\n    - run: a\n      name: b\n    - name: senex-env\n      run: {step}\n    # - run: c\npre-push:\n    jobs: []\n"
                ),
            ),
            (
                "pre-commit:\r\n  scripts:\r\n    a.sh:\r\n      runner: sh",
                format!(
                    "pre-commit:\r\n  scripts:\r\n    a.sh:\r\n      runner: sh\r\n  commands:\r\n    senex-env:\r\n      run: {step}"
                ),
            ),
            (
                "extends: [a.yml]\r\n\r\n",
                format!(
                    "extends: [a.yml]\r\npre-commit:\r\n  commands:\r\n    senex-env:\r\n      run: {step}\r\n\r\n"
                ),
            ),
        ];
        for (text, wanted) in cases {
            assert_eq!(added(text, "pre-commit"), wanted);
        }
        let with = added("post-merge:\n  jobs:\n    - run: a\n", "post-merge");
        assert!(with.ends_with("    - name: senex-env\n      run: senex-env git-hook post-merge {0}\n"));
    }

    #[test]
    fn what_cannot_be_edited_for_certain_is_left() {
        for text in [
            "",
            "# nothing\n",
            "pre-commit: {commands: {a: {run: b}}}\n",
            "pre-commit:\n",
            "pre-commit:\n  commands:\n",
            "pre-commit: *a\n",
            "a: &a\n  b: c\npre-commit:\n  commands: *a\n",
            "pre-commit:\n  jobs: [{run: a}]\n",
            "pre-commit:\n  commands:\n    a:\n      run: b\n---\nx: y\n",
            "pre-commit: [\n",
            "x: y\n...\n",
        ] {
            assert_eq!(with_step(text, "pre-commit"), None, "{text}");
        }
    }

    #[test]
    fn steps_of_other_hands_count_and_stay() {
        let text =
            "pre-commit:\n  jobs:\n    - name: leaks\n      run: ./bin/senex-env git-hook pre-commit\n";
        assert!(calls(text, "pre-commit") && !calls(text, "post-merge"));
        assert_eq!(without_step(text, "pre-commit"), None);
        assert!(!calls(
            "pre-commit:\n  # senex-env git-hook pre-commit\n  jobs:\n    - run: a\n",
            "pre-commit"
        ));
    }
}
