#[cfg(feature = "deflate")]
mod compressed;
mod lent;
mod run;
mod slow;

use super::super::turn::InTurns;
use super::queue::PONGS;
use super::*;
use crate::server::testing;
use hub_core::protocol::{EncodedInvocation, Protocol, Protocols};
use std::sync::Arc;
use std::task::Wake;

/// A socket that takes `window` bytes, and remembers each write.
#[derive(Clone, Default)]
struct Socket(Arc<Mutex<Written>>);

#[derive(Default)]
struct Written {
    writes: Vec<Vec<u8>>,
    window: usize,
}

impl Socket {
    fn with_window(window: usize) -> Self {
        let socket = Self::default();
        socket.open(window);
        socket
    }

    fn open(&self, window: usize) {
        self.0.lock().unwrap().window = window;
    }

    fn writes(&self) -> Vec<Vec<u8>> {
        std::mem::take(&mut self.0.lock().unwrap().writes)
    }

    fn take(&self, bytes: &[IoSlice<'_>]) -> io::Result<usize> {
        let mut written = self.0.lock().unwrap();
        if written.window == 0 {
            return Err(ErrorKind::WouldBlock.into());
        }
        let all: Vec<u8> = bytes.iter().flat_map(|piece| piece.to_vec()).collect();
        let count = all.len().min(written.window);
        written.window -= count;
        written.writes.push(all[..count].to_vec());
        Ok(count)
    }
}

/// A layer that keeps everything to itself until it is flushed, which takes `flushes` attempts.
struct Layer {
    socket: Socket,
    flushes: Mutex<usize>,
}

impl Transport for Layer {
    fn poll_write(&self, _: &mut Context<'_>, bytes: &[IoSlice<'_>]) -> Poll<io::Result<usize>> {
        Poll::Ready(self.socket.take(bytes))
    }

