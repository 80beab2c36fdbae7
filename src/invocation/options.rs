//! How a program finds its options: enough of getopt, pflag and argparse to tell an option's value from
//! the first operand.

use std::ffi::{OsStr, OsString};
use std::ops::Range;
use std::os::unix::ffi::OsStrExt;

/// The options that stand before a program's first operand.
pub(super) struct Grammar {
    /// Options with a value: long name with its dashes, and short letter or [`NONE`].
    pub valued: &'static [(&'static str, char)],
    /// Options without one. Needed where their name matters, or to keep an unknown one apart.
    pub flags: &'static [(&'static str, char)],
    /// Whether an unambiguous beginning of a long name counts (getopt and argparse; pflag refuses it).
    pub abbreviations: bool,
    /// What an operand may be. When it is not empty, an unknown long option is taken to have a value
    /// unless the next word is one of these: tools gain options faster than tables do.
    pub operands: &'static [&'static str],
}

/// No short letter.
pub(super) const NONE: char = '\0';

/// An option that was found.
pub(super) struct Found {
    /// Its long name in the [`Grammar`], however it was written.
    pub name: &'static str,
    /// Its value: the next argument, or what follows `=` or the short letter.
    pub value: Option<OsString>,
    /// The arguments it takes up.
    pub at: Range<usize>,
}

/// What stands before the first operand.
pub(super) struct Scan {
    /// The known options, in order.
    pub options: Vec<Found>,
    /// The index of the first operand; the number of arguments when there is none.
    pub operand: usize,
}

impl Scan {
    /// The values of every occurrence of one option, in order.
    pub(super) fn values(&self, name: &str) -> impl Iterator<Item = &OsStr> {
        self.options.iter().filter(move |o| o.name == name).filter_map(|o| o.value.as_deref())
    }

    /// Whether an option was given.
    pub(super) fn has(&self, name: &str) -> bool {
        self.options.iter().any(|o| o.name == name)
    }
}

/// Reads options from `from` on, up to the first operand or behind `--`.
pub(super) fn scan(argv: &[OsString], from: usize, grammar: &Grammar) -> Scan {
    let mut scan = Scan { options: Vec::new(), operand: argv.len() };
    let mut at = from;
    while let Some(argument) = argv.get(at) {
        let bytes = argument.as_bytes();
        if bytes == b"--" {
            scan.operand = at + 1;
            return scan;
        }
        if bytes.len() < 2 || bytes[0] != b'-' {
            scan.operand = at;
            return scan;
        }
        let end = if bytes.starts_with(b"--") {
            long(argv, at, grammar, &mut scan.options)
        } else {
            shorts(argv, at, grammar, &mut scan.options)
        };
        at = end;
    }
    scan
}

/// One `--long`, `--long=value` or `--long value`; answers where the next argument begins.
fn long(argv: &[OsString], at: usize, grammar: &Grammar, found: &mut Vec<Found>) -> usize {
    let bytes = argv[at].as_bytes();
    let equals = bytes.iter().position(|b| *b == b'=');
    let name = &bytes[..equals.unwrap_or(bytes.len())];
    let attached = equals.map(|e| OsStr::from_bytes(&bytes[e + 1..]).to_owned());
    let separate = attached.is_none();
    let next = argv.get(at + 1).cloned();

    let (known, takes_next) = match resolve(name, grammar) {
        Some((known, true)) => (Some(known), separate),
        Some((known, false)) => (Some(known), false),
        None => (
            None,
            separate
                && !grammar.operands.is_empty()
                && next.as_deref().is_some_and(|n| !is_operand(n, grammar)),
        ),
    };
    let end = at + 1 + usize::from(takes_next && next.is_some());
    if let Some(name) = known {
        let value = if takes_next { next } else { attached };
        found.push(Found { name, value, at: at..end });
    }
    end
}

/// The long name that `written` stands for, and whether it takes a value.
fn resolve(written: &[u8], grammar: &Grammar) -> Option<(&'static str, bool)> {
    let names = || {
        let valued = grammar.valued.iter().map(|(name, _)| (*name, true));
        valued.chain(grammar.flags.iter().map(|(name, _)| (*name, false)))
    };
    if let Some(exact) = names().find(|(name, _)| name.as_bytes() == written) {
        return Some(exact);
    }
    if !grammar.abbreviations {
        return None;
    }
    let mut candidates = names().filter(|(name, _)| name.as_bytes().starts_with(written));
    let first = candidates.next()?;
    candidates.next().is_none().then_some(first)
}

