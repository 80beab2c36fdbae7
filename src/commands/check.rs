//! `check`: what is missing or wrong, told from names alone, so that anybody can run it; and of values, what
//! can be told with the identities that are at hand.

mod history;

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::session::Session;
use crate::check::{Composed, Finding, Gravity, lints, names, plaintext_beside};
use crate::cli;
use crate::error::Error;
use crate::exit::Exit;
use crate::file;
use crate::git;
use crate::place::Place;
use crate::project::{Environment, Project};
use crate::sealed::{self, Entry, SealedFile};
use crate::ui::{Ui, style, styled};
use crate::words;

/// One finding of `check --json`.
#[derive(Serialize)]
struct Row<'a> {
    gravity: &'static str,
    kind: &'a str,
    environment: &'a str,
    key: Option<&'a str>,
    message: &'a str,
    place: Option<String>,
    fix: Option<&'a str>,
}

pub fn run(arguments: &cli::Check, env: Option<&str>, session: &Session<'_>) -> Result<Exit, Error> {
    let project = session.project()?;
    // Without a choice, all of them: a check that looks at half the files is no check.
    let environments: Vec<&Environment> = match env.map(str::to_owned).or_else(|| session.named_by_variable())
    {
        Some(name) => vec![session.environment(&project, Some(&name))?],
        None => project.environments.iter().collect(),
    };
    let mut files: Vec<(&Environment, Option<SealedFile>)> = Vec::new();
    for environment in environments {
        files.push((environment, session.read(&project, &environment.name)?));
    }
    let mut findings: Vec<Finding> = Vec::new();
    for (environment, file) in &files {
        findings.extend(names(&project, &environment.name, file.as_ref()));
        let Some(composed) = Composed::load(&project, environment, file.as_ref()) else { continue };
        findings.extend(composed.findings(&project));
        findings.extend(lints(&project, &composed));
        findings.extend(plaintext_beside(&project, &composed, &folders(&project, environment)));
    }
    findings.extend(
        files.iter().filter_map(|(environment, file)| half_merged(&project, environment, file.as_ref()?)),
    );
    let names = files.iter().map(|(environment, _)| &environment.name);
    findings.extend(history::values(&project, names, session)?);
    findings.retain(|finding| !project.lints_off.iter().any(|off| off == finding.kind));
    findings.sort_by_key(|finding| finding.gravity);
    let directory = &session.context.directory;
    if arguments.json {
        json(&findings, directory, session.ui)?;
    } else {
        table(&project, &files, session.ui)?;
        list(&findings, directory, session.ui)?;
    }
    let errors = findings.iter().any(|finding| finding.gravity == Gravity::Error);
    Ok(if errors { Exit::No } else { Exit::Ok })
}

/// Where a plaintext env file would be read from: the root, and the folders of the compose files.
fn folders(project: &Project, environment: &Environment) -> Vec<PathBuf> {
    let mut folders = vec![project.root.clone()];
    for path in &environment.compose {
        let folder = project.root.join(path).parent().map(Path::to_owned);
        folders.extend(folder.filter(|folder| !folders.contains(folder)));
    }
    folders
}

/// A file that holds lines of one version under the checksum of another, as a merge of its text leaves it.
/// Seen without an identity: a checksum is never made twice.
fn half_merged(project: &Project, environment: &Environment, file: &SealedFile) -> Option<Finding> {
    const MOST_COMMITS: usize = 1000;
    let path = project.sealed_file(&environment.name);
    let bytes = file::read_regular(&path, sealed::LARGEST).ok()?;
    let found = git::versions_everywhere(&path, MOST_COMMITS, &mut |version| {
        *version != **bytes && SealedFile::parse(version).is_ok_and(|version| file.has_mac_of(&version))
    });
    found.unwrap_or(false).then(|| Finding {
        gravity: Gravity::Error,
        kind: "half-merged",
        environment: environment.name.clone(),
        key: None,
        message: "the file was merged as text and not sealed again, so nothing can use it".to_owned(),
        place: Some(Place { path, line: 1, column: 1 }),
        fix: Some(format!("senex-env seal -e {}", environment.name)),
    })
}

