//! Awkward values, the same ones on every run.

/// A small deterministic generator (xorshift64*): tests must not depend on luck.
pub struct Dice(u64);

/// What env files, shells, YAML and compose trip over.
const PIECES: &[&str] = &[
    "'",
    "\"",
    "`",
    "$",
    "$$",
    "${X}",
    "${HOME}",
    "$HOME",
    "${",
    "}",
    "$(id)",
    "#",
    " #",
    " # x",
    "\\",
    "\\\\",
    "\\n",
    "\\t",
    "\\\"",
    "\\'",
    "\n",
    "\n\n",
    "\r",
    "\r\n",
    "\t",
    " ",
    "  ",
    "=",
    "==",
    ":",
    "export A=1",
    "A=B\n",
    "&",
    "|",
    ";",
    "<",
    ">",
    "*",
    "?",
    "[",
    "]",
    "{",
    "!",
    "%",
    "@",
    "~",
    "^",
    ",",
    "é",
    "ß",
    "日本",
    "🔑",
    "\u{85}",
    "\u{2028}",
    "\u{a0}",
    "\u{feff}",
    "\u{1}",
    "\u{7f}",
    "\u{1b}[31m",
    "x",
    "0",
    "word",
    "-",
    "--",
    "null",
    "true",
    "1e3",
    "- a",
];

impl Dice {
    /// Seeded.
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// A number below `bound`.
    pub fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let mixed = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d);
        usize::try_from(mixed >> 33).expect("31 bits") % bound
    }

    /// A value: mostly short, some empty, some up to 64 KiB.
    pub fn value(&mut self) -> String {
        let pieces = match self.below(200) {
            0 => 0,
            1 => 3000,
            2..=20 => 1,
            _ => 1 + self.below(9),
        };
        (0..pieces).map(|_| PIECES[self.below(PIECES.len())]).collect()
    }
}
