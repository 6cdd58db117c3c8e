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
        None => run_of_pairs(text),
        Some((first, rest)) => match run_of_pairs(first) {
            STEP => STEP + long_run(rest),
            found => found,
        },
    }
}

/// The same for a text of a few bytes, as names and ids are.
#[inline]
pub(super) fn short_run(text: &[u8]) -> usize {
    let (words, rest) = text.as_chunks();
    for (index, word) in words.iter().enumerate() {
        let special = specials(*word);
        if special != 0 {
            return index * WORD + place(special);
        }
    }
    let plain = rest.iter().take_while(|byte| !is_special(**byte));
    words.len() * WORD + plain.count()
}

/// The same for a text of less than a step.
fn run_of_pairs(text: &[u8]) -> usize {
    if text.len() < 2 * WORD {
        return short_run(text);
    }
    let (pairs, rest) = text.as_chunks::<{ 2 * WORD }>();
    for (index, pair) in pairs.iter().enumerate() {
        if has_special(pair) {
            return index * 2 * WORD + short_run(pair);
        }
    }
    pairs.len() * 2 * WORD + short_run(rest)
}

/// The same for a text that is likely to be long.
fn long_run(text: &[u8]) -> usize {
    let (steps, _) = text.as_chunks::<STEP>();
    let plain = steps.iter().take_while(|step| !has_special(step)).count() * STEP;
    plain + run_of_pairs(&text[plain..])
}

/// The top bit of each special byte of a word. Above the lowest one there may be more, since
/// subtractions borrow; the lowest one is right.
#[inline]
const fn specials(word: [u8; WORD]) -> u64 {
    const ONES: u64 = u64::from_le_bytes([1; WORD]);
    const TOPS: u64 = u64::from_le_bytes([0x80; WORD]);
    let word = u64::from_le_bytes(word);
    let controls_and_quotes = (word ^ (ONES * FLIP as u64)).wrapping_sub(ONES * BELOW as u64);
    let backslashes = (word ^ (ONES * b'\\' as u64)).wrapping_sub(ONES);
    (controls_and_quotes | backslashes) & !word & TOPS
}

/// Where the lowest of the top bits in `special` is, in bytes.
#[inline]
const fn place(special: u64) -> usize {
    special.trailing_zeros() as usize / 8
}

/// Without an early end, so that it is one pass over wide registers.
#[inline]
fn has_special<const N: usize>(bytes: &[u8; N]) -> bool {
    bytes
        .iter()
        .fold(false, |found, byte| found | is_special(*byte))
}

/// With this bit turned over, a quote comes directly behind the control characters, and a space does
/// not: one comparison finds both.
const FLIP: u8 = b'"' ^ b' ';
/// What control characters and quotes are below, then.
const BELOW: u8 = b' ' + 1;

#[inline]
const fn is_special(byte: u8) -> bool {
    byte ^ FLIP < BELOW || byte == b'\\'
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
