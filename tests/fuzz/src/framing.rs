//! Where messages end, in both protocols. The input is a size limit in two bytes (0 is none), how
//! the bytes are cut, and the bytes.

use hub_core::protocol::{Framing, FramingError, Protocol, RECORD_SEPARATOR};

use crate::choices::{Choices, Cuts};

/// The length of a MessagePack message takes so many bytes at most.
const LONGEST_LENGTH: usize = 5;

/// The same bytes hold the same messages, in whatever pieces they come: those that a reader finds
/// that looks at the bytes as a whole.
pub fn check(input: &[u8]) {
    let mut choices = Choices::new(input);
    let max = u16::from_be_bytes([choices.byte(), choices.byte()]);
    let max = Some(usize::from(max)).filter(|&max| max > 0);
    let cuts = choices.cuts();
    let bytes = choices.rest();
    for protocol in Protocol::ALL {
        let expected = whole(protocol, bytes, max.unwrap_or(usize::MAX));
        for cuts in [cuts, Cuts::NONE, Cuts::EVERYWHERE] {
            assert_eq!(piecewise(protocol, bytes, max, cuts), expected);
        }
    }
}

/// The bodies of the messages, and what ends the stream if it is no message.
type Found<'a> = (Vec<&'a [u8]>, Option<FramingError>);

/// Reads `bytes` as they come, and keeps of them what is part of a message only.
fn piecewise<'a>(
    protocol: Protocol,
    bytes: &'a [u8],
    max: Option<usize>,
    cuts: Cuts<'_>,
) -> Found<'a> {
    let mut framing = Framing::new(protocol);
    let mut found = Vec::new();
    let (mut begin, mut end) = (0, 0);
    for piece in cuts.pieces(bytes) {
        end += piece.len();
        loop {
            match framing.next(&bytes[begin..end], max) {
                Ok(Some(frame)) => {
                    let body = frame.start..frame.start + frame.body.len();
                    assert_eq!(bytes[begin..][body], *frame.body);
                    found.push(&bytes[begin + frame.start..][..frame.body.len()]);
                    begin += frame.end;
                }
                Ok(None) => break,
                Err(error) => return (found, Some(error)),
            }
        }
        let kept = end - begin;
        // A length has to be read before it can be too much.
        let most = max.map(|max| max.max(LONGEST_LENGTH - 1));
        assert!(
            most.is_none_or(|most| kept <= most),
            "{kept} bytes are kept"
        );
    }
    (found, None)
}

/// Reads `bytes` at once (SignalR wire specification, section 9).
fn whole(protocol: Protocol, bytes: &[u8], max: usize) -> Found<'_> {
    let mut rest = bytes;
    let mut found = Vec::new();
    loop {
        let next = match protocol {
            Protocol::Json => next_record(rest, max),
            Protocol::MessagePack => next_prefixed(rest, max),
        };
        match next {
            Ok(Some((body, after))) => {
                found.push(body);
                rest = after;
            }
            Ok(None) => return (found, None),
            Err(error) => return (found, Some(error)),
        }
    }
}

/// A message and what follows it.
type Next<'a> = Result<Option<(&'a [u8], &'a [u8])>, FramingError>;

fn next_record(bytes: &[u8], max: usize) -> Next<'_> {
    let length = bytes.iter().position(|&byte| byte == RECORD_SEPARATOR);
    if length.map_or(bytes.len(), |length| length + 1) > max {
        return Err(FramingError::MessageTooLarge(max));
    }
    Ok(length.map(|length| (&bytes[..length], &bytes[length + 1..])))
}

fn next_prefixed(bytes: &[u8], max: usize) -> Next<'_> {
    let Some(prefix) = bytes
        .iter()
        .take(LONGEST_LENGTH)
        .position(|&byte| byte < 0x80)
    else {
        return match bytes.len() {
            0..LONGEST_LENGTH => Ok(None),
            _ => Err(FramingError::Length),
        };
    };
    let (prefix, rest) = bytes.split_at(prefix + 1);
    // Least significant group first.
    let groups = prefix.iter().rev().map(|byte| u64::from(byte & 0x7f));
    let length = groups.fold(0, |length, group| length << 7 | group);
    if length > i32::MAX as u64 {
        return Err(FramingError::Length);
    }
    let length = length as usize;
    if prefix.len() + length > max {
        return Err(FramingError::MessageTooLarge(max));
    }
    Ok(rest.split_at_checked(length))
}
