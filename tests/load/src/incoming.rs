use hub_core::protocol::{
    CompletionOutcome, Framing, FramingError, Message, ParseError, Protocol, RECORD_SEPARATOR,
};

/// What a client reads, from the answer to its upgrade on. Keeps what has come in part only.
#[derive(Debug)]
pub struct Incoming {
    stage: Stage,
    protocol: Protocol,
    framing: Framing,
    /// Unread bytes of the socket.
    bytes: Vec<u8>,
    /// Unread payload of frames. A server may cut a message into several.
    payload: Vec<u8>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Upgrade,
    Handshake,
    Open,
}

/// A server that does not do its part.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Broken {
    /// The request did not become a WebSocket.
    #[error("no upgrade: {0}")]
    Upgrade(String),
    /// The handshake was turned down.
    #[error("no handshake: {0}")]
    Handshake(String),
    /// The server has ended the connection.
    #[error("the server has closed the connection")]
    Closed,
    /// A call has failed.
    #[error("a call has failed: {0}")]
    Call(String),
    /// Bytes that are no hub messages.
    #[error(transparent)]
    Framing(#[from] FramingError),
    /// A message that cannot be read.
    #[error(transparent)]
    Parse(#[from] ParseError),
}

impl Incoming {
    /// A client that has sent its upgrade and its handshake.
    pub fn new(protocol: Protocol) -> Self {
        Self {
            stage: Stage::Upgrade,
            protocol,
            framing: Framing::new(protocol),
            bytes: Vec::new(),
            payload: Vec::new(),
        }
    }

    /// Whether the connection is a WebSocket by now.
    pub fn is_upgraded(&self) -> bool {
        self.stage != Stage::Upgrade
    }

    /// Whether the handshake is done.
    pub fn is_open(&self) -> bool {
        self.stage == Stage::Open
    }

    /// Takes bytes off the socket, and shows each hub message in them.
    pub fn add(&mut self, bytes: &[u8], each: impl FnMut(&Message<'_>)) -> Result<(), Broken> {
        self.bytes.extend_from_slice(bytes);
        if self.stage == Stage::Upgrade {
            self.take_upgrade()?;
        }
        if self.stage != Stage::Upgrade {
            self.take_frames()?;
        }
        if self.stage == Stage::Handshake {
            self.take_handshake()?;
        }
        if self.stage == Stage::Open {
            self.take_messages(each)?;
        }
        Ok(())
    }

    fn take_upgrade(&mut self) -> Result<(), Broken> {
        const END: &[u8] = b"\r\n\r\n";
        let mut windows = self.bytes.windows(END.len());
        let Some(end) = windows.position(|window| window == END) else {
            return Ok(());
        };
        if !self.bytes.starts_with(b"HTTP/1.1 101 ") {
            return Err(Broken::Upgrade(lossy(&self.bytes)));
        }
        self.bytes.drain(..end + END.len());
        self.stage = Stage::Handshake;
        Ok(())
    }

    fn take_frames(&mut self) -> Result<(), Broken> {
        let mut rest = &*self.bytes;
        while let Some(frame) = Frame::first_of(rest) {
            match frame.opcode {
                0..=2 => self.payload.extend_from_slice(frame.payload),
                8 => return Err(Broken::Closed),
                // Pings and pongs. No bench takes so long that a server would miss an answer.
                _ => {}
            }
            rest = &rest[frame.length..];
        }
        let taken = self.bytes.len() - rest.len();
        self.bytes.drain(..taken);
        Ok(())
    }

    fn take_handshake(&mut self) -> Result<(), Broken> {
        let end = self
            .payload
            .iter()
            .position(|&byte| byte == RECORD_SEPARATOR);
        let Some(end) = end else { return Ok(()) };
        let answer = &self.payload[..end];
        if answer != b"{}" {
            return Err(Broken::Handshake(lossy(answer)));
        }
        self.payload.drain(..=end);
        self.stage = Stage::Open;
        Ok(())
    }

    fn take_messages(&mut self, mut each: impl FnMut(&Message<'_>)) -> Result<(), Broken> {
        let mut rest = &*self.payload;
        while let Some(frame) = self.framing.next(rest, None)? {
            match Message::parse(self.protocol, frame.body)? {
                Message::Close { .. } => return Err(Broken::Closed),
                Message::Completion {
                    outcome: CompletionOutcome::Error(text),
                    ..
                } => return Err(Broken::Call(text.into_owned())),
                message => each(&message),
            }
            rest = &rest[frame.end..];
        }
        let taken = self.payload.len() - rest.len();
        self.payload.drain(..taken);
        Ok(())
    }
}

/// A frame of a server, which has no mask (RFC 6455, section 5.2).
struct Frame<'a> {
    opcode: u8,
    payload: &'a [u8],
    /// Of the whole frame.
    length: usize,
}

impl<'a> Frame<'a> {
    /// The frame at the start of `bytes`, once it is whole.
    fn first_of(bytes: &'a [u8]) -> Option<Self> {
        let (&[first, second], rest) = bytes.split_first_chunk()?;
        let (length, rest) = match second {
            126 => {
                let (length, rest) = rest.split_first_chunk()?;
                (usize::from(u16::from_be_bytes(*length)), rest)
            }
            127 => {
                let (length, rest) = rest.split_first_chunk()?;
                let length = u64::from_be_bytes(*length);
                // More than fits into memory never becomes whole.
                (usize::try_from(length).unwrap_or(usize::MAX), rest)
            }
            length => (usize::from(length), rest),
        };
        let payload = rest.get(..length)?;
        let head = bytes.len() - rest.len();
        Some(Self {
            opcode: first & 0x0f,
            payload,
            length: head + length,
        })
    }
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const UPGRADED: &[u8] = b"HTTP/1.1 101 Switching Protocols\r\n\r\n";

    /// All of `bytes` at once and byte by byte, which must come to the same.
    fn messages(protocol: Protocol, bytes: &[u8]) -> Vec<String> {
        let [at_once, singly] = [bytes.len(), 1].map(|piece| {
            let mut incoming = Incoming::new(protocol);
            let mut found = Vec::new();
            for bytes in bytes.chunks(piece) {
                let taken = incoming.add(bytes, |message| found.push(format!("{message:?}")));
                taken.expect("good bytes");
            }
            assert!(incoming.is_open());
            found
        });
        assert_eq!(at_once, singly);
        at_once
    }

    #[test]
    fn messages_are_found_however_they_are_cut() {
        let json = b"\x81\x0e{}\x1e{\"type\":6}\x1e\x81\x06{\"type\x89\x00\x81\x05\":6}\x1e";
        let found = messages(Protocol::Json, &[UPGRADED, json].concat());
        assert_eq!(found, ["Ping", "Ping"]);
    }

    #[test]
    fn long_frames_are_read() {
        let mut bytes = [UPGRADED, b"\x81\x03{}\x1e\x82\x7e\x01\x2c"].concat();
        bytes.extend(b"\x02\x91\x06".repeat(100));
        bytes.extend(b"\x82\x7f\0\0\0\0\0\0\0\x03\x02\x91\x06");
        assert_eq!(messages(Protocol::MessagePack, &bytes).len(), 101);
    }

    #[test]
    fn refusals_are_told() {
        let refused = |bytes: &[u8]| {
            let taken = Incoming::new(Protocol::Json).add(bytes, |_| {});
            taken.expect_err("a refusal").to_string()
        };
        let not_found = refused(b"HTTP/1.1 404 Not Found\r\n\r\n");
        assert_eq!(not_found, "no upgrade: HTTP/1.1 404 Not Found");
        let error = [UPGRADED, b"\x81\x0f{\"error\":\"no\"}\x1e"].concat();
        assert!(refused(&error).starts_with("no handshake"));
        let closed = [UPGRADED, b"\x81\x03{}\x1e\x88\x00"].concat();
        assert_eq!(refused(&closed), "the server has closed the connection");
        let failed = "{}\x1e{\"type\":3,\"invocationId\":\"1\",\"error\":\"no\"}\x1e".as_bytes();
        let failed = [UPGRADED, b"\x81", &[failed.len() as u8], failed].concat();
        assert_eq!(refused(&failed), "a call has failed: no");
    }
}
