//! Every page is found, every link leads somewhere, every command on a page is one that the program knows, and
//! every page whose commands a reader would paste is run by a test.

use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};

use clap::Parser as _;
use senex_env::testing::cli::Cli;

use crate::support::pages::{blocks, pages, read, root};

/// What a page links to in this repository: the file, and the heading in it.
fn links(page: &str) -> Vec<(PathBuf, Option<String>)> {
    let folder = Path::new(page).parent().expect("a folder");
    let targets = read(page);
    let targets = targets.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    targets
        .filter(|target| !target.contains("://") && !target.contains(char::is_whitespace))
        .map(|target| match target.split_once('#') {
            Some(("", heading)) => (PathBuf::from(page), Some(heading.to_owned())),
            Some((file, heading)) => (plain(&folder.join(file)), Some(heading.to_owned())),
            None => (plain(&folder.join(target)), None),
        })
        .collect()
}

/// Without `..`.
fn plain(path: &Path) -> PathBuf {
    path.components().fold(PathBuf::new(), |mut path, component| {
        match component {
            Component::ParentDir => drop(path.pop()),
            other => path.push(other),
        }
        path
    })
}

/// The anchors of a page, as GitHub makes them of headings.
fn anchors(page: &Path) -> BTreeSet<String> {
    let text = read(page.to_str().expect("text"));
    let headings = text.lines().filter(|line| line.starts_with('#'));
    let anchor = |heading: &str| -> String {
        let heading = heading.trim_start_matches('#').trim().to_lowercase();
        let kept = heading.chars().filter(|c| c.is_alphanumeric() || "-_ ".contains(*c));
        kept.map(|c| if c == ' ' { '-' } else { c }).collect()
    };
    headings.map(anchor).collect()
}

#[test]
fn every_page_is_reachable_from_the_index_and_every_link_leads_somewhere() {
    let mut reached: BTreeSet<PathBuf> = BTreeSet::new();
    let mut next = vec![PathBuf::from("docs/README.md")];
    while let Some(page) = next.pop() {
        if !reached.insert(page.clone()) {
            continue;
        }
        for (target, heading) in links(page.to_str().expect("text")) {
            assert!(root().join(&target).exists(), "{} links to {}", page.display(), target.display());
            if target.extension().is_none_or(|extension| extension != "md") {
                continue;
            }
            if let Some(heading) = heading {
                let found = anchors(&target).contains(&heading);
                assert!(found, "{} links to {}#{heading}", page.display(), target.display());
            }
            next.push(target);
        }
    }
    let all: BTreeSet<PathBuf> =
        pages().into_iter().filter(|page| page != "README.md").map(PathBuf::from).collect();
    let lost: Vec<_> = all.difference(&reached).collect();
    assert!(lost.is_empty(), "not reachable from docs/README.md: {lost:?}");
    assert!(
        links("README.md").contains(&(PathBuf::from("docs/README.md"), None)),
        "README.md names no index"
    );
    assert!(reached.contains(Path::new("SECURITY.md")));
}

#[test]
fn index_links_every_page_directly() {
    let index: Vec<PathBuf> = links("docs/README.md").into_iter().map(|(target, _)| target).collect();
    for page in pages().iter().filter(|page| !page.ends_with("README.md")) {
        assert!(index.contains(&PathBuf::from(page)), "{page} is not in docs/README.md");
    }
}

/// The commands in the text of a page: `senex-env …` between back-ticks, up to what only stands for something.
fn inline_commands(text: &str) -> Vec<String> {
    let mut inside_block = false;
    let mut commands = Vec::new();
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            inside_block = !inside_block;
        } else if !inside_block {
            let spans = line.split('`').skip(1).step_by(2);
            commands.extend(spans.filter(|span| span.starts_with("senex-env ")).map(str::to_owned));
        }
    }
    commands
}

