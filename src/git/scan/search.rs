//! Searching bytes for many values at once.
//!
//! One pass of an Aho-Corasick automaton, which sees neither white space nor NUL: a value that YAML, PEM or a
//! shell folded over several lines is found like any other, and so is one in UTF-16. The automaton knows only how values begin; the
//! rest is compared where a beginning was found, so that long values cost nothing.

use aho_corasick::Anchored;
use aho_corasick::automaton::Automaton;
use aho_corasick::dfa::DFA;
use aho_corasick::nfa::contiguous::NFA;
use memchr::memchr_iter;
use zeroize::Zeroizing;

use super::encodings;

/// Values under this many characters are found everywhere by chance.
pub(crate) const SHORTEST: usize = 8;
/// So much of a value is in the automaton, in bytes.
const ANCHOR: usize = 12;
/// With more bytes than that in the automaton, the fast kind of it takes longer to build than it saves, and hundreds
/// of megabytes.
const FAST: usize = 100_000;

/// What is searched for: a value, by its number, or a private identity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Needle {
    /// The value with this number.
    Value(usize),
    /// `AGE-SECRET-KEY-1…`
    AgeIdentity,
    /// `-----BEGIN … PRIVATE KEY-----`
    PrivateKey,
}

/// Something that was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Hit {
    /// What.
    pub needle: Needle,
    /// How it is written.
    pub encoding: &'static str,
    /// Its line, from 1.
    pub line: usize,
}

struct Pattern {
    needle: Needle,
    encoding: &'static str,
    rest: Zeroizing<Vec<u8>>,
}

enum Machine {
    Fast(DFA),
    Small(NFA),
}

/// Values, ready to be searched for.
pub(crate) struct Search {
    machine: Machine,
    /// By number of the beginning in the automaton.
    patterns: Vec<Vec<Pattern>>,
}

impl Search {
    /// For these values; private identities are always searched for.
    ///
    /// `None` if there are more than an automaton can hold, which takes gigabytes.
    pub(crate) fn new<'v>(values: impl IntoIterator<Item = &'v str>) -> Option<Self> {
        let mut anchors: Vec<Zeroizing<Vec<u8>>> = Vec::new();
        let mut numbers = std::collections::HashMap::new();
        let mut patterns: Vec<Vec<Pattern>> = Vec::new();
        let mut add = |text: &[u8], needle, encoding| {
            let text = visible(text);
            if text.len() < SHORTEST {
                return;
            }
            let (anchor, rest) = text.split_at(text.len().min(ANCHOR));
            let number = *numbers.entry(anchor.to_vec()).or_insert_with(|| {
                anchors.push(Zeroizing::new(anchor.to_vec()));
                patterns.push(Vec::new());
                patterns.len() - 1
            });
            patterns[number].push(Pattern { needle, encoding, rest: Zeroizing::new(rest.to_vec()) });
        };
        add(b"AGE-SECRET-KEY-1", Needle::AgeIdentity, "as written");
        add(b"PRIVATE KEY-----", Needle::PrivateKey, "as written");
        for (number, value) in values.into_iter().enumerate() {
            for encoded in encodings::all(value) {
                add(&encoded.text, Needle::Value(number), encoded.encoding);
            }
        }
        let texts = || anchors.iter().map(|anchor| anchor.as_slice());
        let machine = if texts().map(<[u8]>::len).sum::<usize>() > FAST {
            Machine::Small(NFA::new(texts()).ok()?)
        } else {
            Machine::Fast(DFA::new(texts()).ok()?)
        };
        Some(Self { machine, patterns })
    }

    /// Everything in `bytes`, the first place of each needle.
    pub(crate) fn find(&self, bytes: &[u8]) -> Vec<Hit> {
        match &self.machine {
            Machine::Fast(automaton) => self.pass(automaton, bytes),
            Machine::Small(automaton) => self.pass(automaton, bytes),
        }
    }

    fn pass(&self, automaton: &impl Automaton, bytes: &[u8]) -> Vec<Hit> {
        let mut hits: Vec<Hit> = Vec::new();
        let start = automaton.start_state(Anchored::No);
        let mut state = start.expect("the automaton was built to search everywhere");
        let mut at = 0;
        while at < bytes.len() {
            let byte = bytes[at];
            at += 1;
            if is_invisible(byte, bytes, at) {
                continue;
            }
            state = automaton.next_state(Anchored::No, state, byte);
            if !automaton.is_special(state) || !automaton.is_match(state) {
                continue;
            }
            for index in 0..automaton.match_len(state) {
                let anchor = automaton.match_pattern(state, index).as_usize();
                for pattern in &self.patterns[anchor] {
                    let known = hits.iter().any(|hit| hit.needle == pattern.needle);
                    if !known && follows(bytes, at, &pattern.rest) && pattern.is_real(bytes, at) {
                        let line = memchr_iter(b'\n', &bytes[..at]).count() + 1;
                        hits.push(Hit { needle: pattern.needle, encoding: pattern.encoding, line });
                    }
                }
            }
        }
        hits
    }
}

