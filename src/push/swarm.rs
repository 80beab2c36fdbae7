//! The secrets of Docker in Swarm mode, and the stack that reads them.

use std::collections::BTreeSet;

use super::secret_command::{EMPTY, LARGEST, SecretCommand};
use super::store::{About, Mount, Store, StoreError};
use super::{Scope, Set, Version, Versions};

/// Docker Swarm, by `docker`.
pub(super) struct Swarm;

const DOCKER: SecretCommand = SecretCommand("docker");

/// The names alone: services hold values as well.
const SERVICE_SECRETS: &str = "{{with .Spec.TaskTemplate.ContainerSpec}}{{range .Secrets}}{{println .SecretName}}{{end}}{{end}}\
    {{with .PreviousSpec}}{{with .TaskTemplate.ContainerSpec}}{{range .Secrets}}{{println .SecretName}}{{end}}{{end}}{{end}}";

impl Store for Swarm {
    fn about(&self) -> &'static About {
        &About { title: "Docker Swarm", largest: LARGEST, empty: EMPTY, names_services: false, compose }
    }

    fn versions(&self, scope: &Scope) -> Result<Versions, StoreError> {
        DOCKER.versions(scope)
    }

    fn create(&self, scope: &Scope, version: &Version, value: &[u8]) -> Result<(), StoreError> {
        DOCKER.create(scope, version, value)
    }

    fn remove(&self, version: &Version) -> Result<(), StoreError> {
        DOCKER.remove(version)
    }

    fn in_use(&self) -> Result<BTreeSet<String>, StoreError> {
        DOCKER.words(&["service", "ls", "-q"], &["service", "inspect"], SERVICE_SECRETS)
    }
}

/// For `docker stack deploy`: each key is a secret of the stack, `external`, with the name of its version.
fn compose(set: &Set<'_>, _: &[Mount]) -> String {
    let mut text = String::from("version: \"3.8\"\nsecrets:\n");
    for (key, version) in set {
        text.push_str(&format!("  {key}:\n    external: true\n    name: {}\n", version.name));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::super::version::tests::versions;
    use super::*;

    #[test]
    fn swarm_file_aliases_versions_to_keys() {
        let all = versions(&["A 1 a", "B 2 b"]);
        assert_eq!(
            compose(&all.set(2).expect("whole"), &[]),
            "version: \"3.8\"\nsecrets:\n  A:\n    external: true\n    name: p_e_A_v1\n  B:\n    external: true\n    name: p_e_B_v2\n"
        );
    }
}
