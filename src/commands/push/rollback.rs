//! `push … --rollback`: name the versions of an earlier push. No secret is made, and no identity needed.

use super::{Destination, failed};
use crate::cli::Rollback;
use crate::desk::Session;
use crate::error::Error;
use crate::exit::Exit;
use crate::ui::Table;
use crate::words;

pub(super) fn run(
    to: Rollback,
    destination: &Destination,
    dry_run: bool,
    session: &Session<'_>,
) -> Result<Exit, Error> {
    let present = destination.store.versions(&destination.scope).map_err(failed)?;
    let scope = destination.scope.prefix();
    let Some(newest) = present.newest() else {
        return Err(Error::no(format!("nothing has been pushed as {scope}")));
    };
    let wanted = match to {
        Rollback::To(number) => Some(number),
        Rollback::Previous => present.before(newest),
    };
    let number = match wanted {
        Some(number) if number >= 1 && number <= newest => number,
        Some(_) => return Err(Error::no(format!("{scope} has the versions 1 to {newest}"))),
        None => return Err(Error::no(format!("{scope} has no version before {newest}"))),
    };
    let Some(then) = present.set(number) else {
        let error = Error::no(format!(
            "version {number} of {scope} is incomplete: some of its secrets no longer \
                exist"
        ));
        return Err(match present.before(newest) {
            Some(whole) => error.hint(format!("version {whole} is complete: `--rollback={whole}`")),
            None => error,
        });
    };
    let now = present.latest();
    let mut table = Table::default();
    let mut other = 0;
    for (key, version) in &now {
        let back = match then.get(key) {
            Some(earlier) if earlier.number == version.number => continue,
            Some(earlier) => format!("v{}", earlier.number),
            None => "none".to_owned(),
        };
        other += 1;
        table.row([key.as_str().into(), format!("v{} → {back}", version.number).into()]);
    }
    session.ui.notes(table.lines(None));
    session.ui.note(format!(
        "version {number} of {scope}: {} different from version {newest}",
        words::count(other, "secret")
    ));
    if !dry_run {
        destination.write(&then, session)?;
    }
    Ok(Exit::Ok)
}
