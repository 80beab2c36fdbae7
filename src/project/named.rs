//! What fields name: environments and lints, which must exist.

use super::section::Section;
use super::{Error, Lint};
use crate::name::EnvName;
use crate::suggest;

pub(super) fn environments_in(
    section: &Section<'_>,
    field: &str,
    known: &[&EnvName],
) -> Result<Vec<EnvName>, Error> {
    let names = section.strings(field)?.unwrap_or_default();
    names.iter().map(|text| known_environment(section, field, text, known)).collect()
}

/// A lint by its name.
pub(super) fn lint(section: &Section<'_>, field: &str, name: &str) -> Result<Lint, Error> {
    Lint::ALL.into_iter().find(|lint| lint.as_str() == name).ok_or_else(|| {
        let what = format!("there is no lint `{}`", name.escape_debug());
        let known = Lint::ALL.map(Lint::as_str);
        section.suggest(field, what, suggest::nearest(name, known).map(str::to_owned))
    })
}

pub(super) fn known_environment(
    section: &Section<'_>,
    field: &str,
    text: &str,
    known: &[&EnvName],
) -> Result<EnvName, Error> {
    if let Some(name) = known.iter().find(|name| name.as_str() == text) {
        return Ok((*name).clone());
    }
    let suggestion = suggest::nearest(text, known.iter().map(|name| name.as_str())).map(str::to_owned);
    Err(section.suggest(field, format!("there is no environment `{}`", text.escape_debug()), suggestion))
}
