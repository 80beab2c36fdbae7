//! Which `.env` each tool reads by itself.

use super::*;

#[test]
fn docker_compose_reads_the_dot_env_of_the_project() {
    let place = Place::new();
    for name in [".env", "sub/.env", "proj/.env", "proj/c.yml", "compose.yaml", "sub/deep/x"] {
        place.file(name, "");
    }
    assert_eq!(place.own("docker compose up", &[]), [".env"]);
    assert_eq!(place.own("docker compose -f proj/c.yml up", &[]), ["proj/.env"]);
    assert_eq!(place.own("docker compose -f - -f proj/c.yml up", &[]), ["proj/.env"]);
    assert_eq!(place.own("docker compose -f - up", &[]), [".env"]);
    assert_eq!(place.own("docker compose --project-directory sub -f proj/c.yml up", &[]), ["sub/.env"]);
    assert_eq!(place.own("docker compose up", &["proj/c.yml"]), ["proj/.env"]);
    assert_eq!(place.own("docker compose -f proj/c.yml up", &["c.yml"]), ["proj/.env"]);
    // Without -f the compose file is looked for upwards, and both folders count.
    assert_eq!(place.own("env -C sub docker compose up", &[]), [".env", "sub/.env"]);
    assert_eq!(place.own("env -C sub/deep docker compose up", &[]), [".env"]);
    assert_eq!(place.own("env COMPOSE_FILE=proj/c.yml docker compose up", &[]), ["proj/.env", ".env"]);
    assert_eq!(place.own("env COMPOSE_DISABLE_ENV_FILE=1 docker compose up", &[]), Vec::<String>::new());
    assert_eq!(place.own("env COMPOSE_DISABLE_ENV_FILE=0 docker compose up", &[]), [".env"]);
}

#[test]
fn explicit_env_file_replaces_dot_env() {
    let place = Place::new();
    place.file(".env", "");
    assert_eq!(place.own("docker compose --env-file a --env-file b up", &[]), ["a", "b"]);
    assert_eq!(place.own("podman-compose --env-file a --env-file b up", &[]), ["b"]);
    assert_eq!(place.own("podman-compose --env-file= up", &[]), Vec::<String>::new());
    assert!(place.parse("podman-compose --env-file a up").own_env_files(&[])[0].named);
    assert!(!place.parse("podman-compose up").own_env_files(&[])[0].named);
}

#[test]
fn dot_env_handling_differs_by_podman_compose_version() {
    let place = Place::new();
    for name in [".env", "proj/.env", "proj/c.yml"] {
        place.file(name, "");
    }
    let own = |version: &str, options: &str| {
        place.podman_compose(version);
        let _ = std::fs::remove_dir_all(place.path("lib"));
        place.own(&format!("podman-compose {options}up"), &["proj/c.yml"])
    };
    for version in ["1.0.3", "1.0.6"] {
        assert_eq!(own(version, ""), ["proj/.env"], "{version}");
    }
    assert_eq!(own("1.1.0", ""), [".env"]);
    for version in ["1.2.0", "1.6.0"] {
        assert_eq!(own(version, ""), ["proj/.env", ".env"], "{version}");
        assert_eq!(own(version, "--env-file .env "), ["proj/.env", ".env"], "{version}");
        assert_eq!(own(version, "--env-file ./.env "), [".env"], "{version}");
    }
    assert_eq!(own("1.0.6", "--env-file e "), ["proj/e"]);
    assert_eq!(own("1.1.0", "--env-file e "), ["e"]);
}

#[test]
fn other_commands_read_no_dot_env() {
    let place = Place::new();
    place.file(".env", "");
    for line in ["docker stack deploy -c f app", "echo", "docker run x"] {
        assert_eq!(place.own(line, &[]), Vec::<String>::new(), "{line}");
        assert_eq!(place.parse(line).env_file_support(), EnvFileSupport::No, "{line}");
    }
}

#[test]
fn only_old_podman_compose_resolves_compose_file_links() {
    let place = Place::new();
    for name in ["proj/.env", "other/.env", "other/c.yml"] {
        place.file(name, "");
    }
    std::os::unix::fs::symlink(place.path("other/c.yml"), place.path("proj/c.yml")).unwrap();
    assert_eq!(place.own("docker compose -f proj/c.yml up", &[]), ["proj/.env"]);
    assert_eq!(place.own("podman-compose -f proj/c.yml up", &[]), ["proj/.env"]);
    std::fs::remove_dir_all(place.path("lib")).unwrap();
    place.file("bin/podman-compose", "#!/usr/bin/env python3\n__version__ = \"1.0.6\"\n");
    assert_eq!(place.own("podman-compose -f proj/c.yml up", &[]), ["other/.env"]);
}
