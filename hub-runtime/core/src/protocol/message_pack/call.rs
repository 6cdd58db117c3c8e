//! The quickest way to read a call: for what the official clients write, in its shortest forms.

use std::borrow::Cow;

use super::envelope::MAX_VALUE_DEPTH;
use super::reader::Reader;
use crate::protocol::{Arguments, Headers, Invocation};

/// Reads a call without headers and uploads whose names are short, or gives up (`None`) on all that
/// is not quite so.
///
/// Giving up costs a second look by the other reader and nothing else.
#[inline]
pub(super) fn read(body: &[u8]) -> Option<Invocation<'_>> {
    // JavaScript's client leaves out an empty list of streams.
    let &[items @ (0x95 | 0x96), kind @ (1 | 4), 0x80, ref rest @ ..] = body else {
        return None;
    };
    let streaming = kind == 4;
    let (invocation_id, rest) = match rest {
        [0xc0, rest @ ..] => ("", rest),
        _ => short_text(rest)?,
    };
    let (target, rest) = short_text(rest)?;
    let mut reader = Reader::new(rest);
    if !reader.is_at_array() {
        return None;
    }
    let arguments = reader.raw(MAX_VALUE_DEPTH).ok()?;
    let has_no_streams = items == 0x95 || reader.rest().first() == Some(&0x90);
    let is_wrong = target.is_empty() || streaming && invocation_id.is_empty();
    (has_no_streams && !is_wrong).then(|| Invocation {
        // One that says nothing counts as none.
        invocation_id: Some(Cow::Borrowed(invocation_id)).filter(|id| !id.is_empty()),
        streaming,
        target: Cow::Borrowed(target),
        arguments: Arguments::message_pack(arguments),
        stream_ids: Vec::new(),
        headers: Headers::default(),
    })
}

/// A text of less than 32 bytes, and what follows it.
#[inline]
fn short_text(bytes: &[u8]) -> Option<(&str, &[u8])> {
    let (first @ 0xa0..=0xbf, rest) = bytes.split_first()? else {
        return None;
    };
    let (text, rest) = rest.split_at_checked(usize::from(first & 0x1f))?;
    Some((str::from_utf8(text).ok()?, rest))
}

#[cfg(test)]
mod tests {
    use super::super::envelope;
    use super::*;
    use crate::protocol::Message;

    /// What is read has to be what the other reader reads.
    fn check(body: &[u8], known: bool) {
        let call = read(body);
        assert_eq!(call.is_some(), known, "{body:x?}");
        if let Some(call) = call {
            let message = envelope::parse_any(body);
            assert_eq!(message, Ok(Message::Invocation(call)), "{body:x?}");
        }
    }

    #[test]
    fn knows_what_clients_write() {
        check(b"\x96\x01\x80\xa11\xa1A\x91\x01\x90", true);
        check(b"\x96\x01\x80\xc0\xa1A\x90\x90", true);
        check(b"\x96\x01\x80\xa0\xa1A\x92\xa1x\x81\xa1a\xc0\x90", true);
        check(b"\x95\x04\x80\xa11\xa1A\x90", true);
        check(b"\x95\x01\x80\xa11\xa1A\x90and more", true);
    }

    #[test]
    fn gives_up_on_the_rest() {
        for body in [
            &b""[..],
            b"\x95",
            b"\x95\x02\x80\xa11\x01",
            b"\x95\x01\x81\xa1a\xa1b\xa11\xa1A\x90",
            b"\x95\x04\x80\xc0\xa1A\x90",
            b"\x95\x04\x80\xa0\xa1A\x90",
            b"\x95\x01\x80\xa11\xa0\x90",
            b"\x95\x01\x80\xa11\xa1\xff\x90",
            b"\x95\x01\x80\xa11\xd9\x01A\x90",
            b"\x95\x01\x80\xa11\xa2A",
            b"\x95\x01\x80\xa11\xa1A\x80",
            b"\x95\x01\x80\xa11\xa1A\x91",
            b"\x96\x01\x80\xa11\xa1A\x90",
            b"\x96\x01\x80\xa11\xa1A\x90\x91\xa12",
            b"\x97\x01\x80\xa11\xa1A\x90\x90\x01",
        ] {
            check(body, false);
        }
    }
}
