//! The part of a JSON string that stands for itself.

/// Bytes that are looked at together: enough for the compiler to do so with wide registers.
const STEP: usize = 32;

/// How many bytes there are before the first quote, backslash or control character.
#[inline]
pub(super) fn plain_run(text: &[u8]) -> usize {
    let start = if text.len() < STEP {
        0
    } else {
        plain_steps(text)
    };
    start + short_run(&text[start..])
}

/// The same for a text that is likely to be short.
#[inline]
pub(super) fn short_run(text: &[u8]) -> usize {
    let (words, rest) = text.as_chunks();
    let mut at = 0;
    for word in words {
        let special = special_bytes(u64::from_le_bytes(*word));
        if special != 0 {
            return at + special.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    let plain = rest.iter().take_while(|byte| !is_special(**byte));
    at + plain.count()
}

/// How many bytes at the front are plain, in whole steps.
fn plain_steps(text: &[u8]) -> usize {
    let (steps, _) = text.as_chunks::<STEP>();
    let plain = steps
        .iter()
        .take_while(|step| !has_special(step.as_slice()));
    plain.count() * STEP
}

/// The top bit of each special byte in a word. Above the lowest one there may be more, since
/// subtractions borrow; the lowest one is right.
const fn special_bytes(word: u64) -> u64 {
    const ONES: u64 = u64::from_le_bytes([1; 8]);
    const TOPS: u64 = u64::from_le_bytes([0x80; 8]);
    const fn zeros(word: u64) -> u64 {
        word.wrapping_sub(ONES) & !word & TOPS
    }
    let below_space = word.wrapping_sub(ONES * 0x20) & !word & TOPS;
    let quotes = zeros(word ^ (ONES * b'"' as u64));
    let backslashes = zeros(word ^ (ONES * b'\\' as u64));
    below_space | quotes | backslashes
}

/// Without an early end, so that it is one pass over wide registers.
fn has_special(bytes: &[u8]) -> bool {
    bytes
        .iter()
        .fold(false, |found, byte| found | is_special(*byte))
}

const fn is_special(byte: u8) -> bool {
    byte < 0x20 || byte == b'"' || byte == b'\\'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_ends_before_what_is_special() {
        for special in [b'"', b'\\', b'\n', 0, 0x1f] {
            for at in 0..100 {
                let mut text = vec![b'x'; 100];
                text[at] = special;
                assert_eq!(plain_run(&text), at);
            }
        }
        assert_eq!(plain_run(b""), 0);
    }

    #[test]
    fn neighbours_that_a_borrow_reaches_do_no_harm() {
        for first in 0..=u8::MAX {
            for second in 0..=u8::MAX {
                let text = [b'x', first, second, b'x', b'x', b'x', b'x', b'x'];
                let expected = text.iter().position(|byte| is_special(*byte));
                assert_eq!(short_run(&text), expected.unwrap_or(8), "{text:?}");
            }
        }
    }

    #[test]
    fn characters_of_many_bytes_are_plain() {
        assert_eq!(plain_run("ä/\u{7f}\u{80}".repeat(40).as_bytes()), 240);
    }
}
