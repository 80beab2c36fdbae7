//! [`Signals`]: what happens to signals while a command runs that we have to clean up after.
//!
//! The command shares our terminal, so what the terminal sends (Ctrl-C) has reached it already and must not
//! be doubled. What a process sends to us alone is meant for the command and is passed on.

use std::fs;
use std::io;
use std::os::unix::net::UnixStream;
use std::process::{Child, ExitStatus};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec};
use rustix::process::{Pid, Signal};
use signal_hook::consts::{SIGCHLD, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2};
use signal_hook::iterator::backend::SignalDelivery;
use signal_hook::iterator::exfiltrator::WithOrigin;
use signal_hook::low_level::siginfo::Origin;

/// Signals that would end us before we have cleaned up. SIGTSTP, SIGCONT and SIGWINCH do what they do
/// by default: Ctrl-Z stops us and the command together, as a shell expects.
const HANDLED: [i32; 6] = [SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2];

/// How often to look after the command where its end is not signalled.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// Handlers that remember signals instead of ending this process. A program started meanwhile has default
/// dispositions; what was ignored from the start (`nohup`) stays ignored for both.
pub(super) struct Signals {
    delivery: SignalDelivery<UnixStream, WithOrigin>,
    /// Set when whoever started us blocks SIGCHLD: then we look instead of being woken.
    look_every: Option<Timespec>,
    session_leader: bool,
}

impl Signals {
    /// Installs the handlers.
    ///
    /// # Errors
    /// What the system says.
    pub(super) fn install() -> io::Result<Self> {
        let inherited = Masks::of(rustix::process::getpid());
        let handled = HANDLED.into_iter().filter(|&signal| !inherited.ignores(signal)).chain([SIGCHLD]);
        let (read, write) = UnixStream::pair()?;
        Ok(Self {
            delivery: SignalDelivery::with_pipe(read, write, WithOrigin::default(), handled)?,
            look_every: if inherited.blocks(SIGCHLD) { LOOK_EVERY.try_into().ok() } else { None },
            session_leader: rustix::process::getsid(None) == Ok(rustix::process::getpid()),
        })
    }

    /// A signal that asks us to end and has come since the last call.
    pub(super) fn received(&mut self) -> Option<i32> {
        self.delivery.pending().map(|origin| origin.signal).find(|&signal| signal != SIGCHLD)
    }

    /// Waits for the end of `child`, which was started just now, and passes signals on to it until then.
    ///
    /// # Errors
    /// What the system says.
    pub(super) fn relay(&mut self, child: &mut Child) -> io::Result<ExitStatus> {
        let pid = Pid::from_child(child);
        self.forward_early(pid);
        loop {
            // Until this has seen the end, the process id is not free, so no stranger is signalled.
            if let Some(status) = child.try_wait()? {
                return Ok(status);
            }
            self.wait()?;
            for origin in self.delivery.pending() {
                if self.is_for_child(&origin, pid) {
                    send(pid, origin.signal);
                }
            }
        }
    }

    /// What came from the terminal between the last look and now may have missed the command, if only just.
    /// Once the command catches the signal, it could tell one from two; until then, two are as good as one.
    fn forward_early(&mut self, pid: Pid) {
        for origin in self.delivery.pending() {
            let missed = || origin.signal != SIGCHLD && !Masks::of(pid).catches(origin.signal);
            if self.is_for_child(&origin, pid) || missed() {
                send(pid, origin.signal);
            }
        }
    }

    fn wait(&self) -> io::Result<()> {
        let mut woken = [PollFd::new(self.delivery.get_read(), PollFlags::IN)];
        match rustix::event::poll(&mut woken, self.look_every.as_ref()) {
            Ok(_) | Err(rustix::io::Errno::INTR) => Ok(()),
            Err(errno) => Err(errno.into()),
        }
    }

    fn is_for_child(&self, origin: &Origin, child: Pid) -> bool {
        let sender = origin.process.map(|process| process.pid);
        if sender == Some(child.as_raw_nonzero().get()) {
            return false; // `kill 0` in the command: it has signalled itself
        }
        match origin.signal {
            SIGCHLD => false,
            SIGINT | SIGQUIT => sender.is_some(),
            // A terminal that goes away tells the leader of its session alone.
            SIGHUP => sender.is_some() || self.session_leader,
            _ => true,
        }
    }
}

fn send(pid: Pid, signal: i32) {
    if let Some(signal) = Signal::from_named_raw(signal) {
        // The command may have ended, or run as another user (`sudo`): then there is nobody to tell.
        let _ = rustix::process::kill_process(pid, signal);
    }
}

/// What a process does with signals, as bit masks.
#[derive(Default)]
struct Masks {
    ignored: u64,
    blocked: u64,
    caught: u64,
}

impl Masks {
    /// From `/proc`. Other systems have no safe call for it; there, all is as by default.
    fn of(pid: Pid) -> Self {
        let status = fs::read_to_string(format!("/proc/{}/status", pid.as_raw_nonzero()));
        status.map_or_else(|_| Self::default(), |status| Self::parse(&status))
    }

    fn parse(status: &str) -> Self {
        let mask = |name: &str| {
            let hex = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
            hex.and_then(|hex| u64::from_str_radix(hex.trim(), 16).ok()).unwrap_or(0)
        };
        Self { ignored: mask("SigIgn"), blocked: mask("SigBlk"), caught: mask("SigCgt") }
    }

    fn ignores(&self, signal: i32) -> bool {
        self.ignored & bit(signal) != 0
    }

    fn blocks(&self, signal: i32) -> bool {
        self.blocked & bit(signal) != 0
    }

    fn catches(&self, signal: i32) -> bool {
        self.caught & bit(signal) != 0
    }
}

/// Signal n is bit n-1 of a mask in `/proc` (proc(5)).
fn bit(signal: i32) -> u64 {
    u32::try_from(signal - 1).ok().and_then(|shift| 1_u64.checked_shl(shift)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::child::supervise;
    use crate::run::{Plan, RunError};

    #[test]
    fn masks_are_read_as_the_kernel_writes_them() {
        let nohup = Masks::parse(
            "Name:\tx\nSigBlk:\t0000000000010000\nSigIgn:\t0000000000001001\n\
            SigCgt:\t0000000000000002\n",
        );
        assert!(nohup.ignores(SIGHUP) && nohup.blocks(SIGCHLD) && nohup.catches(SIGINT));
        assert!(!nohup.ignores(SIGTERM) && !nohup.blocks(SIGHUP) && !nohup.catches(SIGHUP));
    }

    #[test]
    fn a_signal_before_the_start_keeps_the_command_from_starting() {
        let mut signals = Signals::install().expect("handlers");
        rustix::process::kill_process(rustix::process::getpid(), Signal::USR1).expect("ourselves");
        signals.wait().expect("a signal");
        let plan = Plan { program: "true".into(), args: Vec::new(), set: Vec::new(), remove: Vec::new() };
        assert!(matches!(supervise(plan, &mut signals), Err(RunError::Signalled(SIGUSR1))));
        assert_eq!(signals.received(), None);
    }

    #[test]
    fn invalid_proc_status_ignores_no_signal() {
        let none = Masks::parse("SigIgn:\tzz\nSigBlk");
        assert!(HANDLED.iter().all(|&signal| !none.ignores(signal) && !none.blocks(signal)));
    }
}
