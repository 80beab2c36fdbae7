//! Which compose files a tool finds by itself.

use super::*;
use crate::invocation::discovery::is_override;

/// What a command finds from a folder of a place.
fn finds(place: &Place, folder: &str, line: &str) -> String {
    let argv: Vec<OsString> = line.split(' ').map(OsString::from).collect();
    let variable = |name: &str| place.variables.get(name).map(OsString::from);
    let cwd = place.path(folder);
    let invocation = Invocation::parse(&argv, Surroundings { cwd: &cwd, variable: &variable });
    let root = place.path("");
    let Some(found) = invocation.found_files() else { return String::new() };
    let names = found.files.iter().map(|file| file.strip_prefix(&root).unwrap().display().to_string());
    names.collect::<Vec<_>>().join(" ")
}

fn place(files: &[&str]) -> Place {
    let place = Place::new();
    files.iter().for_each(|file| place.file(file, ""));
    place
}

#[test]
fn docker_compose_loads_one_base_and_one_override() {
    let all = place(&[
        "p/docker-compose.yml",
        "p/compose.yml",
        "p/docker-compose.override.yml",
        "p/compose.override.yaml",
    ]);
    assert_eq!(finds(&all, "p", "docker compose up"), "p/compose.yml p/compose.override.yaml");
    assert_eq!(finds(&place(&["p/compose.override.yml"]), "p", "docker compose up"), "");
}

#[test]
fn podman_compose_loads_every_file_found() {
    let all = place(&["p/docker-compose.yml", "p/compose.yml", "p/docker-compose.override.yml"]);
    let found = "p/compose.yml p/docker-compose.yml p/docker-compose.override.yml";
    assert_eq!(finds(&all, "p", "podman-compose up"), found);
    assert_eq!(
        finds(&place(&["p/container-compose.yml"]), "p", "podman-compose up"),
        "p/container-compose.yml"
    );
}

#[test]
fn docker_compose_searches_parent_folders_and_podman_compose_does_not() {
    let below = place(&["p/compose.yml", "p/a/b/x", "p/w/compose.yaml"]);
    for line in ["docker compose up", "docker-compose ps"] {
        assert_eq!(finds(&below, "p/a/b", line), "p/compose.yml");
        assert_eq!(finds(&below, "p/w", line), "p/w/compose.yaml");
    }
    assert_eq!(finds(&below, "p/a/b", "podman-compose up"), "");
    assert_eq!(finds(&below, "p", "docker compose --project-directory w up"), "p/w/compose.yaml");
}

#[test]
fn tools_add_override_files() {
    for name in ["docker-compose.override.yml", "compose.override.yaml", "a/container-compose.override.yml"] {
        assert!(is_override(Path::new(name)), "{name}");
    }
    for name in ["override.yml", "docker-compose.prod.yml", "compose.yaml", "my.override.yml"] {
        assert!(!is_override(Path::new(name)), "{name}");
    }
}

#[test]
fn our_override_follows_every_file() {
    let place = Place::new();
    let with = |line: &str, files: &[&str]| {
        let before: Vec<PathBuf> = files.iter().map(PathBuf::from).collect();
        let files = Files { before: &before, behind: Some(Path::new("OURS")) };
        joined(&place.parse(line).with(files, EnvFiles::One(Path::new("E"))))
    };
    assert_eq!(with("docker compose up", &["a.yml"]), "docker compose -f a.yml -f OURS --env-file E up");
    assert_eq!(
        with("docker compose -f a.yml --ansi never -fb.yml -p x up -d", &[]),
        "docker compose --env-file E -f a.yml --ansi never -fb.yml -f OURS -p x up -d"
    );
    assert_eq!(
        with("docker compose -p x -f a.yml", &[]),
        "docker compose --env-file E -p x -f a.yml -f OURS"
    );
}
