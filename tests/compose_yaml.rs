//! YAML as the tools read it: whatever one of them accepts or refuses, we do, and what it makes of the
//! values, we do. What the tools answered is recorded, because asking them about every shape takes minutes.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use senex_env::testing::compose::Tool;
use serde::{Deserialize, Serialize};

use crate::compose_model::tools::{Observed, Tools};
use crate::compose_model::{Case, agree, write};

/// A compose file, and the environments of its services as each tool gives them; none where it refuses the file.
#[derive(Serialize, Deserialize)]
struct Shape {
    name: String,
    text: String,
    docker_compose: Option<Environments>,
    podman_compose: Option<Environments>,
}

/// Where we differ from a tool, in what few files have: whether we accept what it refuses.
const KNOWN: &[(&str, Tool, bool)] = &[
    ("escaped single quote", Tool::DockerCompose, false),
    ("block with a comment that touches", Tool::PodmanCompose, true),
    ("flow list with a lone question mark", Tool::DockerCompose, false),
    ("flow list with a lone question mark", Tool::PodmanCompose, false),
    ("flow list with a question mark first", Tool::DockerCompose, false),
    ("anchor with a dot", Tool::DockerCompose, false),
    ("unknown directive", Tool::PodmanCompose, false),
    ("a delete character", Tool::DockerCompose, false),
    ("a C1 control character", Tool::DockerCompose, false),
    ("a long key", Tool::DockerCompose, false),
    ("a long key in quotes", Tool::DockerCompose, false),
    ("environment with a nested mapping", Tool::PodmanCompose, true),
    ("environment with a list", Tool::PodmanCompose, true),
    ("environment list with equals at once", Tool::DockerCompose, true),
    ("merge key quoted", Tool::PodmanCompose, true),
    // A later version may know them.
    ("unknown field", Tool::DockerCompose, true),
    ("unknown section", Tool::DockerCompose, true),
    // A service of a profile that is not used needs none.
    ("neither image nor build", Tool::DockerCompose, true),
];

type Environments = BTreeMap<String, BTreeMap<String, String>>;

impl Shape {
    fn all() -> Vec<Self> {
        let text = std::fs::read_to_string(fixture()).expect("the shapes");
        serde_json::from_str(&text).expect("shapes")
    }

    fn recorded(&mut self, tool: Tool) -> &mut Option<Environments> {
        match tool {
            Tool::DockerCompose => &mut self.docker_compose,
            Tool::PodmanCompose => &mut self.podman_compose,
        }
    }
}

fn fixture() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/yaml-shapes.json")
}

#[test]
fn yaml_shapes_match_the_real_tools() {
    let mut shapes = Shape::all();
    assert!(shapes.len() >= 360, "{} shapes", shapes.len());
    let (mut differences, mut known) = (Vec::new(), Vec::new());
    for shape in &mut shapes {
        let case = Case::of_one_file(&shape.name, &shape.text);
        for tool in Tool::ALL {
            let seen = shape.recorded(tool).clone().ok_or_else(|| "it refuses the file".to_owned());
            let seen = seen.map(|environments| Observed {
                output: String::new(),
                environments,
                warned: BTreeSet::new(),
            });
            let (mut differs, model) = (Vec::new(), case.load(tool, &BTreeMap::new()));
            agree(&model, &seen, tool.as_str(), &mut |what| differs.push(format!("{}: {what}", shape.name)));
            let is_known = |known: &&(&str, Tool, bool)| known.0 == shape.name && known.1 == tool;
            match KNOWN.iter().find(is_known) {
                Some(difference) if !differs.is_empty() && model.is_ok() == difference.2 => {
                    known.push(difference);
                }
                _ => differences.append(&mut differs),
            }
        }
    }
    assert!(differences.is_empty(), "{} differences:\n{}", differences.len(), differences.join("\n"));
    assert_eq!(known.len(), KNOWN.len(), "these differ no more, or otherwise: see {known:?}");
}

/// Asks the tools about every other shape on which they differ; with `SENEX_ENV_RECORD=1` about all of them, and writes
/// down what they say.
#[test]
fn the_tools_still_answer_as_recorded() {
    let Some(mut tools) = Tools::find() else { return };
    let records = std::env::var_os("SENEX_ENV_RECORD").is_some();
    let mut shapes = Shape::all();
    let mut differences = Vec::new();
    for (number, shape) in shapes.iter_mut().enumerate() {
        if !records && (shape.docker_compose == shape.podman_compose || number % 2 == 0) {
            continue;
        }
        let case = Case::of_one_file(&shape.name, &shape.text);
        for tool in Tool::ALL {
            let seen = tools.run(tool, case.folder.path(), &case.files, &BTreeMap::new());
            let seen = seen.ok().map(|seen| seen.environments);
            if *shape.recorded(tool) != seen {
                differences.push(format!("{} [{tool}]", shape.name));
                *shape.recorded(tool) = seen;
            }
        }
    }
    if records {
        let text = serde_json::to_string_pretty(&shapes).expect("JSON");
        write(&fixture(), &(text + "\n"));
    } else {
        assert!(differences.is_empty(), "{} differ: {}", differences.len(), differences.join(", "));
    }
}
