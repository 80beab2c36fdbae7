//! What `init` says: the proposal, and what comes next.

use std::path::{Path, PathBuf};

use super::plaintext::{Plaintext, Refused, Why};
use super::seal::Plain;
use crate::desk::Session;
use crate::file;
use crate::invocation::Starter;
use crate::project::{Project, ProposedKey};
use crate::run;
use crate::ui::{style, styled};
use crate::words;

/// The widest column of names.
const WIDEST: usize = 34;

/// The proposal at a glance.
pub(super) fn table(
    project: &Project,
    keys: &[ProposedKey],
    plaintext: &[Plaintext],
    directory: &Path,
) -> String {
    let mut text = format!(
        "{} — what lies here, and what would be declared:\n",
        styled(style::NAME, words::clean(&project.name))
    );
    for environment in &project.environments {
        let mut from: Vec<String> =
            environment.compose.iter().map(|path| path.display().to_string()).collect();
        let files: Vec<&Plaintext> =
            plaintext.iter().filter(|file| file.environment == environment.name).collect();
        let values: usize = files.iter().map(|file| file.imported.entries.len()).sum();
        let names = files.iter().map(|file| file::relative(&file.path, directory).display().to_string());
        match words::list(&names.collect::<Vec<_>>()) {
            names if names.is_empty() => from.push("no values yet".to_owned()),
            names => from.push(format!("{} from {names}", words::count(values, "value"))),
        }
        text.push_str(&format!("  {:<13} {}\n", environment.name.as_str(), words::clean(&from.join(", "))));
    }
    let width = keys.iter().map(|key| key.name.as_str().len()).max().unwrap_or(0).min(WIDEST);
    let kind = |key: &ProposedKey| key.kind.map_or("", |kind| kind.as_str());
    let kinds = keys.iter().map(|key| kind(key).len()).max().unwrap_or(0);
    let mut group = "";
    for key in keys {
        if key.group != group {
            group = key.group;
            text.push_str(&styled(style::DIM, group.split(':').next().unwrap_or(group)));
            text.push('\n');
        }
        let kind = kind(key);
        let required = match &key.required {
            None => "required".to_owned(),
            Some(some) if some.is_empty() => String::new(),
            Some(some) => format!("required in {}", words::list(some)),
        };
        let secret = if key.secret { "secret" } else { "readable" };
        let line = format!("  {:<width$}  {secret:<8}  {kind:<kinds$}  {required}", key.name.as_str());
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// Why a plaintext file is not taken over, and how it can be.
pub(super) fn refused(file: &Refused, directory: &Path) -> String {
    let shown = file::relative(&file.path, directory);
    let (shown, environment) = (shown.display(), &file.environment);
    match &file.why {
        Why::Import(error) => format!(
            "{shown} is not taken over: {error}; `senex-env import -e {environment} {shown}` says more, after this"
        ),
        Why::SealedBy("sops") => format!(
            "{shown} is sealed by sops: after this, `sops decrypt --input-type dotenv --output-type dotenv {shown} | senex-env import -y -e {environment} --dialect literal -`"
        ),
        Why::SealedBy("dotenvx") => format!(
            "{shown} is sealed by dotenvx: after this, `dotenvx decrypt -f {shown} --stdout | senex-env import -y -e {environment} -`"
        ),
        Why::SealedBy(tool) => format!(
            "{shown} is sealed by {tool}: after this, unlock it and `senex-env import -e {environment} {shown}`"
        ),
    }
}

/// A service that reads the plaintext file itself.
pub(super) fn env_file(service: &str, path: &Path, directory: &Path) -> String {
    let shown = file::relative(path, directory);
    format!(
        "the service `{}` reads {} itself (`env_file:`), so it would miss it: list its keys under `environment:` instead, such as `SECRET_KEY: ${{SECRET_KEY:?}}`",
        words::clean(service),
        shown.display()
    )
}

/// The commands that come next.
pub(super) fn next(project: &Project, plain: &Plain, session: &Session<'_>) -> String {
    let mut commands = Vec::new();
    let first = &project.environments[0].name;
    let sealed =
        project.environments.iter().find(|environment| project.sealed_file(&environment.name).exists());
    if sealed.is_none() {
        commands.push(format!("senex-env set -e {first} KEY"));
    }
    commands.push("senex-env check".to_owned());
    let shown = |path: &PathBuf| session.relative(path).display().to_string();
    commands.extend(plain.left.iter().map(|path| format!("rm {}", shown(path))));
    if let Some(environment) = sealed
        && !environment.compose.is_empty()
    {
        let is_default = project.default.as_ref() == Some(&environment.name);
        let choice = if is_default { String::new() } else { format!("-e {} ", environment.name) };
        commands.push(format!("senex-env run {choice}-- {} up -d", compose_tool()));
    }
    let mut committed = vec!["envs .gitattributes .gitignore".to_owned()];
    committed.extend(plain.to_commit.iter().map(shown));
    commands.push(format!("git add {}", committed.join(" ")));
    commands.push("git commit -m 'seal the environments'".to_owned());
    format!("{}\n  {}", styled(style::GOOD, "next:"), commands.join("\n  "))
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
