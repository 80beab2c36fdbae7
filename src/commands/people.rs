//! `people`: who can open what, by the files, and where the project file says something else.

use super::session::Session;
use crate::cli;
use crate::error::Error;
use crate::exit::Exit;
use crate::recipient;
use crate::sealed::SealedFile;
use crate::ui::{style, styled};

pub fn run(_: &cli::People, session: &Session<'_>) -> Result<Exit, Error> {
    let project = session.project()?;
    let mut files: Vec<(&str, Option<SealedFile>)> = Vec::new();
    for environment in &project.environments {
        files.push((environment.name.as_str(), session.read(&project, &environment.name)?));
    }
    let holds = |file: &Option<SealedFile>, identifier: &str| {
        let keys = file.iter().flat_map(|file| file.wrapped_keys());
        keys.into_iter().any(|wrapped| recipient::identifier(&wrapped.recipient) == identifier)
    };
    let width = project.people.iter().map(|person| person.name.as_str().len()).max().unwrap_or(0).max(6);
    let columns: Vec<usize> = files.iter().map(|(name, _)| name.len().max(9)).collect();
    let heads: Vec<String> =
        files.iter().zip(&columns).map(|((name, _), column)| format!("{name:<column$}")).collect();
    let mut table = styled(style::DIM, format!("{:<width$}  {}", "", heads.join("  ")).trim_end());
    let mut differs = false;
    for person in &project.people {
        table.push_str(&format!("\n{:<width$}", person.name.as_str()));
        for ((name, file), column) in files.iter().zip(&columns) {
            let opens = person.recipients.iter().any(|known| holds(file, known.identifier()));
            let allowed = person.environments.iter().any(|allowed| allowed.as_str() == *name);
            let asks = person.requests.iter().any(|asked| asked.as_str() == *name);
            let (text, style) = match (opens, allowed, asks) {
                (true, true, _) => ("opens", style::GOOD),
                (true, false, _) => ("intruder", style::ERROR),
                (false, true, _) if file.is_some() => ("lacks", style::WARNING),
                (false, _, true) => ("asks", style::WARNING),
                (false, _, _) => ("-", style::DIM),
            };
            differs |= matches!(text, "intruder" | "lacks");
            table.push_str(&format!("  {}{}", styled(style, text), " ".repeat(column - text.len())));
        }
        let recipients: Vec<String> = person.recipients.iter().map(recipient::Recipient::short).collect();
        table.push_str(&format!("  {}", styled(style::DIM, recipients.join(" "))));
    }
    for (name, file) in &files {
        for wrapped in file.iter().flat_map(|file| file.wrapped_keys()) {
            if project.person_with(&wrapped.recipient).is_none() {
                differs = true;
                let short = recipient::short(&wrapped.recipient);
                table.push_str(&format!(
                    "\n{} opens {name}, and is nobody in the project file",
                    styled(style::ERROR, short)
                ));
            }
        }
    }
    session.ui.line(table)?;
    if differs {
        session
            .ui
            .note("`lacks`: the project file lets them in, and nobody has granted it (`senex-env grant`)");
        session.ui.note("`intruder`: the file can be opened by somebody whom the project file does not let in (`senex-env revoke`)");
    }
    Ok(if differs { Exit::No } else { Exit::Ok })
}
