//! The real stack in use: the operations of the strategy document, its hardened form, Docker Swarm, and the unit of
//! a production host. The checks are in scripts that a person runs as well; they wait for each other.

use std::path::Path;
use std::process::Command;

use crate::support::example::{example, script};
use crate::support::outcome::succeeded;
use crate::support::project::{TestProject, stderr};
use crate::support::tools::{program, tool};

#[test]
fn every_operation_of_the_strategy_document_works_through_run() {
    match tool("docker-compose/bin/docker-compose") {
        Some(path) => script("operations.sh", &["--docker-compose", path.to_str().expect("text")]),
        None => script("operations.sh", &[]),
    }
}

#[test]
fn the_hardened_form_shows_no_secret() {
    script("hardened.sh", &[]);
}

#[test]
fn the_stack_runs_in_docker_swarm_from_pushed_secrets() {
    script("swarm.sh", &[]);
}

/// The README of the example says of every row which check shows it. The check is there.
#[test]
fn every_row_of_the_strategy_document_is_shown_by_a_check_that_exists() {
    let readme = std::fs::read_to_string(example("README.md")).expect("the example's README");
    let (_, section) = readme.split_once("## The strategy document, row by row").expect("the section");
    let rows: Vec<Vec<String>> = section
        .lines()
        .skip_while(|line| !line.starts_with('|'))
        .take_while(|line| line.starts_with('|'))
        .skip(2)
        .map(|line| line.replace("\\|", "\0").split('|').map(|cell| cell.trim().replace('\0', "|")).collect())
        .collect();
    assert!(rows.len() > 50, "{}", rows.len());
    for row in &rows {
        let [_, what, command, shown, _] = row.as_slice() else { panic!("{row:?}") };
        if let Some(reason) = shown.strip_prefix("cannot run: ") {
            assert!(!reason.is_empty(), "{what}");
            continue;
        }
        let (script, words) =
            shown.strip_prefix('`').and_then(|text| text.split_once("`: ")).expect("a script");
        let text = std::fs::read_to_string(example(script)).unwrap_or_else(|_| panic!("{what}: {script}"));
        assert!(text.contains(&format!("check \"{words}")), "{what}: no check of {script} says `{words}`");
        assert!(!command.is_empty(), "{what}");
    }
}

/// The unit as it is, but for the places that this machine does not have.
fn unit(binary: &str, checkout: &str) -> String {
    let unit = std::fs::read_to_string(example("systemd/senex-trader.service")).expect("the unit");
    unit.replace("/usr/local/bin/senex-env", binary).replace("/srv/senex-trader", checkout)
}

#[test]
fn systemd_accepts_the_production_unit() {
    let Some(analyze) = program("systemd-analyze") else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("senex-trader.service");
    let verify = |text: &str| {
        senex_env::testing::file::replace(&path, text.as_bytes(), 0o644).expect("written");
        Command::new(&analyze).arg("verify").arg(&path).output().expect("systemd-analyze starts")
    };
    let good = unit(env!("CARGO_BIN_EXE_senex-env"), "/");
    let output = verify(&good);
    assert!(output.status.success() && stderr(&output).is_empty(), "{}", stderr(&output));
    // It would tell.
    let output = verify(&good.replace("LoadCredential=", "LoadCredentials="));
    assert!(stderr(&output).contains("LoadCredentials"), "{}", stderr(&output));
}

/// What systemd would start, with the credential where systemd puts it.
#[test]
fn the_command_of_the_unit_opens_production_with_the_hosts_identity() {
    let project = TestProject::empty();
    let repository = Path::new(env!("CARGO_MANIFEST_DIR"));
    for name in ["senex-env.toml", "production.env", "development.env"] {
        let bytes = std::fs::read(repository.join("envs").join(name)).expect("a file");
        project.write(&format!("envs/{name}"), &bytes);
    }
    for name in ["docker-compose.yml", "docker-compose.prod.yml"] {
        let bytes = std::fs::read(example(name)).expect("a file");
        project.write(&format!("examples/senex-trader/{name}"), &bytes);
    }
    let credentials = project.path("runtime");
    std::fs::copy(repository.join("tests/identities/server.txt"), credentials.join("identity"))
        .expect("copied");
    let stand_in = "#!/bin/sh\necho \"podman-compose $*\"\nfor word; do [ -f \"$word\" ] && last=$word; done\n\
                    env | grep -c '^SENEX_ENV_KEY\\|^CREDENTIALS' || true\n";
    let bin = project.path("bin/podman-compose");
    senex_env::testing::file::create(&bin, stand_in.as_bytes(), 0o755).expect("written");

    let unit = unit(env!("CARGO_BIN_EXE_senex-env"), project.root().to_str().expect("text"));
    let setting = |name: &str| {
        let line = unit.lines().find_map(|line| line.strip_prefix(name)).expect("a setting");
        line.replace("%d", credentials.to_str().expect("text"))
    };
    for start in ["ExecStart=", "ExecReload=", "ExecStop="] {
        let command = setting(start);
        let mut words = command.split(' ');
        let mut run = Command::new(words.next().expect("a program"));
        run.args(words).env_clear().current_dir(setting("WorkingDirectory="));
        run.env("PATH", format!("{}:/usr/bin:/bin", project.path("bin").display()));
        run.envs(setting("Environment=").split(' ').map(|pair| pair.split_once('=').expect("a pair")));
        let output = run.output().expect("it starts");
        eprintln!("{}", stderr(&output));
        let said = succeeded(&output);
        let wanted = if start == "ExecStop=" { " down" } else { " up -d" };
        assert!(said.lines().next().is_some_and(|line| line.ends_with(wanted)), "{said}");
        assert!(said.contains("docker-compose.prod.yml") && said.contains("--env-file"), "{said}");
        assert_eq!(said.lines().nth(1), Some("0"), "the identity reaches the child: {said}");
    }
}
