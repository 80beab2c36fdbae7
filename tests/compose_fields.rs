//! Fields × unset variable: where Docker Compose stops without it, the variable is required; where it goes on, it
//! is not.

use std::collections::BTreeMap;

use senex_env::testing::compose::Tool;
use senex_env::testing::compose::model::Requirement;

use crate::compose_model::{Case, tools::Tools};

/// Field and project. The one variable is `X`.
const FIELDS: &str = include_str!("fixtures/compose-fields.json");

#[test]
fn a_variable_is_required_where_docker_compose_stops_without_it() {
    let fields: Vec<(String, String)> = serde_json::from_str(FIELDS).expect("pairs of texts");
    assert!(fields.len() >= 150, "{} fields", fields.len());
    let Some(mut tools) = Tools::find() else { return };
    let mut differences = Vec::new();
    for (name, text) in &fields {
        let case = Case::of_one_file(name, text);
        let seen = tools.run(Tool::DockerCompose, case.folder.path(), &case.files, &BTreeMap::new());
        let required = match case.load(Tool::DockerCompose, &BTreeMap::new()) {
            Ok(project) => project.requirements().get("X") == Some(&Requirement::Required),
            Err(_) => true,
        };
        if required != seen.is_err() {
            let why = seen.err().unwrap_or_else(|| "the tool goes on".to_owned());
            differences.push(format!("{name}: required is {required}: {why}"));
        }
    }
    assert!(differences.is_empty(), "{} differences:\n{}", differences.len(), differences.join("\n"));
}
