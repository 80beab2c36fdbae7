//! Questions to the person at the terminal, and what comes in on standard input.

use std::io::{self, IsTerminal as _, Read as _};

use zeroize::Zeroizing;

use super::style::{self, styled};
use super::{Ui, hidden, message};
use crate::error::{Error, Id};
use crate::exit::Exit;
use crate::identity::Passphrase;
use crate::secret::{LARGEST, Secret};

impl Ui {
    /// Asks a question. With `-y` the answer is yes; without a terminal it is an error that names `-y`.
    ///
    /// # Errors
    /// When the answer is no, or nobody is there to give one.
    pub(crate) fn confirm(&self, question: &str) -> Result<(), Error> {
        self.confirm_about(&[], question)
    }

    /// The same about something that has to be seen before it is answered: shown even with `-q`.
    ///
    /// # Errors
    /// As [`Self::confirm`].
    pub(crate) fn confirm_about(&self, matter: &[String], question: &str) -> Result<(), Error> {
        if self.yes {
            self.notes(matter);
            return Ok(());
        }
        if !io::stdin().is_terminal() {
            return Err(Error::no(format!("not confirmed, because there is no terminal: {question}"))
                .of_kind(Id::NotConfirmed)
                .hint("`-y` answers yes"));
        }
        for line in matter {
            self.aside(&message::told(line, self.error_columns()));
        }
        let asked = message::told(&format!("{question}? [y/N]"), self.error_columns());
        self.aside(&format!("{} ", asked.trim_end()));
        let mut answer = String::new();
        io::stdin().read_line(&mut answer).map_err(|_| Error::no("cannot read the answer"))?;
        match answer.trim() {
            "y" | "Y" | "yes" => Ok(()),
            _ => Err(Error::no("nothing was changed").of_kind(Id::NotConfirmed)),
        }
    }

    /// Asks which of several is meant. `None` where nobody is there to say, or it is left open.
    ///
    /// # Errors
    /// When the terminal is closed instead.
    pub(crate) fn choose(&self, matter: &str, choices: &[String]) -> Result<Option<usize>, Error> {
        if self.yes || !io::stdin().is_terminal() {
            return Ok(None);
        }
        self.aside(&message::told(matter, self.error_columns()));
        for (number, choice) in (1..).zip(choices) {
            self.aside(&message::told(&format!("  {number}  {choice}"), self.error_columns()));
        }
        loop {
            self.aside(&format!("which one is right [1-{}, Enter leaves it open]? ", choices.len()));
            let mut answer = String::new();
            match io::stdin().read_line(&mut answer) {
                Ok(0) | Err(_) => return Err(Error::no("nothing was changed").of_kind(Id::NotConfirmed)),
                Ok(_) => {}
            }
            match answer.trim().parse::<usize>() {
                Ok(number) if (1..=choices.len()).contains(&number) => return Ok(Some(number - 1)),
                Err(_) if answer.trim().is_empty() => return Ok(None),
                _ => {}
            }
        }
    }

    /// Waits for Enter where somebody is there to read; `q` ends it.
    pub(crate) fn goes_on(&self) -> bool {
        if self.yes || !io::stdin().is_terminal() || !io::stdout().is_terminal() {
            return true;
        }
        self.aside(&format!("\n{}", styled(style::DIM, "[Enter continues, q quits] ")));
        let mut answer = String::new();
        io::stdin().read_line(&mut answer).is_ok() && answer.trim() != "q"
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
            .map_err(|_| Error::new(Exit::Io, "cannot read from the terminal"))
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
        Err(Error::no("the two entries differ; nothing was changed"))
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
            _ => Error::new(Exit::Io, "cannot read standard input"),
        })
    }
}

impl Passphrase for Ui {
    fn ask(&self, what: &str) -> Option<Zeroizing<String>> {
        // The controlling terminal, not standard input: that may be the data of the command.
        hidden::ask(&format!("passphrase for {}: ", super::net::one_line(what))).ok()
    }

    fn wrong(&self, what: &str) {
        self.note(format!("wrong passphrase for {what}"));
    }
}
