//! Programs that start the program that follows them: `sudo`, `env`, `timeout`, …

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;

use super::options::{Grammar, NONE, Scan, scan};
use super::variables::View;

/// A program that starts another, and how to step over its own arguments.
struct Wrapper {
    name: &'static str,
    options: Grammar,
    /// Arguments of its own between the options and the command: the duration of `timeout`.
    operands: usize,
    /// Whether `NAME=value` may stand before the command.
    assigns: bool,
}

const fn wrapper(name: &'static str, valued: &'static [(&'static str, char)], operands: usize) -> Wrapper {
    with_flags(name, valued, &[], operands)
}

const fn with_flags(
    name: &'static str,
    valued: &'static [(&'static str, char)],
    flags: &'static [(&'static str, char)],
    operands: usize,
) -> Wrapper {
    let options = Grammar { valued, flags, abbreviations: true, operands: &[] };
    Wrapper { name, options, operands, assigns: matches!(name.as_bytes(), b"env" | b"sudo") }
}

const WRAPPERS: &[Wrapper] = &[
    wrapper("chrt", &[("--sched-runtime", 'T'), ("--sched-period", 'P'), ("--sched-deadline", 'D')], 1),
    wrapper("doas", &[("-u", 'u'), ("-C", 'C'), ("-a", 'a')], 0),
    with_flags(
        "env",
        &[
            ("--unset", 'u'),
            ("--chdir", 'C'),
            ("--argv0", 'a'),
            ("--split-string", 'S'),
            ("--path", 'P'), // BSD
        ],
        &[("--ignore-environment", 'i'), ("--ignore-signal", NONE)],
        0,
    ),
    wrapper("flock", &[("--timeout", 'w'), ("--wait", NONE), ("--conflict-exit-code", 'E')], 1),
    wrapper("ionice", &[("--class", 'c'), ("--classdata", 'n')], 0),
    wrapper("nice", &[("--adjustment", 'n')], 0),
    wrapper("nohup", &[], 0),
    wrapper("setsid", &[], 0),
    wrapper("stdbuf", &[("--input", 'i'), ("--output", 'o'), ("--error", 'e')], 0),
    with_flags(
        "sudo",
        &[
            ("--user", 'u'),
            ("--group", 'g'),
            ("--host", 'h'),
            ("--prompt", 'p'),
            ("--close-from", 'C'),
            ("--login-class", 'c'), // BSD
            ("--auth-type", 'a'),   // BSD
            ("--role", 'r'),
            ("--type", 't'),
            ("--other-user", 'U'),
            ("--chdir", 'D'),
            ("--chroot", 'R'),
            ("--command-timeout", 'T'),
        ],
        &[("--preserve-env", 'E'), ("--preserve-groups", 'P')],
        0,
    ),
    with_flags(
        "systemd-run",
        &[
            ("--unit", 'u'),
            ("--property", 'p'),
            ("--description", NONE),
            ("--slice", NONE),
            ("--service-type", NONE),
            ("--uid", NONE),
            ("--gid", NONE),
            ("--nice", NONE),
            ("--working-directory", NONE),
            ("--setenv", 'E'),
            ("--host", 'H'),
            ("--machine", 'M'),
        ],
        &[("--scope", NONE), ("--slice-inherit", NONE), ("--same-dir", 'd')],
        0,
    ),
    wrapper("taskset", &[], 1),
    wrapper("time", &[("--output", 'o'), ("--format", 'f')], 0),
    wrapper("timeout", &[("--signal", 's'), ("--kill-after", 'k')], 1),
];

/// Steps over every wrapper and notes in `view` what each does to the environment. Answers the index of
/// the program that they start in the end (past the end when there is none), and the user that a wrapper
/// switches to, if one does.
pub(super) fn unwrap(argv: &[OsString], view: &mut View<'_>) -> (usize, Option<OsString>) {
    let mut at = 0;
    let mut user = None;
    while let Some(wrapper) = argv.get(at).and_then(|word| find(word)) {
        let mut found = scan(argv, at + 1, &wrapper.options);
        if wrapper.name == "env" && found.has("--split-string") {
            break; // the command is inside a string: `env` stays the program
        }
        let mut next = found.operand + wrapper.operands;
        let bare_dash = wrapper.name == "env" && argv.get(next).is_some_and(|word| word == "-");
        next += usize::from(bare_dash); // the old way to write `env -i`
        let assigned =
            if wrapper.assigns { assignments(argv, &mut next, wrapper, &mut found) } else { Vec::new() };
        apply(wrapper, &found, view, &mut user);
        if bare_dash {
            view.drop_all_but("env", Vec::new());
        }
        assigned.into_iter().for_each(|(name, value)| view.assign(name, value));
        at = next;
    }
    (at.min(argv.len()), user)
}