fn is_operand(word: &OsStr, grammar: &Grammar) -> bool {
    word.as_bytes().starts_with(b"-") || grammar.operands.iter().any(|o| OsStr::new(o) == word)
}

/// A cluster of short options, the last of which may have a value: `-Dc x`, `-fx`, `-f=x`.
fn shorts(argv: &[OsString], at: usize, grammar: &Grammar, found: &mut Vec<Found>) -> usize {
    let bytes = argv[at].as_bytes();
    for (index, letter) in bytes.iter().enumerate().skip(1) {
        let named = |table: &'static [(&'static str, char)]| {
            table.iter().find(|(_, short)| *short == char::from(*letter)).map(|(name, _)| *name)
        };
        if let Some(name) = named(grammar.flags) {
            found.push(Found { name, value: None, at: at..at + 1 });
        } else if let Some(name) = named(grammar.valued) {
            let rest = &bytes[index + 1..];
            if rest.is_empty() {
                let value = argv.get(at + 1).cloned();
                let end = at + 1 + usize::from(value.is_some());
                found.push(Found { name, value, at: at..end });
                return end;
            }
            let value = OsStr::from_bytes(rest.strip_prefix(b"=").unwrap_or(rest)).to_owned();
            found.push(Found { name, value: Some(value), at: at..at + 1 });
            return at + 1;
        }
    }
    at + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    const GRAMMAR: Grammar = Grammar {
        valued: &[("--file", 'f'), ("--env-file", NONE)],
        flags: &[("--verbose", 'v')],
        abbreviations: true,
        operands: &["up"],
    };

    fn read(line: &str, grammar: &Grammar) -> (Vec<(String, Option<String>)>, Option<String>) {
        let argv: Vec<OsString> = line.split(' ').map(OsString::from).collect();
        let scan = scan(&argv, 0, grammar);
        let text = |s: &OsString| s.to_string_lossy().into_owned();
        let options = scan.options.iter().map(|o| (o.name.to_owned(), o.value.as_ref().map(text)));
        (options.collect(), argv.get(scan.operand).map(text))
    }

    #[test]
    fn a_value_may_be_attached_or_separate() {
        for line in ["-f a up", "-fa up", "-f=a up", "--file a up", "--file=a up", "--fil a up", "--f=a up"] {
            let (options, operand) = read(line, &GRAMMAR);
            assert_eq!(options, [("--file".to_owned(), Some("a".to_owned()))], "{line}");
            assert_eq!(operand.as_deref(), Some("up"), "{line}");
        }
    }

    #[test]
    fn short_letters_cluster() {
        let (options, operand) = read("-vvfa up", &GRAMMAR);
        assert_eq!(options.len(), 3);
        assert_eq!(options[2].1.as_deref(), Some("a"));
        assert_eq!(operand.as_deref(), Some("up"));
    }

    #[test]
    fn an_unknown_option_takes_the_next_word_unless_that_is_an_operand() {
        for line in ["--new up", "--new x up", "--new=x up", "--new -v up", "-N up"] {
            assert_eq!(read(line, &GRAMMAR).1.as_deref(), Some("up"), "{line}");
        }
    }

    #[test]
    fn a_double_dash_ends_the_options() {
        assert_eq!(read("-v -- -f", &GRAMMAR).1.as_deref(), Some("-f"));
        assert_eq!(read("--", &GRAMMAR).1, None);
    }

    #[test]
    fn a_value_may_look_like_an_option() {
        let (options, operand) = read("-f --env-file up", &GRAMMAR);
        assert_eq!(options[0].1.as_deref(), Some("--env-file"));
        assert_eq!(operand.as_deref(), Some("up"));
    }

    #[test]
    fn option_prefixes_are_unknown_without_abbreviations() {
        let strict = Grammar { abbreviations: false, ..GRAMMAR };
        assert_eq!(read("--env-fil x up", &strict), (vec![], Some("up".to_owned())));
    }

    #[test]
    fn missing_option_value_does_not_panic() {
        for line in ["-f", "--file", "-vf", "--new"] {
            assert_eq!(read(line, &GRAMMAR).1, None, "{line}");
        }
    }
}
