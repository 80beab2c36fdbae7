//! What `init` says: the proposal, what stays as it is, and what comes next.

use std::path::{Path, PathBuf};

use super::gather::{Gathered, Left, Taken};
use super::plaintext::Obstacle;
use super::seal::Plain;
use crate::desk::{At, Session, taking_over};
use crate::git;
use crate::invocation::Starter;
use crate::name::EnvName;
use crate::plaintext::{Doubt, LeftOut};
use crate::project::{Project, ProposedKey};
use crate::run;
use crate::ui::{Table, style, styled};
use crate::words;

/// The proposal at a glance.
pub(super) fn table(project: &Project, keys: &[ProposedKey], environments: &[Gathered]) -> String {
    let title = format!("{}: found here, and what would be declared:", styled(style::NAME, &project.name));
    let mut found = Table::default();
    for environment in environments {
        let mut from: Vec<String> = environment.compose.clone();
        let names = environment.taken.iter().map(|file| file.path.display().to_string());
        match words::list(&names.collect::<Vec<_>>()) {
            names if names.is_empty() => from.push("no values yet".to_owned()),
            names => from.push(format!("{} from {names}", words::count(environment.values(), "value"))),
        }
        found.row([environment.name.as_str().into(), from.join(", ").into()]);
    }
    let found = found.lines(None).into_iter().map(|line| format!("  {line}"));
    let lines = std::iter::once(title).chain(found).chain(lines_of_keys(keys));
    lines.map(|line| line + "\n").collect()
}

/// Each key under the heading of its group.
fn lines_of_keys(keys: &[ProposedKey]) -> Vec<String> {
    let mut table = Table::default();
    for key in keys {
        let required = match &key.required {
            None => "required".to_owned(),
            Some(some) if some.is_empty() => String::new(),
            Some(some) => format!("required in {}", words::list(some)),
        };
        let secret = if key.secret { "secret" } else { "readable" };
        let kind = key.kind.map_or("", |kind| kind.as_str());
        table.row([key.name.as_str().into(), secret.into(), kind.into(), required.into()]);
    }
    let (mut lines, mut group) = (Vec::new(), "");
    for (key, line) in keys.iter().zip(table.lines(None)) {
        if key.group != group {
            group = key.group;
            lines.push(styled(style::DIM, group.split(':').next().unwrap_or(group)));
        }
        lines.push(format!("  {line}"));
    }
    lines
}

/// What may surprise: said before anything is written.
pub(super) fn warn(root: &Path, environments: &[Gathered], session: &Session<'_>) {
    let shown = |path: &Path| session.relative(&root.join(path)).display().to_string();
    let mut said: Vec<String> = Vec::new();
    for environment in environments {
        if let Some(Err(why)) = &environment.loaded {
            said.push(format!("{why}; what {} needs is not known", environment.name));
        }
        for file in &environment.taken {
            said.extend(dropped(file, &shown));
            said.extend(left_out(file, &shown));
            said.extend(doubts(file, environment, &shown));
            said.extend(link(file, &shown));
        }
        for (path, left) in &environment.left {
            said.push(self::left(&shown(path), left, environment));
        }
    }
    let mut unique: Vec<String> = Vec::new();
    for text in said {
        if !unique.contains(&text) {
            session.ui.warning(&text);
            unique.push(text);
        }
    }
}

fn dropped(file: &Taken, shown: &dyn Fn(&Path) -> String) -> Option<String> {
    let path = shown(&file.path);
    (!file.dropped.is_empty()).then(|| {
        format!(
            "{path} gives {} a different value from the file that compose reads, which wins: the value of {path} is not imported, and the file stays",
            words::names(&file.dropped)
        )
    })
}

fn left_out(file: &Taken, shown: &dyn Fn(&Path) -> String) -> Option<String> {
    let path = shown(&file.path);
    let left = &file.imported.left_out;
    (!left.is_empty()).then(|| format!("{path} is not imported whole, and stays: {}", of_lines(left)))
}

/// What is left out, line by line.
fn of_lines(left: &[LeftOut]) -> String {
    let lines: Vec<String> =
        left.iter().take(MOST).map(|left| format!("in line {}, {left}", left.line)).collect();
    let more = left.len().saturating_sub(MOST);
    let more = if more == 0 { String::new() } else { format!("; and {more} more") };
    format!("{}{more}", words::clean(&lines.join("; ")))
}

