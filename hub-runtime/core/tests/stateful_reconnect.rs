//! Two peers whose connection is cut, again and again, wherever that may happen.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use hub_core::protocol::{
    Encoded, Framing, Invocation, Message, Protocol, Protocols, TransferFormats, handshake,
};
use hub_core::session::{Event, Replay, Session, SessionError, SessionOptions, Timeout};

/// Messages that each side sends in a run.
const MESSAGES: u32 = 8;

fn numbered(protocol: Protocol, number: u32) -> Bytes {
    let message = Encoded::invocation(protocol, None, "M", &(&number,), &[]).expect("a number");
    Bytes::copy_from_slice(message.payload())
}

fn number_of(call: &Invocation<'_>) -> u32 {
    let (number,) = call.arguments.decode().expect("one number");
    number
}

/// One side: what it sends, and what it has handled.
struct Sender {
    protocol: Protocol,
    replay: Replay,
    sent: u32,
    handled: Vec<u32>,
}

impl Sender {
    fn new(protocol: Protocol) -> Self {
        Self {
            protocol,
            replay: Replay::new(100_000),
            sent: 0,
            handled: Vec::new(),
        }
    }

    /// Sends the next messages.
    fn send(&mut self, count: u32, wire: &mut Vec<u8>) {
        for _ in 0..count {
            self.sent += 1;
            let message = numbered(self.protocol, self.sent);
            wire.extend_from_slice(&message);
            self.replay.push(message);
        }
    }

    /// The first bytes on a new transport.
    fn resume(&self, wire: &mut Vec<u8>) {
        let sequence = Encoded::sequence(self.protocol, self.replay.first_number());
        wire.extend_from_slice(sequence.payload());
        self.replay
            .unacknowledged()
            .for_each(|message| wire.extend_from_slice(message));
    }
}

/// The server: the session under test.
struct Server {
    session: Session,
    sender: Sender,
    now: Instant,
}

impl Server {
    fn new(protocol: Protocol, version: u8) -> Self {
        let mut options = SessionOptions::default();
        options.protocols = Protocols::ALL;
        let now = Instant::now();
        let formats = TransferFormats::TextAndBinary;
        let session = Session::server(Arc::new(options), formats, now);
        let mut server = Self {
            session: session.with_stateful_reconnect(),
            sender: Sender::new(protocol),
            now,
        };
        let request = handshake::write_request(protocol, version);
        let resumable = version == 2;
        let mut inbox = server.session.handle_input(now, &request);
        let accepted = matches!(inbox.next(), Some(Event::HandshakeAccepted { resumable: it, .. }) if it == resumable);
        drop(inbox);
        assert!(accepted);
        server
    }

    fn take(&mut self, bytes: &[u8]) -> Option<SessionError> {
        let mut inbox = self.session.handle_input(self.now, bytes);
        while let Some(event) = inbox.next() {
            match event {
                Event::Message(Message::Invocation(call)) => {
                    self.sender.handled.push(number_of(&call));
                }
                Event::Message(Message::Ack(through)) => self.sender.replay.acknowledge(through),
                Event::Message(Message::Sequence(_)) | Event::Duplicate => {}
                Event::Failed(error) => return Some(error),
                other => panic!("{other:?}"),
            }
        }
        None
    }

    /// A second passes.
    fn tick(&mut self, wire: &mut Vec<u8>) {
        self.now += Duration::from_secs(1);
        if let Some(timeout) = self.session.handle_timeout(self.now) {
            let Timeout::Ack { ack } = timeout else {
                panic!("{timeout:?}");
            };
            wire.extend_from_slice(ack.payload());
        }
    }

    fn resume(&mut self, wire: &mut Vec<u8>) {
        self.session.suspend();
        assert_eq!(self.session.next_deadline(), None);
        self.session.resume(self.now);
        self.sender.resume(wire);
    }
}

/// A client that counts as the official ones do: what comes before Sequence is dropped.
struct Client {
    sender: Sender,
    framing: Framing,
    unread: Vec<u8>,
    awaits_sequence: bool,
    next: u64,
    latest: u64,
}

impl Client {
    fn new(protocol: Protocol) -> Self {
        Self {
            sender: Sender::new(protocol),
            framing: Framing::new(protocol),
            unread: Vec::new(),
            awaits_sequence: false,
            next: 1,
            latest: 0,
        }
    }

    fn take(&mut self, bytes: &[u8]) {
        self.unread.extend_from_slice(bytes);
        while let Some(frame) = self.framing.next(&self.unread, None).expect("frames") {
            let end = frame.end;
            let message = Message::parse(self.sender.protocol, frame.body).expect("a message");
            match message {
                Message::Sequence(number) => {
                    assert!(number <= self.next, "messages are lost");
                    self.next = number;
                    self.awaits_sequence = false;
                }
                _ if self.awaits_sequence => {}
                Message::Ack(through) => self.sender.replay.acknowledge(through),
                Message::Invocation(call) => {
                    if self.next > self.latest {
                        self.latest = self.next;
                        self.sender.handled.push(number_of(&call));
                    }
                    self.next += 1;
                }
                other => panic!("{other:?}"),
            }
            self.unread.drain(..end);
        }
    }

    fn ack(&self, wire: &mut Vec<u8>) {
        let ack = Encoded::ack(self.sender.protocol, self.latest);
        wire.extend_from_slice(ack.payload());
    }

    fn resume(&mut self, wire: &mut Vec<u8>) {
        self.framing = Framing::new(self.sender.protocol);
        self.unread.clear();
        self.awaits_sequence = true;
        self.sender.resume(wire);
    }
}

