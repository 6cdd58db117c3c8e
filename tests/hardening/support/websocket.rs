//! A WebSocket, spoken by hand: frames that no library would send.

use super::{connect, soon};
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;

/// The bit of a frame's first byte that says that its message ends with it.
pub(crate) const FIN: u8 = 0x80;
pub(crate) const CONTINUATION: u8 = 0;
pub(crate) const TEXT: u8 = 1;
pub(crate) const BINARY: u8 = 2;
pub(crate) const CLOSE: u8 = 8;
pub(crate) const PING: u8 = 9;

/// The client's side of an upgraded connection.
pub(crate) struct WebSocket(BufReader<TcpStream>);

/// What the server sent in one frame. It never cuts a message.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Frame {
    pub(crate) opcode: u8,
    pub(crate) payload: Vec<u8>,
}

impl WebSocket {
    /// Upgrades, or gives the status of the refusal.
    pub(crate) async fn open(server: SocketAddr, path: &str) -> Result<Self, u16> {
        Self::open_with(server, path, "").await
    }

    /// The same with further headers, each with its end of line.
    pub(crate) async fn open_with(
        server: SocketAddr,
        path: &str,
        headers: &str,
    ) -> Result<Self, u16> {
        let stream = connect(server).await.expect("the server listens");
        let mut stream = BufReader::new(stream);
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{headers}\r\n"
        );
        stream
            .write_all(request.as_bytes())
            .await
            .map_err(|_| 0_u16)?;
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(soon(stream.read_u8()).await.map_err(|_| 0_u16)?);
        }
        let head = String::from_utf8_lossy(&head);
        let status = head.split(' ').nth(1).and_then(|it| it.parse().ok());
        match status.expect("a status") {
            101 => Ok(Self(stream)),
            refused => Err(refused),
        }
    }

    /// Sends bytes as they are. A server that has closed already will have said why.
    pub(crate) async fn write(&mut self, bytes: &[u8]) {
        let _ = self.0.write_all(bytes).await;
    }

    /// The next frame; `None` at the end.
    pub(crate) async fn read(&mut self) -> Option<Frame> {
        soon(self.read_frame()).await.ok()
    }

    async fn read_frame(&mut self) -> std::io::Result<Frame> {
        let opcode = self.0.read_u8().await? & 0x0f;
        let length = match self.0.read_u8().await? {
            126 => self.0.read_u16().await?.into(),
            127 => self.0.read_u64().await?,
            short => short.into(),
        };
        let mut payload = Vec::new();
        let read = (&mut self.0).take(length).read_to_end(&mut payload).await?;
        if read as u64 == length {
            Ok(Frame { opcode, payload })
        } else {
            Err(std::io::ErrorKind::UnexpectedEof.into())
        }
    }

    /// The bare socket, for a client that does not even read.
    pub(crate) fn into_stream(self) -> TcpStream {
        self.0.into_inner()
    }
}

/// A frame of a client's, masked with zeros, behind a first byte of the test's choice.
pub(crate) fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut bytes = vec![first];
    match (u16::try_from(payload.len()), payload.len()) {
        (_, length @ 0..126) => bytes.push(0x80 | length as u8),
        (Ok(length), _) => {
            bytes.push(0x80 | 0x7e);
            bytes.extend(length.to_be_bytes());
        }
        (Err(_), length) => {
            bytes.push(0x80 | 0x7f);
            bytes.extend((length as u64).to_be_bytes());
        }
    }
    bytes.extend([0; 4]);
    bytes.extend(payload);
    bytes
}

/// A whole message in one frame. The server does not care whether it says text or binary.
pub(crate) fn message_frame(payload: &[u8]) -> Vec<u8> {
    frame(FIN | BINARY, payload)
}
