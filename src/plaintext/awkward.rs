//! Values that some reader of env files stumbles over, for tests.

use proptest::prelude::*;

const PIECES: &[&str] = &[
    "'",
    "\"",
    "\\",
    "\\\\",
    "$",
    "$$",
    "${",
    "}",
    "${X}",
    "$X",
    "${X:-d}",
    "${__SENEX_DOLLAR}",
    "${__senex_env_unset:-$}",
    "#",
    " #",
    " ",
    "\t",
    "\n",
    "\r",
    "\r\n",
    "=",
    ":",
    "a",
    "n",
    "0101",
    "`",
    "\u{85}",
    "\u{a0}",
    "\u{2028}",
    "\u{feff}",
    "\u{1c}",
    "\u{7f}",
    "\u{1}",
    "\x0b",
    "\x0c",
    "é",
    "😀",
    "K=",
];

/// Text without NUL: made of awkward pieces, of any characters, or long and full of `$`.
pub(in crate::plaintext) fn awkward() -> impl Strategy<Value = String> {
    let pieces = proptest::collection::vec(proptest::sample::select(PIECES), 0..12);
    let chars = proptest::collection::vec(any::<char>().prop_filter("no NUL", |c| *c != '\0'), 0..20);
    prop_oneof![
        8 => pieces.prop_map(|pieces| pieces.concat()),
        2 => chars.prop_map(String::from_iter),
        1 => (100_usize..400).prop_map(|count| "'$x\\".repeat(count)),
    ]
}
