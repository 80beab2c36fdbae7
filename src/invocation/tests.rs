use std::collections::BTreeMap;

use super::version::Version;
use super::*;

mod discovery;
mod dot_env;
mod files;
mod scale;

/// A folder with fake programs in `bin`, and the variables that a test sets.
struct Place {
    folder: tempfile::TempDir,
    variables: BTreeMap<String, String>,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("bin").display().to_string();
        let place = Self { folder, variables: BTreeMap::from([("PATH".to_owned(), path)]) };
        place.file("bin/docker", "\x7fELF");
        place.file("bin/docker-compose", "\x7fELF");
        place.file("bin/python3", "\x7fELF");
        place.podman_compose("1.6.0");
        place
    }

    fn file(&self, name: &str, text: &str) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::io::Write::write_all(&mut std::fs::File::create(path).unwrap(), text.as_bytes()).unwrap();
    }

    /// podman-compose as one file, which tells its version.
    fn podman_compose(&self, version: &str) {
        let text = format!("#!/usr/bin/env python3\n__version__ = \"{version}\"\n");
        self.file("bin/podman-compose", &text);
        self.file("venv/bin/podman-compose", &text);
        self.file("lib/python3.13/site-packages/podman_compose-1.6.0.dist-info/METADATA", "");
    }

    fn set(mut self, name: &str, value: &str) -> Self {
        self.variables.insert(name.to_owned(), value.to_owned());
        self
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().canonicalize().unwrap().join(name)
    }

    fn parse(&self, line: &str) -> Invocation {
        let argv: Vec<OsString> = line.split(' ').map(OsString::from).collect();
        let variable = |name: &str| self.variables.get(name).map(OsString::from);
        Invocation::parse(&argv, Surroundings { cwd: &self.path(""), variable: &variable })
    }

    fn own(&self, line: &str, add: &[&str]) -> Vec<String> {
        let add: Vec<PathBuf> = add.iter().map(|name| self.path(name)).collect();
        let found = self.parse(line).own_env_files(&add);
        found.iter().map(|own| own.path.strip_prefix(self.path("")).unwrap().display().to_string()).collect()
    }
}