#[test]
fn commands_in_prose_parse() {
    let (mut tried, mut unknown) = (0, Vec::new());
    for page in pages().iter().map(String::as_str).chain(["SECURITY.md", "CONTRIBUTING.md"]) {
        for line in inline_commands(&read(page)) {
            let cut = line
                .split(['|', ';', '<', '>', '…'])
                .next()
                .unwrap_or_default()
                .trim_end_matches(['\\', ' ']);
            let words = shlex::split(cut).unwrap_or_else(|| panic!("{page}: {line}"));
            tried += 1;
            if let Some(why) = refusal(&words) {
                unknown.push(format!("{page}: `{line}`: {why}"));
            }
        }
    }
    assert_eq!(unknown, Vec::<String>::new());
    assert!(tried > 80, "{tried}");
}

/// Why the program does not know a command line. A command or an option may be named without what it needs.
fn refusal(words: &[String]) -> Option<String> {
    use clap::error::{ContextKind, ContextValue, ErrorKind};
    if words.get(1).is_some_and(|word| word == "COMMAND") {
        return None;
    }
    let error = Cli::try_parse_from(words).err()?;
    let without_value = error.get(ContextKind::InvalidValue) == Some(&ContextValue::String(String::new()));
    match error.kind() {
        ErrorKind::MissingRequiredArgument
        | ErrorKind::MissingSubcommand
        | ErrorKind::DisplayHelp
        | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
        | ErrorKind::DisplayVersion => None,
        ErrorKind::InvalidValue if without_value => None,
        _ => Some(error.to_string()),
    }
}

#[test]
fn every_page_with_commands_to_paste_is_run() {
    let run: BTreeSet<&str> = super::run::PAGES.iter().map(|(page, _)| *page).collect();
    for page in pages() {
        // The README has a test of its own.
        if page != "README.md" && !blocks(&read(&page), "sh").is_empty() {
            assert!(run.contains(page.as_str()), "no test runs the commands of {page}");
        }
    }
}

#[test]
fn faq_quotes_real_messages() {
    let mut sources = String::new();
    let mut folders = vec![root().join("src")];
    while let Some(folder) = folders.pop() {
        for path in std::fs::read_dir(folder).expect("a folder").flatten().map(|entry| entry.path()) {
            if path.is_dir() {
                folders.push(path);
            } else {
                sources.push_str(&std::fs::read_to_string(path).expect("text"));
            }
        }
    }
    let text = read("docs/faq.md");
    let messages: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("### error: ")).collect();
    for message in &messages {
        for piece in message.split('…').map(str::trim).filter(|piece| piece.len() > 3) {
            assert!(sources.contains(piece), "nothing says “{piece}” any more");
        }
    }
    assert!(messages.len() >= 4, "{}", messages.len());
}

#[test]
fn environment_variables_are_documented() {
    let page = read("docs/environment-variables.md");
    let pattern = regex::Regex::new(
        r#"(?:variable|var|var_os)\("([A-Z_]+)"|"((?:SENEX|SOPS_AGE|XDG|DBUS|COMPOSE|PODMAN_COMPOSE)_[A-Z_]*[A-Z])""#,
    )
    .expect("a pattern");
    let mut found = BTreeSet::new();
    let mut folders = vec![root().join("src")];
    while let Some(folder) = folders.pop() {
        for path in std::fs::read_dir(folder).expect("a folder").flatten().map(|entry| entry.path()) {
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = std::fs::read_to_string(path).expect("text");
            let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
            found.extend(
                pattern
                    .captures_iter(code)
                    .map(|names| names.get(1).or(names.get(2)).expect("one of them").as_str().to_owned()),
            );
        }
    }
    let unnamed: Vec<_> = found.iter().filter(|name| !page.contains(&format!("`{name}`"))).collect();
    assert!(unnamed.is_empty(), "docs/environment-variables.md does not name {unnamed:?}");
    assert!(found.len() > 15, "{found:?}");
}
