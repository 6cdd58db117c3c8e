//! Streams that are lent the batch.

use super::*;
use futures_util::{FutureExt as _, Stream, StreamExt as _, stream};
use hub_core::call::{Call, CallNumber, Outcome};
use hub_core::context::ConnectionScope;
use hub_core::protocol::Arguments;
use hub_core::{CloseMessage, DisconnectReason};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// A hub, as far as a context asks.
enum AnyHub {}

/// Answers a call with a stream, in one poll and so within one turn. `None` if there is more to come.
fn forward<T: hub_core::contract::Answer>(
    connection: &Arc<Connection>,
    items: impl Stream<Item = T>,
) -> Option<Outcome> {
    let scope = Arc::clone(connection) as Arc<dyn ConnectionScope>;
    let scope = || Arc::clone(&scope);
    let call = Call::new(
        &scope,
        CallNumber(1),
        Arguments::json("[]"),
        Some("1"),
        Vec::new(),
    );
    let (cx, reply) = call.into_parts::<AnyHub>();
    let mut outcome = None;
    turn(|| outcome = reply.forward(&cx, items).now_or_never());
    outcome
}

/// The numbers up to ten, each of which `between` is told before it is an item.
fn ten(mut between: impl FnMut(u32)) -> impl Stream<Item = u32> {
    stream::iter(0..10).inspect(move |number| between(*number))
}

/// What the client has been sent: what stands in items, and other messages, in their order.
fn written(socket: &Socket) -> String {
    let written = String::from_utf8(socket.writes().concat()).unwrap();
    let items = written.replace("{\"type\":2,\"invocationId\":\"1\",\"item\":", "");
    items.replace(['}', '\u{1e}', '"'], "")
}

/// Without frames, which would be in the way of looking at what is written.
fn wide() -> (Socket, Arc<Connection>) {
    let socket = Socket::with_window(usize::MAX);
    let outgoing = Outgoing::new(Box::new(socket.clone()), Framing::Bare, 1000);
    let connection = testing::connection(outgoing);
    connection.accept(Protocol::Json);
    (socket, connection)
}

/// A message that [`written`] shows as one letter.
fn letter(letter: u8) -> Encoded {
    Encoded::copied(&[letter])
}

#[test]
fn the_items_of_a_turn_are_one_message_together_with_what_is_before_and_behind() {
    let socket = Socket::with_window(1000);
    let connection = connection(&socket, 1000);
    connection.accept(Protocol::Json);
    turn(|| {
        connection.send(letter(b'A'));
        assert!(forward(&connection, ten(|_| ())).is_some());
        connection.send(letter(b'B'));
    });
    let writes = socket.writes();
    assert_eq!(writes.len(), 1);
    // One frame: its head has four bytes, and says how long all the rest is.
    assert_eq!(writes[0][1], 126);
    let length = u16::from_be_bytes([writes[0][2], writes[0][3]]);
    assert_eq!(usize::from(length), writes[0].len() - 4);
    assert_eq!(writes[0].last(), Some(&b'B'));
}

#[test]
fn what_a_stream_sends_between_two_items_stands_between_them() {
    for shared in [false, true] {
        let (socket, connection) = wide();
        let sender = Arc::clone(&connection);
        let items = ten(move |number| {
            if number == 5 && shared {
                let frame = Frame::new(letter(b'A'), TransferFormat::Text);
                sender.outgoing().push_shared(&sender, &frame);
            } else if number == 5 {
                sender.send(letter(b'A'));
            }
        });
        assert!(forward(&connection, items).is_some());
        assert_eq!(written(&socket), "01234A56789");
    }
}

#[test]
fn what_another_task_sends_because_of_an_item_stands_behind_it() {
    let (socket, connection) = wide();
    let sender = Arc::clone(&connection);
    let items = ten(move |number| {
        if number == 3 || number == 7 {
            let sender = Arc::clone(&sender);
            let sent = std::thread::spawn(move || sender.send(letter(b'A')));
            sent.join().unwrap();
        }
    });
    assert!(forward(&connection, items).is_some());
    assert_eq!(written(&socket), "012A3456A789");
}

