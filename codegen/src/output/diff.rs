//! A short diff of two texts, for a message.

use std::fmt::Write as _;

/// How many lines of a file's diff are shown.
const SHOWN: usize = 12;

/// Above this many cells the middle is shown as replaced as a whole.
const MOST_CELLS: usize = 4_000_000;

/// The lines that differ, `-` those present and `+` those expected, with their line number.
pub(super) fn lines(present: &str, expected: &str) -> String {
    let (old, new): (Vec<_>, Vec<_>) = (present.lines().collect(), expected.lines().collect());
    let same = |pair: &(&&str, &&str)| pair.0 == pair.1;
    let start = old.iter().zip(&new).take_while(same).count();
    let (old, new) = (&old[start..], &new[start..]);
    let end = old
        .iter()
        .rev()
        .zip(new.iter().rev())
        .take_while(same)
        .count();
    let changes = changes(&old[..old.len() - end], &new[..new.len() - end]);

    let mut text = String::new();
    for change in changes.iter().take(SHOWN) {
        let line = start + change.line + 1;
        let _ = writeln!(text, "{line:>5} {} {}", change.sign, change.text);
    }
    if changes.is_empty() {
        text.push_str("      only the end of the last line differs\n");
    }
    if changes.len() > SHOWN {
        let _ = writeln!(text, "      … and {} more", changes.len() - SHOWN);
    }
    text
}

struct Change<'a> {
    /// Counted in the text the line stands in.
    line: usize,
    sign: char,
    text: &'a str,
}

/// What to remove from `old` and to add from `new`, along a longest common subsequence.
fn changes<'a>(old: &[&'a str], new: &[&'a str]) -> Vec<Change<'a>> {
    let width = new.len() + 1;
    let mut common = Vec::<u32>::new();
    let small = (old.len() + 1).saturating_mul(width) <= MOST_CELLS;
    if small {
        common.resize((old.len() + 1) * width, 0);
        for i in (0..old.len()).rev() {
            for j in (0..new.len()).rev() {
                common[i * width + j] = if old[i] == new[j] {
                    common[(i + 1) * width + j + 1] + 1
                } else {
                    common[(i + 1) * width + j].max(common[i * width + j + 1])
                };
            }
        }
    }
    let (mut i, mut j) = (0, 0);
    let mut changes = Vec::new();
    while i < old.len() || j < new.len() {
        let both = i < old.len() && j < new.len();
        if both && small && old[i] == new[j] {
            (i, j) = (i + 1, j + 1);
            continue;
        }
        let remove = j == new.len()
            || (both && (!small || common[(i + 1) * width + j] >= common[i * width + j + 1]));
        if remove {
            changes.push(Change {
                line: i,
                sign: '-',
                text: old[i],
            });
            i += 1;
        } else {
            changes.push(Change {
                line: j,
                sign: '+',
                text: new[j],
            });
            j += 1;
        }
    }
    changes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(present: &str, expected: &str, diff: &str) {
        assert_eq!(lines(present, expected), diff);
    }

    #[test]
    fn only_what_differs_is_shown() {
        check("a\nb\nc\n", "a\nx\nc\n", "    2 - b\n    2 + x\n");
        check("a\nc\n", "a\nb\nc\n", "    2 + b\n");
        check("a\nb\nc\n", "a\nc\n", "    2 - b\n");
        check("a\n1\nb\n2\nc\n", "a\nb\nc\n", "    2 - 1\n    4 - 2\n");
        check("a\n", "a", "      only the end of the last line differs\n");
    }

    #[test]
    fn long_diffs_are_cut() {
        let present = "line\n".repeat(20);
        let diff = lines(&present, "");
        assert_eq!(diff.lines().count(), SHOWN + 1);
        assert!(diff.ends_with("… and 8 more\n"), "{diff}");
    }
}
