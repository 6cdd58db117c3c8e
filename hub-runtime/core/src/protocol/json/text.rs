//! The part of a JSON string that stands for itself.

/// Bytes that are looked at together: enough for the compiler to do so with wide registers.
const STEP: usize = 32;

/// How many bytes there are before the first quote, backslash or control character.
pub(super) fn plain_run(text: &[u8]) -> usize {
    let (steps, _) = text.as_chunks::<STEP>();
    let plain = steps
        .iter()
        .take_while(|step| !has_special(step.as_slice()));
    let start = plain.count() * STEP;
    let special = text[start..].iter().position(|byte| is_special(*byte));
    special.map_or(text.len(), |at| start + at)
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
        assert_eq!(plain_run("ä/\u{7f}\u{80}".repeat(40).as_bytes()), 240);
    }
}
