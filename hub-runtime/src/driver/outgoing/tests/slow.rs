//! What is dropped of others' messages, and what is not.

use super::*;

fn slow(socket: &Socket, limit: usize, slow_client: SlowClient) -> Arc<Connection> {
    let outgoing = Outgoing::new(Box::new(socket.clone()), Framing::WebSocket(None), limit);
    testing::connection(outgoing.with_slow_client(slow_client))
}

/// A broadcast of a method, 12 bytes in its frame like every other one.
fn call(method: &'static str, key: Option<u8>, digit: u8) -> Frame {
    let invocation = EncodedInvocation::encode(Protocols::JSON, None, method, &());
    let mut invocation = invocation.unwrap();
    if let Some(key) = key {
        invocation.set_key(key);
    }
    let mut frame = frame(digit);
    frame.set_stands_for(invocation.stands_for());
    frame
}

fn push(connection: &Connection, digits: &[u8]) {
    for digit in digits {
        let outgoing = connection.outgoing();
        outgoing.push_shared(connection, &frame(*digit));
    }
}

/// Has the socket take everything, and gives one digit of each message.
fn read(connection: &Connection, socket: &Socket) -> String {
    socket.open(usize::MAX);
    assert!(poll(|task| connection.outgoing().poll_flush(task)).is_ready());
    let written = socket.writes().concat();
    let digits = written.chunks(12).map(|frame| char::from(frame[11]));
    digits.collect()
}

/// Room for that many messages.
const fn room(messages: usize) -> usize {
    messages * (12 + 40)
}

#[test]
fn the_oldest_go_but_for_the_first_which_a_layer_may_have_in_hand() {
    let socket = Socket::with_window(0);
    let connection = slow(&socket, room(3), SlowClient::DropOldest);
    push(&connection, b"123456");
    assert_eq!(read(&connection, &socket), "156");
    assert_eq!(connection.outgoing().status().0, Status::Open);
}

#[test]
fn the_newest_are_not_taken() {
    let socket = Socket::with_window(0);
    let connection = slow(&socket, room(3), SlowClient::DropNewest);
    push(&connection, b"123456");
    assert_eq!(read(&connection, &socket), "123");
    // Nothing is dropped of a client that has caught up.
    push(&connection, b"789");
    assert_eq!(read(&connection, &socket), "789");
}

#[test]
fn the_newest_of_a_method_and_key_takes_the_place_of_the_one_before_it() {
    let socket = Socket::with_window(0);
    let connection = slow(&socket, room(6), SlowClient::Replace);
    let outgoing = connection.outgoing();
    push(&connection, b"0");
    for (method, key, digit) in [
        ("Price", Some(1), b'1'),
        ("Price", Some(2), b'2'),
        ("Removed", Some(1), b'3'),
        ("Price", Some(1), b'4'),
        ("Price", None, b'5'),
        ("Price", Some(2), b'6'),
        ("Price", None, b'7'),
    ] {
        outgoing.push_shared(&connection, &call(method, key, digit));
    }
    assert_eq!(read(&connection, &socket), "03467");
}

#[test]
fn a_client_that_reads_has_every_one_though_they_replace_each_other() {
    let socket = Socket::with_window(usize::MAX);
    let connection = slow(&socket, room(2), SlowClient::Replace);
    let outgoing = connection.outgoing();
    let push = |digit| outgoing.push_shared(&connection, &call("Price", None, digit));
    turn(|| (b'1'..=b'9').for_each(push));
    assert_eq!(read(&connection, &socket), "123456789");
}

#[test]
fn a_client_beyond_the_bound_though_nothing_is_out_of_date_is_closed() {
    let socket = Socket::with_window(0);
    let connection = slow(&socket, room(3), SlowClient::Replace);
    let outgoing = connection.outgoing();
    (1..4).for_each(|key| outgoing.push_shared(&connection, &call("Price", Some(key), b'1')));
    assert_eq!(outgoing.status().0, Status::Open);
    outgoing.push_shared(&connection, &call("Price", Some(4), b'1'));
    assert_eq!(outgoing.status().0, Status::Overflow);
}

