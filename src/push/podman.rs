//! The secrets of podman, and the services that read them.

use std::collections::BTreeSet;

use super::secret_command::{EMPTY, LARGEST, SecretCommand};
use super::store::{About, Mount, Store, StoreError};
use super::{Scope, Set, Version, Versions};

/// podman, by `podman`.
pub(super) struct Podman;

const PODMAN: SecretCommand = SecretCommand("podman");

/// The names alone: containers hold values as well.
const CONTAINER_SECRETS: &str = "{{range .Config.Secrets}}{{println .Name}}{{end}}";

impl Store for Podman {
    fn about(&self) -> &'static About {
        &About { title: "podman", largest: LARGEST, empty: EMPTY, names_services: true, compose }
    }

    fn versions(&self, scope: &Scope) -> Result<Versions, StoreError> {
        PODMAN.versions(scope)
    }

    fn create(&self, scope: &Scope, version: &Version, value: &[u8]) -> Result<(), StoreError> {
        PODMAN.create(scope, version, value)
    }

    fn remove(&self, version: &Version) -> Result<(), StoreError> {
        PODMAN.remove(version)
    }

    fn in_use(&self) -> Result<BTreeSet<String>, StoreError> {
        PODMAN.words(&["ps", "-q", "--all"], &["container", "inspect"], CONTAINER_SECRETS)
    }
}

/// For podman-compose, which knows an external secret by its own name only: each service is given the versions
/// that it reads, under the names of the keys.
fn compose(set: &Set<'_>, mounts: &[Mount]) -> String {
    let mut text = String::from("services:\n");
    let mut mounts: Vec<&Mount> = mounts.iter().filter(|mount| set.contains_key(&mount.key)).collect();
    mounts.sort();
    mounts.dedup();
    for of_service in mounts.chunk_by(|a, b| a.service == b.service) {
        // JSON's strings are YAML's.
        let service = serde_json::Value::from(of_service[0].service.as_str());
        text.push_str(&format!("  {service}:\n    secrets:\n"));
        for Mount { key, .. } in of_service {
            let name = &set[key].name;
            text.push_str(&format!("      - source: {name}\n        target: {key}\n"));
        }
    }
    if mounts.is_empty() {
        text.clear();
    }
    text.push_str("secrets:\n");
    for version in set.values() {
        text.push_str(&format!("  {}:\n    external: true\n", version.name));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::super::version::tests::versions;
    use super::*;
    use crate::name::KeyName;

    #[test]
    fn podman_file_gives_each_service_its_secrets() {
        let all = versions(&["A 1 a", "B 2 b"]);
        let mount = |service: &str, key| Mount {
            service: service.to_owned(),
            key: KeyName::new(key).expect("a name"),
        };
        assert_eq!(
            compose(
                &all.set(2).expect("whole"),
                &[mount("web", "B"), mount("db", "A"), mount("web", "A"), mount("web", "C")]
            ),
            "services:\n  \"db\":\n    secrets:\n      - source: p_e_A_v1\n        target: A\n  \
             \"web\":\n    secrets:\n      - source: p_e_A_v1\n        target: A\n      - source: p_e_B_v2\n        target: B\n\
             secrets:\n  p_e_A_v1:\n    external: true\n  p_e_B_v2:\n    external: true\n"
        );
        assert_eq!(compose(&all.set(1).expect("whole"), &[]), "secrets:\n  p_e_A_v1:\n    external: true\n");
    }
}
