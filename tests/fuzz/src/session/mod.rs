//! A connection: bytes in any pieces, time, transports that are lost and found. The input is a
//! setting (two bytes), and then steps: a byte that says which, and what it needs.

mod facts;
mod watched;

use std::sync::Arc;
use std::time::{Duration, Instant};

use hub_core::protocol::{Encoded, Protocol, Protocols, TransferFormats, handshake};
use hub_core::session::{Session, SessionOptions};

use self::facts::{CLIENT_TIMEOUT, Facts, Settings};
use self::watched::Watched;
use crate::choices::{Choices, Cuts};

/// Whatever happens to a session, it keeps its promises; and one that gets its bytes in other pieces
/// says the same.
pub fn check(input: &[u8]) {
    let mut choices = Choices::new(input);
    let mut run = Run::begin(choices.byte(), choices.byte());
    let mut steps_after_the_end = 0;
    while !choices.is_empty() && steps_after_the_end < 4 {
        run.step(&mut choices);
        steps_after_the_end += u8::from(run.session.is_closed());
    }
}

struct Run {
    now: Instant,
    session: Watched,
    /// A second session, to which the same happens. Its bytes come one by one.
    twin: Watched,
    /// A lazy driver takes one event for each read, and leaves the others where they are.
    lazy: bool,
}

impl Run {
    /// A bit of `settings` each: what the connection may do, and what its driver is like.
    fn begin(settings: u8, opening: u8) -> Self {
        let bit = |index: u8| settings >> index & 1 == 1;
        let now = Instant::now();
        let mut options = SessionOptions::default();
        options.protocols = Protocols::ALL;
        options.maximum_receive_message_size = if bit(0) { Some(64) } else { Some(1024) };
        options.detailed_errors = bit(1);
        options.client_timeout_interval = (!bit(2)).then_some(CLIENT_TIMEOUT);
        let transport = if bit(3) {
            TransferFormats::Text
        } else {
            TransferFormats::TextAndBinary
        };
        let options = Arc::new(options);
        let settings = Settings {
            inherent_keep_alive: bit(4),
            stateful_reconnect: bit(5),
            client_timeout: !bit(2),
        };
        let session = || {
            let mut session = Session::server(Arc::clone(&options), transport, now);
            if settings.inherent_keep_alive {
                session = session.with_inherent_keep_alive();
            }
            if settings.stateful_reconnect {
                session = session.with_stateful_reconnect();
            }
            Watched::new(session, &options, Facts::new(now, settings))
        };
        let mut run = Self {
            now,
            session: session(),
            twin: session(),
            lazy: bit(6),
        };
        let greeting = match opening % 4 {
            0 => return run,
            1 => handshake::write_request(Protocol::Json, 1),
            2 => handshake::write_request(Protocol::Json, 2),
            _ => handshake::write_request(Protocol::MessagePack, 2),
        };
        run.input(&greeting, Cuts::NONE);
        run
    }

    fn step(&mut self, choices: &mut Choices<'_>) {
        let step = choices.byte();
        match step % 16 {
            0..=3 => {
                let length = choices.byte();
                let cuts = choices.cuts();
                self.input(choices.bytes(length.into()), cuts);
            }
            4..=6 => {
                let message = message(self.session.protocol(), step, choices.byte());
                self.input(&message, Cuts::NONE);
            }
            7 | 8 => {
                let protocol = self.session.protocol();
                let count = choices.byte() % 8;
                let messages =
                    (0..count).map(|_| message(protocol, choices.byte(), choices.byte()));
                let messages = messages.collect::<Vec<_>>().concat();
                let cuts = choices.cuts();
                self.input(&messages, cuts);
            }
            9 | 10 => self.wait(Duration::from_millis(250) * u32::from(choices.byte())),
            11 => self.both(Watched::suspend),
            12 => self.both(Watched::resume),
            13 => self.both(Watched::pause),
            14 => self.both(Watched::go_on),
            _ => self.end(choices.byte()),
        }
        self.compare();
    }

    fn input(&mut self, bytes: &[u8], cuts: Cuts<'_>) {
        if self.lazy {
            self.session.input(self.now, bytes, 1);
        } else {
            for piece in cuts.pieces(bytes) {
                self.session.input(self.now, piece, usize::MAX);
            }
            for piece in Cuts::EVERYWHERE.pieces(bytes) {
                self.twin.input(self.now, piece, usize::MAX);
            }
        }
        self.compare();
    }

    fn wait(&mut self, time: Duration) {
        self.now += time;
        self.both(Watched::time);
    }

    fn end(&mut self, how: u8) {
        match how % 4 {
            0 => self.both(Watched::close),
            1 => self.both(Watched::end),
            _ => self.both(|session, now| session.input(now, &[], usize::MAX)),
        }
    }

    fn both(&mut self, happens: fn(&mut Watched, Instant)) {
        happens(&mut self.session, self.now);
        if !self.lazy {
            happens(&mut self.twin, self.now);
        }
    }

    fn compare(&mut self) {
        self.session.check(self.now);
        if !self.lazy {
            self.twin.check(self.now);
            self.session.assert_same(&mut self.twin);
        }
    }
}

/// A whole message, so that the fuzzer need not find out how to write one.
fn message(protocol: Option<Protocol>, step: u8, number: u8) -> Vec<u8> {
    let protocol = protocol.unwrap_or(Protocol::Json);
    let id = char::from(b'a' + number % 8).to_string();
    let encoded = match step / 16 % 8 {
        0 | 1 => Encoded::invocation(protocol, Some(&id), "A", &(&number,), &[]),
        2 => Encoded::stream_item(protocol, &id, &number),
        3 => Ok(Encoded::completion_void(protocol, &id)),
        4 => Ok(Encoded::copied(Encoded::ping(protocol))),
        5 => Ok(Encoded::ack(protocol, number.into())),
        6 => Ok(Encoded::sequence(protocol, number.into())),
        _ => Ok(Encoded::close(protocol, None, false)),
    };
    encoded
        .expect("plain values can be written")
        .payload()
        .to_vec()
}