    fn try_write(&self, _: &[IoSlice<'_>]) -> io::Result<usize> {
        Err(ErrorKind::WouldBlock.into())
    }

    fn poll_flush(&self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut flushes = self.flushes.lock().unwrap();
        match flushes.checked_sub(1) {
            None => Poll::Ready(Ok(())),
            Some(left) => {
                *flushes = left;
                Poll::Pending
            }
        }
    }

    fn poll_shutdown(&self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

impl Transport for Socket {
    fn poll_write(&self, _: &mut Context<'_>, bytes: &[IoSlice<'_>]) -> Poll<io::Result<usize>> {
        match self.take(bytes) {
            Err(error) if error.kind() == ErrorKind::WouldBlock => Poll::Pending,
            result => Poll::Ready(result),
        }
    }

    fn try_write(&self, bytes: &[IoSlice<'_>]) -> io::Result<usize> {
        self.take(bytes)
    }

    fn poll_shutdown(&self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

/// A connection that may be resumed, and whose client has spoken. It waits for acknowledgements
/// above 24 bytes, which are two messages.
fn resumable(socket: &Socket, limit: usize) -> Arc<Connection> {
    let connection = connection(socket, limit);
    connection.accept(Protocol::Json);
    connection.outgoing().keep(24);
    connection.outgoing().release(&connection);
    connection
}

fn resume(connection: &Connection, socket: &Socket) -> bool {
    resume_in(connection, socket, Framing::WebSocket(None))
}

fn resume_in(connection: &Connection, socket: &Socket, framing: Framing) -> bool {
    let transport = Box::new(socket.clone());
    let outgoing = connection.outgoing();
    outgoing.attach(connection, transport, framing, Protocol::Json)
}

fn connection(socket: &Socket, limit: usize) -> Arc<Connection> {
    testing::connection(Outgoing::new(
        Box::new(socket.clone()),
        Framing::WebSocket(None),
        limit,
    ))
}

/// A message of 10 bytes, which framing makes 12.
fn message(digit: u8) -> Encoded {
    Encoded::copied(&[digit; 10])
}

fn frame(digit: u8) -> Frame {
    Frame::new(message(digit), TransferFormat::Text)
}

struct Awake;

impl Wake for Awake {
    fn wake(self: Arc<Self>) {}
}

fn poll<R>(poll: impl FnOnce(&mut Context<'_>) -> R) -> R {
    poll(&mut Context::from_waker(&Arc::new(Awake).into()))
}

/// Does `work` within one turn.
fn turn(work: impl FnOnce()) {
    let mut work = Some(work);
    let mut future = InTurns::new(Box::pin(std::future::poll_fn(move |_| {
        work.take().expect("polled once")();
        Poll::Ready(())
    })));
    poll(|task| assert!(std::pin::Pin::new(&mut future).poll(task).is_ready()));
}

#[test]
fn a_sender_writes_at_once() {
    let socket = Socket::with_window(1000);
    let connection = connection(&socket, 1000);
    connection.outgoing().push_shared(&connection, &frame(b'1'));
    assert_eq!(socket.writes(), [b"\x81\x0a1111111111"]);
}

#[test]
fn a_turn_is_one_write_and_its_small_messages_are_one_websocket_message() {
    let socket = Socket::with_window(1000);
    let connection = connection(&socket, 1000);
    turn(|| {
        (b'1'..=b'3').for_each(|digit| connection.send(message(digit)));
        assert!(socket.writes().is_empty());
    });
    assert_eq!(socket.writes(), [b"\x81\x1e111111111122222222223333333333"]);
}

#[test]
fn shared_and_own_messages_keep_their_order() {
    let socket = Socket::with_window(1000);
    let connection = connection(&socket, 1000);
    turn(|| {
        connection.send(message(b'1'));
        connection.outgoing().push_shared(&connection, &frame(b'2'));
        connection.send(message(b'3'));
        connection.send(message(b'4'));
    });
    let expected = b"\x81\x0a1111111111\x81\x0a2222222222\x81\x1433333333334444444444";
    assert_eq!(socket.writes(), [expected]);
}

#[test]
fn what_a_socket_does_not_take_is_written_when_it_does() {
    let socket = Socket::with_window(5);
    let connection = connection(&socket, 1000);
    connection.outgoing().push_shared(&connection, &frame(b'1'));
    connection.outgoing().push_shared(&connection, &frame(b'2'));
    assert_eq!(socket.writes(), [b"\x81\x0a111"]);
    assert!(poll(|task| connection.outgoing().poll_flush(task)).is_pending());
    socket.open(1000);
    assert!(poll(|task| connection.outgoing().poll_flush(task)).is_ready());
    assert_eq!(socket.writes(), [b"1111111\x81\x0a2222222222"]);
}

#[test]
fn a_slow_receiver_is_given_up_and_keeps_no_more_than_its_limit() {
    let socket = Socket::with_window(0);
    let connection = connection(&socket, 30);
    (0..5).for_each(|_| connection.outgoing().push_shared(&connection, &frame(b'1')));
    assert_eq!(connection.outgoing().status().0, Status::Overflow);
    assert!(connection.outgoing().lock().queue.bytes() <= 30);
}

#[test]
fn a_callers_own_messages_wait_for_room() {
    let socket = Socket::with_window(0);
    let connection = connection(&socket, 1000);
    connection.send(Encoded::copied(&vec![b'x'; HIGH_WATER]));
    assert!(poll(|task| connection.outgoing().poll_room(task)).is_pending());
    socket.open(usize::MAX);
    assert!(poll(|task| connection.outgoing().poll_flush(task)).is_ready());
    assert_eq!(
        poll(|task| connection.outgoing().poll_room(task)),
        Poll::Ready(true)
    );
}

#[test]
fn nothing_follows_the_last_message() {
    let socket = Socket::with_window(1000);
    let connection = connection(&socket, 1000);
    connection
        .outgoing()
        .finish(Some(message(b'1')), Some(Bytes::from_static(b"\x88\x00")));
    connection.send(message(b'2'));
    assert_eq!(socket.writes().concat(), b"\x81\x0a1111111111\x88\x00");
    assert_eq!(
        poll(|task| connection.outgoing().poll_room(task)),
        Poll::Ready(false)
    );
}

#[test]
fn binary_messages_leave_in_binary_frames() {
    let socket = Socket::with_window(1000);
    let connection = connection(&socket, 1000);
    connection.accept(Protocol::MessagePack);
    connection.send(message(b'1'));
    assert_eq!(socket.writes(), [b"\x82\x0a1111111111"]);
}

#[test]
fn a_message_larger_than_the_limit_does_not_cut_a_client_that_has_read_everything() {
    let socket = Socket::with_window(1000);
    let connection = connection(&socket, 5);
    connection.outgoing().push_shared(&connection, &frame(b'1'));
    assert_eq!(connection.outgoing().status().0, Status::Open);
    assert_eq!(socket.writes(), [b"\x81\x0a1111111111"]);
}

#[test]
fn a_turn_that_sends_much_does_not_cut_a_client_that_reads() {
    let socket = Socket::with_window(usize::MAX);
    let connection = connection(&socket, 100);
    turn(|| (0..50).for_each(|_| connection.outgoing().push_shared(&connection, &frame(b'1'))));
    assert_eq!(connection.outgoing().status().0, Status::Open);
    assert_eq!(socket.writes().concat().len(), 50 * 12);
}

#[test]
fn small_messages_count_with_what_they_cost() {
    let socket = Socket::with_window(0);
    let connection = connection(&socket, 12 * 100);
    (0..100).for_each(|_| connection.outgoing().push_shared(&connection, &frame(b'1')));
    assert_eq!(connection.outgoing().status().0, Status::Overflow);
}

#[test]
fn questions_to_a_client_that_does_not_read_are_bounded() {
    let socket = Socket::with_window(0);
    let connection = connection(&socket, 1000);
    (0..1000).for_each(|_| connection.question(message(b'1')));
    assert_eq!(connection.outgoing().status().0, Status::Overflow);
    assert!(connection.outgoing().lock().queue.bytes() <= 1000);
}

#[test]
fn pongs_to_a_client_that_does_not_read_replace_each_other() {
    let socket = Socket::with_window(0);
    let connection = connection(&socket, 1000);
    for number in 0..10_000 {
        let pong = crate::connections::websocket::write::pong(&u32::to_be_bytes(number));
        connection.outgoing().push_pong(&connection, pong.into());
    }
    socket.open(usize::MAX);
    assert!(poll(|task| connection.outgoing().poll_flush(task)).is_ready());
    let written = socket.writes().concat();
    assert_eq!(written.len(), PONGS * 6);
    assert_eq!(written[written.len() - 4..], u32::to_be_bytes(9_999));
}

#[test]
fn a_transport_is_let_go_though_the_connection_is_held() {
    let socket = Socket::with_window(1000);
    let connection = connection(&socket, 1000);
    connection.outgoing().discard();
    assert_eq!(Arc::strong_count(&socket.0), 1);
}

#[test]
fn a_question_does_not_slip_in_behind_the_end() {
    let connection = connection(&Socket::with_window(0), 1000);
    let hub = connection.hub();
    hub.join(&connection);
    assert!(hub.results().ask(&connection).is_some());
    hub.leave(&connection);
    assert!(hub.results().ask(&connection).is_none());
}

#[test]
fn what_a_layer_keeps_is_flushed_until_it_is_out() {
    let layer = Layer {
        socket: Socket::with_window(1000),
        flushes: Mutex::new(2),
    };
    let connection = testing::connection(Outgoing::new(
        Box::new(layer),
        Framing::WebSocket(None),
        1000,
    ));
    connection.send(message(b'1'));
    let flushed = || poll(|task| connection.outgoing().poll_flush(task)).is_ready();
    assert_eq!([flushed(), flushed(), flushed()], [false, false, true]);
}

#[test]
fn a_call_that_is_cancelled_again_and_again_is_noted_once() {
    let connection = connection(&Socket::with_window(0), 1000);
    let call = hub_core::call::CallNumber(1);
    (0..1000).for_each(|_| connection.cancel(call));
    assert_eq!(connection.cancelled_calls(), 1);
    connection.forget(call);
    assert_eq!(connection.cancelled_calls(), 0);
}

#[test]
fn what_is_not_acknowledged_goes_to_the_next_transport_as_it_was() {
    let (first, second) = (Socket::with_window(1000), Socket::with_window(1000));
    let connection = resumable(&first, 1000);
    let outgoing = connection.outgoing();
    connection.send(message(b'1'));
    outgoing.push_shared(&connection, &frame(b'2'));
    outgoing.acknowledge(1);
    assert!(outgoing.detach());
    assert_eq!(outgoing.status().0, Status::Lost);
    connection.send(message(b'3'));
    // Pings mean nothing to a later transport.
    connection.send_control(message(b'p'));
    outgoing.push_shared(&connection, &frame(b'4'));
    assert_eq!(Arc::strong_count(&first.0), 1, "the transport is let go");
    assert!(resume(&connection, &second));
    connection.send(message(b'5'));
    let expected = b"\x81\x1a{\"type\":9,\"sequenceId\":2}\x1e\
        \x81\x0a2222222222\x81\x0a3333333333\x81\x0a4444444444\x81\x0a5555555555";
    assert_eq!(second.writes().concat(), expected);
}

#[test]
fn a_frame_that_was_written_in_part_goes_out_whole() {
    let (first, second) = (Socket::with_window(5), Socket::with_window(1000));
    let connection = resumable(&first, 1000);
    connection.send(message(b'1'));
    assert_eq!(first.writes(), [b"\x81\x0a111"]);
    // Without a loss before it: the old transport may still seem to live.
    assert!(resume(&connection, &second));
    assert!(second.writes().concat().ends_with(b"\x81\x0a1111111111"));
}

#[test]
fn own_messages_wait_for_acknowledgements_and_reading_does_not() {
    let connection = resumable(&Socket::with_window(1000), 1000);
    let outgoing = connection.outgoing();
    (b'1'..=b'2').for_each(|digit| connection.send(message(digit)));
    assert!(poll(|task| outgoing.poll_room(task)).is_ready());
    connection.send(message(b'3'));
    assert!(poll(|task| outgoing.poll_room(task)).is_pending());
    assert!(poll(|task| outgoing.poll_socket_room(task)).is_ready());
    outgoing.acknowledge(1);
    assert!(poll(|task| outgoing.poll_room(task)).is_ready());
}

#[test]
fn a_client_that_is_away_is_given_up_at_the_limit() {
    let connection = resumable(&Socket::with_window(1000), 200);
    let outgoing = connection.outgoing();
    assert!(outgoing.detach());
    (0..100).for_each(|_| outgoing.push_shared(&connection, &frame(b'1')));
    assert_eq!(outgoing.status().0, Status::Overflow);
    assert!(!resume(&connection, &Socket::with_window(1000)));
}

#[test]
fn a_client_that_only_acknowledges_too_slowly_loses_the_way_back_and_no_message() {
    let socket = Socket::with_window(usize::MAX);
    let connection = resumable(&socket, 200);
    let outgoing = connection.outgoing();
    (0..100).for_each(|_| outgoing.push_shared(&connection, &frame(b'1')));
    assert_eq!(outgoing.status().0, Status::Open);
    assert_eq!(socket.writes().concat().len(), 100 * 12);
    assert!(!outgoing.is_resumable());
    assert!(poll(|task| outgoing.poll_room(task)).is_ready());
}

#[test]
fn what_is_held_back_is_written_before_the_goodbye() {
    let socket = Socket::with_window(1000);
    let connection = connection(&socket, 1000);
    connection.outgoing().keep(100_000);
    connection.send(message(b'1'));
    assert!(socket.writes().is_empty());
    connection.outgoing().finish(Some(message(b'2')), None);
    let written = socket.writes().concat();
    assert_eq!(written, b"\x81\x0a1111111111\x81\x0a2222222222");
}

#[test]
fn a_write_that_fails_is_no_end_where_another_transport_may_follow() {
    let socket = Socket::default();
    let connection = resumable(&socket, 1000);
    let outgoing = connection.outgoing();
    outgoing.lock().transport = Some(Box::new(Broken));
    connection.send(message(b'1'));
    assert_eq!(outgoing.status().0, Status::Lost);
    outgoing.stop_keeping(&connection);
    assert_eq!(outgoing.status().0, Status::Failed);
}

/// A socket whose peer is gone.
struct Broken;

impl Transport for Broken {
    fn poll_write(&self, _: &mut Context<'_>, _: &[IoSlice<'_>]) -> Poll<io::Result<usize>> {
        Poll::Ready(Err(ErrorKind::ConnectionReset.into()))
    }

    fn try_write(&self, _: &[IoSlice<'_>]) -> io::Result<usize> {
        Err(ErrorKind::ConnectionReset.into())
    }

    fn poll_shutdown(&self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
