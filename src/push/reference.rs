//! The compose file that ties a stack to one set of secrets: names, no values.

use std::fmt::Write as _;

use super::Set;
use crate::name::KeyName;

/// A service that reads a secret at `/run/secrets/<KEY>`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Mount {
    /// The service.
    pub service: String,
    /// The key.
    pub key: KeyName,
}

/// For `docker stack deploy`: each key is a secret of the stack, `external`, with the name of its version.
pub(crate) fn for_swarm(set: &Set<'_>) -> String {
    let mut text = String::from("version: \"3.8\"\nsecrets:\n");
    for (key, version) in set {
        push(&mut text, format_args!("  {key}:\n    external: true\n    name: {}\n", version.name));
    }
    text
}

/// For podman-compose, which knows an external secret by its own name only: each service is given the versions
/// that it reads, under the names of the keys.
pub(crate) fn for_podman(set: &Set<'_>, mounts: &[Mount]) -> String {
    let mut text = String::from("services:\n");
    let mut mounts: Vec<&Mount> = mounts.iter().filter(|mount| set.contains_key(&mount.key)).collect();
    mounts.sort();
    mounts.dedup();
    for of_service in mounts.chunk_by(|a, b| a.service == b.service) {
        // JSON's strings are YAML's.
        let service = serde_json::Value::from(of_service[0].service.as_str());
        push(&mut text, format_args!("  {service}:\n    secrets:\n"));
        for Mount { key, .. } in of_service {
            let name = &set[key].name;
            push(&mut text, format_args!("      - source: {name}\n        target: {key}\n"));
        }
    }
    if mounts.is_empty() {
        text.clear();
    }
    text.push_str("secrets:\n");
    for version in set.values() {
        push(&mut text, format_args!("  {}:\n    external: true\n", version.name));
    }
    text
}

fn push(text: &mut String, more: std::fmt::Arguments<'_>) {
    text.write_fmt(more).expect("a string takes everything");
}

#[cfg(test)]
mod tests {
    use super::super::version::tests::versions;
    use super::*;

    #[test]
    fn the_stack_is_given_aliases() {
        let all = versions(&["A 1 a", "B 2 b"]);
        assert_eq!(
            for_swarm(&all.set(2).expect("whole")),
            "version: \"3.8\"\nsecrets:\n  A:\n    external: true\n    name: p_e_A_v1\n  B:\n    external: true\n    name: p_e_B_v2\n"
        );
    }

    #[test]
    fn each_service_is_given_what_it_reads() {
        let all = versions(&["A 1 a", "B 2 b"]);
        let mount = |service: &str, key| Mount {
            service: service.to_owned(),
            key: KeyName::new(key).expect("a name"),
        };
        assert_eq!(
            for_podman(
                &all.set(2).expect("whole"),
                &[mount("web", "B"), mount("db", "A"), mount("web", "A"), mount("web", "C")]
            ),
            "services:\n  \"db\":\n    secrets:\n      - source: p_e_A_v1\n        target: A\n  \
             \"web\":\n    secrets:\n      - source: p_e_A_v1\n        target: A\n      - source: p_e_B_v2\n        target: B\n\
             secrets:\n  p_e_A_v1:\n    external: true\n  p_e_B_v2:\n    external: true\n"
        );
        assert_eq!(
            for_podman(&all.set(1).expect("whole"), &[]),
            "secrets:\n  p_e_A_v1:\n    external: true\n"
        );
    }
}