fn joined(argv: &[OsString]) -> String {
    argv.iter().map(|a| a.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

#[derive(Debug, PartialEq)]
enum Kind {
    PodmanCompose,
    Docker,
    Plugin,
    Stack,
    Other,
}

fn kind(front_end: FrontEnd) -> Kind {
    match front_end {
        FrontEnd::PodmanCompose { .. } => Kind::PodmanCompose,
        FrontEnd::DockerComposeV1 | FrontEnd::DockerComposeV2 => Kind::Docker,
        FrontEnd::PodmanComposePlugin { .. } => Kind::Plugin,
        FrontEnd::DockerStackDeploy => Kind::Stack,
        FrontEnd::Other => Kind::Other,
    }
}

/// Command, its kind, the command with `-f F` and `--env-file OURS` added.
const COMMANDS: &[(&str, Kind, &str)] = &[
    ("podman-compose up", Kind::PodmanCompose, "podman-compose -f F --env-file OURS up"),
    ("podman-compose", Kind::PodmanCompose, "podman-compose -f F --env-file OURS"),
    (
        "./venv/bin/podman-compose up",
        Kind::PodmanCompose,
        "./venv/bin/podman-compose -f F --env-file OURS up",
    ),
    (
        "/usr/local/bin/docker-compose ps",
        Kind::Docker,
        "/usr/local/bin/docker-compose -f F --env-file OURS ps",
    ),
    (
        "python3 -m podman_compose up",
        Kind::PodmanCompose,
        "python3 -m podman_compose -f F --env-file OURS up",
    ),
    (
        "python3 -u -X dev -mpodman_compose up",
        Kind::PodmanCompose,
        "python3 -u -X dev -mpodman_compose -f F --env-file OURS up",
    ),
    (
        "python3 ./venv/bin/podman-compose up",
        Kind::PodmanCompose,
        "python3 ./venv/bin/podman-compose -f F --env-file OURS up",
    ),
    ("python3 -m other podman_compose up", Kind::Other, "python3 -m other podman_compose up"),
    ("python3 -c podman_compose", Kind::Other, "python3 -c podman_compose"),
    ("python3 manage.py up", Kind::Other, "python3 manage.py up"),
    ("python3", Kind::Other, "python3"),
    (
        "podman-compose --podman-path p --in-pod 0 -p x -f a -fb --file=c up -d",
        Kind::PodmanCompose,
        "podman-compose --env-file OURS --podman-path p --in-pod 0 -p x -f a -fb --file=c up -d",
    ),
    (
        "podman-compose --fil a --env-fil e up",
        Kind::PodmanCompose,
        "podman-compose --env-file OURS --fil a up",
    ),
    ("podman-compose --env-f=e -v up", Kind::PodmanCompose, "podman-compose -f F --env-file OURS -v up"),
    (
        "podman-compose --env-file a --env-file b up",
        Kind::PodmanCompose,
        "podman-compose -f F --env-file OURS up",
    ),
    (
        "podman-compose --podman-run-args=--log-level=debug up",
        Kind::PodmanCompose,
        "podman-compose -f F --env-file OURS --podman-run-args=--log-level=debug up",
    ),
    (
        "podman-compose run --rm -e K=V -f x --env-file e web sh",
        Kind::PodmanCompose,
        "podman-compose -f F --env-file OURS run --rm -e K=V -f x --env-file e web sh",
    ),
    ("podman-compose -- up", Kind::PodmanCompose, "podman-compose -f F --env-file OURS -- up"),
    (
        "podman-compose --new-option v up",
        Kind::PodmanCompose,
        "podman-compose -f F --env-file OURS --new-option v up",
    ),
    (
        "podman-compose --new-flag up -f x",
        Kind::PodmanCompose,
        "podman-compose -f F --env-file OURS --new-flag up -f x",
    ),
    ("docker compose up", Kind::Docker, "docker compose -f F --env-file OURS up"),
    (
        "docker --context x --log-level error compose -p proj --profile full up -d",
        Kind::Docker,
        "docker --context x --log-level error compose -f F --env-file OURS -p proj --profile full up -d",
    ),
    (
        "docker -Dc compose -H=tcp://h compose ps",
        Kind::Docker,
        "docker -Dc compose -H=tcp://h compose -f F --env-file OURS ps",
    ),
    (
        "docker -l debug --tls --config=d compose ps",
        Kind::Docker,
        "docker -l debug --tls --config=d compose -f F --env-file OURS ps",
    ),
    ("docker --future compose up", Kind::Docker, "docker --future compose -f F --env-file OURS up"),
    ("docker --future x compose up", Kind::Docker, "docker --future x compose -f F --env-file OURS up"),
    (
        "docker-compose --ansi never -p x up",
        Kind::Docker,
        "docker-compose -f F --env-file OURS --ansi never -p x up",
    ),
    ("docker-compose -f - up", Kind::Docker, "docker-compose --env-file OURS -f - up"),
    (
        "docker compose --env-file a -f c --env-file=b up",
        Kind::Docker,
        "docker compose --env-file a --env-file b --env-file OURS -f c up",
    ),
    ("docker compose --env-fil a up", Kind::Docker, "docker compose -f F --env-file OURS --env-fil a up"),
    (
        "docker compose exec -e A=b -f web env",
        Kind::Docker,
        "docker compose -f F --env-file OURS exec -e A=b -f web env",
    ),
    ("podman compose up", Kind::Plugin, "podman compose -f F --env-file OURS up"),
    (
        "podman --remote --log-level debug -c prod compose -p x up",
        Kind::Plugin,
        "podman --remote --log-level debug -c prod compose -f F --env-file OURS -p x up",
    ),
    ("sudo -E docker compose up", Kind::Docker, "sudo -E docker compose -f F --env-file OURS up"),
    (
        "sudo -u x -E -n -g y --preserve-env=A V=val podman-compose up",
        Kind::PodmanCompose,
        "sudo -u x -E -n -g y --preserve-env=A V=val podman-compose -f F --env-file OURS up",
    ),
    ("env -u X A=b docker compose up", Kind::Docker, "env -u X A=b docker compose -f F --env-file OURS up"),
    (
        "timeout -k 5 30 nice -n 5 podman-compose up",
        Kind::PodmanCompose,
        "timeout -k 5 30 nice -n 5 podman-compose -f F --env-file OURS up",
    ),
    ("sudo env podman-compose up", Kind::PodmanCompose, "sudo env podman-compose -f F --env-file OURS up"),
    ("docker stack deploy -c f --prune app", Kind::Stack, "docker stack deploy -c f --prune app"),
    ("docker --context x stack up app -c f", Kind::Stack, "docker --context x stack up app -c f"),
    ("docker stack config -c f", Kind::Stack, "docker stack config -c f"),
    ("docker stack ls", Kind::Other, "docker stack ls"),
    ("docker run --env-file e compose up", Kind::Other, "docker run --env-file e compose up"),
    ("docker", Kind::Other, "docker"),
    ("docker --context", Kind::Other, "docker --context"),
    ("podman run -f x", Kind::Other, "podman run -f x"),
    ("echo docker compose up", Kind::Other, "echo docker compose up"),
    ("sh -c podman-compose", Kind::Other, "sh -c podman-compose"),
    ("sudo -E", Kind::Other, "sudo -E"),
    ("env -S podman-compose", Kind::Other, "env -S podman-compose"),
];

#[test]
fn commands_are_recognized_and_options_go_where_the_tools_look() {
    let place = Place::new();
    for (line, expected, with) in COMMANDS {
        let invocation = place.parse(line);
        assert_eq!(&kind(invocation.front_end()), expected, "{line}");
        let env = match invocation.env_file_support() {
            EnvFileSupport::Several => {
                EnvFiles::Several { theirs: invocation.env_files(), ours: Path::new("OURS") }
            }
            EnvFileSupport::One => EnvFiles::One(Path::new("OURS")),
            EnvFileSupport::No => EnvFiles::Unchanged,
        };
        let files = Files { before: &[PathBuf::from("F")], behind: None };
        assert_eq!(&joined(&invocation.with(files, env)), with, "{line}");
        assert_eq!(joined(&invocation.with(Files::default(), EnvFiles::Unchanged)), *line);
    }
}

#[test]
fn empty_command_does_not_panic() {
    let place = Place::new();
    let variable = |_: &str| None;
    let invocation = Invocation::parse(&[], Surroundings { cwd: &place.path(""), variable: &variable });
    assert_eq!(invocation.front_end(), FrontEnd::Other);
    assert!(invocation.with(Files::default(), EnvFiles::Unchanged).is_empty());
    assert!(!invocation.has_placeholder());
}

#[test]
fn version_decides_env_file_support() {
    for (version, support) in
        [("1.0.3", EnvFileSupport::No), ("1.0.6", EnvFileSupport::One), ("1.6.0", EnvFileSupport::One)]
    {
        let place = Place::new();
        place.podman_compose(version);
        std::fs::remove_dir_all(place.path("lib")).unwrap();
        let invocation = place.parse("podman-compose up");
        let expected = FrontEnd::PodmanCompose { version: Version::parse(version) };
        assert_eq!(invocation.front_end(), expected);
        assert_eq!(invocation.env_file_support(), support, "{version}");
    }
}

#[test]
fn python_docker_compose_accepts_one_env_file() {
    let place = Place::new();
    place.file("bin/docker-compose", "#!/usr/bin/python3\n");
    let invocation = place.parse("docker-compose --env-file=e up");
    assert_eq!(invocation.front_end(), FrontEnd::DockerComposeV1);
    assert_eq!(invocation.env_file_support(), EnvFileSupport::One);
    place.file(
        "bin/docker-compose",
        &format!("\x7fELF{}MEI\x0c\x0b\x0a\x0b\x0e{}", "x".repeat(9999), "y".repeat(80)),
    );
    assert_eq!(place.parse("docker-compose up").front_end(), FrontEnd::DockerComposeV1);
}

#[test]
fn podman_installed_as_docker_is_podman() {
    let place = Place::new();
    place.file("bin/docker", "#!/bin/sh\nexec /usr/bin/podman \"$@\"\n");
    assert_eq!(kind(place.parse("docker compose up").front_end()), Kind::Plugin);
}

#[test]
fn podman_compose_provider_is_resolved_like_podman() {
    let provider = |place: Place| match place.parse("podman compose up").front_end() {
        FrontEnd::PodmanComposePlugin { provider } => provider,
        _ => panic!("not the plugin"),
    };
    let place = Place::new();
    place.file("config/containers/containers.conf", "[engine]\ncompose_providers = [\"podman-compose\"]\n");
    let config = place.path("config").display().to_string();
    let configured = provider(place.set("XDG_CONFIG_HOME", &config));
    assert_eq!(configured, Some(Engine::PodmanCompose(Some(Version(1, 6, 0)))));
    let chosen = provider(Place::new().set("PODMAN_COMPOSE_PROVIDER", "docker-compose"));
    assert_eq!(chosen, Some(Engine::DockerCompose));
    assert_eq!(provider(Place::new().set("PODMAN_COMPOSE_PROVIDER", "something")), None);
}

#[test]
fn placeholders_count_before_the_subcommand_only() {
    let place = Place::new();
    for (line, has) in [
        ("prog --config {}", true),
        ("prog --config={} x", true),
        ("docker run --env-file {} image", true),
        ("podman-compose --env-file {} up", true),
        ("podman-compose exec web find -exec rm {} ;", false),
        ("prog {{.Name}}", false),
    ] {
        assert_eq!(place.parse(line).has_placeholder(), has, "{line}");
    }
    let invocation = place.parse("docker compose --env-file={} exec web rm {}");
    let filled = |before: &[PathBuf]| {
        joined(&invocation.with(Files { before, behind: None }, EnvFiles::InPlace(Path::new("/run/x"))))
    };
    assert_eq!(filled(&[]), "docker compose --env-file=/run/x exec web rm {}");
    assert_eq!(filled(&["a.yml".into()]), "docker compose -f a.yml --env-file=/run/x exec web rm {}");
    let other = place.parse("prog --config={} x");
    assert_eq!(
        joined(&other.with(Files { before: &[], behind: None }, EnvFiles::InPlace(Path::new("/run/x")))),
        "prog --config=/run/x x"
    );
}

#[test]
fn the_subcommand_is_known() {
    let place = Place::new();
    let subcommand = |line: &str| place.parse(line).subcommand().map(|s| s.to_string_lossy().into_owned());
    assert_eq!(subcommand("docker compose -f x config -q").as_deref(), Some("config"));
    assert_eq!(subcommand("podman-compose -- up").as_deref(), Some("up"));
    assert_eq!(subcommand("docker compose"), None);
    assert_eq!(subcommand("echo up"), None);
}

#[test]
fn wrappers_are_part_of_the_invocation() {
    let place = Place::new();
    let invocation = place.parse("sudo -u deploy K=v podman-compose up");
    assert_eq!(invocation.drops_environment().map(|d| d.program), Some("sudo"));
    assert!(invocation.drops_environment().is_some_and(|d| d.keeps("K") && !d.keeps("L")));
    assert_eq!(invocation.switches_to_user(), Some(OsStr::new("deploy")));
    assert_eq!(invocation.assigned_variables(), ["K"]);
}
