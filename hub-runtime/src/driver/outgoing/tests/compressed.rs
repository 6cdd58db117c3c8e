//! Connections whose transport compresses, or did.

use super::*;
use crate::connections::websocket::deflate::Deflate;

fn deflate() -> Framing {
    Framing::WebSocket(Some(Deflate::agree().expect("the feature")))
}

fn compressing(socket: &Socket) -> Arc<Connection> {
    let connection = testing::connection(Outgoing::new(
        Box::new(socket.clone()),
        deflate(),
        usize::MAX,
    ));
    connection.accept(Protocol::Json);
    connection
}

fn long(digit: u8) -> Encoded {
    Encoded::copied(&[digit; 5000])
}

/// The kinds of the frames that were written, one a write, and their sizes.
fn frames(socket: &Socket) -> Vec<(u8, usize)> {
    let writes = socket.writes();
    writes.iter().map(|bytes| (bytes[0], bytes.len())).collect()
}

#[test]
fn long_messages_are_compressed_and_short_ones_are_not() {
    let socket = Socket::with_window(10_000);
    let connection = compressing(&socket);
    connection.send(message(b'1'));
    connection.send(long(b'2'));
    connection.question(long(b'3'));
    let shared = Frame::new(long(b'4'), TransferFormat::Text);
    connection.outgoing().push_shared(&connection, &shared);
    connection.send(message(b'5'));
    let written = frames(&socket);
    let kinds: Vec<_> = written.iter().map(|(kind, _)| *kind).collect();
    assert_eq!(kinds, [0x81, 0xc1, 0xc1, 0xc1, 0x81]);
    assert!(written.iter().all(|(_, size)| *size < 100), "{written:?}");
}

#[test]
fn binary_messages_stay_binary() {
    let socket = Socket::with_window(10_000);
    let connection = testing::connection(Outgoing::new(
        Box::new(socket.clone()),
        deflate(),
        usize::MAX,
    ));
    connection.accept(Protocol::MessagePack);
    connection.send(long(b'1'));
    assert_eq!(frames(&socket)[0].0, 0xc2);
}

#[test]
fn receivers_share_one_compressed_frame_beside_those_who_did_not_ask_for_it() {
    let sockets = [(); 3].map(|()| Socket::with_window(10_000));
    let plain = connection(&sockets[0], usize::MAX);
    let others = [compressing(&sockets[1]), compressing(&sockets[2])];
    let frame = Frame::new(long(b'1'), TransferFormat::Text);
    plain.outgoing().push_shared(&plain, &frame);
    assert!(format!("{frame:?}").contains("<uninit>"), "nobody wants it");
    for other in &others {
        other.outgoing().push_shared(other, &frame);
    }
    assert_eq!(frames(&sockets[0]), [(0x81, 5004)]);
    let shared = frame.bytes(deflate());
    assert_eq!(sockets[1].writes(), [shared.to_vec()]);
    assert_eq!(sockets[2].writes(), [shared.to_vec()]);
    assert_eq!(shared.as_ptr(), frame.bytes(deflate()).as_ptr());
}

#[test]
fn what_is_kept_goes_to_the_next_transport_as_any_takes_it() {
    let first = Socket::with_window(10_000);
    let connection = compressing(&first);
    connection.outgoing().keep(100_000);
    connection.outgoing().release(&connection);
    connection.send(long(b'1'));
    assert_eq!(frames(&first)[0].0, 0xc1);
    for (framing, kind) in [(Framing::WebSocket(None), 0x81), (deflate(), 0xc1)] {
        let next = Socket::with_window(100_000);
        assert!(resume_in(&connection, &next, framing));
        let again = next.writes().concat();
        assert!(again.windows(5000).any(|part| part == [b'1'; 5000]));
        connection.send(long(b'2'));
        assert_eq!(frames(&next)[0].0, kind);
    }
}
