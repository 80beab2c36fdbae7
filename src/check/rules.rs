//! What the project file says of a value, against the value.

use super::types;
use super::{Defect, Finding};
use crate::name::EnvName;
use crate::place::Place;
use crate::project::Key;
use crate::secret::Secret;
use crate::words;

/// A rule that a value breaks. Its message holds nothing of the value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Broken {
    /// Which rule.
    pub rule: Defect,
    /// One sentence about the key.
    pub message: String,
    /// Where the rule is written.
    pub place: Place,
}

/// The rules that a value breaks in an environment. An empty value breaks none: whether there must be one
/// is what `required` says.
pub(crate) fn broken(key: &Key, environment: &EnvName, value: &Secret) -> Vec<Broken> {
    if value.is_empty() {
        return Vec::new();
    }
    let rules = key.rules_in(environment);
    let name = &key.name;
    let text = value.expose();
    let mut broken = Vec::new();
    let mut breaks = |rule: Defect, message: String, place: &Place| {
        broken.push(Broken { rule, message, place: place.clone() });
    };
    if let Some(kind) = &rules.kind {
        // A key that keeps its own previous values is a list of them, the newest first.
        let is_list = key.keep_previous_in.as_ref() == Some(name);
        let parts = if is_list { text.split(',').collect() } else { vec![text] };
        if let Some(unfit) = parts.into_iter().find_map(|part| types::fits(kind.value, part).err()) {
            breaks(
                Defect::Type,
                format!("`{name}` is not a valid `{}`: it {unfit}", kind.value),
                &kind.place,
            );
        }
    }
    if let Some(allowed) = &rules.one_of
        && !allowed.value.iter().any(|one| one == text)
    {
        let message = if key.secret {
            format!("`{name}` is not one of the values allowed in `{environment}`")
        } else {
            format!("`{name}` must be {} in `{environment}`", either(&allowed.value))
        };
        breaks(Defect::OneOf, message, &allowed.place);
    }
    if let Some(forbidden) = &rules.not_one_of
        && forbidden.value.iter().any(|one| one == text)
    {
        let message = format!("`{name}` has a value that is not allowed in `{environment}`");
        breaks(Defect::NotOneOf, message, &forbidden.place);
    }
    if let Some(least) = &rules.min_length
        && text.chars().count() < least.value
    {
        let message = format!("`{name}` has fewer than {}", words::count(least.value, "character"));
        breaks(Defect::MinLength, message, &least.place);
    }
    if let Some(pattern) = &rules.matches
        && !regex::Regex::new(&pattern.value).is_ok_and(|regex| regex.is_match(text))
    {
        breaks(Defect::Matches, format!("`{name}` does not match its pattern"), &pattern.place);
    }
    broken
}

impl Broken {
    /// The finding that `check` makes of it.
    pub(crate) fn finding(self, key: &Key, environment: &EnvName) -> Finding {
        Finding::new(self.rule, environment, self.message)
            .key(&key.name)
            .at(self.place)
            .command(format!("senex-env set -e {environment} {}", key.name))
    }
}

fn either(values: &[String]) -> String {
    match values {
        [] => "absent".to_owned(),
        [first @ .., last] if !first.is_empty() => {
            let first: Vec<String> = first.iter().map(|value| format!("`{value}`")).collect();
            format!("{} or `{last}`", first.join(", "))
        }
        [only, ..] => format!("`{only}`"),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::project::Project;

    fn project(rules: &str) -> Project {
        let text = format!(
            "version = 1\nproject = \"p\"\n[environments.development]\n[environments.production]\n[keys.K]\n{rules}"
        );
        Project::parse(Path::new("/p"), &text).expect("a project file")
    }

    fn rules_broken(rules: &str, environment: usize, value: &str) -> Vec<Broken> {
        let project = project(rules);
        let environment = &project.environments[environment].name;
        broken(&project.keys[0], environment, &Secret::new(value.to_owned()))
    }

    #[test]
    fn findings_name_the_rule_and_place_but_not_the_value() {
        let rules = "type = \"port\"\none_of = [\"1\", \"2\"]\nnot_one_of = [\"hunter2\"]\nmin_length = 8\nmatches = \"[0-9]+\"\n";
        let found = rules_broken(rules, 0, "hunter2");
        let told: Vec<(&str, usize)> = found.iter().map(|b| (b.rule.as_str(), b.place.line)).collect();
        assert_eq!(told, [("type", 6), ("one-of", 7), ("not-one-of", 8), ("min-length", 9), ("matches", 10)]);
        for broken in found {
            assert!(!broken.message.contains("hunter"), "{}", broken.message);
        }
        assert_eq!(rules_broken(rules, 0, ""), []);
    }

    #[test]
    fn environment_rules_replace_general_rules() {
        let rules = "secret = false\n[keys.K.development]\none_of = [\"a\", \"b\"]\n[keys.K.production]\nnot_one_of = [\"a\"]\n";
        assert_eq!(rules_broken(rules, 0, "a"), []);
        let found = rules_broken(rules, 0, "c");
        assert_eq!(found[0].message, "`K` must be `a` or `b` in `development`");
        assert_eq!(found[0].place.line, 8);
        assert_eq!(rules_broken(rules, 1, "a")[0].rule, Defect::NotOneOf);
        assert_eq!(rules_broken(rules, 1, "c"), []);
    }

    #[test]
    fn the_allowed_values_of_a_secret_are_not_repeated() {
        let found = rules_broken("one_of = [\"swordfish\"]\n", 0, "x");
        assert!(!found[0].message.contains("swordfish"));
    }

    #[test]
    fn key_with_previous_values_is_checked_as_a_list() {
        let rules = "type = \"port\"\nkeep_previous_in = \"K\"\n";
        assert_eq!(rules_broken(rules, 0, "1,2"), []);
        assert_eq!(rules_broken(rules, 0, "1,x").len(), 1);
        assert_eq!(rules_broken("type = \"port\"\n", 0, "1,2").len(), 1);
    }
}
