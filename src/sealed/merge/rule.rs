//! Which keys are readable in the result of a merge.

use std::collections::BTreeSet;

use super::super::Rule;
use super::MergeError;
use crate::name::KeyName;

/// The names of the config keys, merged as a set. Rules that are no list of names, as `sops` may have
/// them, are taken from the side that changed them.
pub(super) fn merge(base: Option<&Rule>, first: &Rule, second: &Rule) -> Result<Rule, MergeError> {
    if first == second || base == Some(second) {
        return Ok(first.clone());
    }
    if base == Some(first) {
        return Ok(second.clone());
    }
    let (Some(one), Some(other)) = (names(first), names(second)) else { return Err(MergeError::Rule) };
    let before = base.and_then(names).unwrap_or_default();
    let merged: Vec<KeyName> = one
        .union(&other)
        .filter(|name| one.contains(*name) && other.contains(*name) || !before.contains(*name))
        .cloned()
        .collect();
    Ok(Rule::config_keys(&merged))
}

/// The rule without some of its config keys; `None` if it is no list of names.
pub(super) fn without(rule: &Rule, secret: &[KeyName]) -> Option<Rule> {
    let names = names(rule)?;
    Some(Rule::config_keys(names.iter().filter(|name| !secret.contains(name))))
}

fn names(rule: &Rule) -> Option<BTreeSet<KeyName>> {
    if rule.metadata_name() != "unencrypted_regex" {
        return None;
    }
    if rule.text() == "^$" {
        return Some(BTreeSet::new());
    }
    let list = rule.text().strip_prefix("^(")?.strip_suffix(")$")?;
    list.split('|').map(|name| KeyName::new(name).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(names: &[&str]) -> Rule {
        let names: Vec<KeyName> = names.iter().map(|name| KeyName::new(name).expect("a name")).collect();
        Rule::config_keys(&names)
    }

    #[test]
    fn config_keys_are_merged_as_a_set() {
        let base = rule(&["A", "B"]);
        let merged = merge(Some(&base), &rule(&["A", "B", "C"]), &rule(&["B", "D"])).expect("merged");
        assert_eq!(merged, rule(&["B", "C", "D"]));
        assert_eq!(merge(Some(&base), &base, &rule(&[])).expect("merged"), rule(&[]));
    }

    #[test]
    fn config_key_can_be_removed() {
        let secret = [KeyName::new("A").expect("a name")];
        assert_eq!(without(&rule(&["A", "B"]), &secret), Some(rule(&["B"])));
    }
}