/// What the readers make of each doubtful key.
fn of_doubts(doubts: &[Doubt]) -> String {
    doubts.iter().take(MOST).map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

/// So much is told of a file one by one.
const MOST: usize = 8;

fn doubts(file: &Taken, environment: &Gathered, shown: &dyn Fn(&Path) -> String) -> Option<String> {
    let path = shown(&file.path);
    let doubts = &file.imported.doubts;
    (!doubts.is_empty()).then(|| {
        let told = of_doubts(doubts);
        let options = taking_over::settling(&doubts[..doubts.len().min(MOST)]);
        format!(
            "{path} is not imported whole, and stays, because tools read keys differently: {}; after this, \
             `senex-env import -e {} {options} {path}` imports them as these readers do",
            told, environment.name
        )
    })
}

fn link(file: &Taken, shown: &dyn Fn(&Path) -> String) -> Option<String> {
    let target = file.target.as_ref()?;
    Some(format!("{} leads to {}, which still has the values in plaintext", shown(&file.path), shown(target)))
}

/// Why a plaintext file is not taken over, and how it can be.
fn left(path: &str, left: &Left, environment: &Gathered) -> String {
    let name = &environment.name;
    match left {
        Left::Obstacle(Obstacle::Import(error)) => format!(
            "{path} is not imported: {error}; `senex-env import -e {name} {path}` says more, after this"
        ),
        Left::Obstacle(Obstacle::SealedBy { tool: "sops", .. }) => format!(
            "{path} is sealed by sops: after this, `sops decrypt --input-type dotenv --output-type dotenv {path} | senex-env import -y -e {name} --dialect literal -`"
        ),
        Left::Obstacle(Obstacle::SealedBy { tool: "dotenvx", .. }) => format!(
            "{path} is sealed by dotenvx: after this, `dotenvx decrypt -f {path} --stdout | senex-env import -y -e {name} -`"
        ),
        Left::Obstacle(Obstacle::SealedBy { tool, .. }) => format!(
            "{path} is sealed by {tool}: after this, unlock it and `senex-env import -e {name} {path}`"
        ),
        Left::OfProduction => format!(
            "{path} stays: a service of {name} reads it (`env_file:`), and the values of {name} need not be those that lie here"
        ),
        Left::HasNames(names) => {
            format!(
                "{path} is not imported and stays: a service reads it (`env_file:`), and {}",
                of_lines(names)
            )
        }
        Left::Doubtful(doubts) => format!(
            "{path} is not imported and stays: a service reads it (`env_file:`), and tools read keys differently: {}",
            of_doubts(doubts)
        ),
        Left::Contradicts(keys) => format!(
            "{path} is not imported and stays: a service reads it (`env_file:`), and it gives {} another value than {name} has",
            words::names(keys)
        ),
    }
}

/// The commands that come next.
pub(super) fn next(project: &Project, plain: &Plain, session: &Session<'_>) -> String {
    let mut commands = Vec::new();
    let first = &project.environments[0].name;
    let sealed =
        project.environments.iter().find(|environment| project.sealed_file(&environment.name).exists());
    let has_values = |name: &EnvName| {
        let file = At::new(session, project, name).read();
        file.is_ok_and(|file| file.is_some_and(|file| file.entries().next().is_some()))
    };
    if !project.keys.is_empty() && !project.environments.iter().any(|it| has_values(&it.name)) {
        commands.push(format!("senex-env set -e {first} KEY"));
    }
    commands.push("senex-env check".to_owned());
    let run = sealed.filter(|environment| !environment.compose.is_empty()).map(|environment| {
        let is_default = project.default.as_ref() == Some(&environment.name);
        let choice = if is_default { String::new() } else { format!("-e {} ", environment.name) };
        // What is not sealed is still read from it, and what is must not be.
        let dotenv = project.root.join(".env");
        let stays = dotenv.exists() && !plain.left.contains(&dotenv);
        let over = if stays { "--override-dotenv " } else { "" };
        format!("senex-env run {choice}{over}-- {} up -d", compose_tool())
    });
    let commit = commit(project, plain, session);
    // A plaintext file would be read beside what is sealed: it goes first.
    let (first, last) = if plain.left.is_empty() { (run, None) } else { (None, run) };
    commands.extend(first.into_iter().chain(commit).chain(last));
    format!("{}\n  {}", styled(style::GOOD, "next:"), commands.join("\n  "))
}

/// The plaintext goes as soon as git has what is sealed, and not before.
fn commit(project: &Project, plain: &Plain, session: &Session<'_>) -> Vec<String> {
    let shown = |path: &PathBuf| session.relative(path).display().to_string();
    let remove: Vec<String> = plain.left.iter().map(shown).collect();
    let remove = (!remove.is_empty()).then(|| format!("rm {}", remove.join(" ")));
    let is_committed = project
        .environments
        .iter()
        .map(|environment| project.sealed_file(&environment.name))
        .chain([project.root.join(".gitattributes"), project.root.join(".gitignore")])
        .filter(|path| path.exists())
        .chain([project.file()])
        .all(|path| git::is_committed(&path));
    if is_committed && plain.to_commit.is_empty() {
        return remove.into_iter().collect();
    }
    let below = |name: &str| shown(&project.root.join(name));
    let mut added = vec![below("envs"), below(".gitattributes"), below(".gitignore")];
    added.extend(plain.to_commit.iter().map(shown));
    let remove = remove.map_or(String::new(), |remove| format!(" && {remove}"));
    vec![format!("git add {}", added.join(" ")), format!("git commit -m 'seal the environments'{remove}")]
}

/// The compose that is installed.
fn compose_tool() -> &'static str {
    let is_installed = |starter: &Starter| match starter {
        Starter::PodmanCompose | Starter::Docker | Starter::DockerCompose => {
            run::find_program(starter.as_str()).is_some()
        }
        // It starts one of the others.
        Starter::Podman => false,
    };
    Starter::ALL.into_iter().find(is_installed).unwrap_or(Starter::PodmanCompose).compose()
}
