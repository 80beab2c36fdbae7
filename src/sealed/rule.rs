//! The rule of a SOPS file: which keys are encrypted and which stay readable.

use regex::Regex;

use super::{Error, StrictRule};
use crate::name::KeyName;

/// What a key is in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// Encrypted.
    Secret,
    /// Readable, and protected against change by the seal.
    Config,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    UnencryptedSuffix,
    EncryptedSuffix,
    UnencryptedRegex,
    EncryptedRegex,
}

impl Kind {
    const ALL: [Self; 4] =
        [Self::UnencryptedSuffix, Self::EncryptedSuffix, Self::UnencryptedRegex, Self::EncryptedRegex];

    fn metadata_name(self) -> &'static str {
        match self {
            Self::UnencryptedSuffix => "unencrypted_suffix",
            Self::EncryptedSuffix => "encrypted_suffix",
            Self::UnencryptedRegex => "unencrypted_regex",
            Self::EncryptedRegex => "encrypted_regex",
        }
    }
}

/// The rule of a file. senex-env writes `unencrypted_regex` with the exact names of the config keys.
#[derive(Debug, Clone)]
pub struct Rule {
    kind: Kind,
    text: String,
    regex: Option<Regex>,
}

impl PartialEq for Rule {
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind && self.text == other.text
    }
}

impl Rule {
    /// The rule that keeps exactly these keys readable, in the order of their names.
    pub fn config_keys<'a>(names: impl IntoIterator<Item = &'a KeyName>) -> Self {
        let mut names: Vec<&str> = names.into_iter().map(KeyName::as_str).collect();
        names.sort_unstable();
        names.dedup();
        // `^$` matches no key: an empty name cannot exist.
        let text = if names.is_empty() { "^$".to_owned() } else { format!("^({})$", names.join("|")) };
        let regex = Regex::new(&text).ok();
        Self { kind: Kind::UnencryptedRegex, text, regex }
    }

    /// SOPS's own default, used by a file without a rule.
    pub(super) fn default_of_sops() -> Self {
        Self { kind: Kind::UnencryptedSuffix, text: "_unencrypted".to_owned(), regex: None }
    }

    /// Reads a rule; `None` when the metadata line is not one.
    pub(super) fn from_metadata(name: &str, text: &str, line: usize) -> Result<Option<Self>, Error> {
        if matches!(name, "unencrypted_comment_regex" | "encrypted_comment_regex") {
            let what = "its rule depends on comments (`*_comment_regex`), which are not protected";
            return Err(Error::strict(StrictRule::CommentRule, line, what));
        }
        let Some(kind) = Kind::ALL.into_iter().find(|kind| kind.metadata_name() == name) else {
            return Ok(None);
        };
        let regex = match kind {
            Kind::UnencryptedSuffix | Kind::EncryptedSuffix => None,
            Kind::UnencryptedRegex | Kind::EncryptedRegex => {
                let what = "its rule is not a regular expression that Go and Rust interpret alike";
                let compiled = if portable(text) { Regex::new(text).ok() } else { None };
                Some(compiled.ok_or_else(|| Error::strict(StrictRule::PortableRule, line, what))?)
            }
        };
        Ok(Some(Self { kind, text: text.to_owned(), regex }))
    }

    /// What `name` is under this rule.
    pub fn class(&self, name: &KeyName) -> Class {
        let name = name.as_str();
        let found = match &self.regex {
            Some(regex) => regex.is_match(name),
            None => name.ends_with(&self.text),
        };
        let encrypted = match self.kind {
            Kind::UnencryptedSuffix | Kind::UnencryptedRegex => !found,
            Kind::EncryptedSuffix | Kind::EncryptedRegex => found,
        };
        if encrypted { Class::Secret } else { Class::Config }
    }

    /// Whether comments are encrypted: key rules never match them, so it hangs on the kind alone.
    pub(super) fn encrypts_comments(&self) -> bool {
        matches!(self.kind, Kind::UnencryptedSuffix | Kind::UnencryptedRegex)
    }

    /// The metadata line's name without `sops_`, as in `.sops.yaml`.
    pub fn metadata_name(&self) -> &'static str {
        self.kind.metadata_name()
    }

    /// The text of the rule.
    pub fn text(&self) -> &str {
        &self.text
    }
}

