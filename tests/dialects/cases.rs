//! Values and files that readers stumble over.

/// Pieces of awkward values.
const VALUE_PIECES: &[&str] = &[
    "'",
    "'",
    "\"",
    "\"",
    "\\",
    "\\",
    "\\\\",
    "$",
    "$",
    "$$",
    "${",
    "}",
    "${K1}",
    "$K1",
    "${K1:-d}",
    "${K1:?",
    "${HOME}",
    "${__SENEX_DOLLAR}",
    "${__senex_env_unset:-$}",
    "#",
    " #",
    " ",
    "\t",
    "\n",
    "\n",
    "\r",
    "\r\n",
    "=",
    ":",
    "a",
    "n",
    "0101",
    "x41",
    "`",
    "!",
    "~",
    "*",
    "(",
    ")",
    "\u{85}",
    "\u{a0}",
    "\u{2028}",
    "\u{feff}",
    "\u{1c}",
    "\u{7f}",
    "\u{1}",
    "\x0b",
    "\x0c",
    "\u{1b}",
    "é",
    "中",
    "😀",
    "K1=",
    "export ",
];

/// Pieces of files that people and chance could write.
pub const FILE_PIECES: &[&str] = &[
    "Aq", "Aq", "Bq", "Pq", "K1", "=", "=", "=", "\n", "\n", "\n", " ", " ", "#", " #", "'", "'", "\"", "\"",
    "\\", "\\\\", "$", "${", "}", "{", "${Aq}", "$Bq", "${Bq:-x}", "${Pq-y}", "${Nq:+z}", "${Aq:?e}", ":",
    "-", "?", "+", "\\n", "\\$", "\\0101", "\\0777", "\\t", "\\c", "$$", "$1", "export ", "export", "\r\n",
    "\r", "\t", "\x0b", "\x0c", "\u{85}", "\u{a0}", "\u{2028}", "\u{feff}", "\u{1c}", "é", ".", "[", "x",
    "\u{17f}",
];

/// A small generator, so that a failure comes again.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(0x9e37_79b9_7f4a_7c15_u64.wrapping_mul(2 * seed + 1))
    }

    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).expect("31 bits") % sides
    }

    pub fn text(&mut self, pieces: &[&str]) -> String {
        let length = self.roll(10);
        (0..length).map(|_| pieces[self.roll(pieces.len())]).collect()
    }

    /// An awkward value; now and then one of many kilobytes.
    pub fn value(&mut self) -> String {
        let text = self.text(VALUE_PIECES);
        if self.roll(200) == 0 { text.repeat(1 + self.roll(3_000)) } else { text }
    }

    pub fn file(&mut self) -> String {
        let mut text = String::new();
        for _ in 0..=self.roll(4) {
            text.push_str(["", "Aq=", "Bq=", "K1=", "Aq='", "Bq=\""][self.roll(6)]);
            text.push_str(&self.text(FILE_PIECES));
            text.push_str(["\n", "\n", "'\n", "\"\n", ""][self.roll(5)]);
        }
        text
    }
}
