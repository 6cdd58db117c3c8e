//! The session with made-up time and bytes in every portion.

use std::sync::Arc;
use std::time::{Duration, Instant};

use hub_core::protocol::handshake::HandshakeError;
use hub_core::protocol::{Encoded, FramingError, Message, Protocol, Protocols, TransferFormats};
use hub_core::session::{Event, Session, SessionError, SessionOptions, Timeout};

const JSON: &[u8] = b"{\"protocol\":\"json\",\"version\":1}\x1e";
const MESSAGE_PACK: &[u8] = b"{\"protocol\":\"messagepack\",\"version\":1}\x1e";

/// A session and its clock.
struct Peer {
    session: Session,
    now: Instant,
}

impl Peer {
    fn with(change: impl FnOnce(&mut SessionOptions)) -> Self {
        let mut options = SessionOptions::default();
        options.protocols = Protocols::ALL;
        change(&mut options);
        let now = Instant::now();
        let session = Session::server(Arc::new(options), TransferFormats::TextAndBinary, now);
        Self { session, now }
    }

    fn new() -> Self {
        Self::with(|_| {})
    }

    /// A session whose handshake is over.
    fn open(protocol: Protocol) -> Self {
        let mut peer = Self::new();
        peer.shake_hands(protocol);
        peer
    }

    fn shake_hands(&mut self, protocol: Protocol) {
        let request = match protocol {
            Protocol::Json => JSON,
            Protocol::MessagePack => MESSAGE_PACK,
        };
        assert_eq!(
            self.take(request),
            [format!("accepted {} 1", protocol.name())]
        );
    }

    /// Hands over `bytes` and takes all events.
    fn take(&mut self, bytes: &[u8]) -> Vec<String> {
        self.take_some(bytes, usize::MAX)
    }

    /// Hands over `bytes` and takes `count` events at most.
    fn take_some(&mut self, bytes: &[u8], count: usize) -> Vec<String> {
        let mut inbox = self.session.handle_input(self.now, bytes);
        let mut events = Vec::new();
        while events.len() < count {
            match inbox.next() {
                Some(event) => events.push(describe(&event)),
                None => break,
            }
        }
        events
    }

    fn wait(&mut self, seconds: u64) -> Option<Timeout> {
        self.now += Duration::from_secs(seconds);
        self.session.handle_timeout(self.now)
    }

    /// Seconds until the next deadline.
    fn deadline(&self) -> Option<u64> {
        let deadline = self.session.next_deadline()?;
        Some(deadline.duration_since(self.now).as_secs())
    }
}

fn describe(event: &Event<'_>) -> String {
    match event {
        Event::HandshakeAccepted {
            protocol,
            version,
            reply,
            ..
        } => {
            assert_eq!(*reply, b"{}\x1e");
            format!("accepted {} {version}", protocol.name())
        }
        Event::HandshakeRejected { reply, error } => {
            let reply = str::from_utf8(reply).unwrap();
            assert!(reply.starts_with("{\"error\":\"") && reply.ends_with("\"}\x1e"));
            format!("rejected {error}")
        }
        Event::Message(Message::Invocation(call)) => {
            format!("{}{}", call.target, call.arguments.bytes().escape_ascii())
        }
        Event::Message(Message::StreamItem { item, .. }) => {
            format!("item of {} bytes", item.bytes().len())
        }
        Event::Message(message) => format!("{message:?}"),
        Event::Failed(error) => format!("failed {error}"),
        other => panic!("{other:?}"),
    }
}

fn call(protocol: Protocol, target: &str, number: u32) -> Vec<u8> {
    let encoded = Encoded::invocation(protocol, None, target, &(&number,), &[]).unwrap();
    encoded.payload().to_vec()
}

/// A handshake, three calls and a ping, and what they must become.
fn conversation(protocol: Protocol) -> (Vec<u8>, [String; 5]) {
    let (request, one) = match protocol {
        Protocol::Json => (JSON, ["A[1]", "B[2]", "C[300]"]),
        Protocol::MessagePack => (
            MESSAGE_PACK,
            ["A\\x91\\x01", "B\\x91\\x02", "C\\x91\\xcd\\x01,"],
        ),
    };
    let calls = [call(protocol, "A", 1), call(protocol, "B", 2)].concat();
    let bytes = [
        request,
        &calls,
        Encoded::ping(protocol),
        &call(protocol, "C", 300),
    ]
    .concat();
    let accepted = format!("accepted {} 1", protocol.name());
    let [a, b, c] = one.map(str::to_owned);
    (bytes, [accepted, a, b, "Ping".to_owned(), c])
}

