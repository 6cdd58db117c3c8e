use super::super::close::{CloseCode, FrameError};
use super::super::frame::tests::frame as client_frame;
use super::super::frame::{Event, FrameReader};
use super::*;
use flate2::{Compress, Compression, FlushCompress};

fn deflate() -> Deflate {
    Deflate::agree().expect("the feature")
}

fn reader() -> FrameReader {
    FrameReader::new(Some(deflate()))
}

/// A message as a client compresses it.
fn compressed(message: &[u8]) -> Vec<u8> {
    let mut compress = Compress::new(Compression::best(), false);
    let mut bytes = Vec::with_capacity(message.len() + 1000);
    let status = compress.compress_vec(message, &mut bytes, FlushCompress::Sync);
    status.expect("compressed");
    bytes.truncate(bytes.len() - TAIL.len());
    bytes
}

/// What a reader made of its input, pieces put together, and what it objected to.
fn read(reader: &mut FrameReader, bytes: &[u8], size: usize) -> (Vec<String>, Option<FrameError>) {
    let (mut seen, mut message) = (Vec::new(), Vec::new());
    for read in bytes.chunks(size) {
        let mut read = read.to_vec();
        let mut input = &mut read[..];
        loop {
            match reader.next(&mut input) {
                Ok(None) => break,
                Ok(Some(Event::Data {
                    payload,
                    end_of_message,
                    ..
                })) => {
                    message.extend_from_slice(payload.bytes());
                    if end_of_message {
                        seen.push(String::from_utf8(std::mem::take(&mut message)).unwrap());
                    }
                }
                Ok(Some(event)) => seen.push(format!("{event:?}")),
                Err(error) => return (seen, Some(error)),
            }
        }
        assert!(input.is_empty());
    }
    (seen, None)
}

/// Whatever way it is cut, it is the same.
#[track_caller]
fn check(bytes: &[u8], expected: &[&str], error: Option<FrameError>) {
    for size in [1, 2, 3, 7, bytes.len()] {
        let (seen, end) = read(&mut reader(), bytes, size);
        assert_eq!(
            (seen, end),
            (expected.iter().map(ToString::to_string).collect(), error)
        );
    }
}

/// The examples of RFC 7692, section 7.2.3.
#[test]
fn messages_of_the_rfc() {
    let hello = &[0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00];
    check(&client_frame(0xc1, hello), &["Hello"], None);
    let fragments = [
        client_frame(0x41, &hello[..3]),
        client_frame(0x89, b""),
        client_frame(0x80, &hello[3..]),
    ];
    check(&fragments.concat(), &["Ping([])", "Hello"], None);
    let stored = &[
        0x00, 0x05, 0x00, 0xfa, 0xff, 0x48, 0x65, 0x6c, 0x6c, 0x6f, 0x00,
    ];
    check(&client_frame(0xc1, stored), &["Hello"], None);
    let last_block = &[0xf3, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00, 0x00];
    check(&client_frame(0xc1, last_block), &["Hello"], None);
    let two_blocks = &[
        0xf2, 0x48, 0x05, 0x00, 0x00, 0x00, 0xff, 0xff, 0xca, 0xc9, 0xc9, 0x07, 0x00,
    ];
    check(&client_frame(0xc1, two_blocks), &["Hello"], None);
    check(&client_frame(0xc1, &[0x00]), &[""], None);
    check(&client_frame(0xc1, &[]), &[""], None);
}

#[test]
fn each_message_may_be_compressed_or_not() {
    let long = "Hello, κόσμε. ".repeat(10_000);
    let frames = [
        client_frame(0xc1, &compressed(long.as_bytes())),
        client_frame(0x81, b"plain"),
        client_frame(0xc1, &compressed("one €".as_bytes())),
        client_frame(0x01, b"pla"),
        client_frame(0x80, b"in"),
    ];
    check(&frames.concat(), &[&long, "plain", "one €", "plain"], None);
}

#[test]
fn only_the_first_frame_of_a_message_says_that_it_is_compressed() {
    let error = Some(FrameError::ReservedBits);
    for first in [0xc8, 0xc9, 0xca, 0xd1, 0xe1, 0xf1, 0xa1, 0x91] {
        check(&client_frame(first, b""), &[], error);
    }
    let continued = [client_frame(0x41, b"\0"), client_frame(0xc0, b"\0")];
    check(&continued.concat(), &[], error);
    // And only if it is agreed.
    let frame = client_frame(0xc1, &compressed(b"Hello"));
    assert_eq!(read(&mut FrameReader::default(), &frame, 100).1, error);
}

#[test]
fn text_is_checked_once_it_is_inflated() {
    let invalid = Some(FrameError::InvalidUtf8);
    check(&client_frame(0xc1, &compressed(b"\xff")), &[], invalid);
    check(&client_frame(0xc1, &compressed(b"\xe2\x82")), &[], invalid);
}

