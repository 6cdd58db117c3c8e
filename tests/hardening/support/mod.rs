//! The server under attack, and clients that say exactly what a test wants them to say.

mod client;
mod faults;
mod http;
mod log;
mod message;
mod server;
mod websocket;

pub(crate) use client::{Client, OVER_EVERYTHING, Over, Transport};
pub(crate) use faults::commit_until;
pub(crate) use http::{
    EventStream, Http, negotiate, negotiate_at, negotiate_many, pipeline, request, request_with,
};
pub(crate) use log::Log;
pub(crate) use message::{Protocol, prefixed};
pub(crate) use server::Server;
pub(crate) use websocket::{
    BINARY, CLOSE, CONTINUATION, FIN, PING, TEXT, WebSocket, frame, message_frame,
};

use std::fmt::Display;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::{TcpSocket, TcpStream};

/// How long a test waits for what has to come.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// Waits for what has to come, but not for ever.
pub(crate) async fn soon<T>(future: impl Future<Output = T>) -> T {
    let in_time = tokio::time::timeout(PATIENCE, future).await;
    in_time.expect("within 20 s")
}

/// Connects. The system buffers little for such a client, so that it is soon felt when it does not
/// read.
pub(crate) async fn connect(server: SocketAddr) -> io::Result<TcpStream> {
    const RECEIVE_BUFFER: u32 = 16 * 1024;
    let socket = TcpSocket::new_v4()?;
    socket.set_recv_buffer_size(RECEIVE_BUFFER)?;
    soon(socket.connect(server)).await
}

/// Bytes of a mebibyte, in which the table of figures counts.
pub(crate) const MIB: usize = 1024 * 1024;

/// Prints a figure that was reached beside the one to reach: `cargo nextest run --no-capture`
/// shows them all.
pub(crate) fn figure(row: &str, reached: impl Display, to_reach: impl Display) {
    println!("| {row} | {reached} | {to_reach} |");
}
