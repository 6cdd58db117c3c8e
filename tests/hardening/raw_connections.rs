//! Connections without the hub protocol (`/echo`), for which the transports alone answer.

use crate::floods::write_until_stopped;
use crate::support::{
    BINARY, CLOSE, CONTINUATION, FIN, MIB, Server, TEXT, WebSocket, figure, frame, message_frame,
};
use std::time::{Duration, Instant};

async fn connect(server: &Server) -> WebSocket {
    let socket = WebSocket::open(server.address, "/echo").await;
    socket.expect("an upgrade")
}

#[tokio::test]
async fn messages_of_64_kib_come_back_and_larger_ones_end_the_connection() {
    const LIMIT: usize = 65_536;
    const TOO_BIG: &[u8] = &1009_u16.to_be_bytes();
    let server = Server::start(&[]).await;
    let mut socket = connect(&server).await;
    socket.write(&message_frame(&vec![b'x'; LIMIT])).await;
    assert_eq!(socket.read().await.expect("an echo").payload.len(), LIMIT);
    drop(socket);
    // What is claimed costs nothing until it comes.
    let claim = [
        &b"\x82\xff\x7f\xff\xff\xff\xff\xff\xff\xff\0\0\0\0"[..],
        &vec![b'x'; LIMIT + 1],
    ]
    .concat();
    let half = vec![b'x'; LIMIT / 2];
    let fragments = [
        frame(TEXT, &half),
        frame(CONTINUATION, &half),
        frame(FIN | CONTINUATION, b"x"),
    ];
    for input in [
        message_frame(&vec![b'x'; LIMIT + 1]),
        claim,
        fragments.concat(),
    ] {
        let mut socket = connect(&server).await;
        socket.write(&input).await;
        let close = socket.read().await.expect("a Close frame");
        assert_eq!((close.opcode, &close.payload[..2]), (CLOSE, TOO_BIG));
    }
    for first in [TEXT, BINARY] {
        let mut socket = connect(&server).await;
        let fragments = frame(CONTINUATION, b"x").repeat(4096);
        socket
            .write(&[frame(first, b"x"), fragments].concat())
            .await;
        assert_eq!(socket.read().await.expect("a Close frame").opcode, CLOSE);
    }
    server.has_recovered().await;
}

#[tokio::test]
async fn few_unread_echoes_are_kept() {
    const CUT_AFTER: Duration = Duration::from_secs(3);
    let server = Server::start(&["--send-timeout", "3000"]).await;
    let before = server.process().peak_resident();
    let mut socket = connect(&server).await.into_stream();
    let message = message_frame(&[b'x'; 1000]);
    let sent = write_until_stopped(&mut socket, |_| message.clone()).await;
    let noticed = Instant::now();
    server.has_sockets(0, CUT_AFTER).await;
    let cost = server.process().peak_resident() - before;
    figure(
        "flood of echoes, cut after",
        format!("{:?}", noticed.elapsed()),
        "3 s",
    );
    let reached = format!("{} KiB for {sent} of 50000", cost / 1024);
    figure("flood of echoes", reached, "48 MiB, and reading stops");
    assert!(cost <= 48 * MIB, "{cost}");
    server.has_recovered().await;
}

#[tokio::test]
async fn half_open_peers_are_dropped() {
    const PEERS: usize = 20;
    const SETTING: Duration = Duration::from_secs(1);
    let times = ["--keep-alive", "500", "--close-timeout", "1000"];
    let server = Server::start(&times).await;
    let mut peers = Vec::new();
    for _ in 0..PEERS {
        peers.push(connect(&server).await);
    }
    let start = Instant::now();
    server
        .has_sockets(0, SETTING + Duration::from_secs(8))
        .await;
    figure(
        "half-open peers without a hub",
        format!("{:?}", start.elapsed()),
        "1 s + 8 s",
    );
    drop(peers);
    server.has_recovered().await;
}

#[tokio::test]
async fn clients_that_go_in_the_middle_leave_nothing() {
    let server = Server::start(&[]).await;
    for _ in 0..20 {
        let mut socket = connect(&server).await.into_stream();
        let message = message_frame(&[b'x'; 10_000]);
        for _ in 0..50 {
            let write = tokio::io::AsyncWriteExt::write_all(&mut socket, &message);
            let _ = tokio::time::timeout(Duration::from_millis(1), write).await;
        }
    }
    server.has_recovered().await;
}