#[test]
fn corrupt_messages_are_refused() {
    let corrupt = Some(FrameError::Corrupt);
    assert_eq!(FrameError::Corrupt.close_code(), CloseCode::INVALID_PAYLOAD);
    // A block of the kind that does not exist, a stored one whose length is wrong, a reference to what
    // is not there, and something behind a last block.
    check(&client_frame(0xc1, &[0x06]), &[], corrupt);
    check(
        &client_frame(0xc1, &[0x00, 0x05, 0x00, 0xfa, 0xfe, 0x48]),
        &[],
        corrupt,
    );
    check(&client_frame(0xc1, &[0x4a, 0x82, 0x13, 0x00]), &[], corrupt);
    let (_, end) = read(
        &mut reader(),
        &client_frame(0xc1, &[0x03, 0x00, 0x00, 0x01]),
        100,
    );
    assert_eq!(end, corrupt);
    // Nothing is read after it.
    let mut reader = reader();
    let frames = [client_frame(0xc1, &[0x06]), client_frame(0x81, b"late")].concat();
    assert_eq!(read(&mut reader, &frames, 100).1, corrupt);
    assert_eq!(read(&mut reader, &frames, 100), (vec![], None));
}

#[test]
fn a_bomb_comes_in_pieces_and_stops_when_its_reader_has_had_enough() {
    let message = vec![b'x'; 10 << 20];
    let frame = client_frame(0xc2, &compressed(&message));
    assert!(frame.len() < 12_000);
    let (mut reader, mut bytes) = (reader(), frame);
    let (mut total, mut rounds) = (0, 0);
    loop {
        let (mut round, mut input) = (0, &mut bytes[..]);
        while let Ok(Some(Event::Data { payload, .. })) = reader.next(&mut input) {
            assert!(payload.bytes().len() <= 16 * 1024);
            round += payload.bytes().len();
            if reader.put_off(input, false) {
                break;
            }
        }
        assert!(round <= 80 * 1024, "{round}");
        total += round;
        rounds += 1;
        match reader.take_put_off() {
            Some(rest) => bytes = rest,
            None => break,
        }
    }
    assert_eq!(total, message.len());
    assert!(rounds >= 128, "{rounds}");
}

#[test]
fn the_rest_waits_for_a_reader_that_is_busy() {
    let frames = [
        client_frame(0xc1, &compressed(b"one")),
        client_frame(0x81, b"two"),
    ];
    let (mut reader, mut bytes) = (reader(), frames.concat());
    let mut input = &mut bytes[..];
    assert!(reader.next(&mut input).is_ok());
    assert!(reader.put_off(input, true));
    let rest = reader.take_put_off().expect("the rest");
    assert_eq!(reader.take_put_off(), None);
    assert_eq!(
        read(&mut reader, &rest, 100),
        (vec!["two".to_owned()], None)
    );
}

#[test]
fn a_message_takes_part_of_nothing_between_two() {
    let mut reader = reader();
    let frame = client_frame(0xc1, &compressed(&vec![b'x'; 100_000]));
    read(&mut reader, &frame, 10);
    let idle = format!("{reader:?}");
    assert!(
        idle.contains("message: None, tail: 0, output: []"),
        "{idle}"
    );
}

#[track_caller]
fn round_trip(opcode: Opcode, message: &[u8]) -> usize {
    let (buffer, start) = frame(deflate(), opcode, message).expect("shorter");
    let frame = &buffer[start..];
    assert_eq!(frame[0], 0xc0 | opcode as u8);
    let head = match frame[1] {
        126 => 4,
        127 => 10,
        _ => 2,
    };
    let sent = client_frame(frame[0], &frame[head..]);
    let (seen, end) = read(&mut reader(), &sent, 1000);
    assert_eq!(
        (seen, end),
        (vec![String::from_utf8(message.to_vec()).unwrap()], None)
    );
    frame.len()
}

#[test]
fn long_messages_go_out_shorter() {
    for length in [SHORTEST, 5_000, 70_000, 3_000_000] {
        let text: String = (0..)
            .flat_map(|n: u32| format!("{n} and ").into_bytes())
            .map(char::from)
            .take(length)
            .collect();
        let size = round_trip(Opcode::Text, text.as_bytes());
        assert!(size < length / 2, "{size} of {length}");
    }
}

#[test]
fn others_go_out_as_they_are() {
    assert!(frame(deflate(), Opcode::Text, &[b'x'; SHORTEST - 1]).is_none());
    let mut state = 1_u64;
    let noise: Vec<u8> = std::iter::repeat_with(|| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (state >> 56) as u8
    })
    .take(10_000)
    .collect();
    assert!(frame(deflate(), Opcode::Binary, &noise).is_none());
    // What was in the way of the one does not stick to the next.
    round_trip(Opcode::Binary, &[b'x'; 2000]);
}
