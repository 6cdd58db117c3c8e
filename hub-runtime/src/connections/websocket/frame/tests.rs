use super::*;
use FrameError as E;

const KEY: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];

/// A frame as a client sends it; `first` is its first byte.
pub(in super::super) fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut bytes = vec![first];
    match payload.len() {
        length @ 0..=125 => bytes.push(0x80 | length as u8),
        length @ 126..=0xffff => {
            bytes.push(0xfe);
            bytes.extend((length as u16).to_be_bytes());
        }
        length => {
            bytes.push(0xff);
            bytes.extend((length as u64).to_be_bytes());
        }
    }
    bytes.extend(KEY);
    bytes.extend(
        payload
            .iter()
            .zip(KEY.iter().cycle())
            .map(|(byte, key)| byte ^ key),
    );
    bytes
}

fn frames(frames: &[(u8, &[u8])]) -> Vec<u8> {
    frames
        .iter()
        .flat_map(|(first, payload)| frame(*first, payload))
        .collect()
}

/// What a reader made of its input, pieces put together.
#[derive(Clone, Debug, PartialEq)]
enum Seen {
    Text(Vec<u8>),
    Binary(Vec<u8>),
    /// A message whose end has not come. Not shown behind an error: how much of it got through
    /// depends on the reads.
    Part(Vec<u8>),
    Ping(Vec<u8>),
    Pong,
    Close(Option<u16>),
    Error(FrameError),
}

/// Feeds `bytes` in reads of the given sizes; what is left over comes in one last read.
fn read(bytes: &[u8], reads: impl IntoIterator<Item = usize>) -> Vec<Seen> {
    let mut reader = FrameReader::default();
    let (mut seen, mut message) = (Vec::new(), None);
    let mut rest = bytes;
    let mut reads = reads.into_iter();
    while !rest.is_empty() {
        let size = reads.next().unwrap_or(rest.len()).min(rest.len());
        let mut bytes = rest[..size].to_vec();
        rest = &rest[size..];
        let mut input = &mut bytes[..];
        loop {
            match reader.next(&mut input) {
                Ok(Some(Event::Data {
                    payload,
                    end_of_message,
                })) => {
                    assert!(
                        !payload.bytes().is_empty() || end_of_message,
                        "a piece that tells nothing"
                    );
                    message
                        .get_or_insert_with(Vec::new)
                        .extend_from_slice(payload.bytes());
                    if end_of_message {
                        let message = message.take().unwrap();
                        seen.push(if payload.is_text() {
                            Seen::Text(message)
                        } else {
                            Seen::Binary(message)
                        });
                    }
                }
                Ok(Some(Event::Ping(payload))) => seen.push(Seen::Ping(payload.to_vec())),
                Ok(Some(Event::Pong)) => seen.push(Seen::Pong),
                Ok(Some(Event::Close(code))) => seen.push(Seen::Close(code.map(|code| code.0))),
                Ok(None) => break,
                Err(error) => seen.push(Seen::Error(error)),
            }
        }
        assert!(input.is_empty(), "input is left behind");
    }
    if !matches!(seen.last(), Some(Seen::Error(_))) {
        seen.extend(message.map(Seen::Part));
    }
    seen
}

/// The same events must come out however the bytes were cut.
#[track_caller]
fn check(bytes: &[u8], expected: &[Seen]) {
    assert_eq!(read(bytes, []), expected, "in one read");
    assert_eq!(read(bytes, std::iter::repeat(1)), expected, "byte by byte");
    for split in (1..bytes.len()).take(600) {
        assert_eq!(read(bytes, [split]), expected, "split at {split}");
    }
}

/// Frames that end in an error.
#[track_caller]
fn check_error(bytes: &[u8], expected: FrameError) {
    check(bytes, &[Seen::Error(expected)]);
}

fn text(text: &str) -> Seen {
    Seen::Text(text.into())
}

#[test]
fn messages() {
    check(&frame(0x81, b"Hello"), &[text("Hello")]);
    check(
        &frame(0x82, b"\xff\0\xfe"),
        &[Seen::Binary(b"\xff\0\xfe".into())],
    );
    check(&frame(0x81, b""), &[text("")]);
    check(&frame(0x82, b""), &[Seen::Binary(vec![])]);
    for length in [7, 8, 9, 124, 125, 126, 127, 300] {
        let payload: Vec<u8> = (0_u8..=255).cycle().take(length).collect();
        check(&frame(0x82, &payload), &[Seen::Binary(payload)]);
    }
    for length in [0xffff, 0x1_0000, 0x1_0001] {
        let payload = vec![b'*'; length];
        check(&frame(0x81, &payload), &[Seen::Text(payload)]);
    }
    check(
        &frames(&[(0x81, b"one"), (0x82, b"two"), (0x81, b"")]),
        &[text("one"), Seen::Binary(b"two".into()), text("")],
    );
}

