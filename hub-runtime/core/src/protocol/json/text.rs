//! The part of a JSON string that stands for itself.

/// Bytes that are looked at as one number, to find where a run ends.
const WORD: usize = size_of::<u64>();
/// Bytes that are looked at together in a long run, only to see that it goes on: enough for the
/// compiler to do so with wide registers.
const STEP: usize = 64;

/// How many bytes there are before the first quote, backslash or control character.
#[inline]
pub(super) fn plain_run(text: &[u8]) -> usize {
    match text.split_first_chunk::<STEP>() {
        None => short_run(text),
        Some((first, rest)) => match short_run(first) {
            STEP => STEP + long_run(rest),
            found => found,
        },
    }
}

/// The same for a text that is likely to be short.
#[inline]
pub(super) fn short_run(text: &[u8]) -> usize {
    let (pairs, _) = text.as_chunks::<{ 2 * WORD }>();
    let plain = pairs.iter().take_while(|pair| !has_special(pair)).count();
    let mut at = plain * 2 * WORD;
    let (words, rest) = text[at..].as_chunks();
    for word in words {
        match first_special(*word) {
            WORD => at += WORD,
            found => return at + found,
        }
    }
    let plain = rest.iter().take_while(|byte| !is_special(**byte));
    at + plain.count()
}

/// The same for a text that is likely to be long.
fn long_run(text: &[u8]) -> usize {
    let (steps, _) = text.as_chunks::<STEP>();
    let plain = steps.iter().take_while(|step| !has_special(step)).count() * STEP;
    plain + short_run(&text[plain..])
}

/// Where the first special byte of a word is, or [`WORD`].
#[inline]
fn first_special(word: [u8; WORD]) -> usize {
    const ONES: u64 = u64::from_le_bytes([1; WORD]);
    const TOPS: u64 = u64::from_le_bytes([0x80; WORD]);
    let word = u64::from_le_bytes(word);
    // The top bit of each special byte. Above the lowest one there may be more, since subtractions
    // borrow; the lowest one is right.
    let controls = word.wrapping_sub(ONES * 0x20);
    let quotes = (word ^ (ONES * u64::from(b'"'))).wrapping_sub(ONES);
    let backslashes = (word ^ (ONES * u64::from(b'\\'))).wrapping_sub(ONES);
    let special = (controls | quotes | backslashes) & !word & TOPS;
    special.trailing_zeros() as usize / 8
}

/// Without an early end, so that it is one pass over wide registers.
fn has_special<const N: usize>(bytes: &[u8; N]) -> bool {
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
            for length in [100, 256] {
                for at in 0..length {
                    let mut text = vec![b'x'; length];
                    text[at] = special;
                    assert_eq!((plain_run(&text), short_run(&text)), (at, at));
                }
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
