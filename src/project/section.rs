//! Tables of the project file, read field by field, with a place for every complaint.

use std::ops::Range;
use std::path::Path;

use toml_edit::{Item, Key as TomlKey, TableLike};

use super::Error;
use crate::name::NameError;
use crate::place::{Lines, Place};
use crate::suggest;

/// The project file as text.
#[derive(Clone, Copy)]
pub(super) struct Source<'a> {
    pub path: &'a Path,
    pub text: &'a str,
    pub lines: &'a Lines<'a>,
}

impl Source<'_> {
    pub(super) fn place(&self, span: Option<Range<usize>>) -> Place {
        self.lines.place(self.path, span.map_or(0, |span| span.start))
    }

    pub(super) fn error(&self, span: Option<Range<usize>>, what: String) -> Error {
        self.suggest(span, what, None)
    }

    pub(super) fn suggest(
        &self,
        span: Option<Range<usize>>,
        what: String,
        suggestion: Option<String>,
    ) -> Error {
        let place = self.place(span);
        let source_line = self.text.lines().nth(place.line - 1).unwrap_or_default().to_owned();
        Error::Invalid { place, source_line, what, suggestion }
    }
}

/// One table of the file, with its name for messages.
pub(super) struct Section<'a> {
    source: Source<'a>,
    name: String,
    table: &'a dyn TableLike,
    span: Option<Range<usize>>,
}

impl<'a> Section<'a> {
    /// The file as a whole.
    pub(super) fn top(source: Source<'a>, table: &'a dyn TableLike) -> Self {
        Self { source, name: "the project file".to_owned(), table, span: None }
    }

    pub(super) fn item(&self, field: &str) -> Option<&'a Item> {
        self.table.get(field).filter(|item| !item.is_none())
    }

    /// The names of its fields.
    pub(super) fn names(&self) -> impl Iterator<Item = &'a str> {
        self.table.iter().map(|(name, _)| name)
    }

    /// Every field is one of these.
    pub(super) fn only(&self, known: &[&str]) -> Result<(), Error> {
        for name in self.names() {
            if !known.contains(&name) {
                let suggestion = suggest::nearest(name, known.iter().copied()).map(str::to_owned);
                let what = format!("unknown field `{}` in {}", name.escape_debug(), self.name);
                return Err(self.suggest(name, what, suggestion));
            }
        }
        Ok(())
    }

    pub(super) fn string(&self, field: &str) -> Result<Option<String>, Error> {
        self.typed(field, "a string", |item| item.as_str().map(str::to_owned))
    }

    pub(super) fn boolean(&self, field: &str) -> Result<Option<bool>, Error> {
        self.typed(field, "true or false", Item::as_bool)
    }

    pub(super) fn integer(&self, field: &str) -> Result<Option<i64>, Error> {
        self.typed(field, "a number", Item::as_integer)
    }

    pub(super) fn strings(&self, field: &str) -> Result<Option<Vec<String>>, Error> {
        self.typed(field, "a list of strings", |item| {
            item.as_array()?.iter().map(|value| value.as_str().map(str::to_owned)).collect()
        })
    }

    fn typed<T>(
        &self,
        field: &str,
        wanted: &str,
        get: impl Fn(&Item) -> Option<T>,
    ) -> Result<Option<T>, Error> {
        match self.item(field) {
            None => Ok(None),
            Some(item) => match get(item) {
                Some(value) => Ok(Some(value)),
                None => Err(self.wrong(field, format!("`{field}` must be {wanted}"))),
            },
        }
    }

    /// The table in a field.
    pub(super) fn section(&self, field: &str) -> Result<Option<Section<'a>>, Error> {
        let Some(item) = self.item(field) else { return Ok(None) };
        let Some(table) = item.as_table_like() else {
            return Err(self.wrong(field, format!("`{field}` must be a table: `[….{field}]`")));
        };
        let span = self.span_of(field);
        Ok(Some(Section { source: self.source, name: format!("`{field}`"), table, span }))
    }

    /// The tables in a field, by name, in the order of the file.
    pub(super) fn sections(&self, field: &str) -> Result<Vec<(String, Section<'a>)>, Error> {
        let Some(outer) = self.section(field)? else { return Ok(Vec::new()) };
        let mut sections = Vec::new();
        for (name, _) in outer.table.iter() {
            if let Some(mut section) = outer.section(name)? {
                section.name = format!("`[{field}.{name}]`");
                sections.push((name.to_owned(), section));
            }
        }
        sections.sort_by_key(|(_, section)| section.span.as_ref().map_or(0, |span| span.start));
        Ok(sections)
    }

    fn span_of(&self, field: &str) -> Option<Range<usize>> {
        let (key, item) = self.table.get_key_value(field)?;
        // A table made implicitly by `[a.b.c]` has no place but that of its name.
        TomlKey::span(key).or_else(|| item.span())
    }

    pub(super) fn place(&self) -> Place {
        self.source.place(self.span.clone())
    }

    /// The place of a field.
    pub(super) fn place_of(&self, field: &str) -> Place {
        self.source.place(self.span_of(field).or_else(|| self.span.clone()))
    }

    pub(super) fn wrong(&self, field: &str, what: String) -> Error {
        self.suggest(field, what, None)
    }

    pub(super) fn suggest(&self, field: &str, what: String, suggestion: Option<String>) -> Error {
        self.source.suggest(self.span_of(field).or_else(|| self.span.clone()), what, suggestion)
    }

    pub(super) fn bad_name(&self, kind: &str, name: &str, error: NameError) -> Error {
        let what = format!("`{}` is not a name for an {kind}: {error}", name.escape_debug());
        let what = if kind == "environment" { what } else { what.replacen("an ", "a ", 1) };
        self.source.error(self.span.clone(), what)
    }
}