#[test]
fn fragments() {
    check(&frames(&[(0x01, b"Hel"), (0x80, b"lo")]), &[text("Hello")]);
    check(
        &frames(&[(0x01, b""), (0x00, b""), (0x80, b"")]),
        &[text("")],
    );
    check(
        &frames(&[(0x02, b"a"), (0x00, b""), (0x00, b"b"), (0x80, b"")]),
        &[Seen::Binary(b"ab".into())],
    );
    check(
        &frames(&[(0x01, b"a"), (0x80, b"b"), (0x81, b"c")]),
        &[text("ab"), text("c")],
    );
    check(
        &frames(&[(0x01, b"a"), (0x00, b"b")]),
        &[Seen::Part(b"ab".into())],
    );
    check_error(&frame(0x80, b"x"), E::UnexpectedContinuation);
    check_error(&frame(0x00, b"x"), E::UnexpectedContinuation);
    check(
        &frames(&[(0x81, b"a"), (0x80, b"b")]),
        &[text("a"), Seen::Error(E::UnexpectedContinuation)],
    );
    check_error(
        &frames(&[(0x01, b"a"), (0x81, b"b")]),
        E::ExpectedContinuation,
    );
    check_error(
        &frames(&[(0x01, b"a"), (0x02, b"b")]),
        E::ExpectedContinuation,
    );
}

#[test]
fn control_frames() {
    check(&frame(0x89, b""), &[Seen::Ping(vec![])]);
    check(&frame(0x89, b"alive?"), &[Seen::Ping(b"alive?".into())]);
    check(&frame(0x89, &[7; 125]), &[Seen::Ping(vec![7; 125])]);
    check(&frame(0x8a, b""), &[Seen::Pong]);
    check(&frame(0x8a, b"unasked"), &[Seen::Pong]);
    check(
        &frames(&[(0x89, b"a"), (0x89, b"bc"), (0x8a, b""), (0x89, b"")]),
        &[
            Seen::Ping(b"a".into()),
            Seen::Ping(b"bc".into()),
            Seen::Pong,
            Seen::Ping(vec![]),
        ],
    );
    check_error(&frame(0x89, &[7; 126]), E::LongControlFrame);
    check_error(&frame(0x09, b""), E::FragmentedControlFrame);
}

#[test]
fn control_frames_between_fragments() {
    // "é" is split over two fragments and a ping.
    check(
        &frames(&[
            (0x01, b"caf\xc3"),
            (0x89, b"p"),
            (0x00, b"\xa9"),
            (0x8a, b""),
            (0x80, b"!"),
        ]),
        &[Seen::Ping(b"p".into()), Seen::Pong, text("café!")],
    );
    check(
        &frames(&[(0x02, b"a"), (0x88, b"\x03\xe8")]),
        &[Seen::Close(Some(1000)), Seen::Part(b"a".into())],
    );
}

#[test]
fn nothing_is_read_behind_a_close() {
    check(&frame(0x88, b""), &[Seen::Close(None)]);
    check(&frame(0x88, b"\x0b\xb8because"), &[Seen::Close(Some(3000))]);
    check(
        &frames(&[
            (0x88, b"\x03\xe8"),
            (0x89, b"x"),
            (0x81, b"late"),
            (0x83, b""),
        ]),
        &[Seen::Close(Some(1000))],
    );
    check(
        &frames(&[(0x88, b"\x03"), (0x89, b"x")]),
        &[Seen::Error(E::CloseWithHalfACode)],
    );
    check_error(&frame(0x88, b"\x03\xec"), E::ForbiddenCloseCode(1004));
    check_error(&frame(0x88, b"\x03\xe8\xff"), E::InvalidUtf8);
}

#[test]
fn nothing_is_read_behind_an_error() {
    check(
        &frames(&[(0x81, b"a"), (0xc1, b"b"), (0x81, b"c")]),
        &[text("a"), Seen::Error(E::ReservedBits)],
    );
    check_error(&frames(&[(0x83, b""), (0x81, b"c")]), E::ReservedOpcode(3));
    check_error(b"\x81\x05Hello", E::NotMasked);
    check_error(
        b"\x82\xff\xff\xff\xff\xff\xff\xff\xff\xff",
        E::MalformedLength,
    );
}

#[test]
fn text_must_be_utf8() {
    check(&frame(0x81, "κόσμε 😀".as_bytes()), &[text("κόσμε 😀")]);
    check(
        &frames(&[(0x01, b"\xf0\x9f"), (0x00, b"\x98"), (0x80, b"\x80")]),
        &[text("😀")],
    );
    check_error(&frame(0x81, b"\xc0\xaf"), E::InvalidUtf8);
    check_error(&frame(0x81, b"\xf0\x9f\x98"), E::InvalidUtf8);
    check_error(&frames(&[(0x01, b"\xf0\x9f"), (0x80, b"")]), E::InvalidUtf8);
    // A begun character is of no consequence to the next message.
    check(
        &frames(&[(0x82, b"\xf0\x9f"), (0x81, b"\xc3\xa9")]),
        &[Seen::Binary(b"\xf0\x9f".into()), text("é")],
    );
}

