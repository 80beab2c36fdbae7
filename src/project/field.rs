//! What a field and a table of the project file are; [`super::tables`] has them.

/// A field of a table of the project file.
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// What it holds.
    pub shape: Shape,
    /// What it says, in Markdown: a sentence or two of the reference page.
    pub about: &'static str,
}

/// A table of the project file.
pub struct Table {
    /// Its name in the JSON Schema.
    pub name: &'static str,
    /// Its heading in the file; none for the top.
    pub heading: &'static str,
    /// Its fields, in the order of the reference page.
    pub fields: &'static [Field],
}

impl Table {
    /// The names of its fields.
    pub(super) fn names(&self) -> Vec<&'static str> {
        self.fields.iter().map(|field| field.name).collect()
    }
}

/// What a field holds.
#[derive(Clone, Copy)]
pub enum Shape {
    /// The version of the file.
    Version,
    /// Any text.
    Text,
    /// A name that is not empty.
    Name,
    /// `true` or `false`.
    Bool,
    /// A number of characters.
    Count,
    /// A number of days, `"180d"`.
    Days,
    /// A regular expression.
    Regex,
    /// The name of a value type.
    Type,
    /// The name of a key.
    Key,
    /// The name of an environment.
    Environment,
    /// Names of environments.
    Environments,
    /// `true`, `false`, or names of environments.
    Required,
    /// Texts.
    Texts,
    /// Paths from the root of the project.
    Paths,
    /// Plaintext env files, each with or without its keys.
    Replaced,
    /// Recipients.
    Recipients,
    /// A program and its arguments.
    Program,
    /// Names of compose tools.
    Tools,
    /// Names of findings.
    Findings,
    /// A table for each name.
    Tables(&'static Table),
    /// One table.
    Table(&'static Table),
    /// Findings, each `"on"` or `"off"`.
    Switches,
    /// Paths, each with keys or kinds of findings.
    Allowed,
}
