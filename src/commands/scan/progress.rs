//! A line on the terminal for what takes more than a second.

use std::io::{IsTerminal as _, stderr};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::git::scan::Progress;
use crate::ui::Ui;

/// Does `work`, and shows how far it is.
pub(super) fn shown<T>(progress: &Progress, ui: &Ui, work: impl FnOnce() -> T) -> T {
    if ui.quiet || !stderr().is_terminal() {
        return work();
    }
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        // Where no thread starts, the work is done without a line.
        let line = std::thread::Builder::new().spawn_scoped(scope, || {
            let start = Instant::now();
            while !done.load(Ordering::Relaxed) {
                std::thread::park_timeout(Duration::from_millis(100));
                if start.elapsed() > Duration::from_secs(1) {
                    ui.transient(&bar(progress));
                }
            }
            if start.elapsed() > Duration::from_secs(1) {
                ui.transient("");
            }
        });
        let result = work();
        done.store(true, Ordering::Relaxed);
        if let Ok(line) = line {
            line.thread().unpark();
        }
        result
    })
}

fn bar(progress: &Progress) -> String {
    const WIDTH: usize = 30;
    let (searched, found) =
        (progress.searched.load(Ordering::Relaxed), progress.found.load(Ordering::Relaxed).max(1));
    let full = (searched * WIDTH / found).min(WIDTH);
    format!("[{}{}] {searched} of {found} contents", "#".repeat(full), " ".repeat(WIDTH - full))
}