/// The `NAME=value` words from `next` on. sudo takes options behind them as well: they join `found`.
fn assignments(
    argv: &[OsString],
    next: &mut usize,
    wrapper: &Wrapper,
    found: &mut Scan,
) -> Vec<(OsString, OsString)> {
    let mut assigned = Vec::new();
    loop {
        while let Some(pair) = argv.get(*next).and_then(|word| assignment(word)) {
            assigned.push(pair);
            *next += 1;
        }
        let more = scan(argv, *next, &wrapper.options);
        if wrapper.name != "sudo" || assigned.is_empty() || more.operand == *next {
            return assigned;
        }
        *next = more.operand;
        found.options.extend(more.options);
    }
}

fn find(word: &OsStr) -> Option<&'static Wrapper> {
    let name = std::path::Path::new(word).file_name()?;
    WRAPPERS.iter().find(|wrapper| name == wrapper.name)
}

fn apply(wrapper: &Wrapper, found: &Scan, view: &mut View<'_>, user: &mut Option<OsString>) {
    let last = |name: &str| found.values(name).last().map(OsStr::to_owned);
    match wrapper.name {
        "doas" => {
            *user = Some(last("-u").unwrap_or_else(|| "root".into()));
            view.drop_all_but("doas", Vec::new());
        }
        "env" => {
            if found.has("--ignore-environment") {
                view.drop_all_but("env", Vec::new());
            }
            found.values("--unset").for_each(|name| view.unset(name.to_owned()));
        }
        "sudo" => {
            *user = Some(last("--user").unwrap_or_else(|| "root".into()));
            let everything = found.options.iter().any(|o| o.name == "--preserve-env" && o.value.is_none());
            if !everything {
                let lists = found.values("--preserve-env");
                let names = lists.flat_map(|list| list.as_bytes().split(|b| *b == b','));
                let kept = names.map(|name| OsStr::from_bytes(name).to_owned()).collect();
                view.drop_all_but("sudo", kept);
            }
        }
        "systemd-run" if !found.has("--scope") => {
            let kept = found.values("--setenv").map(|pair| match assignment(pair) {
                Some((name, _)) => name,
                None => pair.to_owned(),
            });
            let kept = kept.collect();
            view.drop_all_but("systemd-run", kept);
        }
        _ => {}
    }
    let folder = last("--chdir").or_else(|| last("--working-directory"));
    if let Some(folder) = folder {
        view.cwd = view.cwd.join(folder);
    }
}

/// `NAME=value`, where the name is not empty.
fn assignment(word: &OsStr) -> Option<(OsString, OsString)> {
    let bytes = word.as_bytes();
    let equals = bytes.iter().position(|b| *b == b'=').filter(|at| *at > 0)?;
    let part = |bytes: &[u8]| OsStr::from_bytes(bytes).to_owned();
    Some((part(&bytes[..equals]), part(&bytes[equals + 1..])))
}

#[cfg(test)]
mod tests {
    use super::super::variables::Surroundings;
    use super::*;

    fn nothing(_: &str) -> Option<OsString> {
        None
    }