#[test]
fn own_messages_are_never_dropped() {
    for policy in [
        SlowClient::DropOldest,
        SlowClient::DropNewest,
        SlowClient::Replace,
    ] {
        let socket = Socket::with_window(0);
        let connection = slow(&socket, room(4), policy);
        for digit in b'1'..=b'3' {
            connection.send(message(digit));
            // A batch ends where a shared one begins.
            let shared = call("Price", None, b'-');
            connection.outgoing().push_shared(&connection, &shared);
        }
        socket.open(usize::MAX);
        assert!(poll(|task| connection.outgoing().poll_flush(task)).is_ready());
        let written = socket.writes().concat();
        let own: Vec<u8> = written
            .into_iter()
            .filter(|byte| (b'1'..=b'3').contains(byte))
            .collect();
        assert_eq!(own, b"111111111122222222223333333333", "{policy:?}");
        assert_eq!(connection.outgoing().status().0, Status::Open, "{policy:?}");
    }
}

#[test]
fn a_frame_that_was_begun_goes_out_whole() {
    let socket = Socket::with_window(5);
    let connection = slow(&socket, room(2), SlowClient::DropOldest);
    push(&connection, b"1234");
    assert_eq!(read(&connection, &socket), "14");
}

#[test]
fn a_message_that_never_fits_drops_no_others() {
    let socket = Socket::with_window(0);
    let connection = slow(&socket, room(3), SlowClient::DropOldest);
    push(&connection, b"123");
    let large = Frame::new(Encoded::copied(&[b'x'; 1000]), TransferFormat::Text);
    connection.outgoing().push_shared(&connection, &large);
    assert_eq!(read(&connection, &socket), "123");
}

#[test]
fn a_question_takes_the_place_of_what_may_be_dropped() {
    let socket = Socket::with_window(0);
    for policy in [SlowClient::DropOldest, SlowClient::DropNewest] {
        let connection = slow(&socket, room(3), policy);
        push(&connection, b"123");
        connection.question(message(b'?'));
        assert_eq!(connection.outgoing().status().0, Status::Open);
        assert_eq!(read(&connection, &socket), "13?", "{policy:?}");
        socket.open(0);
    }
}

/// Else a client that is always behind, since others say so much, would never have an answer.
#[test]
fn own_messages_do_not_wait_behind_what_may_be_dropped() {
    let socket = Socket::with_window(0);
    let connection = slow(&socket, 2 * HIGH_WATER, SlowClient::DropOldest);
    let outgoing = connection.outgoing();
    (0..10_000).for_each(|_| push(&connection, b"1"));
    assert!(outgoing.lock().queue.held() > HIGH_WATER);
    assert!(outgoing.has_room());
    assert!(poll(|task| outgoing.poll_room(task)).is_ready());
    connection.send(Encoded::copied(&vec![b'x'; HIGH_WATER]));
    assert!(poll(|task| outgoing.poll_room(task)).is_pending());
}

#[test]
fn nothing_is_dropped_of_what_may_be_sent_again() {
    for policy in [
        SlowClient::DropOldest,
        SlowClient::DropNewest,
        SlowClient::Replace,
    ] {
        let (first, second) = (Socket::with_window(0), Socket::with_window(usize::MAX));
        let connection = slow(&first, room(5), policy);
        connection.accept(Protocol::Json);
        let outgoing = connection.outgoing();
        outgoing.keep(10_000);
        outgoing.release(&connection);
        push(&connection, b"1234");
        assert!(outgoing.is_resumable());
        assert!(outgoing.detach());
        assert!(resume(&connection, &second));
        let written = second.writes().concat();
        let digits = written[written.len() - 4 * 12..].chunks(12);
        let digits: Vec<_> = digits.map(|frame| frame[11]).collect();
        assert_eq!(digits, b"1234", "{policy:?}");
        // Away, it is closed beyond the bound.
        assert!(outgoing.detach());
        push(&connection, b"56789abcdefg");
        assert_eq!(outgoing.status().0, Status::Overflow, "{policy:?}");
    }
}

#[test]
fn a_client_that_is_there_loses_the_way_back_before_messages() {
    let socket = Socket::with_window(0);
    let connection = slow(&socket, room(3), SlowClient::DropOldest);
    connection.accept(Protocol::Json);
    let outgoing = connection.outgoing();
    outgoing.keep(10_000);
    outgoing.release(&connection);
    push(&connection, b"12345");
    assert!(!outgoing.is_resumable());
    assert_eq!(outgoing.status().0, Status::Open);
    assert_eq!(read(&connection, &socket), "145");
}
