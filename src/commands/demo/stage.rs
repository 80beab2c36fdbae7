//! The temporary repository of the demo, and what is played in it.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;

use crate::desk::Session;
use crate::error::Error;
use crate::exit::Exit;
use crate::file;
use crate::program::{NotStarted, Program};
use crate::run::find_program;
use crate::ui::{style, styled, wrap};

/// Sealed files of the demo are small; longer lines are cut.
const WIDTH: usize = 78;
/// So much of what a program prints is read, in bytes.
const PAGE: u64 = 1 << 20;

pub(super) struct Stage<'a> {
    session: &'a Session<'a>,
    folder: PathBuf,
    /// Removes the folder when the demo is over, unless it is to be kept.
    temporary: Option<tempfile::TempDir>,
    program: PathBuf,
    step: std::cell::Cell<usize>,
}

impl<'a> Stage<'a> {
    pub(super) fn new(session: &'a Session<'a>, keep: bool) -> Result<Self, Error> {
        let failed = |error: std::io::Error| Error::new(Exit::Io, format!("cannot set up the demo: {error}"));
        let temporary = tempfile::Builder::new().prefix("senex-env-demo-").tempdir().map_err(failed)?;
        let program = std::env::current_exe().map_err(failed)?;
        let (folder, temporary) =
            if keep { (temporary.keep(), None) } else { (temporary.path().to_owned(), Some(temporary)) };
        let stage = Self { session, folder, temporary, program, step: std::cell::Cell::new(0) };
        for name in ["repository", "home"] {
            std::fs::create_dir_all(stage.folder.join(name)).map_err(failed)?;
        }
        if find_program("git").is_some() {
            run(stage.command("git").args(["init", "-q", "-b", "main"]))?;
        }
        Ok(stage)
    }

    pub(super) fn shown(&self) -> String {
        self.repository().display().to_string()
    }

    pub(super) fn say(&self, text: &str) -> Result<(), Error> {
        self.session.ui.line(text)
    }

    /// Begins a step, when the person wants it.
    pub(super) fn step(&self, text: &str) -> Result<bool, Error> {
        if self.step.get() > 0 && !self.session.ui.goes_on() {
            return Ok(false);
        }
        self.step.set(self.step.get() + 1);
        let line = format!("{}. {text}", self.step.get());
        self.say("")?;
        for line in wrap(&line, Some(WIDTH), 2) {
            self.say(&styled(style::NAME, line))?;
        }
        Ok(true)
    }

    /// Runs senex-env, which must succeed.
    pub(super) fn senex(&self, arguments: &[&str]) -> Result<(), Error> {
        self.expect(arguments, None, true)
    }

    /// Runs senex-env with something on its standard input.
    pub(super) fn senex_reading(&self, arguments: &[&str], input: &str) -> Result<(), Error> {
        self.expect(arguments, Some(input), true)
    }

    /// Runs senex-env, which must refuse.
    pub(super) fn senex_refused(&self, arguments: &[&str]) -> Result<(), Error> {
        self.expect(arguments, None, false)
    }

    /// The same with something on its standard input.
    pub(super) fn senex_refused_reading(&self, arguments: &[&str], input: &str) -> Result<(), Error> {
        self.expect(arguments, Some(input), false)
    }

    fn expect(&self, arguments: &[&str], input: Option<&str>, success: bool) -> Result<(), Error> {
        let pipe = input.map_or(String::new(), |_| "printf … | ".to_owned());
        self.prompt(&format!("{pipe}senex-env {}", arguments.join(" ")))?;
        let program = self.command(&self.program).args(arguments);
        let status = program.run_with(input.unwrap_or_default().as_bytes()).map_err(not_started)?;
        if status.success() == success {
            return Ok(());
        }
        Err(Error::new(Exit::Io, "the demo did not go as expected")
            .hint("please report this, including the lines above"))
    }

    /// What compose makes of the values: the real tool where there is one.
    pub(super) fn compose(&self) -> Result<(), Error> {
        let tool: Option<&[&str]> =
            if find_program("podman-compose").is_some() && find_program("podman").is_some() {
                Some(&["podman-compose", "config"])
            } else if find_program("docker-compose").is_some() {
                Some(&["docker-compose", "config"])
            } else {
                None
            };
        match tool {
            Some(tool) => self.compose_tool(tool),
            None => self.built_in_view(),
        }
    }

    fn compose_tool(&self, tool: &[&str]) -> Result<(), Error> {
        let mut arguments = vec!["run", "-e", "production", "--"];
        arguments.extend(tool);
        self.prompt(&format!("senex-env {} | grep DB_PASSWORD", arguments.join(" ")))?;
        let printed = self.command(&self.program).args(&arguments).silent().read(PAGE);
        let Some(printed) = printed.map_err(not_started)? else {
            self.say(&format!("  ({} does not work here; this is the built-in view)", tool[0]))?;
            return self.built_in_view();
        };
        for line in String::from_utf8_lossy(&printed).lines().filter(|line| line.contains("DB_PASSWORD")) {
            self.say(line)?;
        }
        Ok(())
    }

