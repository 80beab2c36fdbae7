//! Projects out of a hat: the same ones on every run.

use std::fmt::Write;

use super::Case;

/// A small generator of numbers (xorshift), so that the projects stay the same everywhere.
struct Hat(u64);

impl Hat {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }

    fn one_of<'s>(&mut self, choices: &[&'s str]) -> &'s str {
        let at = usize::try_from(self.below(choices.len() as u64)).expect("a small number");
        choices[at]
    }

    /// A text with up to three pieces, each a reference or plain.
    fn text(&mut self, depth: u64) -> String {
        let mut text = String::new();
        for _ in 0..=self.below(3) {
            let name = self.one_of(&["A", "B", "C", "D", "E", "F"]);
            let operator = self.one_of(&["", "", ":-", "-", ":?", "?", ":+", "+"]);
            match self.below(6) {
                0 => text.push_str(self.one_of(&["x", "-", ".", "$$", "é", "/"])),
                1 => text.push_str(&format!("${name}")),
                _ if operator.is_empty() => text.push_str(&format!("${{{name}}}")),
                _ => {
                    let operand = if depth > 0 { self.text(depth - 1) } else { "o".to_owned() };
                    let _ = write!(text, "${{{name}{operator}{operand}}}");
                }
            }
        }
        text
    }

    fn environment(&mut self, out: &mut String) {
        let listed = self.below(2) == 0;
        out.push_str("    environment:\n");
        for key in ["K1", "K2", "A", "K3"] {
            if key != "K1" && self.below(3) == 0 {
                continue;
            }
            let bare = self.below(6) == 0;
            let value = self.text(2);
            let line = match (listed, bare) {
                (true, true) => format!("      - {key}\n"),
                (true, false) => format!("      - \"{key}={value}\"\n"),
                (false, true) => format!("      {key}:\n"),
                (false, false) => format!("      {key}: \"{value}\"\n"),
            };
            out.push_str(&line);
        }
    }

    fn file(&mut self, base: bool) -> String {
        let mut out = String::from("services:\n");
        for service in ["one", "two"] {
            let _ = writeln!(out, "  {service}:");
            if base || self.below(2) == 0 {
                let _ = writeln!(out, "    image: \"i{}\"", self.text(1));
            }
            if self.below(2) == 0 {
                let _ = writeln!(out, "    command: [\"run\", \"{}\"]", self.text(1));
            }
            if self.below(4) == 0 {
                let _ = writeln!(out, "    labels:\n      l: \"{}\"", self.text(1));
            }
            if self.below(4) == 0 {
                out.push_str("    profiles: [full]\n");
            }
            self.environment(&mut out);
        }
        let _ = writeln!(out, "x-more:\n  text: \"{}\"", self.text(1));
        out
    }
}

/// The project with this number.
pub fn case(number: u64) -> Case {
    let mut hat = Hat(0x9e37_79b9_7f4a_7c15 ^ (number + 1).wrapping_mul(0x2545_f491_4f6c_dd1d));
    let mut text = format!("--- 0.yml\n{}", hat.file(true));
    if hat.below(2) == 0 {
        text.push_str(&format!("--- 1.yml\n{}", hat.file(false)));
    }
    Case::new(&format!("generated {number}"), &text)
}
