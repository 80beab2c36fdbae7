//! The git side of a project: found, and installed.

use crate::desk::Session;
use crate::error::{self, Error};
use crate::exit::Exit;
use crate::git::{ByHand, Setup};
use crate::project::Project;
use crate::words;

/// Installs what is not there yet, and says so.
pub(crate) fn install(project: &Project, session: &Session<'_>) -> Result<(), Error> {
    let changed = setup(project)?.install(&project.files_for_git()).map_err(error::git)?;
    let ui = session.ui;
    if !changed.hooks.is_empty() {
        ui.note(format!("hooks installed: {}", words::list(&changed.hooks)));
    }
    if changed.drivers {
        ui.note("git merges sealed files key by key, and shows changes by name");
    }
    if changed.attributes {
        ui.note("wrote .gitattributes: commit it, so that it applies to everybody");
    }
    if changed.ignored {
        ui.note("wrote .gitignore: plaintext env files stay out of git, sealed ones do not");
    }
    for (manager, path) in &changed.managers {
        let (name, shown) = (manager.name(), session.relative(path));
        ui.note(format!(
            "wrote {}: {name} runs senex-env now; commit it, so that it applies to everybody",
            shown.display()
        ));
    }
    if changed.is_empty() && changed.by_hand.is_empty() {
        ui.note("everything is already installed");
    }
    add_by_hand(&changed.by_hand, session);
    Ok(())
}

/// Says what senex-env does not write itself, file by file.
fn add_by_hand(all: &[ByHand], session: &Session<'_>) {
    for ByHand { manager, path, lines } in all {
        let (name, shown) = (manager.name(), session.relative(path));
        session.ui.warning(format!(
            "{} cannot be edited safely; add this, or the next run of {name} removes the hook:",
            shown.display()
        ));
        session.ui.notes(lines.iter().map(|line| format!("  {line}")));
    }
}

/// The git side of a project.
pub(crate) fn setup(project: &Project) -> Result<Setup, Error> {
    let program = std::env::current_exe()
        .map_err(|_| Error::new(Exit::Io, "cannot determine the path of the senex-env binary"))?;
    Setup::new(&project.root, &program).map_err(error::git)
}
