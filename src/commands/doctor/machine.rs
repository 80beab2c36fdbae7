//! The machine: a place in memory, compose tools, sops, the editor.

use std::ffi::OsString;

use super::Line;
use crate::desk::Session;
use crate::invocation::{Engine, EnvFileSupport, Starter};
use crate::program::Program;
use crate::run;

/// Where a run puts its file.
pub(super) fn memory(lines: &mut Vec<Line>) {
    match run::place_in_memory() {
        Ok(place) if run::IN_MEMORY => {
            lines.push(Line::ok("memory", format!("env files are stored in {}", place.display())));
        }
        Ok(place) => lines.push(Line::note(
            "memory",
            format!("env files are stored in {}, perhaps on a disk", place.display()),
        )),
        Err(tried) => {
            let tried: Vec<String> =
                tried.iter().map(|unfit| format!("{}: {}", unfit.path.display(), unfit.reason)).collect();
            let fix = "export XDG_RUNTIME_DIR=/run/user/$(id -u), or mount a tmpfs on /dev/shm";
            lines.push(Line::problem(
                "memory",
                format!("no place for an env file ({})", tried.join("; ")),
                fix,
            ));
        }
    }
}

/// The programs that a run is for, and those beside it.
pub(super) fn tools(session: &Session<'_>, lines: &mut Vec<Line>) {
    let before = lines.len();
    for starter in Starter::ALL {
        let arguments: &[&str] = match starter {
            Starter::PodmanCompose => {
                podman_compose(session, lines);
                continue;
            }
            // It starts one of the others.
            Starter::Podman => continue,
            Starter::Docker => &["compose", "version"],
            Starter::DockerCompose => &["version"],
        };
        let Some(path) = run::find_program(starter.as_str()) else { continue };
        lines.push(match first_line(Program::probe(path).args(arguments), session) {
            Some(version) => Line::ok("compose", version),
            None => Line::note("compose", format!("`{}` does not work here", starter.compose())),
        });
    }
    if lines.len() == before {
        lines.push(Line::note("compose", "no compose tool is installed; run starts any other command"));
    }
    match run::find_program("sops").map(|path| first_line(Program::probe(path).args(["--version"]), session))
    {
        Some(Some(version)) => lines.push(Line::ok("sops", format!("{version} opens the sealed files too"))),
        Some(None) => lines.push(Line::note("sops", "is installed, but does not report its version")),
        None => lines.push(Line::note("sops", "is not installed (not required)")),
    }
    editor(session, lines);
}

fn podman_compose(session: &Session<'_>, lines: &mut Vec<Line>) {
    if run::find_program("podman-compose").is_none() {
        return;
    }
    let words = ["podman-compose", "up"].map(OsString::from);
    let invocation = session.invocation(&words);
    let version = match invocation.front_end().engine() {
        Some(Engine::PodmanCompose(Some(version))) => {
            format!("podman-compose {}.{}.{}", version.0, version.1, version.2)
        }
        Some(Engine::PodmanCompose(None) | Engine::DockerCompose | Engine::DockerComposeV1) | None => {
            "podman-compose of an unknown version".to_owned()
        }
    };
    lines.push(match invocation.env_file_support() {
        EnvFileSupport::Several => Line::ok("compose", version),
        EnvFileSupport::One => Line::ok(
            "compose",
            format!("{version} reads one env file: yours is put in front of the sealed values"),
        ),
        EnvFileSupport::No => Line::note(
            "compose",
            format!("{version} does not support --env-file: values go through its process environment"),
        ),
    });
    if run::find_program("podman").is_none() {
        lines.push(Line::problem(
            "compose",
            "podman-compose is installed, but podman is not",
            "install podman",
        ));
    }
}

fn editor(session: &Session<'_>, lines: &mut Vec<Line>) {
    let (from, line) = match session.context.editor() {
        Some((variable, line)) => (variable, line.to_string_lossy().into_owned()),
        None => ("no variable is set", "vi".to_owned()),
    };
    let program = shlex::split(&line).and_then(|words| words.into_iter().next()).unwrap_or_default();
    lines.push(match run::find_program(&program) {
        Some(_) => Line::ok("editor", format!("{program} ({from})")),
        None => Line::note("editor", format!("{program} was not found ({from}): edit needs one")),
    });
}

/// What a program says first; `None` when it fails.
fn first_line(program: Program, session: &Session<'_>) -> Option<String> {
    let said = program.directory(&session.context.directory).answer()?;
    said.lines().next().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty())
}
