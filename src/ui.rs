//! The terminal: the only file that prints, asks and prompts.

mod hidden;

use std::io::{self, IsTerminal, Read as _, Write};
use std::os::fd::AsFd;

use anstyle::{AnsiColor, Style};
use serde::Serialize;
use zeroize::Zeroizing;

use crate::error::Error;
use crate::exit::Exit;
use crate::identity::Passphrase;
use crate::secret::{LARGEST, Secret};
use crate::words::{clean, wrap};

/// Colours for the few words that get one. `anstream` takes them out where they do not belong.
pub(crate) mod style {
    use super::{AnsiColor, Style};

    /// The word `error`, and what is gravely wrong.
    pub(crate) const ERROR: Style = AnsiColor::Red.on_default().bold();
    /// Warnings.
    pub(crate) const WARNING: Style = AnsiColor::Yellow.on_default().bold();
    /// The word `hint`, and what is well.
    pub(crate) const GOOD: Style = AnsiColor::Green.on_default();
    /// Names.
    pub(crate) const NAME: Style = Style::new().bold();
    /// What matters less.
    pub(crate) const DIM: Style = Style::new().dimmed();
}

/// `text` in a style.
pub(crate) fn styled(style: Style, text: impl std::fmt::Display) -> String {
    format!("{style}{text}{style:#}")
}

/// What became of a key, as every command shows it before the name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Mark {
    /// It is new.
    Added,
    /// It has another value.
    Changed,
    /// It is gone.
    Removed,
    /// It has the value that it had.
    Same,
}

impl Mark {
    /// One sign in its colour.
    pub(crate) fn shown(self) -> String {
        let (sign, style) = match self {
            Self::Added => ("+", style::GOOD),
            Self::Changed => ("~", style::WARNING),
            Self::Removed => ("-", style::ERROR),
            Self::Same => ("=", style::DIM),
        };
        styled(style, sign)
    }
}

/// The terminal of this process.
pub(crate) struct Ui {
    /// `-y`: every question is answered with yes.
    pub yes: bool,
    /// `-q`: no notes.
    pub quiet: bool,
}

impl Ui {
    /// A line of the answer, on standard output.
    ///
    /// # Errors
    /// When standard output is gone.
    pub(crate) fn line(&self, text: impl AsRef<str>) -> Result<(), Error> {
        writeln!(anstream::stdout(), "{}", text.as_ref()).map_err(|error| output(&error))
    }

    /// The whole answer, on standard output. A reader that went away before its end has its answer; how the
    /// command ends stays the same.
    ///
    /// # Errors
    /// When standard output cannot be written.
    pub(crate) fn answer(&self, text: impl AsRef<str>) -> Result<(), Error> {
        self.line(text).or_else(|error| if error.exit == Exit::Ok { Ok(()) } else { Err(error) })
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
        write(&mut stdout).map_err(|error| output(&error))
    }

    /// A line on standard error that the next one replaces.
    pub(crate) fn transient(&self, text: &str) {
        drop(write!(anstream::stderr(), "\r\x1b[K{text}"));
    }

    /// A remark, on standard error.
    pub(crate) fn note(&self, text: impl AsRef<str>) {
        if !self.quiet {
            drop(writeln!(anstream::stderr(), "{}", text.as_ref()));
        }
    }

    /// A warning, on standard error, even with `-q`.
    pub(crate) fn warning(&self, text: impl AsRef<str>) {
        let line = format!("{}: {}", styled(style::WARNING, "warning"), text.as_ref());
        drop(writeln!(anstream::stderr(), "{}", fitted(&line, columns(io::stderr()))));
    }

    /// An error, on standard error.
    pub(crate) fn error(&self, error: &Error) {
        if !error.message.is_empty() {
            drop(anstream::stderr().write_all(render(error, columns(io::stderr())).as_bytes()));
        }
    }

    /// Asks a question. With `-y` the answer is yes; without a terminal it is an error that names `-y`.
    ///
    /// # Errors
    /// When the answer is no, or nobody is there to give one.
    pub(crate) fn confirm(&self, question: &str) -> Result<(), Error> {
        if self.yes {
            return Ok(());
        }
        if !io::stdin().is_terminal() {
            return Err(Error::no(format!("{question} was not confirmed: there is no terminal to ask on"))
                .hint("`-y` says yes"));
        }
        drop(write!(anstream::stderr(), "{question}? [y/N] "));
        let mut answer = String::new();
        io::stdin().read_line(&mut answer).map_err(|_| Error::no("the answer could not be read"))?;
        match answer.trim() {
            "y" | "Y" | "yes" => Ok(()),
            _ => Err(Error::no("nothing was changed")),
        }
    }