#[test]
fn one_chunk_may_hold_everything() {
    for protocol in Protocol::ALL {
        let (bytes, expected) = conversation(protocol);
        let mut peer = Peer::new();
        assert_eq!(peer.take(&bytes), expected);
        assert_eq!(peer.session.protocol(), Some(protocol));
        assert!(!peer.session.has_unread_input());
    }
}

#[test]
fn bytes_may_be_split_anywhere() {
    for protocol in Protocol::ALL {
        let (bytes, expected) = conversation(protocol);
        for split in 0..=bytes.len() {
            let mut peer = Peer::new();
            let mut events = peer.take(&bytes[..split]);
            events.extend(peer.take(&bytes[split..]));
            assert_eq!(events, expected, "split at {split}");
        }
    }
}

#[test]
fn bytes_may_come_one_by_one() {
    for protocol in Protocol::ALL {
        let (bytes, expected) = conversation(protocol);
        let mut peer = Peer::new();
        let events: Vec<_> = bytes.chunks(1).flat_map(|byte| peer.take(byte)).collect();
        assert_eq!(events, expected);
        assert!(!peer.session.has_unread_input());
    }
}

#[test]
fn a_driver_may_stop_and_go_on() {
    for protocol in Protocol::ALL {
        let (bytes, expected) = conversation(protocol);
        for stop in 0..=expected.len() {
            for split in 0..=bytes.len() {
                let mut peer = Peer::new();
                let mut events = peer.take_some(&bytes[..split], stop);
                events.extend(peer.take_some(&[], 1));
                events.extend(peer.take_some(&bytes[split..], 1));
                events.extend(peer.take(&[]));
                assert_eq!(events, expected, "{stop} events, split at {split}");
            }
        }
    }
}

#[test]
fn a_long_backlog_is_read_in_linear_time() {
    let mut peer = Peer::open(Protocol::Json);
    let pings = Encoded::ping(Protocol::Json).repeat(200_000);
    assert!(peer.take_some(&pings, 0).is_empty());
    for _ in 0..200_000 {
        assert_eq!(peer.take_some(&[], 1).len(), 1);
    }
    assert!(!peer.session.has_unread_input());
}

fn check_rejected(request: &str, expected: &str) {
    let mut peer = Peer::new();
    assert_eq!(
        peer.take(format!("{request}\x1e{{\"type\":6}}\x1e").as_bytes()),
        [expected]
    );
    assert!(peer.session.is_closed());
    assert_eq!(peer.take(JSON), [] as [&str; 0]);
    assert_eq!(peer.session.next_deadline(), None);
}

#[test]
fn a_rejected_handshake_ends_everything() {
    check_rejected(
        r#"{"protocol":"x","version":1}"#,
        "rejected The protocol 'x' is not supported.",
    );
    check_rejected(
        r#"{"protocol":"json","version":3}"#,
        "rejected The server does not support version 3 of the 'json' protocol.",
    );
    check_rejected(
        "{}",
        "rejected An unexpected error occurred during connection handshake.",
    );
    check_rejected(
        "",
        "rejected An unexpected error occurred during connection handshake.",
    );
    check_rejected(
        &format!(
            "{{\"protocol\":\"json\",\"version\":1,\"x\":\"{}\"}}",
            "x".repeat(4096)
        ),
        "rejected Handshake was canceled.",
    );
}

#[test]
fn a_handshake_without_end_is_canceled() {
    let mut peer = Peer::new();
    assert!(peer.take(&[b'x'; 4096]).is_empty());
    assert_eq!(peer.take(b"x"), ["rejected Handshake was canceled."]);
}

