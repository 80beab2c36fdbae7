//! Two texts beside each other, for messages.

/// The lines that differ, `-` before and `+` after, with what stands around them.
pub fn difference(before: &str, after: &str) -> String {
    const AROUND: usize = 3;
    let (before, after): (Vec<&str>, Vec<&str>) = (before.lines().collect(), after.lines().collect());
    let same = before.iter().zip(&after).take_while(|(a, b)| a == b).count();
    let rest = before.len().min(after.len()) - same;
    let tail = before.iter().rev().zip(after.iter().rev()).take(rest).take_while(|(a, b)| a == b).count();
    let from = same.saturating_sub(AROUND);
    let mut lines = vec![format!("@@ line {}", same + 1)];
    lines.extend(before[from..same].iter().map(|line| format!("  {line}")));
    lines.extend(before[same..before.len() - tail].iter().map(|line| format!("- {line}")));
    lines.extend(after[same..after.len() - tail].iter().map(|line| format!("+ {line}")));
    lines.extend(before[before.len() - tail..].iter().take(AROUND).map(|line| format!("  {line}")));
    lines.join("\n")
}

#[test]
fn a_difference_shows_what_differs_and_what_stands_around_it() {
    let before = "1\n2\n3\n4\n5\n6\n7\n8\n9\n";
    let after = "1\n2\n3\n4\nfive\n6\n7\n8\n9\n";
    assert_eq!(difference(before, after), "@@ line 5\n  2\n  3\n  4\n- 5\n+ five\n  6\n  7\n  8");
    assert_eq!(difference("a\n", "a\nb\n"), "@@ line 2\n  a\n+ b");
    assert_eq!(difference("a\na\n", "a\n"), "@@ line 2\n  a\n- a");
}