fn table(project: &Project, files: &[(&Environment, Option<SealedFile>)], ui: &Ui) -> Result<(), Error> {
    let mut keys: Vec<&str> = project.key_names().map(|name| name.as_str()).collect();
    let mut known: HashSet<&str> = keys.iter().copied().collect();
    let mut by_name: Vec<HashMap<&str, Entry<'_>>> = Vec::with_capacity(files.len());
    for (_, file) in files {
        let entries = file.iter().flat_map(SealedFile::entries).map(|entry| (entry.name.as_str(), entry));
        by_name.push(entries.clone().collect());
        keys.extend(entries.map(|(name, _)| name).filter(|name| known.insert(name)));
    }
    let width = keys.iter().map(|key| key.len()).max().unwrap_or(0).min(40);
    let columns: Vec<usize> =
        files.iter().map(|(environment, _)| environment.name.as_str().len().max(7)).collect();
    let heads: Vec<String> =
        files.iter().zip(&columns).map(|((e, _), column)| format!("{:<column$}", e.name.as_str())).collect();
    let mut table = styled(style::DIM, format!("{:<width$}  {}", "", heads.join("  ")).trim_end());
    for key in keys {
        let mut line = format!("{key:<width$}");
        for (((environment, _), entries), column) in files.iter().zip(&by_name).zip(&columns) {
            let entry = entries.get(key);
            let required = project.key(key).is_some_and(|key| key.required_in(&environment.name));
            let (text, style) = match (entry, required) {
                (Some(entry), true) if entry.is_empty => ("empty", style::ERROR),
                (Some(entry), false) if entry.is_empty => ("empty", style::DIM),
                (Some(_), _) => ("set", style::GOOD),
                (None, true) => ("missing", style::ERROR),
                (None, false) => ("-", style::DIM),
            };
            let padding = " ".repeat(column - text.len());
            line.push_str(&format!("  {}{padding}", styled(style, text)));
        }
        table.push('\n');
        table.push_str(line.trim_end());
    }
    ui.line(table)
}

fn list(findings: &[Finding], directory: &Path, ui: &Ui) -> Result<(), Error> {
    for finding in findings {
        let (word, style) = match finding.gravity {
            Gravity::Error => ("error", style::ERROR),
            Gravity::Warning => ("warning", style::WARNING),
        };
        let message = words::clean(&finding.message);
        let kind = styled(style::DIM, format!("[{}]", finding.kind));
        ui.line(format!("\n{}: {}: {message} {kind}", styled(style, word), finding.environment))?;
        if let Some(place) = &finding.place {
            ui.line(format!("  {} {}", styled(style::DIM, "-->"), shown(place, directory)))?;
        }
        if let Some(fix) = &finding.fix {
            ui.line(format!("  {} `{fix}`", styled(style::GOOD, "fix:")))?;
        }
    }
    let errors = findings.iter().filter(|finding| finding.gravity == Gravity::Error).count();
    let warnings = findings.len() - errors;
    let sum = match (errors, warnings) {
        (0, 0) => "nothing is missing".to_owned(),
        (0, _) => words::count(warnings, "warning"),
        (_, 0) => words::count(errors, "error"),
        (_, _) => format!("{}, {}", words::count(errors, "error"), words::count(warnings, "warning")),
    };
    ui.line(format!("\n{sum}"))
}

fn json(findings: &[Finding], directory: &Path, ui: &Ui) -> Result<(), Error> {
    let rows: Vec<Row<'_>> = findings
        .iter()
        .map(|finding| Row {
            gravity: if finding.gravity == Gravity::Error { "error" } else { "warning" },
            kind: finding.kind,
            environment: finding.environment.as_str(),
            key: finding.key.as_ref().map(|key| key.as_str()),
            message: &finding.message,
            place: finding.place.as_ref().map(|place| shown(place, directory)),
            fix: finding.fix.as_deref(),
        })
        .collect();
    let text =
        serde_json::to_string_pretty(&rows).map_err(|_| Error::new(Exit::Io, "JSON cannot be written"))?;
    ui.line(text)
}

fn shown(place: &crate::place::Place, directory: &Path) -> String {
    let path = file::relative(&place.path, directory);
    format!("{}:{}:{}", path.display(), place.line, place.column)
}
