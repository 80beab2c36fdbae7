//! The terminal: the only room that prints, asks and prompts.

mod hidden;
mod json;
mod message;
mod net;
mod prompt;
pub(crate) mod style;
mod table;
mod wrap;

use std::io::{self, IsTerminal, Write};
use std::os::fd::AsFd;

use serde::Serialize;

use crate::error::Error;
use crate::exit::Exit;

pub(crate) use json::time;
pub(crate) use style::{Mark, styled};
pub(crate) use table::{Cell, Table};
pub(crate) use wrap::wrap;

/// The terminal of this process.
pub(crate) struct Ui {
    /// `-y`: every question is answered with yes.
    pub yes: bool,
    /// `-q`: no notes.
    pub quiet: bool,
    /// `--json`: what is said aside is for programs too.
    pub json: bool,
}

impl Ui {
    /// A line of the answer, on standard output, broken where it does not fit the terminal.
    ///
    /// # Errors
    /// When standard output cannot be written; a reader that went away is none.
    pub(crate) fn line(&self, text: impl AsRef<str>) -> Result<(), Error> {
        self.print(&message::told(text.as_ref(), self.columns()))
    }

    /// The whole answer, on standard output, each line as [`Self::line`].
    ///
    /// # Errors
    /// As [`Self::line`].
    pub(crate) fn lines<T: AsRef<str>>(&self, lines: impl IntoIterator<Item = T>) -> Result<(), Error> {
        let columns = self.columns();
        self.print(&lines.into_iter().map(|line| message::told(line.as_ref(), columns)).collect::<String>())
    }

    /// The whole answer in one text of several lines.
    ///
    /// # Errors
    /// As [`Self::lines`].
    pub(crate) fn answer(&self, text: impl AsRef<str>) -> Result<(), Error> {
        self.lines(text.as_ref().lines())
    }

    /// The whole answer for a program: see [`json`].
    ///
    /// # Errors
    /// As [`Self::lines`].
    pub(crate) fn json(&self, kind: &str, answer: &impl Serialize) -> Result<(), Error> {
        self.print(&(json::envelope(kind, answer)? + "\n"))
    }

    /// The whole answer, which shows values as was asked for: a private key may be one.
    ///
    /// # Errors
    /// As [`Self::lines`].
    pub(crate) fn reveal<T: AsRef<str>>(&self, lines: impl IntoIterator<Item = T>) -> Result<(), Error> {
        let columns = self.columns();
        self.print(
            &lines.into_iter().map(|line| message::revealed(line.as_ref(), columns)).collect::<String>(),
        )
    }

    /// The same for a program.
    ///
    /// # Errors
    /// As [`Self::lines`].
    pub(crate) fn reveal_json(&self, kind: &str, answer: &impl Serialize) -> Result<(), Error> {
        self.print(&(json::revealing(kind, answer)? + "\n"))
    }

    /// Text that is not ours, such as that of a file: its lines are cleaned, not broken.
    ///
    /// # Errors
    /// As [`Self::line`].
    pub(crate) fn verbatim(&self, text: &str) -> Result<(), Error> {
        self.print(&text.lines().map(|line| message::told(line, None)).collect::<String>())
    }

    /// Bytes of the answer, on standard output, as they are. A line end follows on a terminal only.
    ///
    /// # Errors
    /// As [`Self::line`].
    pub(crate) fn exact(&self, bytes: &[u8]) -> Result<(), Error> {
        let mut stdout = io::stdout().lock();
        let write = |stdout: &mut io::StdoutLock<'_>| {
            stdout.write_all(bytes)?;
            if stdout.is_terminal() && !bytes.ends_with(b"\n") {
                stdout.write_all(b"\n")?;
            }
            stdout.flush()
        };
        written(write(&mut stdout))
    }

    /// A line on standard error that the next one replaces.
    pub(crate) fn transient(&self, text: &str) {
        self.aside(&format!("\r\x1b[K{text}"));
    }

    /// A remark, on standard error.
    pub(crate) fn note(&self, text: impl AsRef<str>) {
        if !self.quiet && !self.json {
            self.aside(&message::told(text.as_ref(), self.error_columns()));
        }
    }

    /// A remark of several lines.
    pub(crate) fn notes<T: AsRef<str>>(&self, lines: impl IntoIterator<Item = T>) {
        lines.into_iter().for_each(|line| self.note(line));
    }

    /// A warning, on standard error, even with `-q`.
    pub(crate) fn warning(&self, text: impl AsRef<str>) {
        if self.json {
            return self.aside(&json::warning(text.as_ref()));
        }
        let line = format!("{}: {}", styled(style::WARNING, "warning"), text.as_ref());
        self.aside(&message::told(&line, self.error_columns()));
    }

    /// An error, on standard error.
    pub(crate) fn error(&self, error: &Error) {
        self.aside(&if self.json {
            json::error(error)
        } else {
            message::render(error, self.error_columns())
        });
    }

    /// Columns of the terminal that standard output goes to.
    pub(crate) fn columns(&self) -> Option<usize> {
        columns(io::stdout())
    }

    /// Whether standard output is a terminal, where somebody may look over a shoulder.
    pub(crate) fn shows_on_terminal(&self) -> bool {
        io::stdout().is_terminal()
    }

    /// Columns of the terminal that standard error goes to.
    fn error_columns(&self) -> Option<usize> {
        columns(io::stderr())
    }

    fn print(&self, text: &str) -> Result<(), Error> {
        written(anstream::stdout().write_all(text.as_bytes()))
    }

    fn aside(&self, text: &str) {
        drop(anstream::stderr().write_all(text.as_bytes()));
    }
}

/// Colours always, never, or where they belong.
pub(crate) fn use_color(choice: Option<bool>) {
    let choice = match choice {
        None => anstream::ColorChoice::Auto,
        Some(true) => anstream::ColorChoice::Always,
        Some(false) => anstream::ColorChoice::Never,
    };
    choice.write_global();
}

/// Columns of a terminal, as far as lines are to be broken for it; `None` for what is none.
fn columns(stream: impl IsTerminal + AsFd) -> Option<usize> {
    const NARROWEST: u16 = 20;
    const WIDEST: u16 = 100;
    let size = stream.is_terminal().then(|| rustix::termios::tcgetwinsize(stream).ok())??;
    (size.ws_col > 0).then(|| size.ws_col.clamp(NARROWEST, WIDEST).into())
}

/// A reader that goes away (`| head`) has seen what it wanted. What was to be done is done all the same, and the
/// command ends as it would.
fn written(outcome: io::Result<()>) -> Result<(), Error> {
    match outcome {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Error::new(Exit::Io, "cannot write to standard output"))
        }
        _ => Ok(()),
    }
}
