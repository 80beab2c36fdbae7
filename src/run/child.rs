//! What to start, and starting it.

use std::env;
use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read as _};
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ExitStatus, Stdio};

use rustix::io::Errno;

use super::error::RunError;
use super::lookup;
use super::signals::Signals;
use crate::harden;
use crate::name::KeyName;
use crate::program::Program;
use crate::secret::Secret;

/// Longest string that Linux takes into an environment, its NUL included (`MAX_ARG_STRLEN`, execve(2)).
const LONGEST_STRING: usize = 131_072;

/// A command and what its environment has more and less than ours.
pub(crate) struct Plan {
    /// Name or path, as a shell would take it; the child sees it as `argv[0]`.
    pub program: OsString,
    /// Arguments, passed on as they are. No shell comes in between.
    pub args: Vec<OsString>,
    /// Variables to set.
    pub set: Vec<(KeyName, Secret)>,
    /// Variables to take out. What [`Plan::set`] names as well is set.
    pub remove: Vec<OsString>,
}

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// With this exit code.
    Exited(u8),
    /// By this signal.
    Signalled(i32),
}

impl Outcome {
    /// The exit code to pass on: the child's, or 128+n for signal n, as a shell has it.
    pub(crate) fn exit_code(self) -> u8 {
        match self {
            Self::Exited(code) => code,
            Self::Signalled(signal) => super::code_of_signal(signal),
        }
    }
}

impl From<ExitStatus> for Outcome {
    fn from(status: ExitStatus) -> Self {
        match (status.signal(), status.code()) {
            (Some(signal), _) => Self::Signalled(signal),
            (None, code) => Self::Exited(code.and_then(|code| u8::try_from(code).ok()).unwrap_or(u8::MAX)),
        }
    }
}

/// Becomes the command: same process, same everything. Returns only when that fails. Nothing of ours is
/// left to clean up, so this is for plans without a file.
pub(super) fn replace(plan: &Plan) -> RunError {
    match find(plan).and_then(|file| program(plan, &file)) {
        Ok(program) => refusal(plan, harden::suspended(|| program.replace())),
        Err(error) => error,
    }
}

/// Starts the command and waits for its end, passing signals on.
///
/// # Errors
/// [`RunError::Signalled`] when a signal came first; otherwise why it could not be started.
pub(super) fn supervise(plan: Plan, signals: &mut Signals) -> Result<Outcome, RunError> {
    wait(plan, signals, release_standard_streams)
}

/// The same for a command after whose end this process has something to say.
///
/// # Errors
/// As [`supervise`].
pub(super) fn attend(plan: Plan, signals: &mut Signals) -> Result<Outcome, RunError> {
    wait(plan, signals, || ())
}

fn wait(plan: Plan, signals: &mut Signals, started: impl FnOnce()) -> Result<Outcome, RunError> {
    if let Some(signal) = signals.received() {
        return Err(RunError::Signalled(signal));
    }
    let mut child = spawn(&plan)?;
    drop(plan);
    started();
    let status = signals.relay(&mut child).map_err(RunError::io("wait for the command"))?;
    Ok(status.into())
}

fn spawn(plan: &Plan) -> Result<Child, RunError> {
    let file = find(plan)?;
    match start(program(plan, &file)?) {
        // `execvp`, and with it `replace`, hands a script without an interpreter line to the shell.
        Err(error) if Errno::from_io_error(&error) == Some(Errno::NOEXEC) && is_text(&file) => {
            start(shell(plan, &file)?)
        }
        result => result,
    }
    .map_err(|error| refusal(plan, error))
}

fn start(program: Program) -> io::Result<Child> {
    harden::suspended(|| program.start())
}

fn program(plan: &Plan, file: &Path) -> Result<Program, RunError> {
    with_environment(Program::new(file).named(&plan.program).args(&plan.args), plan)
}

fn shell(plan: &Plan, script: &Path) -> Result<Program, RunError> {
    with_environment(Program::new("/bin/sh").args([script]).args(&plan.args), plan)
}

/// With the variables and the standard input that it is to have.
fn with_environment(program: Program, plan: &Plan) -> Result<Program, RunError> {
    let mut program = plan.remove.iter().fold(program, Program::without);
    for (key, value) in &plan.set {
        if value.expose().contains('\0') {
            return Err(RunError::NulInValue { key: key.clone() });
        }
        program = program.env(key.as_str(), value.expose());
    }
    Ok(program.stdin(Stdio::inherit()))
}

/// The program, looked for as the child itself would look.
fn find(plan: &Plan) -> Result<PathBuf, RunError> {
    let set = plan.set.iter().rev().find(|(key, _)| key.as_str() == "PATH");
    let path = match set {
        Some((_, value)) => Some(OsString::from(value.expose())),
        None if plan.remove.iter().any(|name| name == "PATH") => None,
        None => env::var_os("PATH"),
    };
    lookup::find(&plan.program, path.as_deref())
}

/// What bash goes by as well: no NUL in what would be the first lines.
fn is_text(file: &Path) -> bool {
    let mut start = Vec::new();
    let read = File::open(file).and_then(|file| file.take(128).read_to_end(&mut start));
    read.is_ok() && !start.contains(&0)
}

/// Why the system did not start what was found.
fn refusal(plan: &Plan, error: io::Error) -> RunError {
    match Errno::from_io_error(&error) {
        Some(Errno::TOOBIG) => too_big(plan),
        // Of the process, not of the program.
        Some(Errno::AGAIN | Errno::NOMEM | Errno::MFILE | Errno::NFILE) | None => {
            RunError::Io { doing: "start the command", source: error }
        }
        _ => RunError::CannotExecute { program: plan.program.clone(), source: error },
    }
}