/// It may even be the item that sends, while it is written.
#[test]
fn what_an_item_sends_while_it_is_written_stands_before_it() {
    struct Sends(u32, Arc<Connection>);

    impl serde::Serialize for Sends {
        fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            if self.0 == 5 {
                self.1.send(letter(b'A'));
            }
            serializer.serialize_u32(self.0)
        }
    }

    let (socket, connection) = wide();
    let items = hub_core::protocol::StreamItems::new(Protocol::Json, "1");
    turn(|| {
        let mut batch = connection.lend_batch().expect("it may be lent");
        for number in 0..10 {
            let value = Sends(number, Arc::clone(&connection));
            if batch.write(&items, &value).unwrap() && !connection.wants_batch() {
                batch.keep();
                continue;
            }
            let message = batch.take_last();
            connection.return_batch(batch);
            connection.send(message);
            batch = connection.lend_batch().expect("it is back");
        }
        connection.return_batch(batch);
    });
    assert_eq!(written(&socket), "01234A56789");
}

#[test]
fn a_stream_in_hand_keeps_no_more_than_one_that_is_not() {
    let (_, connection) = wide();
    let forwarded = forward(&connection, stream::iter(0..100_000u32));
    assert!(forwarded.is_none(), "the turn ends when the queue is full");
    let socket = Socket::with_window(0);
    let connection = self::connection(&socket, 1000);
    connection.accept(Protocol::Json);
    assert!(forward(&connection, stream::iter(0..100_000u32)).is_none());
    let queued = connection.outgoing().lock().queue.bytes();
    assert!((HIGH_WATER..HIGH_WATER + 100).contains(&queued), "{queued}");
    assert!(!connection.outgoing().lock().queue.is_lent());
}

#[test]
fn long_items_leave_whole_and_in_order() {
    let (socket, connection) = wide();
    let lengths = [1, 100, 900, 2000, 5000, 1, 1, 20_000, 1, 1];
    let items = (0..10)
        .zip(lengths)
        .map(|(number, length)| number.to_string().repeat(length));
    let items: Vec<_> = items.collect();
    assert!(forward(&connection, stream::iter(items.clone())).is_some());
    assert!(
        written(&socket) == items.concat(),
        "an item is missing, or out of order"
    );
}

#[test]
fn a_stream_that_panics_leaves_the_items_before() {
    let (socket, connection) = wide();
    let items = ten(|number| assert!(number < 5, "on purpose"));
    let panicked = catch_unwind(AssertUnwindSafe(|| forward(&connection, items)));
    assert!(panicked.is_err());
    assert_eq!(written(&socket), "01234");
    connection.send(letter(b'A'));
    assert_eq!(written(&socket), "A");
}

#[test]
fn an_abort_ends_a_stream_behind_the_item_before_it() {
    let (socket, connection) = wide();
    let aborted = Arc::clone(&connection);
    let items = ten(move |number| {
        if number == 5 {
            aborted.request_close(DisconnectReason::Aborted(CloseMessage::new()));
        }
        assert!(number <= 5, "it was asked for more");
    });
    assert!(matches!(forward(&connection, items), Some(Outcome::Silent)));
    assert_eq!(written(&socket), "01234");
}

#[test]
fn the_goodbye_waits_for_the_items_in_hand() {
    let (socket, connection) = wide();
    let ending = Arc::clone(&connection);
    let items = ten(move |number| {
        if number == 5 {
            // As its driver does on another thread.
            ending.outgoing().finish(Some(letter(b'Z')), None);
            let outgoing = ending.outgoing();
            assert!(poll(|task| outgoing.poll_flush(task)).is_pending());
        }
    });
    assert!(forward(&connection, items).is_some());
    let outgoing = connection.outgoing();
    assert!(poll(|task| outgoing.poll_flush(task)).is_ready());
    assert_eq!(written(&socket), "01234Z");
}

#[test]
fn items_in_hand_go_with_the_transport() {
    let (socket, connection) = wide();
    let lost = Arc::clone(&connection);
    let items = ten(move |number| {
        if number == 5 {
            lost.outgoing().discard();
        }
    });
    assert!(matches!(forward(&connection, items), Some(Outcome::Silent)));
    assert!(socket.writes().is_empty());
    assert_eq!(connection.outgoing().lock().queue.bytes(), 0);
}
