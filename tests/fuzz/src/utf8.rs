//! Text that arrives in pieces. The input is how it is cut, and the text.

use crate::choices::{Choices, Cuts};
use crate::frames::close::FrameError;
use crate::frames::frame::FrameReader;
use crate::websocket::client_head;

/// A key that changes nothing.
const NO_MASK: [u8; 4] = [0; 4];

/// A text message is refused with the first byte that the standard library finds hopeless, whether
/// its pieces are reads or frames.
pub fn check(input: &[u8]) {
    let mut choices = Choices::new(input);
    let cuts = choices.cuts();
    let text = choices.rest();
    // A message has few fragments, which is not what is asked here.
    let text = &text[..text.len().min(4000)];
    for cuts in [cuts, Cuts::NONE, Cuts::EVERYWHERE] {
        check_pieces(text, cuts, false);
        check_pieces(text, cuts, true);
    }
}

/// The first byte that no continuation could mend.
fn first_bad(text: &[u8]) -> Option<usize> {
    let error = str::from_utf8(text).err()?;
    error.error_len()?;
    let begin = error.valid_up_to();
    (begin..text.len()).find(|&at| {
        let character = str::from_utf8(&text[begin..=at]);
        character.is_err_and(|error| error.error_len().is_some())
    })
}

fn check_pieces(text: &[u8], cuts: Cuts<'_>, in_frames: bool) {
    let (bad, is_text) = (first_bad(text), str::from_utf8(text).is_ok());
    let mut reader = FrameReader::default();
    let (mut begin, mut is_first) = (0, true);
    if !in_frames {
        let head = client_head(0x81, text.len(), NO_MASK);
        assert_eq!(feed(&mut reader, &head), Ok(()));
    }
    for piece in cuts.pieces(text) {
        let end = begin + piece.len();
        let is_last = end == text.len();
        let mut bytes = if in_frames {
            let first = u8::from(is_last) << 7 | u8::from(is_first);
            client_head(first, piece.len(), NO_MASK)
        } else {
            Vec::new()
        };
        bytes.extend_from_slice(piece);
        let is_hopeless = bad.is_some_and(|bad| (begin..end).contains(&bad));
        let expected = if is_hopeless || is_last && !is_text {
            Err(FrameError::InvalidUtf8)
        } else {
            Ok(())
        };
        assert_eq!(feed(&mut reader, &bytes), expected, "{text:x?} up to {end}");
        if expected.is_err() {
            return;
        }
        (begin, is_first) = (end, false);
    }
}

fn feed(reader: &mut FrameReader, bytes: &[u8]) -> Result<(), FrameError> {
    let mut bytes = bytes.to_vec();
    let mut input = &mut bytes[..];
    while reader.next(&mut input)?.is_some() {}
    Ok(())
}