impl Pattern {
    /// Documentation is full of headers of private keys: what follows must look like one.
    fn is_real(&self, bytes: &[u8], at: usize) -> bool {
        let rest = visible_from(bytes, at).skip(self.rest.len());
        match self.needle {
            Needle::Value(_) => true,
            Needle::AgeIdentity => {
                const LENGTH: usize = 58;
                let data =
                    rest.take(LENGTH).filter(|byte| b"QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L".contains(byte));
                data.count() == LENGTH
            }
            Needle::PrivateKey => {
                const LENGTH: usize = 48;
                // In a string of a program, line ends are written as `\n`.
                let data = rest.filter(|byte| !b"\\nr\"',+".contains(byte)).take(LENGTH);
                data.filter(|byte| byte.is_ascii_alphanumeric() || b"/=".contains(byte)).count() == LENGTH
            }
        }
    }
}

/// White space, NUL, and the backslash that ends a line in YAML and shells. `next` is the index after `byte`.
fn is_invisible(byte: u8, bytes: &[u8], next: usize) -> bool {
    match byte {
        b' ' | b'\t' | b'\n' | b'\r' | 0 => true,
        b'\\' => matches!(bytes.get(next), Some(b'\n')) || matches!(bytes.get(next..next + 2), Some(b"\r\n")),
        _ => false,
    }
}

fn visible_from(bytes: &[u8], from: usize) -> impl Iterator<Item = u8> + '_ {
    (from..bytes.len())
        .map(|at| (bytes[at], at))
        .filter(|(byte, at)| !is_invisible(*byte, bytes, at + 1))
        .map(|(byte, _)| byte)
}

fn follows(bytes: &[u8], from: usize, rest: &[u8]) -> bool {
    visible_from(bytes, from).take(rest.len()).eq(rest.iter().copied())
}

/// What the automaton sees of a text. A backslash at its end could be one that ends a line.
fn visible(text: &[u8]) -> Zeroizing<Vec<u8>> {
    let mut seen = Zeroizing::new(Vec::with_capacity(text.len()));
    seen.extend(visible_from(text, 0));
    while seen.last() == Some(&b'\\') {
        seen.pop();
    }
    seen
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(value: &str, text: &str) -> Option<(usize, &'static str)> {
        let search = Search::new([value]).expect("a search");
        search.find(text.as_bytes()).first().map(|hit| (hit.line, hit.encoding))
    }

    #[test]
    fn a_value_is_found_on_its_line_and_folded_over_lines() {
        let value = "correct horse battery staple";
        assert_eq!(found(value, &format!("a\nb={value}\n")), Some((2, "as written")));
        assert_eq!(
            found(value, "a: >-\n  correct horse\n  battery staple\n").map(|hit| hit.1),
            Some("as written")
        );
        assert_eq!(
            found(value, "a: \"correct horse \\\n  battery staple\"").map(|hit| hit.1),
            Some("as written")
        );
        assert_eq!(found(value, "correct horse battery stable"), None);
    }

    #[test]
    fn utf_16_is_searched_too() {
        for order in [u16::to_le_bytes, u16::to_be_bytes] {
            let text: Vec<u8> = "x = \"hunter2hunter2\"".encode_utf16().flat_map(order).collect();
            let search = Search::new(["hunter2hunter2"]).expect("a search");
            assert_eq!(search.find(&text).len(), 1);
        }
    }

    #[test]
    fn thousands_of_values_are_found_as_well() {
        let values: Vec<String> = (0..5000).map(|number| format!("{number:06}/value\"number")).collect();
        let search = Search::new(values.iter().map(String::as_str)).expect("a search");
        assert!(matches!(search.machine, Machine::Small(_)));
        let hits = search.find(values.join("\n").as_bytes());
        assert_eq!(hits.len(), 5000);
        assert!(
            hits.iter().enumerate().all(|(at, hit)| hit.needle == Needle::Value(at) && hit.line == at + 1)
        );
    }

    #[test]
    fn pem_header_alone_is_not_a_private_key() {
        let search = Search::new([]).expect("a search");
        assert!(search.find(b"-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----").is_empty());
        let key = format!("-----BEGIN PRIVATE KEY-----\n{}\n", "MIIE".repeat(16));
        assert_eq!(search.find(key.as_bytes())[0].needle, Needle::PrivateKey);
        let age = format!("# x\nAGE-SECRET-KEY-1{}", "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L".repeat(2));
        assert_eq!(search.find(age.as_bytes())[0].needle, Needle::AgeIdentity);
        assert!(search.find(b"AGE-SECRET-KEY-1...").is_empty());
    }
}
