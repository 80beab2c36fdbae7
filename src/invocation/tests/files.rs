//! The compose files and env files that a command line names.

use super::*;

fn files(invocation: &Invocation) -> Vec<String> {
    invocation.files().iter().map(|file| file.given.display().to_string()).collect()
}

#[test]
fn compose_files_come_from_options_and_then_from_the_environment() {
    let place = Place::new().set("COMPOSE_FILE", "a.yml:b.yml");
    place.file("b.yml", "");
    assert_eq!(
        files(&place.parse("docker compose -f c.yml -fd.yml --file=e.yml up -f no")),
        ["c.yml", "d.yml", "e.yml"]
    );
    assert_eq!(files(&place.parse("docker compose up")), ["a.yml", "b.yml"]);
    // podman-compose passes over what is not there.
    assert_eq!(files(&place.parse("podman-compose up")), ["b.yml"]);
    assert_eq!(files(&place.parse("env -u COMPOSE_FILE docker compose up")), Vec::<String>::new());
    assert_eq!(files(&place.parse("sudo docker compose up")), Vec::<String>::new());
    assert_eq!(files(&place.parse("sudo COMPOSE_FILE=x.yml docker compose up")), ["x.yml"]);
    assert_eq!(files(&place.parse("env COMPOSE_PATH_SEPARATOR=l docker compose up")), ["a.ym", ":b.ym"]);
    assert_eq!(
        files(&place.parse("docker stack deploy -c s.yml,t.yml app --compose-file=u.yml")),
        ["s.yml", "t.yml", "u.yml"]
    );
    assert_eq!(files(&place.parse("docker stack deploy -- app -c no.yml")), Vec::<String>::new());
    assert_eq!(files(&place.parse("echo -f x.yml")), Vec::<String>::new());
}

#[test]
fn compose_files_are_resolved_in_the_childs_working_directory() {
    let place = Place::new();
    place.file("sub/c.yml", "");
    std::os::unix::fs::symlink(place.path("sub/c.yml"), place.path("link.yml")).unwrap();
    let path = |line: &str| place.parse(line).files()[0].path.clone();
    assert_eq!(path("docker compose -f link.yml up"), place.path("sub/c.yml"));
    assert_eq!(path("env -C sub docker compose -f c.yml up"), place.path("sub/c.yml"));
    assert_eq!(path("docker compose -f missing.yml up"), place.path("missing.yml"));
    assert_eq!(path("env COMPOSE_PROJECT_DIR=sub podman-compose -f c.yml up"), place.path("sub/c.yml"));
}

#[test]
fn standard_input_counts_as_a_given_file() {
    let place = Place::new();
    let invocation = place.parse("docker compose -f - up");
    assert!(invocation.gives_files() && invocation.files().is_empty());
}

#[test]
fn env_files_come_from_options_and_then_from_the_environment() {
    let place = Place::new().set("COMPOSE_ENV_FILES", "a,,b");
    let given =
        |line: &str| joined(&place.parse(line).env_files().iter().map(OsString::from).collect::<Vec<_>>());
    assert_eq!(given("docker compose --env-file c --env-file=d up"), "c d");
    assert_eq!(given("docker compose up --env-file no"), "a b");
    assert_eq!(given("podman-compose up"), "");
    assert_eq!(given("podman-compose --env-fi c up"), "c");
    assert_eq!(given("docker stack deploy app"), "");
}
