//! Broadcasts one behind the other.

use super::*;
use crate::driver::Broadcast;

/// A call of everybody with this text.
fn broadcast(text: &str) -> Broadcast {
    let call = EncodedInvocation::encode(Protocols::ALL, None, "Say", &(&text,));
    Broadcast::new(call.unwrap())
}

fn receivers<const N: usize>(window: usize) -> [(Socket, Arc<Connection>); N] {
    std::array::from_fn(|_| {
        let socket = Socket::with_window(window);
        let connection = connection(&socket, 10_000);
        connection.accept(Protocol::Json);
        (socket, connection)
    })
}

fn everybody<const N: usize>(all: &[(Socket, Arc<Connection>); N]) -> [&Arc<Connection>; N] {
    std::array::from_fn(|number| &all[number].1)
}

/// What the texts that were written are, in their order.
fn texts(socket: &Socket) -> String {
    let written = String::from_utf8_lossy(&socket.writes().concat()).into_owned();
    let texts = written.split("\"arguments\":[\"").skip(1);
    texts.filter_map(|text| text.split('"').next()).collect()
}

fn pieces(connection: &Connection) -> usize {
    connection.outgoing().lock().queue.chunks.len()
}

#[test]
fn broadcasts_of_a_turn_are_one_piece_for_each_receiver() {
    let all = receivers::<2>(1000);
    turn(|| {
        for text in ["a", "b", "c", "d"] {
            broadcast(text).deliver_in_turn(everybody(&all));
        }
        for (_, connection) in &all {
            assert_eq!(pieces(connection), 1);
        }
    });
    for (socket, _) in &all {
        assert_eq!(texts(socket), "abcd");
    }
}

#[test]
fn broadcasts_keep_their_order_with_what_only_some_are_sent() {
    let all = receivers::<3>(1000);
    turn(|| {
        broadcast("a").deliver_in_turn(everybody(&all));
        all[0].1.deliver(&broadcast("0"));
        broadcast("b").deliver_in_turn(everybody(&all));
        broadcast("c").deliver_in_turn([&all[1].1]);
        broadcast("d").deliver_in_turn(everybody(&all));
        broadcast("e").deliver_in_turn([&all[0].1, &all[2].1]);
        broadcast("f").deliver_in_turn(everybody(&all));
    });
    let sent = all.map(|(socket, _)| texts(&socket));
    assert_eq!(sent, ["a0bdef", "abcdf", "abdef"]);
}

#[test]
fn a_turn_does_not_go_on_with_what_another_has_sent() {
    let all = receivers::<1>(0);
    turn(|| broadcast("a").deliver_in_turn(everybody(&all)));
    turn(|| broadcast("b").deliver_in_turn(everybody(&all)));
    let [(socket, connection)] = &all;
    assert_eq!(pieces(connection), 2);
    socket.open(1000);
    assert!(poll(|task| connection.outgoing().poll_flush(task)).is_ready());
    assert_eq!(texts(socket), "ab");
}

#[test]
fn nothing_is_joined_to_what_a_transport_has_in_hand() {
    let all = receivers::<1>(0);
    let [(_, connection)] = &all;
    turn(|| {
        broadcast("a").deliver_in_turn(everybody(&all));
        connection.outgoing().flush();
        broadcast("b").deliver_in_turn(everybody(&all));
        assert_eq!(pieces(connection), 2);
    });
}

#[test]
fn a_piece_does_not_grow_without_end() {
    let all = receivers::<2>(usize::MAX);
    let long = "x".repeat(1500);
    turn(|| {
        for _ in 0..5 {
            broadcast(&long).deliver_in_turn(everybody(&all));
        }
        assert_eq!(pieces(&all[0].1), 3);
    });
    assert_eq!(texts(&all[0].0), long.repeat(5));
}