#[test]
fn a_text_transport_refuses_a_binary_protocol() {
    let mut options = SessionOptions::default();
    options.protocols = Protocols::ALL;
    let now = Instant::now();
    let mut session = Session::server(Arc::new(options), TransferFormats::Text, now);
    let mut inbox = session.handle_input(now, MESSAGE_PACK);
    match inbox.next() {
        Some(Event::HandshakeRejected { error, .. }) => {
            assert_eq!(error, HandshakeError::TransferFormat(Protocol::MessagePack));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn details_are_told_only_if_wanted() {
    for (detailed_errors, expected) in [
        (
            false,
            "{\"error\":\"An unexpected error occurred during connection handshake.\"}\x1e",
        ),
        (
            true,
            "{\"error\":\"An unexpected error occurred during connection handshake. \
             InvalidDataException: Error reading JSON.\"}\x1e",
        ),
    ] {
        let mut peer = Peer::with(|options| options.detailed_errors = detailed_errors);
        match peer.session.handle_input(peer.now, b"nope\x1e").next() {
            Some(Event::HandshakeRejected { reply, .. }) => {
                assert_eq!(String::from_utf8(reply).unwrap(), expected);
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_handshake_that_dribbles_times_out() {
    let mut peer = Peer::new();
    assert_eq!(peer.deadline(), Some(15));
    for byte in JSON.chunks(1).take(14) {
        assert_eq!(peer.wait(1), None);
        assert!(peer.take(byte).is_empty());
    }
    let reply = b"{\"error\":\"Handshake was canceled.\"}\x1e".to_vec();
    assert_eq!(peer.wait(1), Some(Timeout::Handshake { reply }));
    assert_eq!(peer.wait(100), None);
    assert_eq!(peer.deadline(), None);
    assert!(peer.take(JSON).is_empty());
}

/// A stream item whose whole message has `size` bytes.
fn item_of_size(protocol: Protocol, size: usize) -> Vec<u8> {
    let item = |length| {
        let encoded = Encoded::stream_item(protocol, "1", &"x".repeat(length)).unwrap();
        encoded.payload().to_vec()
    };
    let overhead = item(size).len() - size;
    let message = item(size - overhead);
    assert_eq!(message.len(), size);
    message
}

fn failure_of_size(size: usize) -> String {
    format!(
        "failed InvalidDataException: The maximum message size of {size}B was exceeded. \
         The message size can be configured in AddHubOptions."
    )
}

#[test]
fn the_largest_message_is_served_and_one_byte_more_is_not() {
    for protocol in Protocol::ALL {
        for portion in [1000, usize::MAX] {
            let mut peer = Peer::open(protocol);
            let mut take = |bytes: Vec<u8>| -> Vec<_> {
                bytes
                    .chunks(portion)
                    .flat_map(|bytes| peer.take(bytes))
                    .collect()
            };
            let [served] = take(item_of_size(protocol, 32_768)).try_into().unwrap();
            assert!(served.starts_with("item of 327"), "{served}");
            assert_eq!(
                take(item_of_size(protocol, 32_769)),
                [failure_of_size(32_768)]
            );
            assert!(peer.session.is_closed());
        }
    }
}

#[test]
fn a_claim_beyond_the_limit_is_refused_before_the_bytes_come() {
    let mut peer = Peer::open(Protocol::MessagePack);
    assert_eq!(
        peer.take(b"\xff\xff\xff\xff\x07"),
        [failure_of_size(32_768)]
    );
    let mut peer = Peer::open(Protocol::MessagePack);
    assert_eq!(
        peer.take(b"\xff\xff\xff\xff\xff"),
        ["failed FormatException: Messages over 2GB in size are not supported."]
    );
}

#[test]
fn the_limit_can_be_moved_and_removed() {
    let mut peer = Peer::with(|options| options.maximum_receive_message_size = Some(100));
    peer.shake_hands(Protocol::Json);
    assert_eq!(peer.take(&item_of_size(Protocol::Json, 100)).len(), 1);
    assert_eq!(
        peer.take(&item_of_size(Protocol::Json, 101)),
        [failure_of_size(100)]
    );
    let mut peer = Peer::with(|options| options.maximum_receive_message_size = None);
    peer.shake_hands(Protocol::Json);
    assert_eq!(peer.take(&item_of_size(Protocol::Json, 1 << 20)).len(), 1);
}

#[test]
fn after_a_failure_nothing_comes() {
    let mut peer = Peer::open(Protocol::Json);
    let bytes = b"{\"type\":6}\x1e{\"type\":\"6\"}\x1e{\"type\":6}\x1e";
    let expected = "failed InvalidDataException: Expected 'type' to be of type Number.";
    assert_eq!(peer.take(bytes), ["Ping", expected]);
    assert!(peer.take(bytes).is_empty());
    assert_eq!(peer.session.handle_end(), None);
}

#[test]
fn after_the_clients_close_nothing_comes() {
    let mut peer = Peer::open(Protocol::Json);
    let close = "Close { error: None, allow_reconnect: false }";
    assert_eq!(peer.take(b"{\"type\":7}\x1e{\"type\":6}\x1e{\"ty"), [close]);
    assert!(peer.session.is_closed());
    assert!(!peer.session.has_unread_input());
    assert_eq!(peer.session.handle_end(), None);
    assert_eq!(peer.deadline(), None);
}

#[test]
fn unknown_types_are_stepped_over() {
    let mut peer = Peer::open(Protocol::Json);
    assert_eq!(
        peer.take(b"{\"type\":42}\x1e{\"type\":6}\x1e"),
        ["Unknown(42)", "Ping"]
    );
}

#[test]
fn a_second_handshake_is_no_message() {
    let mut peer = Peer::open(Protocol::Json);
    assert_eq!(
        peer.take(JSON),
        ["failed InvalidDataException: Missing required property 'type'."]
    );
}

#[test]
fn hub_messages_before_the_handshake_are_no_handshake() {
    check_rejected(
        r#"{"type":6}"#,
        "rejected An unexpected error occurred during connection handshake.",
    );
}

#[test]
fn an_end_inside_a_message_is_an_error() {
    let mut peer = Peer::open(Protocol::Json);
    assert!(peer.take(b"{\"type\":").is_empty());
    let error = peer.session.handle_end().unwrap();
    assert_eq!(error, SessionError::Incomplete);
    let text = "InvalidDataException: Connection terminated while reading a message.";
    assert_eq!(error.to_string(), text);
    assert_eq!(peer.session.handle_end(), None);
}

#[test]
fn an_end_between_messages_is_none() {
    for protocol in Protocol::ALL {
        let mut peer = Peer::open(protocol);
        assert_eq!(peer.take(Encoded::ping(protocol)), ["Ping"]);
        assert_eq!(peer.session.handle_end(), None);
        assert!(peer.session.is_closed());
    }
    assert_eq!(Peer::new().session.handle_end(), None);
}

#[test]
fn pings_go_out_from_the_last_ping_on() {
    for protocol in Protocol::ALL {
        let mut peer = Peer::open(protocol);
        let due = Some(Timeout::KeepAlive {
            ping: Encoded::ping(protocol),
        });
        assert_eq!(peer.deadline(), Some(15));
        assert_eq!(peer.wait(14), None);
        assert_eq!(peer.take(&call(protocol, "A", 1)).len(), 1);
        assert_eq!(peer.wait(1), due);
        assert_eq!(peer.wait(0), None);
        assert_eq!(peer.deadline(), Some(15));
        assert_eq!(peer.wait(16), due);
        assert_eq!(peer.deadline(), Some(15));
    }
}

fn without_keep_alive() -> Peer {
    let mut peer = Peer::with(|options| options.keep_alive_interval = None);
    peer.shake_hands(Protocol::Json);
    peer
}

const PING: &[u8] = b"{\"type\":6}\x1e";

#[test]
fn silence_counts_from_the_first_ping_on() {
    let mut peer = without_keep_alive();
    assert_eq!(peer.deadline(), None);
    assert_eq!(peer.take(&call(Protocol::Json, "A", 1)).len(), 1);
    assert_eq!(peer.wait(1000), None);
    assert_eq!(peer.take(PING), ["Ping"]);
    assert_eq!(peer.deadline(), Some(30));
    assert_eq!(peer.wait(29), None);
    assert_eq!(peer.take(&call(Protocol::Json, "A", 1)).len(), 1);
    assert_eq!(peer.wait(29), None);
    assert_eq!(peer.deadline(), Some(1));
    let Some(Timeout::Client(error)) = peer.wait(1) else {
        panic!("the client timeout is due");
    };
    assert_eq!(
        error.to_string(),
        "OperationCanceledException: Client hasn't sent a message/ping within the configured \
         ClientTimeoutInterval."
    );
    assert!(peer.session.is_closed());
    assert_eq!(peer.wait(100), None);
}

#[test]
fn only_whole_messages_break_the_silence() {
    let mut peer = without_keep_alive();
    assert_eq!(peer.take(PING), ["Ping"]);
    let (first, rest) = PING.split_at(1);
    assert_eq!(peer.wait(20), None);
    assert!(peer.take(first).is_empty());
    assert_eq!(peer.deadline(), Some(10));
    assert_eq!(peer.take(rest), ["Ping"]);
    assert_eq!(peer.deadline(), Some(30));
    assert_eq!(
        peer.wait(30),
        Some(Timeout::Client(SessionError::ClientTimeout))
    );
}

#[test]
fn a_client_that_is_kept_waiting_is_pinged_more_often() {
    let mut peer = Peer::open(Protocol::Json);
    assert_eq!(peer.deadline(), Some(15));
    peer.session.pause_client_timeout();
    assert_eq!(peer.deadline(), Some(4));
    assert!(matches!(peer.wait(4), Some(Timeout::KeepAlive { .. })));
    assert_eq!(peer.deadline(), Some(4));
    peer.session.resume_client_timeout(peer.now);
    assert_eq!(peer.deadline(), Some(15));
}

#[test]
fn a_client_that_is_kept_waiting_is_not_silent() {
    let mut peer = without_keep_alive();
    assert_eq!(peer.take(PING), ["Ping"]);
    peer.session.pause_client_timeout();
    assert_eq!(peer.deadline(), None);
    assert_eq!(peer.wait(1000), None);
    peer.session.resume_client_timeout(peer.now);
    assert_eq!(peer.deadline(), Some(30));
    assert!(peer.wait(30).is_some());
}

#[test]
fn one_thing_is_due_at_a_time() {
    let mut peer = Peer::open(Protocol::Json);
    assert_eq!(peer.take(PING), ["Ping"]);
    assert_eq!(
        peer.wait(100),
        Some(Timeout::Client(SessionError::ClientTimeout))
    );
    assert_eq!(peer.wait(0), None);
}

#[test]
fn a_transport_may_have_signs_of_life_of_its_own() {
    let now = Instant::now();
    let session = Session::server(Arc::default(), TransferFormats::TextAndBinary, now);
    let mut peer = Peer {
        session: session.with_inherent_keep_alive(),
        now,
    };
    assert_eq!(peer.deadline(), Some(15));
    peer.shake_hands(Protocol::Json);
    assert_eq!(peer.take(PING), ["Ping"]);
    assert_eq!(peer.deadline(), None);
    assert_eq!(peer.wait(1000), None);
}

#[test]
fn waiting_for_ever_is_no_overflow() {
    let mut peer = Peer::with(|options| {
        options.handshake_timeout = Duration::MAX;
        options.client_timeout_interval = Some(Duration::MAX);
        options.keep_alive_interval = Some(Duration::MAX);
    });
    assert_eq!(peer.deadline(), None);
    peer.shake_hands(Protocol::Json);
    assert_eq!(peer.take(PING), ["Ping"]);
    assert_eq!(peer.deadline(), None);
    assert_eq!(peer.wait(1000), None);
}

#[test]
fn the_application_may_close() {
    let mut peer = Peer::open(Protocol::Json);
    assert!(peer.take(b"{\"type\":").is_empty());
    peer.session.close();
    assert!(peer.take(b"6}\x1e").is_empty());
    assert_eq!(peer.session.handle_end(), None);
}

#[test]
fn errors_have_a_name_and_a_message() {
    let error = SessionError::Framing(FramingError::MessageTooLarge(1));
    assert_eq!(error.exception_name(), "InvalidDataException");
    assert_eq!(
        error.to_string(),
        format!("{}: {}", error.exception_name(), error.message())
    );
}

#[test]
fn a_session_is_small() {
    assert!(size_of::<Session>() <= 160, "{}", size_of::<Session>());
}
