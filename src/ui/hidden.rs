//! An answer that the terminal does not show. Whatever ends the question, the terminal shows what is typed again:
//! Ctrl-C and Ctrl-Z end a line here instead of the process, and do what they do once all is as it was.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Write as _};

use rustix::process::{Signal, kill_current_process_group};
use rustix::termios::{LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcsetattr};
use zeroize::Zeroizing;

/// No key has this function.
const NO_KEY: u8 = 0;
const INTERRUPT: SpecialCodeIndex = SpecialCodeIndex::VINTR;
const SUSPEND: SpecialCodeIndex = SpecialCodeIndex::VSUSP;

/// Asks on the controlling terminal: standard input may be the data of the command.
///
/// # Errors
/// Without a terminal, at its end, and when the answer is not UTF-8.
pub(super) fn ask(question: &str) -> io::Result<Zeroizing<String>> {
    let mut terminal = OpenOptions::new().read(true).write(true).open("/dev/tty")?;
    loop {
        terminal.write_all(question.as_bytes())?;
        let shown = tcgetattr(&terminal)?;
        let (interrupt, suspend) = (shown.special_codes[INTERRUPT], shown.special_codes[SUSPEND]);
        let line = {
            let _hidden = Hidden::new(&terminal, shown)?;
            read_line(&terminal, [interrupt, suspend])?
        };
        let signal = match line.split_last() {
            Some((b'\n', line)) => {
                let text = std::str::from_utf8(line).map_err(|_| io::ErrorKind::InvalidData)?;
                return Ok(Zeroizing::new(text.strip_suffix('\r').unwrap_or(text).to_owned()));
            }
            Some((key, _)) if *key == interrupt => Signal::INT,
            Some((key, _)) if *key == suspend => Signal::TSTP,
            _ => return Err(io::ErrorKind::UnexpectedEof.into()),
        };
        terminal.write_all(b"\n")?;
        // To all that the terminal would have sent it to.
        kill_current_process_group(signal)?;
        if signal == Signal::INT {
            return Err(io::ErrorKind::Interrupted.into());
        }
    }
}

/// Bytes up to and with a line end or one of these keys; what there is at the end of the terminal.
fn read_line(mut terminal: &File, ends: [u8; 2]) -> io::Result<Zeroizing<Vec<u8>>> {
    // The terminal gives at most 4096 bytes of a line.
    const LONGEST: usize = 64 * 1024;
    let mut line = Zeroizing::new(Vec::with_capacity(LONGEST));
    let mut part = Zeroizing::new([0; 4096]);
    loop {
        let length = match terminal.read(&mut part[..]) {
            Ok(length) => length,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        if line.len() + length > LONGEST {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        line.extend_from_slice(&part[..length]);
        let ended = line.last().is_some_and(|last| *last == b'\n' || *last != NO_KEY && ends.contains(last));
        if length == 0 || ended {
            return Ok(line);
        }
    }
}

/// A terminal that shows nothing of what is typed, until this is dropped.
struct Hidden<'a> {
    terminal: &'a File,
    shown: Termios,
}

impl<'a> Hidden<'a> {
    fn new(terminal: &'a File, shown: Termios) -> io::Result<Self> {
        let mut modes = shown.clone();
        modes.local_modes.remove(LocalModes::ECHO);
        modes.local_modes.insert(LocalModes::ECHONL);
        for (key, end) in [(INTERRUPT, SpecialCodeIndex::VEOL), (SUSPEND, SpecialCodeIndex::VEOL2)] {
            modes.special_codes[end] = shown.special_codes[key];
            modes.special_codes[key] = NO_KEY;
        }
        tcsetattr(terminal, OptionalActions::Now, &modes)?;
        Ok(Self { terminal, shown })
    }
}

impl Drop for Hidden<'_> {
    fn drop(&mut self) {
        let _ = tcsetattr(self.terminal, OptionalActions::Now, &self.shown);
    }
}
