//! `man`: the manual, made of what `--help` says.

use crate::cli;
use crate::desk::Session;
use crate::error::Error;
use crate::exit::Exit;
use crate::file;

pub(super) fn run(arguments: &cli::Man, session: &Session<'_>) -> Result<Exit, Error> {
    let mut command = cli::command();
    command.build();
    let Some(folder) = &arguments.folder else {
        session.ui.exact(&page(command)?)?;
        return Ok(Exit::Ok);
    };
    let failed = |error| Error::io("cannot write", folder, &error);
    std::fs::create_dir_all(folder).map_err(failed)?;
    let mut pages = vec![("senex-env.1".to_owned(), page(command.clone())?)];
    collect(&command, &mut pages)?;
    for (name, bytes) in &pages {
        file::replace(&folder.join(name), bytes, 0o644).map_err(failed)?;
    }
    session.ui.note(format!("{} pages in {}", pages.len(), folder.display()));
    Ok(Exit::Ok)
}

/// The pages of the commands below one, `senex-env-run.1` and so on.
fn collect(command: &clap::Command, pages: &mut Vec<(String, Vec<u8>)>) -> Result<(), Error> {
    for inner in command.get_subcommands().filter(|inner| !inner.is_hide_set()) {
        let name = inner.get_display_name().unwrap_or_else(|| inner.get_name());
        pages.push((format!("{name}.1"), page(inner.clone())?));
        collect(inner, pages)?;
    }
    Ok(())
}

fn page(command: clap::Command) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    clap_mangen::Man::new(command)
        .render(&mut bytes)
        .map_err(|_| Error::new(Exit::Io, "cannot write the manual"))?;
    Ok(bytes)
}
