//! What the project file says of keys: `[keys.…]`.

use super::key::{Key, Placed, Required, Rules};
use super::named::{environments_in, lint};
use super::section::Section;
use super::tables::{KEY, RULES};
use super::{Error, Lint, ValueType};
use crate::name::{EnvName, KeyName};
use crate::suggest;

/// `[keys.…]`, in the order of the file.
pub(super) fn keys(top: &Section<'_>, known: &[&EnvName]) -> Result<Vec<Key>, Error> {
    let sections = top.sections("keys")?;
    let keys: Vec<Key> =
        sections.iter().map(|(name, section)| key(name, section, known)).collect::<Result<_, _>>()?;
    for (key, (_, section)) in keys.iter().zip(&sections) {
        let Some(list) = &key.keep_previous_in else { continue };
        if key.secret && keys.iter().any(|key| key.name == *list && !key.secret) {
            let what = format!("the previous values of `{}` would be readable in `{list}`", key.name);
            return Err(section.wrong("keep_previous_in", what));
        }
    }
    Ok(keys)
}

fn key(name: &str, section: &Section<'_>, known: &[&EnvName]) -> Result<Key, Error> {
    let name = KeyName::new(name).map_err(|error| section.bad_name("key", name, error))?;
    let mut fields: Vec<&str> = KEY.names();
    fields.extend(known.iter().map(|environment| environment.as_str()));
    section.only(&fields)?;
    let required = match section.item("required") {
        Some(item) if item.as_array().is_some() => Required::In(environments_in(section, "required", known)?),
        _ => Required::Everywhere(section.boolean("required")?.unwrap_or(false)),
    };
    let mut overrides = Vec::new();
    for environment in known {
        if let Some(inner) = section.section(environment.as_str())? {
            inner.only(&RULES.names())?;
            let mut rules = rules(&inner)?;
            rules.required = inner.boolean("required")?;
            overrides.push(((*environment).clone(), rules));
        }
    }
    let rotate_after_days = match section.string("rotate_after")? {
        Some(text) => Some(days(&text).ok_or_else(|| {
            section
                .wrong("rotate_after", "`rotate_after` must be a number of days, such as \"180d\"".to_owned())
        })?),
        None => None,
    };
    let keep_previous_in = match section.string("keep_previous_in")? {
        Some(text) => Some(KeyName::new(&text).map_err(|error| {
            section.wrong("keep_previous_in", format!("`{text}` is not the name of a key: {error}"))
        })?),
        None => None,
    };
    Ok(Key {
        required,
        secret: section.boolean("secret")?.unwrap_or(true),
        description: section.string("description")?,
        rules: rules(section)?,
        overrides,
        rotate_after_days,
        generate: section.string("generate")?,
        command: section.strings("command")?,
        after_rotate: section.strings("after_rotate")?,
        keep_previous_in,
        allow: allow(section)?,
        place: section.place(),
        name,
    })
}

/// Findings that are expected of a key, by name.
fn allow(section: &Section<'_>) -> Result<Vec<Lint>, Error> {
    let names = section.strings("allow")?.unwrap_or_default();
    names.iter().map(|name| lint(section, "allow", name)).collect()
}

fn rules(section: &Section<'_>) -> Result<Rules, Error> {
    let kind = match section.string("type")? {
        None => None,
        Some(name) => Some(ValueType::named(&name).ok_or_else(|| {
            let known = ValueType::ALL.map(ValueType::as_str);
            let what = format!("there is no type `{}`", name.escape_debug());
            section.suggest("type", what, suggest::nearest(&name, known).map(str::to_owned))
        })?),
    };
    let min_length = match section.integer("min_length")? {
        None => None,
        Some(length) => Some(usize::try_from(length).map_err(|_| {
            section.wrong("min_length", "`min_length` must be a number of characters".to_owned())
        })?),
    };
    let matches =
        match section.string("matches")? {
            None => None,
            Some(pattern) => Some(whole(&pattern).ok_or_else(|| {
                section.wrong("matches", "`matches` is not a regular expression".to_owned())
            })?),
        };
    Ok(Rules {
        kind: kind.map(|kind| placed(section, "type", kind)),
        one_of: section.strings("one_of")?.map(|values| placed(section, "one_of", values)),
        not_one_of: section.strings("not_one_of")?.map(|values| placed(section, "not_one_of", values)),
        min_length: min_length.map(|length| placed(section, "min_length", length)),
        matches: matches.map(|pattern| placed(section, "matches", pattern)),
        required: None,
    })
}

fn placed<T>(section: &Section<'_>, field: &str, value: T) -> Placed<T> {
    Placed { value, place: section.place_of(field) }
}

/// A pattern that the whole value must match.
fn whole(pattern: &str) -> Option<String> {
    regex::Regex::new(pattern).ok()?;
    // A comment of the `x` mode would swallow the end.
    let ways = [format!(r"\A(?:{pattern})\z"), format!("\\A(?:{pattern}\n)\\z")];
    ways.into_iter().find(|way| regex::Regex::new(way).is_ok())
}

fn days(text: &str) -> Option<u32> {
    text.strip_suffix('d')?.parse().ok().filter(|days| *days > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pattern_must_match_the_whole_value() {
        for (pattern, value, fits) in [
            ("a|ab", "ab", true),
            ("a", "ab", false),
            ("a#b", "a#b", true),
            ("(?x) a # x", "a", true),
            ("(?m)^a$", "a\nb", false),
        ] {
            let regex = regex::Regex::new(&whole(pattern).expect("a pattern")).expect("a pattern");
            assert_eq!(regex.is_match(value), fits, "{pattern}");
        }
        assert_eq!(whole("a)(b"), None);
    }
}