    /// Waits for Enter where somebody is there to read; `q` ends it.
    pub(crate) fn goes_on(&self) -> bool {
        if self.yes || !io::stdin().is_terminal() || !io::stdout().is_terminal() {
            return true;
        }
        drop(write!(anstream::stderr(), "\n{}", styled(style::DIM, "[Enter goes on, q ends] ")));
        let mut answer = String::new();
        io::stdin().read_line(&mut answer).is_ok() && answer.trim() != "q"
    }

    /// Columns of the terminal that standard output goes to.
    pub(crate) fn columns(&self) -> Option<usize> {
        columns(io::stdout())
    }

    /// Whether standard output is a terminal, where somebody may look over a shoulder.
    pub(crate) fn shows_on_terminal(&self) -> bool {
        io::stdout().is_terminal()
    }

    /// Whether somebody can be asked for a value.
    pub(crate) fn can_prompt(&self) -> bool {
        io::stdin().is_terminal()
    }

    /// Asks for a value without showing it.
    ///
    /// # Errors
    /// When there is no terminal, or it fails.
    pub(crate) fn hidden(&self, question: &str) -> Result<Secret, Error> {
        let answer = hidden::ask(&format!("{question}: "));
        answer
            .map(|mut answer| Secret::new(std::mem::take(&mut *answer)))
            .map_err(|_| Error::new(Exit::Io, "the terminal gave no answer"))
    }

    /// Asks twice for a new value without showing it: what was typed wrong is seen by nobody.
    ///
    /// # Errors
    /// As [`Self::hidden`], and when the answers differ.
    pub(crate) fn hidden_twice(&self, question: &str) -> Result<Secret, Error> {
        let value = self.hidden(question)?;
        if self.hidden("once more")?.same_as(&value) {
            return Ok(value);
        }
        Err(Error::no("the two answers differ; nothing was changed"))
    }

    /// Standard input to its end.
    ///
    /// # Errors
    /// When it cannot be read, or is larger than 16 MiB.
    pub(crate) fn input(&self) -> Result<Zeroizing<Vec<u8>>, Error> {
        crate::file::read_from(io::stdin().lock().by_ref(), 0, LARGEST).map_err(|error| match error.kind() {
            io::ErrorKind::FileTooLarge => {
                Error::new(Exit::Io, format!("standard input is larger than {} MiB", LARGEST >> 20))
            }
            _ => Error::new(Exit::Io, "standard input cannot be read"),
        })
    }
}

impl Passphrase for Ui {
    fn ask(&self, what: &str) -> Option<Zeroizing<String>> {
        // The controlling terminal, not standard input: that may be the data of the command.
        hidden::ask(&format!("passphrase of {what}: ")).ok()
    }

    fn wrong(&self, what: &str) {
        self.note(format!("that is not the passphrase of {what}"));
    }
}

/// Columns of a terminal, as far as lines are to be broken for it; `None` for what is none.
fn columns(stream: impl IsTerminal + AsFd) -> Option<usize> {
    const NARROWEST: u16 = 20;
    const WIDEST: u16 = 100;
    let size = stream.is_terminal().then(|| rustix::termios::tcgetwinsize(stream).ok())??;
    (size.ws_col > 0).then(|| size.ws_col.clamp(NARROWEST, WIDEST).into())
}

/// An answer for programs.
///
/// # Errors
/// For what JSON cannot hold.
pub(crate) fn json(answer: &impl Serialize) -> Result<String, Error> {
    serde_json::to_string_pretty(answer).map_err(|_| Error::new(Exit::Io, "JSON cannot be written"))
}

/// A line, broken where it does not fit the terminal.
pub(crate) fn fitted(line: &str, columns: Option<usize>) -> String {
    columns.map_or_else(|| line.to_owned(), |columns| wrap(line, columns))
}

/// The text of an error: message, place with its line, details, hints.
pub(crate) fn render(error: &Error, columns: Option<usize>) -> String {
    let message = format!("{}: {}", styled(style::ERROR, "error"), clean(&error.message));
    let mut text = fitted(&message, columns) + "\n";
    if let Some((place, source_line)) = &error.place {
        text.push_str(&format!("  {} {}\n", styled(style::DIM, "-->"), clean(&place.to_string())));
        if let Some(line) = source_line.as_deref().filter(|line| !line.trim().is_empty()) {
            text.push_str(&format!(
                "  {}\n",
                styled(style::DIM, format!("{} | {}", place.line, clean(line.trim_end())))
            ));
        }
    }
    for note in &error.notes {
        text.push_str(&format!("  {}\n", clean(note)));
    }
    for hint in &error.hints {
        text.push_str(&format!("{}: {}\n", styled(style::GOOD, "hint"), clean(hint)));
    }
    text
}

/// A reader that went away (`| head`) is no error of ours: end quietly.
fn output(error: &io::Error) -> Error {
    match error.kind() {
        io::ErrorKind::BrokenPipe => Error::new(Exit::Ok, ""),
        _ => Error::new(Exit::Io, "standard output cannot be written"),
    }
}