/// Two peers, and what is under way between them.
struct Pair {
    server: Server,
    client: Client,
    up: Vec<u8>,
    down: Vec<u8>,
}

impl Pair {
    fn new(protocol: Protocol) -> Self {
        Self {
            server: Server::new(protocol, 2),
            client: Client::new(protocol),
            up: Vec::new(),
            down: Vec::new(),
        }
    }

    /// Both sides talk: messages, acknowledgements of what came, messages again.
    fn talk(&mut self, count: u32) {
        self.client.sender.send(count, &mut self.up);
        self.server.sender.send(count, &mut self.down);
        self.server.tick(&mut self.down);
        self.client.ack(&mut self.up);
    }

    /// So much arrives, and the rest is lost with the transport.
    fn cut(&mut self, up: usize, down: usize) {
        let (up, down) = (up.min(self.up.len()), down.min(self.down.len()));
        assert_eq!(self.server.take(&self.up[..up]), None);
        self.client.take(&self.down[..down]);
        self.up.clear();
        self.down.clear();
        self.server.resume(&mut self.down);
        self.client.resume(&mut self.up);
    }

    fn arrive(&mut self) {
        assert_eq!(self.server.take(&std::mem::take(&mut self.up)), None);
        self.client.take(&std::mem::take(&mut self.down));
    }
}

/// Cuts a conversation twice, the second time while it is being resumed.
fn check(protocol: Protocol, up: usize, down: usize) -> (usize, usize) {
    let mut pair = Pair::new(protocol);
    pair.talk(3);
    pair.arrive();
    pair.talk(3);
    let length = (pair.up.len(), pair.down.len());
    pair.cut(up, down);
    pair.talk(1);
    pair.cut(down, up);
    pair.talk(1);
    pair.arrive();
    let all: Vec<u32> = (1..=MESSAGES).collect();
    assert_eq!(
        pair.server.sender.handled, all,
        "up, cut at {up} and {down}"
    );
    assert_eq!(
        pair.client.sender.handled, all,
        "down, cut at {up} and {down}"
    );
    // Once everything is acknowledged, nothing is kept.
    pair.talk(0);
    pair.arrive();
    assert!(pair.server.sender.replay.is_empty() && pair.client.sender.replay.is_empty());
    length
}

#[test]
fn nothing_is_lost_or_doubled_wherever_a_connection_is_cut() {
    let mut cuts = 0;
    for protocol in Protocol::ALL {
        let (ups, downs) = check(protocol, 0, 0);
        for up in 0..=ups {
            for down in 0..=downs {
                check(protocol, up, down);
                cuts += 2;
            }
        }
    }
    assert!(cuts >= 1000, "only {cuts} cuts");
}

#[test]
fn a_client_that_has_forgotten_messages_is_refused() {
    let mut server = Server::new(Protocol::Json, 2);
    server.session.resume(server.now);
    let error = server.take(b"{\"type\":9,\"sequenceId\":2}\x1e");
    let error = error.expect("message 1 never came");
    assert_eq!(
        error.message(),
        "Sequence ID greater than amount of messages we've received."
    );
    assert!(server.session.is_closed());
}

#[test]
fn what_came_in_parts_is_dropped_and_what_came_whole_is_not() {
    let mut server = Server::new(Protocol::Json, 2);
    let message = numbered(Protocol::Json, 1);
    assert_eq!(
        server.take(&[&message, &b"{\"type\":1,"[..]].concat()),
        None
    );
    server.session.suspend();
    server.session.resume(server.now);
    assert!(!server.session.has_unread_input());
    let again = [&b"{\"type\":9,\"sequenceId\":1}\x1e"[..], &message].concat();
    assert_eq!(server.take(&again), None);
    assert_eq!(server.sender.handled, [1]);
}

/// Its length was remembered, and more than the next transport had brought was searched.
#[test]
fn part_of_a_handshake_that_is_dropped_is_no_reason_to_panic() {
    let now = Instant::now();
    let mut session = Session::server(Arc::default(), TransferFormats::TextAndBinary, now);
    assert_eq!(
        session.handle_input(now, b"{\"protocol\":\"json\",").next(),
        None
    );
    session.resume(now);
    let request = handshake::write_request(Protocol::Json, 1);
    let (begin, end) = request.split_at(3);
    assert_eq!(session.handle_input(now, begin).next(), None);
    let mut inbox = session.handle_input(now, end);
    assert!(matches!(
        inbox.next(),
        Some(Event::HandshakeAccepted { .. })
    ));
}

#[test]
fn version_1_switches_it_off() {
    let mut server = Server::new(Protocol::Json, 1);
    let message = numbered(Protocol::Json, 1);
    assert_eq!(server.take(&message), None);
    // Sequence means nothing then, and nothing is acknowledged.
    assert_eq!(server.take(b"{\"type\":9,\"sequenceId\":7}\x1e"), None);
    assert_eq!(server.take(&message), None);
    assert_eq!(server.sender.handled, [1, 1]);
    let mut wire = Vec::new();
    server.tick(&mut wire);
    assert!(wire.is_empty());
}

#[test]
fn time_stands_still_between_two_transports() {
    let mut server = Server::new(Protocol::Json, 2);
    assert_eq!(server.take(&numbered(Protocol::Json, 1)), None);
    server.session.suspend();
    server.now += Duration::from_secs(1000);
    assert_eq!(server.session.handle_timeout(server.now), None);
    server.session.resume(server.now);
    // Only the Ack is due at once; the ping counts from here.
    assert!(matches!(
        server.session.handle_timeout(server.now),
        Some(Timeout::Ack { .. })
    ));
    assert_eq!(
        server.session.next_deadline(),
        Some(server.now + Duration::from_secs(15))
    );
}