/// Autobahn 6.4: the error comes with the first byte that cannot be mended, in the midst of a
/// frame.
#[test]
fn invalid_text_fails_at_once() {
    #[track_caller]
    fn check(payload: &[u8], bad: usize) {
        for first in [0x81, 0x01] {
            let bytes = frame(first, &[payload, &[b'x'; 50]].concat());
            let mut reader = FrameReader::default();
            let head = 6;
            for (at, byte) in bytes.iter().enumerate() {
                let failed = reader.next(&mut &mut [*byte][..]) == Err(E::InvalidUtf8);
                assert_eq!(failed, at == head + bad, "{payload:x?} at byte {at}");
                if failed {
                    break;
                }
            }
        }
    }
    check(
        b"\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5\xf4\x90\x80\x80",
        12,
    );
    check(
        b"\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5\xed\xa0\x80",
        12,
    );
    check(b"\xf4\x90", 1);
    check(b"\xff", 0);
}

#[test]
fn messages_have_few_fragments() {
    let max = usize::from(MAX_FRAGMENTS);
    let mut bytes = frame(0x02, b"");
    bytes.extend(frame(0x00, b"").repeat(max - 2));
    let whole = [&bytes[..], &frame(0x80, b"end")].concat();
    assert_eq!(read(&whole, []), [Seen::Binary(b"end".into())]);
    let endless = [&bytes[..], &frame(0x00, b"")].concat();
    assert_eq!(read(&endless, []), [Seen::Error(E::TooManyFragments)]);
    // The count starts anew with each message.
    assert_eq!(
        read(&whole.repeat(2), []),
        vec![Seen::Binary(b"end".into()); 2]
    );
}

#[test]
fn pieces_come_as_they_arrive() {
    let mut bytes = frame(0x82, b"abcdef");
    let (first, second) = bytes.split_at_mut(9);
    let mut reader = FrameReader::default();
    let mut input = first;
    let piece = Event::Data {
        payload: Payload::Binary(b"abc"),
        end_of_message: false,
    };
    assert_eq!(reader.next(&mut input), Ok(Some(piece)));
    assert_eq!(reader.next(&mut input), Ok(None));
    let mut input = second;
    let piece = Event::Data {
        payload: Payload::Binary(b"def"),
        end_of_message: true,
    };
    assert_eq!(reader.next(&mut input), Ok(Some(piece)));
}

#[test]
fn a_piece_that_ends_within_a_character_is_no_text_yet() {
    let mut bytes = frame(0x81, "aä".as_bytes());
    let (first, second) = bytes.split_at_mut(8);
    let mut reader = FrameReader::default();
    for (mut input, payload, end_of_message) in [
        (first, Payload::PartOfText(b"a\xc3"), false),
        (second, Payload::PartOfText(b"\xa4"), true),
    ] {
        let piece = Event::Data {
            payload,
            end_of_message,
        };
        assert_eq!(reader.next(&mut input), Ok(Some(piece)));
    }
    let mut whole = frame(0x81, "aä".as_bytes());
    let piece = Event::Data {
        payload: Payload::Text("aä"),
        end_of_message: true,
    };
    assert_eq!(reader.next(&mut &mut whole[..]), Ok(Some(piece)));
}

#[test]
fn an_idle_reader_holds_nothing() {
    assert!(
        size_of::<FrameReader>() <= 72,
        "{}",
        size_of::<FrameReader>()
    );
    let mut reader = FrameReader::default();
    for byte in frame(0x89, &[1; 100]) {
        let _ = reader.next(&mut &mut [byte][..]);
    }
    assert_eq!(reader.next(&mut &mut [][..]), Ok(None));
    assert_eq!(reader.control.capacity(), 0);
}

#[test]
fn unmasks_any_length_and_alignment() {
    for length in 0..40 {
        for offset in 0..8 {
            let plain: Vec<u8> = (0..length).collect();
            let mut bytes = vec![0; offset];
            bytes.extend(
                plain
                    .iter()
                    .zip(KEY.iter().cycle())
                    .map(|(byte, key)| byte ^ key),
            );
            unmask(&mut bytes[offset..], KEY);
            assert_eq!(bytes[offset..], plain);
        }
    }
}

/// Good frames with bytes changed, cut anywhere: errors, but never a panic, and the same ones for
/// every split.
#[test]
fn mutations_do_not_panic() {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % below as u64) as usize
    };
    let good = frames(&[
        (0x81, "κόσμε".as_bytes()),
        (0x01, b"fragment"),
        (0x89, b"ping"),
        (0x80, &[b'x'; 200]),
        (0x82, &[0xff; 30]),
        (0x88, b"\x03\xe8bye"),
    ]);
    for _ in 0..20_000 {
        let mut bytes = good.clone();
        for _ in 0..=random(4) {
            let at = random(bytes.len());
            bytes[at] = random(256) as u8;
        }
        bytes.truncate(1 + random(bytes.len()));
        let sizes: Vec<usize> = (0..10).map(|_| 1 + random(40)).collect();
        assert_eq!(read(&bytes, []), read(&bytes, sizes));
    }
}