fn too_big(plan: &Plan) -> RunError {
    // `NAME=value` and a NUL.
    let longest = plan.set.iter().max_by_key(|(key, value)| key.as_str().len() + value.len());
    if let Some((key, value)) = longest
        && key.as_str().len() + value.len() + 2 > LONGEST_STRING
    {
        return RunError::ValueTooLong { key: key.clone(), bytes: value.len() };
    }
    let args = plan.args.iter().chain([&plan.program]).map(|arg| arg.len() + 1).sum::<usize>();
    let set = plan.set.iter().map(|(key, value)| key.as_str().len() + value.len() + 2).sum::<usize>();
    let inherited = env::vars_os().map(|(name, value)| name.len() + value.len() + 2).sum::<usize>();
    RunError::EnvironmentTooLarge { bytes: args + set + inherited }
}

/// Lets go of standard input and output once the command has them: as long as we held them, a reader of
/// a pipe would not see the end when the command closes its output and lives on.
fn release_standard_streams() {
    if let Ok(null) = File::options().read(true).write(true).open("/dev/null") {
        let _ = rustix::stdio::dup2_stdin(&null);
        let _ = rustix::stdio::dup2_stdout(&null);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(program: &str, args: &[&str]) -> Plan {
        let args = args.iter().map(OsString::from).collect();
        Plan { program: program.into(), args, set: Vec::new(), remove: Vec::new() }
    }

    fn with_value(value: &str) -> Plan {
        let set = vec![(KeyName::new("SECRET_KEY").expect("a key"), Secret::new(value.to_owned()))];
        Plan { set, ..plan("true", &[]) }
    }

    fn outcome(plan: &Plan) -> Result<Outcome, RunError> {
        Ok(spawn(plan)?.wait().expect("a child").into())
    }

    fn code(plan: &Plan) -> u8 {
        outcome(plan).map_or_else(|error| error.exit_code(), Outcome::exit_code)
    }

    #[test]
    fn exit_codes_are_those_of_a_shell() {
        assert_eq!(code(&plan("true", &[])), 0);
        assert_eq!(code(&plan("sh", &["-c", "exit 7"])), 7);
        assert_eq!(code(&plan("sh", &["-c", "exit 255"])), 255);
        assert_eq!(code(&plan("sh", &["-c", "kill -TERM $$"])), 143);
        assert_eq!(code(&plan("sh", &["-c", "kill -KILL $$"])), 137);
        assert_eq!(code(&plan("/", &[])), 126);
        assert_eq!(code(&plan("no-such-program", &[])), 127);
    }

    #[test]
    fn a_value_with_nul_names_its_key() {
        let error = outcome(&with_value("a\0b")).expect_err("NUL");
        assert!(matches!(&error, RunError::NulInValue { key } if key.as_str() == "SECRET_KEY"));
        assert_eq!(error.exit_code(), 125);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn the_longest_value_fits_and_a_longer_one_names_its_key() {
        let longest = LONGEST_STRING - "SECRET_KEY=".len() - 1;
        assert_eq!(code(&with_value(&"x".repeat(longest))), 0);
        let error = outcome(&with_value(&"x".repeat(longest + 1))).expect_err("too long");
        assert!(matches!(&error, RunError::ValueTooLong { key, bytes }
            if key.as_str() == "SECRET_KEY" && *bytes == longest + 1));
        assert!(!error.to_string().contains("xx"));
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn too_many_values_are_too_large_together() {
        let value = || Secret::new("x".repeat(100_000));
        let key = |n: i32| KeyName::new(&format!("KEY_{n}")).expect("a key");
        let plan = Plan { set: (0..100).map(|n| (key(n), value())).collect(), ..plan("true", &[]) };
        let error = outcome(&plan).expect_err("10 MB");
        assert!(matches!(error, RunError::EnvironmentTooLarge { bytes } if bytes > 10_000_000));
    }

    #[test]
    fn the_program_is_looked_for_in_the_path_of_the_child() {
        let set = vec![(KeyName::new("PATH").expect("a key"), Secret::new("/nonexistent".into()))];
        assert_eq!(code(&Plan { set, ..plan("true", &[]) }), 127);
        assert_eq!(code(&Plan { remove: vec!["PATH".into()], ..plan("true", &[]) }), 0);
    }

    #[test]
    fn the_program_sees_its_name_as_it_was_typed() {
        assert_eq!(code(&plan("sh", &["-c", "test \"$0\" = sh"])), 0);
    }

    #[test]
    fn variables_are_set_and_removed() {
        let check = plan("sh", &["-c", "test \"$SECRET_KEY\" = 'a b' && test -z \"${HOME+x}\""]);
        let set = with_value("a b").set;
        assert_eq!(code(&Plan { set, remove: vec!["HOME".into(), "SECRET_KEY".into()], ..check }), 0);
    }

    #[test]
    fn a_script_without_an_interpreter_line_runs_and_garbage_does_not() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        // Written by another process: a program that any process has open for writing is "busy".
        let program = |name: &str, printf: &str| {
            let path = folder.path().join(name).into_os_string().into_string().expect("UTF-8");
            let write = "printf \"$1\" >\"$0\" && chmod 755 \"$0\"";
            assert_eq!(code(&plan("sh", &["-c", write, &path, printf])), 0);
            path
        };
        assert_eq!(code(&plan(&program("script", "exit $1\\n"), &["9"])), 9);
        assert_eq!(code(&plan(&program("garbage", "\\177ELF\\0\\0garbage"), &[])), 126);
        assert_eq!(code(&plan(&program("lost", "#!/nonexistent\\n"), &[])), 126);
    }
}
