//! What a field has to be.

/// What a field has to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Text.
    Text,
    /// Text, a number or a boolean.
    Value,
    /// A list of anything but nothing.
    List,
    /// A list of texts.
    Texts,
    /// A text or a list of texts.
    TextOrTexts,
    /// A text, a list of texts, or nothing.
    Command,
    /// A list or a mapping.
    Pairs,
    /// A mapping.
    Mapping,
    /// A mapping, or nothing.
    Settings,
    /// A text or a mapping.
    TextOrMapping,
}

impl Shape {
    /// What is wanted, in words.
    pub(super) fn wanted(self) -> &'static str {
        match self {
            Self::Text => "a string (quoted, if it looks like a number or a boolean)",
            Self::Value => "a value",
            Self::List => "a list without empty items",
            Self::Texts => "a list of strings (quoted, if they look like numbers or booleans)",
            Self::TextOrTexts | Self::Command => "a string or a list of strings",
            Self::Pairs => "a list or a mapping",
            Self::Mapping | Self::Settings => "a mapping",
            Self::TextOrMapping => "a string or a mapping",
        }
    }
}
