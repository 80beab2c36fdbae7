//! What is true of many variables in many environments, said once.

use std::collections::BTreeMap;

use super::Finding;
use crate::name::{EnvName, KeyName};
use crate::place::Place;
use crate::project::Lint;
use crate::words;

/// What a lint says of one variable in one environment.
pub(crate) struct OfVariable {
    /// The lint.
    pub lint: Lint,
    /// The environment.
    pub environment: EnvName,
    /// The variable.
    pub variable: String,
    /// Where it is read.
    pub place: Option<Place>,
    /// The sentence about some variables, which it is given as a list.
    pub told: fn(&str) -> String,
}

/// One finding for the variables that a lint names in the same environments, at the first of their places.
pub(super) fn together(found: &[OfVariable]) -> Vec<Finding> {
    let mut by_variable: BTreeMap<(Lint, &str), Vec<&OfVariable>> = BTreeMap::new();
    for one in found {
        by_variable.entry((one.lint, &one.variable)).or_default().push(one);
    }
    let mut groups: BTreeMap<(Lint, Vec<EnvName>), Vec<&OfVariable>> = BTreeMap::new();
    for ((lint, _), everywhere) in by_variable {
        let mut environments: Vec<EnvName> = Vec::new();
        for one in &everywhere {
            if !environments.contains(&one.environment) {
                environments.push(one.environment.clone());
            }
        }
        groups.entry((lint, environments)).or_default().push(everywhere[0]);
    }
    groups
        .into_iter()
        .map(|((lint, environments), variables)| finding(lint, environments, &variables))
        .collect()
}

fn finding(lint: Lint, environments: Vec<EnvName>, variables: &[&OfVariable]) -> Finding {
    let first = variables[0];
    let names: Vec<&str> = variables.iter().map(|one| one.variable.as_str()).collect();
    let places = variables.iter().filter_map(|one| one.place.clone());
    let mut finding =
        Finding::new(lint, &first.environment, (first.told)(&words::names(&names))).at(places.min());
    finding.environments = environments;
    if let [only] = names.as_slice() {
        finding.key = KeyName::new(only).ok();
    }
    finding
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(variable: &str, environment: &str, line: usize) -> OfVariable {
        OfVariable {
            lint: Lint::SilentlyEmpty,
            environment: EnvName::new(environment).expect("a name"),
            variable: variable.to_owned(),
            place: Some(Place { path: "compose.yml".into(), line, column: 1 }),
            told: |names| format!("empty: {names}"),
        }
    }

    #[test]
    fn variables_of_the_same_environments_share_a_finding() {
        let all = [
            found("B", "development", 7),
            found("A", "development", 9),
            found("C", "development", 3),
            found("A", "production", 9),
            found("A", "production", 12),
            found("B", "production", 7),
        ];
        let told: Vec<(String, String, Option<usize>)> = together(&all)
            .into_iter()
            .map(|finding| {
                let line = finding.place.map(|place| place.line);
                (words::list(&finding.environments), finding.message, line)
            })
            .collect();
        assert_eq!(
            told,
            [
                ("development".to_owned(), "empty: `C`".to_owned(), Some(3)),
                ("development and production".to_owned(), "empty: `A` and `B`".to_owned(), Some(7)),
            ]
        );
    }
}