    fn built_in_view(&self) -> Result<(), Error> {
        self.senex(&["run", "--dry-run", "-e", "production", "--", "podman-compose", "up", "-d"])
    }

    /// The lines of a sealed file, cut to the width of a page.
    pub(super) fn show_sealed(&self, name: &str) -> Result<(), Error> {
        self.prompt(&format!("cat {name}"))?;
        for line in self.read(name)?.lines().filter(|line| !line.starts_with("sops_age__")) {
            self.say(&cut(line))?;
        }
        Ok(())
    }

    pub(super) fn show_changed_lines(&self, name: &str) -> Result<(), Error> {
        if find_program("git").is_none() {
            return Ok(());
        }
        self.prompt(&format!("git diff --no-textconv -U0 {name}"))?;
        let printed = self.command("git").args(["diff", "--no-textconv", "-U0", name]).silent().read(PAGE);
        let printed = printed.map_err(not_started)?.unwrap_or_default();
        for line in String::from_utf8_lossy(&printed).lines() {
            if (line.starts_with('+') || line.starts_with('-'))
                && !line.starts_with("+++")
                && !line.starts_with("---")
            {
                self.say(&cut(line))?;
            }
        }
        Ok(())
    }

    pub(super) fn commit(&self, message: &str) -> Result<(), Error> {
        if find_program("git").is_none() {
            return Ok(());
        }
        self.prompt(&format!("git add -A && git commit -qm '{message}'"))?;
        for arguments in [&["add", "-A"][..], &["commit", "-q", "-m", message][..]] {
            run(self.command("git").args(arguments))?;
        }
        Ok(())
    }

    pub(super) fn write(&self, name: &str, text: &str) -> Result<(), Error> {
        let path = self.repository().join(name);
        file::replace(&path, text.as_bytes(), 0o644).map_err(|error| Error::io("cannot write", &path, &error))
    }

    pub(super) fn tamper(&self, name: &str, from: &str, to: &str) -> Result<(), Error> {
        self.prompt(&format!("sed -i s/{from}/{to}/ {name}"))?;
        self.write(name, &self.read(name)?.replace(from, to))
    }

    pub(super) fn restore(&self, name: &str) -> Result<(), Error> {
        if find_program("git").is_none() {
            return Ok(());
        }
        self.prompt(&format!("git restore {name}"))?;
        run(self.command("git").args(["restore", name])).map(drop)
    }

    pub(super) fn end(self) -> Result<(), Error> {
        let kept = self.temporary.is_none();
        let left = if kept {
            format!("The repository is kept in {}.", self.shown())
        } else {
            "The repository has been removed.".to_owned()
        };
        self.say("")?;
        self.say(&format!(
            "That was the whole tour. {left} In your own repository, start with `senex-env \
            init`"
        ))
    }

    fn repository(&self) -> PathBuf {
        self.folder.join("repository")
    }

    fn read(&self, name: &str) -> Result<String, Error> {
        let path = self.repository().join(name);
        let bytes =
            file::read(&path, 1024 * 1024).map_err(|error| Error::io("cannot read", &path, &error))?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    fn prompt(&self, text: &str) -> Result<(), Error> {
        self.say(&styled(style::DIM, format!("$ {text}")))
    }

    /// A program in the repository: no identity and no settings of the person who watches the demo.
    fn command(&self, program: impl AsRef<OsStr>) -> Program {
        let mut command =
            Program::bare(program).directory(self.repository()).env("HOME", self.folder.join("home"));
        for name in ["PATH", "LANG", "TERM", "NO_COLOR", "XDG_RUNTIME_DIR"] {
            if let Some(value) = self.session.context.variable(name) {
                command = command.env(name, value);
            }
        }
        for role in ["AUTHOR", "COMMITTER"] {
            command = command
                .env(format!("GIT_{role}_NAME"), "ana")
                .env(format!("GIT_{role}_EMAIL"), "ana@example.test");
        }
        command.env("GIT_CONFIG_GLOBAL", Path::new("/dev/null")).env("GIT_CONFIG_NOSYSTEM", "1")
    }
}

fn run(program: Program) -> Result<ExitStatus, Error> {
    program.run().map_err(not_started)
}

fn not_started(error: NotStarted) -> Error {
    Error::new(Exit::Io, error.to_string())
}

fn cut(line: &str) -> String {
    if line.chars().count() <= WIDTH {
        return line.to_owned();
    }
    line.chars().take(WIDTH - 1).chain(['…']).collect()
}
