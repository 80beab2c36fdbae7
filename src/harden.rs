//! Hardening of this process against leaving secrets behind in a core dump or to a debugger.

use std::sync::OnceLock;

use rustix::process::{Resource, Rlimit};

/// The limit for core dumps that we were started with.
static CORE_LIMIT: OnceLock<Rlimit> = OnceLock::new();

/// No core dumps, and on Linux no access to our memory for other processes of the same user. To be
/// called first thing in `main`.
///
/// Best effort: both calls can only make things safer, and neither fails on a system that has them.
pub(crate) fn harden() {
    forbid_dump();
    let limit = *CORE_LIMIT.get_or_init(|| rustix::process::getrlimit(Resource::Core));
    limit_core(Rlimit { current: Some(0), ..limit });
}

/// Does `action`, which starts a program, with the limit that we were started with, so that the program
/// is as if we were not there. (The kernel itself makes it dumpable again.)
pub(crate) fn suspended<T>(action: impl FnOnce() -> T) -> T {
    let Some(&limit) = CORE_LIMIT.get() else { return action() };
    limit_core(limit);
    let result = action();
    limit_core(Rlimit { current: Some(0), ..limit });
    result
}

fn limit_core(limit: Rlimit) {
    let _ = rustix::process::setrlimit(Resource::Core, limit);
}

#[cfg(target_os = "linux")]
fn forbid_dump() {
    use rustix::process::{DumpableBehavior, set_dumpable_behavior};
    let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
}

#[cfg(not(target_os = "linux"))]
fn forbid_dump() {}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use rustix::process::{DumpableBehavior, dumpable_behavior};

    fn soft_limit() -> Option<u64> {
        rustix::process::getrlimit(Resource::Core).current
    }

    #[test]
    fn core_dumps_are_off_except_while_a_program_starts() {
        let before = soft_limit();
        harden();
        assert_eq!(soft_limit(), Some(0));
        assert_eq!(dumpable_behavior(), Ok(DumpableBehavior::NotDumpable));
        assert_eq!(suspended(soft_limit), before);
        assert_eq!(soft_limit(), Some(0));
    }
}
