//! `version`.

use crate::desk::Session;
use crate::error::Error;
use crate::exit::Exit;

pub(super) fn run(session: &Session<'_>) -> Result<Exit, Error> {
    session.ui.line(concat!("senex-env ", env!("CARGO_PKG_VERSION")))?;
    Ok(Exit::Ok)
}