/// Whether Go's RE2 and Rust's `regex` give `pattern` the same meaning on ASCII names. What one of them
/// refuses is dangerous: `sops` takes an invalid rule for one that never matches, and writes plaintext.
/// Conservative on purpose: rules in the field are lists of names.
fn portable(pattern: &str) -> bool {
    let mut chars = pattern.chars().peekable();
    let mut in_class = false;
    let mut repeats: u64 = 1;
    while let Some(c) = chars.next() {
        let next = chars.peek().copied();
        match c {
            '\\' => match chars.next() {
                Some(escaped) if escaped.is_ascii_punctuation() && !matches!(escaped, '<' | '>') => {}
                Some('d' | 'D' | 'w' | 'W' | 's' | 'S') => {}
                Some('b' | 'B' | 'A' | 'z') if !in_class => {}
                _ => return false,
            },
            // Rust has sets within sets and set operations, Go has not.
            '[' if in_class => return false,
            '&' | '-' | '~' if in_class && next == Some(c) => return false,
            '[' => in_class = true,
            ']' if in_class => in_class = false,
            '(' if !in_class && next == Some('?') => {
                chars.next();
                match chars.next() {
                    Some(':') => {}
                    Some('i') if matches!(chars.peek(), Some(':' | ')')) => {}
                    _ => return false,
                }
            }
            '{' if !in_class => {
                let count: String = chars.by_ref().take_while(|&c| c != '}').collect();
                let highest = count.split(',').filter_map(|number| number.parse::<u64>().ok()).max();
                repeats = repeats.saturating_mul(highest.unwrap_or(u64::MAX).max(1));
                // Go refuses repeats above 1000, nested ones multiplied.
                if repeats > 1000 {
                    return false;
                }
            }
            c if c.is_control() || !c.is_ascii() => return false,
            _ => {}
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(name: &str) -> KeyName {
        KeyName::new(name).expect("a name")
    }

    fn read(name: &str, text: &str) -> Result<Option<Rule>, Error> {
        Rule::from_metadata(name, text, 7)
    }

    #[test]
    fn our_rule_keeps_exactly_the_named_keys_readable() {
        let rule = Rule::config_keys([&key("B"), &key("A")]);
        assert_eq!(rule.text(), "^(A|B)$");
        assert_eq!(rule.class(&key("A")), Class::Config);
        assert_eq!(rule.class(&key("AB")), Class::Secret);
        assert_eq!(Rule::config_keys([]).class(&key("A")), Class::Secret);
    }

    #[test]
    fn suffixes_and_expressions_match_sops() {
        let class = |kind, text, name| read(kind, text).expect("a rule").expect("a rule").class(&key(name));
        assert_eq!(class("unencrypted_suffix", "_unencrypted", "A_unencrypted"), Class::Config);
        assert_eq!(class("encrypted_suffix", "_SECRET", "A"), Class::Config);
        assert_eq!(class("encrypted_regex", "(?i)pass", "DB_PASSWORD"), Class::Secret);
        assert_eq!(class("unencrypted_regex", "^PUBLIC_", "PUBLIC_URL"), Class::Config);
    }

    #[test]
    fn a_rule_that_go_would_not_compile_is_refused() {
        for text in [
            "(",
            "(?!X)A",
            "a{1001}",
            r"\Z",
            "(a{100}){11}",
            r"\Qa\E",
            "[a-z&&[^b]]",
            "(?x) A",
            "[[:alpha:]]",
            "é",
        ] {
            let error = read("encrypted_regex", text).expect_err(text);
            assert!(matches!(error, Error::Strict { rule: StrictRule::PortableRule, line: 7, .. }), "{text}");
        }
    }

    #[test]
    fn comment_rules_are_refused_by_name() {
        let error = read("encrypted_comment_regex", "x").expect_err("a comment rule");
        assert!(matches!(error, Error::Strict { rule: StrictRule::CommentRule, .. }));
    }
}