    fn look<T>(line: &str, answer: impl FnOnce(usize, Option<OsString>, &View<'_>) -> T) -> T {
        let argv: Vec<OsString> = line.split(' ').map(OsString::from).collect();
        let outside = Surroundings { cwd: std::path::Path::new("/here"), variable: &nothing };
        let mut view = View::new(outside);
        let (at, user) = unwrap(&argv, &mut view);
        answer(at, user, &view)
    }

    #[test]
    fn every_wrapper_is_skipped() {
        for line in [
            "CMD",
            "sudo CMD",
            "sudo -u x -E -n -g y --preserve-env=A,B V=val CMD",
            "sudo -uroot --user x -- CMD",
            "sudo V=val -n W=val -u x CMD",
            "/usr/bin/env CMD",
            "env -i -u X -- A=b CMD",
            "env - A=b CMD",
            "env -C /tmp --unset=Y CMD",
            "doas -u x CMD",
            "nice CMD",
            "nice -n 5 CMD",
            "nice -n5 CMD",
            "nice -5 CMD",
            "nice --adj 5 CMD",
            "nohup CMD",
            "time -p CMD",
            "time -f %e -o out CMD",
            "setsid -w CMD",
            "stdbuf -oL CMD",
            "stdbuf -o L --error=0 CMD",
            "timeout 30 CMD",
            "timeout -s TERM -k 5 30 CMD",
            "timeout --foreground --signal=KILL 1m CMD",
            "ionice -c2 -n 0 CMD",
            "chrt -f 10 CMD",
            "taskset -c 0,1 CMD",
            "flock -w 3 /tmp/lock CMD",
            "systemd-run --user --scope -p MemoryMax=1G CMD",
            "sudo -E nice -n 5 env A=b timeout 30 CMD",
        ] {
            let argv: Vec<&str> = line.split(' ').collect();
            assert_eq!(look(line, |at, _, _| argv.get(at).copied()), Some("CMD"), "{line}");
        }
    }

    #[test]
    fn wrapper_without_a_command_does_not_panic() {
        for line in ["sudo", "env A=b", "timeout", "timeout 3", "sudo -u", "nice -n", "env --", "sudo A=b -"]
        {
            look(line, |_, _, _| ());
        }
    }

    #[test]
    fn env_split_string_is_not_parsed() {
        assert_eq!(look("env -S podman-compose", |at, _, _| at), 0);
    }

    #[test]
    fn wrappers_that_drop_the_environment_are_known() {
        let dropped = |line: &str| look(line, |_, _, view| view.dropped.clone());
        for keeps in ["CMD", "env A=b CMD", "sudo -E CMD", "sudo --preserve-env CMD", "sudo A=b -E CMD"] {
            assert_eq!(dropped(keeps), None, "{keeps}");
        }
        let kept = |line: &str| dropped(line).map(|d| (d.program, d.kept));
        assert_eq!(kept("sudo -n CMD"), Some(("sudo", vec![])));
        assert_eq!(
            kept("sudo --preserve-env=A,B C=d CMD"),
            Some(("sudo", ["A", "B", "C"].map(OsString::from).to_vec()))
        );
        assert_eq!(kept("env -i A=b CMD"), Some(("env", vec![OsString::from("A")])));
        assert_eq!(kept("env - CMD"), Some(("env", vec![])));
        assert_eq!(kept("env A=b sudo CMD"), Some(("sudo", vec![])));
        assert_eq!(kept("doas CMD"), Some(("doas", vec![])));
        assert_eq!(kept("systemd-run --user CMD"), Some(("systemd-run", vec![])));
        assert_eq!(kept("systemd-run --scope CMD"), None);
    }

    #[test]
    fn user_and_folder_of_a_wrapper_are_followed() {
        let user = |line: &str| look(line, |_, user, _| user);
        assert_eq!(user("sudo -u deploy CMD"), Some("deploy".into()));
        assert_eq!(user("sudo CMD"), Some("root".into()));
        assert_eq!(user("env CMD"), None);
        let folder = |line: &str| look(line, |_, _, view| view.cwd.clone());
        assert_eq!(folder("env -C sub CMD"), std::path::Path::new("/here/sub"));
        assert_eq!(folder("sudo --chdir=/srv CMD"), std::path::Path::new("/srv"));
    }

    #[test]
    fn assignments_are_seen_by_the_command() {
        let value = |line: &str| look(line, |_, _, view| view.get("A"));
        assert_eq!(value("env A=b CMD"), Some("b".into()));
        assert_eq!(value("env A=b env -u A CMD"), None);
        assert_eq!(value("sudo A=b CMD"), Some("b".into()));
        assert_eq!(value("env A=b sudo CMD"), None);
    }
}
